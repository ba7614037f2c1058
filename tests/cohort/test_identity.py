"""A second identifier tells apart what an id has joined, in whatever way each side writes it, and keeps its values."""

import pandas as pd
import pytest

from fusionkit.cohort import compare_identifiers


def side(*values):
    return pd.DataFrame(
        {"patient": [f"P{i}" for i in range(len(values))], "value": values, "row": range(2, 2 + len(values))}
    )


@pytest.mark.parametrize(
    ("what", "one", "other", "agree"),
    [
        ("sex", "F", "female", True),
        ("sex", "w", "Weiblich", True),
        ("sex", "hombre", "M", True),
        ("sex", "m", "woman", False),
        ("birth_year", "1960", "17.05.1960", True),
        ("birth_year", "19600517", "1960-05-17", True),
        ("birth_date", "05/17/1960", "1961", False),
        ("initials", " a  b", "A B", True),
        ("initials", "AB", "AC", False),
        ("sex", None, "male", True),
    ],
)
def test_two_ways_of_writing_agree_or_do_not(what, one, other, agree):
    problems = compare_identifiers(what, {"a.csv": side(one), "b.csv": side(other)})
    assert [p.patient for p in problems] == ([] if agree else ["P0"])
    assert all(
        str(value) not in p.message.replace("a.csv", "").replace("row", "") for p in problems for value in (one, other)
    )


def test_a_table_may_contradict_itself_and_three_may_be_compared():
    events = pd.DataFrame({"patient": ["P0", "P0", "P1"], "value": ["f", "m", "m"], "row": [2, 3, 4]})
    [problem] = compare_identifiers("sex", {"labs.csv": events, "a.csv": side("f", "m"), "b.csv": side(None, "m")})
    assert problem.patient == "P0"
    assert problem.message == "sex differs between labs.csv (row 2) and labs.csv (row 3) and a.csv (row 2)"


def test_values_that_cannot_be_read_are_told_by_row_and_not_compared():
    [problem] = compare_identifiers("sex", {"a.csv": side("f", "intersex?"), "b.csv": side("f", "m")})
    assert (problem.severity, problem.file, problem.patient) == ("warning", "a.csv", None)
    assert "1 value(s) of sex cannot be read, in row(s) 3" in problem.message
    assert compare_identifiers("sex", {}) == []
