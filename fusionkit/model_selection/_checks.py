"""What can be known to fail before anything is fitted is said before anything is fitted."""

from numbers import Integral

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv

from ..naming import ModalityColumns

__all__ = ["check_before_fitting"]


def check_before_fitting(estimators, X, y, splits):
    """Raise the errors that the estimators would meet on every fold, or on the smallest one.

    Parameters
    ----------
    estimators : dict of str to classifier
        What will be fitted on each split; callables are left out.
    X : DataFrame of shape (n_samples, n_features)
        Features.
    y : ndarray of shape (n_samples,)
        Classes.
    splits : list of Split
        The outer folds.

    Raises
    ------
    ValueError
        If the table has infinite values, a modality has no column, a class has fewer patients than an inner fold
        needs, or more neighbours are asked for than there are patients, whatever the candidate.
    """
    _check_finite(X)
    n_least = min(np.unique(y[split.train], return_counts=True)[1].min() for split in splits)
    n_rows = min(len(split.train) for split in splits)
    for name, estimator in estimators.items():
        if not hasattr(estimator, "get_params"):
            continue
        _check_modalities(estimator, X)
        folds = _inner_folds(estimator, y)
        if folds > n_least:
            raise ValueError(
                f"{name!r} searches over {folds} inner folds, but a class has only {n_least} patients in an outer "
                f"training set: use {max(2, n_least)} inner folds or fewer, or fewer outer folds"
            )
        share = (folds - 1) / folds if folds > 1 else 1.0
        _check_neighbours(name, estimator, int(n_rows * share), int(n_least * share))


def _check_finite(X):
    numbers = X.select_dtypes("number")
    infinite = [str(column) for column in numbers if np.isinf(numbers[column].to_numpy(float, na_value=np.nan)).any()]
    if infinite:
        more = ", ..." if len(infinite) > 5 else ""
        raise ValueError(
            f"X holds infinity in {len(infinite)} of {X.shape[1]} columns ({', '.join(infinite[:5])}{more}): "
            "replace the infinite values"
        )


def _check_modalities(estimator, X):
    """Ask every column selector of a modality for its columns: it says what is wrong if there are none."""
    for value in estimator.get_params().values():
        for item in value if isinstance(value, list) else ():
            if isinstance(item, tuple) and len(item) == 3 and isinstance(item[2], ModalityColumns):
                item[2](X)


def _inner_folds(estimator, y):
    if not hasattr(estimator, "cv"):
        return 1
    cv = check_cv(estimator.cv, y, classifier=is_classifier(estimator))
    return getattr(cv, "n_splits", 1)


def _check_neighbours(name, estimator, n_rows, n_least):
    for parameter, value in _least_asked_for(estimator).items():
        if parameter.endswith("n_neighbors") and value > n_rows:
            raise ValueError(
                f"{name!r}: {parameter}={value}, but a training set has only {n_rows} patients: ask for fewer"
            )
        if parameter.endswith("k_neighbors") and value >= n_least:
            raise ValueError(
                f"{name!r}: {parameter}={value} needs at least {value + 1} patients of a class, but a training set has "
                f"only {n_least}: ask for {max(1, n_least - 1)} or fewer, or do without oversampling"
            )


def _least_asked_for(estimator):
    """The whole numbers among the parameters; of those searched over the least: larger ones fail by themselves."""
    grid = getattr(estimator, "param_grid", [])
    searched = {}
    for params in [grid] if isinstance(grid, dict) else grid:
        for parameter, values in params.items():
            searched.setdefault(parameter, []).extend(filter(_is_count, values))
    fixed = {key.removeprefix("estimator__"): value for key, value in estimator.get_params().items()}
    least = {parameter: value for parameter, value in fixed.items() if _is_count(value)}
    return {**least, **{parameter: min(values) for parameter, values in searched.items() if values}}


def _is_count(value):
    return isinstance(value, Integral) and not isinstance(value, bool)
