"""What each modality adds, judged by models fitted with and without it: ablation and exact Shapley values.

Permutation importance asks what one fitted model leans on; here the other modalities may step in for the one that is
left out, because the model without it was fitted anew. Both read the out-of-fold predictions of fusions that were
compared on the same splits: with two modalities, those of every comparison.
"""

import itertools
import math

import numpy as np
import pandas as pd

from ..metrics import cv_contrast, cv_difference, fold_values, holm

__all__ = ["modality_ablation", "modality_shapley", "shapley_values", "subset_fusions"]

MOST_MODALITIES = 6
"""Sixty-three early fusions; each further modality would double them."""

CHANCE = 0.5
"""The AUC without any modality."""


def subset_fusions(modalities):
    """Return the names of the early fusions of every subset of the modalities, for ``compare_fusions(fusions=...)``.

    Parameters
    ----------
    modalities : sequence of str
        One to six names.

    Returns
    -------
    fusions : list of str
        Single modalities first; all of them together is ``"early"``.

    Raises
    ------
    ValueError
        If there are more than six modalities.

    Examples
    --------
    >>> from fusionkit.model_selection import subset_fusions
    >>> subset_fusions(["ehr", "ct", "ecg"])
    ['ehr', 'ct', 'ecg', 'ehr+ct', 'ehr+ecg', 'ct+ecg', 'early']
    """
    modalities = _check_modalities(modalities)
    subsets = [part for size in range(1, len(modalities)) for part in itertools.combinations(modalities, size)]
    return [*("+".join(part) for part in subsets), "early" if len(modalities) > 1 else modalities[0]]


def shapley_values(players, value):
    """Return the exact Shapley value of each player of a cooperative game (Shapley 1953).

    Parameters
    ----------
    players : sequence of str
        Who takes part; one to six.
    value : dict of frozenset to float or ndarray
        What every coalition achieves, the empty one included; arrays are played place by place.

    Returns
    -------
    values : dict of str to float or ndarray
        They add up to what all achieve beyond what nobody does.

    Raises
    ------
    ValueError
        If there are too many players, or a coalition is missing.

    Examples
    --------
    >>> from fusionkit.model_selection import shapley_values
    >>> auc = {(): 0.5, ("ehr",): 0.70, ("ct",): 0.66, ("ct", "ehr"): 0.74}
    >>> found = shapley_values(["ehr", "ct"], {frozenset(part): value for part, value in auc.items()})
    >>> {name: round(value, 3) for name, value in found.items()}
    {'ehr': 0.14, 'ct': 0.1}
    """
    players = _check_modalities(players)
    m = len(players)
    coalitions = [frozenset(part) for size in range(m + 1) for part in itertools.combinations(players, size)]
    missing = [part for part in coalitions if part not in value]
    if missing:
        some = ", ".join("+".join(p for p in players if p in part) or "nobody" for part in missing[:5])
        raise ValueError(f"value lacks {len(missing)} of the {len(coalitions)} coalitions, such as {some}")
    weight = [math.factorial(size) * math.factorial(m - size - 1) / math.factorial(m) for size in range(m)]
    return {
        player: sum(
            weight[len(part)] * (value[part | {player}] - value[part]) for part in coalitions if player not in part
        )
        for player in players
    }


def modality_shapley(comparison, *, confidence=0.95):
    """Return each modality's fair share of the AUC beyond chance: its exact Shapley value over all subsets.

    Parameters
    ----------
    comparison : FusionComparison
        With the early fusions of all subsets of the modalities, as :func:`subset_fusions` names them.
    confidence : float, default=0.95
        Level of the interval, see :func:`fusionkit.metrics.cv_contrast`: a Shapley value is a weighted sum of AUCs.

    Returns
    -------
    table : DataFrame
        modality, alone (AUC by itself), shapley, low, high, share (of the AUC beyond chance), full (AUC of all), n,
        n_events, n_folds, method, reason. The Shapley values add up to ``full`` - 0.5. The share is NaN, with the
        reason, where all together are no better than chance.

    Raises
    ------
    ValueError
        If a subset was not compared, or there are more than six modalities.
    """
    y, folds, scores = comparison._arrays()
    modalities, subsets = _subsets(comparison)
    parts = [part for part in subsets if part]
    models = {subsets[part]: scores[subsets[part]] for part in parts}
    values = {part: fold_values(y, scores[subsets[part]], folds) for part in parts}
    full = values[frozenset(modalities)]
    beyond = full.mean() > CHANCE
    played = dict(zip([frozenset(), *parts], np.eye(1 + len(parts)), strict=True))  # what each subset's AUC counts
    rows = []
    for modality, (nobody, *weights) in shapley_values(modalities, played).items():
        found = cv_contrast(
            *(y, models, dict(zip(models, weights, strict=True)), folds),
            constant=CHANCE + nobody * CHANCE,  # chance and the share beyond it, which is limited as an AUC is
            scale="logit",
            groups=comparison._groups,
            confidence=confidence,
        )
        reason = found.reason and f"with chance, {found.reason}"
        if not beyond:
            reason = "all modalities together are no better than chance: no shares"
        shapley, low, high = (limit - CHANCE for limit in (found.value, found.low, found.high))
        rows.append(
            {
                **{"modality": modality, "alone": values[frozenset([modality])].mean(), "shapley": shapley},
                **{"low": low, "high": high, "share": shapley / (full.mean() - CHANCE) if beyond else np.nan},
                **{"full": full.mean(), "n": len(y), "n_events": int(y.sum()), "n_folds": len(full)},
                "method": found.method,
                "reason": reason,
            }
        )
    return pd.DataFrame(rows).sort_values("shapley", ascending=False, ignore_index=True, kind="stable")


def modality_ablation(comparison, *, confidence=0.95):
    """Return what is lost when the early fusion is fitted without one of the modalities.

    Parameters
    ----------
    comparison : FusionComparison
        With the early fusion of all modalities, and of all but each one.
    confidence : float, default=0.95
        Level of the intervals.

    Returns
    -------
    table : DataFrame
        modality (left out), without (the fusion that remains), full (AUC of all), auc (without it), loss (full minus
        without), low, high, p_value, p_holm (adjusted for the number of modalities), n, n_events, reason.

    Raises
    ------
    ValueError
        If such a fusion was not compared, or there is one modality only.
    """
    if len(comparison.settings["modalities"]) < 2:
        raise ValueError("there is one modality only: without it nothing is left to fit")
    y, folds, scores = comparison._arrays()
    modalities, subsets = _subsets(comparison, sizes=(-1, 0))
    full, rows = scores[subsets[frozenset(modalities)]], []
    for modality in modalities:
        without = subsets[frozenset(modalities) - {modality}]
        found = cv_difference(y, full, scores[without], folds, groups=comparison._groups, confidence=confidence)
        loss = found.difference
        rows.append(
            {
                **{"modality": modality, "without": without, "full": found.value_a, "auc": found.value_b},
                **{"loss": loss.value, "low": loss.low, "high": loss.high, "p_value": found.p_value},
                **{"n": loss.n, "n_events": loss.n_events, "reason": loss.reason},
            }
        )
    table = pd.DataFrame(rows)
    defined = table["p_value"].notna()
    adjusted = np.full(len(table), np.nan)
    if defined.any():
        adjusted[defined] = holm(table.loc[defined, "p_value"])
    table.insert(table.columns.get_loc("p_value") + 1, "p_holm", adjusted)
    return table.sort_values("loss", ascending=False, ignore_index=True, kind="stable")


def _check_modalities(modalities):
    modalities = list(dict.fromkeys(modalities))
    if not 1 <= len(modalities) <= MOST_MODALITIES:
        raise ValueError(
            f"exact Shapley values need all 2^m subsets, and are offered for 1 to {MOST_MODALITIES} modalities; "
            f"there are {len(modalities)}: join some, or use permutation importance"
        )
    return modalities


def _subsets(comparison, sizes=None):
    """The modalities, and the fusion of each subset; sizes below the number of modalities are counted from it."""
    modalities = _check_modalities(comparison.settings["modalities"])
    made_of = {"early": modalities, "late": []}
    found = {frozenset(made_of.get(fusion, fusion.split("+"))): fusion for fusion in comparison.fusions}
    wanted = range(1, len(modalities) + 1) if sizes is None else [len(modalities) + size for size in sizes]
    needed = [frozenset(part) for size in wanted for part in itertools.combinations(modalities, size)]
    missing = ["+".join(m for m in modalities if m in part) for part in needed if part not in found]
    if missing:
        raise ValueError(
            f"{len(missing)} early fusions were not compared, such as {', '.join(missing[:5])}: "
            f"call compare_fusions with fusions=subset_fusions(cohort.modalities)"
        )
    return modalities, found
