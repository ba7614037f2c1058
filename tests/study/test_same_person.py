"""Sex and year of birth of the record against the headers of DICOM images."""

import pandas as pd
import pytest
import SimpleITK as sitk
import yaml

from fusionkit.study import Study

SEX, BORN = "0010|0040", "0010|0030"
HEADERS = {
    "P1": {SEX: "F", BORN: "19600517"},
    "P2": {SEX: "F ", BORN: "19610101"},
    "P3": {SEX: "M", BORN: "19621231"},
    "P4": {SEX: "O", BORN: ""},
    "P5": {},
}
"""The record says m of P2 and 1963 of P3; it agrees on P1, and nothing can be compared of P4 and P5."""


def write_slice(folder, tags):
    folder.mkdir(parents=True)
    (folder / "DICOMDIR.txt").write_text("no image")
    image = sitk.Image(8, 8, sitk.sitkInt16)
    for tag, text in {"0008|0060": "CT", **tags}.items():
        image.SetMetaData(tag, text)
    writer = sitk.ImageFileWriter()
    writer.SetFileName(str(folder / "slice.dcm"))
    writer.Execute(image)


@pytest.fixture
def study(tmp_path):
    """A function that writes a study of DICOM folders with these second identifiers, and one patient without image."""
    record = pd.DataFrame(
        {
            "patient_id": [*HEADERS, "P6"],
            "sex": ["w", "m", "m", "w", "w", "m"],
            "birth_year": ["1960", "1961", "1963", "1964", "1965", "1966"],
            "event": ["yes", "no"] * 3,
        }
    )
    record.to_csv(tmp_path / "clinical.csv", index=False)
    for patient, tags in HEADERS.items():
        write_slice(tmp_path / "images" / patient, tags)
    images = {"patient_id": [*HEADERS, "P6"], "image": [f"images/{p}" for p in [*HEADERS, "P6"]], "mask": "mask.nii"}
    pd.DataFrame(images).to_csv(tmp_path / "images.csv", index=False)

    def make(**same_person):
        content = {
            "title": "t",
            "outcome": {"table": "clinical.csv", "column": "event", "positive": "yes"},
            "modalities": {
                "ehr": {"table": "clinical.csv", "columns": ["birth_year"]},
                "ct": {"images": "images.csv"},
            },
            "same_person": same_person,
        }
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(content))
        return Study.read(tmp_path / "study.yaml")

    return make


def told(study):
    """What is said of identifiers, by patient."""
    problems, _ = study.check(n_jobs=1)
    assert not any("0517" in str(problem) or "1231" in str(problem) for problem in problems), "a date of birth is told"
    return [(p.severity, p.patient, p.message) for p in problems if not (p.message + p.way_out).count("mask.nii")]


def test_the_record_is_compared_with_dicom_headers_and_no_date_of_birth_is_told(study):
    found = told(study(sex="sex", birth_year="birth_year"))
    assert ("error", "P2", "sex differs between clinical.csv (row 3) and the DICOM headers of ct (row 3)") in found
    born = "birth year differs between clinical.csv (row 4) and the DICOM headers of ct (row 4)"
    assert ("error", "P3", born) in found
    assert ("warning", None, "1 value(s) of sex cannot be read, in row(s) 5") in found
    assert {patient for _, patient, message in found if "differs" in message} == {"P2", "P3"}


def test_one_table_is_enough_where_the_images_have_headers_and_other_names_are_not_looked_for_there(study):
    found = told(study(sex={"clinical.csv": "sex"}, mrn={"clinical.csv": "patient_id"}))
    assert {patient for _, patient, message in found if "differs" in message} == {"P2"}
    alone = "same_person: mrn stands in 1 source(s); there is nothing to compare it with"
    assert ("warning", None, alone) in found


def test_without_being_asked_no_header_is_read(study, monkeypatch):
    from fusionkit.study import same_person

    monkeypatch.setattr(same_person, "_read_tag", lambda *_: pytest.fail("a header was read"))
    assert not [message for _, _, message in told(study()) if "differs" in message]
