"""Searches and nested cross-validation on Dask, with worker processes of their own, give the results of one process."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.model_selection import FusionSearchCV, make_splits, nested_cross_validate
from fusionkit.models import make_model
from fusionkit.selection import AnovaRanker

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def dask():
    """joblib's Dask backend on two worker processes."""
    distributed = pytest.importorskip("distributed", reason="dask and distributed are not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        yield


def search():
    pipeline = make_pipeline(StandardScaler(), AnovaRanker(), make_model("logistic"))
    grid = {"anovaranker__n_features_to_select": [2, 4], "logisticregression__C": [0.01, 1.0]}
    return FusionSearchCV(pipeline, grid, scoring="roc_auc", cv=3)


def test_a_search_on_dask_is_the_search_of_one_process(cohort, dask, tmp_path):
    X, y = cohort.X.filter(like="ct__"), cohort.y
    expected = search().fit(X, y)
    seen = []
    with parallel_config("dask"):
        settings = {"n_jobs": -1, "store": tmp_path, "progress": lambda *counts: seen.append(counts)}
        actual = search().set_params(**settings).fit(X, y)
    for key, column in expected.cv_results_.items():
        if "test_" in key:
            np.testing.assert_array_equal(actual.cv_results_[key], column, err_msg=key)
    assert actual.best_params_ == expected.best_params_
    assert seen[-1] == (12, 12)


def test_nested_cross_validation_on_dask_is_that_of_one_process(cohort, dask):
    X, y = cohort.X.filter(like="ct__"), cohort.y
    splits = make_splits(y, n_splits=3, n_repeats=1)
    expected = nested_cross_validate({"ct": search()}, X, y, splits=splits)
    with parallel_config("dask"):
        actual = nested_cross_validate({"ct": search()}, X, y, splits=splits, n_jobs=-1)
    pd.testing.assert_frame_equal(actual.predictions, expected.predictions, check_exact=True)
    pd.testing.assert_frame_equal(actual.folds, expected.folds)
