"""What a run tells beside its comparison stands in its results, in the shape that the report reads."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import StudyError
from fusionkit.study import Study
from fusionkit.study.findings import audit_entry


@pytest.fixture
def twins(folder):
    """Two patients, of whom the second has the image of the first, in another format and type of number."""
    images = pd.read_csv(folder / "images.csv", dtype=str)
    first, second = images["patient_id"].iloc[:2]
    picture = sitk.Cast(sitk.ReadImage(folder / images["image"].iloc[0]), sitk.sitkFloat64)
    picture.SetMetaData("exported", "once more")
    sitk.WriteImage(picture, folder / "again.nrrd")
    images.loc[1, "image"] = "again.nrrd"
    images.to_csv(folder / "images.csv", index=False)
    return first, second


@pytest.fixture
def results(folder, edit, tmp_path, twins):
    edit("study.yaml", "n_features: [2, 4]\n", "n_features: [2, 4]\nsubgroups: [ehr__sex]\n")
    edit("study.yaml", "folds: 3, repeats: 2", "folds: 2, repeats: 1")  # what is told does not depend on their number
    Study.read(folder / "study.yaml").run(tmp_path / "out", n_jobs=1)
    return json.loads((tmp_path / "out" / "results.json").read_text())


def test_an_image_under_two_patients_is_told_by_the_check_and_leaves_them_in(folder, twins):
    problems, cohort = Study.read(folder / "study.yaml").check(n_jobs=1)
    [told] = [problem for problem in problems if "same ct" in problem.message]
    assert (told.message, told.severity) == (f"{', '.join(twins)}: 2 patients have the same ct image", "warning")
    assert set(twins) <= set(cohort.X.index)


def test_an_image_under_two_patients_of_one_group_is_no_leak(folder, edit, twins):
    clinical = pd.read_csv(folder / "clinical.csv", dtype=str)
    clinical["family"] = clinical["patient_id"].replace({twins[1]: twins[0]})
    clinical.to_csv(folder / "clinical.csv", index=False)
    edit("study.yaml", "n_features:", "groups: family\nn_features:")
    problems, _ = Study.read(folder / "study.yaml").check(n_jobs=1)
    assert not [problem for problem in problems if "same ct" in problem.message]


def test_large_groups_that_go_with_the_outcome_are_told_as_sites(pristine):
    study = Study.read(pristine / "study.yaml")
    cohort, spec = study.cohort(n_jobs=1), study.spec.model_copy(update={"groups": "site"})
    site = pd.Series(np.where(cohort.y == 1, "north", "south"), cohort.y.index)
    [found] = audit_entry(dataclasses.replace(cohort, groups=site), spec, pd.DataFrame())
    assert found["check"] == "site or scanner"
    assert found["what"].startswith("site goes with the outcome: Cramer's V 1.00")
    assert audit_entry(cohort, spec, pd.DataFrame()) == []


def test_findings_of_a_run(results, twins):
    shared = [row for row in results["audit"] if row["check"] == "duplicated ct image"]
    assert [(row["severity"], row["who"]) for row in shared] == [("error", ", ".join(twins))]
    assert any("same ct image" in row["message"] for row in results["cohort"]["warnings"])
    assert results["feasibility"]["n"] == results["cohort"]["n"]
    assert results["feasibility"]["n_candidates"] == sum(m["columns"] for m in results["cohort"]["modalities"].values())
    crp = results["coverage"]
    assert {(row["measurement"], row["window"]) for row in crp} == {("ehr__crp", "-30 to +1 days")}
    assert (crp[0]["widened_by_days"], crp[-1]["widened_by_days"]) == (0, None)
    counts = [row["n_patients"] for row in crp]
    assert counts == sorted(counts)
    assert len(counts) > 2
    assert {row["name"] for row in results["importance"] if row["kind"] == "modality"} == {"ehr", "ct"}
    shares = {row["modality"]: row["shapley"] for row in results["contribution"]}
    full = results["contribution"][0]["full"]
    assert sum(shares.values()) == pytest.approx(full - 0.5, abs=1e-12)
    assert {(row["attribute"], row["subgroup"]) for row in results["subgroups"]} >= {("ehr__sex", "female")}


@pytest.mark.slow
def test_without_importance_everything_else_is_the_same(results, folder, edit, tmp_path):
    edit("study.yaml", "n_features:", "importance: false\nn_features:")
    plain = Study.read(folder / "study.yaml").run(tmp_path / "plain", n_jobs=1).results
    assert results["importance"]
    assert plain["importance"] == []
    for key in results.keys() - {"importance", "study"}:
        assert json.loads(json.dumps(plain[key])) == results[key], key
    assert "Importance of single features" not in (tmp_path / "plain" / "report.html").read_text()


def test_a_subgroup_that_is_no_feature_is_refused_by_its_nearest_name(folder, edit):
    edit("study.yaml", "n_features: [2, 4]\n", "n_features: [2, 4]\nsubgroups: [ehr__sxe]\n")
    with pytest.raises(StudyError, match="Did you mean 'ehr__sex'"):
        Study.read(folder / "study.yaml").cohort()
