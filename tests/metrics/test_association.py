"""Cramer's V: a second implementation, intervals that hold the truth, and tables that have none."""

import doctest
from math import comb

import numpy as np
import pytest
from scipy import stats

from fusionkit.metrics import association, cramers_v


def labels(table):
    rows, columns = np.indices(np.shape(table))
    return np.repeat(rows.ravel(), np.ravel(table)), np.repeat(columns.ravel(), np.ravel(table))


@pytest.mark.parametrize(
    "table", [[[30, 10], [12, 28]], [[20, 5, 9], [7, 22, 16]], [[8, 9], [15, 3], [11, 30], [6, 6]]]
)
def test_value_and_test_agree_with_scipy_up_to_the_correction_for_bias(table):
    found, n = cramers_v(*labels(table)), np.sum(table)
    plain = stats.contingency.association(table, method="cramer")
    smaller, dof = min(np.shape(table)) - 1, (np.shape(table)[0] - 1) * (np.shape(table)[1] - 1)
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in np.shape(table))
    expected = np.sqrt((plain**2 * smaller - dof / (n - 1)) / (min(rows, columns) - 1))
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.p_value == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-10)
    assert found.low < found.value < found.high


def test_limits_are_where_the_statistic_would_be_extreme():
    table = [[30, 10], [12, 28]]
    found, statistic = cramers_v(*labels(table)), stats.chi2_contingency(table, correction=False).statistic
    assert stats.ncx2.cdf(statistic, 1, 80 * found.low**2) == pytest.approx(0.975, abs=1e-8)
    assert stats.ncx2.cdf(statistic, 1, 80 * found.high**2) == pytest.approx(0.025, abs=1e-8)


def test_small_tables_are_tested_exactly():
    tea = cramers_v(*labels([[3, 1], [1, 3]]))  # Fisher's lady tasting tea
    assert (tea.test, tea.p_value) == ("Fisher's exact", pytest.approx(0.4857142857, abs=1e-9))
    larger = cramers_v(*labels([[3, 1], [1, 3], [0, 4]]))
    assert larger.test == "Fisher's, 9,999 tables"
    assert larger == cramers_v(*labels([[3, 1], [1, 3], [0, 4]]))


def test_the_random_tables_agree_with_all_tables():
    """All 3 x 2 tables with the margins 4, 4, 4 and 4, 8, by their hypergeometric probabilities."""
    weights = {(a, b): comb(4, a) * comb(4, b) * comb(4, 4 - a - b) for a in range(5) for b in range(5 - a)}
    total, seen = sum(weights.values()), weights[3, 1]
    exact = sum(w for w in weights.values() if w <= seen) / total
    assert cramers_v(*labels([[3, 1], [1, 3], [0, 4]])).p_value == pytest.approx(exact, abs=0.015)


@pytest.mark.slow
def test_intervals_hold_the_truth():
    rng = np.random.default_rng(0)
    truth = 0.3  # two sites of equal size, risks .65 and .35
    inside = []
    for _ in range(150):
        site = np.repeat([0, 1], 60)
        found = cramers_v(site, rng.random(120) < np.where(site, 0.65, 0.35))
        inside.append(found.low <= truth <= found.high)
    assert 0.91 <= np.mean(inside) <= 0.99


def test_complete_association_is_one_and_none_is_not_bounded_away_from_zero():
    assert cramers_v([0] * 40 + [1] * 40, [0] * 40 + [1] * 40).value == pytest.approx(1, abs=0.01)
    even = cramers_v([0, 1] * 40, [0, 0, 1, 1] * 20)
    assert (even.value, even.p_value) == (0.0, 1.0)
    assert "more alike than chance" in even.reason


def test_what_is_undefined_says_why():
    assert cramers_v(["A"] * 5, [0, 1, 0, 1, 1]).reason == "all patients are alike in one of the two"
    assert cramers_v([None] * 4, [0, 1, 0, 1]).reason == "no patient has both values"
    assert cramers_v(["A", None, "B", "A"], [0, 1, 1, 0]).n == 3
    with pytest.raises(ValueError, match="lengths 2 and 3"):
        cramers_v([1, 2], [1, 2, 3])


def test_examples_run():
    assert doctest.testmod(association).failed == 0
