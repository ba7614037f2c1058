"""How another cohort differs from the one that the model learnt from, feature by feature.

The reference is a small table that a model can carry with it instead of its training patients.
"""

import numpy as np
import pandas as pd
from scipy import stats

__all__ = ["feature_drift", "summarise_features"]

N_BINS = 10
"""Bins of equal training frequency, as the population stability index is commonly computed."""

NOISE = 0.95
"""Quantile of the index under no drift above which a feature is called drifted."""

_COLUMNS = [
    *("column", "kind", "n", "n_reference", "missing", "missing_reference", "mean", "mean_reference", "smd"),
    *("psi", "psi_noise", "outside", "drifted", "reason"),
]


def summarise_features(X):
    """Return what has to be known of the training patients to recognise drift later.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_features)
        The training patients.

    Returns
    -------
    reference : dict of str to dict
        Column -> kind ("number" or "category"), n (known values), missing (share), and for a number mean, sd, low,
        high, edges (inner limits of the bins) and counts; for a category levels and counts. JSON can hold it.
    """
    return {str(column): _summary(X[column]) for column in X.columns}


def feature_drift(reference, X):
    """Return how far each feature of X has drifted from the training patients.

    Parameters
    ----------
    reference : DataFrame or dict
        The training patients, or what :func:`summarise_features` made of them.
    X : DataFrame of shape (n_patients, n_features)
        The new patients; columns that the reference does not know are left out.

    Returns
    -------
    table : DataFrame
        One row per feature, the most drifted first: column, kind, n and n_reference (known values), missing and
        missing_reference (shares), mean, mean_reference, smd (standardised mean difference; for categories the
        multivariate one of Yang & Dalton 2012, not negative), psi (population stability index over ten bins of equal
        training frequency, or levels; half a patient is added to every cell), psi_noise (what it exceeds in 5 % of
        cohorts of this size without drift), outside (share beyond the training range, or of unknown levels), drifted
        (psi above psi_noise) and reason (why a number is NaN).

    Raises
    ------
    ValueError
        If a column that was a number holds something else, or X has none of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from fusionkit.model_selection import feature_drift
    >>> rng = np.random.default_rng(0)
    >>> home, away = (pd.DataFrame({"ct__energy": rng.normal(m, 1, 200)}) for m in (0, 1))
    >>> feature_drift(home, away)[["column", "smd", "drifted"]].round(1).to_dict("records")
    [{'column': 'ct__energy', 'smd': 0.9, 'drifted': True}]
    """
    reference = summarise_features(reference) if isinstance(reference, pd.DataFrame) else reference
    shared = [column for column in X.columns if str(column) in reference]
    if not shared:
        raise ValueError(f"X has none of the reference's columns, such as {', '.join(list(reference)[:3])}")
    rows = [_drift(str(column), reference[str(column)], X[column]) for column in shared]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    excess = (table["psi"] / table["psi_noise"]).fillna(-1)
    return table.iloc[np.argsort(-excess, kind="stable")].reset_index(drop=True)


def _is_number(values):
    return pd.api.types.is_numeric_dtype(values)  # flags are numbers here: 0 and 1


def _numbers(values):
    values = values.to_numpy(dtype=float, na_value=np.nan)
    return values[np.isfinite(values)]


def _summary(values):
    share = float(values.isna().mean()) if len(values) else 0.0
    if not _is_number(values):
        counts = values.dropna().astype(str).value_counts().sort_index()
        kept = {"levels": counts.index.tolist(), "counts": counts.tolist()}
        return {"kind": "category", "n": int(counts.sum()), "missing": share, **kept}
    known = _numbers(values)
    if not known.size:
        return {"kind": "number", "n": 0, "missing": share}
    edges = _edges(known)
    return {
        **{"kind": "number", "n": int(known.size), "missing": share, "mean": float(known.mean())},
        **{"sd": float(known.std(ddof=1)) if known.size > 1 else 0.0, "low": float(known.min())},
        **{"high": float(known.max()), "edges": edges.tolist(), "counts": _histogram(known, edges).tolist()},
    }


def _edges(known):
    """Upper limits of all bins but the last: every value where there are few, otherwise deciles."""
    values = np.unique(known)
    if len(values) <= N_BINS:
        return values[:-1]
    deciles = np.unique(np.quantile(known, np.linspace(0, 1, N_BINS + 1)[1:-1]))
    below = deciles[deciles < values[-1]]
    return below if below.size else values[-2:-1]


def _histogram(known, edges):
    """Values up to and including an edge belong to the bin below it, so that a flag's two values part."""
    return np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)


def _drift(column, before, values):
    if before["kind"] == "number" and not _is_number(values):
        some = values.dropna().astype(str).unique()[:3].tolist()
        raise ValueError(
            f"column {column!r} held numbers in training and holds {values.dtype} here, such as {some}: convert it"
        )
    known = _numbers(values) if before["kind"] == "number" else values.dropna().astype(str).to_numpy()
    row = {"column": column, "kind": before["kind"], "n": len(known), "n_reference": before["n"]}
    row |= {"missing": float(values.isna().mean()), "missing_reference": before["missing"]}
    if not len(known) or not before["n"]:
        where = "in the new cohort" if before["n"] else "in training"
        return {**row, "drifted": bool(before["n"] or len(known)), "reason": f"no patient has a value {where}"}
    return {**row, **(_number_drift if before["kind"] == "number" else _category_drift)(before, known)}


def _number_drift(before, known):
    sd = known.std(ddof=1) if len(known) > 1 else 0.0
    pooled = np.sqrt((before["sd"] ** 2 + sd**2) / 2)
    apart = known.mean() - before["mean"]
    still = pooled <= 1e-12 * max(abs(before["mean"]), abs(known.mean()), 1e-300)
    counts = _histogram(known, np.array(before["edges"]))
    return {
        **{"mean": known.mean(), "mean_reference": before["mean"], "smd": np.nan if still else apart / pooled},
        **_stability(np.array(before["counts"]), counts, shifted=still and not np.isclose(apart, 0)),
        "outside": float(np.mean((known < before["low"]) | (known > before["high"]))),
        "reason": "it does not vary in either cohort" if still else "",
    }


def _category_drift(before, known):
    levels = sorted({*before["levels"], *known})
    counts_before = np.array([dict(zip(before["levels"], before["counts"], strict=True)).get(x, 0) for x in levels])
    counts = np.array([np.count_nonzero(known == level) for level in levels])
    p, q = counts_before / counts_before.sum(), counts / counts.sum()
    apart = (q - p)[1:]
    spread = sum(np.diag(share) - np.outer(share, share) for share in (p, q))[1:, 1:] / 2
    still = len(levels) < 2
    distance = np.nan if still else float(np.sqrt(max(apart @ np.linalg.pinv(spread) @ apart, 0.0)))
    return {
        **{"mean": np.nan, "mean_reference": np.nan, "smd": distance},
        **_stability(counts_before, counts),
        "outside": float(np.mean(~np.isin(known, before["levels"]))),
        "reason": "it does not vary in either cohort" if still else "",
    }


def _stability(before, after, *, shifted=False):
    """The population stability index and what it reaches by chance: a scaled chi-squared (Yurdakul & Naranjo 2020)."""
    p, q = ((counts + 0.5) / (counts.sum() + 0.5 * len(counts)) for counts in (before, after))
    index = float(np.sum((q - p) * np.log(q / p)))
    noise = stats.chi2.ppf(NOISE, max(len(p) - 1, 1)) * (1 / before.sum() + 1 / after.sum())
    return {"psi": index, "psi_noise": float(noise), "drifted": bool(index > noise or shifted)}
