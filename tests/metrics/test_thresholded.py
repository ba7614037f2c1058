"""The two-by-two table: hand-worked, scikit-learn, and Bayes."""

import numpy as np
import pytest
from sklearn import metrics as reference

from fusionkit.metrics import (
    choose_threshold,
    confusion_counts,
    predictive_values,
    threshold_metrics,
    wilson_interval,
)

Y_TRUE = np.repeat([1, 1, 0, 0], [30, 10, 6, 54])
Y_PRED = np.repeat([1, 0, 1, 0], [30, 10, 6, 54])


def test_the_hand_worked_table_gives_its_proportions_with_wilson_limits():
    assert confusion_counts(Y_TRUE, Y_PRED) == (30, 6, 10, 54)
    got = threshold_metrics(Y_TRUE, Y_PRED, random_state=0)
    for name, k, n in (
        ("accuracy", 84, 100),
        ("sensitivity", 30, 40),
        ("specificity", 54, 60),
        ("ppv", 30, 36),
        ("npv", 54, 64),
    ):
        assert (got[name].value, got[name].low, got[name].high) == (k / n, *wilson_interval(k, n))
        assert (got[name].n, got[name].n_events) == (100, 40)


@pytest.mark.parametrize("seed", range(5))
def test_values_agree_with_sklearn(seed):
    rng = np.random.default_rng(seed)
    y_true, y_pred = rng.random((2, 50)) < [[0.3], [0.5]]
    got = threshold_metrics(y_true, y_pred, n_resamples=50, random_state=0)
    for name, function in (
        ("accuracy", reference.accuracy_score),
        ("sensitivity", reference.recall_score),
        ("ppv", reference.precision_score),
        ("balanced_accuracy", reference.balanced_accuracy_score),
        ("f1", reference.f1_score),
        ("mcc", reference.matthews_corrcoef),
    ):
        assert got[name].value == pytest.approx(function(y_true, y_pred), abs=1e-12), name
    assert got["youden"].value == pytest.approx(2 * got["balanced_accuracy"].value - 1)


def test_the_intervals_of_composite_metrics_cover_their_true_value():
    rng = np.random.default_rng(1)
    tp, fn, fp, tn = cells = np.array([0.3, 0.1, 0.06, 0.54])
    true = {
        "balanced_accuracy": (tp / (tp + fn) + tn / (tn + fp)) / 2,
        "f1": 2 * tp / (2 * tp + fp + fn),
        "mcc": (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
    }
    covered = {name: [] for name in true}
    for seed in range(200):
        counts = rng.multinomial(150, cells)
        y_true, y_pred = np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)
        got = threshold_metrics(y_true, y_pred, n_resamples=400, random_state=seed)
        for name, value in true.items():
            covered[name].append(got[name].low <= value <= got[name].high)
    for name, hits in covered.items():
        assert 0.90 <= np.mean(hits) <= 0.985, name


def test_what_counts_nobody_is_undefined_and_says_so():
    got = threshold_metrics([0, 1, 0], [0, 0, 0], n_resamples=20, random_state=0)
    assert str(got["ppv"]) == "undefined, because there are no positive predictions"
    assert "one prediction" in str(got["mcc"])
    alone = threshold_metrics([0, 0, 0], [0, 0, 0], n_resamples=20, random_state=0)
    assert "no patients with the event" in str(alone["sensitivity"])
    assert "no event, true or predicted" in str(alone["f1"])
    assert alone["specificity"].value == 1


def test_predictive_values_at_the_cohorts_own_prevalence_are_the_plain_ones():
    got, plain = predictive_values(Y_TRUE, Y_PRED, prevalence=0.4), threshold_metrics(Y_TRUE, Y_PRED)
    for name in ("ppv", "npv"):
        assert got[name].value == pytest.approx(plain[name].value, abs=1e-12)
        assert got[name].low < got[name].value < got[name].high


def test_predictive_values_follow_bayes_and_mercaldo():
    got = predictive_values(Y_TRUE, Y_PRED, prevalence=0.05)
    ppv = 0.75 * 0.05 / (0.75 * 0.05 + 0.1 * 0.95)
    assert got["ppv"].value == pytest.approx(ppv, abs=1e-12)
    assert got["npv"].value == pytest.approx(0.9 * 0.95 / (0.9 * 0.95 + 0.25 * 0.05), abs=1e-12)
    error = np.sqrt(0.25 / 0.75 / 40 + 0.9 / 0.1 / 60)
    odds = ppv / (1 - ppv) * np.exp(np.array([-1, 1]) * 1.959963984540054 * error)
    np.testing.assert_allclose([got["ppv"].low, got["ppv"].high], odds / (1 + odds), atol=1e-12)


def test_predictive_values_without_errors_have_no_logit_limits():
    got = predictive_values([1, 1, 0, 0], [1, 0, 0, 0], prevalence=0.3)
    assert got["ppv"].value == 1
    assert "0 or 1" in got["ppv"].reason
    assert "predicted so" in predictive_values([1, 1, 0, 0], [0, 0, 0, 0], prevalence=0.3)["ppv"].reason


def test_thresholds_do_what_their_rule_says():
    rng = np.random.default_rng(2)
    y = rng.random(400) < 0.3
    score = np.round(10 * (y + rng.normal(size=400)))
    fpr, tpr, thresholds = reference.roc_curve(y, score, drop_intermediate=False)
    assert choose_threshold(y, score) in thresholds[np.isclose(tpr - fpr, (tpr - fpr).max())]
    at = choose_threshold(y, score, rule="sensitivity", target=0.9)
    assert (score[y] >= at).mean() >= 0.9 > (score[y] >= at + 1).mean()
    at = choose_threshold(y, score, rule="specificity", target=0.8)
    assert (score[~y] < at).mean() >= 0.8 > (score[~y] < at - 1).mean()

    def cost(threshold):
        return 4 * (score[y] < threshold).sum() + (score[~y] >= threshold).sum()

    best = min(cost(t) for t in [*np.unique(score), np.inf])
    assert cost(choose_threshold(y, score, rule="cost", cost_ratio=4)) == best
    assert choose_threshold([0, 0, 0, 1], [4, 3, 2, 1], rule="cost") == np.inf


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_target_that_is_met_exactly_is_met(tenths):
    y, score = np.repeat([0, 1], 10), np.tile(np.arange(10), 2)
    assert (score[y == 1] >= choose_threshold(y, score, rule="sensitivity", target=tenths / 10)).sum() == tenths
    assert (score[y == 0] < choose_threshold(y, score, rule="specificity", target=tenths / 10)).sum() == tenths


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: threshold_metrics([0, 1], [0.2, 0.8]), "y_pred must hold 0 and 1"),
        (lambda: threshold_metrics([0, 1], [0]), "lengths"),
        (lambda: predictive_values([0, 1], [0, 1], prevalence=0), "prevalence must lie inside"),
        (lambda: predictive_values([1, 1], [0, 1], prevalence=0.2), "one class only"),
        (lambda: threshold_metrics([0, 1], [0, 1], n_resamples=0), "n_resamples must be a whole number of at least 2"),
        (lambda: choose_threshold([0, 1], [1, 2], rule="best"), "'youden', 'sensitivity'"),
        (lambda: choose_threshold([0, 1], [1, 2], rule="sensitivity", target=90), "target must lie inside"),
        (lambda: choose_threshold([0, 1], [1, 2], rule="cost", cost_ratio=-1), "cost_ratio must be positive"),
        (lambda: choose_threshold([0, 1], [1, np.nan]), "NaN"),
    ],
)
def test_impossible_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
