"""The command as a user types it: what it prints, what it returns, and what it refuses."""

import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import yaml

from fusionkit import __version__
from fusionkit.cli import main
from fusionkit.cli.output import console
from fusionkit.datasets import write_sample

ENVIRONMENT = {**os.environ, "COLUMNS": "160", "NO_COLOR": "1"}
STUDY = """\
title: A small study
outcome: {table: clinical.csv, column: malignant, positive: yes}
modalities:
  ehr: {table: clinical.csv, columns: {age: number, sex: category}}
  ct: {images: images.csv, settings: {featureClass: {firstorder: [Variance, Entropy]}}}
n_features: [2]
validation: {folds: 3, repeats: 2, inner_folds: 2}
"""


@pytest.fixture
def command(monkeypatch, capsys):
    """A function that runs the command in a folder, in this process, and returns status and output."""
    monkeypatch.setattr(console, "width", 160)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["fusionkit", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        printed = capsys.readouterr()
        return leaving.value.code, printed.out + printed.err

    return run


def as_process(*arguments, cwd, rootpath):
    """The command as a process of its own, as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "fusionkit", *map(str, arguments)],
        cwd=cwd,
        env={**ENVIRONMENT, "PYTHONPATH": str(rootpath)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A folder with the small study; not to be changed."""
    folder = tmp_path_factory.mktemp("sample") / "s"
    write_sample(folder, n_patients=30, random_state=1)
    (folder / "study.yaml").write_text(STUDY)
    return folder


@pytest.fixture
def study(sample, tmp_path):
    return shutil.copytree(sample, tmp_path / "s")


def test_help_and_version(command, tmp_path):
    status, said = command("--help", cwd=tmp_path)
    assert status == 0
    for name in ("demo", "run", "check", "init", "doctor"):
        assert re.search(rf"\b{name}\b", said)
    assert command("--version", cwd=tmp_path) == (0, f"fusionkit {__version__}\n")


def test_as_a_process_it_tells_by_its_status_and_shows_no_traceback(tmp_path, request):
    done = as_process("run", "nothing.yaml", cwd=tmp_path, rootpath=request.config.rootpath)
    assert done.returncode == 1
    assert "nothing.yaml: there is no such study file" in done.stdout
    assert done.stderr == ""


@pytest.mark.slow
def test_run_then_refuse_then_force(command, study):
    (study / "study.yaml").write_text(f"{STUDY}missing_modality: available\n")
    next((study / "images").glob("*_ct.nii.gz")).unlink()
    status, said = command("run", "study.yaml", "--jobs", "1", cwd=study)
    assert status == 0, said
    assert "Nested cross-validation: done" in said
    assert "early" in said
    assert "Report: study-results/report.html" in said
    first = (study / "study-results" / "results.json").read_text()
    warnings = json.loads(first)["cohort"]["warnings"]
    assert [warning["message"].endswith("the patient is analysed without ct") for warning in warnings] == [True]
    assert "; 1 warning(s), which the report lists" in said
    status, said = command("run", "study.yaml", cwd=study)
    assert status == 1
    assert "holds this study's finished run" in said
    status, _ = command("run", "study.yaml", "--force", "--jobs", "1", cwd=study)
    assert status == 0
    assert (study / "study-results" / "results.json").read_text() == first


def test_check_lists_everything_and_tells_by_its_status(command, study):
    clinical = pd.read_csv(study / "clinical.csv", dtype=str)
    clinical.loc[3, "age"] = "sixty"
    clinical["biopsy"] = clinical["malignant"].map({"yes": "pos", "no": "neg"})
    clinical.to_csv(study / "clinical.csv", index=False)
    (study / "study.yaml").write_text(STUDY.replace("sex: category", "sex: category, biopsy: category"))
    status, said = command("check", "study.yaml", "--jobs", "1", cwd=study)
    assert status == 1
    assert f"clinical.csv, row 5, column age, patient {clinical.patient_id[3]}: 'sixty' is not a number" in said
    assert "ehr__biopsy: separates the two outcomes perfectly" in said
    assert "patients are left out" in said
    (study / "study.yaml").write_text(STUDY.replace("folds: 3", "fold: 3").replace("title", "titel"))
    status, said = command("check", "study.yaml", cwd=study)
    assert status == 1
    assert "study.yaml, line 1, key titel" in said
    assert "Did you mean 'folds'?" in said


def test_init_drafts_a_study_that_runs(command, study):
    status, said = command("init", "clinical.csv", "--out", "draft.yaml", cwd=study)
    assert status == 1
    assert "say which column is predicted" in said
    assert "malignant" in said
    arguments = ["init", "clinical.csv", "--outcome", "malignant", "--positive", "yes", "--images", "images.csv"]
    status, said = command(*arguments, "--out", "draft.yaml", cwd=study)
    assert status == 0, said
    draft = yaml.safe_load((study / "draft.yaml").read_text())
    assert "age" in draft["modalities"]["ehr"]["columns"]
    types = pd.read_csv(study / draft["dictionary"], index_col="name")["type"]
    assert types["age"] == "integer"
    assert draft["id"] == "patient_id"
    assert draft["modalities"]["imaging"]["mask"] == "mask"
    status, said = command(*arguments, "--out", "draft.yaml", cwd=study)
    assert status == 1
    assert "draft.yaml: exists already" in said
    assert "dictionary.csv: exists already" in said
    status, said = command("check", "draft.yaml", "--jobs", "1", cwd=study)
    assert "Cohort of" in said


def test_init_puts_aside_what_gives_the_outcome_away(command, study):
    clinical = pd.read_csv(study / "clinical.csv", dtype=str)
    clinical["biopsy"] = clinical["malignant"].map({"yes": "pos", "no": "neg"})
    clinical.to_csv(study / "clinical.csv", index=False)
    status, _ = command("init", "clinical.csv", "--outcome", "malignant", "--positive", "yes", "--force", cwd=study)
    assert status == 0
    draft = yaml.safe_load((study / "study.yaml").read_text())
    assert "biopsy" not in draft["modalities"]["ehr"]["columns"]
    lines = pd.read_csv(study / "dictionary.csv", index_col="name")
    assert lines.index[lines["defines_outcome"] == "yes"].tolist() == ["biopsy"]
    edited = (study / "study.yaml").read_text().replace("      - age\n", "      - age\n      - biopsy\n")
    (study / "study.yaml").write_text(edited)
    status, said = command("check", "study.yaml", cwd=study)
    assert status == 1
    assert "column biopsy: gives the outcome away, as dictionary.csv says in 'defines_outcome'" in said


def test_init_finds_the_id_of_each_table(command, study):
    images = (study / "images.csv").read_text()
    (study / "images.csv").write_text(images.replace("patient_id", "case", 1))
    arguments = ["init", "clinical.csv", "--outcome", "malignant", "--positive", "yes", "--images", "images.csv"]
    status, said = command(*arguments, "--force", cwd=study)
    assert status == 0, said
    draft = yaml.safe_load((study / "study.yaml").read_text())
    assert draft["id"] == {"clinical.csv": "patient_id", "images.csv": "case"}


def test_doctor_says_what_is_there(command, tmp_path):
    status, said = command("doctor", cwd=tmp_path)
    assert "sample data: there" in said
    assert "pyradiomics-cuda" in said
    try:
        importlib.metadata.version("fusionkit")
    except importlib.metadata.PackageNotFoundError:
        assert (status, "pip install ." in said) == (1, True)
    else:
        assert status == 0
        assert re.search(r"numba +│ >=", said)


def test_a_missing_study_is_an_error_without_traceback(command, tmp_path):
    status, said = command("run", "nothing.yaml", cwd=tmp_path)
    assert status == 1
    assert "nothing.yaml: there is no such study file. Write a draft with: fusionkit init" in said


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was_and_gives_the_same_result(study, request):
    """SIGKILL in the middle of cross-validation, then the same command again."""
    (study / "study.yaml").write_text(STUDY.replace("repeats: 2", "repeats: 20"))
    arguments = [sys.executable, "-m", "fusionkit", "run", "study.yaml", "--jobs", "1", "--out", "out"]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(request.config.rootpath)}
    process = subprocess.Popen(arguments, cwd=study, env=environment, stdout=subprocess.DEVNULL)
    folds = study / "out" / ".fusionkit" / "folds"
    deadline = time.monotonic() + 300
    while not folds.is_dir() or len(list(folds.glob("*.json"))) < 5:
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (study / "out" / "results.json").exists()
    again = as_process(*arguments[3:], cwd=study, rootpath=request.config.rootpath)
    assert again.returncode == 0
    assert "of them kept from before" in again.stdout
    whole = [*arguments[3:-1], "whole"]
    assert as_process(*whole, cwd=study, rootpath=request.config.rootpath).returncode == 0
    assert (study / "out" / "results.json").read_text() == (study / "whole" / "results.json").read_text()


def test_extract_writes_features_beside_the_table_s_own_columns(command, study):
    images = pd.read_csv(study / "images.csv", dtype=str).head(3)
    images.columns = ["patient_id", "Image", "Mask"]
    images["Site"] = ["A", "B", "=1+1"]
    images.loc[1, "Image"] = "images/nothing.nii.gz"
    images.to_csv(study / "cases.csv", index=False)
    (study / "params.yaml").write_text("imageType: {Original: {}}\nfeatureClass: {firstorder: [Mean, Variance]}\n")
    arguments = ["extract", "cases.csv", "-p", "params.yaml", "-o", "features.csv", "-j", "1"]
    status, said = command(*arguments, cwd=study)
    assert status == 1
    assert "2 of 3 cases, 2 features: features.csv" in said
    assert f"cases.csv, row 3, patient {images.patient_id[1]}: there is no file images/nothing.nii.gz" in said
    features = pd.read_csv(study / "features.csv")
    names = ["original_firstorder_Mean", "original_firstorder_Variance"]
    assert features.columns.tolist() == ["patient_id", "Image", "Mask", "Site", *names]
    assert features["patient_id"].tolist() == images["patient_id"][[0, 2]].tolist()
    assert features["Site"].tolist() == ["A", "'=1+1"], "a formula must not run where the table is opened"
    assert pd.read_csv(study / "features.errors.csv")["patient"].tolist() == [images.patient_id[1]]
    status, said = command(*arguments, cwd=study)
    assert status == 1
    assert "features.csv exists already" in said
    (study / "params.yaml").write_text("imageTypes: {Original: {}}\n")
    status, said = command(*arguments, "--force", cwd=study)
    assert status == 1
    assert "imageType" in said


def test_features_prints_the_catalogue(command, tmp_path):
    status, said = command("features", "ngtdm", cwd=tmp_path)
    assert status == 0
    assert "ngtdm_Coarseness" in said
    assert "QCDE" in said
    status, said = command("features", "glmc", cwd=tmp_path)
    assert status == 1
    assert "glcm" in said
