"""The comparison: the same splits for all, late fusion equal whether its members are refitted or not, honest tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from fusionkit.cohort import Cohort
from fusionkit.model_selection import FusionComparison, compare_fusions, make_fusions

from .conftest import QUICK, make_cohort

QUICKER = {**QUICK, "n_splits": 2, "n_features": (2,)}
"""For what holds of any comparison."""


def test_every_fusion_predicts_every_patient_once_per_repeat(comparison):
    counts = comparison.predictions.groupby(["fusion", "repeat"])["patient"].agg(["size", "nunique"])
    assert comparison.fusions == ["ehr", "ct", "early", "late"]
    assert (counts == 60).all().all()
    assert comparison.predictions["y_score"].between(0, 1).all()


def test_the_estimate_is_the_mean_auc_of_the_test_folds(comparison):
    for row in comparison.estimates().itertuples():
        mine = comparison.predictions.query("fusion == @row.fusion")
        folds = [roc_auc_score(fold["y_true"], fold["y_score"]) for _, fold in mine.groupby(["repeat", "fold"])]
        assert row.auc == pytest.approx(np.mean(folds), abs=1e-12)
        assert row.low < row.auc < row.high
        assert (row.n, row.n_events) == (60, 30)


def test_the_difference_is_paired_against_the_baseline(comparison):
    table = comparison.estimates().set_index("fusion")["auc"]
    for row in comparison.differences().itertuples():
        assert row.baseline == "ehr"
        assert row.difference == pytest.approx(table[row.fusion] - table["ehr"], abs=1e-12)


def test_late_fusion_from_fitted_members_equals_late_fusion_fitted_whole(comparison):
    cohort = make_cohort()
    late = make_fusions(cohort.kinds, ["late"], n_features=(2, 4), inner_folds=2)["late"]
    mine = comparison.predictions.query("fusion == 'late' and repeat == 0 and fold == 0")
    test = cohort.X.index.isin(mine["patient"])
    whole = late.fit(cohort.X[~test], cohort.y[~test]).predict_proba(cohort.X[test])[:, 1]
    np.testing.assert_allclose(mine["y_score"], whole, rtol=1e-12)


def test_signal_is_found_and_features_are_counted(comparison):
    counted = comparison.selected().query("fusion == 'ct'")
    assert set(counted["feature"].head(2)) == {"ct__f3", "ct__f7"}
    assert (counted["of"] == 6).all()
    assert counted["times"].iloc[0] == 6
    chosen = comparison.nested.folds.query("fusion == 'ct'").iloc[0]
    assert len(chosen["features"]) == chosen["params"]["fuse__ct__select__n_features_to_select"]


@pytest.mark.slow
def test_one_seed_one_result_and_groups_never_straddle():
    groups = np.repeat(np.arange(30), 2)
    cohort = make_cohort(groups=groups)
    options = {**QUICK, "n_repeats": 1, "fusions": ["ct"]}
    runs = [compare_fusions(cohort, n_jobs=jobs, **options) for jobs in (1, 2)]
    pd.testing.assert_frame_equal(runs[0].predictions, runs[1].predictions, check_exact=True)
    folds = runs[0].predictions.assign(group=runs[0].predictions["patient"].map(cohort.groups))
    assert folds.query("fusion == 'ct'").groupby("group")["fold"].nunique().max() == 1
    assert runs[0].settings["grouped"]


def test_the_interval_counts_groups_not_patients():
    """The same 60 rows as 30 pairs say less: the interval is wider when told so."""
    groups = np.repeat(np.arange(30), 2)
    base = make_cohort(30, effect=0.7)
    X = base.X.loc[base.X.index.repeat(2)].set_axis([f"P{i:03}" for i in range(60)])
    y = pd.Series(np.repeat(base.y.to_numpy(), 2), index=X.index)
    paired = Cohort(X, y, base.outcome, pd.Series(groups, index=X.index), base.kinds)
    found = compare_fusions(paired, fusions=["ct"], baseline="ct", **{**QUICK, "n_features": (2,)})
    alone = FusionComparison(found.nested, "ct", found.settings, pd.Series(X.index, index=X.index))
    width = [c.estimates()["high"][0] - c.estimates()["low"][0] for c in (found, alone)]
    assert width[0] > 1.15 * width[1]


def test_names_of_fusions_models_and_selectors_are_checked():
    cohort = make_cohort()
    for change, message in [
        ({"fusions": ["pet"]}, "fusion 'pet' is neither 'early', 'late', nor made of the modalities ehr, ct"),
        ({"models": ["logistc"]}, "logistc"),
        ({"selectors": ["anva"]}, "did you mean 'anova'"),
    ]:
        with pytest.raises(ValueError, match=message):
            compare_fusions(cohort, **QUICK, **change)


def test_a_transformer_of_your_own_takes_the_place_of_selection():
    cohort = make_cohort()
    options = {**QUICKER, "fusions": ["ct"], "baseline": "ct"}
    own = compare_fusions(cohort, transformers={"ct": StandardScaler()}, **options)
    assert (own.nested.folds.query("fusion == 'ct'")["features"].map(len) == 12).all()


def test_a_splitter_of_your_own_is_used_for_all():
    from sklearn.model_selection import RepeatedStratifiedKFold

    cv = RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=5)
    options = {"baseline": "ct", "inner_folds": 2, "n_features": (2,)}
    comparison = compare_fusions(make_cohort(), fusions=["ct"], cv=cv, **options)
    assert comparison.predictions.query("fusion == 'ct'").groupby("repeat").size().tolist() == [60, 60]
    assert comparison.settings["repeats"] == 2


@pytest.mark.parametrize("model", ["svm_linear", "decision_tree", "naive_bayes"])
def test_models_of_every_family_give_probabilities(model):
    options = {**QUICKER, "n_repeats": 1}
    comparison = compare_fusions(make_cohort(40, effect=2.0), models=[model], fusions=["ct"], baseline="ct", **options)
    assert comparison.predictions["y_score"].between(0, 1).all()


@pytest.mark.slow
def test_noise_scores_like_chance():
    """No effect, 12 features, selection inside the folds: the mean over cohorts stays near .5."""
    areas = [
        compare_fusions(make_cohort(effect=0.0, seed=seed), fusions=["early"], **{**QUICK, "n_repeats": 1})
        .estimates()
        .set_index("fusion")["auc"]
        for seed in range(8)
    ]
    assert abs(pd.concat(areas).mean() - 0.5) < 0.06


def test_a_difference_without_an_interval_says_why(comparison):
    scores = comparison.nested.predictions
    same = scores.assign(y_score=scores.groupby(["repeat", "patient"])["y_score"].transform("first"))
    alike = FusionComparison(replace(comparison.nested, predictions=same), comparison.baseline, {}, comparison.groups)
    table = alike.differences()
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["reason"].str.contains("no variation can show").all()
    assert (comparison.differences()["reason"] == "").all()
