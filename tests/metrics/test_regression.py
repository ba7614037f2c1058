"""Continuous outcomes: scikit-learn and statsmodels as the second opinion, and coverage."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn import metrics as reference

from fusionkit.metrics import calibration_line, regression_metrics


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    y = rng.normal(50, 10, 120)
    return y, 0.6 * y + 20 + rng.normal(0, 5, 120)


def test_values_agree_with_sklearn(cohort):
    y, predicted = cohort
    got = regression_metrics(y, predicted, random_state=0)
    assert got["rmse"].value == pytest.approx(reference.root_mean_squared_error(y, predicted), abs=1e-12)
    assert got["mae"].value == pytest.approx(reference.mean_absolute_error(y, predicted), abs=1e-12)
    assert got["r2"].value == pytest.approx(reference.r2_score(y, predicted), abs=1e-12)
    assert all(e.low < e.value < e.high and e.n_events is None for e in got.values())


def test_every_resample_is_the_metric_of_the_patients_drawn(cohort):
    from fusionkit.metrics.regression import _metrics_of

    y, predicted = cohort
    counts = np.random.default_rng(1).multinomial(120, np.full(120, 1 / 120), size=10)
    got = _metrics_of(counts, y, predicted)["r2"]
    rows = [np.repeat(np.arange(120), count) for count in counts]
    np.testing.assert_allclose(got, [reference.r2_score(y[r], predicted[r]) for r in rows], atol=1e-10)


def test_the_interval_of_the_rmse_covers():
    rng = np.random.default_rng(2)
    covered = []
    for seed in range(200):
        got = regression_metrics(rng.normal(size=100), np.zeros(100), n_resamples=300, random_state=seed)["rmse"]
        covered.append(got.low <= 1 <= got.high)
    assert 0.89 <= np.mean(covered) <= 0.98


def test_the_calibration_line_is_that_of_least_squares(cohort):
    y, predicted = cohort
    got = calibration_line(y, predicted)
    fitted = sm.OLS(y, sm.add_constant(predicted)).fit()
    np.testing.assert_allclose(
        [got["slope"].value, got["slope"].low, got["slope"].high], [fitted.params[1], *fitted.conf_int()[1]], atol=1e-10
    )
    large = sm.OLS(y - predicted, np.ones(120)).fit()
    np.testing.assert_allclose([got["intercept"].low, got["intercept"].high], large.conf_int()[0], atol=1e-10)


def test_what_does_not_vary_is_undefined_and_says_so():
    assert "does not vary" in str(regression_metrics([2, 2, 2], [1, 2, 3], n_resamples=5)["r2"])
    assert "all predictions are equal" in str(calibration_line([1, 2, 3], [2, 2, 2])["slope"])


@pytest.mark.parametrize("function", [regression_metrics, calibration_line])
def test_impossible_input_is_refused(function):
    with pytest.raises(ValueError, match="y_pred has 1 of 3 values that are NaN"):
        function([1, 2, 3], [1, np.nan, 3])
    with pytest.raises(ValueError, match="three patients"):
        function([1, 2], [1, 2])
