"""Pools whose members are given functions of the columns, on which dynamic ensembles are compared with DESlib."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

__all__ = ["CASES", "GivenClassifier"]


class GivenClassifier(ClassifierMixin, BaseEstimator):
    """Says the softmax of a linear function of the columns and learns nothing, so that it speaks alike in every fold.

    Parameters
    ----------
    seed : int, default=0
        Draws the linear function.
    n_classes : int, default=2
        Number of classes.
    """

    def __init__(self, seed=0, n_classes=2):
        self.seed = seed
        self.n_classes = n_classes

    def fit(self, X, y):
        self.classes_ = np.arange(self.n_classes)
        return self

    def predict_proba(self, X):
        said = np.exp(X @ np.random.default_rng(self.seed).normal(size=(X.shape[1], self.n_classes)))
        return said / said.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


def _case(n_classes, n_members, n=60, n_new=25, n_columns=4):
    rng = np.random.default_rng(n_classes)
    X, y = rng.normal(size=(n, n_columns)), rng.permutation(np.arange(n) % n_classes)
    return X, y, rng.normal(size=(n_new, n_columns)), [GivenClassifier(seed, n_classes) for seed in range(n_members)]


CASES = {"two classes": _case(2, 5), "three classes": _case(3, 7)}
"""Name -> training columns, classes, new columns, members."""
