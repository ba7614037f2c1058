"""Logistic regression many times over: scikit-learn's own iterations, without repeating its checks for each fit.

The elimination of features fits a thousand small regressions, each of which spends most of its time on checks of the
input and in wrappers around the optimiser. Here the same compiled loss and the same compiled optimiser are called in
the same order, so that the coefficients are equal bit for bit.
"""

import functools
from numbers import Integral

import numpy as np
from scipy.optimize import _lbfgsb_py
from sklearn._loss import _loss
from sklearn.linear_model import LogisticRegression

__all__ = ["lean_logistic"]

_DEFAULTS = {
    "solver": "lbfgs",
    "l1_ratio": 0.0,
    "dual": False,
    "fit_intercept": True,
    "class_weight": None,
    "warm_start": False,
    "verbose": 0,
    "n_jobs": None,
}
_CORRECTIONS, _LINE_SEARCHES, _TOLERANCE = 10, 50, 64.0  # as LogisticRegression asks of the optimiser
_CONVERGED, _WANTS_GRADIENT, _NEW_ITERATION = 4, 3, 1


def lean_logistic(estimator, X, y):
    """Return a function that fits the regression to a table and gives its coefficients, if that can be done exactly.

    Parameters
    ----------
    estimator : estimator
        With its parameters set.
    X : ndarray of shape (n_samples, n_features)
        The table that the estimator accepted already.
    y : ndarray of shape (n_samples,)
        The classes.

    Returns
    -------
    fit : callable or None
        ``fit(X)`` returns the weights of shape (n_features,), or None where the optimiser did not converge, for
        scikit-learn to say so. None if the estimator is any other than a logistic regression of two classes with an
        L2 penalty, or if the compiled parts are not where this module knows them.
    """
    if type(estimator) is not LogisticRegression or hasattr(estimator, "_skl_callbacks"):
        return None
    params = estimator.get_params(deep=False)
    classes = np.unique(y)
    plain = all(params.get(name, default) == default for name, default in _DEFAULTS.items())
    whole = isinstance(params["max_iter"], Integral) and params["max_iter"] >= 1
    if not (plain and whole and params.get("penalty") in ("deprecated", "l2") and np.isfinite(params["C"])):
        return None
    if X.dtype != np.float64 or len(classes) != 2 or not _parts_are_known():
        return None
    outcome = (y == classes[1]).astype(np.float64)
    return functools.partial(_weights, outcome, float(params["C"]), float(params["tol"]), params["max_iter"])


@functools.cache
def _parts_are_known():
    """Tell whether the compiled parts give scikit-learn's coefficients on a table of five rows."""
    X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 0.0], [3.0, 2.0], [0.5, 4.0]])
    y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    try:
        weights = _weights(y, 1.0, 1e-4, 100, X)
    except (AttributeError, TypeError):
        return False
    return weights is not None and np.array_equal(weights, LogisticRegression().fit(X, y).coef_[0])


def _weights(outcome, C, tol, max_iter, X):
    n_samples, n_features = X.shape
    half = 0.5 * (penalty := 1.0 / (C * n_samples))
    kernel, loss, slope = _loss.CyHalfBinomialLoss(), np.empty(n_samples), np.empty(n_samples)
    size, m = n_features + 1, _CORRECTIONS
    x, gradient, value = np.zeros(size), np.zeros(size), np.array(0.0)
    unbounded = np.zeros(size), np.zeros(size), np.zeros(size, np.int32)
    space = np.zeros(2 * m * size + 5 * size + 11 * m * m + 8 * m), np.zeros(3 * size, np.int32)
    task, line = np.zeros(2, np.int32), np.zeros(2, np.int32)
    saved = np.zeros(4, np.int32), np.zeros(44, np.int32), np.zeros(29)
    weights, n_iterations, columns = x[:-1], 0, X.T
    while True:
        _lbfgsb_py._lbfgsb.setulb(
            m, x, *unbounded, value, gradient, _TOLERANCE, tol, *space, task, *saved, _LINE_SEARCHES, line
        )
        if task[0] == _WANTS_GRADIENT:
            kernel.loss_gradient(outcome, X @ weights + x[-1], None, loss, slope, 1)
            value = float(loss.sum() / n_samples) + float(half * (weights @ weights))
            slope /= n_samples
            gradient[:-1] = columns @ slope + penalty * weights
            gradient[-1] = slope.sum()
        elif task[0] == _NEW_ITERATION:
            n_iterations += 1
            if n_iterations >= max_iter:
                return None
        else:
            return weights if task[0] == _CONVERGED else None
