"""What the report adds to the verdict: utility, stability, sample size, missing data and optional tables."""

import numpy as np
import pytest

from fusionkit.metrics import (
    calibration_slope,
    cox_snell_r2_from_auc,
    net_benefit,
    sample_size_binary,
    selection_stability,
)
from fusionkit.report import render_report
from fusionkit.report.calibration import calibration
from fusionkit.report.clinical_use import THRESHOLDS, clinical_use
from fusionkit.report.feasibility import feasibility
from fusionkit.report.records import MAX_RECORDS, entry_tables, missingness
from fusionkit.report.stability import stability


def test_net_benefit_stands_beside_the_baseline_and_treating_all_and_none(results, predictions):
    view = clinical_use(results, predictions)
    assert [row["strategy"] for row in view["rows"]] == ["ehr", "early", "late", "treat all", "treat none"]
    mine = predictions[predictions["fusion"] == "early"].groupby("repeat")
    expected = np.mean([net_benefit(part["y_true"], part["y_score"], THRESHOLDS) for _, part in mine], axis=0)
    assert view["rows"][1]["values"] == [f"{value:.3f}".replace("-", "−") for value in expected]
    assert view["rows"][-1]["values"] == ["0.000"] * 4


def test_the_sentence_on_net_benefit_follows_the_curves(results, predictions):
    worse = predictions.copy()
    worse.loc[worse["fusion"] == "early", "y_score"] = 0.999
    said = clinical_use(results, worse)["sentence"]
    assert said == "Early fusion has a higher net benefit than ehr, treat all and treat none at no threshold."
    best = predictions.copy()
    best.loc[best["fusion"] == "early", "y_score"] = best["y_true"].clip(0.001, 0.995)
    assert "at thresholds of 1 % to 99 %" in clinical_use(results, best)["sentence"]


def test_the_ladder_says_how_many_moved_rightly(results, predictions):
    ladder = clinical_use(results, predictions)["ladder"]
    table = ladder.display.frame()
    rightly = ((table["change"] > 0) & (table["y_true"] == 1)).sum()
    assert f"{rightly} of 33 patients with the event moved in the right direction" in ladder.caption


def test_calibration_slopes_are_averaged_over_the_repeats(results, predictions):
    mine = predictions[predictions["fusion"] == "early"].groupby("repeat")
    slopes = [calibration_slope(part["y_true"], part["y_score"]).value for _, part in mine]
    note = calibration(results, predictions)["plots"][1]["note"]
    limits = f"({min(slopes):.2f} to {max(slopes):.2f} over the repeats)"
    assert f"Calibration slope {np.mean(slopes):.2f} {limits}" in note


def test_perfect_separation_leaves_the_slope_undefined_in_words(results, predictions):
    perfect = predictions.assign(y_score=predictions["y_true"])
    assert "The calibration slope is undefined" in calibration(results, perfect)["plots"][0]["note"]


def test_the_index_of_stability_counts_all_candidates_of_the_modality(results):
    view = stability(results)
    assert [(row["fusion"], row["modality"]) for row in view["rows"]] == [("ct", "ct"), ("early", "ct")]
    table = np.zeros((25, 93))
    for feature in range(24):
        table[: 25 - feature, feature] = 1
    assert view["rows"][0]["index"] == f"{selection_stability(table).value:.2f}"
    assert view["rows"][0]["kept"] == "1 to 24"
    assert "ehr__age" not in view["figure"].display.frame().index


def test_nothing_is_said_of_stability_where_nothing_was_selected(make_results):
    modalities = {name: {"kind": "record", "columns": 3, "source": "heart.csv"} for name in ("clinical", "ecg")}
    assert stability(make_results(modalities=modalities)) == {"figure": None, "rows": []}


def test_sample_size_follows_riley_for_all_candidates(results):
    view = feasibility(results)
    assert view["candidates"] == 105
    assert view["sentences"][0] == (
        "105 candidate columns stood against 33 patients of the rarer outcome: 0.31 per candidate."
    )
    r2_cs = cox_snell_r2_from_auc(0.8, 33 / 74)
    needed = sample_size_binary(105, prevalence=33 / 74, r2_cs=r2_cs).n
    assert view["rows"][1]["needed"] == f"{needed:,}"
    largest = view["rows"][1]["largest"]
    assert sample_size_binary(largest, prevalence=33 / 74, r2_cs=r2_cs, margin=0.9).n <= 74
    assert sample_size_binary(largest + 1, prevalence=33 / 74, r2_cs=r2_cs, margin=0.9).n > 74


def test_one_class_has_no_sample_size(results):
    results["cohort"]["n_events"] = 0
    assert feasibility(results)["rows"] == []


def test_patterns_of_missing_data_are_drawn_and_tabled(results):
    assert missingness(results)["figure"] is None
    results["missingness"] = [{"pattern": [], "n": 60, "n_events": 27}, {"pattern": ["ct"], "n": 14, "n_events": 6}]
    view = missingness(results)
    assert view["sentence"] == "60 of 74 patients have complete data; 2 patterns in all."
    assert view["table"] is None
    for row in results["missingness"]:
        row.update({"fusion": "early", "auc": 0.7, "low": 0.6, "high": 0.8})
    table = missingness(results)["table"]
    assert table["columns"] == ["Pattern", "Patients", "Events", "Fusion", "AUC", "CI"]
    assert table["rows"][1] == ["ct", "14", "6", "early", "0.700", "0.600 to 0.800"]


def test_optional_tables_are_shown_where_they_are_present(results, predictions):
    plain = render_report(results, predictions)
    assert 'id="robustness"' not in plain
    results["subgroups"] = [{"variable": "sex", "level": "f", "n": 30, "auc": None, "low": None, "high": None}]
    results["importance"] = [{"fusion": "early", "modality": "ct", "importance": 0.031, "kept": True}]
    results["audit"] = {"findings": [{"check": "duplicates", "finding": "none"}], "n_checks": 7}
    results["table_one"] = [{"variable": "age", "all": "61 (9)", "share": 0.256}] * (MAX_RECORDS + 3)
    html = render_report(results, predictions)
    for text in ("Performance by subgroup", "Importance", "Audit of leaks and bias: findings", "25.6\xa0%"):
        assert text in html
    assert "3 more rows stand in results.json." in html
    [importance] = entry_tables(results, "features")
    assert importance["columns"] == ["Fusion", "Modality", "Importance", "Kept"]
    assert importance["rows"] == [["early", "ct", "0.031", "yes"]]
    subgroups = entry_tables(results, "robustness")[-1]
    assert subgroups["rows"] == [["sex", "f", "30", "—", "—"]]


@pytest.mark.parametrize("value", [[1, "two", None], [{"deep": {"er": [1]}}], {"only": "this"}])
def test_tables_of_any_shape_are_shown_and_stop_nothing(results, predictions, value):
    results["audit"] = value
    assert "Audit of leaks and bias" in render_report(results, predictions)
