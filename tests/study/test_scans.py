"""Several scans per patient: the study file says which one is the index, and the cohort says why."""

import re

import pandas as pd
import pytest

from fusionkit.exceptions import StudyError
from fusionkit.study import Study, read_study_file
from fusionkit.study.scans import Scans
from fusionkit.study.tables import Tables

STUDY = """\
title: t
outcome: {table: clinical.csv, column: event, positive: yes}
modalities:
  ct: {images: images.csv, time: scanned, index: INDEX}
"""
CLINICAL = """patient_id,event,surgery
A,yes,2020-02-15
B,no,2020-02-15
C,yes,2020-01-01
D,no,
"""
IMAGES = """patient_id,image,mask,scanned
A,a2.nii,m,2020-02-01
B,b1.nii,m,2020-01-05
A,a1.nii,m,2020-01-01
A,a3.nii,m,2020-03-01
C,c1.nii,m,2020-03-01
D,d1.nii,m,2020-01-01
D,d2.nii,m,2020-01-02
"""


def index_scans(tmp_path, rule):
    (tmp_path / "clinical.csv").write_text(CLINICAL)
    (tmp_path / "images.csv").write_text(IMAGES)
    (tmp_path / "study.yaml").write_text(STUDY.replace("INDEX", rule))
    tables = Tables(read_study_file(tmp_path / "study.yaml"), tmp_path)
    scans = Scans(tables)
    return scans.of("ct"), scans.chosen, tables.problems


@pytest.mark.parametrize(
    ("rule", "images", "reason", "left_out"),
    [
        ("first", {"A": "a1", "B": "b1", "C": "c1", "D": "d1"}, "the earliest of 3 scans", []),
        ("last", {"A": "a3", "B": "b1", "C": "c1", "D": "d2"}, "the latest of 3 scans", []),
        ("nearest to surgery", {"A": "a2", "B": "b1", "C": "c1"}, "the closest to surgery of 3 scans", ["D"]),
        ("before surgery", {"A": "a2", "B": "b1"}, "the latest of 3 scans that is not after surgery", ["C", "D"]),
    ],
)
def test_the_index_scan_and_the_reason(tmp_path, rule, images, reason, left_out):
    scans, chosen, problems = index_scans(tmp_path, rule)
    assert scans["image"].to_dict() == {patient: f"{image}.nii" for patient, image in images.items()}
    assert chosen[0] == {"modality": "ct", "patient": "A", "n_scans": 3, "reason": reason}
    assert [row["patient"] for row in chosen] == ["A", "D"][: 2 - ("D" in left_out)]
    errors = {p.patient: str(p) for p in problems if p.severity == "error"}
    assert list(errors) == left_out
    assert all("can" in text and (rule == "nearest to surgery" or "before surgery" in text) for text in errors.values())
    [warning] = [p for p in problems if p.severity == "warning"]
    assert f"have several scans; one counts, as 'index: {rule}' says (A" in warning.message


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("newest", "is one of first, last, nearest to COLUMN, before COLUMN"),
        ("before surgry", r"has no column 'surgry' \(the date that scans of ct refer to\). Did you mean 'surgery'"),
    ],
)
def test_rules_that_cannot_be_followed(tmp_path, rule, message):
    try:
        _, _, problems = index_scans(tmp_path, rule)
    except StudyError as error:
        problems = error.problems
    assert re.search(message, "\n".join(map(str, problems)))


def test_without_a_rule_several_scans_are_an_error_that_names_it(tmp_path):
    index_scans(tmp_path, "first")
    (tmp_path / "study.yaml").write_text(STUDY.replace(", index: INDEX", ""))
    tables = Tables(read_study_file(tmp_path / "study.yaml"), tmp_path)
    scans = Scans(tables).of("ct")
    assert scans.index.tolist() == ["B", "C"]
    assert {p.patient for p in tables.problems} == {"A", "D"}
    assert "or say which scan counts, such as 'index: first'" in tables.problems[0].way_out
    (tmp_path / "study.yaml").write_text(STUDY.replace("time: scanned, ", "").replace("INDEX", "last"))
    with pytest.raises(StudyError, match="index needs the scans' times"):
        read_study_file(tmp_path / "study.yaml")


def test_measurements_are_anchored_at_the_index_scan_and_its_features_are_taken(folder, edit):
    """The second scan of the first patient shows another one's lesion, a year later; the rule decides between them."""
    images = pd.read_csv(folder / "images.csv", dtype=str)
    scan = pd.read_csv(folder / "clinical.csv", index_col="patient_id")["scan_time"]
    images["scanned"] = images["patient_id"].map(scan)
    first, other = images.iloc[0], images.iloc[1]
    again = {**other, "patient_id": first["patient_id"], "scanned": "2030-01-01T00:00:00"}
    pd.concat([pd.DataFrame([again]), images]).to_csv(folder / "images.csv", index=False)
    edit("study.yaml", "anchor: scan_time", "anchor: ct")
    edit("study.yaml", "    images: images.csv\n", "    images: images.csv\n    time: scanned\n    index: first\n")
    cohort = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    edit("study.yaml", "anchor: ct", "anchor: scan_time")
    edit("study.yaml", "index: first", "index: last")
    last = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    patient = first["patient_id"]
    crp, feature = "ehr__crp", "ct__original_firstorder_Mean"
    pd.testing.assert_series_equal(cohort.X[crp], last.X[crp])
    assert last.X.loc[patient, feature] == cohort.X.loc[other["patient_id"], feature] != cohort.X.loc[patient, feature]
    [chosen] = cohort.audit.index_scans
    assert chosen == {"modality": "ct", "patient": patient, "n_scans": 2, "reason": "the earliest of 2 scans"}
    edit("study.yaml", "anchor: scan_time", "anchor: ct")
    late = Study.read(folder / "study.yaml").cohort(n_jobs=1)
    assert pd.isna(late.X.loc[patient, crp])
