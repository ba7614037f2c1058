"""Out-of-fold scores: fold values as scikit-learn gives them, and the interval's promise kept in simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.exceptions import DataWarning
from fusionkit.metrics import (
    auc_delong,
    corrected_resampled_interval,
    cv_contrast,
    cv_difference,
    cv_estimate,
    delong_test,
    fold_values,
)
from fusionkit.metrics._instability import TRAINING_SHARE
from fusionkit.metrics._pairs import auc_excess, pairs_variance, score_instability


@pytest.fixture(scope="module")
def out_of_fold():
    """y_true, out-of-fold scores of two models, folds (3 repeats of 4), and scikit-learn's own fold values."""
    X, y = make_classification(90, 6, weights=[0.65], random_state=0)
    cv = RepeatedStratifiedKFold(n_splits=4, n_repeats=3, random_state=1)
    folds = np.empty((3, 90), dtype=int)
    scores = np.empty((2, 3, 90))
    for number, (train, test) in enumerate(cv.split(X, y)):
        repeat, fold = divmod(number, 4)
        folds[repeat, test] = fold
        for model, columns in enumerate([slice(None), slice(0, 2)]):
            fitted = LogisticRegression().fit(X[train, columns], y[train])
            scores[model, repeat, test] = fitted.decision_function(X[test, columns])
    expected = cross_val_score(LogisticRegression(), X, y, cv=cv, scoring="roc_auc")
    return y, scores, folds, expected


@pytest.mark.parametrize("metric", ["auc", "average_precision"])
def test_fold_values_are_those_of_cross_val_score(out_of_fold, metric):
    y, scores, folds, expected = out_of_fold
    if metric == "auc":
        np.testing.assert_allclose(fold_values(y, scores[0], folds), expected, atol=1e-12)
    else:
        assert fold_values(y, scores[0], folds, metric=metric).shape == expected.shape


def test_one_repeat_or_choice_gives_the_corrected_interval_of_the_fold_values(out_of_fold):
    y, scores, folds, expected = out_of_fold
    got = cv_estimate(y, scores[0], folds, method="corrected_t")
    direct = corrected_resampled_interval(expected, n_train=67.5, n_test=22.5, scale="logit")
    np.testing.assert_allclose([got.value, got.low, got.high], [direct.value, direct.low, direct.high], atol=1e-12)
    assert (got.n, got.n_events) == (90, y.sum())
    assert cv_estimate(y, scores[0, 0], folds[0]).method == got.method == "corrected resampled t on the logit scale"
    assert cv_difference(y, scores[0], scores[1], folds, method="corrected_t").df == 11


def test_in_one_fold_the_variance_is_delongs_without_the_squares_that_it_counts_twice():
    rng = np.random.default_rng(3)
    event = rng.random(200) < 0.4
    score, other, one_fold = event + rng.normal(size=200), event + rng.normal(size=200), np.zeros((1, 200), dtype=int)
    value, excess = auc_excess(event, score[None], one_fold)
    variance, df = pairs_variance(event, excess, np.arange(200))
    delong = auc_delong(event, score)
    assert value == pytest.approx(delong.value, abs=1e-12)
    twice = value * (1 - value) / (event.sum() * (~event).sum())
    expected = ((delong.high - delong.low) / 2 / 1.959963984540054) ** 2 - twice
    assert variance == pytest.approx(expected, rel=1e-12)
    assert min(event.sum(), (~event).sum()) - 1 < df <= 198
    difference = excess - auc_excess(event, other[None], one_fold)[1]
    test = delong_test(event, score, other)
    expected = (test.difference.value / test.statistic) ** 2 - np.sum(difference**2)
    assert pairs_variance(event, difference, np.arange(200))[0] == pytest.approx(expected, rel=1e-12)


def test_degrees_of_freedom_are_those_of_brunner_and_munzel():
    rng = np.random.default_rng(5)
    event = np.arange(40) < 12
    score = event + rng.normal(size=40) * np.where(event, 2, 1)
    _, df = pairs_variance(event, auc_excess(event, score[None], np.zeros((1, 40)))[1], np.arange(40))
    expected = stats.brunnermunzel(score[~event], score[event]).pvalue
    events, others = score[event], score[~event]
    placements = [np.mean(np.sign(one[:, None] - two) / 2, axis=1) for one, two in ((events, others), (others, events))]
    parts = [placement.var(ddof=1) / placement.size for placement in placements]
    t = np.mean(np.sign(events[:, None] - others) / 2) / np.sqrt(sum(parts))
    assert 2 * stats.t.sf(abs(t), df) == pytest.approx(expected, rel=1e-9)


def test_the_variance_of_fixed_scores_in_small_folds_is_the_one_that_repetition_shows():
    """Three events per fold: DeLong's sums, which count a pair's own square twice, are a sixth too large here."""
    rng = np.random.default_rng(6)
    event = np.arange(40) < 15
    values, variances = [], []
    for _ in range(1500):
        folds = np.array([np.r_[rng.permutation(15), rng.permutation(25)] % 5 for _ in range(2)])
        value, excess = auc_excess(event, np.tile(event + rng.normal(size=40), (2, 1)), folds)
        values.append(value)
        variances.append(pairs_variance(event, excess, np.arange(40))[0])
    assert np.mean(variances) == pytest.approx(np.var(values), rel=0.08)  # two standard errors of a variance of 1,500


def test_instability_is_zero_for_fixed_scores_and_one_for_scores_that_training_decides():
    rng = np.random.default_rng(4)
    event = np.arange(400) < 200
    folds = np.array([rng.permutation(400) % 5 for _ in range(20)])
    fixed = np.tile(rng.normal(size=400), (20, 1))
    assert score_instability(event, fixed, folds) == pytest.approx(0, abs=1e-12)
    # a linear score whose direction is the mean of the training patients' pure noise
    X = rng.normal(size=(400, 50))
    scores = np.empty((20, 400))
    for repeat, fold in enumerate(folds):
        for label in range(5):
            train = fold != label
            direction = X[train & event].mean(axis=0) - X[train & ~event].mean(axis=0)
            scores[repeat, ~train] = X[~train] @ direction
    assert score_instability(event, scores, folds) == pytest.approx(1, abs=0.2)


def test_the_share_of_training_is_how_far_patients_pull_model_and_auc_alike_at_chance():
    """At chance a patient pulls the model with weight 1 and the AUC with the normal density at their score."""
    score = np.linspace(-12, 12, 200_001)
    density = stats.norm.pdf(score)
    mean, square = (np.trapezoid(density * pull, score) for pull in (density, density**2))
    assert mean**2 / square == pytest.approx(TRAINING_SHARE, abs=1e-9)


def test_the_interval_adds_the_share_of_the_instability_to_the_variance_for_given_models(out_of_fold):
    y, (scores, _), folds, _ = out_of_fold
    event = y == 1
    value, excess = auc_excess(event, scores, folds)
    variance, df = pairs_variance(event, excess, np.arange(y.size))
    instability = score_instability(event, stats.rankdata(scores, axis=1), folds)
    half = stats.t.ppf(0.975, df) * np.sqrt(variance * (1 + 0.8660254037844386 * instability)) / (value * (1 - value))
    got = cv_estimate(y, scores, folds)
    expected = special.expit(special.logit(value) + half * np.array([-1, 1]))
    np.testing.assert_allclose([got.low, got.high], expected, rtol=1e-12)


def test_rows_of_one_group_count_once(out_of_fold):
    y, scores, folds, _ = out_of_fold
    once = cv_estimate(y, scores[0], folds)
    twice = cv_estimate(np.tile(y, 2), np.tile(scores[0], 2), np.tile(folds, 2), groups=np.tile(np.arange(90), 2))
    assert twice.value == pytest.approx(once.value, abs=1e-12)
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.02)


def test_repeats_that_are_the_same_split_are_refused(out_of_fold):
    y, scores, folds, _ = out_of_fold
    renamed = np.array([folds[0], 3 - folds[0], folds[1]])
    with pytest.raises(ValueError, match="3 repeats split the patients in only 2 different ways"):
        cv_estimate(y, scores[0], renamed)


@pytest.mark.parametrize("constant", [0.0, 1.0])
def test_perfect_or_constant_scores_have_no_interval_and_say_why(out_of_fold, constant):
    y, _, folds, _ = out_of_fold
    got = cv_estimate(y, np.tile(constant * y, (3, 1)), folds)
    assert got.value == (1 if constant else 0.5)
    assert np.isnan(got.low)
    assert "no variation can show" in str(got)


@pytest.mark.parametrize("seed", range(12))
def test_rounding_never_passes_for_variation(seed):
    rng = np.random.default_rng(seed)
    n, n_folds = rng.integers(30, 90), rng.integers(2, 6)
    y = rng.permutation(n) % 3 == 0
    folds = np.array([rng.permutation(n) % n_folds for _ in range(3)])
    folds[:, np.flatnonzero(y)] = np.arange(y.sum()) % n_folds
    folds[:, np.flatnonzero(~y)] = np.array([rng.permutation((~y).sum()) % n_folds for _ in range(3)])
    perfect = y + 0.1 * rng.random((3, n))
    for method in ("instability", "corrected_t"):
        got = cv_estimate(y, perfect, folds, method=method)
        assert got.value == pytest.approx(1, abs=1e-15)
        assert np.isnan([got.low, got.high]).all()
        got = cv_difference(y, perfect, perfect**3, folds, method=method)
        assert got.difference.value == 0
        assert np.isnan([got.statistic, got.difference.low]).all()


def test_equal_models_have_no_test(out_of_fold):
    y, scores, folds, _ = out_of_fold
    got = cv_difference(y, scores[0], scores[0], folds)
    assert got.difference.value == 0
    assert np.isnan(got.p_value)
    assert np.isnan(got.difference.low)


def test_the_difference_is_that_of_the_two_estimates(out_of_fold):
    y, scores, folds, _ = out_of_fold
    got = cv_difference(y, scores[0], scores[1], folds)
    assert got.value_a == cv_estimate(y, scores[0], folds).value
    assert got.value_b == cv_estimate(y, scores[1], folds).value
    assert got.difference.value == pytest.approx(got.value_a - got.value_b, abs=1e-12)
    mirrored = cv_difference(y, scores[1], scores[0], folds)
    assert mirrored.difference.low == pytest.approx(-got.difference.high, abs=1e-12)


def test_a_weighted_sum_is_what_its_weights_make_of_difference_and_estimate(out_of_fold):
    """Models that cancel out leave the interval of the rest, and weights and constants carry over to the limits."""
    y, (one, other), folds, _ = out_of_fold
    difference = cv_difference(y, one, other, folds).difference
    scores = {"a": one, "b": other, "c": other}
    same = cv_contrast(y, scores, {"a": 1, "b": -2, "c": 1}, folds)
    assert [same.value, same.low, same.high] == pytest.approx([difference.value, difference.low, difference.high])
    half = cv_contrast(y, scores, {"a": -0.5, "b": 0, "c": 0.5}, folds, constant=0.25)
    turned = [0.25 - found / 2 for found in (difference.value, difference.high, difference.low)]
    assert [half.value, half.low, half.high] == pytest.approx(turned)
    assert half.method == difference.method
    single, estimate = cv_contrast(y, {"a": one}, {"a": 1}, folds), cv_estimate(y, one, folds)
    slope = 1 / (single.value * (1 - single.value))  # of the log odds
    half_width = (special.logit(estimate.high) - special.logit(estimate.low)) / 2
    assert (single.high - single.low) / 2 * slope == pytest.approx(half_width)
    assert cv_contrast(y, {"a": one}, {"a": 1}, folds, scale="logit") == estimate
    beyond = cv_contrast(y, {"a": one}, {"a": 1}, folds, constant=0.5, scale="logit")  # above 1: no log odds
    assert beyond.high - beyond.low == pytest.approx(single.high - single.low)


def test_a_weighted_sum_of_one_repeat_has_the_corrected_interval_of_its_fold_values(out_of_fold):
    y, (one, other), folds, _ = out_of_fold
    got = cv_contrast(y, {"a": one[0], "b": other[0]}, {"a": 0.5, "b": 0.5}, folds[:1], constant=-0.5)
    values = (fold_values(y, one[:1], folds[:1]) + fold_values(y, other[:1], folds[:1])) / 2 - 0.5
    expected = corrected_resampled_interval(values, n_train=67.5, n_test=22.5)
    assert [got.value, got.low, got.high] == pytest.approx([expected.value, expected.low, expected.high])
    with pytest.raises(ValueError, match="scale must be"):
        cv_contrast(y, {"a": one}, {"a": 1}, folds, scale="log")
    with pytest.raises(ValueError, match=r"must name the same models; got \['a'\] and \['b'\]"):
        cv_contrast(y, {"a": one}, {"b": 1}, folds)


def test_the_order_of_patients_and_the_names_of_folds_do_not_matter(out_of_fold):
    y, scores, folds, _ = out_of_fold
    order = np.random.default_rng(0).permutation(y.size)
    names = np.array(["a", "b", "c", "d"])[folds]
    assert str(cv_estimate(y[order], scores[0][:, order], names[:, order])) == str(cv_estimate(y, scores[0], folds))


def test_a_metric_of_ones_own_is_averaged_over_folds(out_of_fold):
    y, scores, folds, _ = out_of_fold

    def mean_score(y_true, y_score):
        return y_score.mean()

    got = cv_estimate(y, scores[0], folds, metric=mean_score)
    expected = np.mean([scores[0][r, folds[r] == f].mean() for r in range(3) for f in range(4)])
    assert got.value == pytest.approx(expected, abs=1e-12)
    assert got.n_events is None


def test_a_fold_of_one_class_is_left_out_aloud():
    y = np.array([0, 1, 0, 1, 0, 0])
    scores, folds = np.arange(6.0), np.array([0, 0, 1, 1, 2, 2])
    with pytest.warns(DataWarning, match="1 of 3 test folds have one class only"):
        values = fold_values(y, scores, folds)
    assert values.tolist() == [1, 1]
    with pytest.warns(DataWarning) as warned:
        cv_difference(y, scores, -scores, folds)
    assert len(warned) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y, s, f: (np.ones(90), s, f), "one class only"),
        (lambda y, s, f: (y, s[:, :80], f), r"shape \(repeats, 90\)"),
        (lambda y, s, f: (y, s, f[:2]), "folds must have the shape of scores"),
        (lambda y, s, f: (y, np.where(s > 0, np.nan, s), f), "NaN or infinite"),
        (lambda y, s, f: (y, s, np.tile(np.arange(90), (3, 1))), "0 of 270 test folds have patients of both"),
        (lambda y, s, f: (y, s, np.where(f > 0, np.nan, f)), "folds has NaN"),
    ],
)
def test_out_of_fold_arrays_that_do_not_fit_are_refused(out_of_fold, change, says):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match=says):
        cv_estimate(*change(y, scores[0], folds))


@pytest.mark.parametrize("metric", ["brier", "scaled_brier", "log_loss", "average_precision"])
def test_named_metrics_are_averaged_over_folds_with_their_events(out_of_fold, metric):
    y, scores, folds, _ = out_of_fold
    risk = 1 / (1 + np.exp(-scores[0]))
    got = cv_estimate(y, risk, folds, metric=metric)
    assert got.value == pytest.approx(fold_values(y, risk, folds, metric=metric).mean(), abs=1e-12)
    assert got.n_events == y.sum()
    assert got.method.startswith("corrected resampled t")
    with pytest.raises(ValueError, match="method='instability' is for"):
        cv_estimate(y, risk, folds, metric=metric, method="instability")


def test_a_group_that_stands_in_two_folds_is_refused(out_of_fold):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match="groups stand in training and test part at once"):
        cv_estimate(y, scores[0], folds, groups=np.arange(90) // 2)


def test_five_events_give_an_interval_that_admits_how_little_is_known():
    rng = np.random.default_rng(0)
    y = np.arange(60) < 5
    folds = np.array([np.r_[rng.permutation(5), rng.permutation(55) % 5] for _ in range(4)])
    got = cv_estimate(y, y + rng.normal(size=(4, 60)), folds)
    assert got.n_events == 5
    assert got.high - got.low > 0.2


def test_a_single_event_has_no_interval_and_says_why():
    rng = np.random.default_rng(0)
    y, folds = np.arange(40) < 1, np.array([rng.permutation(40) % 2 for _ in range(3)])
    with pytest.warns(DataWarning, match="3 of 6 test folds have one class only"):
        got = cv_estimate(y, rng.normal(size=(3, 40)), folds)
    assert np.isnan([got.low, got.high]).all()
    assert "one class has a single patient" in got.reason
    with pytest.warns(DataWarning):
        test = cv_difference(y, rng.normal(size=(3, 40)), rng.normal(size=(3, 40)), folds)
    assert np.isnan([test.difference.low, test.statistic, test.p_value]).all()


def test_ties_everywhere_but_for_one_patient_still_give_numbers_inside_the_unit_interval(out_of_fold):
    y, _, folds, _ = out_of_fold
    tied = np.zeros((3, 90))
    tied[:, np.flatnonzero(y)[0]] = 1
    got = cv_estimate(y, tied, folds)
    assert 0 < got.low < got.value < got.high < 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s[:2], r"folds must have the shape of baseline_scores, \(2, 90\); got \(3, 90\)"),
        (lambda s: s[:, :80], r"baseline_scores must have shape \(repeats, 90\)"),
        (lambda s: np.where(s > 0, np.nan, s), "baseline_scores has .* NaN or infinite"),
    ],
)
def test_models_of_mismatched_splits_are_not_compared(out_of_fold, change, says):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match=says):
        cv_difference(y, scores[0], change(scores[1]), folds)


@pytest.mark.parametrize("metric", ["brier", "scaled_brier", "log_loss"])
def test_what_is_no_probability_is_refused_where_probabilities_are_needed(out_of_fold, metric):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match=r"scores has .* outside \[0, 1\]"):
        cv_estimate(y, scores[0], folds, metric=metric)


def test_an_unknown_metric_is_refused_with_the_list(out_of_fold):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match="auc, average_precision"):
        cv_estimate(y, scores[0], folds, metric="accuracy of sorts")


def test_fusion_of_the_heart_cohort_gains_as_known(real_data):
    """Plain logistic regression, 3 x 5 folds: clinical about .83, fused about .915 (the data's own description)."""
    table = pd.read_csv(real_data / "heart" / "heart.csv")
    y = (table["coronary_disease"] == "yes").to_numpy().astype(int)
    clinical = ["age", "sex", "chest_pain", "resting_bp", "cholesterol", "fasting_glucose_high"]
    X = table.drop(columns=["patient_id", "coronary_disease"])
    X = pd.get_dummies(X, columns=["chest_pain", "resting_ecg", "st_slope", "thallium_scan"], dtype=float)
    X = X.fillna(X.median())
    own = [column for column in X if column.startswith(tuple(clinical))]
    folds, scores = np.empty((3, y.size), dtype=int), np.empty((2, 3, y.size))
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=0)
    for number, (train, test) in enumerate(cv.split(X, y)):
        repeat, fold = divmod(number, 5)
        folds[repeat, test] = fold
        for model, columns in enumerate([own, list(X)]):
            pipeline = make_pipeline(StandardScaler(), LogisticRegression())
            fitted = pipeline.fit(X.iloc[train][columns], y[train])
            scores[model, repeat, test] = fitted.predict_proba(X.iloc[test][columns])[:, 1]
    got = cv_difference(y, scores[1], scores[0], folds)
    assert got.value_a == pytest.approx(0.915, abs=0.015)
    assert got.value_b == pytest.approx(0.83, abs=0.02)
    assert got.difference.low > 0
    assert got.p_value < 0.01
