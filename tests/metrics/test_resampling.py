"""The patient bootstrap: the plain definition, DeLong as its limit, and who is drawn together."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fusionkit.metrics import auc, auc_delong, delong_test, fold_values, paired_bootstrap
from fusionkit.metrics.resampling import _auc_of_resamples, _resampled_counts


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.4).astype(int)
    ehr = y + rng.normal(size=300)
    return y, ehr, ehr + y + rng.normal(size=300)


def test_on_independent_patients_it_agrees_with_delong(cohort):
    y, ehr, fused = cohort
    got = paired_bootstrap(y, {"ehr": ehr, "fused": fused}, baseline="ehr", n_resamples=8000, random_state=0)
    one, two = auc_delong(y, fused), delong_test(y, fused, ehr).difference
    for bootstrap, delong in ((got.estimates["fused"], one), (got.differences["fused"], two)):
        assert bootstrap.value == pytest.approx(delong.value, abs=1e-12)
        np.testing.assert_allclose([bootstrap.low, bootstrap.high], [delong.low, delong.high], atol=0.006)
    assert set(got.differences) == {"fused"}


def test_every_resample_is_the_auc_of_the_patients_drawn(cohort):
    y, ehr, _ = cohort
    event = y == 1
    score = np.round(ehr, 1)
    counts = _resampled_counts(event, None, 20, np.random.default_rng(1))
    _, got = _auc_of_resamples(event, score[None], np.zeros((1, 300)), counts)
    drawn = [np.repeat(np.arange(300), count.astype(int)) for count in counts]
    np.testing.assert_allclose(got, [roc_auc_score(y[rows], score[rows]) for rows in drawn], atol=1e-12)
    assert (counts[:, event].sum(axis=1) == event.sum()).all()


def test_out_of_fold_scores_are_compared_within_folds_only(cohort):
    y, ehr, _ = cohort
    folds = np.array([np.random.default_rng(seed).permutation(300) % 5 for seed in range(2)])
    shifted = ehr + 100 * folds
    got = paired_bootstrap(y, {"m": shifted}, folds, n_resamples=100, random_state=0).estimates["m"]
    assert got.value == pytest.approx(fold_values(y, np.tile(ehr, (2, 1)), folds).mean(), abs=1e-12)
    assert got.low < got.value < got.high


def test_a_metric_of_ones_own_gives_what_the_fast_path_gives(cohort):
    y, ehr, fused = cohort
    models = {"ehr": ehr, "fused": fused}
    fast, slow = (
        paired_bootstrap(y, models, metric=metric, baseline="ehr", n_resamples=60, random_state=3)
        for metric in ("auc", auc)
    )
    for name in models:
        assert str(slow.estimates[name]) == str(fast.estimates[name])
    assert str(slow.differences["fused"]) == str(fast.differences["fused"])


def test_groups_are_drawn_whole_and_widen_the_interval(cohort):
    y, ehr, _ = cohort
    counts = _resampled_counts(np.repeat(y == 1, 4), np.repeat(np.arange(300), 4), 50, np.random.default_rng(0))
    assert (counts.reshape(50, 300, 4) == counts.reshape(50, 300, 4)[:, :, :1]).all()
    single = paired_bootstrap(np.repeat(y, 4), {"m": np.repeat(ehr, 4)}, random_state=0).estimates["m"]
    grouped = paired_bootstrap(
        np.repeat(y, 4), {"m": np.repeat(ehr, 4)}, groups=np.repeat(np.arange(300), 4), random_state=0
    ).estimates["m"]
    assert (grouped.high - grouped.low) / (single.high - single.low) == pytest.approx(2, rel=0.1)


def test_resamples_of_one_class_are_left_out_aloud():
    y, groups = np.repeat([0, 1, 0, 1], 5), np.repeat([0, 1, 2, 3], 5)
    got = paired_bootstrap(y, {"m": np.arange(20.0)}, groups=groups, random_state=0).estimates["m"]
    assert "resamples left out as they had one class" in got.method


@pytest.mark.parametrize("constant", [0.0, 1.0])
def test_scores_that_cannot_vary_have_no_interval_and_say_why(cohort, constant):
    y, ehr, _ = cohort
    got = paired_bootstrap(y, {"m": constant * y, "ehr": ehr}, baseline="m", n_resamples=50, random_state=0)
    assert np.isnan([got.estimates["m"].low, got.estimates["m"].high]).all()
    assert "in every resample: no variation can show" in str(got.estimates["m"])
    assert got.differences["ehr"].low < got.differences["ehr"].high


def test_a_seed_gives_the_same_interval(cohort):
    y, ehr, _ = cohort
    first, second = (paired_bootstrap(y, {"m": ehr}, n_resamples=50, random_state=9) for _ in range(2))
    assert first == second


def test_a_cohort_too_large_for_the_table_of_pairs_is_sent_to_delong():
    y = np.arange(20_000) % 2
    with pytest.raises(ValueError, match="use auc_delong and delong_test"):
        paired_bootstrap(y, {"m": y}, n_resamples=2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"baseline": "ct"}, "baseline must be one of the models 'ehr'"),
        ({"metric": "accuracy"}, "metric must be 'auc' or a function"),
        ({"n_resamples": 1}, "n_resamples must be a whole number of at least 2"),
        ({"scores": {"ehr": [0.1, np.nan] * 150}}, r"scores\['ehr'\] has 150 of 300 values that are NaN"),
        ({"scores": {"ehr": [0.1] * 299}}, r"scores\['ehr'\] must have shape \(repeats, 300\)"),
        ({"folds": np.arange(300)}, "no test fold has patients of both classes"),
        ({"groups": [1, 2]}, "groups must have one entry per patient, 300"),
    ],
)
def test_what_cannot_be_resampled_is_refused(cohort, change, says):
    y, ehr, _ = cohort
    with pytest.raises(ValueError, match=says):
        paired_bootstrap(**{"y_true": y, "scores": {"ehr": ehr}, **change})
