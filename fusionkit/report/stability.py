"""How stable the selection of features was over the training sets: a map, and an index for each modality."""

import numpy as np

from ..metrics import selection_stability
from ..plotting import StabilityDisplay
from .features import marks_of_absence
from .figures import Drawing
from .numbers import fixed, is_number, listed
from .verdict import fusion_label

__all__ = ["stability"]


def stability(results):
    """Return the map of selected features and the index of Nogueira for every fusion and modality that selects.

    Parameters
    ----------
    results : dict
        The content of ``results.json``; ``comparison.folds`` names the features that each training set kept.

    Returns
    -------
    view : dict
        figure (a Drawing or None) and rows (fusion, modality, candidates, kept, index, range).
    """
    comparison = results["comparison"]
    modalities = results["cohort"].get("modalities") or {}
    selecting = {name: facts for name, facts in modalities.items() if facts.get("kind") != "record"}
    folds, marks = {}, marks_of_absence(comparison)
    for row in comparison.get("folds") or []:
        if row.get("features"):
            chosen = [name for name in row["features"] if name not in marks]
            folds.setdefault(row["fusion"], []).append({**row, "features": chosen})
    rows = [
        found
        for fusion, mine in folds.items()
        for name, facts in selecting.items()
        if (found := _index(fusion, mine, name, facts.get("columns")))
    ]
    drawn = next((name for name in ("early", *(row["fusion"] for row in rows)) if name in folds and rows), None)
    return {"figure": _map(drawn, folds[drawn], selecting) if drawn else None, "rows": rows}


def _index(fusion, folds, modality, n_candidates):
    """One row of the table; None where the modality is not in this fusion or nothing could be chosen from it."""
    prefix = f"{modality}__"
    chosen = [{name for name in row["features"] if str(name).startswith(prefix)} for row in folds]
    names = sorted(set().union(*chosen))
    if not names or not is_number(n_candidates) or n_candidates < len(names) or len(folds) < 2:
        return None
    table = np.zeros((len(folds), int(n_candidates)))
    for row, features in zip(table, chosen, strict=True):
        row[[names.index(name) for name in features]] = 1
    found = selection_stability(table)
    limits = f"{fixed(found.low, 2)} to {fixed(min(found.high, 1), 2)}" if np.isfinite(found.low) else "no interval"
    sizes = sorted({len(features) for features in chosen})
    return {
        "fusion": fusion,
        "label": fusion_label(fusion, start=True),
        "modality": modality,
        "candidates": int(n_candidates),
        "kept": str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}",
        "index": fixed(found.value, 2) if np.isfinite(found.value) else found.reason,
        "range": limits,
    }


def _map(fusion, folds, selecting):
    """The features chosen for a fusion, of the modalities that select."""
    prefixes = tuple(f"{name}__" for name in selecting)
    if not any(str(name).startswith(prefixes) for row in folds for name in row["features"]):
        return None
    display = StabilityDisplay.from_folds(folds, keep=lambda name: str(name).startswith(prefixes))
    shares = display.frame()["share"]
    always = int((shares == 1).sum())
    said = listed(f"{name} {share:.0%}" for name, share in shares.head(3).items())
    caption = (
        f"{fusion_label(fusion, start=True)}: which features each of the {len(folds)} training sets kept, one column "
        f"per training set, the repeats apart. Kept in all of them: {always} of {len(shares)} features."
    )
    return Drawing("stability", "Stability of the selected features", f"Kept most often: {said}.", caption, display)
