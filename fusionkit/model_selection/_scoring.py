"""Scores of one prediction, in scikit-learn's own arithmetic but without its checks of each small array."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.utils.multiclass import type_of_target

from ._sklearn import _score, plain_scorer

__all__ = ["area_under_curve", "make_score"]


def make_score(scorer, y, error_score):
    """Return a function that scores fitted models on one table, as scikit-learn's search would.

    Parameters
    ----------
    scorer : callable
        As scikit-learn's search makes it.
    y : array of shape (n_rows,) or None
        The outcome of the table's rows.
    error_score : "raise" or float
        The score of a failure.

    Returns
    -------
    score : callable
        ``score(model, X)`` returns a float, or a dict of floats for several scores.
    """
    quick = _quick_score(scorer, y)

    def score(model, X):
        value = None if quick is None else quick(model, X)
        return _score(model, X, y, scorer, {}, error_score) if value is None else value

    return score


def _quick_score(scorer, y):
    """Return ``quick(model, X)``, which gives None whenever scikit-learn shall decide; None for other scorers."""
    function, methods = plain_scorer(scorer)
    if function not in _QUICK or getattr(y, "ndim", 0) != 1 or type_of_target(y) not in ("binary", "multiclass"):
        return None
    y = np.asarray(y)
    labels = np.unique(y)
    prepare, n_labels = _QUICK[function]
    if n_labels not in (None, len(labels)) or y.dtype.kind not in "iubfUO":
        return None
    compute = prepare(y, labels)

    def quick(model, X):
        if not is_classifier(model) or not np.array_equal(getattr(model, "classes_", None), labels):
            return None
        try:
            method = next(getattr(model, name) for name in methods if hasattr(model, name))
            return compute(method.__name__, method(X))
        except Exception:
            return None  # scikit-learn meets the same failure, and says so in its own words

    return quick


def _ranked(y, labels):
    positive = (y == labels[1]).astype(np.float64)

    def compute(method, response):
        if method == "predict_proba" and response.shape == (len(y), 2):
            response = response[:, 1]
        if response.dtype.kind != "f" or response.shape != y.shape or not np.isfinite(response).all():
            return None
        return area_under_curve(positive, response)

    return compute


def _agreed(y, labels):
    def compute(method, response):
        return float(np.average(y == response)) if response.shape == y.shape and response.dtype == y.dtype else None

    return compute


_QUICK = {roc_auc_score: (_ranked, 2), accuracy_score: (_agreed, None)}
"""Score function -> (what prepares the computation, the number of classes that it is for)."""


def area_under_curve(positive, y_score):
    """Return the area under the ROC curve, bit for bit as scikit-learn's ``roc_auc_score`` gives it.

    Candidates are ranked by these numbers and ties go to the first, so that even the last digit matters: the curve is
    drawn and summed up in the same order.

    Parameters
    ----------
    positive : ndarray of shape (n_rows,)
        1.0 for the positive class, 0.0 for the other; both occur.
    y_score : ndarray of shape (n_rows,)
        Finite numbers; higher means positive.

    Returns
    -------
    area : float
    """
    order = np.argsort(-y_score, kind="stable")
    y_score, positive = y_score[order], positive[order]
    last = np.append(np.flatnonzero(np.diff(y_score)), y_score.size - 1)
    true = np.cumsum(positive)[last]
    false = 1 + last - true
    if last.size > 2:
        corner = np.ones(last.size, dtype=bool)
        corner[1:-1] = np.logical_or(np.diff(false, 2), np.diff(true, 2))
        true, false = true[corner], false[corner]
    true, false = np.append(0.0, true), np.append(0.0, false)
    true, false = true / true[-1], false / false[-1]
    return float((np.diff(false) * (true[1:] + true[:-1]) / 2.0).sum())
