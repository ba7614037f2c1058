"""The Relief family: features that differ between neighbours of different outcome."""

from numbers import Integral

import numpy as np

from .base import Ranker, columns_mask, encode_target, resolve_task

__all__ = ["MultiSURFRanker", "ReliefFRanker", "SURFRanker", "SURFStarRanker"]


def distinct_values(X):
    """Return how many distinct values each column has, missing ones aside."""
    lines = np.sort(X.T, axis=1)
    steps = (np.diff(lines, axis=1) > 0).sum(axis=1)
    return steps + ~np.isnan(lines[:, 0])


def mean_complete_distance(columns, categorical):
    """Return the mean of all n x n distances, from sorted columns instead of pairs."""
    n = columns.shape[1]
    weights = (2.0 * np.arange(n) - (n - 1)) * (2.0 / n**2)
    numeric = float((np.sort(columns[~categorical], axis=1) @ weights).sum())
    shares = [np.unique(column, return_counts=True)[1] / n for column in columns[categorical]]
    return numeric + sum(1.0 - float(share @ share) for share in shares)


class _Relief(Ranker):
    """What the Relief rankers share; `_method` names the way of finding neighbours."""

    _method = ""

    def __init__(self, n_features_to_select=10, categorical_features="auto", categorical_threshold=10, task="auto"):
        super().__init__(n_features_to_select)
        self.categorical_features = categorical_features
        self.categorical_threshold = categorical_threshold
        self.task = task

    def _rank(self, X, y):
        from . import _relief_kernels as kernels

        task = resolve_task(y, self.task)
        target = encode_target(y, task).astype(np.float64)
        hit_radius = float(np.std(target, ddof=1)) if task == "regression" else -1.0
        n_classes = int(target.max()) + 1 if task == "classification" else 2
        n_neighbors = self._check_n_neighbors(X.shape[0])
        rows, ramps, categorical = self._scale(X)
        columns, missing = np.ascontiguousarray(rows.T), bool(np.isnan(rows).any())
        distance_ramps = np.where(categorical, 0.0, np.inf)
        threshold = 0.0
        if self._method in ("SURF", "SURFSTAR"):
            threshold = (
                kernels.mean_distance(columns, distance_ramps)
                if missing
                else mean_complete_distance(columns, categorical)
            )
        return kernels.relief_scores(
            rows,
            columns,
            ramps,
            distance_ramps,
            missing,
            target,
            hit_radius,
            n_classes,
            getattr(kernels, self._method),
            n_neighbors,
            threshold,
        )

    def _scale(self, X):
        """Return features scaled to [0, 1], the ramp of each, and which are categorical."""
        if isinstance(self.categorical_features, str) and self.categorical_features == "auto":
            categorical = distinct_values(X) <= self.categorical_threshold
        else:
            categorical = columns_mask(self.categorical_features, X.shape[1], "categorical_features")
        low = np.fmin.reduce(X, axis=0)
        span = np.fmax.reduce(X, axis=0) - low
        categorical |= ~(span > 0)
        ramps = np.where(categorical, 0.0, np.inf)
        if categorical.any() and not categorical.all():
            numeric = np.flatnonzero(~categorical)
            ramps[numeric] = np.nanstd(X[:, numeric], axis=0) / span[numeric]
        scaled = np.where(categorical, X, (X - low) / np.where(categorical, 1.0, span))
        return np.ascontiguousarray(scaled), ramps, categorical

    def _check_n_neighbors(self, n_samples):
        return 1

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class ReliefFRanker(_Relief):
    """Features ordered by ReliefF: do patients differ in them from near misses more than from near hits?

    A hit is a patient of the same class, a miss one of another class; in regression, a hit's outcome lies within one
    standard deviation. Numeric, categorical and missing values, two or more classes, and regression are all served.
    ReliefF sees interactions that one-at-a-time scores cannot.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    n_neighbors : int, default=10
        Nearest hits, and nearest misses of each class, that a patient is compared with; if there are fewer, all.
    categorical_features : "auto", array-like or None, default="auto"
        Columns whose values are the same or different rather than near or far: indices, or a mask. With ``"auto"``
        those with at most `categorical_threshold` distinct values.
    categorical_threshold : int, default=10
        See `categorical_features`.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The weight, in [-1, 1]; a feature of no use is near 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The score is that of scikit-rebate, with its ramp (where categorical and numeric features are mixed, a numeric
    difference above one standard deviation counts as 1) and its weight of a miss class by its share of the misses
    found. Four things that it does are not copied: it counts a patient as its own hit when a class has at most
    `n_neighbors` members; among equally near patients it takes whichever its unstable sort puts first (here: the
    first row); on complete data that mix categorical and numeric features it multiplies the categorical distance by
    the number of all features over that of the categorical ones (on data with missing values it does not); it
    compares with 100 neighbours by default, where the paper and this class take 10. Distances with missing values are
    per feature known in both patients.

    References
    ----------
    I. Kononenko (1994). Estimating attributes: analysis and extensions of RELIEF. ECML, 171-182.

    R. J. Urbanowicz et al. (2018). Benchmarking relief-based feature selection methods for bioinformatics data
    mining. J Biomed Inform 85:168-188.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import ReliefFRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(ReliefFRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['worst radius', 'worst concave points']
    """

    _method = "RELIEFF"

    def __init__(
        self,
        n_features_to_select=10,
        n_neighbors=10,
        categorical_features="auto",
        categorical_threshold=10,
        task="auto",
    ):
        super().__init__(n_features_to_select, categorical_features, categorical_threshold, task)
        self.n_neighbors = n_neighbors

    def _check_n_neighbors(self, n_samples):
        if not isinstance(self.n_neighbors, Integral) or self.n_neighbors < 1:
            raise ValueError(f"n_neighbors is a whole number of at least 1; got {self.n_neighbors!r}")
        return min(int(self.n_neighbors), n_samples)


class SURFRanker(_Relief):
    """Features ordered by SURF: ReliefF with all patients nearer than the average distance as neighbours.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    categorical_features : "auto", array-like or None, default="auto"
        Columns whose values are the same or different rather than near or far: indices, or a mask. With ``"auto"``
        those with at most `categorical_threshold` distinct values.
    categorical_threshold : int, default=10
        See `categorical_features`.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The weight, in [-1, 1]; a feature of no use is near 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    As in scikit-rebate, the average takes in the zero distance of each patient to itself. On data with missing values
    scikit-rebate averages over a matrix half of which was left at zero, and so halves the radius; here the radius has
    the same meaning with and without missing values. For the other departures see :class:`ReliefFRanker`.

    References
    ----------
    C. S. Greene et al. (2009). Spatially uniform ReliefF (SURF) for computationally-efficient filtering of gene-gene
    interactions. BioData Mining 2:5.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import SURFRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(SURFRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['worst radius', 'worst concave points']
    """

    _method = "SURF"


class SURFStarRanker(_Relief):
    """Features ordered by SURF*: SURF, less the same score over the patients farther than the average distance.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    categorical_features : "auto", array-like or None, default="auto"
        Columns whose values are the same or different rather than near or far: indices, or a mask. With ``"auto"``
        those with at most `categorical_threshold` distinct values.
    categorical_threshold : int, default=10
        See `categorical_features`.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The weight; a feature of no use is near 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    Finds pairs that act only together, and is weak on features that act alone. For the radius see
    :class:`SURFRanker`, for the other departures from scikit-rebate :class:`ReliefFRanker`.

    References
    ----------
    C. S. Greene et al. (2010). The informative extremes: using both nearest and farthest individuals can improve
    Relief algorithms in the domain of human genetics. EvoBIO, LNCS 6023:182-193.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import SURFStarRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(SURFStarRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['mean fractal dimension', 'fractal dimension error']
    """

    _method = "SURFSTAR"


class MultiSURFRanker(_Relief):
    """Features ordered by MultiSURF: ReliefF with a radius for each patient, and a dead band around its mean distance.

    A neighbour lies nearer than the patient's mean distance less half the standard deviation of its distances. The
    authors' recommendation when nothing is known about the data.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    categorical_features : "auto", array-like or None, default="auto"
        Columns whose values are the same or different rather than near or far: indices, or a mask. With ``"auto"``
        those with at most `categorical_threshold` distinct values.
    categorical_threshold : int, default=10
        See `categorical_features`.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The weight, in [-1, 1]; a feature of no use is near 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    For the departures from scikit-rebate see :class:`ReliefFRanker`.

    References
    ----------
    R. J. Urbanowicz et al. (2018). Benchmarking relief-based feature selection methods for bioinformatics data
    mining. J Biomed Inform 85:168-188.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import MultiSURFRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(MultiSURFRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['worst radius', 'worst concave points']
    """

    _method = "MULTISURF"
