"""Train and test patients of every repeat and fold, made once and shared by everything that is compared."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from .._store import fingerprint

__all__ = ["Split", "check_splits", "make_splits", "splits_fingerprint"]


@dataclass(frozen=True)
class Split:
    """One division of the patients into training and test.

    Parameters
    ----------
    repeat, fold : int
        Counted from 0.
    train, test : ndarray of int
        Row positions, sorted.
    """

    repeat: int
    fold: int
    train: np.ndarray
    test: np.ndarray


def make_splits(y, groups=None, *, n_splits=5, n_repeats=5, random_state=0):
    """Return repeated, stratified folds in which no group straddles training and test.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Class of each row, for stratification.
    groups : array-like of shape (n_samples,) or None, default=None
        Patient, or site, of each row. None means that each row is a patient of its own.
    n_splits : int, default=5
        Folds per repeat, at least 2.
    n_repeats : int, default=5
        How often the patients are dealt anew, at least 1.
    random_state : int, default=0
        Seed; repeat r is shuffled with ``random_state + r``.

    Returns
    -------
    splits : list of Split
        ``n_repeats * n_splits`` of them, repeat by repeat.

    Raises
    ------
    ValueError
        If a class has fewer members, or there are fewer groups, than folds, or a fold lacks a class.

    Examples
    --------
    >>> from fusionkit.model_selection import make_splits
    >>> [split.test.tolist() for split in make_splits([0, 0, 1, 1], n_splits=2, n_repeats=1)]
    [[1, 2], [0, 3]]
    """
    y = np.asarray(y)
    if n_splits < 2 or n_repeats < 1:
        raise ValueError(f"n_splits is at least 2 and n_repeats at least 1; got {n_splits} and {n_repeats}")
    labels, counts = np.unique(y, return_counts=True)
    if len(labels) < 2:
        raise ValueError(f"the outcome has one class only ({labels.tolist()}); nothing can be discriminated")
    grouped = groups is not None and len(pd.unique(pd.Series(groups))) < len(y)
    if grouped:
        codes = pd.factorize(pd.Series(groups))[0]
        members = np.array([len(np.unique(codes[y == label])) for label in labels])
    else:
        codes, members = None, counts
    if members.min() < n_splits:
        unit = "groups" if grouped else "patients"
        raise ValueError(
            f"class {labels[members.argmin()].item()!r} has {members.min()} {unit}, fewer than the {n_splits} folds: "
            f"use n_splits={max(2, members.min())} or fewer, or bring more patients"
        )
    splitter = StratifiedGroupKFold if grouped else StratifiedKFold
    splits = []
    for repeat in range(n_repeats):
        folds = splitter(n_splits, shuffle=True, random_state=random_state + repeat)
        for fold, (train, test) in enumerate(folds.split(np.zeros(len(y)), y, codes)):
            splits.append(Split(repeat, fold, np.sort(train), np.sort(test)))
    return check_splits(splits, y, groups)


def check_splits(splits, y, groups=None):
    """Return the splits if they are fit for use: disjoint, no group on both sides, every class on both sides.

    Parameters
    ----------
    splits : list of Split, or iterable of (train, test)
        Bare pairs are numbered: a new repeat begins where a test patient comes back.
    y : array-like of shape (n_samples,)
        Class of each row.
    groups : array-like of shape (n_samples,) or None, default=None
        Patient, or site, of each row.

    Returns
    -------
    splits : list of Split

    Raises
    ------
    ValueError
        If a split leaks or cannot be evaluated; repeat and fold are named.
    """
    splits = _numbered(splits)
    y = np.asarray(y)
    codes = None if groups is None else pd.factorize(pd.Series(groups))[0]
    for split in splits:
        name = f"repeat {split.repeat}, fold {split.fold}"
        if np.intersect1d(split.train, split.test).size:
            raise ValueError(f"{name}: the same rows stand in training and test")
        if codes is not None and np.intersect1d(codes[split.train], codes[split.test]).size:
            raise ValueError(f"{name}: a group stands in training and test; split with groups")
        for side in ("train", "test"):
            if len(np.unique(y[getattr(split, side)])) < len(np.unique(y)):
                raise ValueError(f"{name}: a class is missing from the {side} patients; use fewer folds")
    return splits


def _numbered(splits):
    splits = list(splits)
    if splits and isinstance(splits[0], Split):
        return splits
    numbered, seen, repeat, fold = [], set(), 0, 0
    for train, test in splits:
        if seen.intersection(np.asarray(test).tolist()):
            seen, repeat, fold = set(), repeat + 1, 0
        numbered.append(Split(repeat, fold, np.sort(train), np.sort(test)))
        seen.update(np.asarray(test).tolist())
        fold += 1
    return numbered


def splits_fingerprint(splits, patients):
    """Return a digest that is equal when the same patients are divided in the same way, and only then.

    Parameters
    ----------
    splits : list of Split
        The division.
    patients : sequence of str
        Patient of each row.

    Returns
    -------
    digest : str
        64 hexadecimal digits.
    """
    patients = [str(patient) for patient in patients]
    return fingerprint([patients, [[s.repeat, s.fold, s.train.tolist(), s.test.tolist()] for s in splits]])
