"""Who is in the cohort, who is not, and why."""

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
