"""Forward selection and backward elimination by cross-validated score."""

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv, cross_val_score
from sklearn.utils import get_tags

from .base import Ranker, encode_target, n_selected

__all__ = ["SequentialRanker"]


class SequentialRanker(Ranker):
    """Features in the order in which a model takes them up, or the reverse of that in which it can best do without.

    Each step tries each feature and keeps the change with the best cross-validated score.

    Parameters
    ----------
    estimator : estimator
        The model; may be a Pipeline.
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    direction : {"forward", "backward"}, default="forward"
        Begin with none and add, or begin with all and remove.
    n_features_ranked : int, float or "all", default="all"
        Forward: how many features to add; the rest follow by their score in the last step. Backward: how many to keep
        apart, in the order of their score in the last step. Each step costs one cross-validation per feature, so set
        this where there are hundreds.
    scoring : str, callable or None, default=None
        What to maximise; None is the estimator's own score.
    cv : int, splitter or iterable, default=5
        Folds; a number gives stratified folds for a classifier.
    n_jobs : int or None, default=None
        Cores for the folds.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        How many features come after this one: the last one has 0.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The features kept are, for every number of them up to `n_features_ranked` (forward) or from it (backward), those of
    scikit-learn's ``SequentialFeatureSelector`` with ``tol=None`` and the same estimator, scoring and folds.

    References
    ----------
    A. W. Whitney (1971). A direct method of nonparametric measurement selection. IEEE Trans Comput C-20:1100-1103.

    T. Marill, D. M. Green (1963). On the effectiveness of receptors in recognition systems. IEEE Trans Inf Theory
    9:11-17.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from fusionkit.selection import SequentialRanker
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> ranker = SequentialRanker(KNeighborsClassifier(), n_features_to_select=2).fit(X, y)
    >>> list(ranker.get_feature_names_out())
    ['petal length (cm)', 'petal width (cm)']
    """

    def __init__(
        self,
        estimator,
        n_features_to_select=10,
        direction="forward",
        n_features_ranked="all",
        scoring=None,
        cv=5,
        n_jobs=None,
    ):
        super().__init__(n_features_to_select)
        self.estimator = estimator
        self.direction = direction
        self.n_features_ranked = n_features_ranked
        self.scoring = scoring
        self.cv = cv
        self.n_jobs = n_jobs

    def _rank(self, X, y):
        if self.direction not in ("forward", "backward"):
            raise ValueError(f"direction is 'forward' or 'backward'; got {self.direction!r}")
        classes = is_classifier(self.estimator)
        encode_target(y, "classification" if classes else "regression")
        folds = list(check_cv(self.cv, y, classifier=classes).split(X, y))
        rounds = n_selected(self.n_features_ranked, X.shape[1])
        search = self._forward if self.direction == "forward" else self._backward
        order = search(X, y, folds, rounds)
        scores = np.empty(X.shape[1])
        scores[order] = np.arange(X.shape[1])[::-1]
        return scores, order

    def _forward(self, X, y, folds, rounds):
        chosen, left, last = [], list(range(X.shape[1])), []
        while left and len(chosen) < rounds:
            last = [self._score(X[:, sorted([*chosen, feature])], y, folds) for feature in left]
            best = int(np.argmax(last))
            chosen.append(left.pop(best))
            last.pop(best)
        return np.array([*chosen, *(left[i] for i in np.argsort(-np.array(last), kind="stable"))], dtype=np.int64)

    def _backward(self, X, y, folds, rounds):
        kept, dropped, last = list(range(X.shape[1])), [], None
        least = rounds if self.n_features_ranked != "all" else 1
        while len(kept) > least:
            last = [self._score(np.delete(X[:, kept], place, axis=1), y, folds) for place in range(len(kept))]
            best = int(np.argmax(last))
            dropped.append(kept.pop(best))
            last.pop(best)
        if last is None:
            return np.array(kept)
        without = np.argsort(np.array(last), kind="stable")
        return np.array([*(kept[i] for i in without), *dropped[::-1]], dtype=np.int64)

    def _score(self, X, y, folds):
        scores = cross_val_score(
            clone(self.estimator), X, y, cv=folds, scoring=self.scoring, n_jobs=self.n_jobs, error_score="raise"
        )
        return scores.mean()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = get_tags(self.estimator).input_tags.allow_nan
        return tags
