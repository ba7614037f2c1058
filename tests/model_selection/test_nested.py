"""Nested cross-validation: equal to the loop written by hand, whatever the number of jobs, stopped or not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit._store import JsonStore
from fusionkit.model_selection import make_splits, nested_cross_validate


@pytest.fixture
def search():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    return GridSearchCV(pipeline, {"logisticregression__C": [0.01, 1.0]}, scoring="roc_auc", cv=3)


@pytest.fixture
def data(cohort):
    return cohort.X.filter(like="ct__"), cohort.y, make_splits(cohort.y, n_splits=3, n_repeats=2)


def test_it_equals_the_loop_written_by_hand(search, data):
    X, y, splits = data
    result = nested_cross_validate({"ct": search}, X, y, splits=splits)
    for split in splits:
        fitted = search.fit(X.iloc[split.train], y.iloc[split.train])
        mine = result.predictions.query("repeat == @split.repeat and fold == @split.fold")
        assert mine["patient"].tolist() == X.index[split.test].tolist()
        expected = fitted.predict_proba(X.iloc[split.test])[:, 1]
        np.testing.assert_allclose(mine["y_score"], expected, rtol=1e-9)
        row = result.folds.query("repeat == @split.repeat and fold == @split.fold").iloc[0]
        assert row["params"] == fitted.best_params_
        assert row["n_train"] == len(split.train)


@pytest.mark.slow
def test_jobs_and_interruptions_change_nothing(search, data, tmp_path):
    X, y, splits = data
    estimators = {"ct": search, "again": search}
    whole = nested_cross_validate(estimators, X, y, splits=splits, n_jobs=2)
    store, seen = JsonStore(tmp_path), []

    def stop_after_two(done, total):
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    options = {"splits": splits, "store": store}
    with pytest.raises(KeyboardInterrupt):
        nested_cross_validate(estimators, X, y, progress=stop_after_two, **options)
    resumed = nested_cross_validate(estimators, X, y, progress=lambda done, total: seen.append(done), **options)
    assert seen == [0, 1, 2, 2, 3, 4, 5, 6]
    pd.testing.assert_frame_equal(resumed.predictions, whole.predictions, check_exact=True)
    pd.testing.assert_frame_equal(resumed.folds, whole.folds)
    other = nested_cross_validate(estimators, X, y, store_key="other settings", **options)
    assert len(list(tmp_path.iterdir())) == 12
    pd.testing.assert_frame_equal(other.predictions, whole.predictions, check_exact=True)


def test_test_patients_cannot_change_what_was_fitted(search, data):
    X, y, splits = data
    split = splits[0]
    before = nested_cross_validate({"ct": search}, X, y, splits=splits).predictions.query("repeat == 0 and fold == 0")
    spoiled, flipped = X.copy(), y.copy()
    spoiled.iloc[split.test[1:]] += 1000
    flipped.iloc[split.test] = 1 - y.iloc[split.test].to_numpy()
    after = nested_cross_validate({"ct": search}, spoiled, flipped, splits=[(split.train, split.test)]).predictions
    assert after["y_score"].iloc[0] == before["y_score"].iloc[0]


def test_inner_folds_keep_groups_together(data):
    X, y, _ = data
    groups = np.repeat(np.arange(30), 2)
    seen = []

    class Inner:
        def split(self, X, y, groups):
            seen.append(groups)
            half = np.isin(groups, np.unique(groups)[::2])
            return iter([(np.flatnonzero(half), np.flatnonzero(~half))])

        def get_n_splits(self, X=None, y=None, groups=None):
            return 1

    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=Inner())
    splits = make_splits(y, groups, n_splits=3, n_repeats=1)
    nested_cross_validate({"ct": search}, X, y, splits=splits, groups=groups)
    assert [len(g) for g in seen] == [len(split.train) for split in splits]


def test_an_outcome_that_is_not_coded_is_refused(search, data):
    X, y, splits = data
    with pytest.raises(ValueError, match="y is coded 0 and 1"):
        nested_cross_validate({"ct": search}, X, y + 1, splits=splits)
