"""The rankers on real patients, with columns that are codes; what they find is what cardiologists know."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import mutual_info_classif

from fusionkit.selection import AnovaRanker, GiniCoefficientRanker, MutualInformationRanker


@pytest.fixture(scope="module")
def heart(real_data):
    table = pd.read_csv(real_data / "heart" / "heart.csv", index_col="patient_id")
    return table, (table.pop("coronary_disease") == "yes").astype(int)


def complete(heart):
    X, y = heart
    known = X.notna().all(axis=1)
    return X[known], y[known]


@pytest.mark.parametrize("discrete", [False, np.arange(13) % 2 == 0], ids=["numbers", "half discrete"])
def test_mutual_information_equals_scikit_learn(heart, discrete):
    X, y = complete(heart)
    expected = mutual_info_classif(X, y, discrete_features=discrete, random_state=0)
    ranker = MutualInformationRanker(3, discrete_features=discrete, random_state=0).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
    assert np.array_equal(ranker.ranking_, np.argsort(np.argsort(-expected.round(12), kind="stable")) + 1)


def test_the_scan_and_the_stress_test_stand_out(heart):
    X, y = complete(heart)
    known = {"thallium_scan", "vessels_fluoroscopy", "st_depression", "max_heart_rate", "exercise_angina", "chest_pain"}
    for ranker in (AnovaRanker(4), GiniCoefficientRanker(4)):
        assert set(ranker.fit(X, y).get_feature_names_out()) <= known
