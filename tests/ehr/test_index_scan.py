"""One scan per patient is the index, and the table says why."""

import pandas as pd
import pytest

from fusionkit.ehr import choose_index_scan

SCANS = pd.DataFrame(
    {
        "patient": ["A", "B", "A", "A", "C"],
        "time": pd.to_datetime(["2020-02-01", "2020-01-05", "2020-01-01", "2020-03-01", None]),
        "image": ["a2", "b1", "a1", "a3", "c1"],
    }
)


@pytest.mark.parametrize(
    ("take", "reference", "image", "reason"),
    [
        ("first", None, "a1", "the earliest of 3 scans"),
        ("last", None, "a3", "the latest of 3 scans"),
        ("nearest", "2020-02-10", "a2", "the closest to the reference of 3 scans"),
        ("nearest", "2020-01-16 12:00", "a1", "the closest to the reference of 3 scans"),
    ],
)
def test_the_index_scan_is_chosen_by_time(take, reference, image, reason):
    reference = reference and pd.Series(pd.Timestamp(reference), index=["A", "B", "C"])
    chosen, problems = choose_index_scan(SCANS, take, reference=reference)
    assert problems == []
    assert chosen.loc["A", ["image", "n_scans", "reason"]].tolist() == [image, 3, reason]
    assert chosen.loc["B", ["image", "reason"]].tolist() == ["b1", "the only scan"]
    assert chosen.loc["C", "image"] == "c1"
    assert chosen.columns.tolist() == ["time", "image", "n_scans", "reason"]


def test_the_order_of_the_rows_does_not_matter():
    first, _ = choose_index_scan(SCANS)
    second, _ = choose_index_scan(SCANS.iloc[::-1])
    pd.testing.assert_frame_equal(first.sort_index(), second.sort_index())


def test_scans_that_cannot_be_told_apart_are_named():
    scans = pd.concat([SCANS, SCANS.iloc[[2, 4]].assign(image=["again", "c2"])])
    chosen, (lost, tied) = choose_index_scan(scans, name="images.csv")
    assert (lost.patient, lost.severity, lost.file) == ("C", "error", "images.csv")
    assert "none of the patient's 2 scans" in lost.message
    assert (tied.patient, tied.severity) == ("A", "warning")
    assert chosen.loc["A", "image"] == "a1"
    assert "C" not in chosen.index


def test_what_cannot_be_chosen_by_is_refused():
    with pytest.raises(ValueError, match="take is one of first, last, nearest"):
        choose_index_scan(SCANS, "best")
    with pytest.raises(ValueError, match="go together"):
        choose_index_scan(SCANS, "nearest")
