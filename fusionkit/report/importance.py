"""What a model leans on, as a figure of its single features."""

from ..plotting import ImportanceDisplay
from .evidence import fusion_colors
from .figures import Drawing
from .numbers import fixed, percent
from .verdict import fusion_label

__all__ = ["importance"]

_NEEDED = {"fusion", "kind", "name", "modality", "importance", "low", "high"}


def importance(results):
    """Return the loss of AUC when a feature is shuffled, feature by feature.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    figure : Drawing or None
        None where no single feature was examined.
    """
    rows = [row for row in results.get("importance") or [] if isinstance(row, dict) and set(row) >= _NEEDED]
    rows = [row for row in rows if row["kind"] == "feature"]
    if not rows:
        return None
    comparison = results["comparison"]
    display = ImportanceDisplay(rows).plot(colors=fusion_colors(comparison))
    first = display.frame().iloc[0]
    said = f"Shuffling {first['name']} costs most: {fixed(first['importance'])} of the AUC."
    caption = (
        f"{fusion_label(rows[0]['fusion'], start=True)}: loss of AUC when one feature is shuffled among the test "
        f"patients, averaged over the test folds, with {percent(comparison.get('confidence', 0.95))} intervals; one "
        f"colour per modality. Of features that say the same, each may look dispensable, as the other stands in for it."
    )
    return Drawing("importance", "Importance of single features", said, caption, display)
