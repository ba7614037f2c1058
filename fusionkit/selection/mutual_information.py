"""Mutual information of each feature with the outcome, by nearest neighbours."""

from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from .base import Ranker, encode_target, resolve_task

__all__ = ["MutualInformationRanker"]

ESTIMATES = {"classification": mutual_info_classif, "regression": mutual_info_regression}


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
        task = resolve_task(y, self.task)
        return ESTIMATES[task](
            X,
            encode_target(y, task),
            n_neighbors=self.n_neighbors,
            discrete_features=self.discrete_features,
            random_state=self.random_state,
        )
