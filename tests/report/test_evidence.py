"""What the report adds to the verdict: utility, stability, sample size, missing data and optional tables."""

import re

import numpy as np
import pytest

from fusionkit.metrics import (
    cox_snell_r2_from_auc,
    expected_auc_width,
    max_parameters_binary,
    net_benefit,
    sample_size_binary,
    selection_stability,
)
from fusionkit.report import render_report
from fusionkit.report.calibration import calibration
from fusionkit.report.clinical_use import THRESHOLDS, clinical_use
from fusionkit.report.coverage import coverage
from fusionkit.report.feasibility import feasibility
from fusionkit.report.importance import importance
from fusionkit.report.records import MAX_RECORDS, entry_tables, missingness
from fusionkit.report.stability import stability
from fusionkit.report.summary import drawings, summarise


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


def test_one_repeat_is_not_called_a_mean_over_repeats(make_results, make_predictions):
    predictions = make_predictions(["ehr", "ct", "early", "late"], repeats=1)
    view = clinical_use(make_results(repeats=1), predictions)
    assert "repeats" not in view["figure"].caption + view["ladder"].caption


def test_the_ladder_says_how_many_moved_rightly(results, predictions):
    ladder = clinical_use(results, predictions)["ladder"]
    table = ladder.display.frame()
    rightly = ((table["change"] > 0) & (table["y_true"] == 1)).sum()
    assert f"{rightly} of 33 patients with the event moved in the right direction" in ladder.caption


def calibrated(slope, reason=""):
    limits = {"low": slope and slope - 0.2, "high": slope and slope + 0.3, "reason": reason}
    at = {"fusion": "early", "method": "bootstrap of patients, percentile, 500 resamples", **limits}
    return [{**at, "metric": name, "value": slope} for name in ("slope", "intercept", "observed_expected", "ici")]


def test_calibration_is_told_with_the_intervals_of_the_run(results, predictions):
    assert "slope 0" not in calibration(results, predictions)["plots"][1]["note"]
    results["calibration"] = calibrated(0.8)
    view = calibration(results, predictions)
    assert "Calibration slope 0.80 (0.60 to 1.10), intercept +0.80 (0.60 to 1.10), events" in view["plots"][1]["note"]
    assert "95 % intervals (bootstrap of patients, percentile, 500 resamples); they take the" in view["caption"]
    assert "slope" not in view["plots"][0]["note"]


def test_an_undefined_slope_is_told_with_its_reason(results, predictions):
    results["calibration"] = calibrated(None, "the risks separate the classes")
    note = calibration(results, predictions)["plots"][1]["note"]
    assert note.endswith("The calibration slope is undefined: the risks separate the classes.")


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


def test_sample_size_is_worded_as_it_was_computed(results):
    facts, view = results["feasibility"], feasibility(results)
    assert view["candidates"] == 105
    assert view["sentences"][0] == (
        "105 candidate columns stood against 33 patients of the rarer outcome: 0.31 per candidate."
    )
    assert f"Cox-Snell R2 is {facts['r2']:.2f} (an AUC of {facts['auc']:.2f}): 15 % of the" in view["sentences"][1]
    assert view["sentences"][2:] == facts["warnings"]
    r2_cs = cox_snell_r2_from_auc(0.8, 33 / 74)
    needed = sample_size_binary(105, prevalence=33 / 74, r2_cs=r2_cs).n
    largest = max_parameters_binary(74, prevalence=33 / 74, r2_cs=r2_cs)
    width = f"{expected_auc_width(0.8, 33, 41):.2f}"
    assert view["rows"][3] == {"auc": "0.80", "largest": f"{largest:,}", "needed": f"{needed:,}", "width": width}


def test_a_cohort_that_is_large_enough_is_told_so(make_results):
    view = feasibility(make_results(n=20_000, n_events=8000))
    assert re.fullmatch(r"The cohort supports [\d,]+ candidate columns for such a model\.", view["sentences"][-1])


def test_a_run_that_did_not_compute_it_has_no_sample_size(results):
    del results["feasibility"]
    assert feasibility(results) == {"sentences": [], "rows": [], "candidates": None}


def test_patterns_of_missing_data_are_drawn_and_tabled(results):
    assert missingness(results)["figure"] is None
    results["missingness"] = [{"pattern": [], "n": 60, "n_events": 27}, {"pattern": ["ct"], "n": 14, "n_events": 6}]
    view = missingness(results)
    assert view["sentence"] == "60 of 74 patients have complete data; 2 patterns in all."
    assert view["table"] is None
    for row in results["missingness"]:
        row.update({"fusion": "early", "auc": 0.7, "low": 0.6, "high": 0.8})
    table = missingness(results)["table"]
    assert table["columns"] == ["Pattern", "Patients", "Events", "Model", "AUC", "CI"]
    assert table["rows"][1] == ["ct", "14", "6", "early", "0.700", "0.600 to 0.800"]


def test_complete_data_need_no_figure(results):
    results["missingness"] = [{"pattern": [], "n": 74, "n_events": 33}]
    assert missingness(results) == {"figure": None, "sentence": "", "table": None}


def test_the_windows_of_measurements_are_drawn_and_tabled(results, predictions):
    assert coverage(results) == {"figure": None, "table": None}
    crp = {"measurement": "ehr__crp", "window": "-3 to +1 days", "n_total": 74}
    widths = [(0, 60), (1.0, 66), (7, 70), (None, 72)]
    results["coverage"] = [crp | {"widened_by_days": days, "n_patients": n} for days, n in widths]
    view = coverage(results)
    assert view["table"]["columns"] == ["Measurement", "Window", "As it is", "1 day wider", "7 days wider", "Any time"]
    assert view["table"]["rows"] == [["ehr__crp", "-3 to +1 days", "60 of 74", "66 of 74", "70 of 74", "72 of 74"]]
    assert view["figure"].description == "ehr__crp: 60 of 74 patients."
    assert "coverage" in {figure.name for figure in drawings(summarise(results, predictions))}


def test_entries_of_the_cohort_are_found(results):
    results["cohort"]["table_one"] = [{"modality": "ct", "n": 60, "share": 60 / 74}]
    results["missing_values"] = [{"modality": "ehr", "column": "ehr__crp", "n_missing": 4, "share": 4 / 74}]
    first, gaps = entry_tables(results, "patients")
    assert first["rows"] == [["ct", "60", "81.1 %"]]
    assert gaps["rows"] == [["ehr", "ehr__crp", "4", "5.4 %"]]


def test_importance_is_drawn_feature_by_feature(results):
    assert importance(results) is None
    at = {"fusion": "early", "low": 0.0, "high": 0.2, "used": 0.9, "reason": ""}
    results["importance"] = [
        {"kind": "modality", "name": "ct", "modality": "ct", "importance": 0.15, **at},
        {"kind": "feature", "name": "ct__a", "modality": "ct", "importance": 0.05, **at},
        {"kind": "feature", "name": "ehr__age", "modality": "ehr", "importance": 0.08, **at},
    ]
    figure = importance(results)
    assert figure.display.frame()["name"].to_list() == ["ehr__age", "ct__a"]
    assert figure.description == "Shuffling ehr__age costs most: 0.080 of the AUC."
    assert figure.caption.startswith("Early fusion: loss of AUC")
    [table] = entry_tables(results, "features")
    told = dict(zip(table["columns"], table["rows"][1], strict=True))
    assert told == {
        **{"Kind": "feature", "Name": "ct__a", "Modality": "ct", "Loss of AUC": "0.050", "Model": "early"},
        **{"CI": "0.000 to 0.200", "Training sets that use it": "90 %"},
    }


def test_pairs_of_limits_and_levels_are_told_as_such(results):
    row = {"subgroup": "female", "auc": 0.7, "auc_low": 0.6, "auc_high": 0.8, "auc_reason": ""}
    results["subgroups"] = [{**row, "difference": 0.1, "difference_low": -0.1, "difference_high": None}]
    [table] = entry_tables(results, "robustness")
    assert table["columns"] == ["Subgroup", "AUC", "CI", "Difference", "CI"]
    assert table["rows"] == [["female", "0.700", "0.600 to 0.800", "+0.100", "—"]]
    results["table_one"] = [{"variable": "sex: female"}, {"variable": "    male"}]
    assert entry_tables(results, "patients")[0]["rows"] == [["sex: female"], ["\u2003male"]]


def test_optional_tables_are_shown_where_they_are_present(results, predictions):
    nobody = predictions.iloc[:0]  # without curves, the page is written in no time
    plain = render_report(results, nobody)
    assert 'id="robustness"' not in plain
    results["subgroups"] = [{"variable": "sex", "level": "f", "n": 30, "auc": None, "low": None, "high": None}]
    results["importance"] = [{"fusion": "early", "modality": "ct", "importance": 0.031, "kept": True}]
    results["audit"] = {"findings": [{"check": "duplicates", "finding": "none"}], "n_checks": 7}
    results["table_one"] = [{"variable": "age", "all": "61 (9)", "share": 0.256}] * (MAX_RECORDS + 3)
    html = render_report(results, nobody)
    for text in ("Performance by subgroup", "Importance", "Audit of leaks and bias: findings", "25.6\xa0%"):
        assert text in html
    assert "3 more rows stand in results.json." in html
    [table] = entry_tables(results, "features")
    assert table["columns"] == ["Model", "Modality", "Loss of AUC", "Kept"]
    assert table["rows"] == [["early", "ct", "0.031", "yes"]]
    subgroups = entry_tables(results, "robustness")[-1]
    assert subgroups["rows"] == [["sex", "f", "30", "—", "—"]]


@pytest.mark.parametrize(
    "value", [[{"pattern": ["ct"], "n": None, "n_events": None}], {"complete": 60, "without ct": 14}, ["ct"]]
)
def test_patterns_without_counts_are_tabled_and_not_drawn(results, predictions, value):
    results["missingness"] = value
    assert missingness(results)["figure"] is None
    assert "Patterns of missing data" in render_report(results, predictions.iloc[:0])


@pytest.mark.parametrize("value", [[1, "two", None], [{"deep": {"er": [1]}}], {"only": "this"}])
def test_tables_of_any_shape_are_shown_and_stop_nothing(results, predictions, value):
    results["audit"] = value
    assert "Audit of leaks and bias" in render_report(results, predictions.iloc[:0])
