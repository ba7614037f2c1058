"""Cohorts whose truth is known: an EHR and an image modality, and models whose true AUC can be computed.

Patients of either class are normal with one covariance S, so that a linear score with weights w on a distance d of the
classes has the AUC ``Phi(w d / sqrt(2 w S w))``. The AUC of any other model is measured on new patients of the same
population, a fresh sample for every fit.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit
from sklearn import config_context
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from fusionkit.metrics import auc

__all__ = ["Population", "Simulated", "draw_cohort", "fit_logistic", "select_features", "stratified_folds"]

N_NEW = 200
"""New patients per class that measure the AUC of one nonlinear fit; a cohort has 15 fits per model or more."""

LEARNERS = {
    "svm": lambda seed: SVC(),
    "random forest": lambda seed: RandomForestClassifier(20, min_samples_leaf=3, random_state=seed),
    "neighbours": lambda seed: KNeighborsClassifier(15, weights="distance"),
}


@dataclass(frozen=True)
class Population:
    """Who the patients are, what the record and the images carry, and how the study is made.

    ``image_auc`` is what the images add to the record; ``correlation`` ties each of the first image features to one of
    the record's, so that images may repeat what the record knows. With ``n_selected`` the image features whose class
    means differ most in a training set are kept, and the others dropped; ``leaky`` looks at all patients instead.
    """

    n: int = 100
    ehr_auc: float = 0.75
    image_auc: float = 0.5
    prevalence: float = 0.35
    correlation: float = 0.0
    n_ehr: int = 5
    n_image: int = 10
    n_informative: int = 4
    n_selected: int | None = None
    model: str = "logistic"
    n_repeats: int = 5
    n_folds: int = 5
    leaky: bool = False

    @property
    def loading(self):
        """Of each image feature on each EHR feature, (n_ehr, n_image)."""
        return self.correlation * np.eye(self.n_ehr, self.n_image)

    @property
    def shift(self):
        """Distance of the classes' means, feature by feature, in standard deviations of what is new in a feature."""

        def spread(auc, n_informative, n_features):
            distance = math.sqrt(2) * stats.norm.ppf(auc) / math.sqrt(n_informative)
            return np.where(np.arange(n_features) < n_informative, distance, 0.0)

        ehr = spread(self.ehr_auc, self.n_ehr, self.n_ehr)
        return np.r_[ehr, ehr @ self.loading + self._own * spread(self.image_auc, self.n_informative, self.n_image)]

    @property
    def _own(self):
        return np.sqrt(1 - (self.loading**2).sum(axis=0))

    @property
    def covariance(self):
        """Of the features within a class."""
        mixing = self._mixing
        return mixing.T @ mixing

    @property
    def _mixing(self):
        """Independent normals times this are the features."""
        top = np.hstack([np.eye(self.n_ehr), self.loading])
        return np.vstack([top, np.hstack([np.zeros((self.n_image, self.n_ehr)), np.diag(self._own)])])

    def draw(self, y, rng):
        """Features of patients with these outcomes, (n, n_ehr + n_image)."""
        return rng.standard_normal((len(y), self.shift.size)) @ self._mixing + np.asarray(y)[:, None] * self.shift


@dataclass(frozen=True)
class Simulated:
    """One cohort's outcomes, folds (repeats, n), out-of-fold scores (repeats, n) and true AUC (repeats,) by model.

    Beside them the features (n, n_features), and the weights of linear models by name, (repeats * folds, 1 +
    n_features) with the intercept first; none for other models.
    """

    y: np.ndarray
    folds: np.ndarray
    scores: dict
    truth: dict
    X: np.ndarray
    weights: dict


def stratified_folds(y, n_repeats, n_folds, rng):
    """Test fold of every patient in every repeat, (n_repeats, n), with the classes spread evenly."""
    folds = np.empty((n_repeats, y.size), dtype=int)
    for row in folds:
        for label in (0, 1):
            members = rng.permutation(np.flatnonzero(y == label))
            row[members] = (np.arange(members.size) + rng.integers(n_folds)) % n_folds
    return folds


def fit_logistic(X, y, training, columns, penalty=1.0):
    """Ridge logistic regressions on many training sets of one cohort at once, by Newton's method.

    ``training`` is (n_fits, n), 0 or 1, and ``columns`` (n_fits, n_used) the features that each fit may use; returns
    weights with the intercept first, (n_fits, 1 + n_features), 0 for features that were not used.
    """
    n_fits, n_used = columns.shape
    design = np.concatenate([np.ones((n_fits, len(X), 1)), X.T[columns].transpose(0, 2, 1)], axis=2)
    ridge = np.r_[1e-6, np.full(n_used, penalty)]
    weights = np.zeros((n_fits, 1 + n_used, 1))
    for _ in range(8):
        risk = expit(design @ weights)[..., 0]
        gradient = design.transpose(0, 2, 1) @ (training * (y - risk))[..., None] - ridge[:, None] * weights
        bend = training * np.maximum(risk * (1 - risk), 1e-6)
        curvature = design.transpose(0, 2, 1) @ (bend[..., None] * design) + np.diag(ridge)
        weights += np.linalg.solve(curvature, gradient)
    full = np.zeros((n_fits, 1 + X.shape[1]))
    full[:, 0] = weights[:, 0, 0]
    np.put_along_axis(full, 1 + columns, weights[:, 1:, 0], axis=1)
    return full


def select_features(X, y, training, n_selected):
    """The features whose class means differ most in each training set, (n_fits, n_selected)."""
    events, others = training * y, training * (1 - y)
    gap = np.abs(events @ X / events.sum(axis=1, keepdims=True) - others @ X / others.sum(axis=1, keepdims=True))
    return np.argsort(-gap, axis=1)[:, :n_selected]


def _columns(population, X, y, training):
    """Which features each fit uses, (n_fits, n_used), by model."""
    ehr, image = np.arange(population.n_ehr), population.n_ehr + np.arange(population.n_image)
    ehr, image = (np.tile(columns, (len(training), 1)) for columns in (ehr, image))
    if population.n_selected is not None:
        seen = np.ones_like(training) if population.leaky else training
        image = population.n_ehr + select_features(X[:, population.n_ehr :], y, seen, population.n_selected)
    return {"ehr": ehr, "image": image, "early": np.hstack([ehr, image])}


def _linear(population, X, y, training, columns):
    """Scores of everybody by every fit, (n_fits, n), the fits' true AUC, (n_fits,), and weights, by model.

    Logistic regression; late fusion is the mean log-odds of the two modalities' models, and so linear too.
    """
    weights = {name: fit_logistic(X, y, training, used) for name, used in columns.items()}
    weights["late"] = (weights["ehr"] + weights["image"]) / 2
    scores, truth = {}, {}
    for name, weight in weights.items():
        scores[name] = weight[:, 1:] @ X.T + weight[:, :1]
        spread = np.sqrt(2 * np.einsum("ij,jk,ik->i", weight[:, 1:], population.covariance, weight[:, 1:]))
        truth[name] = stats.norm.cdf(weight[:, 1:] @ population.shift / spread)
    return scores, truth, weights


def _scores(model, X):
    return model.decision_function(X) if hasattr(model, "decision_function") else model.predict_proba(X)[:, 1]


def _nonlinear(population, X, y, training, columns, rng):
    """The same, without weights, for a scikit-learn model; late fusion is the mean score, the truth is measured."""
    new_y = np.repeat([0, 1], N_NEW)
    names = [*columns, "late"]
    scores = {name: np.empty((len(training), y.size)) for name in names}
    truth = {name: np.empty(len(training)) for name in names}
    for number, members in enumerate(training.astype(bool)):
        everybody = np.vstack([X, population.draw(new_y, rng)])
        fresh = {}
        for name, used in columns.items():
            learner = LEARNERS[population.model](int(rng.integers(2**31)))
            model = learner.fit(X[members][:, used[number]], y[members])
            scores[name][number], fresh[name] = np.split(_scores(model, everybody[:, used[number]]), [y.size])
        scores["late"][number] = (scores["ehr"][number] + scores["image"][number]) / 2
        fresh["late"] = (fresh["ehr"] + fresh["image"]) / 2
        for name in names:
            truth[name][number] = auc(new_y, fresh[name])
    return scores, truth, {}


def draw_cohort(population, rng):
    """Return one cohort that went through repeated cross-validation with the population's model.

    Parameters
    ----------
    population : Population
    rng : Generator

    Returns
    -------
    cohort : Simulated
        Models ``ehr``, ``image``, ``early`` and ``late``.
    """
    while True:
        y = (rng.random(population.n) < population.prevalence).astype(int)
        if 2 * population.n_folds <= y.sum() <= population.n - 2 * population.n_folds:
            break
    X = population.draw(y, rng)
    folds = stratified_folds(y, population.n_repeats, population.n_folds, rng)
    training = np.array([fold != label for fold in folds for label in range(population.n_folds)], dtype=float)
    given = population, X, y, training, _columns(population, X, y, training)
    with config_context(assume_finite=True, skip_parameter_validation=True):  # thousands of small fits
        scores, truth, weights = _linear(*given) if population.model == "logistic" else _nonlinear(*given, rng)
    fit_of = np.arange(population.n_repeats)[:, None] * population.n_folds + folds
    return Simulated(
        y,
        folds,
        {name: score[fit_of, np.arange(population.n)] for name, score in scores.items()},
        {name: true.reshape(population.n_repeats, -1).mean(axis=1) for name, true in truth.items()},
        X,
        weights,
    )
