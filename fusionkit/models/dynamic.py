"""Dynamic ensembles: for each patient, the members that were right about the most similar patients."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["DynamicEnsembleClassifier"]


def knora_e(correct):
    """Return the weights of KNORA-Eliminate: 1 for each member that is right about all of the nearest patients.

    Where no member is, the farthest patient is left out, and so on; where none is right about the nearest, all count.

    Parameters
    ----------
    correct : array of bool of shape (n_queries, n_neighbors, n_members)
        Whether each member was right about each neighbour, the nearest first.

    Returns
    -------
    weights : array of shape (n_queries, n_members)
    """
    run = np.cumprod(correct, axis=1).sum(axis=1)
    longest = run.max(axis=1, keepdims=True)
    return (run == longest).astype(float)


def knora_u(correct):
    """Return the weights of KNORA-Union: the number of nearest patients about which a member is right.

    Parameters
    ----------
    correct : array of bool of shape (n_queries, n_neighbors, n_members)
        Whether each member was right about each neighbour.

    Returns
    -------
    weights : array of shape (n_queries, n_members)
        All 1 where no member is right about any.
    """
    weights = correct.sum(axis=1).astype(float)
    weights[weights.sum(axis=1) == 0] = 1.0
    return weights


class DynamicEnsembleClassifier(ClassifierMixin, BaseEstimator):
    """A pool of classifiers of which, for each patient, the locally competent ones decide.

    Competence is judged on out-of-fold predictions for all training patients, and the members are then fitted on all
    of them: a cohort of 60 to 500 patients is too small to set a part aside. The probability is the mean of the
    chosen members' probabilities, where Ko et al. count votes. For classification only: each rule asks whether a member
    was right.

    Parameters
    ----------
    estimators : list of (str, classifier) or None, default=None
        The pool, each with ``predict_proba``; None is logistic regression, LDA, naive Bayes, a tree and KNN.
    method : {"knora_e", "knora_u", "meta_des"}, default="knora_u"
        The rule that weighs the members.
    n_neighbors : int, default=7
        The number of similar patients (Euclidean distance: scale the columns first).
    n_profiles : int, default=5
        META-DES: the number of patients about whom the pool says the most similar things.
    cv : int, default=5
        Number of folds of the out-of-fold predictions; fewer where the smallest class has fewer members.
    random_state : int or None, default=None
        Seed of the folds and of the default pool's tree.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        The classes, sorted.
    estimators_ : list of classifier
        The members, fitted.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : array of str
        Their names, if the table had some.

    Notes
    -----
    Given the same out-of-fold predictions, the members count as they do in DESlib (KNORAE, KNORAU with weights, METADES
    with a Gaussian naive Bayes classifier). META-DES learns from all patients, where Cruz et al. leave out those about
    whom the pool is of one mind.

    References
    ----------
    Ko, Sabourin, Britto (2008). From dynamic classifier selection to dynamic ensemble selection. Pattern Recognition
    41, 1718-1731. Cruz, Sabourin, Cavalcanti, Ren (2015). META-DES: a dynamic ensemble selection framework using
    meta-learning. Pattern Recognition 48, 1925-1935.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from fusionkit.models.dynamic import DynamicEnsembleClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), DynamicEnsembleClassifier(random_state=0))
    >>> bool(cross_val_score(model, X[:200], y[:200]).mean() > 0.9)
    True
    """

    def __init__(self, estimators=None, *, method="knora_u", n_neighbors=7, n_profiles=5, cv=5, random_state=None):
        self.estimators = estimators
        self.method = method
        self.n_neighbors = n_neighbors
        self.n_profiles = n_profiles
        self.cv = cv
        self.random_state = random_state

    def fit(self, X, y):
        """Fit the pool, and learn where each member is competent.

        Parameters
        ----------
        X : array-like of shape (n_patients, n_columns)
            Scaled columns, without missing values.
        y : array-like of shape (n_patients,)
            The classes.

        Returns
        -------
        self : object
        """
        if self.method not in _METHODS:
            raise ValueError(f"method must be one of {', '.join(_METHODS)}; got {self.method!r}")
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y must have two classes or more; got one class, {self.classes_[0]!r}")
        n_folds = min(self.cv, np.bincount(codes).min())
        if n_folds < 2:
            raise ValueError("each class must have two members or more, since competence is judged out of fold")
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=self.random_state)
        self._codes = codes
        pool = [member for _, member in self.estimators] if self.estimators is not None else self._default_pool()
        profiles = [cross_val_predict(member, X, codes, cv=folds, method="predict_proba") for member in pool]
        self._profiles = np.stack(profiles, axis=1)
        self._correct = self._profiles.argmax(axis=2) == codes[:, None]
        self._neighbors = NearestNeighbors(n_neighbors=min(self.n_neighbors, len(X) - 1)).fit(X)
        if self.method == "meta_des":
            self._fit_meta_classifier()
        self.estimators_ = [clone(member).fit(X, codes) for member in pool]
        return self

    def predict_proba(self, X):
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_patients, n_columns)
            The columns as in ``fit``.

        Returns
        -------
        y_score : array of shape (n_patients, n_classes)
            The columns are ``classes_``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        profiles = np.stack([member.predict_proba(X) for member in self.estimators_], axis=1)
        similar = self._neighbors.kneighbors(X, return_distance=False)
        if self.method == "meta_des":
            weights = self._meta_des(similar, profiles)
        else:
            weights = _RULES[self.method](self._correct[similar])
        return np.einsum("qm,qmc->qc", weights / weights.sum(axis=1, keepdims=True), profiles)

    def predict(self, X):
        """Return the most probable class.

        Parameters
        ----------
        X : array-like of shape (n_patients, n_columns)
            The columns as in ``fit``.

        Returns
        -------
        y_pred : array of shape (n_patients,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _default_pool(self):
        smallest = int(np.bincount(self._codes).min())
        return [
            LogisticRegression(max_iter=5000),
            LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
            GaussianNB(),
            DecisionTreeClassifier(max_depth=3, random_state=self.random_state),
            KNeighborsClassifier(n_neighbors=min(5, smallest)),
        ]

    def _fit_meta_classifier(self):
        flat = self._profiles.reshape(len(self._profiles), -1)
        self._profile_neighbors = NearestNeighbors(n_neighbors=min(self.n_profiles, len(flat) - 1)).fit(flat)
        similar = self._neighbors.kneighbors(return_distance=False)
        alike = self._profile_neighbors.kneighbors(return_distance=False)
        features = self._meta_features(similar, alike, self._profiles)
        self._meta_classifier = GaussianNB(var_smoothing=1e-3).fit(features, self._correct.ravel())

    def _meta_features(self, similar, alike, profiles):
        """The five groups of META-DES, one row per patient and member."""
        right = self._correct[similar]
        certainty = self._profiles[similar, :, self._codes[similar]]
        groups = [
            right.transpose(0, 2, 1),
            certainty.transpose(0, 2, 1),
            right.mean(axis=1)[:, :, None],
            self._correct[alike].transpose(0, 2, 1),
            profiles.max(axis=2)[:, :, None],
        ]
        return np.concatenate(groups, axis=2).reshape(profiles.shape[0] * profiles.shape[1], -1)

    def _meta_des(self, similar, profiles):
        """The estimated probability that a member is right, where it is above one half."""
        alike = self._profile_neighbors.kneighbors(profiles.reshape(len(profiles), -1), return_distance=False)
        features = self._meta_features(similar, alike, profiles)
        if len(self._meta_classifier.classes_) == 1:  # every member was right about everyone, or about no one
            return np.ones(profiles.shape[:2])
        competence = self._meta_classifier.predict_proba(features)[:, 1].reshape(profiles.shape[:2])
        weights = np.where(competence > 0.5, competence, 0.0)
        weights[weights.sum(axis=1) == 0] = 1.0
        return weights


_RULES = {"knora_e": knora_e, "knora_u": knora_u}
_METHODS = (*_RULES, "meta_des")
