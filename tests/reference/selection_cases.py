"""The tables on which the selectors are compared with packages that are no longer maintained."""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

__all__ = ["CASES"]


def _with_gaps(X):
    X = X.copy()
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    return X


def _with_categories(X):
    """Every second column cut into quarters, one column constant, one a copy of another."""
    X = X.copy()
    for column in X[:, ::2].T:
        column[:] = np.searchsorted(np.quantile(column, [0.25, 0.5, 0.75]), column)
    X[:, 3] = 2.5
    X[:, 5] = X[:, 1]
    return X


def _cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return X[::5], y[::5]


def _wine():
    X, y = load_wine(return_X_y=True)
    return X[::2], y[::2]


def _diabetes():
    X, y = load_diabetes(return_X_y=True)
    return X[::5], y[::5]


def _tiny_class():
    X, y = _wine()
    keep = np.concatenate([np.flatnonzero(y == 0), np.flatnonzero(y == 1), np.flatnonzero(y == 2)[:3]])
    return X[keep], y[keep]


CASES = {
    "numeric": _cancer(),
    "numeric, missing": (_with_gaps(_cancer()[0]), _cancer()[1]),
    "three classes": _wine(),
    "mixed": (_with_categories(_wine()[0]), _wine()[1]),
    "mixed, missing": (_with_gaps(_with_categories(_wine()[0])), _wine()[1]),
    "regression": _diabetes(),
    "tiny class": _tiny_class(),
}
