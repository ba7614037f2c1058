"""Nested cross-validation: every choice is made on training patients, every score on patients not seen before."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.utils.multiclass import type_of_target
from threadpoolctl import threadpool_limits

from ._checks import check_before_fitting
from .splits import check_splits, splits_fingerprint

__all__ = ["NestedResult", "nested_cross_validate"]


@dataclass(frozen=True, eq=False)
class NestedResult:
    """What a nested cross-validation leaves behind; every metric can be computed from it later.

    Parameters
    ----------
    predictions : DataFrame
        One row per estimator (``fusion``), repeat and patient: fusion, repeat, fold, patient, y_true (0 or 1), y_score
        (probability of the positive class), y_pred (0 or 1).
    folds : DataFrame
        One row per estimator, repeat and fold: fusion, repeat, fold, n_train, n_test, params (dict, what the inner
        search chose) and features (list, what the model was given).
    fingerprint : str
        Digest of the splits; results are comparable only when it is equal.
    examined : DataFrame or None, default=None
        What ``examine`` found: fusion, repeat, fold and the keys of its rows.
    """

    predictions: pd.DataFrame
    folds: pd.DataFrame
    fingerprint: str
    examined: pd.DataFrame | None = None


def nested_cross_validate(
    estimators, X, y, *, splits, groups=None, n_jobs=None, store=None, store_key="", progress=None, examine=None
):
    """Fit every estimator on the training patients of every split and predict its test patients.

    An estimator that searches (``GridSearchCV``, ``FusionSearchCV``) makes the validation nested: it is fitted anew in
    each outer fold and sees nothing of the test patients. All estimators get identical splits.

    Parameters
    ----------
    estimators : dict of str to classifier, or to callable
        Name -> classifier with ``predict_proba``. A callable is given the dict of those already fitted on this split
        and returns the classifier, so that late fusion need not fit its members twice.
    X : DataFrame of shape (n_samples, n_features)
        Features, indexed by patient.
    y : array-like of shape (n_samples,)
        0 or 1; 1 is the positive class.
    splits : list of Split or iterable of (train, test)
        The outer folds, for instance from :func:`make_splits`.
    groups : array-like of shape (n_samples,) or None, default=None
        Group of each row; passed to the searches, so that inner folds keep groups together too.
    n_jobs : int or None, default=None
        Splits worked on at once, as in joblib; the result does not depend on it.
    store : JsonStore or None, default=None
        Keeps each finished split, so that a stopped run goes on where it was.
    store_key : str, default=''
        What else the result depends on (settings, seed); part of the key in the store.
    progress : callable or None, default=None
        Called as ``progress(done, total)`` after each split.
    examine : callable or None, default=None
        Called as ``examine(model, X_test, y_test, split)`` with every fitted model and its test patients; returns a
        list of dicts, as :class:`PermutationExaminer` does. Its ``repr`` says what it depends on.

    Returns
    -------
    result : NestedResult

    Raises
    ------
    ValueError
        If the outcome is not coded 0 and 1, a split leaks, or something is known to fail before anything is fitted:
        infinite values, a modality without a column, a class with fewer patients than the inner folds or the
        neighbours that are asked for.
    """
    y = np.asarray(y)
    if type_of_target(y) != "binary" or set(np.unique(y)) != {0, 1}:
        raise ValueError(f"y is coded 0 and 1, with 1 the positive class; got the values {np.unique(y)[:6].tolist()}")
    splits = check_splits(splits, y, groups)
    check_before_fitting(estimators, X, y, splits)
    digest = splits_fingerprint(splits, X.index)
    store_key = store_key if examine is None else f"{store_key} {examine!r}"
    keys = [{"run": store_key, "splits": digest, "repeat": s.repeat, "fold": s.fold} for s in splits]
    done = {i: kept for i, key in enumerate(keys) if store is not None and (kept := store.get(key)) is not None}
    if progress is not None:
        progress(len(done), len(splits))
    groups = None if groups is None else np.asarray(groups)
    waiting = [i for i in range(len(splits)) if i not in done]
    jobs = (delayed(_run_split)(i, estimators, X, y, groups, splits[i], examine) for i in waiting)
    for i, outcome in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(jobs):
        done[i] = outcome
        if store is not None:
            store.put(keys[i], outcome)
        if progress is not None:
            progress(len(done), len(splits))
    return _tidy([done[i] for i in range(len(splits))], splits, list(estimators), X.index, y, digest)


def _run_split(i, estimators, X, y, groups, split, examine):
    """Fit and predict everything on one split; returns plain lists that JSON can hold."""
    X_train, y_train, X_test = X.iloc[split.train], y[split.train], X.iloc[split.test]
    outcome, fitted = {}, {}
    with threadpool_limits(1):  # one thread gives the same last digit whatever the number of jobs
        for name, estimator in estimators.items():
            model = estimator(fitted) if _is_factory(estimator) else clone(estimator)
            passes = {} if groups is None or not hasattr(model, "cv") else {"groups": groups[split.train]}
            model.fit(X_train, y_train, **passes)
            fitted[name] = model
            outcome[name] = {
                "y_score": model.predict_proba(X_test)[:, 1].tolist(),
                "y_pred": np.asarray(model.predict(X_test)).astype(int).tolist(),
                "params": {key: _plain(value) for key, value in getattr(model, "best_params_", {}).items()},
                "features": _features(model),
                "examined": None if examine is None else examine(model, X_test, y[split.test], split),
            }
    return i, outcome


def _is_factory(estimator):
    return callable(estimator) and not hasattr(estimator, "fit")


def _plain(value):
    """A parameter as JSON holds it; an estimator by its class."""
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, (str, int, float, bool, type(None))) else type(value).__name__


def _features(model):
    """Names of the features that reached the final model; empty where the model has no such list."""
    best = getattr(model, "best_estimator_", model)
    return [str(name) for name in best[:-1].get_feature_names_out()] if hasattr(best, "named_steps") else []


def _tidy(outcomes, splits, names, patients, y, digest):
    predictions, folds, examined = [], [], []
    for name in names:
        for split, outcome in zip(splits, outcomes, strict=True):
            mine = outcome[name]
            at = {"fusion": name, "repeat": split.repeat, "fold": split.fold}
            predictions.append(
                pd.DataFrame(
                    {
                        **at,
                        "patient": patients[split.test],
                        "y_true": y[split.test],
                        "y_score": mine["y_score"],
                        "y_pred": mine["y_pred"],
                    }
                )
            )
            sizes = {"n_train": len(split.train), "n_test": len(split.test)}
            folds.append({**at, **sizes, "params": mine["params"], "features": mine["features"]})
            examined += [{**at, **row} for row in mine.get("examined") or ()]
    found = pd.DataFrame(examined) if examined else None
    return NestedResult(pd.concat(predictions, ignore_index=True), pd.DataFrame(folds), digest, found)
