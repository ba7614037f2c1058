"""What a cohort of this size can bear: events per candidate column, and Riley's criteria for assumed AUCs."""

from ..metrics import cox_snell_r2_from_auc, max_parameters_binary, sample_size_binary
from .numbers import count, fixed, is_number

__all__ = ["ASSUMED_AUCS", "feasibility"]

ASSUMED_AUCS = (0.7, 0.8, 0.9)
"""AUCs that a model might have; that of this very run would be a circular assumption."""


def feasibility(results):
    """Return what the number of patients allows, as sentences and a small table.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    view : dict
        sentences, and rows (auc, largest: candidate columns that the cohort supports; needed: patients for all
        candidate columns, None without them); none of either where the cohort has one class only.
    """
    cohort = results["cohort"]
    n, n_events = cohort["n"], cohort["n_events"]
    if not 0 < n_events < n:
        return {"sentences": [], "rows": [], "candidates": None}
    sizes = [facts.get("columns") for facts in (cohort.get("modalities") or {}).values()]
    candidates = sum(sizes) if sizes and all(map(is_number, sizes)) else None
    prevalence = n_events / n
    rows = [_row(auc, n, prevalence, candidates) for auc in ASSUMED_AUCS]
    return {"sentences": list(_sentences(n, n_events, candidates, rows)), "rows": rows, "candidates": candidates}


def _row(auc, n, prevalence, candidates):
    r2_cs = cox_snell_r2_from_auc(auc, prevalence)
    needed = sample_size_binary(candidates, prevalence=prevalence, r2_cs=r2_cs).n if candidates else None
    return {
        "auc": fixed(auc, 1),
        "largest": max_parameters_binary(n, prevalence=prevalence, r2_cs=r2_cs),
        "needed": None if needed is None else f"{needed:,}",
    }


def _sentences(n, n_events, candidates, rows):
    fewer = min(n_events, n - n_events)
    if candidates:
        share = fewer / candidates
        digits = 1 if share >= 1 else 2
        yield (
            f"{count(candidates, 'candidate column')} stood against {count(fewer, 'patient')} of the rarer outcome: "
            f"{fixed(share, digits)} per candidate."
        )
    middle = rows[len(rows) // 2]
    yield (
        f"By Riley's criteria for a shrinkage of at most 10 % and an optimism of at most 0.05, a cohort of this size "
        f"supports {count(middle['largest'], 'candidate column')} for a model with an AUC of {middle['auc']}."
    )
    if candidates and candidates > middle["largest"]:
        yield (
            "With more candidates than that, nested validation keeps the estimates of performance honest, but the "
            "models themselves are uncertain: other patients would give other models."
        )
