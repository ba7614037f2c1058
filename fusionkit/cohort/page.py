"""A cohort as a notebook shows it: patients, modalities, the patterns of what is there, and the flow."""

from html import escape

__all__ = ["cohort_html"]


def cohort_html(cohort):
    """Return a few small tables as HTML, every text of the data escaped.

    Parameters
    ----------
    cohort : Cohort
        The patients.

    Returns
    -------
    html : str
    """
    n, n_events, outcome = len(cohort.y), cohort.n_events, cohort.outcome
    head = f"{n} patients, {n_events} with {outcome.name} = {outcome.labels[1]} ({100 * n_events / n:.1f} %)"
    n_groups = cohort.groups.nunique()
    if n_groups < n:
        head += f", in {n_groups} groups"
    presence = cohort.missingness()
    modalities = [
        (name, cohort.kinds[name], len(cohort.columns(name)), int(presence.loc[presence[name], "n"].sum()))
        for name in cohort.modalities
    ]
    patterns = [(pattern, row["n"], row["n_events"]) for pattern, row in presence.iterrows()]
    flow = [(step.label, step.n) for step in cohort.audit.flow]
    parts = [
        _table(("modality", "kind", "columns", "patients"), modalities),
        _table(("has", "patients", "events"), patterns) if len(patterns) > 1 else "",
        _table(("flow", "patients"), flow) if flow else "",
    ]
    return f"<div><p><b>Cohort</b>: {escape(head)}</p>{''.join(parts)}</div>"


def _table(header, rows):
    head = "".join(f"<th>{escape(text)}</th>" for text in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table style='display:inline-table;margin-right:2em'><tr>{head}</tr>{body}</table>"
