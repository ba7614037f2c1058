"""The study of ``fusionkit demo`` shows what studies need: windows, units, patients without an image who stay."""

import pandas as pd
import pytest

from fusionkit.datasets import load_sample_path
from fusionkit.study import Study


@pytest.mark.slow
def test_the_demo_study_uses_windows_and_units_and_keeps_the_patients_without_an_image():
    folder = load_sample_path()
    study = Study.read(folder / "study.yaml")
    variables = study.spec.modalities["ehr"].events.variables
    units = pd.read_csv(folder / "labs.csv").groupby("name")["unit"].nunique()
    assert all(variable.unit for variable in variables.values())
    assert {variables["crp"].name, "haemoglobin"} <= set(units.index[units > 1]), "there is something to convert"
    problems, cohort = study.check(n_jobs=1)
    assert problems == []
    clinical, images = (pd.read_csv(folder / name, dtype=str)["patient_id"] for name in ("clinical.csv", "images.csv"))
    without = set(clinical) - set(images)
    assert len(without) == 6
    assert set(cohort.X.index) == set(clinical)
    absent = cohort.X[cohort.columns("ct")].isna().all(axis=1)
    assert set(absent.index[absent]) == without
    assert cohort.missingness()["n"].to_dict() == {"ehr + ct": 74, "ehr": 6}
    assert {row["variable"] for row in cohort.audit.coverage} == set(variables)
    assert cohort.units["ehr__crp"] == "mg/L"
