"""Pseudonyms are HMAC-SHA256, the key is its owner's, and what is told of a patient holds no value of his."""

import os
import stat

import pandas as pd
import pytest

from fusionkit.cohort.pseudonyms import Pseudonyms, make_key, read_key, write_private
from fusionkit.exceptions import Problem, StudyError


def test_the_published_vectors_of_hmac_sha256():
    """RFC 4231, test cases 1 and 2."""
    assert Pseudonyms(b"\x0b" * 20).of("Hi There") == "pb0344c61d8db"
    assert Pseudonyms(b"Jefe", digits=64).of("what do ya want for nothing?") == (
        "p5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_the_same_key_gives_the_same_pseudonyms_and_another_key_others():
    key = make_key()
    ids = [f"P{i}" for i in range(200)]
    first, again, other = ([Pseudonyms(k).of(i) for i in ids] for k in (key, key, make_key()))
    assert first == again
    assert len(set(first)) == 200
    assert not set(first) & set(other)


def test_two_patients_with_one_pseudonym_are_refused_without_naming_them():
    pseudonyms = Pseudonyms(bytes(32), digits=1)
    with pytest.raises(StudyError, match="two patients have the pseudonym") as caught:
        [pseudonyms.of(f"Doe-{i}") for i in range(17)]
    assert "Doe" not in str(caught.value)


def test_a_new_key_is_for_its_owner_alone_and_is_read_again(tmp_path):
    key = read_key(tmp_path / "deep" / "pseudonym.key")
    path = tmp_path / "deep" / "pseudonym.key"
    assert len(key) == 32
    assert read_key(path) == key
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        with pytest.raises(StudyError, match=r"can be read by others. Take their rights away: chmod 600"):
            read_key(path)


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31])
def test_a_file_that_is_no_key_is_refused(tmp_path, text):
    write_private(tmp_path / "my.key", text)
    with pytest.raises(StudyError, match=r"my.key does not hold 64 hexadecimal digits") as caught:
        read_key(tmp_path / "my.key")
    assert str(tmp_path) not in str(caught.value)


@pytest.fixture
def table():
    from fusionkit.ehr import Table

    frame = pd.DataFrame(
        {
            "id": ["Doe-17", "23", None],
            "image": ["scans/Jane Doe/ct.nii.gz", "scans/23_ct.nii.gz", "x.nii"],
            "note": ["67", "f", "g"],
        },
        dtype="str",
    )
    return Table(frame, pd.Series([2, 3, 4]).to_numpy(), "images.csv", "id")


def test_a_table_carries_pseudonyms_and_keeps_a_missing_id_missing(table):
    pseudonyms = Pseudonyms(bytes(32))
    hashed = pseudonyms.of_table(table)
    assert hashed.ids.tolist()[:2] == [pseudonyms.of("Doe-17"), pseudonyms.of("23")]
    assert hashed.ids.isna().tolist() == [False, False, True]
    assert table.ids.tolist()[0] == "Doe-17"
    assert pseudonyms.written_as[pseudonyms.of("23")] == "23"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("'sixty-7' is not a number", "(withheld) is not a number"),
        ('"O\'Brien" is not one of the levels', "(withheld) is not one of the levels"),
        ("there is no file scans/Jane Doe/ct.nii.gz", "there is no file (file)"),
        ("ct.nii.gz cannot be read", "(file) cannot be read"),
        ("taken 2021-03-01T11:36:00 and 3.4.2021", "taken (date) and (date)"),
        ("value 512.5 above 110", "value # above #"),
        ("the scan of Doe-17_a is odd", "the scan of {}_a is odd"),
        ("is it the one written 'Doe-17' there", "is it the one written '{}' there"),
    ],
)
def test_a_patients_problem_keeps_its_place_and_loses_its_values(table, message, expected):
    pseudonyms = Pseudonyms(bytes(32))
    doe = pseudonyms.of_table(table).ids[0]
    problem = Problem(message, "Look at 67.", patient=doe, file="images.csv", row=2, column="note")
    scrubbed = pseudonyms.scrub(problem)
    assert scrubbed.message == expected.format(doe)
    assert scrubbed.way_out == "Look at #."
    assert scrubbed.place == problem.place


def test_a_list_of_patients_keeps_the_pseudonyms_alone(table):
    pseudonyms = Pseudonyms(bytes(32))
    one, two = pseudonyms.of_table(table).ids[:2]
    warning = Problem(f"2 images ({one}, {two}), the first: 23_ct.nii.gz has 12 voxels", severity="warning")
    assert pseudonyms.scrub(warning).message == f"# images ({one}, {two}), the first: (file) has # voxels"


def test_what_concerns_the_study_stays_readable(table):
    pseudonyms = Pseudonyms(bytes(32))
    pseudonyms.of_table(table)
    problem = Problem("has no column 'agee' (a feature of ehr)", "Did you mean 'age'?", file="clinical.csv")
    assert pseudonyms.scrub(problem) == problem
    dated = Problem("day and month cannot be told apart, such as 03/04/2021", file="clinical.csv", column="scan")
    assert pseudonyms.scrub(dated).message.endswith("such as (date)")
