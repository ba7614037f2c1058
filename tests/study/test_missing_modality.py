"""Patients who lack a modality, under each rule, from the study file to results.json."""

import json

import numpy as np
import pandas as pd
import pytest

from fusionkit.exceptions import StudyError
from fusionkit.study import Study

RULES = ("require", "impute", "available")


@pytest.fixture(autouse=True)
def quick(edit):
    """Few folds: what is tested here does not depend on their number."""
    edit("study.yaml", "folds: 3, repeats: 2", "folds: 2, repeats: 1")


@pytest.fixture
def lacking(folder, edit):
    """The small study with images missing in four ways; returns the patients and what is wrong."""
    images = pd.read_csv(folder / "images.csv", dtype=str)
    ids = images["patient_id"].tolist()
    how = dict(zip(("row", "cells", "file", "broken"), ids[:4], strict=True))
    images.loc[images.patient_id == how["cells"], ["image", "mask"]] = None
    (folder / images.set_index("patient_id").loc[how["file"], "image"]).unlink()
    (folder / images.set_index("patient_id").loc[how["broken"], "image"]).write_bytes(b"this is no image")
    images[images.patient_id != how["row"]].to_csv(folder / "images.csv", index=False)
    return how


def read(folder, edit, rule):
    edit("study.yaml", "title:", f"missing_modality: {rule}\ntitle:")
    return Study.read(folder / "study.yaml")


def test_require_leaves_out_everyone_without_an_image(folder, edit, lacking):
    cohort = read(folder, edit, "require").cohort(n_jobs=1)
    assert not set(lacking.values()) & set(cohort.X.index)
    reasons = cohort.audit.excluded.set_index("patient")["reason"]
    assert reasons[lacking["row"]] == "not in images.csv"
    assert reasons[lacking["cells"]] == "has no image in the table"
    assert reasons[lacking["file"]].startswith("there is no file")
    assert cohort.missingness().index.tolist() == ["ehr + ct"]


@pytest.mark.parametrize("rule", ["impute", "available", "{ct: available}"])
def test_patients_without_an_image_are_kept_and_a_broken_image_is_still_an_error(folder, edit, lacking, rule):
    everyone = set(pd.read_csv(folder / "clinical.csv", dtype=str)["patient_id"])
    study = read(folder, edit, rule)
    for cohort in (study.check(n_jobs=1)[1], study.cohort(n_jobs=1)):
        assert set(cohort.X.index) == everyone - {lacking["broken"]}
        absent = cohort.X[cohort.columns("ct")].isna().all(axis=1)
        assert {lacking[how] for how in ("row", "cells", "file")} <= set(absent.index[absent])
        assert cohort.audit.excluded["patient"].tolist() == [lacking["broken"]]
        kept = {p.patient: p.message for p in cohort.audit.warnings}
        assert kept[lacking["cells"]] == "has no image in the table; the patient is analysed without ct"
        assert kept[lacking["file"]].endswith("the patient is analysed without ct")
        flow = {step.label: step.n for step in cohort.audit.flow}
        assert (flow["left out"], flow["analysed"]) == (1, len(everyone) - 1)


@pytest.mark.parametrize("rule", [pytest.param("impute", marks=pytest.mark.slow), "available"])
def test_a_run_says_who_lacks_what_and_judges_all_models_on_all_patients(folder, edit, lacking, tmp_path, rule):
    result = read(folder, edit, rule).run(tmp_path / "out", n_jobs=1)
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["comparison"]["settings"]["missing_modality"] == {"ct": rule}
    patterns = {tuple(row["pattern"]): (row["n"], row["n_events"]) for row in results["missingness"]}
    found = result.cohort.missingness()
    assert patterns == {
        (): tuple(found.loc["ehr + ct", ["n", "n_events"]]),
        ("ct",): tuple(found.loc["ehr", ["n", "n_events"]]),
    }
    assert {row["fusion"] for row in results["missingness"]} == {"ehr", "ct", "early", "late"}
    assert {row["n"] for row in results["comparison"]["estimates"]} == {len(result.cohort.y)}
    for row in results["missingness"]:
        enough = min(row["n_events"], row["n"] - row["n_events"]) >= 10
        assert (row["auc"] is not None) == enough
    crp = next(row for row in results["missing_values"] if row["column"] == "ehr__crp")
    assert crp["n_missing"] == result.cohort.X["ehr__crp"].isna().sum()
    assert results["table_one"][0]["variable"] == "age, mean (SD)"
    assert any("[mg/L]" in row["variable"] for row in results["table_one"])


@pytest.mark.slow
def test_within_a_pattern_patients_are_compared_with_those_of_their_fold(folder, edit, lacking, tmp_path):
    from sklearn.metrics import roc_auc_score

    result = read(folder, edit, "available").run(tmp_path / "out", n_jobs=1)
    complete = result.cohort.X.index[result.cohort.X[result.cohort.columns("ct")].notna().all(axis=1)]
    predictions = result.comparison.predictions
    mine = predictions[(predictions["fusion"] == "late") & predictions["patient"].isin(complete)]
    folds = [f for _, f in mine.groupby(["repeat", "fold"]) if f["y_true"].nunique() == 2]
    expected = np.mean([roc_auc_score(fold["y_true"], fold["y_score"]) for fold in folds])
    [row] = [r for r in result.results["missingness"] if r["pattern"] == [] and r["fusion"] == "late"]
    assert row["auc"] == pytest.approx(expected, abs=1e-12)


def test_thresholds_of_a_study_leave_out_columns_and_patients(folder, edit):
    clinical = pd.read_csv(folder / "clinical.csv", dtype=str)
    clinical.loc[: len(clinical) // 2 + 3, "performance_status"] = None
    clinical.loc[[20, 21], ["age", "sex"]] = None
    clinical.to_csv(folder / "clinical.csv", index=False)
    edit("study.yaml", "title:", "max_missing: {patient: 0.6, column: 0.5}\ntitle:")
    cohort = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    assert "ehr__performance_status" not in cohort.X
    assert any(p.column == "ehr__performance_status" for p in cohort.audit.warnings)
    gone = set(clinical.loc[[20, 21], "patient_id"])
    listed = set(pd.read_csv(folder / "images.csv", dtype=str)["patient_id"])
    assert gone & listed <= set(cohort.audit.excluded["patient"])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("missing_modality: drop", "missing_modality.*'require', 'impute' or 'available'|is one of require"),
        ("missing_modality: {mr: available}", "missing_modality names mr, which is not one of the modalities ehr, ct"),
        ("missing_modality: {ct: keep}", "is one of require, impute, available; got 'keep'"),
        ("max_missing: {patient: 40}", "less than or equal to 1"),
        ("max_missing: {patients: 0.4}", "Did you mean 'patient'"),
        ("pseudonymise: {keyy: a}", "Did you mean 'key'"),
        ("pseudonymise: maybe", "pseudonymise"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_its_line(folder, edit, keys, message):
    edit("study.yaml", "title:", f"{keys}\ntitle:")
    with pytest.raises(StudyError, match=message) as caught:
        Study.read(folder / "study.yaml")
    assert caught.value.problems[0].row == 1
