"""Displays of importance, of one patient and of drift draw what they were given, and hostile names as text."""

import doctest
import io

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from fusionkit.plotting import (
    DriftDisplay,
    ExplanationDisplay,
    ImportanceDisplay,
    PartialDependenceDisplay,
    drift,
    explanation,
    importance,
)

HOSTILE = "ct__<script>$x^2$\n&amp;"
IMPORTANCE = [
    {"name": "ehr__age", "modality": "ehr", "importance": 0.02, "low": -0.01, "high": 0.05},
    {"name": HOSTILE, "modality": "ct", "importance": 0.10, "low": np.nan, "high": np.nan},
]
STEPS = [
    {"name": "ehr__age", "modality": "ehr", "value": 71.0, "contribution": 0.05},
    {"name": HOSTILE, "modality": "ct", "value": "<b>", "contribution": -0.3},
    {"name": "ct__b", "modality": "ct", "value": np.nan, "contribution": 0.01},
    {"name": "ct__c", "modality": "ct", "value": 1, "contribution": 0.02},
]
DEPENDENCE = [
    {"feature": "ehr__age", "value": v, "probability": v / 100, "low": 0.1, "high": 0.9} for v in (40, 50, 60)
]
LEVELS = [{"feature": HOSTILE, "value": v, "probability": 0.5, "low": 0.1, "high": 0.9} for v in ("<i>", "male")]
DRIFT = [
    {"column": "ehr__age", "smd": -0.05, "psi": 0.1, "psi_noise": 0.3, "drifted": False},
    {"column": HOSTILE, "smd": 1.2, "psi": 2.0, "psi_noise": 0.3, "drifted": True},
    {"column": "ct__flat", "smd": np.nan, "psi": np.nan, "psi_noise": np.nan, "drifted": False},
]
MADE = {
    "importance": lambda: ImportanceDisplay(IMPORTANCE),
    "explanation": lambda: ExplanationDisplay(STEPS, base=0.4),
    "dependence": lambda: PartialDependenceDisplay(DEPENDENCE),
    "levels": lambda: PartialDependenceDisplay(LEVELS),
    "drift": lambda: DriftDisplay(DRIFT),
}


@pytest.fixture(params=MADE)
def display(request):
    return MADE[request.param]()


def test_plot_returns_itself_draws_on_the_given_axis_and_leaves_settings_alone(display):
    before, ax = dict(matplotlib.rcParams), Figure().add_subplot()
    assert display.plot(ax) is display
    assert display.ax_ is ax
    assert display.plot().figure_ is display.ax_.figure
    assert dict(matplotlib.rcParams) == before


def test_frame_gives_a_copy_and_drawing_changes_nothing(display):
    first = display.frame()
    first.iloc[:, 0] = "changed"
    display.plot()
    assert display.frame().iloc[0, 0] != "changed"


def test_hostile_names_come_out_as_text(display):
    svg = io.StringIO()
    display.plot().figure_.savefig(svg, format="svg")
    assert "<script" not in svg.getvalue()
    assert "<b>" not in svg.getvalue()


def test_the_ladder_ends_at_the_prediction_whatever_is_joined():
    for top in (1, 2, 10):
        table = ExplanationDisplay(STEPS, base=0.4, top=top).frame()
        assert table["end"].iloc[-1] == pytest.approx(0.4 - 0.22, abs=1e-12)
        assert table["start"].iloc[0] == 0.4
        assert table["start"].iloc[1:].tolist() == pytest.approx(table["end"].iloc[:-1].tolist())
    joined = ExplanationDisplay(STEPS, base=0.4, top=1).frame()
    assert joined["name"].tolist()[1:] == ["3 others"]
    drawn = ExplanationDisplay(STEPS, base=0.4).plot().ax_
    assert drawn.get_title(loc="left") == "mean 0.40 → this patient 0.18"
    assert [t.get_text() for t in drawn.get_yticklabels()][1] == "ehr__age = 71"
    assert [bar.get_width() for bar in drawn.patches] == pytest.approx([-0.3, 0.05, 0.02, 0.01])


def test_importance_is_ordered_and_undefined_limits_are_not_drawn():
    shown = ImportanceDisplay(IMPORTANCE)
    assert shown.frame()["importance"].tolist() == [0.10, 0.02]
    [lines] = [c for c in shown.plot().ax_.collections if len(c.get_segments())]
    assert [segment[:, 0].tolist() for segment in lines.get_segments()] == [[-0.01, 0.05]]
    assert len(ImportanceDisplay(IMPORTANCE, top=1).plot().ax_.patches) == 1


def test_drift_is_ordered_by_size_and_drifted_features_are_filled():
    shown = DriftDisplay(DRIFT)
    assert shown.frame()["column"].tolist() == [HOSTILE, "ehr__age", "ct__flat"]
    filled, open_ = shown.plot().ax_.collections[-2:]
    assert filled.get_offsets()[:, 0].tolist() == [1.2]
    assert open_.get_offsets()[:, 0].tolist() == [-0.05]
    assert len(open_.get_facecolors()) == 0


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="missing: low, high"):
        ImportanceDisplay([{"name": "a", "modality": "ct", "importance": 1}]).frame()
    with pytest.raises(ValueError, match="one feature to an axis; got 2"):
        PartialDependenceDisplay([*DEPENDENCE, *LEVELS]).frame()
    with pytest.raises(ValueError, match="drift is empty"):
        DriftDisplay([]).plot()


@pytest.mark.parametrize("module", [importance, explanation, drift])
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0
