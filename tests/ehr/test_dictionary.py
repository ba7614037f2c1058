"""The dictionary is drafted from the data, corrected by a person, and enforced by patient and row."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.ehr import (
    apply_dictionary,
    check_against,
    coerce_columns,
    draft_dictionary,
    infer_types,
    read_dictionary,
    read_table,
)
from fusionkit.exceptions import StudyError

RECORD = """id,age,sex,stage,creatinine,smoker,seen,note
P1,61,1,II,1.0,yes,2020-03-04,ok
P2,-9,2,III,2.0,no,2020-03-05,ok
P3,200,1,I,0.5,no,2020-03-06,ok
P4,45,3,IV,1.5,maybe,2120-03-06,ok
P5,50,2,II,1.1,yes,2020-03-08,ok
P6,52,2,II,1.2,yes,2020-03-09,ok
"""
DICTIONARY = """name,label,type,unit,unit_in_file,low,high,levels,missing,loinc,defines_outcome
age,Age,number,years,,18,110,,-9,30525-0,
sex,Sex,category,,,,,1=female | 2=male,,,
stage,Stage,ordinal,,,,,I | II | III | IV,,,
creatinine,Creatinine,number,µmol/L,mg/dL,0,,,,2160-0,
smoker,Smoker,flag,,,,,,,,
seen,First visit,date,,,,,,,,
note,Note,text,,,,,,,,yes
"""


@pytest.fixture
def write(tmp_path):
    def write_file(content, name):
        (tmp_path / name).write_text(content)
        return tmp_path / name

    return write_file


def test_the_record_comes_out_typed_converted_and_with_every_breach(write):
    table = read_table(write(RECORD, "ehr.csv"), id_column="id")
    frame, problems = apply_dictionary(table, read_dictionary(write(DICTIONARY, "dictionary.csv")))
    assert frame["age"].fillna(-1).tolist() == [61, -1, 200, 45, 50, 52]
    assert frame["sex"].cat.categories.tolist() == ["female", "male"]
    assert frame["sex"].fillna("male").tolist() == ["female", "male", "female", "male", "male", "male"]
    assert frame["stage"].tolist() == [1, 2, 0, 3, 1, 1]
    np.testing.assert_allclose(frame["creatinine"], np.array([1, 2, 0.5, 1.5, 1.1, 1.2]) * 88.4, rtol=1e-3)
    found = {(problem.patient, problem.row, problem.column): problem.message for problem in problems}
    assert found == {
        ("P3", 4, "age"): "'200' is not within 18..110 years",
        ("P4", 5, "sex"): "'3' is not one of the levels female, male",
        ("P4", 5, "smoker"): "'maybe' is not yes or no",
        ("P4", 5, "seen"): "'2120-03-06' is not a possible date (from 1900 to today)",
    }
    assert {problem.severity for problem in problems} == {"error"}
    assert check_against(table, read_dictionary(write(DICTIONARY, "dictionary.csv"))) == problems


def test_absent_and_undeclared_columns_are_named(write):
    table = read_table(write("id,aeg,x\nP1,61,1\n", "ehr.csv"), id_column="id")
    dictionary = read_dictionary(write("name,type\nage,number\n", "dictionary.csv"))
    frame, (absent, extra) = apply_dictionary(table, dictionary)
    assert frame.shape == (1, 0)
    assert absent.severity == "error"
    assert "Did you mean 'aeg'?" in absent.way_out
    assert extra.severity == "warning"
    assert "2 columns are not in the dictionary and are not used: aeg, x" in extra.message


def test_a_code_for_missing_is_suspected_where_no_range_is_declared(write):
    rows = "".join(f"P{i},{50 + i},{20 + i / 10}\n" for i in range(8))
    table = read_table(write(f"id,age,bmi\n{rows}P8,999,-9\n", "ehr.csv"), id_column="id")
    dictionary = read_dictionary(write("name,type\nage,number\nbmi,number\n", "dictionary.csv"))
    problems = check_against(table, dictionary)
    assert [(problem.column, problem.severity) for problem in problems] == [("age", "warning"), ("bmi", "warning")]
    assert "1 values are 999, far from all others" in problems[0].message
    declared = read_dictionary(write("name,type,missing\nage,number,999\nbmi,number,-9.0\n", "dictionary.csv"))
    frame, problems = apply_dictionary(table, declared)
    assert problems == []
    assert frame.iloc[8].isna().all()


def test_a_column_of_two_units_is_suspected_with_its_patients(write):
    rows = "".join(f"P{i},{(90 + i) / (18.016 if i in (4, 7) else 1):.2f}\n" for i in range(20))
    table = read_table(write(f"id,glucose\n{rows}", "ehr.csv"), id_column="id")
    (problem,) = check_against(table, read_dictionary(write("name,type\nglucose,number\n", "dictionary.csv")))
    assert (problem.severity, problem.file, problem.column) == ("warning", "ehr.csv", "glucose")
    assert "mg/dL and mmol/L of glucose" in problem.message
    assert "(patients P4, P7)" in problem.message


def test_every_fault_of_a_dictionary_is_found_at_once(write):
    lines = "age,real,,,,\ncrp,number,mgl,5,1,\nstage,ordinal,,,,I\nsex,category,,,,f | f\nage,number,,x,,\n"
    with pytest.raises(StudyError) as raised:
        read_dictionary(write(f"name,type,unit,low,high,levels\n{lines}", "dictionary.csv"))
    found = [(problem.row, problem.column) for problem in raised.value.problems]
    assert found == [(2, "type"), (3, "low"), (3, "unit"), (4, "levels"), (5, "levels"), (6, "low"), (6, "name")]
    assert {problem.file for problem in raised.value.problems} == {"dictionary.csv"}
    assert "Did you mean mg/L" in str(raised.value)


def test_a_dictionary_with_other_columns_is_refused_with_the_nearest(write):
    with pytest.raises(StudyError, match="Did you mean 'unit'"):
        read_dictionary(write("name,type,units\nage,number,a\n", "dictionary.csv"))
    with pytest.raises(StudyError, match="no column 'type'"):
        read_dictionary(write("name,label\nage,Age\n", "dictionary.csv"))
    with pytest.raises(StudyError, match="no column 'name'"):
        read_dictionary(write("variable,type\nage,number\n", "dictionary.csv"))


@pytest.mark.parametrize("folder", ["heart", "mammographic"])
def test_a_draft_of_real_data_is_a_dictionary_that_the_data_keep(real_data, tmp_path, folder):
    table = read_table(real_data / folder / f"{folder}.csv", id_column="patient_id")
    draft_dictionary(table).to_csv(tmp_path / "dictionary.csv", index=False)
    dictionary = read_dictionary(tmp_path / "dictionary.csv")
    frame, problems = apply_dictionary(table, dictionary)
    assert problems == []
    pd.testing.assert_frame_equal(frame, coerce_columns(table, infer_types(table))[0])


def test_the_breast_ultrasound_record_is_drafted_then_corrected(real_data, tmp_path):
    table = read_table(real_data / "breast_ultrasound" / "clinical.csv", id_column="CaseID")
    expected = pd.read_csv(real_data / "breast_ultrasound" / "clinical.csv", na_values=["not available"])
    draft = draft_dictionary(table).set_index("name")
    assert draft.loc["Age", ["type", "low", "high"]].tolist() == [
        "integer",
        f"{expected['Age'].min():g}",
        f"{expected['Age'].max():g}",
    ]
    assert draft.loc["Halo", "levels"] == "no | not applicable | yes"
    draft.loc["BIRADS", ["type", "levels"]] = ["ordinal", "1 | 2 | 3 | 4a | 4b | 4c | 5"]
    draft.loc["Age", ["low", "high", "unit"]] = ["18", "100", "years"]
    draft.loc["Halo", "missing"] = "not applicable"
    draft.loc["Halo", "levels"] = "no | yes"
    draft.loc[["BIRADS", "Interpretation", "Diagnosis", "Verification"], "defines_outcome"] = "yes"
    draft.reset_index().to_csv(tmp_path / "dictionary.csv", index=False)
    dictionary = read_dictionary(tmp_path / "dictionary.csv")
    frame, problems = apply_dictionary(table, dictionary)
    assert [problem for problem in problems if problem.column in {"BIRADS", "Age", "Halo"}] == []
    pd.testing.assert_series_equal(frame["Age"], expected["Age"].astype(float))
    order = {level: float(rank) for rank, level in enumerate(["1", "2", "3", "4a", "4b", "4c", "5"])}
    assert frame["BIRADS"].tolist() == expected["BIRADS"].map(order).tolist()
    assert frame["Halo"].value_counts().to_dict() == {
        "no": (expected["Halo"] == "no").sum(),
        "yes": (expected["Halo"] == "yes").sum(),
    }
    assert [name for name, variable in dictionary.items() if variable.defines_outcome] == [
        "Interpretation",
        "BIRADS",
        "Verification",
        "Diagnosis",
    ]


REDCAP_HEADER = [
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number"),
    *("Text Validation Min", "Text Validation Max", "Identifier?"),
]
REDCAP_FIELDS = """
record_id,base,,text,Record ID,,,,,,
dob,base,,text,Date of birth,,,date_dmy,,,y
sex,base,,radio,Sex,"1, Female | 2, Male",,,,,
ecog,base,,dropdown,ECOG,"0, Fully active | 1, Restricted, but walking",,,,,
crp,base,,text,CRP,,mg/L,number,0,500,
drugs,base,,checkbox,Drugs,"a, Aspirin | -1, None",,,,,
ok,base,,yesno,Consent,,,,,,
score,base,,calc,Score,[crp] * 2,,,,,
intro,base,,descriptive,Welcome,,,,,,
"""


def test_a_redcap_dictionary_is_read_as_ours(write):
    dictionary = read_dictionary(
        write(",".join(f'"{column}"' for column in REDCAP_HEADER) + REDCAP_FIELDS, "redcap.csv")
    )
    types = {name: variable.type for name, variable in dictionary.items()}
    assert types == {
        **{"record_id": "text", "dob": "date", "sex": "category", "ecog": "category", "crp": "number"},
        **{"drugs___a": "flag", "drugs____1": "flag", "ok": "flag", "score": "number"},
    }
    assert dictionary["ecog"].levels == ("Fully active", "Restricted, but walking")
    assert (dictionary["crp"].low, dictionary["crp"].high) == (0.0, 500.0)
    export = "record_id,dob,sex,ecog,crp,drugs___a,drugs____1,ok,score\n"
    export += "1,1960-02-03,1,0,12.5,1,0,1,25\n2,1970-12-03,2,1,600,0,1,0,\n"
    table = read_table(write(export, "export.csv"), id_column="record_id")
    frame, (problem,) = apply_dictionary(table, dictionary)
    assert frame["sex"].tolist() == ["Female", "Male"]
    assert frame["drugs____1"].tolist() == [0.0, 1.0]
    assert frame["dob"].dt.day.tolist() == [3, 3]
    assert (problem.patient, problem.column) == ("2", "crp")
