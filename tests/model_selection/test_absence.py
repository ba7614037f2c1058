"""Whole modalities missing for some patients: every model judged on everybody, nothing learned from the test fold."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Cohort
from fusionkit.fusion.absence import AvailableModalityClassifier
from fusionkit.model_selection import compare_fusions, make_fusions, make_splits

from .conftest import make_cohort

QUICK = {"n_splits": 2, "n_repeats": 1, "inner_folds": 2, "n_features": (2,)}


def lacking(share=0.3, *, n=60, modality="ct", effect=1.0, seed=0, **options):
    """A cohort in which a share of patients lack a modality; the signal does not depend on who they are."""
    cohort = make_cohort(n, effect=effect, seed=seed, **options)
    rng = np.random.default_rng(seed + 100)
    X = cohort.X.copy()
    X.loc[rng.uniform(size=n) < share, cohort.columns(modality)] = np.nan
    return Cohort(X, cohort.y, cohort.outcome, cohort.groups, cohort.kinds)


@pytest.fixture(scope="module")
def runs():
    cohort = lacking()
    return cohort, {rule: compare_fusions(cohort, missing_modality=rule, **QUICK) for rule in ("available", "impute")}


def absent_of(cohort, modality="ct"):
    return cohort.X[cohort.columns(modality)].isna().all(axis=1)


def wide(comparison):
    """Scores by repeat, fold and patient, a column a model."""
    keys = ["repeat", "fold", "patient", "fusion"]
    return comparison.predictions.set_index(keys)["y_score"].unstack()  # noqa: PD010


@pytest.mark.parametrize("rule", ["available", "impute"])
def test_every_model_predicts_every_patient_on_the_same_splits(runs, rule):
    cohort, comparisons = runs
    predictions = comparisons[rule].predictions
    assert (predictions.groupby(["fusion", "repeat"])["patient"].nunique() == len(cohort.y)).all()
    assert predictions["y_score"].between(0, 1).all()
    assert comparisons[rule].settings["missing_modality"] == {"ct": rule}
    assert (predictions.groupby(["repeat", "patient"])["fold"].agg(np.ptp) == 0).all()


def test_available_gives_the_image_model_the_event_rate_and_late_fusion_the_record_alone(runs):
    cohort, comparisons = runs
    absent = absent_of(cohort)
    scores = wide(comparisons["available"])
    mine = scores[scores.index.get_level_values("patient").isin(absent.index[absent])]
    for (_, fold), part in mine.groupby(level=["repeat", "fold"]):
        assert np.ptp(part["ct"]) == 0, fold
        assert part["ct"].iloc[0] == pytest.approx(0.5, abs=0.02)
    np.testing.assert_allclose(mine["late"], mine["ehr"], rtol=1e-12)
    others = scores[~scores.index.isin(mine.index)]
    np.testing.assert_allclose(others["late"], (others["ehr"] + others["ct"]) / 2, rtol=1e-12)


def test_impute_counts_every_member_of_late_fusion(runs):
    _, comparisons = runs
    scores = wide(comparisons["impute"])
    np.testing.assert_allclose(scores["late"], (scores["ehr"] + scores["ct"]) / 2, rtol=1e-12)


@pytest.mark.parametrize(("rule", "marked"), [("available", {"early"}), ("impute", {"early", "ct"})])
def test_models_that_fill_in_are_told_so_by_a_column(runs, rule, marked):
    _, comparisons = runs
    folds = comparisons[rule].nested.folds
    has_mark = folds["features"].map(lambda names: "ct__absent" in names)
    assert set(folds.loc[has_mark, "fusion"]) == marked
    assert has_mark[folds["fusion"].isin(marked)].all()


def test_where_everybody_has_everything_the_rule_changes_nothing():
    cohort = make_cohort()
    available, impute = (compare_fusions(cohort, missing_modality=rule, **QUICK) for rule in ("available", "impute"))
    pd.testing.assert_frame_equal(available.predictions, impute.predictions)
    assert available.settings["missing_modality"] == {}


@pytest.mark.parametrize("rule", ["available", "impute"])
def test_test_patients_change_nothing_that_was_learned(rule):
    """Other values of the test patients (and who of them lacks the image) leave the others' models as they are."""
    cohort = lacking()
    [split, *_] = make_splits(cohort.y, n_splits=3, n_repeats=1)
    train, test = cohort.X.index[split.train], cohort.X.index[split.test]
    spoiled = cohort.X.copy()
    spoiled.loc[test[: len(test) // 2], cohort.columns("ct")] = 1e6
    spoiled.loc[test[len(test) // 2 :], cohort.columns("ct")] = np.nan
    absent = {"ct": rule}
    for fusion in ("ct", "early", "late"):
        made = [
            make_fusions(cohort.kinds, [fusion], n_features=(2,), inner_folds=2, absent=absent)[fusion].fit(
                X.iloc[split.train], cohort.y.iloc[split.train]
            )
            for X in (cohort.X, spoiled)
        ]
        probabilities = [model.predict_proba(cohort.X.loc[train]) for model in made]
        np.testing.assert_array_equal(*probabilities)


def test_a_fold_without_any_patient_of_a_modality_among_its_test_patients_is_predicted():
    cohort = lacking()
    order = np.argsort(absent_of(cohort).to_numpy(), kind="stable")
    n_absent = int(absent_of(cohort).sum())
    parts = [np.sort(part) for part in (order[: len(order) - n_absent], order[len(order) - n_absent :])]
    parts = [*np.array_split(parts[0], 2), parts[1]]
    everyone = np.arange(len(order))
    splits = [(np.setdiff1d(everyone, part), part) for part in parts]
    assert absent_of(cohort).iloc[parts[-1]].all()
    comparison = compare_fusions(cohort, cv=splits, inner_folds=2, n_features=(2,))
    assert comparison.predictions["y_score"].notna().all()


def test_a_record_may_be_the_modality_that_is_missing():
    cohort = lacking(modality="ehr")
    comparison = compare_fusions(cohort, fusions=["ct", "late"], **QUICK)
    scores = wide(comparison)
    mine = scores[scores.index.get_level_values("patient").isin(cohort.X.index[absent_of(cohort, "ehr")])]
    np.testing.assert_allclose(mine["late"], mine["ct"], rtol=1e-12)
    assert comparison.settings["missing_modality"] == {"ehr": "available"}


def test_groups_reach_the_search_of_those_who_have_the_modality():
    cohort = lacking(groups=np.repeat([f"F{i}" for i in range(30)], 2))
    comparison = compare_fusions(cohort, fusions=["ct"], baseline="ct", **QUICK)
    assert comparison.settings["grouped"]
    assert comparison.predictions["y_score"].notna().all()


def test_each_modality_may_have_a_rule_of_its_own():
    cohort = lacking()
    made = make_fusions(cohort.kinds, ["ehr", "ct"], absent={"ct": "available"})
    assert isinstance(made["ct"], AvailableModalityClassifier)
    assert not isinstance(made["ehr"], AvailableModalityClassifier)
    comparison = compare_fusions(cohort, fusions=["ehr"], missing_modality={"ct": "impute"}, **QUICK)
    assert comparison.settings["missing_modality"] == {"ct": "impute"}


def test_what_cannot_work_is_refused_before_anything_is_fitted():
    cohort = lacking()
    with pytest.raises(ValueError, match=r"'available' or 'impute', or one of them for each of ehr, ct; got 'drop'"):
        compare_fusions(cohort, missing_modality="drop", **QUICK)
    with pytest.raises(ValueError, match="for each of ehr, ct"):
        compare_fusions(cohort, missing_modality={"mr": "impute"}, **QUICK)
    with pytest.raises(ValueError, match=r"have ct, .* of them in the rarer class, fewer than the 4 inner folds"):
        compare_fusions(lacking(share=0.9), **(QUICK | {"inner_folds": 4}))
    nothing = cohort.X.copy()
    nothing.iloc[0] = np.nan
    with pytest.raises(ValueError, match=r"1 patients have no modality at all \(P000\)"):
        compare_fusions(Cohort(nothing, cohort.y, cohort.outcome, cohort.groups, cohort.kinds), **QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["available", "impute"])
def test_shuffled_outcomes_with_missing_images_score_like_chance(rule):
    """Twenty cohorts without signal, 30 % of images missing: every model's mean AUC lies between .45 and .55."""
    areas = []
    for seed in range(20):
        comparison = compare_fusions(lacking(effect=0.0, seed=seed), missing_modality=rule, random_state=seed, **QUICK)
        areas.append(comparison.estimates().set_index("fusion")["auc"])
    mean = sum(areas) / len(areas)
    assert set(mean.index) == {"ehr", "ct", "early", "late"}
    assert mean.between(0.45, 0.55).all(), mean
