"""Bad input gets a clear answer by patient and place, all of it at once, and costs nobody else."""

import shutil

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import StudyError
from fusionkit.study import Study


def spoil(folder):
    """One patient spoiled in each way; returns what must be said of each."""
    clinical = pd.read_csv(folder / "clinical.csv", dtype=str, keep_default_na=False)
    images = pd.read_csv(folder / "images.csv", dtype=str)
    ids = images["patient_id"].tolist()
    path = dict(zip(ids, images["image"], strict=True))
    mask = dict(zip(ids, images["mask"], strict=True))
    said = {}

    (folder / path[ids[0]]).unlink()
    said[ids[0]] = f"there is no file {path[ids[0]]}"
    (folder / path[ids[1]]).write_bytes(b"this is no image")
    said[ids[1]] = "cannot be read"
    empty = sitk.ReadImage(folder / mask[ids[2]])
    sitk.WriteImage(empty * 0, folder / mask[ids[2]])
    said[ids[2]] = "label|no voxel|empty"
    small = sitk.GetImageFromArray(np.ones((4, 5, 6), np.uint8))
    sitk.WriteImage(small, folder / mask[ids[3]])
    said[ids[3]] = "the image has 36 x 36 x 20 voxels"
    clinical.loc[clinical.patient_id == ids[4], "age"] = "sixty"
    said[ids[4]] = "'sixty' is not a number"
    clinical.loc[clinical.patient_id == ids[5], "malignant"] = ""
    said[ids[5]] = "the outcome is missing"
    doubled = clinical[clinical.patient_id == ids[6]]
    said[ids[6]] = "stands in 2 rows"
    clinical = pd.concat([clinical[clinical.patient_id != ids[7]], doubled])
    said[ids[7]] = "not in clinical.csv"
    clinical.loc[clinical.patient_id == ids[8], "performance_status"] = "7"
    said[ids[8]] = "'7'"
    clinical.to_csv(folder / "clinical.csv", index=False)
    images.loc[images.patient_id == ids[9], "mask"] = None
    images.to_csv(folder / "images.csv", index=False)
    said[ids[9]] = "has no mask in the table"
    return said


def test_a_clean_study_has_only_patients_without_an_image_to_tell(folder):
    problems, cohort = Study.read(folder / "study.yaml").check(n_jobs=1)
    listed = set(pd.read_csv(folder / "images.csv")["patient_id"])
    everyone = pd.read_csv(folder / "clinical.csv")["patient_id"]
    assert {p.patient for p in problems} == set(everyone) - listed
    assert {p.message for p in problems} == {"not in images.csv"}
    assert cohort.X.shape == (len(listed), 4 + 1)


def test_check_lists_every_spoiled_patient_in_one_go_and_run_goes_on_without_them(folder):
    said = spoil(folder)
    study = Study.read(folder / "study.yaml")
    problems, cohort = study.check(n_jobs=1)
    errors = {p.patient: str(p) for p in problems if p.severity == "error"}
    for patient, expected in said.items():
        assert pd.Series([errors.get(patient, "")]).str.contains(expected, regex=True).all(), (patient, errors)
        assert patient not in cohort.X.index
    assert not any(str(folder) in text for text in errors.values()), "an absolute path in a message"
    gathered = study.cohort(n_jobs=1)
    assert gathered.X.index.equals(cohort.X.index)
    assert set(said) <= set(gathered.audit.excluded["patient"])
    assert "ct__original_firstorder_Entropy" in gathered.X
    assert np.isfinite(gathered.X.filter(like="ct__").to_numpy()).all()
    with pytest.raises(StudyError, match="'sixty' is not a number"):
        study.cohort(strict=True, n_jobs=1)


def test_every_problem_has_a_way_out(folder):
    spoil(folder)
    problems, _ = Study.read(folder / "study.yaml").check(n_jobs=1)
    assert [str(p) for p in problems if not p.way_out] == []


def test_missing_files_and_columns_are_named_together(folder, edit):
    (folder / "labs.csv").rename(folder / "lab.csv")
    edit("study.yaml", "age: number", "agee: number")
    edit("study.yaml", "    images: images.csv\n", "    images: images.csv\n    mask: msk\n")
    problems, cohort = Study.read(folder / "study.yaml").check(n_jobs=1)
    text = "\n".join(map(str, problems))
    assert cohort is None
    assert "labs.csv: there is no such file. Did you mean 'lab.csv'?" in text
    assert "has no column 'agee' (a feature of ehr). Did you mean 'age'?" in text
    assert "has no column 'msk' (a path of ct). Did you mean 'mask'?" in text


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("study.yaml", "positive: yes", "positive: malign", r"no patient is positive \(malign\); the values are 'no'"),
        ("study.yaml", "positive: yes", "positive: [yes, no]", "every patient is positive"),
        ("study.yaml", "column: malignant", "column: malignnt", "has no column 'malignnt'.*Did you mean 'malignant'"),
        ("study.yaml", "sex: category", "sex: category, malignant: flag", "column malignant: is the outcome itself"),
        ("study.yaml", "positive: yes}", "positive: yes, given_away_by: [sex]}", "column sex: gives the outcome away"),
        ("study.yaml", "sex: category", "sex: number", "column sex: "),
        ("study.yaml", "settings: {f", "settings: {x: 1, f", "settings of ct: .*'x'"),
        ("study.yaml", "anchor: scan_time", "anchor: scan", "has no column 'scan' .the time of the scan"),
        ("study.yaml", "unit: mg/L", "unit: mmHg", "cannot be converted"),
    ],
)
def test_what_concerns_the_whole_study_stops_it(folder, edit, file, old, new, message):
    edit(file, old, new)
    with pytest.raises(StudyError, match=message):
        Study.read(folder / "study.yaml").cohort(n_jobs=1)


def test_a_feature_that_gives_the_outcome_away_is_refused_unless_trusted(folder, edit):
    clinical = pd.read_csv(folder / "clinical.csv")
    clinical["biopsy"] = clinical["malignant"].map({"yes": 9.0, "no": 1.0}) + np.arange(len(clinical)) / 100
    clinical.to_csv(folder / "clinical.csv", index=False)
    edit("study.yaml", "sex: category", "sex: category, biopsy: number")
    problems, cohort = Study.read(folder / "study.yaml").check(n_jobs=1)
    assert cohort is not None
    [leak] = [p for p in problems if p.severity == "warning" and p.column == "ehr__biopsy"]
    assert leak.column == "ehr__biopsy"
    assert "separates the two outcomes perfectly" in leak.message
    with pytest.raises(StudyError, match=r"name it under 'outcome: trust: \[ehr__biopsy\]'"):
        Study.read(folder / "study.yaml").cohort(n_jobs=1)
    edit("study.yaml", "positive: yes}", "positive: yes, trust: [ehr__biopsy]}")
    assert "ehr__biopsy" in Study.read(folder / "study.yaml").cohort(n_jobs=1).X


def test_units_are_converted_around_the_scan(folder):
    """Values written in mg/dL are ten times those in mg/L."""
    cohort = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    labs = pd.read_csv(folder / "labs.csv").query("name == 'CRP'")
    scan = pd.read_csv(folder / "clinical.csv", index_col="patient_id", parse_dates=["scan_time"])["scan_time"]
    assert set(labs["unit"]) == {"mg/L", "mg/dL"}
    checked = 0
    for patient, crp in cohort.X["ehr__crp"].items():
        mine = labs[labs.patient_id == patient]
        days = (pd.to_datetime(mine["time"]) - scan[patient]) / pd.Timedelta(days=1)
        inside = mine[days.between(-30, 1)].assign(away=days.abs())
        if len(inside):
            nearest = inside.sort_values("away").iloc[0]
            factor = {"mg/L": 1, "mg/dL": 10}[nearest["unit"]]
            assert crp == pytest.approx(nearest["value"] * factor, rel=1e-12)
            checked += 1
        else:
            assert np.isnan(crp)
    assert checked > 10


def test_groups_of_the_outcome_table_stay_together(folder, edit):
    edit("study.yaml", "title:", "groups: site\ntitle:")
    cohort = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    assert set(cohort.groups) == {"A", "B"}


def test_both_engines_give_the_same_features(folder, edit):
    pytest.importorskip("radiomics", reason="the extra [pyradiomics] is not installed")
    native = Study.read(folder / "study.yaml").cohort(n_jobs=1).X.filter(like="ct__")
    edit("study.yaml", "    images: images.csv\n", "    images: images.csv\n    engine: pyradiomics\n")
    original = Study.read(folder / "study.yaml").cohort(n_jobs=1).X.filter(like="ct__")
    pd.testing.assert_frame_equal(native[original.columns], original, rtol=1e-9)


def test_ids_of_each_table_may_be_called_differently(folder, edit):
    text = (folder / "images.csv").read_text()
    (folder / "images.csv").write_text(text.replace("patient_id", "case", 1))
    edit("study.yaml", "title:", "id: {images.csv: case}\ntitle:")
    problems, cohort = Study.read(folder / "study.yaml").check(n_jobs=1)
    assert cohort is not None
    assert {p.message for p in problems} == {"not in images.csv"}


def test_features_are_computed_once_and_kept_by_content(folder, tmp_path, monkeypatch):
    from fusionkit._store import JsonStore
    from fusionkit.study import gather

    store = JsonStore(tmp_path / "cases")
    study = Study.read(folder / "study.yaml")
    first = study.cohort(n_jobs=1, store=store).X
    monkeypatch.setattr("fusionkit.radiomics.extract_features", lambda *a, **k: pytest.fail("computed twice"))
    pd.testing.assert_frame_equal(study.cohort(n_jobs=1, store=store).X, first)
    path = folder / "images" / sorted(p.name for p in (folder / "images").glob("*ct*"))[0]
    shutil.copy(next(p for p in (folder / "images").glob("*ct*") if p != path), path)
    with pytest.raises(pytest.fail.Exception, match="computed twice"):
        gather.gather_study(study.spec, folder, n_jobs=1, store=store)
