"""The cohort in memory: same seed, same patients; the record and the truth agree; refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state

from fusionkit.datasets import EFFECTS, make_synthetic_cohort
from fusionkit.datasets.outcome import INTERCEPT, draw_latents, linear_predictor
from fusionkit.datasets.record import LABORATORY, make_clinical, make_labs

FACTOR_TO_USUAL = {("CRP", "mg/dL"): 10.0, ("haemoglobin", "g/L"): 0.1}


@pytest.fixture(scope="module")
def cohort():
    return make_synthetic_cohort()


@pytest.fixture(scope="module")
def crowd():
    """The records of many patients, without images: clinical table, latents, labs."""
    draws = check_random_state(4)
    latents = draw_latents(3000, draws)
    y_true = draws.uniform(size=3000) < expit(linear_predictor(latents, EFFECTS))
    site = np.where(draws.uniform(size=3000) < 0.5, "B", "A")
    clinical = make_clinical(latents, site, y_true, draws)
    return clinical, latents, make_labs(clinical, latents, draws)


def test_same_seed_gives_the_same_cohort_and_another_seed_another():
    first, again, other = (make_synthetic_cohort(12, random_state=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first.clinical, again.clinical)
    pd.testing.assert_frame_equal(first.labs, again.labs)
    assert first.truth == again.truth
    assert first.images.keys() == again.images.keys()
    for patient in first.images:
        np.testing.assert_array_equal(first.images[patient][0], again.images[patient][0])
        np.testing.assert_array_equal(first.images[patient][1], again.images[patient][1])
    assert not first.clinical.equals(other.clinical)


def test_making_a_cohort_leaves_the_global_seed_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - it is the legacy state that must not change
    make_synthetic_cohort(4)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_tables_have_the_columns_and_values_they_promise(cohort):
    clinical = cohort.clinical
    assert clinical["patient_id"].tolist() == [f"P{number:03d}" for number in range(1, 81)]
    assert set(clinical["site"]) == {"A", "B"}
    assert set(clinical["sex"]) == {"female", "male"}
    assert set(clinical["smoker"].dropna()) == {"yes", "no"}
    assert set(clinical["malignant"]) == {"yes", "no"}
    assert set(clinical["performance_status"].dropna()) <= {0, 1, 2, 3}
    assert clinical["age"].dropna().between(30, 90).all()
    for column in ["age", "performance_status", "smoker"]:
        assert 0 < clinical[column].isna().sum() < 16
    assert list(cohort.labs) == ["patient_id", "time", "name", "value", "unit"]
    assert set(cohort.labs["name"]) == set(LABORATORY)
    assert not cohort.labs.isna().any(axis=None)


def test_six_of_eighty_have_no_image_and_the_others_their_sites_spacing(cohort):
    assert len(cohort.images) == 74
    site = cohort.clinical.set_index("patient_id")["site"]
    spacings = {(site[patient], spacing_mm) for patient, (_, _, spacing_mm) in cohort.images.items()}
    assert spacings == {("A", (3.0, 1.0, 1.0)), ("B", (2.5, 0.9, 0.9))}


def test_laboratory_values_lie_around_the_scan_and_some_after_it(cohort):
    labs = cohort.labs.merge(cohort.clinical[["patient_id", "scan_time"]], on="patient_id")
    days = (pd.to_datetime(labs["time"]) - pd.to_datetime(labs["scan_time"])) / pd.Timedelta(days=1)
    assert days.between(-30, 14).all()
    assert 0.2 < (days > 0).mean() < 0.5
    assert cohort.labs.groupby(["patient_id", "name"]).size().max() >= 3
    for name in LABORATORY:
        assert cohort.labs.loc[cohort.labs["name"] == name, "patient_id"].nunique() < 80


def test_other_units_occur_at_site_b_only_and_say_the_same(crowd):
    clinical, latents, labs = crowd
    rows = labs.merge(clinical[["patient_id", "site"]], on="patient_id")
    other = [(name, unit) in FACTOR_TO_USUAL for name, unit in zip(rows["name"], rows["unit"], strict=True)]
    assert set(rows.loc[other, "site"]) == {"B"}
    assert {unit for name, unit in zip(rows["name"], rows["unit"], strict=True) if name == "CRP"} == {"mg/L", "mg/dL"}
    true_crp = dict(zip(clinical["patient_id"], latents["crp_mg_per_l"], strict=True))
    crp = rows[(rows["name"] == "CRP") & (rows["patient_id"].map(true_crp) > 5)]
    usual = crp["value"] * crp["unit"].map({"mg/L": 1.0, "mg/dL": 10.0})
    ratio = np.log(usual / crp["patient_id"].map(true_crp))
    for unit in ["mg/L", "mg/dL"]:
        assert ratio[crp["unit"] == unit].mean() == pytest.approx(0, abs=0.01)
        assert ratio[crp["unit"] == unit].std() == pytest.approx(0.12, abs=0.01)


def test_missing_values_and_site_do_not_tell_the_outcome(crowd):
    clinical, _, _ = crowd
    malignant = clinical["malignant"] == "yes"
    standard_error = 0.5 / np.sqrt(len(clinical))
    for flag in [clinical["site"] == "B", *(clinical[name].isna() for name in ["age", "performance_status", "smoker"])]:
        assert abs(flag[malignant].mean() - flag[~malignant].mean()) < 4 * 2 * standard_error


def test_logistic_regression_on_a_crowd_finds_the_stated_effects(crowd):
    """An unpenalised fit, which knows nothing of the generator, lands within four standard errors."""
    clinical, latents, _ = crowd
    X, y_true = latents[list(EFFECTS)].to_numpy(), clinical["malignant"] == "yes"
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y_true)
    probability = fit.predict_proba(X)[:, 1]
    design = np.column_stack([X, np.ones(len(X))])
    covariance = np.linalg.inv((design * (probability * (1 - probability))[:, None]).T @ design)
    error = np.append(fit.coef_[0], fit.intercept_) - np.append(list(EFFECTS.values()), INTERCEPT)
    assert np.abs(error / np.sqrt(np.diag(covariance))).max() < 4


def test_truth_is_plain_json_and_agrees_with_itself(cohort):
    truth = json.loads(json.dumps(cohort.truth))
    assert truth == cohort.truth
    assert list(truth["patients"]) == cohort.clinical["patient_id"].tolist()
    for patient in truth["patients"].values():
        assert patient["probability"] == pytest.approx(expit(patient["linear_predictor"]), abs=2e-6)
    assert truth["log_odds_per_standard_deviation"] == EFFECTS
    assert truth["random_state"] == 0


def test_texture_without_effect_leaves_the_record_in_charge():
    cohort = make_synthetic_cohort(8, effects={"texture": 0})
    assert cohort.truth["bayes_auc"]["image"] == 0.5
    assert cohort.truth["bayes_auc"]["both"] == cohort.truth["bayes_auc"]["record"] > 0.7


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_patients": 3}, ValueError, "n_patients must be at least 4; got 3"),
        ({"n_patients": 8.0}, TypeError, "n_patients must be a whole number; got 8.0"),
        ({"random_state": None}, TypeError, "random_state must be a whole number; got None"),
        ({"random_state": -1}, ValueError, "random_state must be at least 0; got -1"),
        ({"effects": {"sex": 1}}, ValueError, "the latent variables are texture"),
    ],
)
def test_impossible_cohorts_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        make_synthetic_cohort(**arguments)
