"""Which modalities patients have, counted; and a cohort in a notebook, safe with hostile names."""

import numpy as np
import pandas as pd

from fusionkit.cohort import Audit, Cohort, FlowStep, Outcome, missingness_by_patient

X = pd.DataFrame(
    {
        "ehr__age": [50.0, 60, 70, np.nan, 55],
        "ehr__sex": pd.Categorical(["f", None, "m", "f", None]),
        "ct__mean": [1.0, np.nan, np.nan, 2.0, np.nan],
        "ct__sd": [np.nan, np.nan, np.nan, 1.0, np.nan],
    },
    index=["a", "b", "c", "d", "e"],
)
Y = pd.Series([0, 1, 0, 1, 1], index=X.index)


def cohort(**changes):
    parts = {
        "X": X,
        "y": Y,
        "outcome": Outcome("malignant", ("no", "yes")),
        "groups": X.index.to_series(),
        "kinds": {"ehr": "record", "ct": "image"},
    }
    return Cohort(**(parts | changes))


def test_patterns_are_counted_with_their_events():
    patterns = cohort().missingness()
    assert patterns.index.tolist() == ["ehr", "ehr + ct"]
    assert patterns["n"].tolist() == [3, 2]
    assert patterns["n_events"].tolist() == [2, 1]
    assert patterns.loc["ehr", ["ehr", "ct"]].tolist() == [True, False]
    assert patterns["share"].sum() == 1


def test_each_patient_is_told_in_words_what_is_in_part_and_what_is_absent():
    expected = ["ct in part", "ehr in part, ct absent", "ct absent", "ehr in part", "ehr in part, ct absent"]
    assert missingness_by_patient(X).tolist() == expected
    both = X.assign(ehr__age=None, ehr__sex=None, ct__mean=1.0, ct__sd=2.0)
    assert missingness_by_patient(both).tolist() == ["ehr absent"] * 5
    assert missingness_by_patient(both.assign(ehr__age=1.0, ehr__sex="f")).tolist() == ["complete"] * 5


def test_missing_shares_of_all_and_of_those_who_have_the_modality():
    table = cohort().missing_values()
    assert table["n_missing"].tolist() == [1, 2, 3, 4]
    assert table.loc["ct__sd"].tolist() == ["ct", 4, 0.8, 0.5]
    assert table.loc["ct__mean", "share_of_present"] == 0


def test_a_notebook_shows_patients_modalities_patterns_and_flow():
    page = cohort(audit=Audit((FlowStep("in clinical.csv", 9), FlowStep("analysed", 5))))._repr_html_()
    for text in ("5 patients, 3 with malignant = yes (60.0 %)", "in clinical.csv", "ehr + ct", "image"):
        assert text in page


def test_hostile_names_stay_text_in_a_notebook():
    evil = '<img src=x onerror="alert(1)">'
    page = cohort(outcome=Outcome(evil, (evil, evil)), audit=Audit((FlowStep(evil, 5),)))._repr_html_()
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;") == 3
