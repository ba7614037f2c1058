"""Boruta: all features that a forest finds more useful than shuffled copies."""

import numpy as np
from scipy.stats import binom, false_discovery_control
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import check_features, encode_target, resolve_task

__all__ = ["BorutaSelector"]

FORESTS = {"classification": RandomForestClassifier, "regression": RandomForestRegressor}
FEWEST_SHADOWS = 5


class BorutaSelector(SelectorMixin, BaseEstimator):
    """Keep every feature that beats the best shuffled feature in a random forest more often than chance would.

    In each round all features still in question and shuffled copies of them (shadows) train a forest. A feature that
    beats the best shadow scores a hit. Hits are tested against a fair coin, both ways: a feature is confirmed,
    rejected, or stays tentative after the last round. How many are kept is not chosen but found.

    Parameters
    ----------
    estimator : estimator or None, default=None
        A forest with ``feature_importances_``, `n_estimators` and `random_state`; None is a random forest of depth 5.
    n_estimators : int or "auto", default="auto"
        Trees in each round; ``"auto"`` takes as many as give each feature a fair number of chances.
    percentile : float, default=100
        Percentile of the shadows' importances to beat, in (0, 100]; 100 is their maximum.
    alpha : float, default=0.05
        Error level of the tests, in (0, 1).
    two_step : bool, default=True
        Correct for the number of features by Benjamini and Hochberg, and for the number of rounds by Bonferroni. False
        corrects for the number of features by Bonferroni, as the original paper does.
    max_iter : int, default=100
        Most rounds.
    keep_tentative : bool, default=False
        Keep also the features still tentative at the end whose median importance exceeds the median of the shadows'
        best.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.
    random_state : int, RandomState or None, default=None
        Seed of the shuffles and forests; give a number for the same choice each time.

    Attributes
    ----------
    decision_ : ndarray of shape (n_features,)
        1 confirmed, 0 tentative, -1 rejected.
    tentative_ : ndarray of bool, of shape (n_features,)
        The features that `keep_tentative` adds.
    scores_ : ndarray of shape (n_features,)
        Share of the rounds in which the feature beat the shadows.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature: confirmed, tentative, rejected, each in order of score; 1 is the best.
    n_iter_ : int
        Rounds played.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.

    Notes
    -----
    With the same seed, decisions and hits are those of BorutaPy. Two things that it does are not copied: it
    plays one round fewer than `max_iter`, and when it rejects nothing it selects all features, tentative ones too.

    References
    ----------
    M. B. Kursa, W. R. Rudnicki (2010). Feature selection with the Boruta package. J Stat Softw 36(11):1-13.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.selection import BorutaSelector
    >>> X = np.random.default_rng(0).normal(size=(100, 6))
    >>> y = X[:, 1] + X[:, 4] > 0
    >>> BorutaSelector(n_estimators=20, max_iter=20, random_state=0).fit(X, y).get_support(indices=True)
    array([1, 4])
    """

    def __init__(
        self,
        estimator=None,
        n_estimators="auto",
        percentile=100,
        alpha=0.05,
        two_step=True,
        max_iter=100,
        keep_tentative=False,
        task="auto",
        random_state=None,
    ):
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.percentile = percentile
        self.alpha = alpha
        self.two_step = two_step
        self.max_iter = max_iter
        self.keep_tentative = keep_tentative
        self.task = task
        self.random_state = random_state

    def fit(self, X, y):
        """Confirm or reject each feature.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,)
            The outcome.

        Returns
        -------
        self : BorutaSelector
            The fitted selector.
        """
        self._check_arguments()
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=2)
        check_features(X, getattr(self, "feature_names_in_", None))
        task = resolve_task(y, self.task)
        encode_target(y, task)
        forest = FORESTS[task](max_depth=5) if self.estimator is None else clone(self.estimator)
        rng = check_random_state(self.random_state)
        decision, hits = np.zeros(X.shape[1], dtype=np.int64), np.zeros(X.shape[1], dtype=np.int64)
        importances, bars = [], []
        while (decision == 0).any() and len(bars) < self.max_iter:
            real, shadows = self._importances(forest, X, y, decision, rng)
            bars.append(np.percentile(shadows, self.percentile))
            importances.append(real)
            hits += real > bars[-1]
            decision = self._decide(decision, hits, len(bars))
        self.n_iter_ = len(bars)
        self.decision_ = decision
        self.tentative_ = (decision == 0) & (np.median(importances, axis=0) > np.median(bars))
        self.scores_ = hits / self.n_iter_
        self.ranking_ = np.empty(X.shape[1], dtype=np.int64)
        self.ranking_[np.lexsort((-self.scores_, -decision))] = np.arange(1, X.shape[1] + 1)
        return self

    def _check_arguments(self):
        if not 0 < self.percentile <= 100:
            raise ValueError(f"percentile is in (0, 100]; got {self.percentile!r}")
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha is in (0, 1); got {self.alpha!r}")
        if self.max_iter < 1:
            raise ValueError(f"max_iter is at least 1; got {self.max_iter!r}")

    def _importances(self, forest, X, y, decision, rng):
        """Return the importance of each feature (0 for a rejected one) and of the shadows."""
        open_ = np.flatnonzero(decision >= 0)
        n_trees = self.n_estimators
        if n_trees == "auto":
            n_trees = trees_for(open_.size, forest.get_params().get("max_depth"))
        forest.set_params(n_estimators=n_trees, random_state=rng)
        shadows = X[:, open_]
        while shadows.shape[1] < FEWEST_SHADOWS:
            shadows = np.hstack([shadows, shadows])
        shadows = np.array(shadows.T, order="C")
        for column in shadows:
            rng.shuffle(column)
        found = forest.fit(np.hstack([X[:, open_], shadows.T]), y).feature_importances_
        real = np.zeros(X.shape[1])
        real[open_] = found[: open_.size]
        return real, found[open_.size :]

    def _decide(self, decision, hits, n_rounds):
        open_ = np.flatnonzero(decision >= 0)
        decision = decision.copy()
        p_values = {1: binom.sf(hits[open_] - 1, n_rounds, 0.5), -1: binom.cdf(hits[open_], n_rounds, 0.5)}
        verdicts = {verdict: self._significant(p, n_rounds, decision.size) for verdict, p in p_values.items()}
        tentative = decision[open_] == 0
        for verdict, found in verdicts.items():
            decision[open_[tentative & found]] = verdict
        return decision

    def _significant(self, p, n_rounds, n_features):
        if not self.two_step:
            return p <= self.alpha / n_features
        return (false_discovery_control(p) <= self.alpha) & (p <= self.alpha / n_rounds)

    def _get_support_mask(self):
        check_is_fitted(self)
        return (self.decision_ == 1) | (self.tentative_ & bool(self.keep_tentative))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def trees_for(n_features, depth):
    """Return how many trees let each of the features and shadows be considered about a hundred times."""
    n_columns = 2 * n_features
    return max(1, int(100 * n_columns / (np.sqrt(n_columns) * (depth or 10))))
