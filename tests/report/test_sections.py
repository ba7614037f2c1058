"""Sections of the page: features, patients, figures and numbers."""

import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure

from fusionkit.plotting.style import PALETTE
from fusionkit.report.calibration import calibration
from fusionkit.report.evidence import discrimination
from fusionkit.report.features import TOP, features
from fusionkit.report.figures import inline_svg
from fusionkit.report.numbers import count, fixed, interval, listed, signed
from fusionkit.report.patients import MAX_ROWS, patients


def test_top_features_are_shown_and_the_rest_counted(results):
    ct = next(view for view in features(results)["fusions"] if view["label"] == "ct alone")
    assert len(ct["rows"]) == TOP
    assert [row["times"] for row in ct["rows"]] == sorted((row["times"] for row in ct["rows"]), reverse=True)
    assert (ct["rest"], ct["rest_most"]) == (4, 5)
    assert ct["rows"][0]["width"] == "100.0"


def test_what_the_search_chose_is_counted_over_all_training_sets(results):
    early = next(view for view in features(results)["searched"] if view["label"] == "Early fusion")
    chosen = {row["setting"]: {one["value"]: one["times"] for one in row["values"]} for row in early["choices"]}
    assert chosen == {
        "model": {"LogisticRegression": 25},
        "ct: selector": {"AnovaRanker": 25},
        "ct: features kept": {"10": 15, "5": 10},
        "model: C": {"0.1": 25},
    }


def test_late_fusion_selects_nothing_itself(results):
    assert "Late fusion" not in [view["label"] for view in features(results)["searched"]]
    assert any("chooses nothing itself" in sentence for sentence in features(results)["intro"])


def test_selection_is_not_mentioned_where_there_was_none(make_results):
    modalities = {name: {"kind": "record", "columns": 3, "source": "heart.csv"} for name in ("clinical", "ecg")}
    [sentence, _] = features(make_results(modalities=modalities))["intro"]
    assert (
        sentence == "Nothing is selected from clinical and ecg: every model that uses them gets all columns (3 and 3)."
    )


def test_patients_with_several_reasons_are_counted_once_per_reason(results):
    results["cohort"]["excluded"] = [
        {"patient": patient, "reason": reason, "way_out": "", "place": ""}
        for patient, reason in [("A", "x."), ("A", "y."), ("B", "x"), *(("C", f"reason {i}") for i in range(4))]
    ]
    view = patients(results)
    assert view["n_excluded"] == 3
    assert view["reasons"] == [("x", 2), ("y", 1), ("reason 0", 1), ("reason 1", 1), ("other reasons", 1)]


def test_long_lists_of_patients_are_cut_and_say_so(results):
    results["cohort"]["excluded"] *= 200
    view = patients(results)
    assert len(view["excluded"]) == MAX_ROWS
    assert view["more_excluded"] == 1200 - MAX_ROWS


def test_groups_are_mentioned_when_patients_share_one(results):
    assert "groups" not in patients(results)["summary"]
    results["cohort"]["n_groups"] = 60
    assert "They form 60 groups, none of which straddles a fold." in patients(results)["summary"]


def test_calibration_is_shown_for_baseline_early_and_late(results, predictions):
    plots = calibration(results, predictions)["plots"]
    assert [plot["label"] for plot in plots] == ["ehr alone", "Early fusion", "Late fusion"]
    mean = predictions.loc[predictions["fusion"] == "ehr", "y_score"].mean()
    assert plots[0]["note"].startswith(f"Mean prediction {mean:.2f}, observed 0.45 (74 patients, 33 events).")


def test_a_model_keeps_its_colour_in_every_figure(results, predictions):
    view = discrimination(results, predictions)
    colors = {row["fusion"]: row["color"] for row in view["rows"]}
    assert colors["ehr"] == PALETTE["baseline"]
    assert colors["early"] == PALETTE["blue"]
    assert colors["late"] == PALETTE["orange"]
    for figure in ("roc", "aucs", "differences"):
        assert "stroke: var(--blue)" in view[figure].svg


def test_svg_keeps_text_as_text_and_prefixes_its_ids():
    figure = Figure()
    figure.add_subplot().text(0.5, 0.5, "<b> & #1d2733 図", color=PALETTE["ink"])
    svg = inline_svg(figure, name="one", title="A <title>", description='"quoted"')
    root = ET.fromstring(svg)
    assert root.find("title").text == "A <title>"
    assert "<b> & #1d2733 図" in ["".join(element.itertext()) for element in root.iter("text")]
    assert all(element.get("id").startswith("one-") for element in root.iter() if element.get("id"))
    assert "metadata" not in svg
    assert svg == inline_svg(figure, name="one", title="A <title>", description='"quoted"')


@pytest.mark.parametrize("undefined", [None, float("nan"), float("inf")])
def test_undefined_numbers_are_dashes(undefined):
    assert fixed(undefined) == signed(undefined) == "—"
    assert interval(0.1, undefined) == interval(undefined, 0.1) == "no interval"


def test_numbers_are_written_as_in_print():
    assert (fixed(-0.0312, 2), signed(0.0312), interval(-0.1, 0.25, 2)) == ("−0.03", "+0.031", "−0.10 to 0.25")
    assert (count(1, "patient"), count(1234, "patient")) == ("1 patient", "1,234 patients")
    assert [listed([]), listed("a"), listed("ab"), listed("abc", "or")] == ["", "a", "a and b", "a, b or c"]
