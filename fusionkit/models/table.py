"""One row per model: how it is made, what is searched, and what it needs from the data."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from .dynamic import DynamicEnsembleClassifier

__all__ = ["make_model", "model_grid", "model_names", "model_table"]


@dataclass(frozen=True)
class _Model:
    """How a model is made, what is searched, and what it needs."""

    make: callable
    settings: dict
    grid: dict = field(default_factory=dict)
    scaling: bool = False
    missing: bool = False
    probability: bool = True


def _xgboost(name):
    def make(**settings):
        import xgboost

        return getattr(xgboost, name)(**settings)

    make.__name__ = name
    return make


_C = [0.01, 0.1, 1.0, 10.0, 100.0]
_GAMMA = ["scale", 0.001, 0.01, 0.1]
_ALPHA = [0.001, 0.01, 0.1, 1.0]
_TREES = [100, 200, 500]
_LEAF = [1, 3, 5, 10]
_FOREST = {"n_estimators": _TREES, "max_features": ["sqrt", 0.3], "min_samples_leaf": _LEAF}
_TREE = {"max_depth": [2, 3, 5, None], "min_samples_leaf": _LEAF}
_NEIGHBOURS = {"n_neighbors": [3, 5, 9, 15, 25], "weights": ["uniform", "distance"]}
_XGBOOST = {"n_estimators": [50, 100, 200], "max_depth": [1, 2, 3], "learning_rate": [0.03, 0.1]}
_XGBOOST_SETTINGS = {"n_estimators": 100, "max_depth": 2, "learning_rate": 0.1, "subsample": 0.8, "n_jobs": 1}
_HISTOGRAMS = {"max_iter": [50, 100, 200], "max_leaf_nodes": [3, 7], "learning_rate": [0.03, 0.1]}
_HISTOGRAMS_SETTINGS = {"early_stopping": False, "max_leaf_nodes": 7, "min_samples_leaf": 10}
_KERNELS = [ConstantKernel(1.0) * RBF(length) for length in (1.0, 3.0, 10.0, 30.0)]
_GAUSSIAN_SETTINGS = {"kernel": _KERNELS[1], "optimizer": None}
_MLP = {"hidden_layer_sizes": [(8,), (32,)], "alpha": [0.01, 0.1, 1.0, 10.0]}
_MLP_SETTINGS = {"hidden_layer_sizes": (8,), "alpha": 1.0, "solver": "lbfgs", "max_iter": 50_000, "max_fun": 10**6}
_SAGA = {"solver": "saga", "max_iter": 20_000}
_DYNAMIC = {"n_neighbors": [5, 7, 11]}
_RATIOS = [0.1, 0.5, 0.9]

_CLASSIFIERS = {
    "svm_linear": _Model(SVC, {"kernel": "linear"}, {"C": _C[:4]}, scaling=True, probability=False),
    "svm_rbf": _Model(SVC, {}, {"C": _C, "gamma": _GAMMA}, scaling=True, probability=False),
    "logistic": _Model(LogisticRegression, {"max_iter": 5000}, {"C": _C}, scaling=True),
    "logistic_l1": _Model(LogisticRegression, {"l1_ratio": 1, **_SAGA}, {"C": _C[:4]}, scaling=True),
    "elastic_net": _Model(
        LogisticRegression, {"l1_ratio": 0.5, **_SAGA}, {"C": _C[:4], "l1_ratio": _RATIOS}, scaling=True
    ),
    "random_forest": _Model(RandomForestClassifier, {"n_estimators": 200}, _FOREST, missing=True),
    "extra_trees": _Model(ExtraTreesClassifier, {"n_estimators": 200}, _FOREST, missing=True),
    "xgboost": _Model(_xgboost("XGBClassifier"), _XGBOOST_SETTINGS, _XGBOOST, missing=True),
    "hist_gradient_boosting": _Model(HistGradientBoostingClassifier, _HISTOGRAMS_SETTINGS, _HISTOGRAMS, missing=True),
    "knn": _Model(KNeighborsClassifier, {}, _NEIGHBOURS, scaling=True),
    "naive_bayes": _Model(GaussianNB, {}, {"var_smoothing": [1e-9, 1e-6, 1e-3, 1e-1]}),
    "lda": _Model(
        LinearDiscriminantAnalysis,
        {"solver": "lsqr", "shrinkage": "auto"},
        {"shrinkage": ["auto", 0.1, 0.5, 0.9]},
        scaling=True,
    ),
    "qda": _Model(
        QuadraticDiscriminantAnalysis, {"reg_param": 0.1}, {"reg_param": [0.01, 0.1, 0.3, 0.6]}, scaling=True
    ),
    "decision_tree": _Model(DecisionTreeClassifier, {"max_depth": 3}, _TREE, missing=True),
    "gaussian_process": _Model(GaussianProcessClassifier, _GAUSSIAN_SETTINGS, {"kernel": _KERNELS}, scaling=True),
    "mlp": _Model(MLPClassifier, _MLP_SETTINGS, _MLP, scaling=True),
    "knora_e": _Model(DynamicEnsembleClassifier, {"method": "knora_e"}, _DYNAMIC, scaling=True),
    "knora_u": _Model(DynamicEnsembleClassifier, {"method": "knora_u"}, _DYNAMIC, scaling=True),
    "meta_des": _Model(DynamicEnsembleClassifier, {"method": "meta_des"}, _DYNAMIC, scaling=True),
}

_REGRESSORS = {
    "svm_linear": _Model(SVR, {"kernel": "linear"}, {"C": _C[:4]}, scaling=True, probability=False),
    "svm_rbf": _Model(SVR, {}, {"C": _C, "gamma": _GAMMA}, scaling=True, probability=False),
    "ridge": _Model(Ridge, {}, {"alpha": [0.1, 1.0, 10.0, 100.0, 1000.0]}, scaling=True, probability=False),
    "lasso": _Model(Lasso, {"max_iter": 50_000}, {"alpha": _ALPHA}, scaling=True, probability=False),
    "elastic_net": _Model(
        ElasticNet, {"max_iter": 50_000}, {"alpha": _ALPHA, "l1_ratio": _RATIOS}, scaling=True, probability=False
    ),
    "random_forest": _Model(RandomForestRegressor, {"n_estimators": 200}, _FOREST, missing=True, probability=False),
    "extra_trees": _Model(ExtraTreesRegressor, {"n_estimators": 200}, _FOREST, missing=True, probability=False),
    "xgboost": _Model(_xgboost("XGBRegressor"), _XGBOOST_SETTINGS, _XGBOOST, missing=True, probability=False),
    "hist_gradient_boosting": _Model(
        HistGradientBoostingRegressor, _HISTOGRAMS_SETTINGS, _HISTOGRAMS, missing=True, probability=False
    ),
    "knn": _Model(KNeighborsRegressor, {}, _NEIGHBOURS, scaling=True, probability=False),
    "decision_tree": _Model(DecisionTreeRegressor, {"max_depth": 3}, _TREE, missing=True, probability=False),
    "gaussian_process": _Model(
        GaussianProcessRegressor,
        {**_GAUSSIAN_SETTINGS, "alpha": 0.1, "normalize_y": True},
        {"kernel": _KERNELS, "alpha": [0.01, 0.1, 1.0]},
        scaling=True,
        probability=False,
    ),
    "mlp": _Model(MLPRegressor, _MLP_SETTINGS, _MLP, scaling=True, probability=False),
}

_TASKS = {"classification": _CLASSIFIERS, "regression": _REGRESSORS}


def _models_of(task):
    if task not in _TASKS:
        raise ValueError(f"task must be 'classification' or 'regression'; got {task!r}")
    return _TASKS[task]


def _find(name, task):
    models = _models_of(task)
    others = [other for other in _TASKS if other != task and name in _TASKS[other]]
    if name not in models and others:
        raise ValueError(f"{name!r} is for {others[0]} only; for {task} name is one of {', '.join(models)}")
    if name not in models:
        raise ValueError(f"name must be one of {', '.join(models)} for {task}; got {name!r}")
    return models[name]


def model_names(*, task="classification"):
    """Return the names that :func:`make_model` knows.

    Parameters
    ----------
    task : {"classification", "regression"}, default="classification"
        What is predicted.

    Returns
    -------
    names : list of str
        In the table's order.

    Examples
    --------
    >>> from fusionkit.models import model_names
    >>> model_names()[:4]
    ['svm_linear', 'svm_rbf', 'logistic', 'logistic_l1']
    """
    return list(_models_of(task))


def make_model(name, *, task="classification", random_state=None):
    """Return a fresh model by its name.

    Naive Bayes, the discriminant analyses and the dynamic ensembles (``"knora_e"``, ``"knora_u"``, ``"meta_des"``) are
    for classification only: the dynamic rules weigh members by whether they were right, and a number never quite is.

    A support vector machine ranks patients (``decision_function``) but gives no probability; wrap it in
    ``CalibratedClassifierCV(make_model("svm_rbf"), ensemble=False)`` where one is needed.

    Parameters
    ----------
    name : str
        A name of :func:`model_names`.
    task : {"classification", "regression"}, default="classification"
        What is predicted.
    random_state : int or None, default=None
        The seed of a model that draws at random; the others do without. With a seed, a search can share fits.

    Returns
    -------
    model : estimator
        Not fitted; it does no scaling or imputation (see :func:`model_table` for what it needs).

    Raises
    ------
    ValueError
        If the name or the task is unknown.

    Examples
    --------
    >>> from fusionkit.models import make_model
    >>> make_model("lda")
    LinearDiscriminantAnalysis(shrinkage='auto', solver='lsqr')
    """
    row = _find(name, task)
    model = row.make(**row.settings)
    if "random_state" in model.get_params(deep=False):
        model.set_params(random_state=random_state)
    return model


def model_grid(name, *, task="classification", prefix=""):
    """Return the search grid of a model, suited to 60 to 500 patients.

    Parameters
    ----------
    name : str
        A name of :func:`model_names`.
    task : {"classification", "regression"}, default="classification"
        What is predicted.
    prefix : str, default=""
        Put before each parameter, such as ``"model__"`` for the step of a Pipeline.

    Returns
    -------
    grid : dict of str to list

    Examples
    --------
    >>> from fusionkit.models import model_grid
    >>> model_grid("svm_linear", prefix="model__")
    {'model__C': [0.01, 0.1, 1.0, 10.0]}
    """
    return {prefix + parameter: list(values) for parameter, values in _find(name, task).grid.items()}


def model_table():
    """Return what each model is and needs, as a table.

    Returns
    -------
    table : DataFrame
        One row per task and model: the estimator's class, the number of candidates in its grid, whether columns
        must be scaled to be comparable, whether missing values are allowed, and whether it gives probabilities.

    Examples
    --------
    >>> from fusionkit.models import model_table
    >>> bool(model_table().loc[("classification", "random_forest"), "missing_allowed"])
    True
    """
    rows = [
        {
            "task": task,
            "name": name,
            "estimator": row.make.__name__,
            "n_candidates": int(np.prod([len(values) for values in row.grid.values()])),
            "needs_scaling": row.scaling,
            "missing_allowed": row.missing,
            "probability": row.probability,
        }
        for task, models in _TASKS.items()
        for name, row in models.items()
    ]
    return pd.DataFrame(rows).set_index(["task", "name"])
