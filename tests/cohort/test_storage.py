"""A saved cohort comes back to the last digit and type; a damaged one is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Audit, Cohort, FlowStep, Outcome
from fusionkit.exceptions import Problem, StudyError

COVERAGE = tuple(
    {"modality": "ehr", "variable": "crp", "take": "nearest", "window": [-3.0, 1.5], "width_days": width}
    | {"widened_by_days": by, "n_patients": n, "n_total": 5}
    for width, by, n in ((4.5, 0.0, 3), (None, None, 5))
)
IDS = ["007", "08", "Ünï", "=1+1", "1e5"]


def make(index=None, **changes):
    index = pd.Index(IDS, name="patient", dtype=object) if index is None else index
    X = pd.DataFrame(
        {
            "ehr__age": [50.1, np.nan, np.nextafter(70, 71), -0.0, 1e-308],
            "ehr__sex": pd.Categorical(["f", None, "m", "f", "m"], ["m", "f", "never seen"]),
            "ehr__stage": pd.Categorical([3, 1, 1, None, 2], [3, 1, 2], ordered=True),
            "ehr__visits": np.array([1, 2, 3, 4, 2**62 + 1]),
            "ehr__count": pd.array([1, None, 3, 2**60 + 1, 5], dtype="Int64"),
            "ehr__flag": [True, False, True, False, True],
            "ehr__note": pd.Series(["a", None, "", "b", "NA"], dtype="str").array,
            "ehr__scan": pd.to_datetime(["2020-01-01T03:04:05.123456", None, *["2021-06-30"] * 3], format="ISO8601"),
            "ct__mean": np.array([1.5, 2.5, np.inf, 3.5, np.nan], dtype=np.float32),
        },
        index=index,
    )
    parts = {
        "X": X,
        "y": pd.Series([0, 1, 0, 1, 1], index=index, name="malignant"),
        "outcome": Outcome("malignant", ("no", "yes")),
        "groups": pd.Series(["A", "A", "B", "C", "D"], index=index, name="site"),
        "kinds": {"ehr": "record", "ct": "image"},
        "audit": Audit(
            (FlowStep("in clinical.csv", 6), FlowStep("analysed", 5)),
            (
                Problem("odd", "Look.", "warning", "08", "clinical.csv", 3, "age"),
                Problem("the mask is empty", patient="9"),
            ),
            COVERAGE,
            ({"modality": "ct", "patient": "08", "n_scans": 2, "reason": "the first of 2 scans"},),
        ),
        "units": {"ehr__age": "a"},
    }
    return Cohort(**(parts | changes))


@pytest.mark.parametrize(
    "index",
    [
        None,
        pd.Index(IDS, dtype="str"),
        pd.Index([3, 1, 2, 10**15, 5], name="id"),
        pd.CategoricalIndex(list("edcba"), categories=list("abcdef")),
    ],
    ids=["object", "str", "int", "categorical"],
)
def test_a_round_trip_keeps_everything(tmp_path, index):
    cohort = make(index)
    again = Cohort.load(cohort.save(tmp_path / "cohort"))
    pd.testing.assert_frame_equal(again.X, cohort.X, check_exact=True, check_freq=False)
    pd.testing.assert_series_equal(again.y, cohort.y)
    pd.testing.assert_series_equal(again.groups, cohort.groups)
    assert again.X.index.dtype == cohort.X.index.dtype
    assert again.X["ehr__sex"].cat.categories.tolist() == ["m", "f", "never seen"]
    assert again.X["ehr__stage"].cat.ordered
    assert np.signbit(again.X["ehr__age"].iloc[3])
    assert (again.outcome, again.kinds, again.units) == (cohort.outcome, cohort.kinds, cohort.units)
    assert list(again.kinds) == list(cohort.kinds)
    assert again.audit == cohort.audit
    assert (again.audit.coverage, again.audit.index_scans) == (COVERAGE, cohort.audit.index_scans)
    assert again.fingerprint() == cohort.fingerprint()


def test_a_cohort_saved_before_its_coverage_was_kept_still_loads(tmp_path):
    folder = make().save(tmp_path / "cohort")
    content = json.loads((folder / "cohort.json").read_text())
    del content["coverage"], content["index_scans"]
    (folder / "cohort.json").write_text(json.dumps(content))
    audit = Cohort.load(folder).audit
    assert (audit.coverage, audit.index_scans) == ((), ())
    assert audit.flow == make().audit.flow


def test_the_folder_holds_no_pickle_and_no_path(tmp_path):
    folder = make().save(tmp_path / "cohort")
    assert sorted(path.name for path in folder.iterdir()) == ["cohort.json", "features.parquet", "patients.parquet"]
    for path in folder.iterdir():
        assert str(tmp_path).encode() not in path.read_bytes()
    table = pd.read_parquet(folder / "features.parquet")
    assert table["patient"].tolist() == IDS
    assert table["ehr__sex"].dropna().tolist() == ["f", "m", "f", "m"]


def spoil(folder, name, change):
    path = folder / name
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("cohort.json", lambda b: b[:-40], "is damaged: cohort.json was cut short"),
        ("cohort.json", lambda b: b"[]", "cohort.json does not describe a cohort"),
        ("cohort.json", lambda b: b.replace(b'"kinds"', b'"kind"'), "cohort.json lacks a part"),
        ("cohort.json", lambda b: b.replace(b'cohort": 1', b'cohort": 2'), "has format 2; this fusionkit .* reads 1"),
        ("features.parquet", lambda b: b[:-10], "features.parquet was changed or cut short"),
        ("patients.parquet", lambda b: b + b" ", "patients.parquet was changed or cut short"),
    ],
)
def test_damage_and_unknown_formats_are_refused(tmp_path, name, change, message):
    folder = make().save(tmp_path / "cohort")
    spoil(folder, name, change)
    with pytest.raises(StudyError, match=message) as caught:
        Cohort.load(folder)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_or_folder_is_named(tmp_path):
    folder = make().save(tmp_path / "cohort")
    (folder / "patients.parquet").unlink()
    with pytest.raises(StudyError, match=r"damaged: patients.parquet is missing"):
        Cohort.load(folder)
    with pytest.raises(StudyError, match=r"nowhere is not a saved cohort: it has no cohort.json"):
        Cohort.load(tmp_path / "nowhere")


def test_nothing_is_overwritten_unasked(tmp_path):
    folder = make().save(tmp_path / "cohort")
    before = json.loads((folder / "cohort.json").read_text())
    with pytest.raises(StudyError, match=r"holds a saved cohort.*force=True"):
        make().save(folder)
    assert json.loads((folder / "cohort.json").read_text()) == before
    make(units={}).save(folder, force=True)
    assert Cohort.load(folder).units == {}
    (folder / "thesis.docx").write_text("years of work")
    for force in (False, True):
        with pytest.raises(StudyError, match="holds other files"):
            make().save(folder, force=force)
    with pytest.raises(StudyError, match=r"thesis.docx is a file"):
        make().save(folder / "thesis.docx")


def test_what_cannot_come_back_exactly_is_refused_before_anything_is_written(tmp_path):
    odd = make().X.assign(ehr__odd=[{1}, 2, "x", None, 4.0])
    with pytest.raises(TypeError, match="column 'ehr__odd' holds objects that are no text"):
        make(X=odd).save(tmp_path / "cohort")
    assert not list(tmp_path.iterdir())
