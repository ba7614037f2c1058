"""Mutual information of each feature with the outcome, by nearest neighbours."""

from itertools import pairwise
from numbers import Integral

import numpy as np
from scipy.special import digamma
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import scale
from sklearn.utils import check_random_state

from .base import Ranker, columns_mask, encode_target, resolve_task

__all__ = ["MutualInformationRanker"]

NOISE = 1e-10
"""Spread of the noise that separates equal values, as a share of the mean absolute value."""
CHUNK = 2_000_000
"""Values worked on at a time, so that sorted copies of a wide table stay small."""


class MutualInformationRanker(Ranker):
    """Features ordered by how many nats one learns about the outcome from them, whatever the shape of the relation.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    n_neighbors : int, default=3
        Neighbours for the density; more give less variance and more bias.
    discrete_features : bool or array-like, default=False
        Which features are discrete: all, none, a mask, or column indices.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.
    random_state : int, RandomState or None, default=None
        Seed of the tiny noise (1e-10 of the spread) that separates equal values; give a number for the same scores
        each time.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The mutual information in nats; estimates below 0 are set to 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The estimates and the noise are those of scikit-learn's ``mutual_info_classif`` and ``mutual_info_regression``.
    One thing is not copied: in a class of at most ``2 * n_neighbors + 1`` members scikit-learn takes distances from
    expanded squares, whose rounding decides whether the last neighbour counts; here it never does, as in larger
    classes. A patient alone in its class is left out, as there.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger (2004). Estimating mutual information. Phys Rev E 69:066138.

    B. C. Ross (2014). Mutual information between discrete and continuous data sets. PLoS ONE 9:e87357.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import MutualInformationRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> ranker = MutualInformationRanker(n_features_to_select=3, random_state=0).fit(X, y)
    >>> list(ranker.get_feature_names_out())
    ['worst radius', 'worst perimeter', 'worst area']
    """

    def __init__(self, n_features_to_select=10, n_neighbors=3, discrete_features=False, task="auto", random_state=None):
        super().__init__(n_features_to_select)
        self.n_neighbors = n_neighbors
        self.discrete_features = discrete_features
        self.task = task
        self.random_state = random_state

    def _rank(self, X, y):
        if not isinstance(self.n_neighbors, Integral) or self.n_neighbors < 1:
            raise ValueError(f"n_neighbors is a whole number of at least 1; got {self.n_neighbors!r}")
        task = resolve_task(y, self.task)
        target = encode_target(y, task)
        discrete = columns_mask(self.discrete_features, X.shape[1], "discrete_features")
        rng = check_random_state(self.random_state)
        scores = np.empty(X.shape[1])
        numeric = separate_equals(X[:, ~discrete], rng)
        if task == "classification":
            scores[~discrete] = numbers_with_classes(numeric, target, self.n_neighbors)
            scores[discrete] = [mutual_info_score(column, target) for column in X[:, discrete].T]
        else:
            target = separate_equals(target[:, None], rng)[:, 0]
            scores[~discrete] = numbers_with_numbers(numeric, target, self.n_neighbors)
            scores[discrete] = [
                numbers_with_classes(target[:, None], np.unique(column, return_inverse=True)[1], self.n_neighbors)[0]
                for column in X[:, discrete].T
            ]
        return scores


def separate_equals(values, rng):
    """Return the columns scaled to unit spread, with noise far below any difference that matters."""
    if values.shape[1] == 0:
        return values
    scaled = scale(values, with_mean=False)
    sizes = np.maximum(1, np.mean(np.abs(scaled), axis=0))
    scaled += NOISE * sizes * rng.standard_normal(size=scaled.shape)
    return scaled


def chunks(n_samples, n_features):
    """Return slices of columns that hold about `CHUNK` values each."""
    width = max(1, CHUNK // n_samples)
    return [slice(start, start + width) for start in range(0, n_features, width)]


def numbers_with_classes(values, codes, k):
    """Return the information of each numeric column on the class, in nats."""
    from ._mutual_information_kernels import with_classes

    sizes = np.bincount(codes)
    shared = sizes[codes] > 1
    if not shared.any():
        raise ValueError("each patient is alone in its class: information on the class cannot be estimated")
    values, codes = values[shared], codes[shared]
    by_class = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 1])])
    table, information = digamma(np.arange(codes.size + 1)), np.empty(values.shape[1])
    for part in chunks(codes.size, values.shape[1]):
        grouped = np.ascontiguousarray(values[by_class, part].T)
        lines = np.sort(grouped, axis=1)
        for start, stop in pairwise(starts):
            grouped[:, start:stop].sort(axis=1)
        with_classes(lines, grouped, starts, k, table, information[part])
    return information


def numbers_with_numbers(values, target, k):
    """Return the information of each numeric column on a numeric outcome, in nats."""
    from ._mutual_information_kernels import with_numbers

    n = target.size
    if k >= n:
        raise ValueError(f"n_neighbors={k} needs more than {k} patients; got {n}")
    table, information = digamma(np.arange(n + 1)), np.empty(values.shape[1])
    for part in chunks(n, values.shape[1]):
        columns = np.ascontiguousarray(values[:, part].T)
        with_numbers(columns, np.argsort(columns, axis=1), target, np.sort(target), k, table, information[part])
    return information
