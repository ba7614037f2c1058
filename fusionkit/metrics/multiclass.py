"""Ranking among several classes: one against the rest (Provost & Domingos 2000), one against one (Hand & Till 2001).

Intervals: :func:`bootstrap_interval` of either mean.
"""

from itertools import combinations

import numpy as np

from ._checks import check_numbers
from .discrimination import auc

__all__ = ["auc_one_vs_one", "auc_one_vs_rest"]


def _check_classes(y_true, y_score, classes):
    y_true, classes = np.asarray(y_true), np.asarray(classes)
    y_score = check_numbers(y_score, "y_score", ndim=2)
    if y_score.shape != (y_true.size, classes.size):
        raise ValueError(
            f"y_score must have one row per patient and one column per class, {(y_true.size, classes.size)}; "
            f"got {y_score.shape}"
        )
    absent = [str(label) for label in classes if not (y_true == label).any()]
    if absent:
        raise ValueError(f"no patient has class {', '.join(absent)}: its AUC is undefined; leave it out of classes")
    unknown = sorted({str(label) for label in y_true.tolist()} - {str(label) for label in classes.tolist()})
    if unknown:
        raise ValueError(f"y_true has classes that are not in classes: {', '.join(unknown[:5])}")
    if classes.size < 2:
        raise ValueError("classes must be two or more")
    return y_true, y_score, classes


def _mean(values, average, weights):
    if average not in {"macro", "weighted"}:
        raise ValueError(f"average must be 'macro' or 'weighted'; got {average!r}")
    return float(np.average(list(values), weights=weights if average == "weighted" else None))


def auc_one_vs_rest(y_true, y_score, classes, *, average="macro"):
    """Return the AUC of each class against all others, and their mean.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Class of each patient.
    y_score : array-like of shape (n, n_classes)
        Score of each class, higher is more likely.
    classes : array-like of shape (n_classes,)
        The classes in the order of the columns.
    average : {"macro", "weighted"}, default='macro'
        Plain mean, or weighted by the classes' number of patients.

    Returns
    -------
    mean : float
    by_class : dict
        Class -> AUC.

    Raises
    ------
    ValueError
        If a class has no patient, a score is NaN, or shapes disagree.
    """
    y_true, y_score, classes = _check_classes(y_true, y_score, classes)
    by_class = {label: auc(y_true == label, y_score[:, i]) for i, label in enumerate(classes.tolist())}
    return _mean(by_class.values(), average, [(y_true == label).sum() for label in classes]), by_class


def auc_one_vs_one(y_true, y_score, classes, *, average="macro"):
    """Return the AUC of each pair of classes among their own patients, both ways, and the mean.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Class of each patient.
    y_score : array-like of shape (n, n_classes)
        Score of each class, higher is more likely.
    classes : array-like of shape (n_classes,)
        The classes in the order of the columns.
    average : {"macro", "weighted"}, default='macro'
        Plain mean, which does not depend on prevalence, or weighted by the pairs' number of patients.

    Returns
    -------
    mean : float
        Hand & Till's M for the plain mean.
    by_pair : dict
        (class, class) -> AUC, the mean of both scores' AUC.

    Raises
    ------
    ValueError
        If a class has no patient, a score is NaN, or shapes disagree.
    """
    y_true, y_score, classes = _check_classes(y_true, y_score, classes)
    by_pair, sizes = {}, []
    for (i, one), (j, other) in combinations(enumerate(classes.tolist()), 2):
        rows = (y_true == one) | (y_true == other)
        first = auc(y_true[rows] == one, y_score[rows, i])
        second = auc(y_true[rows] == other, y_score[rows, j])
        by_pair[one, other] = (first + second) / 2
        sizes.append(rows.sum())
    return _mean(by_pair.values(), average, sizes), by_pair
