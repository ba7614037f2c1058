"""Weights of the members, learned from their out-of-fold predictions."""

from typing import ClassVar

import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

__all__ = [
    "SpokenClassifier",
    "SpokenRegressor",
    "log_loss_weights",
    "log_losses",
    "scored_weights",
    "squared_error_weights",
]

_NEGLIGIBLE = 1e-7
"""A learned weight below this is zero: the optimiser stops at about this distance from the edge."""


class SpokenClassifier(ClassifierMixin, BaseEstimator):
    """A classifier whose table is its own probabilities, so that scorers and calibrators can read what was said.

    Parameters
    ----------
    classes : array of shape (n_classes,)
        The labels.
    """

    __metadata_request__fit: ClassVar = {"sample_weight": False}

    def __init__(self, classes):
        self.classes = classes

    @property
    def classes_(self):
        """The labels: an array of shape (n_classes,)."""
        return self.classes

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, X, y, sample_weight=None):
        """Return self: there is nothing to learn."""
        return self

    def predict_proba(self, X):
        """Return X, the probabilities themselves: an array of shape (n_patients, n_classes)."""
        return np.asarray(X)

    def predict(self, X):
        """Return the most probable label: an array of shape (n_patients,)."""
        return self.classes[np.asarray(X).argmax(axis=1)]


class SpokenRegressor(RegressorMixin, BaseEstimator):
    """A regressor whose table is its own predictions."""

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, X, y):
        """Return self: there is nothing to learn."""
        return self

    def predict(self, X):
        """Return the only column of X: an array of shape (n_patients,)."""
        return np.asarray(X)[:, 0]


def scored_weights(score, said, ignorant):
    """Return weights in proportion to how much better than an ignorant prediction each member scores.

    Parameters
    ----------
    score : callable
        ``score(said, there)`` is the score, higher is better, of predictions (n_there, n_outputs) for the patients
        ``there`` (mask).
    said : array of shape (n_members, n_patients, n_outputs)
        Out-of-fold predictions; NaN where a member is absent.
    ignorant : array of shape (n_outputs,)
        What is said of everyone by somebody who knows the frequencies only.

    Returns
    -------
    weights : array of shape (n_members,)
        They sum to one; equal if no member is better than ignorance.
    """
    gains = np.zeros(len(said))
    for member, mine in enumerate(said):
        there = ~np.isnan(mine[:, 0])
        baseline = np.tile(ignorant, (there.sum(), 1))
        gains[member] = max(score(mine[there], there) - score(baseline, there), 0.0)
    return gains / gains.sum() if gains.sum() > 0 else np.full(len(gains), 1 / len(gains))


def log_losses(probability):
    """Return the log loss, and its slope, of the probabilities that were given to what was observed."""
    clipped = np.maximum(probability, np.finfo(float).eps)
    return -np.log(clipped), -1 / clipped


def log_loss_weights(said, observed, sample_weight=None):
    """Return the weights on the simplex whose mean of the members has the least log loss.

    Each patient's log loss is that of the members that are there, their weights scaled to sum to one.

    Parameters
    ----------
    said : array of shape (n_members, n_patients, n_classes)
        Out-of-fold probabilities; NaN where a member is absent.
    observed : array of int of shape (n_patients,)
        Position of the observed class.
    sample_weight : array of shape (n_patients,) or None, default=None
        How much each patient counts.

    Returns
    -------
    weights : array of shape (n_members,)
    """
    return _least(said[:, np.arange(said.shape[1]), observed], log_losses, sample_weight)


def squared_error_weights(said, observed, sample_weight=None):
    """Return the weights on the simplex whose mean of the members has the least squared error.

    Parameters
    ----------
    said : array of shape (n_members, n_patients, 1)
        Out-of-fold predictions; NaN where a member is absent.
    observed : array of shape (n_patients,)
        The observed values.
    sample_weight : array of shape (n_patients,) or None, default=None
        How much each patient counts.

    Returns
    -------
    weights : array of shape (n_members,)
    """
    spread = np.std(observed) or 1.0
    target = np.asarray(observed) / spread

    def loss(together):
        return (together - target) ** 2, 2 * (together - target)

    return _least(said[:, :, 0] / spread, loss, sample_weight)


def _least(said, loss, sample_weight):
    """The minimum over the simplex, from equal weights on; deterministic."""
    there = ~np.isnan(said)
    counted = np.ones(said.shape[1]) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    counted = np.where(there.any(axis=0), counted, 0.0)
    counted = counted / counted.sum()
    said = np.nan_to_num(said)

    def objective(weights):
        present = np.maximum(weights @ there, np.finfo(float).tiny)
        together = weights @ said / present
        value, slope = loss(together)
        gradient = (said - together * there) / present @ (counted * slope)
        return counted @ value, gradient

    start = np.full(len(said), 1 / len(said))
    found = minimize(
        objective,
        start,
        jac=True,
        method="SLSQP",
        bounds=[(1e-9, 1.0)] * len(said),
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(len(w))},
        options={"ftol": 1e-13, "maxiter": 1000},
    )
    weights = np.where(found.x < _NEGLIGIBLE, 0.0, found.x)
    return weights / weights.sum()
