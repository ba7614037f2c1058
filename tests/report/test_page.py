"""The page is one well-formed, escaped, offline document, the same in every run."""

import re
import time
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from fusionkit.report import render_report, write_report

VOID = {"meta", "br", "wbr", "link", "img", "hr", "input"}
HOSTILE = '<script>alert(1)</script>"\'&$x^2$ =HYPERLINK("http://x.example") \u202e\x00 図'


class Page(HTMLParser):
    """Elements, texts and ids of a document; fails on a tag that is not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, key, value) for key, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, key, value) for key, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.text.append(data)

    def values(self, key):
        return [value for _, name, value in self.attributes if name == key]


@pytest.fixture(scope="module")
def html(make_results, predictions):
    return render_report(make_results(), predictions)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_page_is_well_formed_and_has_every_section(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    sections = ["verdict", "patients", "discrimination", "calibration", "clinical", "features", "methods", "record"]
    assert [name for name in ids if name in sections] == sections
    for target in [value for value in page.values("href") if value.startswith("#")]:
        assert target[1:] in ids
    for labels in page.values("aria-labelledby"):
        assert set(labels.split()) <= set(ids)


def test_the_page_asks_the_network_for_nothing(html, page):
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(page.tags)
    assert page.values("src") == []
    assert all(value.startswith("#") for value in page.values("href"))
    assert not re.search(r"https?://|@import", html)
    assert all(value.startswith("#") for value in re.findall(r"url\((.*?)\)", html))


def test_every_figure_has_a_title_and_follows_the_theme(page, html):
    assert page.tags.count("svg") == page.tags.count("title") - 1 == page.tags.count("desc") == 11
    svg = "".join(re.findall(r"<svg.*?</svg>", html, re.S))
    assert "var(--blue)" in svg
    assert set(re.findall(r"(?:fill|stroke): *(#\w+)", svg)) == set()


def test_the_same_study_gives_the_same_bytes_and_no_time(make_results, predictions, html):
    assert render_report(make_results(), predictions) == html
    assert time.strftime("%Y-%m-%d") not in html


def test_the_verdict_comes_first(html):
    text = re.sub(r"<[^>]*>", "", html[html.index("<main>") :])
    assert text.split()[:6] == ["Verdict", "No", "reliable", "gain", "in", "this"]


def test_estimate_interval_patients_and_events_stand_in_one_row(html):
    row = re.search(r'<tr><th scope="row">(?:(?!</tr>).)*early</th>.*?</tr>', html, re.S).group()
    cells = [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row, re.S)]
    assert cells == ["0.730", "0.630 to 0.830", "+0.030", "−0.010 to 0.070", "no reliable gain", "74", "33"]


def test_everyone_left_out_is_named_with_a_reason(html):
    for i in range(6):
        assert f'<th scope="row">P{100 + i}</th>' in html
    assert "3 × not in images.csv" in html


def test_features_of_the_record_are_not_called_selected(html):
    assert "ehr__<wbr>age" not in html
    assert "Nothing is selected from ehr: every model that uses it gets all columns (12)." in html
    assert "4 further features were chosen at least once, none of them more than 5 times." in html


def test_hostile_text_comes_out_as_text(make_results, predictions):
    results = make_results()
    results["study"]["title"] = HOSTILE
    results["study"]["outcome"]["trust"] = [HOSTILE]
    results["cohort"]["outcome"] = {"name": HOSTILE, "negative": HOSTILE, "positive": HOSTILE}
    results["cohort"]["excluded"] = [{"patient": HOSTILE, "reason": HOSTILE, "way_out": HOSTILE, "place": HOSTILE}]
    results["cohort"]["warnings"] = [{"place": HOSTILE, "message": HOSTILE, "way_out": HOSTILE}]
    results["cohort"]["modalities"]["ct"]["source"] = HOSTILE
    results["cohort"]["flow"][0]["label"] = HOSTILE
    results["comparison"]["selected"][0]["feature"] = HOSTILE
    results["comparison"]["folds"][0]["params"] = {HOSTILE: HOSTILE}
    results["versions"][HOSTILE] = HOSTILE
    renamed = {"ct": HOSTILE, "ehr": "_ehr", "early": "early", "late": "late"}
    results["comparison"]["baseline"] = "_ehr"
    for row in [row for key in ("estimates", "differences") for row in results["comparison"][key]]:
        row["fusion"] = renamed[row["fusion"]]
        row.update({"baseline": "_ehr"} if "baseline" in row else {})
    html = render_report(results, predictions.assign(fusion=predictions["fusion"].map(renamed), patient=HOSTILE))
    page = Page(html)
    assert "script" not in page.tags
    assert not [key for _, key, _ in page.attributes if key.startswith("on")]
    assert "".join(page.text).count("<script>alert(1)</script>") >= 15


@pytest.mark.slow
def test_a_study_of_twelve_modalities_stays_readable_and_small(make_results, make_predictions):
    modalities = {
        f"modality_{i}": {"kind": "image" if i else "record", "columns": 400, "source": f"table_{i}.csv"}
        for i in range(12)
    }
    results = make_results(modalities=modalities, n=300, n_events=100)
    fusions = [row["fusion"] for row in results["comparison"]["estimates"]]
    predictions = make_predictions(fusions, n=300, n_events=100)
    start = time.process_time()
    html = render_report(results, predictions)
    assert time.process_time() - start < 5
    assert len(html.encode()) < 1_000_000
    Page(html)
    assert "Not drawn, to keep the figure readable: modality_4, modality_5" in html


def test_parts_that_are_missing_are_left_out(make_results):
    results = make_results({"early": (0.03, None, float("nan"))})
    bare = {
        "cohort": {key: results["cohort"][key] for key in ("outcome", "n", "n_events")},
        "comparison": {key: results["comparison"][key] for key in ("baseline", "estimates", "differences")},
    }
    nobody = pd.DataFrame(columns=["fusion", "repeat", "fold", "patient", "y_true", "y_score"])
    html = render_report(bare, nobody)
    Page(html)
    assert "No predictions were given" in html
    assert "No conclusion possible" in html
    assert "nan" not in re.sub(r"<[^>]*>", "", html).split()


def test_keys_added_later_do_no_harm(make_results, predictions):
    results, nobody = make_results(), predictions.iloc[:0]
    results["later"] = results["cohort"]["later"] = results["comparison"]["later"] = {"anything": [1]}
    assert render_report(results, nobody) == render_report(make_results(), nobody)


def test_results_of_something_else_are_refused(results, predictions):
    with pytest.raises(ValueError, match=r"results lacks cohort.n_events, comparison.estimates: pass the content"):
        render_report({"cohort": {"outcome": {}, "n": 3}, "comparison": {"baseline": "ehr"}}, predictions)
    with pytest.raises(ValueError, match=r"predictions lacks the column y_score: pass predictions.parquet"):
        render_report(results, predictions.drop(columns="y_score"))


def test_write_report_returns_the_file_it_wrote(results, predictions, tmp_path):
    nobody = predictions.iloc[:0]
    path = write_report(results, nobody, str(tmp_path / "report.html"))
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == render_report(results, nobody)


def test_single_repeat_and_tied_scores_are_drawn(make_results, make_predictions):
    results = make_results(repeats=1)
    predictions = make_predictions(["ehr", "ct", "early", "late"], repeats=1)
    html = render_report(results, predictions.assign(y_score=np.where(predictions["y_score"] > 0.5, 0.75, 0.25)))
    assert "The band" not in html
