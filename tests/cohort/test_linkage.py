"""Who is in the cohort, who is not, and why."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Audit, Cohort, Outcome, link_cohort
from fusionkit.exceptions import Problem, StudyError

OUTCOME = Outcome("malignant", ("no", "yes"))
KINDS = {"ehr": "record", "ct": "image"}


def tables(**changes):
    ids = ["P1", "P2", "P3", "P4"]
    ehr = pd.DataFrame({"age": [50.0, 60, 70, 80]}, index=ids)
    ct = pd.DataFrame({"mean": [1.0, 2, 3, 4]}, index=ids)
    return {"ehr": ehr, "ct": ct} | changes, pd.Series([0, 1, 0, 1], index=ids)


def test_everyone_complete_is_analysed():
    modalities, y = tables()
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    assert cohort.X.columns.tolist() == ["ehr__age", "ct__mean"]
    assert cohort.modalities == ("ehr", "ct")
    assert cohort.audit.excluded.empty
    assert [(step.label, step.n) for step in cohort.audit.flow][-1] == ("analysed", 4)
    assert "4 patients, 2 with malignant = yes" in repr(cohort)


def test_a_patient_in_one_table_only_is_left_out_by_name():
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].drop("P3")
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, sources={"ct": "images.csv"})
    assert cohort.X.index.tolist() == ["P1", "P2", "P4"]
    [row] = cohort.audit.excluded.to_dict("records")
    assert row["patient"] == "P3"
    assert row["reason"] == "not in images.csv"


@pytest.mark.parametrize("alike", ["p3", "P-3", "P03", " P3"])
def test_ids_that_look_alike_are_reported_and_not_joined(alike):
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].rename(index={"P3": alike})
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    assert "P3" not in cohort.X.index
    ways = cohort.audit.excluded.set_index("patient")["way_out"]
    assert repr(alike) in ways["P3"]
    assert "'P3'" in ways[alike]


def test_a_patient_with_an_error_is_left_out_once_and_the_flow_adds_up():
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].drop("P2")
    problems = [Problem("the mask is empty", patient="P2"), Problem("odd", severity="warning", patient="P1")]
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, problems=problems)
    assert cohort.audit.excluded["reason"].tolist() == ["the mask is empty"]
    assert len(cohort.audit.warnings) == 1
    flow = {step.label: step.n for step in cohort.audit.flow}
    assert flow["in any source"] == flow["left out"] + flow["analysed"] == 4


def test_one_class_left_is_refused_with_every_reason():
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].drop(["P2", "P4"])
    with pytest.raises(StudyError, match="only patients with 'no' are left") as caught:
        link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    assert {problem.patient for problem in caught.value.problems} == {None, "P2", "P4"}


def test_a_cohort_refuses_what_does_not_belong_together():
    X = pd.DataFrame({"ehr__age": [1.0, 2]}, index=["a", "b"])
    y, groups = pd.Series([0, 1], index=X.index), pd.Series(["a", "b"], index=X.index)
    parts = {"X": X, "y": y, "outcome": OUTCOME, "groups": groups, "kinds": {"ehr": "record"}, "audit": Audit(())}
    for change, message in [
        ({"y": y[::-1]}, "same patients in the same order"),
        ({"kinds": {"ct": "image"}}, r"differing: \['ct', 'ehr'\]"),
        ({"y": y * 0}, "one class only"),
        ({"X": X.rename(columns={"ehr__age": "age"})}, "column 'age' has no modality"),
    ]:
        with pytest.raises(ValueError, match=message):
            Cohort(**(parts | change))
    with pytest.raises(ValueError, match="two labels; 'stage' has 3"):
        Outcome("stage", ("I", "II", "III"))


def test_the_fingerprint_follows_the_data():
    modalities, y = tables()
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    again = link_cohort(tables()[0], y, OUTCOME, kinds=KINDS)
    modalities["ehr"].loc["P1", "age"] += 1e-12
    other = link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    assert cohort.fingerprint() == again.fingerprint() != other.fingerprint()


def lacking_ct(*patients, **options):
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].drop(list(patients))
    return link_cohort(modalities, y, OUTCOME, kinds=KINDS, **options)


@pytest.mark.parametrize("rule", ["available", "impute", {"ct": "available"}])
def test_a_patient_without_a_modality_is_kept_where_the_rule_says_so(rule):
    cohort = lacking_ct("P3", missing_modality=rule)
    assert cohort.X.index.tolist() == ["P1", "P2", "P3", "P4"]
    assert np.isnan(cohort.X.loc["P3", "ct__mean"])
    assert cohort.audit.problems == ()
    assert cohort.missingness()["n"].to_dict() == {"ehr + ct": 3, "ehr": 1}
    flow = {step.label: step.n for step in cohort.audit.flow}
    assert flow == {
        "in the outcome table": 4,
        "in ehr": 4,
        "in ct": 3,
        "in any source": 4,
        "left out": 0,
        "analysed": 4,
    }


def test_a_modality_without_a_rule_is_required():
    modalities, y = tables()
    modalities |= {"ehr": modalities["ehr"].drop("P1"), "ct": modalities["ct"].drop("P3")}
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, missing_modality={"ct": "available"})
    assert cohort.X.index.tolist() == ["P2", "P3", "P4"]
    assert cohort.audit.excluded["reason"].tolist() == ["not in ehr"]


def test_a_near_miss_is_told_of_a_patient_who_is_kept_without_the_modality():
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].rename(index={"P3": "p3"})
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, missing_modality="available")
    [warning] = cohort.audit.warnings
    assert (warning.patient, warning.message) == ("P3", "not in ct, and kept without it")
    assert "'p3'" in warning.way_out
    assert cohort.audit.excluded["patient"].tolist() == ["p3"]


def test_replaced_ids_are_compared_as_they_were_written():
    modalities, y = tables()
    modalities["ct"] = modalities["ct"].rename(index={"P3": "x9"})
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, written_as={"x9": "p-3"})
    assert "'x9'" in cohort.audit.excluded.set_index("patient")["way_out"]["P3"]


def test_nobody_without_any_value_is_analysed():
    modalities, y = tables()
    modalities = {name: frame.astype(float) for name, frame in modalities.items()}
    modalities["ehr"].loc["P1"] = np.nan
    modalities["ct"] = modalities["ct"].drop("P1")
    options = {"kinds": KINDS, "missing_modality": "available"}
    y["P5"] = 1
    cohort = link_cohort(modalities, y, OUTCOME, **options)
    reasons = cohort.audit.excluded.set_index("patient")["reason"].to_dict()
    assert reasons == {"P1": "has no value in any modality", "P5": "has an outcome and no modality"}
    modalities["ct"].loc[:] = np.nan
    with pytest.raises(StudyError, match="nobody who is analysed has ct"):
        link_cohort(modalities, y, OUTCOME, **options)


def test_a_required_row_without_values_is_told():
    modalities, y = tables()
    modalities["ct"].loc["P2"] = np.nan
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS)
    [warning] = cohort.audit.warnings
    assert warning.message == "1 patients (P2) have a row for ct and no value in it"
    strict = link_cohort(modalities, y, OUTCOME, kinds=KINDS, max_missing={"patient": 0.5})
    assert strict.audit.excluded["reason"].tolist() == ["more than 50 % of the columns of ct are missing"]
    assert strict.audit.warnings == []


def sparse():
    ids = [f"P{i}" for i in range(10)]
    ehr = pd.DataFrame({"age": np.arange(10.0), "crp": np.nan, "ldh": np.nan, "sex": 1.0}, index=ids)
    ehr.loc[ids[:4], "crp"] = 1.0
    ehr.loc[ids[2:9], "ldh"] = 1.0
    ehr.loc["P9", "sex"] = np.nan
    ct = pd.DataFrame({"mean": np.arange(10.0), "sd": np.nan}, index=ids)
    ct.loc[ids[:3], "sd"] = 2.0
    return {"ehr": ehr, "ct": ct.drop(ids[5:])}, pd.Series(np.arange(10) % 2, index=ids)


def test_columns_with_too_many_gaps_go_first_and_then_patients_by_name_and_reason():
    modalities, y = sparse()
    limits = {"column": 0.5, "patient": 0.5}
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, missing_modality="available", max_missing=limits)
    # crp is missing in 6 of 10; sd in 2 of the 5 who have ct, which is no more than half
    assert cohort.X.columns.tolist() == ["ehr__age", "ehr__ldh", "ehr__sex", "ct__mean", "ct__sd"]
    [warning] = cohort.audit.warnings
    assert warning.column == "ehr__crp"
    assert "missing in 60 % of the 10 patients who have ehr, more than the 50 %" in warning.message
    # P9 lacks ldh and sex, two of the three columns left
    excluded = cohort.audit.excluded
    assert excluded[["patient", "reason"]].values.tolist() == [
        ["P9", "more than 50 % of the columns of ehr are missing"]
    ]
    flow = {step.label: step.n for step in cohort.audit.flow}
    assert (flow["in any source"], flow["left out"], flow["analysed"]) == (10, 1, 9)


def test_which_columns_go_does_not_depend_on_the_outcome():
    modalities, y = sparse()
    options = {"kinds": KINDS, "missing_modality": "available", "max_missing": {"column": 0.35}}
    kept = {
        tuple(link_cohort(modalities, y.sample(frac=1, random_state=seed).set_axis(y.index), OUTCOME, **options).X)
        for seed in range(5)
    }
    assert kept == {("ehr__age", "ehr__ldh", "ehr__sex", "ct__mean")}


def test_a_modality_whose_columns_all_go_is_refused():
    modalities, y = sparse()
    ct = modalities["ct"]
    modalities["ct"] = ct.assign(mean=ct["mean"].where(ct["sd"].isna()))
    with pytest.raises(StudyError, match="no column of ct is left: each is missing in more than 20 %"):
        link_cohort(modalities, y, OUTCOME, kinds=KINDS, missing_modality="available", max_missing={"column": 0.2})


def test_hundreds_of_columns_stay_quick_where_patients_lack_them():
    """pandas warns of a fragmented frame, and warnings are errors here."""
    modalities, y = tables()
    modalities["ct"] = pd.DataFrame(0.0, index=["P1", "P2"], columns=[f"f{i}" for i in range(150)])
    cohort = link_cohort(modalities, y, OUTCOME, kinds=KINDS, missing_modality="available")
    assert len(cohort.fingerprint()) == 64
    assert cohort.X.isna().sum().sum() == 300


def test_ids_of_a_long_table_that_only_look_like_a_patients_are_one_warning():
    from fusionkit.cohort.near_misses import near_miss_warning

    known = ["007", "P-10", "12", "Ab 3"]
    problem = near_miss_warning(["7", "p10", "12", "ab3", "99"], known, file="labs.csv")
    assert str(problem) == (
        "labs.csv: 3 ids differ from a patient's in zeros, case, spaces or dashes: 7 looks like 007, ab3 looks like "
        "Ab 3, p10 looks like P-10. Ids must be equal to be joined: correct them in one of the tables."
    )
    assert problem.severity == "warning"
    assert near_miss_warning(["007", "99"], known, file="labs.csv") is None
    hashed = near_miss_warning(["pa"], ["pb"], file="labs.csv", written_as={"pa": "7", "pb": "007"})
    assert "pa looks like pb" in hashed.message
