"""Selection stability: the published cases, and what agreement means."""

import numpy as np
import pytest
from scipy import stats

from fusionkit.metrics import consensus_set, rank_correlation, selection_frequency, selection_stability

PUBLISHED = [
    "1111000000",
    "0001011100",
    "0100011100",
    "1100101000",
    "0110110000",
    "0111001000",
    "1001000011",
    "0001011100",
    "0011110000",
    "0000100111",
]
"""The ten selections of 4 among 10 features in the demonstration of Nogueira, Sechidis & Brown."""


def table(rows):
    return np.array([[int(bit) for bit in row] for row in rows])


def test_the_published_case_has_the_published_value_and_variance():
    got = selection_stability(table(PUBLISHED))
    assert got.value == pytest.approx(-0.037037037037, abs=1e-12)
    variance = ((got.high - got.low) / 2 / 1.959963984540054) ** 2
    assert variance == pytest.approx(0.00516666666667, abs=1e-13)


@pytest.mark.parametrize(
    ("rows", "value"), [(["110", "110", "110"], 1.0), (["110", "011", "101"], -0.5), (["10", "01"], -1.0)]
)
def test_the_published_toy_cases_have_the_published_values(rows, value):
    assert selection_stability(table(rows)).value == pytest.approx(value, abs=1e-12)


def test_random_selections_of_varying_size_have_stability_zero_and_are_covered():
    rng = np.random.default_rng(0)
    estimates = [selection_stability(rng.random((40, 60)) < rng.uniform(0.1, 0.4, (40, 1))) for _ in range(200)]
    assert np.mean([e.value for e in estimates]) == pytest.approx(0, abs=0.003)
    assert np.mean([e.low <= 0 <= e.high for e in estimates]) > 0.9


@pytest.mark.parametrize(("fill", "says"), [(0, "no feature is selected"), (1, "every feature is selected")])
def test_stability_without_a_choice_is_undefined_and_says_why(fill, says):
    got = selection_stability(np.full((3, 4), fill))
    assert np.isnan(got.value)
    assert says in str(got)


def test_frequency_and_consensus_count_folds():
    rows = table(["1100", "1010", "1110"])
    np.testing.assert_allclose(selection_frequency(rows), [1, 2 / 3, 2 / 3, 0])
    assert consensus_set(rows).tolist() == [0, 1, 2]
    assert consensus_set(rows, min_frequency=1).tolist() == [0]


def test_rank_correlation_is_the_mean_over_pairs():
    rows = np.random.default_rng(1).normal(size=(4, 9))
    pairs = [stats.spearmanr(rows[i], rows[j]).statistic for i in range(4) for j in range(i)]
    assert rank_correlation(rows).value == pytest.approx(np.mean(pairs), abs=1e-12)
    assert rank_correlation(np.tile(rows[0], (3, 1))).value == pytest.approx(1)


def test_equal_importances_have_no_ranks():
    assert "all equal" in str(rank_correlation([[1, 1, 1], [1, 2, 3]]))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: selection_stability([[1, 0]]), "at least two"),
        (lambda: selection_stability([[1, 2], [0, 1]]), "0 and 1"),
        (lambda: selection_stability([1, 0, 1]), "folds x features"),
        (lambda: selection_frequency(np.zeros((0, 3))), "empty"),
        (lambda: consensus_set([[1, 0]], min_frequency=0), "share of the folds"),
        (lambda: rank_correlation([[1, 2]]), "two folds"),
        (lambda: rank_correlation([[1, np.nan], [1, 2]]), "NaN"),
    ],
)
def test_tables_that_do_not_fit_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
