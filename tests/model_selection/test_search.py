"""The search that ranks once gives scikit-learn's own scores, failures and choices included."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE, SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from fusionkit.model_selection import FusionSearchCV
from fusionkit.naming import modality_columns
from fusionkit.selection import AnovaRanker, GiniRanker, MutualInformationRanker, ReliefFRanker, RFERanker


def assert_same_search(reference, search):
    """Every column of ``cv_results_`` but the times, in order; scores to 1e-12; the same best candidate."""
    expected, actual = reference.cv_results_, search.cv_results_
    assert list(actual) == list(expected)
    assert str(actual["params"]) == str(expected["params"])
    for key, column in expected.items():
        if "test_" in key or "train_" in key:
            np.testing.assert_allclose(actual[key], column, rtol=0, atol=1e-12, err_msg=key)
            np.testing.assert_array_equal(np.isnan(actual[key]), np.isnan(column), err_msg=key)
    for attribute in ("best_index_", "best_score_", "n_splits_", "multimetric_"):
        assert getattr(search, attribute, None) == getattr(reference, attribute, None)


def both(pipeline, grid, X, y, cv=3, groups=None, **settings):
    """The same search by scikit-learn and by fusionkit."""
    params = {} if groups is None else {"groups": groups}
    return [kind(pipeline, grid, cv=cv, **settings).fit(X, y, **params) for kind in (GridSearchCV, FusionSearchCV)]


def cohort(n=90):
    """Two modalities, holes in the record, fewer positives than negatives."""
    X, y = load_breast_cancer(return_X_y=True)
    names = [f"ct__{i}" for i in range(20)] + [f"ehr__{i}" for i in range(10)]
    X = pd.DataFrame(X[:n], columns=names)
    X.iloc[::7, 25] = np.nan
    return X, y[:n]


def early_fusion(model, sampler=None):
    imaging = make_pipeline(StandardScaler(), SelectKBest())
    record = make_pipeline(SimpleImputer(), StandardScaler(), RFE(LinearRegression()))
    fuse = ColumnTransformer(
        [("ct", imaging, modality_columns("ct")), ("ehr", record, modality_columns("ehr"))],
        verbose_feature_names_out=False,
    )
    if sampler is None:
        return Pipeline([("fuse", fuse), ("model", model)])
    return SamplingPipeline([("fuse", fuse), ("sampler", sampler), ("model", model)])


FLAT_GRID = [
    {"select": [SelectKBest()], "select__k": [2, 5, 9], "model__C": [0.1, 1.0]},
    {"select": [RFE(SVC(kernel="linear"))], "select__n_features_to_select": [2, 5, 9]},
    {"select": [PCA(svd_solver="full", whiten=True)], "select__n_components": [2, 5, 9], "model__C": [0.1, 1.0]},
    {"select": ["passthrough"], "model": [RandomForestClassifier(random_state=0)], "model__n_estimators": [2, 7]},
]
FUSED_GRID = {
    "fuse__ct__selectkbest__k": [2, 5, 9],
    "fuse__ehr__rfe__n_features_to_select": [1, 4],
    "model__C": [0.1, 1.0],
}


@pytest.mark.parametrize(
    "settings", [{}, {"return_train_score": True, "scoring": ["roc_auc", "accuracy"], "refit": "roc_auc"}]
)
def test_a_flat_pipeline_scores_as_in_grid_search(settings):
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = Pipeline([("scale", StandardScaler()), ("select", SelectKBest()), ("model", SVC())])
    searches = [
        kind(pipeline, FLAT_GRID, cv=3, **settings).fit(X[:120], y[:120]) for kind in (GridSearchCV, FusionSearchCV)
    ]
    assert_same_search(*searches)


@pytest.mark.parametrize("sampler", [None, SMOTE(random_state=0, k_neighbors=3)])
@pytest.mark.parametrize("output", ["default", "pandas"])
def test_rankers_inside_the_branches_of_a_column_transformer_are_sliced_exactly(sampler, output):
    X, y = cohort()
    pipeline = early_fusion(SVC(), sampler).set_output(transform=output)
    searches = [
        kind(pipeline, FUSED_GRID, cv=3, return_train_score=True).fit(X, y) for kind in (GridSearchCV, FusionSearchCV)
    ]
    assert_same_search(*searches)


def test_rankers_swapped_in_one_branch_and_sliced_in_two_are_exact():
    X, y = cohort()
    pipeline = early_fusion(SVC())
    grid = [
        {
            "fuse__ct__selectkbest": [ReliefFRanker(), MutualInformationRanker(random_state=0), RFERanker()],
            "fuse__ct__selectkbest__n_features_to_select": [2, 0.5, "all", 5],
            "fuse__ehr__rfe": [AnovaRanker()],
            "fuse__ehr__rfe__n_features_to_select": [1, 3],
        },
        {"fuse__ct__selectkbest": [GiniRanker(n_estimators=20, random_state=0)], "model__C": [0.1, 1.0]},
    ]
    assert_same_search(*both(pipeline, grid, X, y))


def test_groups_reach_the_splitter():
    X, y = cohort()
    groups = np.arange(len(y)) // 4
    pipeline = early_fusion(SVC())
    searches = [
        kind(pipeline, FUSED_GRID, cv=GroupKFold(3)).fit(X, y, groups=groups) for kind in (GridSearchCV, FusionSearchCV)
    ]
    assert_same_search(*searches)


def test_two_workers_give_the_scores_of_one():
    X, y = cohort()
    searches = [FusionSearchCV(early_fusion(SVC()), FUSED_GRID, cv=3, n_jobs=n_jobs).fit(X, y) for n_jobs in (None, 2)]
    assert_same_search(*searches)
