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


def test_before_a_reference_counts_also_for_a_single_scan():
    """A has three scans, B one before the reference, C one without a time, D one after it, E no reference."""
    later = SCANS.iloc[[1, 1]].assign(patient=["D", "E"], image=["d1", "e1"])
    scans = pd.concat([SCANS, later], ignore_index=True)
    reference = pd.Series(pd.to_datetime(["2020-02-01", "2020-01-06", "2020-01-06", "2020-01-04"]), index=list("ABCD"))
    chosen, problems = choose_index_scan(scans, "before", reference=reference)
    assert chosen["image"].to_dict() == {"A": "a2", "B": "b1"}, "a scan at the reference is not after it"
    assert chosen["reason"].tolist() == ["the latest of 3 scans that is not after the reference", "the only scan"]
    assert sorted(problem.patient for problem in problems) == ["C", "D", "E"]
    assert {problem.message for problem in problems} == {
        "the patient's only scan cannot be placed before the reference"
    }
    days = scans.assign(time=(scans["time"] - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=1))
    in_days = (reference - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=1)
    assert choose_index_scan(days, "before", reference=in_days)[0]["image"].to_dict() == {"A": "a2", "B": "b1"}
