"""Corrected resampled t and Wilson: formulas worked by hand, and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from fusionkit.metrics import corrected_resampled_interval, corrected_resampled_test, wilson_interval


def test_corrected_interval_is_the_formula_of_nadeau_and_bengio():
    values = np.array([[0.70, 0.75, 0.80, 0.72, 0.78], [0.71, 0.77, 0.79, 0.70, 0.74]])
    got = corrected_resampled_interval(values, n_train=80, n_test=20)
    half = stats.t.ppf(0.975, 9) * np.sqrt(np.var(values, ddof=1) * (1 / 10 + 20 / 80))
    np.testing.assert_allclose([got.value, got.low, got.high], [0.746, 0.746 - half, 0.746 + half], atol=1e-14)
    assert got.n == 100


def test_without_the_correction_it_is_the_ordinary_t_test():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.8, 0.05, 20), rng.normal(0.75, 0.05, 20)
    got = corrected_resampled_test(a, b, n_train=1e15, n_test=1)
    expected = stats.ttest_rel(a, b)
    assert got.statistic == pytest.approx(expected.statistic, rel=1e-9)
    assert got.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose([got.difference.low, got.difference.high], interval, rtol=1e-9)


def test_a_p_value_below_five_percent_means_that_zero_is_outside_the_interval():
    rng = np.random.default_rng(2)
    for shift in np.linspace(0, 0.1, 30):
        got = corrected_resampled_test(rng.normal(shift, 0.1, 25), np.zeros(25), n_train=80, n_test=20)
        assert (got.p_value < 0.05) == (not got.difference.low <= 0 <= got.difference.high)


def test_logit_limits_stay_inside_the_unit_interval_and_agree_to_first_order():
    got = corrected_resampled_interval([0.97, 0.99, 1.0, 0.98, 1.0], n_train=80, n_test=20, scale="logit")
    assert 0 < got.low < got.value < got.high < 1
    values = 0.5 + np.array([-1e-4, 0, 1e-4])
    plain = corrected_resampled_interval(values, n_train=80, n_test=20)
    logit = corrected_resampled_interval(values, n_train=80, n_test=20, scale="logit")
    assert logit.low == pytest.approx(plain.low, abs=1e-9)


def test_perfect_folds_have_no_interval_and_say_why():
    got = corrected_resampled_interval([1.0, 1.0, 1.0], n_train=80, n_test=20, scale="logit")
    assert got.value == 1
    assert np.isnan(got.high)
    assert "it is 1 whichever fold" in got.reason


def test_a_constant_difference_has_no_test_and_says_why():
    got = corrected_resampled_test([0.5, 0.75], [0.5, 0.75], n_train=80, n_test=20)
    assert got.difference.value == 0
    assert np.isnan(got.p_value)
    assert "it is 0 whichever fold" in got.difference.reason


@pytest.mark.parametrize(("k", "n"), [(0, 10), (9, 10), (10, 10), (1, 500), (250, 500)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_wilson_agrees_with_statsmodels(k, n, confidence):
    expected = proportion_confint(k, n, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose(wilson_interval(k, n, confidence=confidence), expected, atol=1e-12)


def test_a_proportion_of_nobody_is_undefined():
    assert np.isnan(wilson_interval(0, 0)).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: corrected_resampled_interval([0.7, np.nan], n_train=8, n_test=2), "values_by_fold has 1 of 2"),
        (lambda: corrected_resampled_interval([0.7], n_train=8, n_test=2), "at least two"),
        (lambda: corrected_resampled_interval([0.7, 0.8], n_train=0, n_test=2), "n_train"),
        (lambda: corrected_resampled_interval([0.7, 0.8], n_train=8, n_test=2, confidence=95), "inside .0, 1."),
        (lambda: corrected_resampled_interval([0.7, 0.8], n_train=8, n_test=2, scale="log"), "'identity' or 'logit'"),
        (lambda: corrected_resampled_interval([3.0, 4.0], n_train=8, n_test=2, scale="logit"), "mean is 3.5"),
        (lambda: corrected_resampled_test([0.7, 0.8], [0.7], n_train=8, n_test=2), "same splits"),
        (lambda: wilson_interval(11, 10), "11 of 10"),
    ],
)
def test_impossible_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
