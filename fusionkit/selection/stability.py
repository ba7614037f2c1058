"""Stability selection: the features that are picked again and again on halves of the patients."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import check_features, encode_target, resolve_task
from .univariate import AnovaRanker

__all__ = ["StabilitySelector"]


class StabilitySelector(SelectorMixin, BaseEstimator):
    """Keep the features that a selector picks in at least a given share of random halves of the patients.

    Halves come in complementary pairs, drawn within each class. The share of halves that picked it says how far the
    choice of a feature depends on who happened to be in the cohort.

    Parameters
    ----------
    selector : selector or None, default=None
        Any scikit-learn selector, fitted on each half; None is an AnovaRanker that keeps a tenth of the features.
    threshold : float, default=0.6
        Least share of halves that must pick a feature, in (0.5, 1].
    n_pairs : int, default=50
        Pairs of halves.
    random_state : int, RandomState or None, default=None
        Seed of the halves, and of a selector that has a `random_state`; give a number for the same choice each time.
    n_jobs : int or None, default=None
        Cores for the halves.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The share of halves that picked each feature.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature by that share, ties in the order of columns; 1 is the best.
    expected_false_picks_ : float
        Upper bound of the expected number of features kept although they are picked no more often than at random,
        ``q**2 / ((2 * threshold - 1) * n_features)`` with q the mean number picked from a half.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.

    References
    ----------
    N. Meinshausen, P. Buehlmann (2010). Stability selection. J R Stat Soc B 72:417-473.

    R. D. Shah, R. J. Samworth (2013). Variable selection with error control: another look at stability selection.
    J R Stat Soc B 75:55-80.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import AnovaRanker, StabilitySelector
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> stable = StabilitySelector(AnovaRanker(3), random_state=0).fit(X, y)
    >>> list(stable.get_feature_names_out())
    ['worst perimeter', 'worst concave points']
    """

    def __init__(self, selector=None, threshold=0.6, n_pairs=50, random_state=None, n_jobs=None):
        self.selector = selector
        self.threshold = threshold
        self.n_pairs = n_pairs
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X, y):
        """Count how often each feature is picked.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,)
            The outcome.

        Returns
        -------
        self : StabilitySelector
            The fitted selector.
        """
        if not 0.5 < self.threshold <= 1:
            raise ValueError(f"threshold is a share in (0.5, 1]; got {self.threshold!r}")
        if not isinstance(self.n_pairs, Integral) or self.n_pairs < 1:
            raise ValueError(f"n_pairs is a whole number of at least 1; got {self.n_pairs!r}")
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=2)
        selector = AnovaRanker(0.1) if self.selector is None else self.selector
        check_features(X, getattr(self, "feature_names_in_", None), get_tags(selector).input_tags.allow_nan)
        rng = check_random_state(self.random_state)
        halves = [half for _ in range(self.n_pairs) for half in self._pair(y, rng)]
        seeds = rng.randint(np.iinfo(np.int32).max, size=len(halves))
        picks = Parallel(n_jobs=self.n_jobs)(
            delayed(picked)(selector, X[half], y[half], seed) for half, seed in zip(halves, seeds, strict=True)
        )
        self.scores_ = np.mean(picks, axis=0)
        self.ranking_ = np.empty(X.shape[1], dtype=np.int64)
        self.ranking_[np.argsort(-self.scores_, kind="stable")] = np.arange(1, X.shape[1] + 1)
        self.expected_false_picks_ = float(self.scores_.sum() ** 2 / ((2 * self.threshold - 1) * X.shape[1]))
        return self

    def _pair(self, y, rng):
        """Return two disjoint halves with an equal share of each class."""
        task = resolve_task(y)
        codes = encode_target(y, task) if task == "classification" else np.zeros(y.size, dtype=np.int64)
        if np.bincount(codes).min() < 2:
            raise ValueError("a class has one patient only: no two halves can both contain it; merge or drop it")
        shuffled = [rng.permutation(np.flatnonzero(codes == code)) for code in range(codes.max() + 1)]
        return [np.sort(np.concatenate([members[start::2] for members in shuffled])) for start in (0, 1)]

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.scores_ >= self.threshold

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        if self.selector is not None:
            tags.input_tags.allow_nan = get_tags(self.selector).input_tags.allow_nan
            tags.input_tags.positive_only = get_tags(self.selector).input_tags.positive_only
        return tags


def picked(selector, X, y, seed):
    """Return which features a fresh selector picks."""
    selector = clone(selector)
    if "random_state" in selector.get_params():
        selector.set_params(random_state=seed)
    return selector.fit(X, y).get_support()
