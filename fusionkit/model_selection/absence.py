"""Modalities that some patients lack: who answers for them, and whether enough patients are left to learn from.

The rules, for ``available``: a model of one modality learns from the patients who have it, and gives the others the
event rate of its training patients; late fusion uses the models of what is there; early fusion imputes inside the
fold and adds a column that says so. For ``impute``, every model imputes, and late fusion counts every member. Either
way each patient has a prediction by each model, so that all differences are paired over the same patients.

An alternative is to evaluate the model of a modality on those who have it. Then each model would be judged on patients
of its own, and a modality done in the easy half of the patients would look better than one done in all. Here its AUC is
that of using it in everybody, lower where many lack it; what it reaches in those who have it stands in the table of
performance by pattern.
"""

import numpy as np

from ..cohort import modality_presence
from ..fusion.absence import AbsenceIndicator
from ..naming import modality_columns

__all__ = ["absence_rules", "mark_absence"]

RULES = ("available", "impute")


def absence_rules(cohort, rules, splits, *, inner_folds):
    """Return the rule of each modality that some patient lacks.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    rules : {"available", "impute"} or dict of str to such
        One rule, or one for each modality; a modality without one is "available".
    splits : list of Split
        The outer folds.
    inner_folds : int
        Folds of the search.

    Returns
    -------
    absent : dict of str to {"available", "impute"}
        Empty where everybody has everything.

    Raises
    ------
    ValueError
        If a rule or modality is unknown, a patient has no modality, or the patients of a training set who have a
        modality are too few for the inner folds.
    """
    by_modality = rules if isinstance(rules, dict) else dict.fromkeys(cohort.modalities, rules)
    unknown = sorted(set(by_modality) - set(cohort.modalities))
    wrong = sorted(set(by_modality.values()) - set(RULES))
    if unknown or wrong:
        raise ValueError(
            f"missing_modality is 'available' or 'impute', or one of them for each of {', '.join(cohort.modalities)}; "
            f"got {rules!r}"
        )
    presence = modality_presence(cohort.X)
    nobody = presence.index[~presence.any(axis=1)]
    if len(nobody):
        shown = ", ".join(map(str, nobody[:5]))
        raise ValueError(f"{len(nobody)} patients have no modality at all ({shown}): leave them out")
    absent = {name: by_modality.get(name, "available") for name in presence if not presence[name].all()}
    for name, rule in absent.items():
        if rule == "available":
            _check_enough(name, presence[name].to_numpy(), cohort.y.to_numpy(), splits, inner_folds)
    return absent


def _check_enough(name, present, y, splits, inner_folds):
    for split in splits:
        mine = y[split.train][present[split.train]]
        fewest = np.bincount(mine, minlength=2).min()
        if fewest < inner_folds:
            raise ValueError(
                f"repeat {split.repeat}, fold {split.fold}: of the {len(split.train)} training patients {len(mine)} "
                f"have {name}, {fewest} of them in the rarer class, fewer than the {inner_folds} inner folds: use "
                f"fewer inner folds, require {name}, or leave it out"
            )


def mark_absence(pipeline, modalities):
    """Return an early fusion that also sees which of some modalities a patient lacks.

    Parameters
    ----------
    pipeline : Pipeline
        As :func:`make_early_fusion` makes it.
    modalities : sequence of str
        The modalities to be marked; each adds the column ``<modality>__absent``.

    Returns
    -------
    pipeline : Pipeline
        The same, changed.
    """
    marks = [(f"{name} absent", AbsenceIndicator(name), modality_columns(name)) for name in modalities]
    fuse = pipeline.named_steps["fuse"]
    fuse.set_params(transformers=[*fuse.transformers, *marks])
    return pipeline
