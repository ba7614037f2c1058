"""What using the models would change: net benefit over the thresholds, and the risk of each patient."""

import numpy as np

from ..plotting import DecisionCurveDisplay, PredictionLadderDisplay
from ..plotting.decision_curve import TREAT_ALL
from .evidence import fusion_colors, ranked
from .figures import Drawing
from .numbers import count, fixed, listed, percent, signed
from .verdict import fusion_label

__all__ = ["THRESHOLDS", "clinical_use"]

THRESHOLDS = (0.1, 0.2, 0.3, 0.5)
"""Threshold probabilities of the table."""


def clinical_use(results, predictions):
    """Return the decision curve, its table, and the ladder of predictions.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.

    Returns
    -------
    view : dict
        figure and ladder (a Drawing or None), thresholds (texts), rows (strategy and net benefits) and sentence.
    """
    comparison = results["comparison"]
    present = set(predictions["fusion"])
    names = [name for name in (comparison["baseline"], "early", "late") if name in present]
    names = names if len(names) > 1 else [name for name in ranked(comparison) if name in present][:3]
    empty = {"figure": None, "ladder": None, "thresholds": [], "rows": [], "sentence": ""}
    if not names:
        return empty
    shown = predictions[predictions["fusion"].isin(names)]
    shown = shown.sort_values("fusion", key=lambda s: s.map(names.index), kind="stable")
    display = DecisionCurveDisplay.from_predictions(shown, colors=fusion_colors(comparison))
    curves = display.frame()
    table = _at(curves, THRESHOLDS)
    said = listed(f"{name} {fixed(values[1], 3)}" for name, values in table.items())
    drawn = "; the mean over the repeats is drawn" if len(shown["repeat"].unique()) > 1 else ""
    caption = (
        "Net benefit: the share of patients treated rightly, less the share treated needlessly, weighed by the odds "
        "of the threshold. A model is of use at a threshold where its line lies above treating all and treating none. "
        f"Probabilities are out of fold{drawn}."
    )
    description = f"Net benefit at a threshold of {percent(THRESHOLDS[1])}: {said}."
    return {
        "figure": Drawing("decision-curve", "Decision curves", description, caption, display),
        "ladder": _ladder(comparison, predictions, present),
        "thresholds": [percent(threshold) for threshold in THRESHOLDS],
        "rows": [{"strategy": name, "values": [fixed(value) for value in values]} for name, values in table.items()],
        "sentence": _sentence(curves, comparison["baseline"]),
    }


def _at(curves, thresholds):
    """Net benefit of each strategy at the thresholds of the table."""
    return {
        name: [float(part.loc[np.isclose(part["threshold"], t), "net_benefit"].iloc[0]) for t in thresholds]
        for name, part in curves.groupby("strategy", sort=False)
    }


def _sentence(curves, baseline):
    """Where early fusion has the highest net benefit of all strategies, in words."""
    wide = curves.pivot_table(index="threshold", columns="strategy", values="net_benefit")
    if "early" not in wide or baseline not in wide or baseline == "early":
        return ""
    others = wide.drop(columns=[name for name in ("early", "late") if name in wide])
    better = wide["early"] > others.max(axis=1) + 1e-9
    ranges = _ranges(wide.index.to_numpy(), better.to_numpy())
    if not ranges:
        return f"Early fusion has a higher net benefit than {baseline}, {TREAT_ALL} and treat none at no threshold."
    longest = sorted(sorted(ranges, key=lambda pair: pair[0] - pair[1])[:3])
    words = [percent(low) if low == high else f"{percent(low)} to {percent(high)}" for low, high in longest]
    words += [count(len(ranges) - 3, "shorter range")] if len(ranges) > 3 else []
    return (
        f"Early fusion has a higher net benefit than {baseline}, {TREAT_ALL} and treat none at thresholds of "
        f"{listed(words)}. No interval belongs to this: read it as a description of this cohort."
    )


def _ranges(thresholds, true):
    """The stretches of neighbouring thresholds, in rising order: (lowest, highest) of each."""
    edges = np.flatnonzero(np.diff(np.r_[False, true, False].astype(int)))
    return [(thresholds[a], thresholds[b - 1]) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _ladder(comparison, predictions, present):
    """The baseline against early fusion, or against whatever else was compared first."""
    baseline = comparison["baseline"]
    others = [row["fusion"] for row in comparison.get("differences") or []]
    after = next((name for name in ("early", "late", *others) if name in present and name != baseline), None)
    if baseline not in present or after is None:
        return None
    display = PredictionLadderDisplay.from_predictions(predictions, baseline, after)
    table = display.frame()
    said = []
    for event, label in ((1, "with the event"), (0, "without it")):
        mine = table[table["y_true"] == event]
        rightly = int((mine["moved"] == "rightly").sum())
        change = f"a mean change of {signed(mine['change'].mean(), 2)}" if len(mine) else "no patient"
        said.append(f"{rightly} of {len(mine)} patients {label} moved in the right direction ({change})")
    averaged = ", averaged over the repeats" if len(predictions["repeat"].unique()) > 1 else ""
    caption = (
        f"One line per patient, from the risk by {fusion_label(baseline)} to that by {fusion_label(after)}{averaged}: "
        f"{listed(said)}. Such counts reward large moves of poorly calibrated models too: judge the "
        f"added value by the difference in AUC and the decision curve."
    )
    title = f"Predicted risk by {fusion_label(baseline)} and by {fusion_label(after)}"
    return Drawing("ladder", title, f"{listed(said)}.", caption, display)
