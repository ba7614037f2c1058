"""Who was analysed: the flow of patients, those left out with their reasons, and warnings about the data."""

from ..plotting import FlowDisplay
from .figures import Drawing
from .numbers import count, listed, percent

__all__ = ["MAX_ROWS", "patients"]

MAX_ROWS = 400
"""Longer lists of patients are cut; ``results.json`` has them all."""

MAX_REASONS = 4
"""Reasons shown in the figure."""


def patients(results):
    """Return the cohort for the template.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    view : dict
        summary, modalities, flow, figure (None without a flow), excluded, n_excluded, more_excluded, reasons, warnings
        and more_warnings.
    """
    cohort = results["cohort"]
    flow, excluded = cohort.get("flow") or [], cohort.get("excluded") or []
    reasons = _reasons(excluded)
    shown = [(reason, len(who)) for reason, who in reasons[:MAX_REASONS]]
    if len(reasons) > MAX_REASONS:
        shown.append(("other reasons", len(set().union(*(who for _, who in reasons[MAX_REASONS:])))))
    return {
        "modalities": [{"name": name, **facts} for name, facts in (cohort.get("modalities") or {}).items()],
        "flow": flow,
        "figure": _figure(cohort, flow, shown) if flow else None,
        "excluded": excluded[:MAX_ROWS],
        "n_excluded": len({str(row["patient"]) for row in excluded}),
        "more_excluded": max(0, len(excluded) - MAX_ROWS),
        "reasons": shown,
        "warnings": (cohort.get("warnings") or [])[:MAX_ROWS],
        "more_warnings": max(0, len(cohort.get("warnings") or []) - MAX_ROWS),
        "summary": _summary(cohort),
    }


def _summary(cohort):
    outcome, n, n_events = cohort["outcome"], cohort["n"], cohort["n_events"]
    grouped = cohort.get("n_groups", n) < n
    groups = f" They form {cohort['n_groups']:,} groups, none of which straddles a fold." if grouped else ""
    return (
        f"{count(n, 'patient')} analysed, {n_events:,} with {outcome['name']} = {outcome['positive']} "
        f"({percent(round(n_events / n, 3))}), {n - n_events:,} with {outcome['negative']}.{groups}"
    )


def _reasons(excluded):
    """(reason, set of patients), the most frequent first; a patient may have several."""
    by_reason = {}
    for row in excluded:
        by_reason.setdefault(str(row["reason"]).rstrip("."), set()).add(str(row["patient"]))
    return sorted(by_reason.items(), key=lambda pair: -len(pair[1]))


def _figure(cohort, flow, shown):
    outcome, n, n_events = cohort["outcome"], cohort["n"], cohort["n_events"]
    split = [f"{n_events} {outcome['positive']}", f"{n - n_events} {outcome['negative']}"]
    display = FlowDisplay(flow, reasons=shown, analysed=split).plot()
    said = listed(f"{step['label']}: {step['n']}" for step in flow)
    several = " A patient may be left out for several reasons." if len(shown) > 1 else ""
    caption = f"Flow of patients from the sources to the analysis.{several}"
    return Drawing("flow", "Flow of patients", f"{said}.", caption, display)
