"""Displays draw what they were given, hand it back, accept an axis, and leave matplotlib as it was."""

import sys
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from fusionkit.plotting import (
    CalibrationDisplay,
    DecisionCurveDisplay,
    FlowDisplay,
    ForestDisplay,
    MissingnessDisplay,
    PrecisionRecallDisplay,
    PredictionLadderDisplay,
    RocDisplay,
    SelectionDisplay,
    StabilityDisplay,
)

FLOW = [
    {"label": "in clinical.csv", "n": 80},
    {"label": "in images.csv", "n": 78},
    {"label": "in any source", "n": 81},
    {"label": "left out", "n": 7},
    {"label": "analysed", "n": 74},
]
FOREST = [
    {"name": "early", "value": 0.03, "low": -0.01, "high": 0.07},
    {"name": "late", "value": 0.02, "low": None, "high": np.nan},
]


FOLDS = [
    {"repeat": repeat, "fold": fold, "features": ["ct__a", *(["ct__b"] if fold else []), f"ct__c{repeat}{fold}"]}
    for repeat in range(2)
    for fold in range(3)
]
PATTERNS = [{"pattern": ["ct"], "n": 14, "n_events": 9}, {"pattern": [], "n": 60, "n_events": 20}]


def out_of_fold(seed=0, n=60, folds=5, repeats=4, decimals=6):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 3 == 0).astype(int)
    frames = []
    for repeat in range(repeats):
        fold = rng.permutation(n) % folds
        for fusion in ("ehr", "early"):
            score = (1 / (1 + np.exp(-y - rng.normal(size=n)))).round(decimals)
            at = {"fusion": fusion, "repeat": repeat, "fold": fold, "patient": np.arange(n)}
            frames.append(pd.DataFrame({**at, "y_true": y, "y_score": score}))
    return pd.concat(frames, ignore_index=True)


def calibration():
    one = out_of_fold().query("fusion == 'early'").groupby("patient")[["y_true", "y_score"]].mean()
    return CalibrationDisplay(CalibrationDisplay.from_predictions(*one.T.to_numpy()).frame())


MAKE = {
    "roc": lambda: RocDisplay(RocDisplay.from_predictions(out_of_fold()).frame()),
    "calibration": calibration,
    "forest": lambda: ForestDisplay(FOREST, reference=0.0),
    "selection": lambda: SelectionDisplay([{"feature": "ct__a", "times": 3, "of": 5}]),
    "flow": lambda: FlowDisplay(FLOW, reasons=[("no image", 7)], analysed=["33 events"]),
    "pr": lambda: PrecisionRecallDisplay(PrecisionRecallDisplay.from_predictions(out_of_fold()).frame()),
    "decision": lambda: DecisionCurveDisplay(DecisionCurveDisplay.from_predictions(out_of_fold()).frame()),
    "stability": lambda: StabilityDisplay.from_folds(FOLDS),
    "missingness": lambda: MissingnessDisplay(PATTERNS, columns=["ehr", "ct"]),
    "ladder": lambda: PredictionLadderDisplay.from_predictions(out_of_fold(), "ehr", "early"),
}


@pytest.fixture(params=MAKE)
def display(request):
    return MAKE[request.param]()


def test_plot_returns_itself_with_its_axis_and_figure(display):
    assert display.plot() is display
    assert display.figure_ is display.ax_.figure
    assert "matplotlib.pyplot" not in sys.modules or not matplotlib.pyplot.get_fignums()


def test_an_existing_axis_is_used(display):
    ax = Figure().add_subplot()
    assert display.plot(ax).ax_ is ax
    assert ax.has_data() or ax.texts


def test_settings_of_matplotlib_are_left_alone(display):
    before = dict(matplotlib.rcParams)
    display.plot()
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_frame_gives_a_copy(make):
    display = make()
    first = display.frame()
    first.iloc[0, -1] = first.iloc[0, -1] * 2
    pd.testing.assert_frame_equal(display.frame(), make().frame())


def drawn_text(display, tmp_path):
    """Every text of the figure as it stands in its SVG."""
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        display.plot().figure_.savefig(tmp_path / "figure.svg")
    root = ElementTree.parse(tmp_path / "figure.svg").getroot()
    return ["".join(element.itertext()).strip() for element in root.iter() if element.tag.endswith("text")]


@pytest.mark.parametrize("name", ["$x^2$ \\frac", "$\\no{", "a$b$c", "<b>&_^"])
def test_text_is_never_read_as_mathematics(name, tmp_path):
    predictions = out_of_fold().replace({"fusion": {"early": name}})
    curve = {"fusion": name, "fpr": [0, 1], "tpr": [0, 1], "low": 0, "high": 1}
    patient = {"patient": name, "y_true": 1, "before": 0.1, "after": 0.2}
    for display in (
        ForestDisplay([{"name": name, "value": 1.0, "low": 0.0, "high": 2.0}]),
        FlowDisplay([{"label": name, "n": 3}]),
        RocDisplay(pd.DataFrame(curve)),
        PrecisionRecallDisplay.from_predictions(predictions),
        DecisionCurveDisplay.from_predictions(predictions),
        SelectionDisplay([{"feature": name, "times": 1, "of": 2}]),
        StabilityDisplay.from_folds([{"repeat": 0, "fold": 0, "features": [name]}]),
        MissingnessDisplay([{"pattern": [name], "n": 3, "n_events": 1}]),
        PredictionLadderDisplay([patient], names=(name[:10], "after")),
    ):
        assert any(name[:10] in text for text in drawn_text(display, tmp_path)), type(display).__name__


@pytest.mark.parametrize("decimals", [6, 1])
def test_area_under_the_mean_curve_is_the_mean_auc_of_the_folds(decimals):
    predictions = out_of_fold(decimals=decimals)
    curves = RocDisplay.from_predictions(predictions).frame()
    for fusion, curve in curves.groupby("fusion"):
        mine = predictions[predictions["fusion"] == fusion].groupby(["repeat", "fold"])
        expected = [roc_auc_score(part["y_true"], part["y_score"]) for _, part in mine if part["y_true"].nunique() == 2]
        assert np.trapezoid(curve["tpr"], curve["fpr"]) == pytest.approx(np.mean(expected), abs=1e-12)


def test_the_band_holds_the_mean_curve_and_closes_for_one_repeat():
    curves = RocDisplay.from_predictions(out_of_fold()).frame()
    assert (curves["low"] <= curves["tpr"] + 1e-12).all()
    assert (curves["tpr"] <= curves["high"] + 1e-12).all()
    assert (curves["high"] > curves["low"]).any()
    curves = RocDisplay.from_predictions(out_of_fold(repeats=1)).frame()
    assert (curves["low"] == curves["high"]).all()


def test_a_model_without_both_classes_in_any_fold_has_no_curve():
    with pytest.raises(ValueError, match="ehr: no test fold has patients of both classes"):
        RocDisplay.from_predictions(out_of_fold().assign(y_true=1))


def test_missing_columns_are_named_with_what_is_there():
    with pytest.raises(ValueError, match=r"missing: y_score \(it has fusion, repeat, fold, patient, y_true\)"):
        RocDisplay.from_predictions(out_of_fold().drop(columns="y_score"))
    with pytest.raises(ValueError, match="flow is empty"):
        FlowDisplay([]).plot()


def test_calibration_groups_equal_scikit_learns_quantile_bins():
    rng = np.random.default_rng(0)
    y_prob = rng.uniform(size=200)
    y_true = (rng.uniform(size=200) < y_prob).astype(int)
    groups = CalibrationDisplay.from_predictions(y_true, y_prob).frame()
    observed, predicted = calibration_curve(y_true, y_prob, n_bins=10, strategy="quantile")
    np.testing.assert_allclose(groups["observed"], observed, atol=1e-12)
    np.testing.assert_allclose(groups["predicted"], predicted, atol=1e-12)
    assert groups["n"].sum() == 200


def test_equal_predictions_are_never_parted():
    groups = CalibrationDisplay.from_predictions([0, 1] * 30, [0.3] * 40 + [0.8] * 20, n_bins=5).frame()
    assert groups["n"].tolist() == [40, 20]
    assert groups["predicted"].to_list() == pytest.approx([0.3, 0.8])


def test_scores_that_are_no_probabilities_are_refused():
    with pytest.raises(ValueError, match="pass predict_proba, not a score"):
        CalibrationDisplay.from_predictions([0, 1], [-1.2, 3.0])
    with pytest.raises(ValueError, match=r"got shapes \(2,\), \(3,\)"):
        CalibrationDisplay.from_predictions([0, 1], [0.1, 0.2, 0.3])


def test_an_estimate_without_an_interval_stands_alone():
    texts = [text.get_text() for text in ForestDisplay(FOREST, signed=True).plot().ax_.texts]
    assert texts == ["early", "+0.030 (−0.010 to 0.070)", "late", "+0.020 (no interval)"]


def test_the_most_frequent_features_come_first_and_the_rest_is_kept_in_the_frame():
    rows = [{"feature": f"ct__f{i:02d}", "times": i, "of": 30} for i in range(30)]
    display = SelectionDisplay(rows, top=5).plot()
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == [f"ct__f{i}" for i in range(29, 24, -1)]
    assert len(display.frame()) == 30


@pytest.mark.parametrize("n_sources", [1, 2, 3, 4, 7])
def test_boxes_of_the_flow_do_not_overlap_and_stay_inside(n_sources):
    flow = [{"label": f"in a_table_with_a_long_name_{i}.csv", "n": 80} for i in range(n_sources)] + FLOW[2:]
    reasons = [("not in images.csv and not in clinical.csv either, for reasons unknown to us", 4), ("no outcome", 3)]
    ax = FlowDisplay(flow, reasons=reasons, analysed=["33 malignant", "41 benign"]).plot().ax_
    boxes = [
        patch.get_extents().transformed(ax.transData.inverted()) for patch in ax.patches if patch.get_width() > 0.3
    ]
    assert len(boxes) == n_sources + 3
    for i, box in enumerate(boxes):
        assert ax.get_xlim()[0] <= box.x0 < box.x1 <= ax.get_xlim()[1]
        assert ax.get_ylim()[0] <= box.y0 < box.y1 <= ax.get_ylim()[1]
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
