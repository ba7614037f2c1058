"""No CSV that fusionkit writes holds a cell that a spreadsheet would run."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionkit._tables import neutralise, restore, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+", "-1|0"])
def test_a_formula_gets_an_apostrophe(text):
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("value", ["-1.5", "+3", "-1,5", "-1e-3", "-.5", "P001", "", "a=b", "'x", -1.5, None, True])
def test_numbers_and_plain_texts_stay(value):
    assert neutralise(value) is value


@given(st.text())
def test_what_is_neutralised_is_harmless_and_can_be_restored(text):
    safe = neutralise(text)
    assert neutralise(safe) == safe
    if safe != text:
        assert restore(safe) == text


def test_cells_names_and_index_are_written_safely_and_numbers_exactly(tmp_path):
    frame = pd.DataFrame(
        {"=name": ["=1+1", "ok"], "value": [-1 / 3, 2.0], "level": pd.Categorical(["-x", "y"])},
        index=pd.Index(["@id", "b"], name="patient"),
    )
    frame["seen"] = pd.to_datetime(["2020-01-02", None])
    write_csv(frame, tmp_path / "table.csv", index=True)
    assert (tmp_path / "table.csv").read_text() == (
        "patient,'=name,value,level,seen\n'@id,'=1+1,-0.3333333333333333,'-x,2020-01-02\nb,ok,2.0,y,\n"
    )
    assert frame["=name"].tolist() == ["=1+1", "ok"], "the frame itself is not changed"
