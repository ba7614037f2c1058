"""What was chosen inside the folds: features, and the search's model, selector and numbers."""

import re
from collections import Counter

from ..naming import absence_name
from .numbers import is_number, listed
from .verdict import fusion_label, used_modalities

__all__ = ["TOP", "features", "marks_of_absence"]

TOP = 20
"""Features shown per fusion; the rest is counted."""

_KEPT = re.compile(r"fuse__(.+)__select__n_features_to_select")
_SELECTOR = re.compile(r"fuse__(.+)__select")


def features(results):
    """Return the chosen features and settings of every fusion for the template.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    view : dict
        intro (sentences), fusions that selected (label, rows, rest, rest_most) and that searched (label, choices).
    """
    comparison = results["comparison"]
    modalities = used_modalities(results)
    records = [name for name, facts in modalities.items() if facts.get("kind") == "record"]
    marks, folds = marks_of_absence(comparison), comparison.get("folds") or []
    selected = [row for row in comparison.get("selected") or [] if row["feature"] not in marks]
    views = [_fusion(row["fusion"], selected, folds, records) for row in comparison["estimates"]]
    return {
        "fusions": [view for view in views if view["rows"]],
        "searched": [view for view in views if view["choices"]],
        "intro": list(_intro(modalities, records, [row["fusion"] for row in comparison["estimates"]])),
    }


def marks_of_absence(comparison):
    """Return the columns that say who lacks a modality: models of several modalities get them all, chosen by nobody.

    Parameters
    ----------
    comparison : dict
        ``results["comparison"]``.

    Returns
    -------
    columns : set of str
    """
    return {absence_name(name) for name in (comparison.get("settings") or {}).get("missing_modality") or {}}


def _intro(modalities, records, fusions):
    """What selection was, and where there was none, in sentences."""
    if set(modalities) - set(records):
        yield (
            "Features were selected anew inside every training set; the counts say in how many of these a feature "
            "was chosen. A feature that is chosen often is stable, which does not prove that it matters by itself."
        )
    if records:
        sizes = listed(modalities[name].get("columns", "?") for name in records)
        which = "it" if len(records) == 1 else "them"
        yield f"Nothing is selected from {listed(records)}: every model that uses {which} gets all columns ({sizes})."
    if any(name.startswith("late") for name in fusions):
        yield "Late fusion combines the models of the single modalities and chooses nothing itself."


def _fusion(name, selected, folds, records):
    mine = [row for row in selected if row["fusion"] == name and str(row["feature"]).partition("__")[0] not in records]
    mine.sort(key=lambda row: (-row["times"], str(row["feature"])))
    rest = mine[TOP:]
    return {
        "label": fusion_label(name, start=True),
        "rows": [{**row, "width": f"{100 * row['times'] / row['of']:.1f}"} for row in mine[:TOP] if row["of"]],
        "rest": len(rest),
        "rest_most": max((row["times"] for row in rest), default=0),
        "choices": _choices([fold.get("params") or {} for fold in folds if fold["fusion"] == name]),
    }


def _choices(params):
    """Each setting that the search chose, with its values and how often each was chosen."""
    keys = dict.fromkeys(key for chosen in params for key in chosen)
    rows = []
    for key in sorted(keys, key=_place):
        counts = Counter(_value(chosen[key]) for chosen in params if key in chosen)
        values = [{"value": value, "times": times} for value, times in counts.most_common()]
        rows.append({"setting": _setting(key), "values": values, "of": len(params)})
    return rows


def _place(key):
    """The model first, then selectors and their numbers, then the rest."""
    return (key != "model", not key.startswith("fuse__"), key)


def _setting(key):
    if found := _KEPT.fullmatch(key):
        return f"{found[1]}: features kept"
    if found := _SELECTOR.fullmatch(key):
        return f"{found[1]}: selector"
    return f"model: {key.removeprefix('model__')}" if key.startswith("model__") else key


def _value(value):
    return f"{value:g}" if is_number(value) else "none" if value is None else str(value)
