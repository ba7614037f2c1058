"""From raw exports to a checked cohort with the command alone; a dirty sample, of which check names every fault."""

import sys

import numpy as np
import pandas as pd
import pytest
import yaml

from fusionkit.cli import main
from fusionkit.cli.output import console

N = 60


@pytest.fixture
def command(monkeypatch, capsys):
    """A function that runs the command in a folder and returns status and output."""
    monkeypatch.setattr(console, "width", 150)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments, cwd):
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["fusionkit", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        return leaving.value.code, capsys.readouterr().out

    return run


def export(folder):
    """Two raw exports as a hospital gives them: semicolons, decimal commas, dates with points, ids with zeros."""
    rng = np.random.default_rng(0)
    sick = rng.random(N) < 0.5
    ids = [f"{i:05d}" for i in range(7, 7 + N)]
    rows = ["Fallnummer;Alter;Geschlecht;BMI;Tumorstadium;CT_Datum;Rezidiv"]
    for i, patient in enumerate(ids):
        bmi = f"{22 + 4 * rng.random():.1f}".replace(".", ",") if i != 5 else "k.A."
        stage = ["I", "II", "III"][int(rng.integers(3))]
        age, sex = 45 + int(rng.integers(30)) + 6 * sick[i], ["w", "m"][int(rng.integers(2))]
        rows.append(f"{patient};{age};{sex};{bmi};{stage};{1 + i % 28:02d}.03.2021;{'ja' if sick[i] else 'nein'}")
    (folder / "patienten.csv").write_bytes("\n".join(rows).encode("utf-8-sig"))
    lines = ["Fallnr;Probenzeit;Analyt;Messwert;Einheit"]
    for i, patient in enumerate(ids):
        for day in (-9, -2, 3):
            when = pd.Timestamp(2021, 3, 1 + i % 28) + pd.Timedelta(days=day, hours=7)
            crp = np.exp(rng.normal(1.5 + 0.8 * sick[i], 0.5))
            value, unit = (crp, "mg/l") if i % 4 else (crp / 10, "mg/dl")
            lines.append(f"{patient};{when:%d.%m.%Y %H:%M};CRP;{f'{value:.3f}'.replace('.', ',')};{unit}")
            crea = f"{rng.normal(0.9, 0.1):.2f}".replace(".", ",")
            lines.append(f"{patient};{when:%d.%m.%Y %H:%M};Kreatinin;{crea};mg/dl")
    (folder / "labor.csv").write_text("\n".join(lines))
    return sick


@pytest.mark.slow
def test_from_two_raw_exports_to_a_result_without_python(command, tmp_path):
    sick = export(tmp_path)
    arguments = ["init", "patienten.csv", "--events", "labor.csv", "--outcome", "Rezidiv", "--positive", "ja"]
    status, said = command(*arguments, cwd=tmp_path)
    assert status == 0, said
    draft = yaml.safe_load((tmp_path / "study.yaml").read_text())
    assert draft["id"] == {"patienten.csv": "Fallnummer", "labor.csv": "Fallnr"}
    events = draft["modalities"]["labs"]["events"]
    parts = {"time": "Probenzeit", "name": "Analyt", "value": "Messwert", "unit": "Einheit"}
    assert {part: events[part] for part in parts} == parts
    assert set(events["variables"]) == {"crp", "kreatinin"}

    status, said = command("check", "study.yaml", cwd=tmp_path)
    assert status == 1
    assert "column BMI, patient 00012: 'k.A.' is not a number" in said

    dictionary = pd.read_csv(tmp_path / "dictionary.csv", index_col="name", dtype=str)
    assert dictionary.loc["crp", "unit"] == "mg/l"
    dictionary.loc["kreatinin", ["unit", "analyte", "low", "high"]] = ["umol/L", "creatinine", "20", "1000"]
    dictionary.loc["BMI", ["unit", "low", "high", "missing"]] = ["kg/m2", "10", "70", "k.A."]
    dictionary.loc["Tumorstadium", ["type", "levels"]] = ["ordinal", "I | II | III"]
    dictionary.to_csv(tmp_path / "dictionary.csv")
    text = (tmp_path / "study.yaml").read_text()
    (tmp_path / "study.yaml").write_text(text.replace("folds: 5", "folds: 3").replace("repeats: 5", "repeats: 2"))
    status, said = command("check", "study.yaml", cwd=tmp_path)
    assert status == 0, said
    assert f"Cohort of {N} patients, {sick.sum()} with Rezidiv = ja; features: ehr (4), labs (2)" in said
    assert "labs__crp" in said
    assert f"{N}/{N}" in said

    status, said = command("run", "study.yaml", "-j", "1", "-o", "out", cwd=tmp_path)
    assert status == 0, said
    assert (tmp_path / "out" / "report.html").is_file()
    assert "early" in said


@pytest.mark.slow
def test_a_dirtier_export_is_told_in_words_that_lead_on(command, tmp_path):
    """Latin-1, lost zeros in one table, two units of height, several codes in a cell, a value below its limit."""
    sick = export(tmp_path)
    text = (tmp_path / "patienten.csv").read_text(encoding="utf-8-sig")
    header, *rows = text.splitlines()
    heights = ["1,74" if i in (4, 9, 20) else str(165 + i % 20) for i in range(N)]
    codes = ["C34.1 | I10", "C34.9", "E11.9 | I10"]
    rows = [f"{row};{height};{codes[i % 3]}" for i, (row, height) in enumerate(zip(rows, heights, strict=True))]
    (tmp_path / "patienten.csv").write_bytes("\n".join([f"{header};Größe;Diagnosen", *rows]).encode("latin-1"))
    labor = (tmp_path / "labor.csv").read_text()
    labor = labor.replace("\n00008;", "\n8;").replace(";CRP;", ";C-reaktives Protein;")
    first = next(line for line in labor.splitlines() if line.startswith("00013"))
    labor = labor.replace(first, ";".join([*first.split(";")[:3], "<0,6", "mg/l"]))
    (tmp_path / "labor.csv").write_text(labor)
    arguments = ["init", "patienten.csv", "--events", "labor.csv", "--outcome", "Rezidiv", "--positive", "ja"]
    status, said = command(*arguments, cwd=tmp_path)
    assert (status, said) == (
        0,
        "Wrote study.yaml and dictionary.csv. Correct both, then: fusionkit check study.yaml\n",
    )
    status, said = command("check", "study.yaml", cwd=tmp_path)
    for expected in (
        "warning patienten.csv, row 1: the file is not UTF-8; it was read as Latin-1",
        "warning patienten.csv, column Größe: the values look like two units, a factor of about",
        "error   labor.csv, row 38, column Messwert, patient 00013: '<0,6' is not a number",
        "1 ids differ from a patient's in zeros, case, spaces or dashes: 8 looks like 00008",
        "the times of scans are dates, which count as midnight; the others have a time of day. Compare calendar days "
        "('resolution: day')",
        "The study can be run; 2 patients are left out.",
    ):
        assert expected in said, said
    assert "Diagnosen" not in said, "several codes in a cell are no reason to refuse the draft's own dictionary"

    dictionary = pd.read_csv(tmp_path / "dictionary.csv", index_col="name", dtype=str)
    dictionary.loc["Größe", ["unit", "low", "high"]] = ["cm", "120", "220"]
    dictionary.to_csv(tmp_path / "dictionary.csv", sep=";", encoding="latin-1")
    status, said = command("check", "study.yaml", cwd=tmp_path)
    assert status == 1
    assert "column Größe, patient 00011: '1,74' is not within 120..220 cm" in said
    assert "column Größe: 3 value(s) out of range, and the study does not say what becomes of them" in said
    assert "The study cannot be run as it stands." in said
    study = (tmp_path / "study.yaml").read_text().replace("# out_of_range: missing", "out_of_range: missing")
    (tmp_path / "study.yaml").write_text(study)
    status, said = command("check", "study.yaml", cwd=tmp_path)
    assert "column Größe, patient 00011: '1,74' is not within 120..220 cm; it counts as missing" in said
    assert f"Cohort of {N - 2} patients" in said
    assert sick.sum() - 2 <= int(said.partition(" with Rezidiv")[0].rsplit(" ", 1)[1]) <= sick.sum()


DICTIONARY = """name,type,unit,low,high,levels,missing
age,integer,years,18,100,,
sex,category,,,,female | male,
performance_status,ordinal,,,,0 | 1 | 2 | 3,
hb,number,g/dL,,,,
crp,number,mg/L,0,500,,
"""


def soil(folder):
    """The sample with one fault of each kind; returns what must be said of each."""
    clinical = pd.read_csv(folder / "clinical.csv", dtype=str, keep_default_na=False)
    images = pd.read_csv(folder / "images.csv", dtype=str)
    labs = pd.read_csv(folder / "labs.csv", dtype=str)
    scan = pd.to_datetime(clinical.set_index("patient_id")["scan_time"])
    imaged = images["patient_id"].tolist()
    zero, old, level, masked, late = imaged[:5]
    absent = [patient for patient in clinical["patient_id"] if patient not in imaged]
    hb = pd.Series([12 + 0.1 * i for i in range(len(clinical))])
    clinical["hb"] = hb.where(~clinical["patient_id"].isin(imaged[5:8]), hb * 10).map("{:.1f}".format)
    clinical.loc[clinical.patient_id == old, "age"] = "172"
    clinical.loc[clinical.patient_id == level, "performance_status"] = "5"
    clinical["biopsy_date"] = [f"{day:%Y-%m-%d}" for day in scan + pd.Timedelta(days=20)]
    clinical.loc[clinical.patient_id == late, "biopsy_date"] = f"{scan[late]:%Y-%m-%d}"
    short = zero.replace("P0", "P")
    clinical.loc[clinical.patient_id == zero, "patient_id"] = short
    clinical.to_csv(folder / "clinical.csv", index=False)
    images.loc[images.patient_id == masked, "mask"] = "images/nowhere.nii.gz"
    images.to_csv(folder / "images.csv", index=False)
    when = scan[late] + pd.Timedelta(hours=5)
    labs.loc[len(labs)] = [late, f"{when:%Y-%m-%dT%H:%M}", "CRP", "80.0", "mg/L"]
    labs.to_csv(folder / "labs.csv", index=False)
    return {
        "leading zero": f"patient {zero}: not in clinical.csv. Is it the one written '{short}' there?",
        "mixed units": "column hb: the values look like two units, a factor of about 9.2 apart",
        "out of range": f"column age, patient {old}: '172' is not within 18..100 years",
        "unknown level": f"column performance_status, patient {level}: '5' is not one of the levels 0, 1, 2, 3",
        "no image": f"patients {', '.join(absent)}: not in images.csv",
        "wrong mask": f"patient {masked}: there is no file images/nowhere.nii.gz",
        "late value": f"column crp, patient {late}: 1 values in the window are later than the outcome",
    }


def test_check_names_every_fault_of_a_dirty_sample(command, folder, edit):
    said = soil(folder)
    (folder / "dictionary.csv").write_text(DICTIONARY)
    edit("study.yaml", "positive: yes}", "positive: yes, date: biopsy_date}")
    edit("study.yaml", "title:", "dictionary: dictionary.csv\nout_of_range: exclude\ntitle:")
    edit(
        "study.yaml",
        "{age: number, sex: category, performance_status: [0, 1, 2, 3]}",
        "[age, sex, performance_status, hb]",
    )
    status, printed = command("check", "study.yaml", "-j", "1", cwd=folder)
    assert status == 1
    assert {fault: text for fault, text in said.items() if text not in printed} == {}, printed
    assert "The study can be run" in printed
    assert str(folder) not in printed


@pytest.mark.parametrize(
    ("name", "n", "features"),
    [("heart", 303, 13), ("mammographic", 961, 4), ("breast_ultrasound", None, 4)],
)
def test_the_corrected_dictionaries_of_real_data_hold_and_every_column_is_described(
    request, real_data, name, n, features
):
    from fusionkit.study import Study
    from fusionkit.study.gather import gather_study

    study = Study.read(request.config.rootpath / "benchmarks" / "studies" / f"{name}.yaml", folder=real_data / name)
    tables = {"id": study.spec.id_of(study.spec.outcome.table)}
    record = pd.read_csv(real_data / name / study.spec.outcome.table, dtype=str)
    described = pd.read_csv(
        request.config.rootpath / "benchmarks" / "studies" / study.spec.dictionary, index_col="name", dtype=str
    )
    assert set(described.index) == set(record.columns) - {tables["id"]}
    only_record = {k: m for k, m in study.spec.modalities.items() if not hasattr(m, "images")}
    gathered = gather_study(study.spec.model_copy(update={"modalities": only_record}), study.folder)
    assert [str(p) for p in gathered.problems] == []
    assert sum(frame.shape[1] for frame in gathered.modalities.values()) == features
    assert n in {None, len(gathered.y)}
    for frame in gathered.modalities.values():
        for column in frame:
            expected = record[column].replace("not available", None).isna().to_numpy()
            assert (frame[column].isna().to_numpy() == expected).all(), f"{column}: a value was lost"
