"""AUC and average precision: published answers, scikit-learn, and the definition itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, roc_auc_score

from fusionkit.metrics import auc, auc_delong, average_precision, delong_test


@pytest.fixture(scope="module")
def asah(real_data):
    table = pd.read_csv(real_data / "statistics" / "asah.csv")
    return (table["outcome"] == "Poor").to_numpy(), table


@pytest.mark.parametrize(
    ("marker", "value", "low", "high"),
    [
        ("s100b", 0.73137, 0.63012, 0.83262),
        ("wfns", 0.82368, 0.74853, 0.89882),
        ("ndka", 0.61196, 0.50124, 0.72267),
    ],
)
def test_delong_interval_of_asah_is_the_published_one(asah, marker, value, low, high):
    y_true, table = asah
    got = auc_delong(y_true, table[marker])
    np.testing.assert_allclose([got.value, got.low, got.high], [value, low, high], rtol=0, atol=1e-5)
    assert (got.n, got.n_events, got.method) == (113, 41, "DeLong")


def test_delong_test_of_asah_is_the_published_one(asah):
    y_true, table = asah
    got = delong_test(y_true, table["s100b"], table["wfns"])
    assert got.statistic == pytest.approx(-2.20898, abs=1e-5)
    assert got.p_value == pytest.approx(0.0271757, abs=1e-6)
    assert got.difference.value == pytest.approx(0.73137 - 0.82368, abs=2e-5)
    mirrored = delong_test(y_true, table["wfns"], table["s100b"])
    assert mirrored.statistic == -got.statistic


BINARY = arrays(bool, 12).filter(lambda y: 0 < y.sum() < 12)
SCORES = arrays(float, 12, elements=st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]))


@settings(deadline=None, max_examples=50)
@given(BINARY, SCORES)
def test_auc_and_average_precision_agree_with_sklearn_also_with_ties(y_true, y_score):
    assert auc(y_true, y_score) == pytest.approx(roc_auc_score(y_true, y_score), abs=1e-12)
    assert average_precision(y_true, y_score) == pytest.approx(average_precision_score(y_true, y_score), abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(BINARY, SCORES)
def test_auc_of_the_opposite_score_is_the_complement(y_true, y_score):
    assert auc(y_true, -y_score) == pytest.approx(1 - auc(y_true, y_score), abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(BINARY, SCORES)
def test_delong_variance_is_that_of_the_definition(y_true, y_score):
    positive, negative = y_score[y_true], y_score[~y_true]
    won = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    got = auc_delong(y_true, y_score)
    assert got.value == pytest.approx(won.mean(), abs=1e-12)
    if min(won.shape) > 1:
        variance = won.mean(1).var(ddof=1) / won.shape[0] + won.mean(0).var(ddof=1) / won.shape[1]
        if variance > 1e-12 and got.low > 0 and got.high < 1:
            assert got.high - got.low == pytest.approx(2 * 1.959963984540054 * np.sqrt(variance), abs=1e-9)


def test_perfect_separation_has_no_delong_interval_and_says_why():
    got = auc_delong([0, 0, 1, 1], [1, 2, 3, 4])
    assert got.value == 1
    assert np.isnan(got.low)
    assert "variance is zero" in str(got)


def test_equal_scores_have_no_test():
    got = delong_test([0, 1, 0, 1], [1, 2, 3, 4], [1, 2, 3, 4])
    assert got.difference.value == 0
    assert np.isnan(got.p_value)
    assert "zero" in got.difference.reason


def test_constant_score_is_at_chance():
    assert auc([0, 1, 0, 1], [3, 3, 3, 3]) == 0.5


@pytest.mark.parametrize("metric", [auc, average_precision, auc_delong])
@pytest.mark.parametrize(
    ("y_true", "y_score", "says"),
    [
        ([1, 1, 1], [0.1, 0.2, 0.3], "one class only .3 patients, 3 events"),
        ([0, 1, 1], [0.1, np.nan, 0.3], "y_score has 1 of 3 values that are NaN or infinite, first at position 1"),
        ([0, 1, 1], [0.1, 0.3], "lengths"),
        ([0, 1, 2], [0.1, 0.2, 0.3], "0 and 1"),
        (["Good", "Poor", "Poor"], [0.1, 0.2, 0.3], "y == 'Poor'"),
        ([0, np.nan, 1], [0.1, 0.2, 0.3], "0 and 1"),
        ([], [], "one outcome per patient"),
    ],
)
def test_what_cannot_be_ranked_is_refused(metric, y_true, y_score, says):
    with pytest.raises(ValueError, match=says):
        metric(y_true, y_score)


def test_scores_that_are_text_are_refused():
    with pytest.raises(TypeError, match="y_score must hold numbers"):
        auc([0, 1], ["high", "low"])
