"""Do the predicted risks agree with what was observed: plots, slopes and intercepts."""

from ..plotting import CalibrationDisplay
from .evidence import fusion_colors, ranked
from .figures import Drawing
from .numbers import count, fixed, interval, is_number, percent, signed
from .verdict import fusion_label

__all__ = ["calibration"]


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
    told = {name: {} for name in names}
    for row in results.get("calibration") or []:
        told.get(row["fusion"], {})[row["metric"]] = row
    plots = [_plot(name, i, predictions, colors[name], level, told[name]) for i, name in enumerate(names)]
    averaged = ("", "")
    if len(predictions["repeat"].unique()) > 1:
        averaged = (
            ", averaged over the repeats for each patient",
            " Averaging pulls probabilities towards the middle a little; the numbers below each plot are computed in "
            "each repeat and then averaged, which avoids that.",
        )
    told_of = {row["method"] for rows in told.values() for row in rows.values() if row["method"]}
    given = "those of intercept and ratio" if any("widened" in method for method in told_of) else "they"
    made = (
        f" Numbers in brackets are {percent(level)} intervals ({'; '.join(sorted(told_of))}); {given} take "
        f"the predictions as given. A slope of 1, an intercept of 0, a ratio of 1 and a distance of 0 are "
        f"perfect."
        if told_of
        else ""
    )
    caption = (
        f"Out-of-fold probabilities{averaged[0]}, in groups of equal size, with {percent(level)} Wilson intervals of "
        f"the observed share.{averaged[1]} The bars are a histogram of the predictions: above, patients with the "
        f"event; below, patients without.{made} A slope below 1 means that risks are too extreme, one above "
        f"1 that they are not extreme enough."
    )
    return {"plots": plots, "caption": caption}


def _plot(name, place, predictions, color, level, rows):
    mine = predictions[predictions["fusion"] == name]
    patients = mine.groupby("patient", sort=False)[["y_true", "y_score"]].mean()
    display = CalibrationDisplay.from_predictions(
        patients["y_true"], patients["y_score"], confidence=level, color=color
    )
    groups = display.frame()
    said = "; ".join(f"predicted {row.predicted:.2f}, observed {row.observed:.2f}" for row in groups.itertuples())
    note = (
        f"Mean prediction {fixed(patients['y_score'].mean(), 2)}, observed {fixed(patients['y_true'].mean(), 2)} "
        f"({count(len(patients), 'patient')}, {count(int(patients['y_true'].sum()), 'event')}).{_recalibration(rows)}"
    )
    label = fusion_label(name, start=True)
    figure = Drawing(f"calibration-{place}", f"Calibration of {fusion_label(name)}", said, note, display)
    return {"label": label, "figure": figure, "note": note}


def _recalibration(rows):
    """Slope, intercept and distance of the smooth curve with intervals, in words; nothing where the run has none."""
    if not rows:
        return ""
    if not is_number(rows["slope"]["value"]):
        return f" The calibration slope is undefined: {rows['slope']['reason']}."
    slope, intercept, ratio, distance = (
        f"{write(rows[name]['value'], 2)} ({interval(rows[name]['low'], rows[name]['high'], 2)})"
        for name, write in (("slope", fixed), ("intercept", signed), ("observed_expected", fixed), ("ici", fixed))
    )
    return (
        f" Calibration slope {slope}, intercept {intercept}, events observed over expected {ratio}, mean distance of "
        f"the smooth curve from the diagonal (ICI) {distance}."
    )
