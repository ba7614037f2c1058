"""A small synthetic study on disk, quick to read, for tests to spoil."""

import shutil

import pytest

from fusionkit.datasets import write_sample

STUDY = """\
title: A small study
outcome: {table: clinical.csv, column: malignant, positive: yes}
modalities:
  ehr:
    table: clinical.csv
    columns: {age: number, sex: category, performance_status: [0, 1, 2, 3]}
    events:
      table: labs.csv
      anchor: scan_time
      variables:
        crp: {name: CRP, window: [-30d, +1d], take: nearest, unit: mg/L}
  ct:
    images: images.csv
    settings: {featureClass: {firstorder: [Mean, Variance, Entropy, Skewness]}}
n_features: [2, 4]
validation: {folds: 3, repeats: 2, inner_folds: 2, seed: 0}
"""


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """A folder with the small study; not to be changed."""
    folder = tmp_path_factory.mktemp("pristine") / "study"
    write_sample(folder, n_patients=32, random_state=1)
    (folder / "study.yaml").write_text(STUDY)
    return folder


@pytest.fixture
def folder(pristine, tmp_path):
    """A copy of the small study, for the test to change."""
    return shutil.copytree(pristine, tmp_path / "study")


@pytest.fixture
def edit(folder):
    """A function that replaces text in a file of the copy, once, and fails where there is none."""

    def replace(name, old, new):
        text = (folder / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        (folder / name).write_text(text.replace(old, new, 1))

    return replace
