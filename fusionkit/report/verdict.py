"""The verdict in two sentences, true to the numbers: what fusion changed, and whether the interval supports it."""

from dataclasses import dataclass

from .interval_words import interval_words
from .numbers import count, fixed, interval, is_number, listed, percent, signed

__all__ = [
    "MIN_PER_CLASS",
    "TOO_WIDE",
    "Verdict",
    "fusion_label",
    "judge_difference",
    "make_verdict",
    "used_modalities",
]

MIN_PER_CLASS = 10
"""With fewer patients of either class, no difference is judged."""

TOO_WIDE = 0.2
"""An interval of the difference that is wider than this and includes zero does not answer the question."""

FEWEST_REPEATS = 2
"""With fewer repeats the intervals cannot see how much the choice of training patients adds."""

MAX_TOLD = 2
"""The verdict tells of so many comparisons, the first in the study's order; the others are named."""

MAX_NAMED = 3
"""More modalities or fusions than this are counted, not named, in the verdict."""

_ENDINGS = {
    "gain": ("a gain in this cohort, as the whole interval lies above zero", "a gain too"),
    "harm": ("a loss in this cohort, as the whole interval lies below zero", "a loss too"),
    "unclear": ("no reliable gain in this cohort", "no reliable gain either"),
    "too few": ("too few patients to tell", "again too few patients to tell"),
    "undefined": ("nothing can be concluded without an interval", "again without an interval"),
}
"""Finding -> how a sentence ends, and how the second one ends when the first ended so."""

_HEADLINES = {
    "gain": "A gain in this cohort",
    "harm": "A loss in this cohort",
    "unclear": "No reliable gain in this cohort",
    "too few": "Too few patients to tell",
    "undefined": "No conclusion possible",
    "alone": "Nothing to compare",
}

_SHORT = {
    "gain": "a gain by {}",
    "harm": "a loss by {}",
    "unclear": "no reliable gain by {}",
    "too few": "too few patients to tell for {}",
    "undefined": "no conclusion for {}",
}
"""Finding -> half of the headline where early and late fusion differ."""


@dataclass(frozen=True)
class Verdict:
    """What the report says first.

    Parameters
    ----------
    finding : {"gain", "harm", "unclear", "too few", "undefined", "mixed", "alone"}
        ``"mixed"`` when early and late fusion differ, ``"alone"`` when there is nothing to compare.
    headline : str
        The finding in a few words.
    sentences : tuple of str
        One or two sentences with the numbers.
    cautions : tuple of str
        What limits the verdict and has to stand beside it.
    rule : str
        How the finding follows from the numbers.
    """

    finding: str
    headline: str
    sentences: tuple
    cautions: tuple
    rule: str


def fusion_label(name, *, start=False):
    """Return what a fusion is called in a sentence.

    Parameters
    ----------
    name : str
        ``"early"``, ``"late"``, ``"late:stacking"`` and the like, a modality, or ``"a+b"``.
    start : bool, default=False
        Whether the sentence begins with it; a modality is always written as the user wrote it.

    Returns
    -------
    label : str
    """
    if is_fusion(name):
        kind, _, rule = name.partition(":")
        rule = rule.replace("images_first", "images first").replace(":", ", ")
        return f"{kind.capitalize() if start else kind} fusion{f' ({rule})' if rule else ''}"
    if "+" in name:
        return f"{'Early' if start else 'early'} fusion of {listed(name.split('+'))}"
    return f"{name} alone"


def is_fusion(name):
    """Return whether a name stands for a fusion of all modalities: early, late, or late by another rule.

    Parameters
    ----------
    name : str

    Returns
    -------
    fusion : bool
    """
    return name.partition(":")[0] in {"early", "late"}


def used_modalities(results):
    """Return the modalities that a compared model uses; a study may read more of them than it compares.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    modalities : dict of str to dict
        Name -> kind, source and columns.
    """
    modalities = results["cohort"].get("modalities") or {}
    fusions = [row["fusion"] for row in results["comparison"]["estimates"]]
    if any(is_fusion(name) for name in fusions):
        return modalities
    named = {part for name in fusions for part in name.split("+")}
    return {name: facts for name, facts in modalities.items() if name in named}


def make_verdict(results):
    """Return the verdict that the results support, and no more than that.

    Early and late fusion are judged, each by the interval of its own paired difference against the baseline; where a
    study has neither, whatever else was compared. Fusions are never picked by their result.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    verdict : Verdict
    """
    comparison = results["comparison"]
    differences = {row["fusion"]: row for row in comparison.get("differences") or []}
    judged = [name for name in ("early", "late") if name in differences] or list(differences)
    judged = [name for name in judged if "+" in name or is_fusion(name)] or judged
    rule = _rule(len(differences), comparison)
    told = judged[:MAX_TOLD]
    others = [name for name in differences if name not in told and ("+" in name or is_fusion(name) or name in judged)]
    cautions = tuple(_cautions(results, told, others))
    if not judged:
        return Verdict("alone", _HEADLINES["alone"], tuple(_alone(comparison)), cautions, rule)
    rows = [differences[name] for name in told]
    findings = {row["fusion"]: judge_difference(row) for row in rows}
    finding, headline = _summary(findings)
    sentences = [_first(results, rows[0], findings[told[0]])]
    sentences += [_second(comparison, row, findings) for row in rows[1:]]
    return Verdict(finding, headline, tuple(sentences), cautions, rule)


def _summary(findings):
    """The finding of one or two fusions together, and its headline."""
    kinds = list(dict.fromkeys(findings.values()))
    if len(kinds) == 1:
        return kinds[0], _HEADLINES[kinds[0]]
    parts = [_SHORT[kind].format(fusion_label(name)) for name, kind in findings.items()]
    return "mixed", f"{parts[0][0].upper()}{parts[0][1:]}, {parts[1]}"


def judge_difference(row):
    """Return what the interval of one difference says.

    Parameters
    ----------
    row : dict
        low, high (None or NaN where there is no interval), n, n_events.

    Returns
    -------
    finding : {"gain", "harm", "unclear", "too few", "undefined"}
    """
    low, high = row.get("low"), row.get("high")
    if min(row["n_events"], row["n"] - row["n_events"]) < MIN_PER_CLASS:
        return "too few"
    if not (is_number(low) and is_number(high)):
        return "undefined"
    if low > 0:
        return "gain"
    if high < 0:
        return "harm"
    return "too few" if high - low > TOO_WIDE else "unclear"


def _ending(row, finding, same=False):
    text = _ENDINGS[finding][same]
    if finding in {"gain", "harm"} and row["high"] - row["low"] > TOO_WIDE:
        return f"{text}, though its size is uncertain"
    if finding == "undefined" and row.get("reason"):
        return f"{text}, because {row['reason']}"
    return text


def _change(row, confidence, size=""):
    """``+0.03 (95 % CI −0.01 to 0.07; 74 patients, 33 events)``, with as many digits as the signs need."""
    numbers = [row.get(key) for key in ("difference", "low", "high")]
    visible = [abs(number) for number in numbers if is_number(number) and number]
    digits = next((d for d in (2, 3, 4) if all(number >= 0.5 * 10**-d for number in visible)), 5)
    limits = interval(row.get("low"), row.get("high"), digits)
    limits = f"{percent(confidence)} CI {limits}" if limits[0] in "0123456789−" else limits
    return f"{signed(numbers[0], digits)} ({limits}{size})"


def _first(results, row, finding):
    comparison = results["comparison"]
    size = f"; {count(row['n'], 'patient')}, {count(row['n_events'], 'event')}"
    change = _change(row, comparison.get("confidence", 0.95), size)
    return f"{_action(results, row)} changed the AUC by {change}: {_ending(row, finding)}."


def _action(results, row):
    """``Adding ct to ehr by early fusion``."""
    name, baseline = row["fusion"], row["baseline"]
    if is_fusion(baseline) or "+" in baseline:
        return f"Using {fusion_label(name)} instead of {fusion_label(baseline)}"
    if is_fusion(name):
        parts = list(results["cohort"].get("modalities") or {})
    else:
        parts = name.split("+")
    added = [part for part in parts if part != baseline]
    added = added if len(added) <= MAX_NAMED else [f"{len(added)} modalities"]
    if not is_fusion(name) and baseline not in parts:
        return f"Using {listed(parts)} instead of {baseline}"
    how = fusion_label(name) if is_fusion(name) else "early fusion"
    return f"Adding {listed(added) or 'the other modalities'} to {baseline} by {how}"


def _second(comparison, row, findings):
    name, finding = row["fusion"], findings[row["fusion"]]
    label = fusion_label(name, start=True) if is_fusion(name) or "+" in name else f"Using {name} instead"
    change = _change(row, comparison.get("confidence", 0.95))
    same = len(set(findings.values())) == 1
    return f"{label} changed it by {change}: {_ending(row, finding, same)}."


def _alone(comparison):
    for row in comparison["estimates"][:1]:
        size = f"{count(row['n'], 'patient')}, {count(row['n_events'], 'event')}"
        limits = f"{percent(comparison.get('confidence', 0.95))} CI {interval(row.get('low'), row.get('high'), 2)}"
        yield f"{row['fusion']} alone reached an AUC of {fixed(row['auc'], 2)} ({limits}; {size})."
    yield "No fusion was compared with it, so this study does not say whether another modality adds anything."


def _cautions(results, told, others):
    comparison, cohort = results["comparison"], results["cohort"]
    if others:
        labels = [fusion_label(name) for name in others]
        more = listed(labels if len(labels) <= MAX_NAMED else [*labels[:MAX_NAMED], f"{len(labels) - MAX_NAMED} more"])
        yield f"Compared too, but not judged here: {more}; see Discrimination."
    trusted = (results.get("study", {}).get("outcome") or {}).get("trust") or []
    if trusted:
        yield (
            f"The study file trusts {listed(trusted)}, which may predict the outcome almost perfectly by "
            f"{'itself' if len(trusted) == 1 else 'themselves'}. If that trust is misplaced, every figure here is "
            f"too good."
        )
    if cohort.get("warnings"):
        n = len(cohort["warnings"])
        yield f"{count(n, 'warning')} about the data {'deserves' if n == 1 else 'deserve'} a look: see Patients."
    repeats = (comparison.get("settings") or {}).get("repeats")
    if is_number(repeats) and repeats < FEWEST_REPEATS:
        yield (
            f"The patients were dealt into folds once only: the intervals see too little of what the choice of "
            f"training patients adds, and are too narrow. Use {FEWEST_REPEATS} repeats or more."
        )
    words = interval_words(comparison)
    at_chance = [
        row["fusion"]
        for row in comparison["estimates"]
        if row["fusion"] in {*told, comparison["baseline"]} and is_number(row.get("low")) and row["low"] <= 0.5
    ]
    if at_chance:
        yield (
            f"The AUC of {listed(map(fusion_label, at_chance))} cannot be told from chance (0.5)"
            f"{', where these intervals are also somewhat too narrow' if words.narrow_at_chance else ''}."
        )
    yield "All figures come from cross-validation inside this cohort; patients of another hospital may differ."


def _rule(n_compared, comparison):
    level = percent(comparison.get("confidence", 0.95))
    several = f" Intervals are not adjusted for the {n_compared} comparisons made." if n_compared > 1 else ""
    return (
        f"How this is judged: a gain needs a {level} interval of the paired difference that lies above zero as a "
        f"whole; a loss, one below zero. An interval that includes zero shows no reliable gain, which is not proof "
        f"of no gain. With fewer than {MIN_PER_CLASS} patients of either class, or an interval that includes zero "
        f"and is wider than {TOO_WIDE}, there are too few patients to tell.{several}"
    )
