"""The sample on disk: the same bytes again, what is shipped is what the generator makes, found or refused clearly."""

import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from fusionkit.datasets import load_sample, load_sample_path, make_synthetic_cohort, sample, write_sample
from fusionkit.datasets.__main__ import main


@pytest.fixture(scope="module")
def shipped():
    return load_sample()


@pytest.fixture(scope="module")
def made(shipped):
    return make_synthetic_cohort(shipped.truth["n_patients"], random_state=shipped.truth["random_state"])


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_runs_write_the_same_bytes(tmp_path):
    first = files_of(write_sample(tmp_path / "one", n_patients=6, random_state=2))
    again = files_of(write_sample(tmp_path / "two", n_patients=6, random_state=2))
    assert first == again
    assert {"README.md", "clinical.csv", "labs.csv", "images.csv", "truth.json"} < first.keys()
    assert sum(name.startswith("images/") for name in first) == 12
    assert not any(b"\r" in content for name, content in first.items() if not name.endswith(".gz"))


def test_gzip_holds_neither_a_time_nor_a_file_name(tmp_path):
    write_sample(tmp_path, n_patients=4)
    for path in (tmp_path / "images").iterdir():
        header = path.read_bytes()[:10]
        assert header[3] == 0
        assert header[4:8] == bytes(4)
        assert gzip.decompress(path.read_bytes())[148:228] == bytes(80)


def test_shipped_tables_are_what_the_generator_makes(shipped, made):
    pd.testing.assert_frame_equal(shipped.clinical, made.clinical, check_dtype=False)
    pd.testing.assert_frame_equal(shipped.labs, made.labs, check_dtype=False, rtol=1e-12)


def test_shipped_images_are_what_the_generator_makes(shipped, made):
    assert shipped.images["patient_id"].tolist() == list(made.images)
    for row in shipped.images.itertuples():
        image, mask, spacing_mm = made.images[row.patient_id]
        for path, voxels in [(row.image, image), (row.mask, mask)]:
            picture = sitk.ReadImage(path)
            np.testing.assert_array_equal(sitk.GetArrayFromImage(picture), voxels)
            assert sitk.GetArrayFromImage(picture).dtype == voxels.dtype
            assert picture.GetSpacing() == pytest.approx(spacing_mm[::-1], abs=1e-6)
            assert picture.GetDirection() == pytest.approx(np.eye(3).ravel(), abs=1e-9)


def test_shipped_truth_is_what_the_generator_states(shipped, made):
    patients = pd.DataFrame(shipped.truth["patients"]).T
    pd.testing.assert_frame_equal(patients, pd.DataFrame(made.truth["patients"]).T, atol=2e-6)
    rest = {key: value for key, value in shipped.truth.items() if key not in {"patients", "bayes_auc", "prevalence"}}
    assert rest == {key: made.truth[key] for key in rest}
    assert shipped.truth["bayes_auc"] == pytest.approx(made.truth["bayes_auc"], abs=1e-3)


def test_shipped_text_files_are_those_of_the_default_seed(shipped, made, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(sample, "make_synthetic_cohort", lambda *args, **named: asked.append((args, named)) or made)
    monkeypatch.setattr(sample, "_write_nifti", lambda voxels, spacing_mm, path: None)
    written = write_sample(tmp_path / "sample")
    assert asked == [((shipped.truth["n_patients"],), {"random_state": shipped.truth["random_state"]})]
    for name in ["clinical.csv", "labs.csv", "images.csv", "README.md"]:
        assert (written / name).read_bytes() == (shipped.folder / name).read_bytes()


def test_shipped_sample_is_small(shipped):
    assert sum(path.stat().st_size for path in shipped.images["image"].map(Path)) < 3.5e6


def test_missing_values_are_blank_or_spelled_out(shipped):
    text = pd.read_csv(shipped.folder / "clinical.csv", dtype=str, keep_default_na=False)
    for column in ["performance_status", "smoker"]:
        assert {"", "not available"} < set(text[column])
    assert "" in set(text["age"])
    assert not text[["patient_id", "site", "sex", "scan_time", "malignant"]].isin(["", "not available"]).any(axis=None)


def test_paths_in_the_image_table_are_relative(shipped):
    written = pd.read_csv(shipped.folder / "images.csv")
    assert list(written) == ["patient_id", "image", "mask"]
    assert written["image"].str.startswith("images/").all()
    assert all(Path(path).is_file() for path in [*shipped.images["image"], *shipped.images["mask"]])


def test_a_folder_that_holds_something_is_not_written_to(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(FileExistsError, match="is not an empty folder: name another one"):
        write_sample(tmp_path, n_patients=4)
    with pytest.raises(FileExistsError, match=r"mine\.txt exists"):
        write_sample(tmp_path / "mine.txt", n_patients=4)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("place", ["site-packages/fusionkit/data_samples", "site-packages/data_samples"])
def test_sample_is_found_inside_the_package_or_beside_it(tmp_path, monkeypatch, place):
    package = tmp_path / "site-packages" / "fusionkit"
    (package / "datasets").mkdir(parents=True)
    monkeypatch.setattr(sample, "__file__", str(package / "datasets" / "sample.py"))
    with pytest.raises(FileNotFoundError, match="came without its sample"):
        load_sample_path()
    (tmp_path / place).mkdir()
    (tmp_path / place / "clinical.csv").write_text("patient_id\n")
    assert load_sample_path() == tmp_path / place


def test_command_line_writes_the_cohort_it_was_asked_for(tmp_path, capsys):
    main([str(tmp_path / "out"), "--seed", "3", "--n", "5"])
    assert "5 patients written to" in capsys.readouterr().out
    truth = json.loads((tmp_path / "out" / "truth.json").read_text())
    assert (truth["random_state"], truth["n_patients"]) == (3, 5)


def test_command_line_says_what_stands_in_the_way(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path)])
    assert stopped.value.code == 2
    assert "not an empty folder" in capsys.readouterr().err
