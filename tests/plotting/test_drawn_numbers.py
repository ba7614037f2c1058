"""What stands on the axis is what frame() gives: the artists' own data, read back."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.plotting import (
    CalibrationDisplay,
    CoverageDisplay,
    DecisionCurveDisplay,
    FlowDisplay,
    ForestDisplay,
    ImportanceDisplay,
    MissingnessDisplay,
    PartialDependenceDisplay,
    PrecisionRecallDisplay,
    PredictionLadderDisplay,
    RocDisplay,
    SelectionDisplay,
    StabilityDisplay,
)
from fusionkit.plotting.calibration import TALLEST
from fusionkit.plotting.style import shorten_all


@pytest.fixture(scope="module")
def predictions():
    rng = np.random.default_rng(3)
    n, frames = 60, []
    y = (np.arange(n) % 3 == 0).astype(int)
    for repeat in range(3):
        fold = rng.permutation(n) % 4
        for fusion in ("ehr", "early"):
            at = {"fusion": fusion, "repeat": repeat, "fold": fold, "patient": [f"P{i}" for i in range(n)]}
            frames.append(pd.DataFrame({**at, "y_true": y, "y_score": 1 / (1 + np.exp(-y - rng.normal(size=n)))}))
    return pd.concat(frames, ignore_index=True)


def lines(display, n_points=3):
    """The data of the lines with as many points or more, in the order drawn."""
    return [np.transpose(line.get_data()) for line in display.ax_.lines if len(line.get_xdata()) >= n_points]


def ends(collection):
    """Both ends of each segment of a collection."""
    return np.array(collection.get_segments())


@pytest.mark.parametrize(
    ("display", "group", "x", "y"),
    [
        (RocDisplay, "fusion", "fpr", "tpr"),
        (PrecisionRecallDisplay, "fusion", "recall", "precision"),
        (DecisionCurveDisplay, "strategy", "threshold", "net_benefit"),
    ],
)
def test_curves_and_bands(predictions, display, group, x, y):
    shown = display.from_predictions(predictions, bands=["early"])
    curves = dict(list(shown.frame().groupby(group, sort=False)))
    for line, curve in zip(lines(shown), curves.values(), strict=True):
        np.testing.assert_array_equal(line, curve[[x, y]])
    [band] = shown.ax_.collections
    drawn = np.vstack([path.vertices for path in band.get_paths()])
    for side in ("low", "high"):
        wanted = {tuple(point) for point in curves["early"][[x, side]].to_numpy()}
        assert wanted <= {tuple(point) for point in drawn}


def test_calibration_points_intervals_and_histogram(predictions):
    one = predictions.query("fusion == 'early'").groupby("patient")[["y_true", "y_score"]].mean()
    shown = CalibrationDisplay.from_predictions(one["y_true"], one["y_score"], n_bins=4)
    groups = shown.frame()
    [points] = lines(shown)
    np.testing.assert_array_equal(points, groups[["predicted", "observed"]])
    intervals, above, below = map(ends, shown.ax_.collections)
    np.testing.assert_array_equal(intervals[:, :, 1], groups[["low", "high"]])
    bins, (n_above, n_below) = shown.histogram(), (below_length(above), below_length(below))
    expected = [np.histogram(one.loc[one["y_true"] == event, "y_score"], np.linspace(0, 1, 41))[0] for event in (1, 0)]
    np.testing.assert_array_equal(bins[["events", "others"]].T, expected)
    np.testing.assert_allclose([n_above, n_below], TALLEST * np.array(expected) / np.max(expected), atol=1e-12)


def below_length(segments):
    return np.abs(np.diff(segments[:, :, 1], axis=1)).ravel()


def test_a_calibration_display_without_patients_has_no_histogram():
    group = {"predicted": 0.4, "observed": 0.5, "low": 0.3, "high": 0.7, "n": 20, "n_events": 10}
    shown = CalibrationDisplay([group]).plot()
    assert shown.histogram().empty
    assert [len(collection.get_segments()) for collection in shown.ax_.collections] == [1, 0, 0]


def test_forest_squares_and_whiskers():
    rows = [{"name": "early", "value": 0.03, "low": -0.01, "high": 0.07}, {"name": "late", "value": 0.02}]
    shown = ForestDisplay([{"low": np.nan, "high": np.nan, **row} for row in rows], reference=0.0).plot()
    drawn = [line.get_xdata() for line in shown.ax_.lines]
    assert [list(x) for x in drawn] == [[0.0, 0.0], [-0.01, 0.07], [0.03], [0.02]]


def test_bars_of_importance_and_selection():
    rows = [{"name": f"ct__{i}", "modality": "ct", "importance": i / 10, "low": -0.1, "high": 0.9} for i in range(4)]
    shown = ImportanceDisplay(rows, top=3).plot()
    assert [bar.get_width() for bar in shown.ax_.patches] == shown.frame()["importance"].head(3).to_list()
    chosen = SelectionDisplay([{"feature": f"ct__{i}", "times": i, "of": 8} for i in range(1, 4)]).plot()
    assert sorted(bar.get_width() for bar in chosen.ax_.patches)[-3:] == [1 / 8, 2 / 8, 3 / 8]


def test_filled_cells_of_the_stability_map():
    folds = [{"repeat": 0, "fold": fold, "features": ["a", *["b"] * (fold == 1)]} for fold in range(3)]
    shown = StabilityDisplay.from_folds(folds)
    chosen = shown.ax_.patches[-1].get_path()
    corners = chosen.vertices[chosen.codes == chosen.MOVETO] + [0.42, 0.38]
    table = shown.frame().drop(columns="share").to_numpy()
    assert sorted(map(tuple, corners.round(9))) == sorted((x, y) for y, x in np.argwhere(table).tolist())


def test_circles_of_missingness_and_boxes_of_the_flow():
    patterns = [{"pattern": ["ct"], "n": 14, "n_events": 9}, {"pattern": [], "n": 60, "n_events": 20}]
    shown = MissingnessDisplay(patterns, columns=["ehr", "ct"]).plot()
    there = {(*line.get_xdata(), *line.get_ydata()): line.get_markerfacecolor() != "none" for line in shown.ax_.lines}
    table = shown.frame()[["ehr", "ct"]].to_numpy()
    assert there == {(x, y): bool(table[y, x]) for y in range(2) for x in range(2)}
    steps = [("in a.csv", 80), ("in b.csv", 78), ("in any source", 81), ("left out", 7), ("analysed", 74)]
    flow = FlowDisplay([{"label": label, "n": n} for label, n in steps], reasons=[("no image", 7)]).plot()
    texts = [text.get_text() for text in flow.ax_.texts]
    for label, n in steps:
        assert texts[texts.index(label) + 1] == f"n = {n}"
    assert "7 × no image" in texts


def test_rungs_of_the_ladder(predictions):
    shown = PredictionLadderDisplay.from_predictions(predictions, "ehr", "early")
    table, drawn = shown.frame(), lines(shown)
    for line, (event, moved) in zip(
        drawn, [(1, "rightly"), (1, "wrongly"), (0, "rightly"), (0, "wrongly")], strict=True
    ):
        mine = table[(table["y_true"] == event) & (table["moved"] == moved)]
        np.testing.assert_array_equal(line[:, 1].reshape(-1, 3)[:, :2], mine[["before", "after"]])


def test_partial_dependence_line_and_band():
    rows = [{"feature": "ehr__age", "value": v, "probability": v / 100, "low": 0.1, "high": 0.9} for v in (40, 50, 60)]
    shown = PartialDependenceDisplay(rows).plot()
    [line] = lines(shown)
    np.testing.assert_array_equal(line, shown.frame()[["value", "probability"]])


def test_names_that_begin_alike_stay_apart_when_cut():
    names = [f"ultrasound__original_{kind}_GrayLevelNonUniformityNormalized" for kind in ("glrlm", "glszm", "gldm")]
    labels = shorten_all(names, 40)
    assert len(set(labels)) == 3
    assert all(len(label) <= 40 for label in labels)
    assert labels[0] == "…glrlm_GrayLevelNonUniformityNormalized"
    assert shorten_all([*names, "ehr__age"], 40) == [*labels, "ehr__age"]
    assert shorten_all(["ct__a", "ct__b"], 40) == ["ct__a", "ct__b"]
    assert shorten_all(["x" * 50], 9) == ["xxxx…xxxx"]


def test_every_window_is_a_dot_at_its_share_and_the_one_of_the_study_is_filled():
    rows = [
        {"measurement": name, "window": "-3 to +1 days", "widened_by_days": days, "n_patients": n, "n_total": 80}
        for name, counts in (("ehr__crp", (40, 60, 80)), ("ehr__urea", (20, 24, 30)))
        for days, n in zip((0, 7, None), counts, strict=True)
    ]
    display = CoverageDisplay(rows[::-1]).plot()
    table = display.frame()
    assert table["widened_by_days"].tolist() == [0, 7, np.inf] * 2
    for place, name in enumerate(["ehr__urea", "ehr__crp"]):
        wide, as_it_is = display.ax_.lines[2 * place : 2 * place + 2]
        expected = table.loc[table["measurement"] == name, "share"].to_numpy()
        np.testing.assert_array_equal(wide.get_xdata(), expected)
        assert set(wide.get_ydata()) == {place}
        assert wide.get_markerfacecolor() == "none"
        np.testing.assert_array_equal(as_it_is.get_xdata(), expected[:1])
