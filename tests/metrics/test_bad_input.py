"""Hostile input, metric by metric: an error that names the argument, or "undefined, because", never a wrong number."""

import numpy as np
import pytest

from fusionkit.exceptions import DataWarning
from fusionkit.metrics import (
    Comparison,
    Estimate,
    auc,
    auc_delong,
    average_precision,
    brier_score,
    calibration_errors,
    calibration_intercept,
    calibration_intervals,
    calibration_slope,
    cv_estimate,
    delong_test,
    idi,
    log_loss,
    net_benefit,
    nri,
    observed_expected_ratio,
    paired_bootstrap,
    scaled_brier_score,
    threshold_metrics,
)

N = 40
Y = np.arange(N) % 4 == 0
RISK = np.random.default_rng(0).uniform(0.05, 0.95, N)


def folds_of(y):
    """Three repeats of two folds, stratified where there are classes to stratify."""
    rng, folds = np.random.default_rng(1), np.empty((3, len(y)), dtype=int)
    for row in folds:
        for label in np.unique(y):
            members = np.flatnonzero(y == label)
            row[members] = rng.permutation(members.size) % 2
    return folds


OF_SCORES = {
    "auc": auc,
    "average_precision": average_precision,
    "auc_delong": auc_delong,
    "delong_test": lambda y, score: delong_test(y, score, RISK),
    "paired_bootstrap": lambda y, score: paired_bootstrap(y, {"m": score}, n_resamples=50, random_state=0),
    "cv_estimate": lambda y, score: cv_estimate(y, np.tile(score, (3, 1)), folds_of(y)),
}
OF_RISKS = {
    "brier_score": brier_score,
    "scaled_brier_score": scaled_brier_score,
    "log_loss": log_loss,
    "calibration_intercept": calibration_intercept,
    "calibration_slope": calibration_slope,
    "calibration_errors": calibration_errors,
    "calibration_intervals": lambda y, risk: calibration_intervals(y, risk, n_resamples=50, random_state=0),
    "observed_expected_ratio": observed_expected_ratio,
    "net_benefit": lambda y, risk: net_benefit(y, risk, [0.2]),
    "idi": lambda y, risk: idi(y, risk, RISK),
    "nri": lambda y, risk: nri(y, risk, RISK),
}
EVERY = {**OF_SCORES, **OF_RISKS}


def every(metrics):
    return pytest.mark.parametrize("metric", metrics.values(), ids=metrics.keys())


@every(EVERY)
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_prediction_that_is_no_number_is_refused(metric, wrong):
    with pytest.raises(ValueError, match=r"(1 of 40|3 of 120) values"):
        metric(Y, np.r_[RISK[:-1], wrong])


@every(EVERY)
def test_outcomes_and_predictions_of_different_patients_are_refused(metric):
    with pytest.raises(ValueError, match="40"):
        metric(Y, RISK[:-1])


@every(EVERY)
def test_outcomes_that_are_words_are_refused_with_the_way_out(metric):
    with pytest.raises(ValueError, match="pass a comparison such as"):
        metric(np.where(Y, "Poor", "Good"), RISK)


@every(OF_SCORES)
def test_one_class_cannot_be_ranked(metric):
    with pytest.raises(ValueError, match="one class only"):
        metric(np.zeros(N, dtype=int), RISK)


@every(OF_RISKS)
def test_what_is_no_probability_is_refused(metric):
    with pytest.raises(ValueError, match=r"outside \[0, 1\].*pass probabilities"):
        metric(Y, 3 * RISK)


@pytest.mark.parametrize("n_events", [2, 5, 10])
@every(EVERY)
def test_few_events_and_constant_predictions_give_numbers_or_a_reason(metric, n_events):
    """Ties everywhere, too: no limit is missing without a word, and none stands on the wrong side of its value."""
    y = np.arange(N) % (N // n_events) == 0
    for risk in (RISK, np.full(N, 0.3), np.where(np.arange(N) == 7, 0.6, 0.3)):
        with np.errstate(all="raise"):
            got = metric(y, risk)
        for estimate in estimates_of(got):
            if estimate.reason:
                assert np.isnan([estimate.value, estimate.low, estimate.high]).any()
            else:
                assert estimate.low <= estimate.value <= estimate.high


WITH_INTERVAL = ("auc_delong", "delong_test", "paired_bootstrap", "cv_estimate", "calibration_intervals", "idi")


@pytest.mark.filterwarnings("ignore:.*test folds have one class only")
@every({name: EVERY[name] for name in WITH_INTERVAL})
@pytest.mark.parametrize("only", [0, 1])
def test_a_class_of_one_patient_has_no_interval_and_says_why(metric, only):
    y = np.full(N, 1 - only)
    y[0] = only
    estimates = estimates_of(metric(y, RISK[::-1]))
    assert estimates
    for estimate in estimates:
        if not np.isnan(estimate.value):
            assert np.isnan([estimate.low, estimate.high]).all()
            assert "single patient" in estimate.reason


def estimates_of(got):
    if isinstance(got, Comparison):
        return [got.difference]
    if isinstance(got, Estimate):
        return [got]
    values = got.values() if isinstance(got, dict) else getattr(got, "estimates", {}).values()
    return [value for value in values if isinstance(value, Estimate)]


def test_calling_nobody_leaves_the_positive_predictive_value_undefined_and_says_why():
    got = threshold_metrics(Y, np.zeros(N, dtype=int), random_state=0)
    assert np.isnan(got["ppv"].value)
    assert got["ppv"].reason


def test_a_fold_of_one_class_is_left_out_of_the_interval_aloud():
    folds = np.array([np.where(np.arange(N) < 4, 2 + Y, row) for row in folds_of(Y)])
    with pytest.warns(DataWarning, match="test folds have one class only"):
        got = cv_estimate(Y, np.tile(RISK, (3, 1)), folds)
    assert got.low < got.value < got.high
