"""Logistic regression with few coefficients, without penalty: of one cohort, or of many resamples at once."""

import numpy as np
from scipy.special import expit

__all__ = ["resampled_logistic"]

MOST_STEPS = 100


def resampled_logistic(design, event, offset, counts):
    """Return coefficients and information of logistic regressions in which each patient counts so often.

    Parameters
    ----------
    design : array of shape (n, n_coefficients)
    event : bool array of shape (n,)
    offset : array of shape (n,) or float
        Added to the log odds as it stands.
    counts : array of shape (n_resamples, n)
        Not negative; both classes must count in every row.

    Returns
    -------
    coefficients : array of shape (n_resamples, n_coefficients)
        NaN where Newton's method does not converge, as where the classes are separated.
    information : array of shape (n_resamples, n_coefficients, n_coefficients)
        Its inverse is the covariance.
    """
    size = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
    coefficients = np.zeros((len(counts), size))
    for _ in range(MOST_STEPS):
        risk = expit(offset + coefficients @ design.T)
        information = ((counts * risk * (1 - risk)) @ products).reshape(-1, size, size)
        gradient = (counts * (event - risk)) @ design
        step = np.linalg.solve(information, gradient[..., None])[..., 0]
        largest = np.abs(step).max(axis=1, initial=0)
        coefficients += step / np.maximum(1, largest)[:, None]
        if largest.max(initial=0) < 1e-10:
            break
    return np.where(largest[:, None] < 1e-10, coefficients, np.nan), information
