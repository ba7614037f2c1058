"""The comments of a drafted study file: each is a key that can be uncommented, and none that exists is missing."""

import re

import pandas as pd
import pytest

from fusionkit.study import draft_study, read_study_file
from fusionkit.study.modalities import Events, ImageModality, RecordModality
from fusionkit.study.schema import OutcomeSpec, StudySpec

COMMENTED = re.compile(r"^( *)# (\w+: .*|- .*)$", re.MULTILINE)
NEEDS = {"index": "time"}
UNNAMED = {"kind"}
"""Keys that a draft need not show: the outcome has one kind today."""


@pytest.fixture
def draft(tmp_path):
    """A function that drafts a study of the tables wanted and returns its text."""
    n = 12
    ids = [f"P{i}" for i in range(n)]
    clinical = pd.DataFrame(
        {
            "patient_id": ids,
            "age": [40 + i for i in range(n)],
            "sex": ["f", "m"] * (n // 2),
            "scan_date": ["2021-03-10"] * n,
            "note": [f"free words {i} of patient {i * 7}" for i in range(n)],
            "event": ["yes", "no", "no"] * (n // 3),
        }
    )
    labs = {"patient_id": ids, "time": "2021-03-09", "name": "CRP: high", "value": range(n), "unit": "mg/L"}
    tables = {"clinical": clinical, "events": pd.DataFrame(labs)}
    tables["images"] = pd.DataFrame({"patient_id": ids, "image": "a.nii", "mask": "b.nii"})
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)

    def make(*wanted):
        paths = {name: tmp_path / f"{name}.csv" for name in wanted}
        made = draft_study(tmp_path / "clinical.csv", outcome="event", out=tmp_path / "study.yaml", **paths)
        return made.study

    return make


def read(tmp_path, text):
    (tmp_path / "study.yaml").write_text(text)
    return read_study_file(tmp_path / "study.yaml")


WANTED = [(), ("events",), ("images",), ("events", "images")]


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: "+".join(wanted) or "record")
def test_each_comment_uncommented_is_a_valid_study_file_and_all_of_them_together(draft, tmp_path, wanted):
    text = draft(*wanted)
    plain = read(tmp_path, text)
    found = list(COMMENTED.finditer(text))
    assert len(found) > 20
    for match in found:
        key = match[2].partition(":")[0]
        needed = rf"|^ *# {NEEDS[key]}: .*$" if key in NEEDS else ""
        this = re.compile(f"^{re.escape(match[0])}${needed}", re.MULTILINE)
        assert read(tmp_path, this.sub(lambda line: line[0].replace("# ", "", 1), text)) != plain, match[0]
    everything = COMMENTED.sub(lambda match: match[1] + match[2], text)
    assert read(tmp_path, everything).missing_modality == "available"


@pytest.mark.parametrize(
    ("wanted", "schema"),
    [
        ((), StudySpec),
        ((), OutcomeSpec),
        ((), RecordModality),
        (("images",), ImageModality),
        (("images", "events"), Events),
    ],
)
def test_every_key_that_a_study_file_knows_is_shown(draft, wanted, schema):
    text = draft(*wanted)
    absent = [key for key in schema.model_fields if not re.search(rf"^ *(# )?{key}:", text, re.MULTILINE)]
    named = {"time", "name", "value", "unit"} if schema is Events else set()
    assert set(absent) - UNNAMED - named == set()
