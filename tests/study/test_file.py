"""A study file is checked as a whole: every mistake at once, with its line and the nearest valid key."""

import re

import pytest

from fusionkit.exceptions import StudyError
from fusionkit.study.file import read_study_file

GOOD = """\
title: A study
outcome: {table: clinical.csv, column: malignant, positive: yes}
modalities:
  ehr:
    table: clinical.csv
    columns: {age: number, sex: category, stage: [1, 2, 3]}
    events:
      table: labs.csv
      anchor: scan
      variables:
        crp: {window: [-3d, +1d], unit: mg/L}
  ct:
    images: images.csv
"""


def read(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    return read_study_file(path)


def problems(tmp_path, text):
    with pytest.raises(StudyError) as caught:
        read(tmp_path, text)
    return {(p.row, p.column): str(p) for p in caught.value.problems}


def test_a_good_file_with_defaults(tmp_path):
    spec = read(tmp_path, GOOD)
    assert spec.outcome.positive == ["yes"]  # not the boolean of YAML 1.1
    assert spec.modalities["ehr"].columns["stage"] == ["1", "2", "3"]
    assert spec.baseline_modality == "ehr"
    assert spec.fusion_names == ["ehr", "ct", "early", "late"]
    assert spec.validation.folds == 5


@pytest.mark.parametrize(("written", "read_as"), [("1", ["1"]), ("1.0", ["1"]), ("[a, 2]", ["a", "2"]), ("no", ["no"])])
def test_the_positive_value_is_text_as_in_the_table(tmp_path, written, read_as):
    assert read(tmp_path, GOOD.replace("positive: yes", f"positive: {written}")).outcome.positive == read_as


def test_every_mistake_is_reported_at_its_line(tmp_path):
    text = """\
titel: x
outcome: {table: clinical.csv, column: malignant, positive: yes, knd: 2}
modalities:
  ehr:
    table: clinical.csv
    columns: {age: nomber}
    events:
      table: labs.csv
      ancor: scan
      variables:
        crp: {window: [-3d], take: neerest}
  ct:
    images: images.csv
    engin: native
validation: {folds: 1, seed: a}
baseline: 3
baseline: ehr
"""
    found = problems(tmp_path, text)
    assert set(found) == {
        (1, "title"),
        (1, "titel"),
        (2, "outcome.knd"),
        (6, "modalities.ehr.columns.age"),
        (7, "modalities.ehr.events.anchor"),
        (9, "modalities.ehr.events.ancor"),
        (11, "modalities.ehr.events.variables.crp.window"),
        (11, "modalities.ehr.events.variables.crp.take"),
        (14, "modalities.ct.engin"),
        (15, "validation.folds"),
        (15, "validation.seed"),
        (17, "baseline"),
    }
    assert "Did you mean 'title'?" in found[1, "titel"]
    assert "Did you mean 'kind'?" in found[2, "outcome.knd"]
    assert "Did you mean 'number'?" in found[6, "modalities.ehr.columns.age"]
    assert "Did you mean 'anchor'?" in found[9, "modalities.ehr.events.ancor"]
    assert "Did you mean 'nearest'?" in found[11, "modalities.ehr.events.variables.crp.take"]
    assert "Did you mean 'engine'?" in found[14, "modalities.ct.engin"]
    assert "stands twice" in found[17, "baseline"]
    assert found[1, "titel"].startswith("study.yaml, line 1, key titel: ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("title: A study\n", "title: A study\nbaseline: mr\n"), "'mr' is not one of the modalities ehr, ct"),
        (
            ("title: A study\n", "title: A study\nfusions: [ehr+pet]\n"),
            "'ehr.pet' is neither 'early', 'late', nor made of",
        ),
        (("title: A study\n", "title: A study\nmodels: [logistc]\n"), "did you mean 'logistic'"),
        (("title: A study\n", "title: A study\nselectors: relif\n"), "did you mean 'relief'"),
        (("  ct:\n", "  c t:\n"), "a modality's name is letters"),
        (("  ct:\n", "  late:\n"), "a modality cannot be called 'late'"),
        (("modalities:\n", "modalities:\n  mr: {table: mr.csv}\n"), "names neither columns nor events"),
    ],
)
def test_references_that_do_not_hold(tmp_path, change, message):
    [(_, text)] = problems(tmp_path, GOOD.replace(*change)).items()
    assert re.search(message, text)


def test_files_that_are_no_study(tmp_path):
    (tmp_path / "stdy.yaml").write_text("x")
    with pytest.raises(StudyError, match=r"no such study file. Did you mean stdy.yaml\?"):
        read_study_file(tmp_path / "study.yaml")
    for text, message in [
        ("a: [1\nb: 2", "line 2: is not valid YAML"),
        ("", "holds no keys"),
        ("- a", "holds no keys"),
    ]:
        with pytest.raises(StudyError, match=message):
            read(tmp_path, text)
    (tmp_path / "latin.yaml").write_bytes("title: Grösse".encode("latin-1"))
    with pytest.raises(StudyError, match="not UTF-8"):
        read_study_file(tmp_path / "latin.yaml")
