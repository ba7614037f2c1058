"""More than forty (selector, model, grid) combinations, each scored as scikit-learn's GridSearchCV scores it."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import Pipeline as SamplingPipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.feature_selection import RFE, SelectKBest, SelectPercentile, f_regression, mutual_info_classif
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from fusionkit.model_selection import FusionSearchCV
from fusionkit.models import make_model
from fusionkit.naming import modality_columns
from fusionkit.selection import (
    AnovaRanker,
    GiniRanker,
    MultiSURFRanker,
    MutualInformationRanker,
    PearsonRanker,
    ReliefFRanker,
    RFERanker,
    SpearmanRanker,
)

K = "n_features_to_select"
SELECTORS = {
    "anova": {"select": [AnovaRanker()], f"select__{K}": [2, 6, 0.5]},
    "relief": {"select": [ReliefFRanker()], f"select__{K}": [2, 6, "all"]},
    "multisurf": {"select": [MultiSURFRanker()], f"select__{K}": [1, 6]},
    "spearman": {"select": [SpearmanRanker()], f"select__{K}": [2, 6]},
    "gini": {"select": [GiniRanker(n_estimators=10, random_state=0)], f"select__{K}": [2, 6]},
    "rfe_ranker": {"select": [RFERanker(LinearSVC(dual=False))], f"select__{K}": [2, 6]},
    "mutual_information": {"select": [MutualInformationRanker(random_state=0)], f"select__{K}": [2, 6]},
    "select_k_best": {"select": [SelectKBest()], "select__k": [2, 6, "all"]},
    "mutual_info_classif": {
        "select": [SelectKBest(partial(mutual_info_classif, random_state=0))],
        "select__k": [2, 6],
    },
    "rfe": {"select": [RFE(LinearSVC(dual=False))], f"select__{K}": [2, 6, 9]},
    "rfe_by_twos": {"select": [RFE(LinearSVC(dual=False), step=2)], f"select__{K}": [2, 5]},
    "pca": {"select": [PCA(svd_solver="full")], "select__n_components": [2, 6]},
    "pca_whitened": {"select": [PCA(svd_solver="full", whiten=True)], "select__n_components": [1, 6]},
    "pca_auto": {"select": [PCA(random_state=0)], "select__n_components": [2, 6]},
    "unknown": {"select": [SelectPercentile()], "select__percentile": [20, 60]},
    "nothing": {"select": ["passthrough"]},
}
BOOSTING = {"subsample": 0.7, "max_features": 3, "random_state": 1}


def model(name, task="classification", **settings):
    return make_model(name, task=task, random_state=0).set_params(**settings)


MODELS = {
    "svm": {"model": [model("svm_rbf")], "model__C": [0.1, 10.0]},
    "logistic": {"model": [model("logistic")], "model__C": [0.1, 10.0]},
    "random_forest": {"model": [model("random_forest")], "model__n_estimators": [3, 11, 7]},
    "balanced_forest": {
        "model": [model("random_forest", class_weight="balanced", max_samples=0.8, max_depth=3)],
        "model__n_estimators": [3, 7],
    },
    "extra_trees": {"model": [model("extra_trees", min_samples_leaf=2)], "model__n_estimators": [3, 11]},
    "gradient_boosting": {"model": [GradientBoostingClassifier(**BOOSTING)], "model__n_estimators": [3, 9]},
    "histograms": {"model": [model("hist_gradient_boosting")], "model__max_iter": [3, 9]},
    "xgboost": {"model": [model("xgboost", colsample_bytree=0.6)], "model__n_estimators": [3, 9, 20]},
    "knn": {"model": [model("knn")], "model__n_neighbors": [1, 4, 5], "model__weights": ["uniform", "distance"]},
    "naive_bayes": {"model": [model("naive_bayes")], "model__var_smoothing": [1e-9, 1e-2]},
    "lda": {"model": [model("lda")], "model__shrinkage": ["auto", 0.5]},
    "decision_tree": {"model": [model("decision_tree")], "model__max_depth": [1, None]},
}
EVERYDAY = [("anova", "svm"), ("relief", "xgboost"), ("pca", "random_forest"), ("rfe", "knn"), ("gini", "extra_trees")]
SLOW = [(selector, "svm") for selector in SELECTORS] + [("relief", name) for name in MODELS]
SLOW += [(selector, name) for selector in ("pca", "rfe", "gini") for name in MODELS]
SLOW = [pair for pair in dict.fromkeys(SLOW) if pair not in EVERYDAY]
PAIRS = EVERYDAY + [pytest.param(*pair, marks=pytest.mark.slow) for pair in SLOW]
assert len(EVERYDAY) + len(SLOW) >= 40
SMOTED = [pytest.param(*pair, marks=pytest.mark.slow) for pair in EVERYDAY + SLOW]


def assert_equal_to_grid_search(pipeline, grid, X, y, scoring="roc_auc", **settings):
    expected, actual = (
        kind(pipeline, grid, cv=3, scoring=scoring, return_train_score=True, **settings).fit(X, y)
        for kind in (GridSearchCV, FusionSearchCV)
    )
    assert list(actual.cv_results_) == list(expected.cv_results_)
    for key, column in expected.cv_results_.items():
        if "test_" in key or "train_" in key:
            np.testing.assert_allclose(actual.cv_results_[key], column, rtol=0, atol=1e-12, err_msg=key)
    assert str(actual.cv_results_["params"]) == str(expected.cv_results_["params"])
    assert str(actual.best_params_) == str(expected.best_params_)


def binary(n=75):
    """Every twentieth row twice and a constant column: ties that a slice must break as a fit of its own does."""
    X, y = load_breast_cancer(return_X_y=True)
    rows = np.sort(np.concatenate([np.arange(n), np.arange(0, n, 20)]))
    X = X[rows, :10].copy()
    X[:, 7] = 1.0
    return X, y[rows]


def flat(sampler=None, classifier=MODELS["svm"]["model"][0]):
    kind = SamplingPipeline if sampler is not None else Pipeline
    between = [("sampler", sampler)] if sampler is not None else []
    return kind([("scale", StandardScaler()), ("select", AnovaRanker()), *between, ("model", classifier)])


@pytest.mark.filterwarnings("ignore:Features .* are constant:UserWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning")
@pytest.mark.parametrize(("selector", "name"), PAIRS)
def test_a_selector_and_a_model(selector, name):
    X, y = binary()
    assert_equal_to_grid_search(flat(), {**SELECTORS[selector], **MODELS[name]}, X, y)


@pytest.mark.filterwarnings("ignore:Features .* are constant:UserWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning")
@pytest.mark.parametrize(("selector", "name"), SMOTED)
def test_a_selector_and_a_model_with_smote_between(selector, name):
    X, y = binary()
    sampler = SMOTE(random_state=0, k_neighbors=3)
    assert_equal_to_grid_search(flat(sampler), {**SELECTORS[selector], **MODELS[name]}, X, y)


SAMPLERS = {
    "smote": SMOTE(random_state=0, k_neighbors=3),
    "over": RandomOverSampler(random_state=0),
    "under": RandomUnderSampler(random_state=0),
}


@pytest.mark.filterwarnings("ignore:Features .* are constant:UserWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered in divide:RuntimeWarning")
@pytest.mark.parametrize("selector", ["anova", "pca"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_sampler_between_selector_and_model(sampler, selector):
    X, y = binary()
    assert_equal_to_grid_search(flat(SAMPLERS[sampler]), {**SELECTORS[selector], **MODELS["svm"]}, X, y)


def fused(n_modalities, classifier, sampler=None):
    branches = [
        (name, Pipeline([("scale", StandardScaler()), ("select", AnovaRanker(3))]), modality_columns(name))
        for name in ("ct", "mr", "ehr")[:n_modalities]
    ]
    kind = SamplingPipeline if sampler is not None else Pipeline
    between = [("sampler", sampler)] if sampler is not None else []
    fuse = ColumnTransformer(branches, verbose_feature_names_out=False)
    return kind([("fuse", fuse), *between, ("model", classifier)])


def modalities(X):
    names = [f"{('ct', 'mr', 'ehr')[i % 3]}__{i}" for i in range(X.shape[1])]
    return pd.DataFrame(X, columns=names)


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [None, SMOTE(random_state=0, k_neighbors=3)], ids=["plain", "smote"])
@pytest.mark.parametrize("n_modalities", [2, 3])
def test_early_fusion_with_a_k_for_each_modality(n_modalities, sampler):
    X, y = load_breast_cancer(return_X_y=True)
    ks = {f"fuse__{name}__select__{K}": [1, 3] for name in ("ct", "mr", "ehr")[:n_modalities]}
    whole = {"fuse__ct__select": [ReliefFRanker(3), PCA(svd_solver="full")], "fuse__mr": ["drop", StandardScaler()]}
    grid = [{**ks, **MODELS["logistic"]}, {**ks, **MODELS["random_forest"]}, {**whole, **MODELS["knn"]}]
    assert_equal_to_grid_search(fused(n_modalities, model("svm_rbf"), sampler), grid, modalities(X[:75, :15]), y[:75])


@pytest.mark.parametrize(
    ("selector", "name"),
    [("anova", "logistic"), ("relief", "random_forest"), pytest.param("rfe", "xgboost", marks=pytest.mark.slow)]
    + [
        pytest.param(selector, name, marks=pytest.mark.slow)
        for selector in ("pca", "gini")
        for name in ("histograms", "gradient_boosting", "extra_trees", "knn", "lda")
    ],
)
def test_three_classes(selector, name):
    X, y = load_wine(return_X_y=True)
    assert_equal_to_grid_search(flat(), {**SELECTORS[selector], **MODELS[name]}, X[::2, :10], y[::2], "roc_auc_ovr")


REGRESSORS = {
    "svm": {"model": [model("svm_rbf", "regression")], "model__C": [1.0, 100.0]},
    "ridge": {"model": [model("ridge", "regression")], "model__alpha": [0.1, 10.0]},
    "random_forest": {"model": [model("random_forest", "regression")], "model__n_estimators": [3, 11, 7]},
    "extra_trees": {"model": [model("extra_trees", "regression")], "model__n_estimators": [3, 11]},
    "gradient_boosting": {"model": [GradientBoostingRegressor(**BOOSTING)], "model__n_estimators": [3, 9]},
    "histograms": {"model": [model("hist_gradient_boosting", "regression")], "model__max_iter": [3, 9]},
    "xgboost": {"model": [model("xgboost", "regression")], "model__n_estimators": [3, 9]},
    "knn": {"model": [model("knn", "regression")], "model__n_neighbors": [1, 4, 5]},
}
REGRESSION_SELECTORS = {
    "pearson": {"select": [PearsonRanker()], f"select__{K}": [2, 6]},
    "relief": {"select": [ReliefFRanker(task="regression")], f"select__{K}": [2, 6]},
    "f_regression": {"select": [SelectKBest(f_regression)], "select__k": [2, 6]},
    "rfe": {"select": [RFE(LinearRegression())], f"select__{K}": [2, 6]},
    "pca": SELECTORS["pca"],
}


@pytest.mark.parametrize(
    ("selector", "name"),
    [("pearson", "ridge"), ("relief", "random_forest"), ("pca", "xgboost")]
    + [
        pytest.param(selector, name, marks=pytest.mark.slow)
        for selector in ("f_regression", "rfe", "pca")
        for name in REGRESSORS
        if (selector, name) != ("pca", "xgboost")
    ],
)
def test_regression(selector, name):
    X, y = load_diabetes(return_X_y=True)
    grid = {**REGRESSION_SELECTORS[selector], **REGRESSORS[name]}
    pipeline = flat(classifier=model("ridge", "regression"))
    assert_equal_to_grid_search(pipeline, grid, X[:90], y[:90], scoring="neg_mean_squared_error")
