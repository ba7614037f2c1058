"""The bootstrap of all calibration metrics, with the plain bootstrap as definition; its promise is in test_parts.py."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from fusionkit.metrics import (
    bootstrap_interval,
    brier_score,
    calibration_errors,
    calibration_intercept,
    calibration_intervals,
    calibration_slope,
    log_loss,
    observed_expected_ratio,
    scaled_brier_score,
)
from fusionkit.metrics._smoothing import resampled_lowess

PLAIN = {
    "brier": brier_score,
    "scaled_brier": scaled_brier_score,
    "log_loss": log_loss,
    "observed_expected": lambda y, risk: observed_expected_ratio(y, risk).value,
    "intercept": lambda y, risk: calibration_intercept(y, risk).value,
    "slope": lambda y, risk: calibration_slope(y, risk).value,
    "ici": lambda y, risk: calibration_errors(y, risk)["ici"],
    "e50": lambda y, risk: calibration_errors(y, risk)["e50"],
    "e90": lambda y, risk: calibration_errors(y, risk)["e90"],
    "emax": lambda y, risk: calibration_errors(y, risk)["emax"],
}


def simulated(n, rng):
    """Risks that are too extreme and too low."""
    risk = expit(rng.normal(-0.8, 1.2, n))
    return (rng.random(n) < expit(0.4 + 0.6 * logit(risk))).astype(int), risk


@pytest.fixture(scope="module")
def cohort():
    return simulated(120, np.random.default_rng(0))


def test_every_value_is_that_of_the_function_of_its_name(cohort):
    y, risk = cohort
    got = calibration_intervals(y, risk, n_resamples=20, random_state=0)
    assert list(got) == list(PLAIN)
    for name, plain in PLAIN.items():
        assert got[name].value == pytest.approx(plain(y, risk), abs=1e-10), name


@pytest.mark.parametrize("name", list(PLAIN)[:6])
def test_limits_are_those_of_the_plain_bootstrap(cohort, name):
    y, risk = cohort
    got = calibration_intervals(y, risk, n_resamples=60, random_state=3)[name]
    plain = bootstrap_interval(PLAIN[name], y, risk, n_resamples=60, random_state=3)
    np.testing.assert_allclose([got.low, got.high], [plain.low, plain.high], atol=1e-9)


def test_the_curve_of_a_resample_is_the_weighted_line_in_each_window(cohort):
    y, risk = cohort
    risk = np.round(risk, 2)
    counts = np.random.default_rng(1).integers(0, 3, (4, 120)).astype(float)
    got = resampled_lowess(risk, y.astype(float), counts)
    for patient in range(0, 120, 7):
        distance = np.abs(risk - risk[patient])
        radius = np.sort(distance)[79]
        weight = np.where(distance < 0.999 * radius, (1 - np.minimum(distance / radius, 1) ** 3) ** 3, 0)
        for row, count in zip(got, counts, strict=True):
            line = np.polynomial.Polynomial.fit(risk, y, 1, w=np.sqrt(weight * count))
            assert row[patient] == pytest.approx(line(risk[patient]), abs=1e-9)


def test_limits_of_the_errors_are_as_far_away_as_resampled_curves_lie_from_the_curve(cohort):
    y, risk = cohort
    got = calibration_intervals(y, risk, n_resamples=40, random_state=3)
    drawn = np.random.default_rng(3).multinomial(120, np.full(120, 1 / 120), size=40)
    curve, *resampled = np.clip(resampled_lowess(risk, y.astype(float), np.vstack([np.ones(120), drawn])), 0, 1)
    plain = {"ici": np.mean, "e50": np.median, "e90": lambda far: np.quantile(far, 0.9), "emax": np.max}
    for name, summary in plain.items():
        reach = np.quantile([summary(np.abs(other - curve)) for other in resampled], 0.95)
        value = summary(np.abs(curve - risk))
        assert got[name].low == pytest.approx(max(value - reach, 0), abs=1e-12), name
        assert got[name].high == pytest.approx(min(value + reach, 1), abs=1e-12), name
        assert "distance of the curves" in got[name].method


def test_the_interval_of_a_perfect_model_reaches_zero_which_percentiles_never_do():
    rng = np.random.default_rng(0)
    risk = expit(rng.normal(-0.8, 1.2, 150))
    y = (rng.random(150) < risk).astype(int)
    got = calibration_intervals(y, risk, n_resamples=100, random_state=0)["ici"]
    plain = bootstrap_interval(
        lambda *drawn: calibration_errors(*drawn)["ici"], y, risk, n_resamples=40, random_state=0
    )
    assert got.low == 0 < got.value < got.high
    assert plain.low > 0.01


def test_repeats_are_averaged_on_the_same_resamples(cohort):
    y, risk = cohort
    other = np.clip(risk + 0.05, 0.01, 0.99)
    got = calibration_intervals(y, [risk, other], n_resamples=30, random_state=0)
    both = bootstrap_interval(
        lambda *drawn: (brier_score(*drawn[:2]) + brier_score(drawn[0], drawn[2])) / 2,
        *(y, risk, other),
        n_resamples=30,
        random_state=0,
    )
    assert [got["brier"].low, got["brier"].high] == pytest.approx([both.low, both.high], abs=1e-12)
    expected = (PLAIN["slope"](y, risk) + PLAIN["slope"](y, other)) / 2
    assert got["slope"].value == pytest.approx(expected, abs=1e-10)


def test_folds_widen_what_ranks_decide_by_what_training_adds_and_nothing_else(cohort):
    y, risk = cohort
    rng = np.random.default_rng(5)
    folds = np.array([rng.permutation(120) % 5 for _ in range(3)])
    repeats = expit(logit(risk) + 0.4 * rng.normal(size=(3, 120)))
    given, widened = (
        calibration_intervals(y, repeats, folds=dealt, n_resamples=60, random_state=0) for dealt in (None, folds)
    )
    ranks = stats.rankdata(repeats, axis=1)
    for members in (y == 0, y == 1):
        ranks[:, members] -= ranks[:, members].mean(axis=1, keepdims=True)
    products = ranks @ ranks.T
    correlation = (products.sum() - np.trace(products)) / (2 * np.trace(products))
    factor = np.sqrt(1 + np.sqrt(0.75) * 5 * (1 - correlation))
    assert factor > 1.1
    slope, wide = given["slope"], widened["slope"]
    got = [(wide.value - wide.low) / (slope.value - slope.low), (wide.high - wide.value) / (slope.high - slope.value)]
    got.append((widened["ici"].high - given["ici"].value) / (given["ici"].high - given["ici"].value))
    assert got == pytest.approx([factor] * 3)
    assert "widened for the choice of training patients" in wide.method
    assert all(widened[name] == given[name] for name in ("brier", "intercept", "observed_expected"))


def test_groups_are_drawn_whole_and_widen_the_intervals(cohort):
    y, risk = (np.repeat(values, 4) for values in cohort)
    single, grouped = (
        calibration_intervals(y, risk, groups=groups, n_resamples=500, random_state=0)["brier"]
        for groups in (None, np.repeat(np.arange(120), 4))
    )
    assert (grouped.high - grouped.low) / (single.high - single.low) == pytest.approx(2, rel=0.1)
    assert "groups" in grouped.method


def test_what_is_undefined_says_why(cohort):
    y, _ = cohort
    got = calibration_intervals(y, np.full(120, 0.3), n_resamples=20, random_state=0)
    assert "all predicted risks are equal" in str(got["slope"])
    assert np.isnan(got["slope"].value)
    assert got["intercept"].low < got["intercept"].value < got["intercept"].high
    separated = calibration_intervals(y, np.where(y == 1, 0.8, 0.2), n_resamples=20, random_state=0)
    assert "separate the classes" in str(separated["slope"])


def test_resamples_of_one_class_are_left_out_aloud():
    y, risk = np.arange(40) < 3, np.random.default_rng(0).uniform(0.02, 0.4, 40)
    got = calibration_intervals(y, risk, n_resamples=200, random_state=0)
    assert "resamples left out as there is one class only" in got["intercept"].method
    assert "left out" not in got["brier"].method


def test_risks_that_nearly_separate_the_classes_cost_the_slope_its_interval_alone():
    y, risk = np.arange(24) < 12, np.linspace(0.9, 0.1, 24)
    risk[11:13] = risk[[12, 11]]
    got = calibration_intervals(y, risk, n_resamples=400, random_state=0)
    assert "resamples cannot be used as" in got["slope"].reason
    assert np.isnan([got["slope"].low, got["slope"].high]).all()
    assert got["brier"].low < got["brier"].value < got["brier"].high


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"y_prob": [[0.5] * 119]}, "one risk per patient, 120"),
        ({"y_prob": [0.0] + [0.5] * 119}, "pass clip=0.001"),
        ({"y_prob": [1.2] + [0.5] * 119}, r"outside \[0, 1\]"),
        ({"y_true": [0] * 120}, "one class only"),
        ({"n_resamples": 1}, "n_resamples"),
        ({"folds": np.zeros((2, 120))}, "folds must have the shape of y_prob"),
        ({"y_prob": [[0.5] * 120] * 2, "folds": np.zeros((2, 120))}, "only 1 different ways"),
        ({"groups": [1, 2]}, "groups must have one entry per patient"),
    ],
)
def test_what_cannot_be_resampled_is_refused(cohort, change, says):
    y, risk = cohort
    with pytest.raises(ValueError, match=says):
        calibration_intervals(**{"y_true": y, "y_prob": risk, **change})
