"""The record through the study file: dictionary, codes, texts, outcome dates, clocks and second identifiers."""

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.pipeline import make_pipeline

from fusionkit.ehr import make_record_encoder
from fusionkit.exceptions import StudyError
from fusionkit.study import Study

N = 24
IDS = [f"P{i:02d}" for i in range(1, N + 1)]


def clinical(**columns):
    """Two dozen patients of which every third has the event, all scanned on 10 March 2021 at noon."""
    frame = {
        "patient_id": IDS,
        "age": [str(40 + i) for i in range(N)],
        "scan": ["2021-03-10T12:00"] * N,
        "event": ["yes" if i % 3 == 0 else "no" for i in range(N)],
    }
    return pd.DataFrame({**frame, **columns}, dtype=object)


@pytest.fixture
def write(tmp_path):
    """Write tables and a study file; returns the study."""

    def write_study(modality=None, *, tables=None, outcome=None, **study):
        for name, table in {"clinical.csv": clinical(), **(tables or {})}.items():
            text = table if isinstance(table, str) else table.to_csv(index=False)
            (tmp_path / name).write_text(text)
        if set(modality or {}) == {"events"}:  # who has no measurement still has an age
            modality = {"columns": ["age"], **modality}
        content = {
            "title": "t",
            "outcome": {"table": "clinical.csv", "column": "event", "positive": "yes", **(outcome or {})},
            "modalities": {"ehr": {"table": "clinical.csv", **(modality or {"columns": ["age"]})}},
            **study,
        }
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(content))
        return Study.read(tmp_path / "study.yaml")

    return write_study


def check(study):
    """All problems as texts by (patient, column), and the cohort."""
    problems, cohort = study.check()
    found = {}
    for problem in problems:
        found.setdefault((problem.patient, problem.column), []).append(f"{problem.severity}: {problem}")
    return found, cohort


DICTIONARY = """name,type,unit,unit_in_file,analyte,low,high,levels,missing,defines_outcome
age,integer,years,,,18,110,,-9,
stage,ordinal,,,,,,I | II | III,,
sex,category,,,,,,1=female | 2=male,,
crea,number,umol/L,mg/dL,creatinine,20,1000,,,
biopsy,category,,,,,,,,yes
"""


def described(**changes):
    stage = ["I", "II", "III", "II"] * (N // 4)
    columns = {"stage": stage, "sex": ["1", "2"] * (N // 2), "crea": [f"{0.8 + i / 50:.2f}" for i in range(N)]}
    frame = clinical(**columns, biopsy=["a", "b"] * (N // 2))
    for column, values in changes.items():
        frame.loc[list(values), column] = list(values.values())
    return frame


def test_types_units_and_levels_come_from_the_dictionary(write):
    tables = {"clinical.csv": described(age={3: "-9"}), "dictionary.csv": DICTIONARY}
    columns = {"columns": ["age", "stage", "sex", "crea"]}
    found, cohort = check(write(columns, tables=tables, dictionary="dictionary.csv"))
    assert found == {}
    X = cohort.X
    assert np.isnan(X.loc["P04", "ehr__age"])
    assert X["ehr__stage"].tolist() == [0, 1, 2, 1] * (N // 4)
    assert X["ehr__sex"].cat.categories.tolist() == ["female", "male"]
    np.testing.assert_allclose(X["ehr__crea"], [round(0.8 + i / 50, 2) * 88.4 for i in range(N)], rtol=1e-3)


def test_every_breach_of_the_dictionary_is_listed_by_patient_at_once(write):
    frame = described(age={0: "200", 1: "4o"}, stage={2: "IV"}, sex={3: "3"}, crea={4: "95", 6: "96"}, biopsy={5: ""})
    study = write(
        {"columns": ["age", "stage", "sex", "crea"]},
        tables={"clinical.csv": frame, "dictionary.csv": DICTIONARY},
        dictionary="dictionary.csv",
        out_of_range="exclude",
    )
    found, cohort = check(study)
    assert {key: len(texts) for key, texts in found.items()} == {
        **{("P01", "age"): 1, ("P02", "age"): 1, ("P03", "stage"): 1, ("P04", "sex"): 1, ("P05", "crea"): 1},
        ("P07", "crea"): 1,
        (None, "crea"): 1,
    }
    assert found["P01", "age"] == [
        "error: clinical.csv, row 2, column age, patient P01: '200' is not within 18..110 years. "
        "Correct it or leave it empty."
    ]
    assert "'IV' is not one of the levels I, II, III" in found["P03", "stage"][0]
    assert "'95' is not within 20..1000 umol/L" in found["P05", "crea"][0]
    assert "look like two units" in found[None, "crea"][0], "the others say 1 mg/dL: 88.4 umol/L was written"
    assert cohort.X.index.tolist() == [patient for patient in IDS[5:] if patient != "P07"]


OLD = "clinical.csv, row 2, column age, patient P01: '200' is not within 18..110 years"
HIGH = "labs.csv, row 2, column crea, patient P03: 5304.1 is not within 20..1000 umol/L"


@pytest.mark.parametrize("rule", [None, "stop", "exclude", "missing", "keep"])
def test_what_becomes_of_a_value_out_of_range_is_decided_in_words_and_always_listed(write, rule):
    lines = "name,type,unit,analyte,low,high\nage,integer,years,,18,110\ncrea,number,umol/L,creatinine,20,1000\n"
    rows = [("P03", "2021-03-10T06:00", "60"), ("P03", "2021-03-09T06:00", "1.5")]
    rows += [(patient, "2021-03-10T06:00", "1.1") for patient in IDS if patient != "P03"]
    values = labs(*((patient, time, "crea", value, "mg/dL") for patient, time, value in rows))
    variables = {"crea": {"window": ["-3d", "+3d"]}}
    modality = {"columns": ["age"], "events": {"table": "labs.csv", "anchor": "scan", "variables": variables}}
    frame = clinical()
    frame.loc[0, "age"] = "200"
    tables = {"clinical.csv": frame, "labs.csv": values, "dictionary.csv": lines}
    decided = {} if rule is None else {"out_of_range": rule}
    study = write(modality, tables=tables, dictionary="dictionary.csv", **decided)
    found, cohort = check(study)
    [old], [high] = found["P01", "age"], found["P03", "crea"]
    assert OLD in old
    assert HIGH in high
    if rule in {None, "stop"}:
        assert cohort is None
        assert old.startswith("error")
        for column in ("age", "crea"):
            [asked] = found[None, column]
            assert "1 value(s) out of range, and the study does not say what becomes of them" in asked
            assert "decide in the study file with 'out_of_range: missing', keep, or exclude" in asked
        with pytest.raises(StudyError, match="does not say what becomes of them") as caught:
            study.cohort()
        assert OLD in str(caught.value)
        return
    assert (None, "age") not in found
    assert (None, "crea") not in found
    severity = "error" if rule == "exclude" else "warning"
    assert (old.partition(":")[0], high.partition(":")[0]) == (severity, severity)
    if rule == "exclude":
        assert cohort.audit.excluded["patient"].tolist() == ["P01", "P03"]
        return
    said = {"missing": "it counts as missing", "keep": "it is used as it is"}[rule]
    assert f"years; {said}" in old
    assert f"umol/L; {said}" in high
    assert len(cohort.y) == N
    if rule == "keep":
        assert cohort.X.loc["P01", "ehr__age"] == 200
        assert cohort.X.loc["P03", "ehr__crea"] == pytest.approx(60 * 88.4, rel=1e-3)
    else:
        assert np.isnan(cohort.X.loc["P01", "ehr__age"])
        assert cohort.X.loc["P03", "ehr__crea"] == pytest.approx(1.5 * 88.4, rel=1e-3), "the other value counts"


@pytest.mark.parametrize("rule", ["stop", "exclude", "missing", "keep"])
def test_a_range_that_a_fifth_of_the_values_breaks_is_a_wrong_range_whatever_the_rule(write, rule):
    frame = described(age=dict.fromkeys(range(N // 2), "500"))
    tables = {"clinical.csv": frame, "dictionary.csv": DICTIONARY}
    study = write({"columns": ["age"]}, tables=tables, dictionary="dictionary.csv", out_of_range=rule)
    with pytest.raises(StudyError, match=f"{N // 2} of {N} values are not within 18..110 years, such as '500'"):
        study.cohort()


def test_what_the_study_does_not_use_is_held_against_the_dictionary_with_warnings(write):
    tables = {"clinical.csv": described(stage={2: "IV"}), "dictionary.csv": DICTIONARY}
    found, cohort = check(write({"columns": ["age"]}, tables=tables, dictionary="dictionary.csv"))
    assert list(found) == [("P03", "stage")]
    assert found["P03", "stage"][0].startswith("warning: clinical.csv, row 4, column stage, patient P03")
    assert len(cohort.y) == N


def test_a_unit_column_converts_row_by_row_and_names_the_row_it_cannot(write):
    frame = described().assign(crea_unit=["mg/dL", "umol/L"] * (N // 2))
    frame.loc[1::2, "crea"] = "90"
    frame.loc[[4, 6], "crea_unit"] = ["", "mmHg"]
    dictionary = DICTIONARY.replace("umol/L,mg/dL", "umol/L,column:crea_unit")
    tables = {"clinical.csv": frame, "dictionary.csv": dictionary}
    found, cohort = check(write({"columns": ["crea"]}, tables=tables, dictionary="dictionary.csv"))
    assert "without its unit in the column 'crea_unit'" in found["P05", "crea"][0]
    assert "mmHg cannot be converted to umol/L" in found["P07", "crea"][0]
    assert cohort.X.loc["P01", "ehr__crea"] == pytest.approx(0.8 * 88.4, rel=1e-3)
    assert cohort.X.loc["P02", "ehr__crea"] == 90


def test_a_column_that_defines_the_outcome_is_refused(write):
    tables = {"clinical.csv": described(), "dictionary.csv": DICTIONARY}
    study = write({"columns": ["age", "biopsy"]}, tables=tables, dictionary="dictionary.csv")
    with pytest.raises(StudyError, match=r"column biopsy: gives the outcome away, as dictionary\.csv says"):
        study.cohort()


def test_names_that_no_table_has_are_one_error_with_the_nearest(write):
    extra = "agee,number,,,,,,,,\ncrp_max,number,,,,,,,,\n"
    tables = {"clinical.csv": described(), "dictionary.csv": DICTIONARY + extra}
    with pytest.raises(StudyError) as caught:
        write({"columns": ["age"]}, tables=tables, dictionary="dictionary.csv").cohort()
    [problem] = caught.value.problems
    assert problem.file == "dictionary.csv"
    assert (
        "names 2 column(s) that no table of the study has: 'agee' (Did you mean 'age'?); 'crp_max'" in problem.message
    )


def test_a_study_file_that_contradicts_the_dictionary_and_one_it_leaves_undescribed(write):
    tables = {"clinical.csv": described(), "dictionary.csv": DICTIONARY.replace("biopsy,category,,,,,,,,yes\n", "")}
    with pytest.raises(StudyError, match=r"the study file says category, dictionary\.csv says integer"):
        write({"columns": {"age": "category"}}, tables=tables, dictionary="dictionary.csv").cohort()
    found, _ = check(write({"columns": ["age", "biopsy"]}, tables=tables, dictionary="dictionary.csv"))
    assert "1 columns are used that the dictionary does not describe: biopsy" in found[None, None][0]


def test_the_outcome_may_be_named_by_its_label(write):
    coded = DICTIONARY + "result,category,,,,,,0=benign | 1=malignant,9,\n"
    result = ["1", "0", "0"] * (N // 3)
    frame = described().assign(result=[*result[:-2], "9", "7"])
    tables = {"clinical.csv": frame, "dictionary.csv": coded}
    outcome = {"column": "result", "positive": "malignant"}
    found, cohort = check(write({"columns": ["age"]}, tables=tables, dictionary="dictionary.csv", outcome=outcome))
    assert cohort.outcome.labels == ("benign", "malignant")
    assert cohort.y.tolist() == [1, 0, 0] * (N // 3 - 1) + [1]
    assert "the outcome is missing" in found["P23", "result"][0]
    assert [len(found["P24", "result"]), "'7' is not one of the levels" in found["P24", "result"][0]] == [1, True]


def test_mixed_units_and_codes_for_missing_are_suspected_without_a_dictionary(write):
    glucose = [f"{(90 + i) / (18.016 if i in (4, 7) else 1):.2f}" for i in range(N)]
    frame = clinical(glucose=glucose, bmi=["-9", *(f"{20 + i / 10}" for i in range(N - 1))])
    found, cohort = check(write({"columns": ["glucose", "bmi"]}, tables={"clinical.csv": frame}))
    assert (
        "mg/dL and mmol/L of glucose): 2 of 24 values are below the rest (patients P05, P08)"
        in found[None, "glucose"][0]
    )
    assert "1 values are -9" in found[None, "bmi"][0]
    assert len(cohort.y) == N


DIAGNOSES = """patient_id,icd10,date
P01,I21.0,2020-01-01
P01,E11.2,2021-03-10
P02,I50; C78.0,2020-05-05
P03,I21.0,2021-03-11
P04,angina,2020-01-01
P05,I50.0,
P99,I50.0,2020-01-01
"""


def test_codes_become_chapters_indices_and_classes_of_a_users_table(write):
    drugs = "patient_id,drug\nP01,Ramipril\nP01,C10AA05\nP02,aspirin\nP03,\n"
    classes = "code,class\nramipril,ace_inhibitor\nC10AA*,statin\naspirin,platelet\naspirin,nsaid\n"
    timed = {"table": "diagnoses.csv", "code": "icd10", "time": "date", "separator": ";"}
    codes = {
        "charlson": {**timed, "into": "charlson", "keep": ["heart_failure", "metastatic_cancer", "charlson"]},
        "icd": {**timed, "into": "chapters"},
        "elix": {**timed, "into": "elixhauser", "keep": "elixhauser"},
        "drug": {"table": "drugs.csv", "code": "drug", "into": "classes.csv"},
    }
    tables = {"diagnoses.csv": DIAGNOSES, "drugs.csv": drugs, "classes.csv": classes}
    modality = {"columns": {"age": "number"}, "anchor": "scan", "codes": codes}
    found, cohort = check(write(modality, tables=tables))
    X = cohort.X
    names = ["age", "charlson_heart_failure", "charlson_metastatic_cancer", "charlson"]
    assert X.columns[:4].tolist() == [f"ehr__{name}" for name in names]
    assert X.loc["P01", "ehr__charlson"] == 1 + 2, "infarction and complicated diabetes, of the day of the scan"
    assert X.loc["P02", [f"ehr__{name}" for name in names[1:]]].tolist() == [1, 1, 1 + 6]
    assert X.loc["P03", "ehr__charlson"] == 0, "known a day after the scan"
    assert X.loc["P05", "ehr__charlson_heart_failure"] == 0, "a code without a date may be of any time"
    assert X.loc["P01", ["ehr__icd_icd10_IX", "ehr__icd_icd10_IV", "ehr__icd_icd10_II"]].tolist() == [1, 1, 0]
    assert X.loc["P02", "ehr__elix_elixhauser"] == 7 + 12
    drug = X[["ehr__drug_ace_inhibitor", "ehr__drug_statin", "ehr__drug_platelet", "ehr__drug_nsaid"]]
    assert drug.loc[["P01", "P02", "P03"]].to_numpy().tolist() == [[1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]
    assert all("belong to no class, such as 'angina'" in text for text in found[None, "icd10"])


def test_codes_that_cannot_be_made_are_told(write):
    tables = {"diagnoses.csv": DIAGNOSES, "classes.csv": "code,group\nI50,heart\n"}
    codes = {
        "a": {"table": "diagnoses.csv", "code": "icd", "into": "charlson"},
        "b": {"table": "diagnoses.csv", "code": "icd10", "into": "classes.csv"},
        "c": {"table": "diagnoses.csv", "code": "icd10", "into": "charlson", "keep": ["stroke"]},
    }
    with pytest.raises(StudyError) as caught:
        write({"columns": ["age"], "codes": codes}, tables=tables).cohort()
    text = str(caught.value)
    assert "diagnoses.csv: has no column 'icd' (of the codes a). Did you mean 'icd10'?" in text
    assert "classes.csv: has no column 'class' (the classes of diagnoses.csv). There are: code, group" in text
    assert "'keep' names stroke, which charlson does not give. It gives myocardial_infarction" in text


NOTES = ["mass in the left lobe, smoker", "no mass, denies smoking", "left lobe clear", ""] * (N // 4)


def test_a_text_travels_in_X_and_becomes_topics_in_the_fold(write):
    modality = {"columns": {"age": "number", "note": "text"}}
    _, cohort = check(write(modality, tables={"clinical.csv": clinical(note=NOTES)}))
    assert cohort.X["ehr__note__text"].fillna("").tolist() == NOTES
    encoder = make_record_encoder(n_topics=2).fit(cohort.X)
    assert encoder.get_feature_names_out().tolist() == ["ehr__age", "ehr__note_topic1", "ehr__note_topic2"]
    train = cohort.X.iloc[:12]
    alone = make_pipeline(make_record_encoder()).fit(train)
    changed = pd.concat([train, cohort.X.iloc[12:].assign(ehr__note__text="other words")])
    pd.testing.assert_frame_equal(alone.transform(changed).iloc[:12], alone.transform(train), check_index_type=False)


def test_terms_are_flags_and_a_denied_term_is_none(write):
    words = {"smoking": ["smok*"], "mass": ["mass"]}
    modality = {"columns": {"age": "number"}, "terms": {"note": words}}
    _, cohort = check(write(modality, tables={"clinical.csv": clinical(note=NOTES)}))
    assert cohort.X["ehr__note_smoking"].tolist()[:3] == [1, 0, 0]
    assert cohort.X["ehr__note_mass"].tolist()[:3] == [1, 0, 0]
    assert np.isnan(cohort.X["ehr__note_mass"].iloc[3])
    german = {**modality, "terms": {"note": {"lobe": ["lobe"]}}, "negations": {"before": ["left"]}}
    _, cohort = check(write(german, tables={"clinical.csv": clinical(note=NOTES)}))
    assert cohort.X["ehr__note_lobe"].tolist()[:3] == [0, 0, 0]


def test_an_undeclared_text_is_refused_with_both_ways_out(write):
    notes = [f"{note} {i}" for i, note in enumerate(NOTES)]
    with pytest.raises(StudyError, match=r"column note: is free text.*'columns: \{note: category\}' or text"):
        write({"columns": ["note"]}, tables={"clinical.csv": clinical(note=notes)}).cohort()


def labs(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "time", "name", "value", "unit"])


CRP = {"crp": {"window": ["-3d", "+3d"], "unit": "mg/L"}}


def test_what_is_later_than_the_outcome_is_withheld_and_listed_by_patient(write):
    known = ["2021-03-12"] * (N - 3) + ["", "2021-03-01", "2021-03-11"]
    seen = ["2021-03-13" if i == 0 else "2021-03-08" for i in range(N)]
    values = labs(
        ("P01", "2021-03-11T00:00", "crp", "5", "mg/L"),
        ("P02", "2021-03-12T09:00", "crp", "7", "mg/L"),
        ("P22", "2021-03-12T09:00", "crp", "9", "mg/L"),
    )
    modality = {"columns": {"seen": "date"}, "events": {"table": "labs.csv", "anchor": "scan", "variables": CRP}}
    tables = {"clinical.csv": clinical(known=known, seen=seen), "labs.csv": values}
    found, cohort = check(write(modality, tables=tables, outcome={"date": "known"}))
    X = cohort.X
    assert X.loc["P01", "ehr__crp"] == 5
    assert np.isnan(X.loc["P02", "ehr__crp"])
    assert X.loc["P22", "ehr__crp"] == 9, "no outcome date, nothing is late"
    assert "1 values in the window are later than the outcome and were withheld as leakage" in found["P02", "crp"][0]
    assert "warning: labs.csv, row 3" in found["P02", "crp"][0]
    assert "this date is later than the outcome and is not used" in found["P01", "seen"][0]
    assert np.isnan(X.loc["P01", "ehr__seen_days"])
    assert X.loc["P02", "ehr__seen_days"] == -2
    assert "the scan is later than the outcome" in found["P23", "ehr"][0]
    assert "P23" not in X.index


def test_a_date_needs_a_scan_to_be_counted_from(write):
    with pytest.raises(StudyError, match=r"column scan: is a date.*Name the time of the scan with 'anchor'"):
        write({"columns": ["scan", "age"]}).cohort()


TAKES = {
    **{"nearest": 4.0, "last": 6.0, "first": 2.0, "min": 2.0, "max": 9.0, "mean": 21 / 4, "count": 4.0},
    "slope": np.polyfit([-2.0, -1.0, 0.5, 2.0], [2.0, 9.0, 4.0, 6.0], 1)[0],
}


@pytest.mark.parametrize(("take", "expected"), TAKES.items())
def test_every_take_and_delta_work_through_the_study_file(write, take, expected):
    days = {"2021-03-08T12:00": 2, "2021-03-09T12:00": 9, "2021-03-11T00:00": 4, "2021-03-12T12:00": 6}
    values = labs(*(("P01", time, "CRP", str(value), "mg/L") for time, value in days.items()))
    delta = take not in {"mean", "slope", "count"}
    variable = {"name": "CRP", "window": ["-3d", "+3d"], "take": take, "unit": "mg/L", "delta": delta}
    events = {"table": "labs.csv", "anchor": "scan", "variables": {"crp": variable}}
    _, cohort = check(write({"events": events}, tables={"labs.csv": values}))
    assert cohort.X.loc["P01", "ehr__crp"] == pytest.approx(expected, rel=1e-12)
    deltas = {"nearest": 0.5, "last": 2.0, "first": -2.0, "min": -2.0, "max": -1.0}
    if delta:
        assert cohort.X.loc["P01", "ehr__crp__delta_days"] == deltas[take]
    else:
        assert "ehr__crp__delta_days" not in cohort.X


def test_the_coverage_of_each_window_is_kept_with_the_cohort(write):
    values = labs(
        ("P01", "2021-03-10T06:00", "crp", "1", "mg/L"),
        ("P02", "2021-03-03T12:00", "crp", "2", "mg/L"),
        ("P03", "2020-01-01T12:00", "crp", "3", "mg/L"),
    )
    modality = {"events": {"table": "labs.csv", "anchor": "scan", "variables": CRP}}
    _, cohort = check(write(modality, tables={"labs.csv": values}))
    rows = pd.DataFrame(cohort.audit.coverage)
    assert rows[["modality", "variable", "take"]].drop_duplicates().to_numpy().tolist() == [["ehr", "crp", "nearest"]]
    kept = {row["width_days"]: row["n_patients"] for row in cohort.audit.coverage}
    assert kept == {6.0: 1, 8.0: 1, 12.0: 1, 20.0: 2, 34.0: 2, 66.0: 2, 186.0: 2, 736.0: 2, None: 3}
    assert {row["n_total"] for row in cohort.audit.coverage} == {N}
    assert cohort.audit.coverage[0]["window"] == [-3.0, 3.0]


def test_times_with_and_without_zone_meet_by_the_studys_time_zone(write):
    values = labs(("P01", "2021-03-10T14:30+00:00", "crp", "1", "mg/L"))
    variable = {"crp": {"window": ["0d", "+3h"], "unit": "mg/L", "delta": True}}
    modality = {"events": {"table": "labs.csv", "anchor": "scan", "variables": variable}}
    with pytest.raises(StudyError, match=r"labs.csv: times cannot be compared.*with zone.*timezone: UTC"):
        write(modality, tables={"labs.csv": values}).cohort()
    _, cohort = check(write(modality, tables={"labs.csv": values}, timezone="UTC"))
    assert cohort.X.loc["P01", "ehr__crp__delta_days"] == pytest.approx(2.5 / 24)
    _, cohort = check(write(modality, tables={"labs.csv": values}, timezone="Europe/Madrid"))
    assert np.isnan(cohort.X.loc["P01", "ehr__crp"]), "noon in Madrid is 11:00 UTC, three and a half hours before"
    with pytest.raises(StudyError, match="is no time zone; did you mean 'Europe/Madrid'"):
        write(modality, timezone="Europe/Madird")


def test_calendar_days_keep_a_value_of_the_same_day(write):
    values = labs(("P01", "2021-03-10", "crp", "1", "mg/L"))
    variable = {"crp": {"window": ["-3h", "+3h"], "unit": "mg/L"}}
    events = {"table": "labs.csv", "anchor": "scan", "variables": variable}
    found, cohort = check(write({"events": events}, tables={"labs.csv": values}))
    assert np.isnan(cohort.X.loc["P01", "ehr__crp"])
    assert "the times of events are dates, which count as midnight" in found[None, None][0]
    found, cohort = check(write({"events": {**events, "resolution": "day"}}, tables={"labs.csv": values}))
    assert cohort.X.loc["P01", "ehr__crp"] == 1
    assert found == {}


def test_a_dictionary_gives_measurements_their_unit_range_and_codes_for_missing(write):
    rows = [(patient, "2021-03-10T06:00", "CREA", f"{0.9 + i / 100:.2f}", "mg/dL") for i, patient in enumerate(IDS)]
    rows[2] = (*rows[2][:3], "60", "mg/dL")
    rows[3] = (*rows[3][:3], "-9", "mg/dL")
    rows.append(("P05", "2020-01-01", "CREA", "77", "mg/dL"))
    lines = "name,type,unit,analyte,low,high,missing\ncrea,number,umol/L,creatinine,20,1000,-9\n"
    variable = {"crea": {"name": "CREA", "window": ["-3d", "+3d"]}}
    modality = {"events": {"table": "labs.csv", "anchor": "scan", "variables": variable}}
    tables = {"labs.csv": labs(*rows), "dictionary.csv": lines}
    exclude = {"dictionary": "dictionary.csv", "out_of_range": "exclude"}
    found, cohort = check(write(modality, tables=tables, **exclude))
    assert cohort.X.loc["P01", "ehr__crea"] == pytest.approx(0.9 * 88.4, rel=1e-3)
    assert np.isnan(cohort.X.loc["P04", "ehr__crea"])
    [text] = found["P03", "crea"]
    assert "labs.csv, row 4, column crea, patient P03: 5304.1 is not within 20..1000 umol/L" in text
    assert "P03" not in cohort.X.index
    assert "P05" in cohort.X.index, "an absurd value outside the window concerns nobody"
    variable["crea"]["unit"] = "mmol/L"
    found, cohort = check(write(modality, tables=tables, **exclude))
    assert "5.3041 is not within 0.02..1 mmol/L" in found["P03", "crea"][0]


def test_units_of_the_dictionary_and_of_the_study_file_stand_in_table_one(write):
    values = labs(*((p, "2021-03-10T06:00", "CREA", f"{0.9 + i / 100:.2f}", "mg/dL") for i, p in enumerate(IDS)))
    lines = "name,type,unit,analyte\nage,integer,years,\nsex,category,,\nscan,date,,\ncrea,number,umol/L,creatinine\n"
    frame = clinical(sex=["f", "m"] * (N // 2), first=["2021-03-01"] * N)
    window = {"name": "CREA", "window": ["-3d", "+3d"]}
    variables = {
        "crea": {**window, "delta": True},
        "crea_mg": {**window, "unit": "mg/dL"},
        "crea_slope": {**window, "unit": "mg/dL", "take": "slope"},
        "crea_count": {**window, "unit": "mg/dL", "take": "count"},
    }
    modality = {"columns": ["age", "sex", "first"]}
    modality["events"] = {"table": "labs.csv", "anchor": "scan", "variables": variables}
    tables = {"clinical.csv": frame, "labs.csv": values, "dictionary.csv": lines}
    _, cohort = check(write(modality, tables=tables, dictionary="dictionary.csv"))
    assert cohort.units == {
        "ehr__age": "years",
        "ehr__first_days": "d",
        "ehr__crea": "umol/L",
        "ehr__crea__delta_days": "d",
        "ehr__crea_mg": "mg/dL",
        "ehr__crea_slope": "mg/dL/d",
    }
    assert {"age [years], mean (SD)", "crea [umol/L], mean (SD)"} <= set(
        cohort.summary().table().reset_index().variable
    )


def test_a_second_identifier_is_compared_and_no_date_of_birth_is_told(write):
    record = clinical(sex=["female", "male"] * (N // 2), born=["1960-05-17"] * N)
    values = labs(*((patient, "2021-03-10T06:00", "crp", "1", "mg/L") for patient in IDS))
    values["sex"] = ["F", "M"] * (N // 2)
    values["dob"] = "17.05.1960"
    values.loc[4, "sex"], values.loc[7, "dob"], values.loc[8, "sex"] = "M", "17.05.1961", "?"
    modality = {"events": {"table": "labs.csv", "anchor": "scan", "variables": CRP}}
    same = {"sex": "sex", "birth_year": {"clinical.csv": "born", "labs.csv": "dob"}}
    study = write(modality, tables={"clinical.csv": record, "labs.csv": values}, same_person=same)
    found, cohort = check(study)
    assert found == {
        ("P05", None): [
            "error: patient P05: sex differs between clinical.csv (row 6) and labs.csv (row 6). Is it the same "
            "patient? Correct the wrong one."
        ],
        ("P08", None): [
            "error: patient P08: birth year differs between clinical.csv (row 9) and labs.csv (row 9). Is it the same "
            "patient? Correct the wrong one."
        ],
    }
    assert {"P05", "P08"}.isdisjoint(cohort.X.index)
    alone = write(modality, tables={"clinical.csv": record, "labs.csv": values}, same_person={"mrn": "mrn"})
    assert "mrn stands in 0 source(s)" in check(alone)[0][None, None][0]


def test_a_password_has_no_place_in_a_study_file_and_an_address_none_in_a_message(write, tmp_path):
    with pytest.raises(StudyError, match="a database password has no place in a study file") as caught:
        write({"table": "postgresql://me:secret@host/db::SELECT 1", "columns": ["age"]})
    assert "secret" not in str(caught.value)
    source = "sqlite:///absent.db::SELECT patient_id, age FROM patients"
    with pytest.raises(StudyError, match=r"query 'SELECT patient_id, age FROM patients': there is no SQLite file"):
        write({"table": source, "columns": ["age"]}, id={source: "patient_id", "clinical.csv": "patient_id"}).cohort()
