"""The tables that ``fusionkit extract`` takes: whatever program wrote them, the same rows give the same features."""

import sys

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from fusionkit.cli import main


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """A folder with two images, their masks and a parameter file, and the table of the cases."""
    folder = tmp_path_factory.mktemp("cases")
    for number in (1, 2):
        values = np.arange(6 * 7 * 8, dtype=np.int16).reshape(6, 7, 8) * number
        sitk.WriteImage(sitk.GetImageFromArray(values), str(folder / f"größe {number}.nrrd"))
    sitk.WriteImage(sitk.GetImageFromArray(np.pad(np.ones((2, 3, 4), np.uint8), 2)), str(folder / "mask.nrrd"))
    (folder / "params.yaml").write_text("featureClass: {firstorder: [Mean]}\n")
    table = pd.DataFrame({"ID": ["007", "008"], "Image": ["größe 1.nrrd", "größe 2.nrrd"], "Mask": "mask.nrrd"})
    return folder, table


def extract(folder, name, monkeypatch, capsys):
    """Status, what was said, and the features with the ids as they were written."""
    monkeypatch.chdir(folder)
    arguments = ["extract", name, "-p", "params.yaml", "-o", "features.csv", "-j", "1", "--force"]
    monkeypatch.setattr(sys, "argv", ["fusionkit", *arguments])
    (folder / "features.csv").unlink(missing_ok=True)
    with pytest.raises(SystemExit) as leaving:
        main()
    printed = capsys.readouterr()
    written = (folder / "features.csv").is_file()
    features = pd.read_csv(folder / "features.csv", dtype={"ID": str}) if written else None
    return leaving.value.code, " ".join((printed.out + printed.err).split()), features


WRITTEN = {
    "comma.csv": lambda table, path: table.to_csv(path, index=False),
    "mark.csv": lambda table, path: table.to_csv(path, index=False, sep=";", encoding="utf-8-sig"),
    "utf16.txt": lambda table, path: table.to_csv(path, index=False, sep="\t", encoding="utf-16"),
    "latin.csv": lambda table, path: table.to_csv(path, index=False, sep=";", encoding="latin-1"),
    "book.xlsx": lambda table, path: table.to_excel(path, index=False),
    "table.parquet": lambda table, path: table.to_parquet(path, index=False),
    "small.csv": lambda table, path: table.rename(columns={"Image": "image", "Mask": "mask"}).to_csv(path, index=False),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_is_read_whatever_program_wrote_it(cases, name, monkeypatch, capsys):
    folder, table = cases
    WRITTEN[name](table, folder / name)
    status, said, features = extract(folder, name, monkeypatch, capsys)
    assert status == 0, said
    assert features["ID"].tolist() == ["007", "008"]
    mean = np.arange(6 * 7 * 8).reshape(6, 7, 8)[2:-2, 2:-2, 2:-2].mean()
    assert features["original_firstorder_Mean"].tolist() == [mean, 2 * mean]


def test_the_patient_is_named_by_the_id_behind_a_byte_order_mark(cases, monkeypatch, capsys):
    folder, table = cases
    table.assign(Mask=["mask.nrrd", "gone.nrrd"]).to_csv(folder / "failing.csv", index=False, encoding="utf-8-sig")
    status, said, _ = extract(folder, "failing.csv", monkeypatch, capsys)
    assert status == 1
    assert "failing.csv, row 3, patient 008: there is no file gone.nrrd" in said


def test_a_row_without_an_image_costs_that_row_only_where_the_image_names_the_rows(cases, monkeypatch, capsys):
    folder, table = cases
    table.drop(columns="ID").assign(Image=["größe 1.nrrd", None]).to_csv(folder / "unnamed.csv", index=False)
    status, said, features = extract(folder, "unnamed.csv", monkeypatch, capsys)
    assert status == 1
    assert "unnamed.csv, row 3: has no image in the table" in said
    assert features["Image"].tolist() == ["größe 1.nrrd"]


def test_a_table_without_images_is_refused_with_its_columns(cases, monkeypatch, capsys):
    folder, table = cases
    table.rename(columns={"Image": "Scan"}).to_csv(folder / "scan.csv", index=False)
    status, said, features = extract(folder, "scan.csv", monkeypatch, capsys)
    assert status == 1
    assert features is None
    assert "scan.csv: has no column Image. It has: ID, Scan, Mask." in said
