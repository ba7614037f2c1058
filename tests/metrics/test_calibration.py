"""Calibration: statsmodels and scikit-learn as the second opinion, and models of known miscalibration."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from sklearn import metrics as reference
from statsmodels.nonparametric.smoothers_lowess import lowess as reference_lowess

from fusionkit.metrics import (
    brier_score,
    calibration_curve,
    calibration_errors,
    calibration_intercept,
    calibration_slope,
    log_loss,
    observed_expected_ratio,
    scaled_brier_score,
)


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    risk = rng.uniform(0.02, 0.98, 400)
    return (rng.random(400) < expit(0.5 * logit(risk) - 0.4)).astype(int), risk


def test_scores_agree_with_sklearn(cohort):
    y, risk = cohort
    assert brier_score(y, risk) == pytest.approx(reference.brier_score_loss(y, risk), abs=1e-14)
    assert log_loss(y, risk) == pytest.approx(reference.log_loss(y, risk), abs=1e-12)
    assert scaled_brier_score(y, risk) == pytest.approx(1 - brier_score(y, risk) / (y.mean() * (1 - y.mean())))


def test_the_prevalence_for_all_has_scaled_brier_zero(cohort):
    y, _ = cohort
    assert scaled_brier_score(y, np.full(y.size, y.mean())) == pytest.approx(0, abs=1e-12)


def test_calling_impossible_what_happened_costs_infinitely_much():
    assert log_loss([1, 0], [0.0, 0.5]) == np.inf
    assert log_loss([1, 0], [1.0, 0.0]) == 0


def test_intercept_and_slope_agree_with_statsmodels(cohort):
    y, risk = cohort
    fitted = sm.GLM(y, np.ones(y.size), family=sm.families.Binomial(), offset=logit(risk)).fit(tol=1e-12)
    got = calibration_intercept(y, risk)
    np.testing.assert_allclose([got.value, got.low, got.high], [fitted.params[0], *fitted.conf_int()[0]], atol=1e-7)
    fitted = sm.GLM(y, sm.add_constant(logit(risk)), family=sm.families.Binomial()).fit(tol=1e-12)
    got = calibration_slope(y, risk)
    np.testing.assert_allclose([got.value, got.low, got.high], [fitted.params[1], *fitted.conf_int()[1]], atol=1e-7)
    assert got.low < 0.5 < got.high


def test_observed_over_expected_is_worked_by_hand():
    got = observed_expected_ratio([1, 1, 0, 0, 0], [0.5, 0.4, 0.3, 0.2, 0.2])
    factor = np.exp(1.959963984540054 * np.sqrt(0.6 / 2))
    np.testing.assert_allclose([got.value, got.low, got.high], [1.25, 1.25 / factor, 1.25 * factor], atol=1e-12)


@pytest.mark.parametrize("decimals", [1, 2, 16])
def test_the_smooth_curve_is_cleveland_s(cohort, decimals):
    y, risk = cohort
    risk = np.round(risk, decimals)
    expected = reference_lowess(y, risk, frac=2 / 3, it=0, delta=0, return_sorted=False)
    np.testing.assert_allclose(calibration_curve(y, risk), np.clip(expected, 0, 1), atol=1e-9)
    distance = np.abs(np.clip(expected, 0, 1) - risk)
    got = calibration_errors(y, risk)
    expected = [distance.mean(), np.median(distance), np.quantile(distance, 0.9), distance.max()]
    np.testing.assert_allclose(list(got.values()), expected, atol=1e-9)
    assert list(got) == ["ici", "e50", "e90", "emax"]


def test_good_calibration_has_small_errors_and_order_does_not_matter():
    rng = np.random.default_rng(1)
    risk = rng.random(1000)
    y = rng.random(1000) < risk
    assert calibration_errors(y, risk)["ici"] < 0.03
    order = rng.permutation(1000)
    np.testing.assert_allclose(calibration_curve(y[order], risk[order]), calibration_curve(y, risk)[order], atol=1e-12)


@pytest.mark.parametrize(
    ("y", "risk", "says"),
    [
        ([0, 1, 0], [0.3, 0.3, 0.3], "all predicted risks are equal"),
        ([0, 0, 1], [0.1, 0.2, 0.3], "separate the classes"),
        ([1, 1, 0], [0.1, 0.2, 0.3], "separate the classes"),
    ],
)
def test_a_slope_that_does_not_exist_says_why(y, risk, says):
    assert says in str(calibration_slope(y, risk))


def test_no_event_expected_or_observed_says_so():
    assert "no event is expected" in str(observed_expected_ratio([0, 1], [0, 0]))
    assert "no event is observed" in str(observed_expected_ratio([0, 0], [0.2, 0]))


def test_certain_predictions_have_log_odds_only_when_the_caller_says_how():
    y, risk = [0, 1, 0, 1], [0.0, 0.7, 0.8, 1.0]
    with pytest.raises(ValueError, match=r"exactly 0 or 1 for 2 of 4 patients.*pass clip=0.001"):
        calibration_slope(y, risk)
    assert calibration_slope(y, risk, clip=0.01).value == calibration_slope(y, [0.01, 0.7, 0.8, 0.99]).value


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: brier_score([0, 1], [0.1, 1.2]), "1 of 2 values outside"),
        (lambda: log_loss([0, 1], [0.1, np.nan]), "NaN"),
        (lambda: scaled_brier_score([1, 1], [0.1, 0.2]), "one class only"),
        (lambda: calibration_intercept([1, 1], [0.1, 0.2]), "one class only"),
        (lambda: calibration_slope([0, 1], [0.1, 0.2], clip=0.7), "clip must lie inside"),
        (lambda: calibration_curve([0, 1], [0.1, 0.2]), "neighbours"),
        (lambda: observed_expected_ratio([0, 1], [0.1]), "lengths"),
    ],
)
def test_impossible_risks_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
