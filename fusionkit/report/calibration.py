"""Do the predicted risks agree with what was observed: plots, slopes and intercepts."""

import numpy as np

from ..metrics import calibration_intercept, calibration_slope
from ..plotting import CalibrationDisplay
from .evidence import fusion_colors, ranked
from .figures import Drawing
from .numbers import count, fixed, percent, signed
from .verdict import fusion_label

__all__ = ["CLIP", "calibration"]

CLIP = 0.001
"""Risks of 0 and 1 have infinite log odds: closer than this to either, they are taken as this close."""


def calibration(results, predictions):
    """Return one small calibration plot for the baseline, early and late fusion.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.

    Returns
    -------
    view : dict
        plots (each with label, figure and note), none without predictions, and their caption.
    """
    comparison = results["comparison"]
    present = set(predictions["fusion"])
    names = [name for name in (comparison["baseline"], "early", "late") if name in present]
    names = (names if len(names) > 1 else [name for name in ranked(comparison) if name in present])[:3]
    colors = fusion_colors(comparison)
    level = comparison.get("confidence", 0.95)
    plots = [_plot(name, i, predictions, colors[name], level) for i, name in enumerate(names)]
    averaged = ("", "")
    if len(predictions["repeat"].unique()) > 1:
        averaged = (
            ", averaged over the repeats for each patient",
            " Averaging pulls probabilities towards the middle a little; slopes and intercepts are computed in each "
            "repeat and then averaged, which avoids that.",
        )
    caption = (
        f"Out-of-fold probabilities{averaged[0]}, in groups of equal size, with {percent(level)} Wilson intervals of "
        f"the observed share.{averaged[1]} The bars are a histogram of the predictions: above, patients with the "
        f"event; below, patients without. A "
        f"slope of 1 and an intercept of 0 are perfect; a slope below 1 means that risks are too extreme."
    )
    return {"plots": plots, "caption": caption}


def _plot(name, place, predictions, color, level):
    mine = predictions[predictions["fusion"] == name]
    patients = mine.groupby("patient", sort=False)[["y_true", "y_score"]].mean()
    display = CalibrationDisplay.from_predictions(
        patients["y_true"], patients["y_score"], confidence=level, color=color
    )
    groups = display.frame()
    said = "; ".join(f"predicted {row.predicted:.2f}, observed {row.observed:.2f}" for row in groups.itertuples())
    note = (
        f"Mean prediction {fixed(patients['y_score'].mean(), 2)}, observed {fixed(patients['y_true'].mean(), 2)} "
        f"({count(len(patients), 'patient')}, {int(patients['y_true'].sum())} events).{_recalibration(mine)}"
    )
    label = fusion_label(name, start=True)
    figure = Drawing(f"calibration-{place}", f"Calibration of {fusion_label(name)}", said, note, display)
    return {"label": label, "figure": figure, "note": note}


def _recalibration(mine):
    """Slope and intercept, averaged over the repeats, in words; nothing where patients are of one class."""
    if mine["y_true"].nunique() < 2:
        return ""
    repeats = [(part["y_true"], part["y_score"]) for _, part in mine.groupby("repeat", sort=True)]
    slopes = np.array([calibration_slope(*pair, clip=CLIP).value for pair in repeats])
    intercepts = np.array([calibration_intercept(*pair, clip=CLIP).value for pair in repeats])
    if not np.isfinite([slopes, intercepts]).all():
        return " The calibration slope is undefined in at least one repeat."
    extreme = ((mine["y_score"] < CLIP) | (mine["y_score"] > 1 - CLIP)).any()
    clipped = f", with risks limited to {CLIP} and {1 - CLIP}" if extreme else ""
    slope, intercept = fixed(slopes.mean(), 2), signed(intercepts.mean(), 2)
    return f" Calibration slope {slope}{_range(slopes)}, intercept {intercept}{_range(intercepts)}{clipped}."


def _range(values):
    if len(values) == 1:
        return ""
    return f" ({fixed(values.min(), 2)} to {fixed(values.max(), 2)} over the repeats)"
