"""What a cohort of this size can bear: what :func:`fusionkit.metrics.feasibility` computed before the run, in words."""

from .numbers import count, fixed, is_number

__all__ = ["feasibility"]


def feasibility(results):
    """Return what the number of patients allows, as sentences and a small table.

    Parameters
    ----------
    results : dict
        The content of ``results.json``; its entry ``feasibility`` has the numbers.

    Returns
    -------
    view : dict
        sentences, and rows (auc, largest: candidate columns that the cohort supports; needed: patients for all
        candidate columns; width: of the AUC's interval); nothing of either where the run did not compute it.
    """
    facts = results.get("feasibility")
    if not facts:
        return {"sentences": [], "rows": [], "candidates": None}
    rows = [
        {
            "auc": fixed(row["auc"], 2),
            "largest": f"{row['max_candidates']:,}",
            "needed": f"{row['n_needed']:,}",
            "width": fixed(row["auc_width"], 2),
        }
        for row in facts["scenarios"]
    ]
    return {"sentences": list(_sentences(facts)), "rows": rows, "candidates": facts["n_candidates"]}


def _sentences(facts):
    candidates, share = facts["n_candidates"], facts["events_per_candidate"]
    yield (
        f"{count(candidates, 'candidate column')} stood against "
        f"{count(min(facts['n_events'], facts['n'] - facts['n_events']), 'patient')} of the rarer outcome: "
        f"{fixed(share, 1 if share >= 1 else 2)} per candidate."
    )
    auc = f" (an AUC of {fixed(facts['auc'], 2)})" if is_number(facts["auc"]) else ""
    yield (
        f"Riley's criteria ask for a shrinkage of at most 10 % and an optimism of at most 0.05. They are applied to a "
        f"model whose Cox-Snell R2 is {fixed(facts['r2'], 2)}{auc}: {facts['r2_source']}."
    )
    if candidates <= facts["max_candidates"]:
        yield f"The cohort supports {count(facts['max_candidates'], 'candidate column')} for such a model."
    yield from facts["warnings"]
