"""The AUC of a part of the patients: equal to the whole's where it is the whole, silent where it is too small."""

import numpy as np
import pytest

from fusionkit.metrics import auc_delong, cv_estimate, subgroup_auc, subgroup_difference, suppression


def cohort(n=120, repeats=4, n_folds=5, seed=0, weak=1.0):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 2).astype(bool)
    folds = np.array([rng.permutation(n) % n_folds for _ in range(repeats)])
    site = np.arange(n) % 3 == 0
    signal = np.where(site, weak, 1.0) * y + rng.normal(size=n)
    return y, signal + 0.2 * rng.normal(size=(repeats, n)), folds, site


def test_the_part_that_is_everybody_has_the_interval_of_everybody():
    y, scores, folds, _ = cohort()
    mine, whole = subgroup_auc(y, scores, folds, np.ones(120, bool)), cv_estimate(y, scores, folds)
    assert (mine.value, mine.low, mine.high) == pytest.approx((whole.value, whole.low, whole.high), abs=1e-12)


def test_groups_widen_the_interval_of_a_part_as_they_do_that_of_all():
    y, scores, folds, _ = cohort()
    groups, folds = np.arange(120) // 2, np.repeat(folds[:, :60], 2, axis=1)
    mine = subgroup_auc(y, scores, folds, np.ones(120, bool), groups=groups)
    whole = cv_estimate(y, scores, folds, groups=groups)
    assert (mine.low, mine.high) == pytest.approx((whole.low, whole.high), abs=1e-12)


def test_independent_patients_get_delongs_variance():
    y, scores, _, site = cohort(repeats=1)
    once, folds = scores[:1], np.zeros((1, 120))
    mine, delong = subgroup_auc(y, once, folds, site), auc_delong(y[site], once[0, site])
    half = mine.value * (1 - mine.value) * (np.log(mine.high / (1 - mine.high)) - np.log(mine.value / (1 - mine.value)))
    assert mine.value == pytest.approx(delong.value, abs=1e-12)
    assert half == pytest.approx(delong.value - delong.low, abs=1e-9)
    assert mine.method == "DeLong"


def test_only_the_parts_own_patients_count():
    y, scores, folds, site = cohort()
    spoiled = np.where(site, scores, -7 * scores + 3)
    assert subgroup_auc(y, scores, folds, site) == subgroup_auc(y, spoiled, folds, site)


def test_the_difference_is_that_of_the_two_sides_with_their_variances_added():
    y, scores, folds, site = cohort(weak=0.2)
    found = subgroup_difference(y, scores, folds, site)
    inside, outside = (subgroup_auc(y, scores, folds, part) for part in (site, ~site))
    assert found.difference.value == pytest.approx(inside.value - outside.value, abs=1e-12)
    back = subgroup_difference(y, scores, folds, ~site)
    assert (back.difference.value, back.p_value) == pytest.approx((-found.difference.value, found.p_value))

    def error(e):
        return (np.log(e.high / (1 - e.high)) - np.log(e.low / (1 - e.low))) / 2 * e.value * (1 - e.value)

    width = found.difference.high - found.difference.low
    # each side's limits are t limits with its own degrees of freedom, the difference has Welch's, which are more
    assert width == pytest.approx(2 * np.hypot(error(inside), error(outside)), rel=0.015)
    assert width < 2 * np.hypot(error(inside), error(outside))


@pytest.mark.slow
def test_without_a_true_difference_one_in_twenty_is_called_different():
    """Cross-validated logistic regressions on three features, two sites that differ in nothing; 250 cohorts,
    so that the share of false alarms has a standard error of 1.4 %.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    called = []
    for seed in range(250):
        rng = np.random.default_rng(seed)
        y = np.arange(150) % 2
        X, site = rng.normal(size=(150, 3)) + 0.5 * y[:, None], rng.random(150) < 0.4
        scores, folds = np.empty((3, 150)), np.empty((3, 150))
        for repeat in range(3):
            split = StratifiedKFold(5, shuffle=True, random_state=1000 * repeat + seed).split(X, y)
            for fold, (train, test) in enumerate(split):
                scores[repeat, test] = LogisticRegression().fit(X[train], y[train]).decision_function(X[test])
                folds[repeat, test] = fold
        called.append(subgroup_difference(y, scores, folds, site).p_value < 0.05)
    assert 0.02 <= np.mean(called) <= 0.08


def test_small_parts_are_suppressed():
    y, scores, folds, _ = cohort()
    few, one_class = np.arange(120) < 9, y.copy()
    rare = (np.arange(120) < 50) & (~y | (np.arange(120) < 8))
    assert subgroup_auc(y, scores, folds, few).reason == "suppressed: fewer than 10 patients"
    for part in (one_class, rare):
        found = subgroup_auc(y, scores, folds, part)
        assert np.isnan(found.value)
        assert found.reason == "suppressed: fewer than 5 patients with, or without, the event"
    assert suppression([0] * 5 + [1] * 5) == ""
    assert "this part: suppressed" in subgroup_difference(y, scores, folds, few).difference.reason
    assert "others: suppressed" in subgroup_difference(y, scores, folds, ~few).difference.reason


def test_what_has_no_variance_or_no_second_repeat_has_no_interval():
    y, scores, folds, site = cohort()
    flat = subgroup_auc(y, np.ones_like(scores), folds, site)
    assert flat.value == pytest.approx(0.5, abs=1e-12)
    assert np.isnan(flat.low)
    assert "all scores are equal" in flat.reason
    single = subgroup_auc(y, scores[:1], folds[:1], site)
    assert not np.isnan(single.value)
    assert "use two or more" in single.reason
    apart = np.where(y, 0, 1)[None, :]
    assert subgroup_auc(y, scores[:1], apart, site).reason == "no test fold has patients of both classes"


def test_bad_input_is_refused():
    y, scores, folds, site = cohort()
    with pytest.raises(ValueError, match="member says True or False for each of 120 patients"):
        subgroup_auc(y, scores, folds, np.flatnonzero(site))
    with pytest.raises(ValueError, match="scores has 1 of 480 values that are NaN"):
        subgroup_auc(y, np.where(np.arange(480).reshape(4, 120) == 7, np.nan, scores), folds, site)
