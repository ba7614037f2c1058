"""Stored answers of scikit-rebate, mrmr_selection and BorutaPy, which are no longer maintained.

``tests/reference/make_selection.py`` made them.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

import fusionkit.selection as selection
from fusionkit.selection import BorutaSelector, MRMRRanker
from tests.reference.selection_cases import CASES

STORED = json.loads((Path(__file__).parents[1] / "reference" / "selection.json").read_text())


def task_of(case):
    return "regression" if case == "regression" else "classification"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["ReliefFRanker", "SURFRanker", "SURFStarRanker", "MultiSURFRanker"])
def test_relief_scores_and_order(name, case):
    X, y = CASES[case]
    expected = np.array(STORED["relief"][case][name])
    ranker = getattr(selection, name)(5, task=task_of(case)).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
    assert np.array_equal(ranker.ranking_, np.argsort(np.argsort(-expected.round(12), kind="stable")) + 1)


@pytest.mark.parametrize("case", CASES)
def test_mrmr_order(case):
    X, y = CASES[case]
    expected = STORED["mrmr"][case]
    ranker = MRMRRanker(5, task=task_of(case)).fit(X, y)
    order = list(np.argsort(ranker.ranking_))
    assert order[: len(expected["order"])] == expected["order"]
    relevant = ranker.relevance_[ranker.relevance_ > 0]
    np.testing.assert_allclose(relevant, expected["relevance"], rtol=1e-9)


def test_boruta_decisions():
    X, y = CASES["three classes"]
    noise = np.random.default_rng(0).normal(size=X.shape)
    forest = RandomForestClassifier(max_depth=4)
    fitted = BorutaSelector(forest, n_estimators=10, max_iter=15, random_state=3).fit(np.hstack([X, noise]), y)
    assert np.array_equal(fitted.get_support(), STORED["boruta"]["confirmed"])
    assert np.array_equal(fitted.tentative_, STORED["boruta"]["tentative"])
