"""How well each model tells patients with the event from those without: curves, estimates and differences."""

import pandas as pd

from ..plotting import ForestDisplay, PrecisionRecallDisplay, RocDisplay
from ..plotting.style import SERIES, series_colors
from .figures import Drawing
from .interval_words import interval_words
from .numbers import fixed, interval, listed, percent, signed
from .verdict import judge_difference

__all__ = ["discrimination", "fusion_colors", "ranked"]

FINDINGS = {
    "gain": "gain",
    "harm": "loss",
    "unclear": "no reliable gain",
    "too few": "too few patients to tell",
    "undefined": "no interval",
}


def ranked(comparison):
    """Return the fusions in order of importance: early, late, the baseline, then the others as they come.

    Parameters
    ----------
    comparison : dict
        ``results["comparison"]``.

    Returns
    -------
    names : list of str
    """
    names = [row["fusion"] for row in comparison["estimates"]]
    first = [name for name in ("early", "late", comparison["baseline"]) if name in names]
    return list(dict.fromkeys([*first, *names]))


def fusion_colors(comparison):
    """Return the colour that each fusion has in every figure.

    Parameters
    ----------
    comparison : dict
        ``results["comparison"]``.

    Returns
    -------
    colors : dict of str to str
    """
    return series_colors(ranked(comparison), baseline=comparison["baseline"])


def discrimination(results, predictions):
    """Return ROC and precision-recall curves, forest plots and the table of AUCs and differences.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.

    Returns
    -------
    view : dict
        level, baseline, intervals (how they were made), rows, and the figures roc, precision_recall, aucs and
        differences (each a Drawing, or None).
    """
    comparison = results["comparison"]
    differences = {row["fusion"]: row for row in comparison.get("differences") or []}
    colors = fusion_colors(comparison)
    return {
        "level": percent(comparison.get("confidence", 0.95)),
        "baseline": comparison["baseline"],
        "intervals": interval_words(comparison).note,
        "rows": [_row(row, differences.get(row["fusion"]), colors) for row in comparison["estimates"]],
        "compared": bool(differences),
        "roc": _roc(comparison, predictions, colors),
        "precision_recall": _precision_recall(comparison, predictions, colors),
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


def _shown(comparison, predictions):
    """Predictions of the fusions that a figure has colours for, the most important first, and the names left out."""
    names = [name for name in ranked(comparison) if name in set(predictions["fusion"])]
    drawn = names[: len(SERIES)]
    order = {name: place for place, name in enumerate(drawn)}
    shown = predictions[predictions["fusion"].isin(drawn)]
    return shown.sort_values("fusion", key=lambda s: s.map(order), kind="stable"), drawn, names[len(drawn) :]


def _roc(comparison, predictions, colors):
    shown, drawn, rest = _shown(comparison, predictions)
    if not drawn:
        return None
    bands = [name for name in ("early", comparison["baseline"]) if name in drawn] or drawn[:1]
    display = RocDisplay.from_predictions(shown, colors=colors, bands=bands)
    repeats = predictions["repeat"].nunique()
    band = (
        f" The band ({listed(bands)}) reaches from the lowest to the highest of the {repeats} repeats: it shows how "
        f"much the curve depends on how patients were dealt to folds, and is no confidence interval."
        if repeats > 1
        else ""
    )
    missing = f" Not drawn, to keep the figure readable: {listed(rest)}." if rest else ""
    aucs = listed(
        f"{row['fusion']} {fixed(row['auc'], 2)}" for row in comparison["estimates"] if row["fusion"] in drawn
    )
    caption = (
        f"ROC curves of out-of-fold predictions, averaged over the test folds of all repeats; the area under each "
        f"line is the AUC of the table.{band}{missing}"
    )
    return Drawing("roc", "ROC curves", f"Area under each mean curve: {aucs}.", caption, display)


def _precision_recall(comparison, predictions, colors):
    shown, drawn, _ = _shown(comparison, predictions)
    if not drawn or not shown["y_true"].any():
        return None
    display = PrecisionRecallDisplay.from_predictions(shown, colors=colors, bands=())
    means = display.frame().groupby("fusion", sort=False)["precision"].mean()
    said = listed(f"{name} {fixed(value, 2)}" for name, value in means.items())
    repeats = ", averaged over the repeats at equal recall" if len(predictions["repeat"].unique()) > 1 else ""
    caption = (
        f"Precision (the share of true events among patients called positive) against recall{repeats}. The dashed "
        f"line marks the share of events, which a model at chance reaches. Average precision: {said}."
    )
    return Drawing("precision-recall", "Precision-recall curves", f"Average precision: {said}.", caption, display)


def _aucs(comparison, colors):
    table = pd.DataFrame(comparison["estimates"]).rename(columns={"fusion": "name", "auc": "value"})
    table = table.reindex(columns=["name", "value", "low", "high"])
    display = ForestDisplay(table, reference=0.5, xlabel="AUC").plot(colors=colors)
    said = listed(f"{row['fusion']} {fixed(row['auc'])}" for row in comparison["estimates"])
    level = percent(comparison.get("confidence", 0.95))
    caption = f"AUC with {level} confidence interval. The dashed line marks chance."
    return Drawing("aucs", "AUC of every model", f"AUC: {said}.", caption, display)


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
    caption = (
        f"Paired difference in AUC against {comparison['baseline']}, with {level} confidence interval. Right of the "
        f"dashed line, the model did better than {comparison['baseline']}."
    )
    return Drawing("differences", label, f"Difference in AUC: {said}.", caption, display)
