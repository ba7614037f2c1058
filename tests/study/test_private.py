"""No real id, value or folder in anything that a private study writes or says."""

import json
import os
import re
import stat

import pandas as pd
import pytest

from fusionkit.study import Study


@pytest.fixture(autouse=True)
def quick(edit):
    """Few folds: what is tested here does not depend on their number."""
    edit("study.yaml", "folds: 3, repeats: 2", "folds: 2, repeats: 1")


@pytest.fixture
def named(folder, edit):
    """The small study with telling ids, files and families, some patients spoiled; returns the words to look for."""
    clinical = pd.read_csv(folder / "clinical.csv", dtype=str, keep_default_na=False)
    names = {old: f"Doe{i:03}Jane" for i, old in enumerate(clinical["patient_id"])}
    images = pd.read_csv(folder / "images.csv", dtype=str)
    for column in ("image", "mask"):
        moved = images[column].replace(names, regex=True)
        for old, new in zip(images[column], moved, strict=True):
            (folder / old).rename(folder / new)
        images[column] = moved
    ids = images["patient_id"].map(names).tolist()
    for name in ("clinical.csv", "images.csv", "labs.csv"):
        table = images if name == "images.csv" else pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        table["patient_id"] = table["patient_id"].map(names)
        table.to_csv(folder / name, index=False)
    clinical["patient_id"] = clinical["patient_id"].map(names)
    clinical["family"] = [f"House{i // 2}OfDoe" for i in range(len(clinical))]
    clinical.loc[clinical.patient_id == ids[0], "age"] = "sixtyseven"
    (folder / images["image"].iloc[1]).unlink()
    (folder / images["image"].iloc[2]).write_bytes(b"this is no image")
    clinical["patient_id"] = clinical["patient_id"].replace({ids[3]: ids[3].lower()})
    clinical.to_csv(folder / "clinical.csv", index=False)
    edit("study.yaml", "title:", "groups: family\npseudonymise: true\ntitle:")
    return r"(?i)doe\d|jane|sixtyseven|house\d|ofdoe|" + re.escape(str(folder.parent))


def everything_written(out):
    """Name and content of every file, tables as text; the key and the lookup table apart."""
    for path in sorted(out.rglob("*")):
        if path.suffix == ".parquet":
            yield path.name, pd.read_parquet(path).to_csv()
        elif path.is_file() and path.name not in {"pseudonym.key", "pseudonyms.json"}:
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def test_nothing_that_is_written_or_said_names_a_patient(folder, named, tmp_path):
    said = []
    study = Study.read(folder / "study.yaml")
    problems, cohort = study.check(n_jobs=1, progress=lambda *where: said.append(str(where)))
    told = "\n".join([*map(str, problems), repr(cohort), cohort._repr_html_(), *said])
    assert re.findall(named, told) == []
    assert "(withheld) is not a number" in told
    assert "there is no file (file)" in told
    assert re.search(r"Is it the one written 'p[0-9a-f]{12}' there", told)
    assert "clinical.csv, row" in told

    result = study.run(tmp_path / "out", n_jobs=1, progress=lambda *where: said.append(str(where)))
    written = dict(everything_written(tmp_path / "out"))
    assert {"report.html", "results.json", "predictions.parquet"} <= set(written)
    for name, text in written.items():
        assert re.findall(named, text) == [], name
    assert re.findall(named, "\n".join(said)) == []
    assert result.cohort.X.index.str.fullmatch("p[0-9a-f]{12}").all()
    assert result.cohort.groups.nunique() < len(result.cohort.groups)
    key = tmp_path / "out" / ".fusionkit" / "pseudonym.key"
    assert os.name != "posix" or stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not list((tmp_path / "out").rglob("pseudonyms.json"))


@pytest.mark.slow
def test_a_run_that_is_forced_anew_keeps_its_pseudonyms(folder, named, tmp_path):
    study = Study.read(folder / "study.yaml")
    first, second = (study.run(tmp_path / "out", n_jobs=1, force=force).comparison for force in (False, True))
    pd.testing.assert_frame_equal(second.predictions, first.predictions)


@pytest.mark.slow
def test_the_key_may_lie_elsewhere_and_the_lookup_table_is_written_when_asked_for(folder, edit, tmp_path):
    secret = tmp_path / "secret" / "my.key"
    edit("study.yaml", "title:", f"pseudonymise: {{key: {secret}, lookup: true}}\ntitle:")
    study = Study.read(folder / "study.yaml")
    cohort = study.cohort(n_jobs=1)
    assert cohort.X.index.tolist() == study.cohort(n_jobs=1).X.index.tolist()
    result = study.run(tmp_path / "out", n_jobs=1)
    assert cohort.X.index.tolist() == result.cohort.X.index.tolist()
    assert not (tmp_path / "out" / ".fusionkit" / "pseudonym.key").exists()
    lookup = secret.with_name("pseudonyms.json")
    assert os.name != "posix" or stat.S_IMODE(lookup.stat().st_mode) == 0o600
    real = json.loads(lookup.read_text(encoding="utf-8"))
    listed = set(pd.read_csv(folder / "images.csv", dtype=str)["patient_id"])
    assert {real[patient] for patient in result.cohort.X.index} <= listed
    for name, text in everything_written(tmp_path / "out"):
        assert str(tmp_path) not in text, name
    assert result.results["study"]["pseudonymise"]["key"] == "my.key"


@pytest.mark.slow
def test_pseudonyms_do_not_change_a_number(folder, edit, tmp_path):
    plain = Study.read(folder / "study.yaml").run(tmp_path / "plain", n_jobs=1)
    edit("study.yaml", "title:", "pseudonymise: true\ntitle:")
    private = Study.read(folder / "study.yaml").run(tmp_path / "private", n_jobs=1)
    assert private.results["comparison"]["estimates"] == plain.results["comparison"]["estimates"]
    assert private.comparison.predictions["y_score"].tolist() == plain.comparison.predictions["y_score"].tolist()
    assert not set(private.cohort.X.index) & set(plain.cohort.X.index)


@pytest.mark.slow
def test_tables_named_by_their_full_path_lose_their_folder_in_what_is_written(folder, edit, tmp_path):
    text = (folder / "study.yaml").read_text()
    (folder / "study.yaml").write_text(text.replace("clinical.csv", str(folder / "clinical.csv")))
    result = Study.read(folder / "study.yaml").run(tmp_path / "out", n_jobs=1)
    for name, content in everything_written(tmp_path / "out"):
        assert str(folder) not in content, name
    assert result.results["cohort"]["flow"][0]["label"] == "in clinical.csv"
