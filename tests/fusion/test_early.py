"""Early fusion is a plain Pipeline, and each branch sees its own modality only."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.fusion import make_early_fusion


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    columns = [f"ct__f{i}" for i in range(8)] + ["ehr__age", "ehr__crp"]
    X = pd.DataFrame(rng.normal(size=(60, 10)) + 0.8 * y[:, None] * (np.arange(10) % 3 == 0), columns=columns)
    return X, y


def test_it_equals_the_pipeline_written_by_hand(cohort):
    X, y = cohort
    early = make_early_fusion(
        {"ct": make_pipeline(StandardScaler(), SelectKBest(k=3)), "ehr": StandardScaler()}, LogisticRegression()
    )
    ct = SelectKBest(k=3).fit(StandardScaler().fit_transform(X.filter(like="ct__")), y)
    by_hand = np.hstack(
        [
            StandardScaler().fit_transform(X.filter(like="ct__"))[:, ct.get_support()],
            StandardScaler().fit_transform(X.filter(like="ehr__")),
        ]
    )
    expected = LogisticRegression().fit(by_hand, y).predict_proba(by_hand)
    assert type(early) is Pipeline
    np.testing.assert_array_equal(early.fit(X, y).predict_proba(X), expected)
    assert early[:-1].get_feature_names_out().tolist()[-2:] == ["ehr__age", "ehr__crp"]


def test_its_parameters_are_searched_as_usual(cohort):
    X, y = cohort
    early = make_early_fusion({"ct": make_pipeline(StandardScaler(), SelectKBest())}, LogisticRegression())
    grid = {"fuse__ct__selectkbest__k": [2, 4], "model__C": [0.1, 1.0]}
    assert len(GridSearchCV(early, grid, cv=3).fit(X, y).cv_results_["params"]) == 4


def test_refusals():
    with pytest.raises(ValueError, match="modalities is empty"):
        make_early_fusion({}, LogisticRegression())
    with pytest.raises(ValueError, match="a modality's name is letters"):
        make_early_fusion({"ct__1": "passthrough"}, LogisticRegression())
