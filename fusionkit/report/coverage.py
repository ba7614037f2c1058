"""Patients with a value in the time windows of the study, as a table and as a figure."""

from ..plotting import CoverageDisplay
from .figures import Drawing
from .records import record_table

__all__ = ["coverage"]


def coverage(results):
    """Return how many patients each time window keeps for the template.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    view : dict
        figure (a Drawing) and table; both None where the study has no time windows.
    """
    rows = results.get("coverage") or []
    if not rows:
        return {"figure": None, "table": None}
    display = CoverageDisplay(rows).plot()
    wide = {}
    for row in rows:
        record = wide.setdefault((row["measurement"], row["window"]), {})
        record |= {"measurement": row["measurement"], "window": row["window"]}
        record[_width(row["widened_by_days"])] = f"{row['n_patients']} of {row['n_total']}"
    as_it_is = display.frame().query("widened_by_days == 0").sort_values("share")
    said = "; ".join(f"{row.measurement}: {row.n_patients} of {row.n_total} patients" for row in as_it_is.itertuples())
    caption = "Filled: the window as the study has it. Open: wider windows, up to any time before or after."
    return {
        "figure": Drawing("coverage", "Patients with a value in the time window", f"{said}.", caption, display),
        "table": record_table("Patients with a value in the time window, and in a wider one", list(wide.values())),
    }


def _width(days):
    if days is None:
        return "any time"
    return f"{days:g} {'day' if days == 1 else 'days'} wider" if days else "as it is"
