"""Each broken table, in each place of a study: one refusal with file, row and column, all faults at once, no output."""

import gzip
import re
import sqlite3

import pandas as pd
import pytest
import yaml

from fusionkit.exceptions import StudyError
from fusionkit.study import Study

CLINICAL = "patient_id,age,scan,event\n" + "".join(
    f"P{i},{40 + i},2021-03-10,{'yes' if i % 3 else 'no'}\n" for i in range(12)
)
LABS = "patient_id,time,name,value,unit\n" + "".join(f"P{i},2021-03-09,crp,{i},mg/L\n" for i in range(12))
BROKEN = {
    "truncated in a row": ("P12,51\n", "row 14: the row has 2 cells"),
    "truncated in quotes": ('"P12,51', "row 14: .*truncated"),
    "header again": (None, "row 14: the header stands here again"),
}


@pytest.fixture
def study(tmp_path):
    """A function that spoils one table of a good study and returns the study."""
    content = {
        "title": "t",
        "outcome": {"table": "clinical.csv", "column": "event", "positive": "yes"},
        "modalities": {
            "ehr": {
                "table": "clinical.csv",
                "columns": {"age": "number"},
                "events": {
                    "table": "labs.csv",
                    "anchor": "scan",
                    "variables": {"crp": {"window": ["-3d", "+1d"], "unit": "mg/L"}},
                },
            }
        },
    }

    def make(name=None, text=None, instead=None, **changes):
        tables = {"clinical.csv": CLINICAL, "labs.csv": LABS}
        written = content
        if name is not None:
            tables[name] = text
        if instead is not None:
            written = yaml.safe_load(yaml.safe_dump(content).replace(name, instead))
        for table, body in tables.items():
            (tmp_path / table).write_bytes(body if isinstance(body, bytes) else body.encode())
        (tmp_path / "study.yaml").write_text(yaml.safe_dump({**written, **changes}))
        return Study.read(tmp_path / "study.yaml")

    return make


def refused(study):
    """The text of what a run refuses; it leaves no result."""
    with pytest.raises(StudyError) as caught:
        study.run(study.folder / "out", n_jobs=1)
    written = [path.name for path in (study.folder / "out").glob("*") if path.is_file()]
    assert written == [], "a refused study leaves a result"
    text = str(caught.value)
    assert str(study.folder) not in text
    told = [str(problem) for problem in study.check()[0] if problem.severity == "error"]
    assert [problem for problem in told if problem not in text] == [], "check finds what run did not tell"
    return text


def test_the_study_is_good_before_it_is_spoilt(study):
    problems, cohort = study().check()
    assert problems == []
    assert cohort.X.shape == (12, 2)


@pytest.mark.parametrize("table", ["clinical.csv", "labs.csv"])
@pytest.mark.parametrize("fault", BROKEN)
def test_rows_that_are_cut_or_doubled(study, table, fault):
    good = {"clinical.csv": CLINICAL, "labs.csv": LABS}[table]
    tail, expected = BROKEN[fault]
    text = refused(study(table, good + (tail or good.partition("\n")[0] + "\n")))
    assert pd.Series([text]).str.contains(f"{table}, {expected}", regex=True).all(), text


@pytest.mark.parametrize("table", ["clinical.csv", "labs.csv"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"patient_id,age,scan,event\n", "the table has no rows"),
        (gzip.compress(CLINICAL.encode()) + b"\x00", "this is not a text file"),
        (
            b"patient_id,age,age,scan,event,time,name,value\nP1,1,2,3,4,5,6,7\n",
            "row 1, column age: the name stands twice",
        ),
        (
            b"patient_id,age,value\nid,years,mg/L\nP1,1,2\nP2,3,4\nP3,1,1\n",
            "row 2: this row looks like a second header",
        ),
        (b"patient_id,age\n1.0,4\n2.0,5\n", "row 2, column patient_id: 2 patient ids are decimals"),
        (b"case,age\n1,4\n2,5\n", "there is no column 'patient_id' to tell the patients by"),
    ],
)
def test_tables_that_are_no_tables(study, table, content, message):
    assert message in refused(study(table, content))


def test_dates_in_three_formats_and_dates_that_may_be_either(study):
    three = CLINICAL.replace("2021-03-10", "10.03.2021", 4).replace("2021-03-10", "03/25/2021", 4)
    text = refused(study("clinical.csv", three))
    assert "clinical.csv, column scan: the dates are written in several formats: YYYY-MM-DD (4), DD.MM.YYYY (4)" in text
    either = refused(study("labs.csv", LABS.replace("2021-03-09", "03/04/2021")))
    assert "labs.csv, column time: day and month cannot be told apart" in either
    assert "the type as 'date:DD/MM/YYYY' in the dictionary" in either
    (study().folder / "dictionary.csv").write_text("name,type\ntime,date:MM/DD/YYYY\n")
    told = study("labs.csv", LABS.replace("2021-03-09", "03/09/2021"), dictionary="dictionary.csv")
    assert told.cohort().X["ehr__crp"].tolist() == list(range(12))


def test_an_encoding_that_had_to_be_guessed_is_said_aloud_and_the_study_stands(study):
    latin = CLINICAL.replace("P1,", "Pé,").encode("latin-1")
    problems, cohort = study("clinical.csv", latin).check()
    assert "Pé" in cohort.X.index
    assert any(p.severity == "warning" and p.file == "clinical.csv" and "Latin-1" in str(p) for p in problems)


def test_merged_cells_of_a_workbook(study):
    from openpyxl import Workbook

    book = Workbook()
    for line in CLINICAL.splitlines():
        book.active.append(line.split(","))
    book.active.merge_cells("B3:B5")
    spoilt = study("clinical.csv", CLINICAL, instead="clinical.xlsx")
    book.save(spoilt.folder / "clinical.xlsx")
    assert "clinical.xlsx, row 3: the cells B3:B5 are merged" in refused(spoilt)


def test_what_the_database_answers(study):
    source = "sqlite:///ehr.db::SELECT patient_id, age, scan, event FROM patient"
    spoilt = study("clinical.csv", CLINICAL, instead=source)
    with sqlite3.connect(spoilt.folder / "ehr.db") as database:
        pd.read_csv(spoilt.folder / "clinical.csv").to_sql("patients", database, index=False)
    database.close()
    text = refused(spoilt)
    assert "query 'SELECT patient_id, age, scan, event FROM...': the database answered: no such table: patient" in text
    good = study("clinical.csv", CLINICAL, instead=f"{source}s")
    assert good.cohort().X["ehr__age"].tolist() == list(range(40, 52))


def test_a_broken_dictionary_is_told_together_with_broken_tables(study):
    (study().folder / "dictionary.csv").write_text("name,type\nage,nomber\n")
    text = refused(study("labs.csv", LABS + "P1,2\n", dictionary="dictionary.csv"))
    assert "dictionary.csv, row 2, column type: 'nomber' is not a type" in text
    assert "labs.csv, row 14: the row has 2 cells, the header 5" in text


OTHERS = {
    "images.csv": "patient_id,image,mask\n" + "".join(f"P{i},a.nii,b.nii\n" for i in range(12)),
    "codes.csv": "patient_id,code\n" + "".join(f"P{i},I10\n" for i in range(12)),
    "classes.csv": "code,class\nI10,hypertension\nC34*,cancer\nE11*,diabetes\n",
    "dictionary.csv": "name,type,label\nage,number,a\nscan,date,b\nevent,flag,c\n",
}


def a_column_twice(text):
    header, *rows = text.splitlines()
    return "\n".join([f"{header},{header.split(',')[1]}", *(f"{row},1" for row in rows)])


def another_name(text):
    return text.replace(text.partition(",")[0], "nobody", 1)


SPOILT = {
    "empty": (lambda text: "", "the file is empty"),
    "no rows": (lambda text: text.partition("\n")[0] + "\n", "the table has no rows"),
    "cut in quotes": (lambda text: text + '"cut', "the file is truncated"),
    "cut in a row": (lambda text: text.rstrip("\n").rpartition(",")[0] + "\n", "the file may be truncated"),
    "a column twice": (a_column_twice, "row 1, column .*: the name stands twice"),
    "header again": (lambda text: text + text.partition("\n")[0] + "\n", "the header stands here again"),
    "no text": (lambda text: gzip.compress(text.encode()) + b"\x00", "this is not a text file"),
    "no id": (another_name, "there is no column '(patient_id|code|name)'"),
}


@pytest.mark.parametrize("table", OTHERS)
@pytest.mark.parametrize("fault", SPOILT)
def test_images_codes_classes_and_the_dictionary_are_refused_as_other_tables_are(study, table, fault):
    good = study()
    for name, text in OTHERS.items():
        (good.folder / name).write_text(text)
    codes = {"dx": {"table": "codes.csv", "into": "classes.csv"}}
    modalities = {"ehr": {"table": "clinical.csv", "columns": ["age"], "codes": codes}}
    if table == "images.csv":
        modalities["ct"] = {"images": table}
    spoil, message = SPOILT[fault]
    spoilt = study(table, spoil(OTHERS[table]), dictionary="dictionary.csv", modalities=modalities)
    lines = [line for line in refused(spoilt).splitlines() if table in line]
    assert any(re.search(message, line) for line in lines), lines
