"""Markdown, JSON, Word, SVG and CSV say the same as the page, and hold what users wrote as text."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pandas as pd
import pytest

from fusionkit._tables import neutralise
from fusionkit.report import make_verdict, write_report
from fusionkit.report.checklist import checklist_document
from fusionkit.report.data import render_csv
from fusionkit.report.document import Document, Section, Table
from fusionkit.report.markdown import render_markdown
from fusionkit.report.write import FORMATS, write_document

HOSTILE = '<script>alert(1)</script>"\'&$x^2$ =HYPERLINK("http://x.example") | [a](b) `c` \u202e\x00 図'
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def hostile(make_results, predictions):
    """A study in which everything that users name is hostile."""
    results = make_results()
    results["study"]["title"] = FORMULA
    results["study"]["outcome"]["trust"] = [HOSTILE]
    results["cohort"]["outcome"] = {"name": HOSTILE, "negative": HOSTILE, "positive": FORMULA}
    results["cohort"]["excluded"] = [{"patient": FORMULA, "reason": HOSTILE, "way_out": HOSTILE, "place": HOSTILE}]
    results["cohort"]["warnings"] = [{"place": HOSTILE, "message": HOSTILE, "way_out": HOSTILE}]
    results["cohort"]["modalities"]["ct"]["source"] = HOSTILE
    results["cohort"]["flow"][0]["label"] = FORMULA
    results["missingness"] = [{"pattern": [HOSTILE], "n": 3, "n_events": 1, "site": FORMULA}]
    results["subgroups"] = [{HOSTILE: FORMULA, "level": HOSTILE, "n": 3}]
    results["audit"] = [{"finding": FORMULA}]
    leaning = {"fusion": "early", "kind": "feature", "importance": 0.1, "low": 0.0, "high": 0.2}
    results["importance"] = [{**leaning, "name": name, "modality": HOSTILE} for name in (HOSTILE, FORMULA)]
    results["versions"][HOSTILE] = HOSTILE
    for row in results["comparison"]["folds"]:
        row["features"] = [FORMULA if name.endswith("Feature0") else name for name in row["features"]]
        row["params"] = {HOSTILE: HOSTILE}
        row["features"] = [f"ct__{HOSTILE}" if name.endswith("Feature1") else name for name in row["features"]]
    renamed = {"ct": HOSTILE, "ehr": FORMULA, "early": "early", "late": "late"}
    results["comparison"]["baseline"] = FORMULA
    for row in [row for key in ("estimates", "differences", "folds", "selected") for row in results["comparison"][key]]:
        row["fusion"] = renamed[row["fusion"]]
        row.update({"baseline": FORMULA} if "baseline" in row else {})
    patients = "=1+" + predictions["patient"]
    return results, predictions.assign(fusion=predictions["fusion"].map(renamed), patient=patients)


@pytest.fixture(scope="module")
def written(hostile, tmp_path_factory):
    """The folder in which the hostile study was written in every format."""
    folder = tmp_path_factory.mktemp("written")
    for ending in FORMATS:
        write_report(*hostile, folder / f"report.{ending}", figures=ending == "html")
        write_document(checklist_document("clear", hostile[0]), folder / f"clear.{ending}")
    return folder


def word_text(path):
    with zipfile.ZipFile(path) as file:
        root = ElementTree.fromstring(file.read("word/document.xml"))
    return ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("}p")]


def test_hostile_text_is_text_in_markdown(written):
    for name in ("report.md", "clear.md"):
        text = (written / name).read_text(encoding="utf-8")
        assert "<" not in text.replace("\\<", "")
        assert not re.search(r"(?<!\\)://", text)
        links = re.findall(r"(?<!\\)\[[^\]]*(?<!\\)\]\(([^)]*)\)", text)
        assert all(re.fullmatch(r"figures/[a-z0-9-]+\.svg", link) for link in links)
        for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "\x00" not in text
        assert "\u202e" not in text


def test_hostile_text_is_text_in_json(written):
    def texts(part):
        if isinstance(part, dict):
            part = [*part.keys(), *part.values()]
        return [text for inner in part for text in texts(inner)] if isinstance(part, list) else [part]

    for name in ("report.json", "clear.json"):
        content = (written / name).read_text(encoding="utf-8")
        found = [text for text in texts(json.loads(content)) if isinstance(text, str)]
        assert any("<script>alert(1)</script>" in text for text in found)
        assert "NaN" not in content


def test_hostile_text_is_text_in_word(written):
    for name in ("report.docx", "clear.docx"):
        text = word_text(written / name)
        assert any("<script>alert(1)</script>" in line for line in text)
        with zipfile.ZipFile(written / name) as file:
            body = file.read("word/document.xml").decode()
            relations = file.read("word/_rels/document.xml.rels").decode()
        assert "fldSimple" not in body
        assert "instrText" not in body
        assert 'TargetMode="External"' not in relations


@pytest.mark.parametrize("name", ["report.html", "clear.html"])
def test_hostile_text_is_text_on_the_pages(written, name):
    html = (written / name).read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html.replace("<wbr>", "")
    assert not re.search(r"https?://[^x]|@import| src=", html)


def test_hostile_text_is_text_in_every_figure(written):
    files = sorted((written / "figures").glob("*.svg"))
    assert len(files) == 13
    shown = []
    for file in files:
        root = ElementTree.parse(file).getroot()
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
            *("svg", "title", "desc", "defs", "style", "g", "path", "use", "text", "clipPath", "rect", "tspan")
        }
        shown += ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]
        assert not re.search(r'href="(?!#)', file.read_text(encoding="utf-8"))
    assert any("<script>" in text for text in shown)
    assert any(text.strip().startswith("=cmd") for text in shown)


def test_no_cell_of_a_csv_is_a_formula(written):
    files = sorted((written / "figures").glob("*.csv"))
    assert len(files) == 13
    quoted = 0
    for file in files:
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            for cell in row:
                number = re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)
                assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), file.name
                quoted += cell.startswith("'=")
    assert quoted > 70


def test_neutral_leaves_numbers_and_harmless_text_alone():
    assert [neutralise(value, spare_numbers=False) for value in (-1.5, 3, None, "age", "")] == [
        -1.5,
        3,
        None,
        "age",
        "",
    ]
    assert [neutralise(value, spare_numbers=False) for value in ("=1", "+1", "-1", "@a", "\tx", "\rx")] == [
        *("'=1", "'+1", "'-1", "'@a", "'\tx", "'\rx")
    ]


def test_a_csv_gives_back_what_the_figure_shows():
    class Shown:
        def frame(self):
            return pd.DataFrame({"name": ["=a", "b"], "value": [-0.5, 2.0]}, index=pd.Index([1, 2], name="-row"))

    text = render_csv(Shown())
    assert text == "'-row,name,value\n1,'=a,-0.5\n2,b,2.0\n"


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_begins_with_the_verdict_and_has_every_number_of_the_table(results, predictions, tmp_path, ending):
    path = write_report(results, predictions.iloc[:0], tmp_path / f"report.{ending}", figures=False)
    if ending == "docx":
        text = " ".join(word_text(path))
    elif ending == "html":
        text = re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8").partition("<main>")[2])
    else:
        text = path.read_text(encoding="utf-8")
    text = text.replace("\xa0", " ").replace("\\", "")
    verdict = make_verdict(results)
    assert text.index(verdict.sentences[0]) < text.index("Discrimination")
    for number in ("0.730", "0.630 to 0.830", "+0.030", "−0.010 to 0.070", "P105", "105 candidate columns"):
        assert number in text, number
    assert not (tmp_path / "figures").exists()


def test_word_is_the_same_to_read_in_python_docx(results, predictions, tmp_path):
    docx = pytest.importorskip("docx")
    file = docx.Document(write_report(results, predictions, tmp_path / "report.docx"))
    assert [p.text for p in file.paragraphs if p.style.name == "Title"] == ["Malignancy of lung nodules"]
    assert len(file.inline_shapes) == 11
    assert [cell.text for cell in file.tables[2].rows[0].cells] == [
        *("If a model reaches an AUC of", "Candidate columns supported", "Patients needed for all candidates"),
        "Width of the AUC's 95 % interval",
    ]


def test_markdown_names_its_figures_and_writes_them(results, predictions, tmp_path):
    text = write_report(results, predictions, tmp_path / "report.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((figures/[^)]*)\)", text)
    assert len(named) == 11
    assert all((tmp_path / name).is_file() for name in named)
    assert len(list((tmp_path / "figures").iterdir())) == 22


@pytest.mark.slow
def test_the_same_study_gives_the_same_bytes_in_text_formats(results, predictions, tmp_path):
    kept = []
    for _ in range(2):
        paths = [write_report(results, predictions, tmp_path / f"report.{ending}") for ending in ("md", "json")]
        kept.append({path.name: path.read_bytes() for path in (*paths, *(tmp_path / "figures").iterdir())})
    assert kept[0] == kept[1]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("0.73 is a number", "0.73 is a number"),
        ("a_b*c|d", "a\\_b\\*c\\|d"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_signs_lose_their_meaning(text, written):
    assert render_markdown(Document("t", [Section("s", [text])], "m")).split("\n\n")[2] == written


def test_a_table_of_one_row_stays_a_table():
    text = render_markdown(
        Document("t", [Section("s", [Table("T", ["a", "b"], [["x|y", "+1"]], numeric=[False, True])])], "m")
    )
    assert "| a | b |\n| --- | ---: |\n| x\\|y | +1 |" in text


def test_other_endings_are_refused_before_any_work(tmp_path):
    with pytest.raises(ValueError, match=r"report.pdf: a report ends in .html, .md, .json, .docx"):
        write_report(None, None, tmp_path / "report.pdf")


def test_word_without_its_package_says_how_to_install_it(results, predictions, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(ImportError, match=r"needs the package 'docx'.*pip install 'fusionkit\[word\]'"):
        write_report(results, predictions, tmp_path / "report.docx")


@pytest.fixture
def run_folder(results, predictions, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    return folder


@pytest.fixture
def command(monkeypatch, capsys):
    from fusionkit.cli import main

    def run(*arguments):
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setattr(sys, "argv", ["fusionkit", "report", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
        return leaving.value.code, capsys.readouterr().out

    return run


def test_the_command_writes_report_figures_and_checklists(command, run_folder, results):
    assert command(run_folder, "--format", "json")[0] == 0
    assert json.loads((run_folder / "report.json").read_text())["title"] == "Malignancy of lung nodules"
    assert (run_folder / "figures" / "roc.csv").is_file()
    status, said = command(run_folder, "--checklist", "tripod-ai", "-f", "md", "-o", run_folder / "mine.md")
    assert (status, "mine.md" in said) == (0, True)
    written = (run_folder / "mine.md").read_text(encoding="utf-8")
    assert written == render_markdown(checklist_document("tripod-ai", results))
    assert command(run_folder, "--checklist", "rqs")[0] == 0
    assert (run_folder / "checklist-rqs.html").is_file()


def test_the_command_refuses_what_is_no_run(command, tmp_path, run_folder):
    status, said = command(tmp_path)
    assert status == 1
    assert "holds no results.json and no predictions.parquet" in said
    status, said = command(run_folder, "-f", "md", "-o", run_folder / "a.html")
    assert (status, "End its name in .md" in said) == (1, True)
    (run_folder / "results.json").write_text("{")
    status, said = command(run_folder)
    assert (status, "results.json cannot be read" in said) == (1, True)


def test_help_of_the_command_needs_no_heavy_package():
    code = (
        "import sys; from fusionkit.cli.app import app; "
        "print([m for m in ('pandas', 'matplotlib', 'docx', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
