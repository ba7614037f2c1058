"""The evidence behind the verdict: discrimination and calibration, as figures and tables for the template."""

import pandas as pd

from ..plotting import CalibrationDisplay, ForestDisplay, RocDisplay
from ..plotting.style import SERIES, series_colors
from .figures import inline_svg
from .numbers import count, fixed, interval, listed, percent, signed
from .verdict import fusion_label, judge_difference

__all__ = ["calibration", "discrimination"]

FINDINGS = {
    "gain": "gain",
    "harm": "loss",
    "unclear": "no reliable gain",
    "too few": "too few patients to tell",
    "undefined": "no interval",
}


def _ranked(comparison):
    """Fusions in order of importance: early, late, the baseline, then the others as they come."""
    names = [row["fusion"] for row in comparison["estimates"]]
    first = [name for name in ("early", "late", comparison["baseline"]) if name in names]
    return list(dict.fromkeys([*first, *names]))


def _colors(comparison):
    return series_colors(_ranked(comparison), baseline=comparison["baseline"])


def discrimination(results, predictions):
    """Return ROC curves, forest plots and the table of AUCs and differences.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.

    Returns
    -------
    view : dict
        level, baseline, rows, and the figures roc, aucs, differences (each with svg and caption, or None).
    """
    comparison = results["comparison"]
    differences = {row["fusion"]: row for row in comparison.get("differences") or []}
    colors = _colors(comparison)
    return {
        "level": percent(comparison.get("confidence", 0.95)),
        "baseline": comparison["baseline"],
        "rows": [_row(row, differences.get(row["fusion"]), colors) for row in comparison["estimates"]],
        "compared": bool(differences),
        "roc": _roc(comparison, predictions, colors),
        "aucs": _aucs(comparison, colors),
        "differences": _differences(comparison, colors),
    }


def _row(row, difference, colors):
    cells = {
        "fusion": row["fusion"],
        "color": colors[row["fusion"]],
        "auc": fixed(row["auc"]),
        "interval": interval(row.get("low"), row.get("high")),
        "n": row["n"],
        "n_events": row["n_events"],
        "difference": "baseline",
        "difference_interval": "",
        "finding": "",
    }
    if difference is not None:
        cells["difference"] = signed(difference["difference"])
        cells["difference_interval"] = interval(difference.get("low"), difference.get("high"))
        cells["finding"] = FINDINGS[judge_difference(difference)]
    return cells


def _roc(comparison, predictions, colors):
    names = [name for name in _ranked(comparison) if name in set(predictions["fusion"])]
    drawn = names[: len(SERIES)]
    if not drawn:
        return None
    order = {name: place for place, name in enumerate(drawn)}
    shown = predictions[predictions["fusion"].isin(drawn)].sort_values(
        "fusion", key=lambda s: s.map(order), kind="stable"
    )
    bands = [name for name in ("early", comparison["baseline"]) if name in drawn] or drawn[:1]
    display = RocDisplay.from_predictions(shown, colors=colors, bands=bands)
    repeats = predictions["repeat"].nunique()
    band = (
        f" The {'band' if len(bands) == 1 else 'bands'} (of {listed(bands)}) reach from the lowest to the highest of "
        f"the {repeats} repeats: they show how much the curve depends on how patients were dealt to folds, and are no "
        f"confidence intervals."
        if repeats > 1
        else ""
    )
    rest = f" Not drawn, to keep the figure readable: {listed(names[len(drawn) :])}." if len(names) > len(drawn) else ""
    aucs = listed(
        f"{row['fusion']} {fixed(row['auc'], 2)}" for row in comparison["estimates"] if row["fusion"] in drawn
    )
    return {
        "svg": inline_svg(
            display.figure_, name="roc", title="ROC curves", description=f"Area under each mean curve: {aucs}."
        ),
        "caption": (
            f"ROC curves of out-of-fold predictions, averaged over the test folds of all repeats; the area under each "
            f"line is the AUC of the table.{band}{rest}"
        ),
    }


def _aucs(comparison, colors):
    table = pd.DataFrame(comparison["estimates"]).rename(columns={"fusion": "name", "auc": "value"})
    table = table.reindex(columns=["name", "value", "low", "high"])
    display = ForestDisplay(table, reference=0.5, xlabel="AUC").plot(colors=colors)
    said = listed(f"{row['fusion']} {fixed(row['auc'])}" for row in comparison["estimates"])
    level = percent(comparison.get("confidence", 0.95))
    return {
        "svg": inline_svg(display.figure_, name="aucs", title="AUC of every model", description=f"AUC: {said}."),
        "caption": f"AUC with {level} confidence interval. The dashed line marks chance.",
    }


def _differences(comparison, colors):
    rows = comparison.get("differences") or []
    if not rows:
        return None
    table = pd.DataFrame(rows).rename(columns={"fusion": "name", "difference": "value"})
    table = table.reindex(columns=["name", "value", "low", "high"])
    label = f"Difference in AUC against {comparison['baseline']}"
    display = ForestDisplay(table, reference=0.0, xlabel="Difference in AUC", signed=True).plot(colors=colors)
    said = listed(f"{row['fusion']} {signed(row['difference'])}" for row in rows)
    level = percent(comparison.get("confidence", 0.95))
    return {
        "svg": inline_svg(display.figure_, name="differences", title=label, description=f"Difference in AUC: {said}."),
        "caption": (
            f"Paired difference in AUC against {comparison['baseline']}, with {level} confidence interval. Right of "
            f"the dashed line, the model did better than {comparison['baseline']}."
        ),
    }


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
        plots (each with label, svg and note), none without predictions, and their caption.
    """
    comparison = results["comparison"]
    present = set(predictions["fusion"])
    names = [name for name in (comparison["baseline"], "early", "late") if name in present]
    names = (names if len(names) > 1 else [name for name in _ranked(comparison) if name in present])[:3]
    colors = _colors(comparison)
    level = comparison.get("confidence", 0.95)
    plots = [_calibration_of(name, i, predictions, colors[name], level) for i, name in enumerate(names)]
    averaged = ("", "")
    if len(predictions["repeat"].unique()) > 1:
        averaged = (
            ", averaged over the repeats for each patient",
            " Averaging pulls probabilities towards the middle a little.",
        )
    caption = (
        f"Out-of-fold probabilities{averaged[0]}, in groups of equal size, with {percent(level)} Wilson intervals of "
        f"the observed share.{averaged[1]} Marks above: patients with the event; marks below: patients without."
    )
    return {"plots": plots, "caption": caption}


def _calibration_of(name, place, predictions, color, level):
    mine = predictions[predictions["fusion"] == name]
    patients = mine.groupby("patient", sort=False)[["y_true", "y_score"]].mean()
    display = CalibrationDisplay.from_predictions(
        patients["y_true"], patients["y_score"], confidence=level, color=color
    )
    groups = display.frame()
    said = "; ".join(f"predicted {row.predicted:.2f}, observed {row.observed:.2f}" for row in groups.itertuples())
    svg = inline_svg(
        display.figure_, name=f"calibration-{place}", title=f"Calibration of {fusion_label(name)}", description=said
    )
    note = (
        f"Mean prediction {fixed(patients['y_score'].mean(), 2)}, observed {fixed(patients['y_true'].mean(), 2)} "
        f"({count(len(patients), 'patient')}, {int(patients['y_true'].sum())} events)."
    )
    return {"label": fusion_label(name, start=True), "svg": svg, "note": note}
