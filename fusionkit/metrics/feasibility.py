"""What a cohort can afford: patients needed, features supported, and how wide the AUC's interval will be.

Riley's criteria of :mod:`fusionkit.metrics.sample_size`, asked in both directions: from the features to the patients,
and from the patients to the features. "Features supported" looks at overfitting only (shrinkage and optimism); that a
cohort is too small to know the overall risk or mean is said separately, because fewer features do not mend it.
"""

from dataclasses import asdict, dataclass

from scipy import optimize

from .sample_size import (
    SampleSize,
    cox_snell_r2_from_auc,
    expected_auc_width,
    largest_cox_snell_r2,
    sample_size_binary,
    sample_size_continuous,
    sample_size_survival,
)

__all__ = ["StudyPlan", "feasibility", "plan_study"]

EXPECTED_SHARE = 0.15
"""Share of the largest possible Cox-Snell R2 that Riley et al. (2020) advise to expect when nothing is known."""

SCENARIO_AUCS = (0.65, 0.70, 0.75, 0.80, 0.85, 0.90)

WIDE = 0.2
"""An interval of the AUC of this width does not tell a useful model from a poor one."""

OVERFITTING = ("shrinkage", "optimism")

_OWN = {
    "binary": ("n_events", "prevalence", "auc", "r2"),
    "continuous": ("r2", "mean", "sd"),
    "survival": ("n_events", "r2", "rate", "horizon", "mean_follow_up"),
}
"""Outcome -> what may be said about it, besides n and n_candidates."""


@dataclass(frozen=True)
class StudyPlan:
    """What a cohort supports, and what a number of candidate features would need.

    Parameters
    ----------
    outcome : {"binary", "continuous", "survival"}
        The type of outcome.
    n, n_events : int or None
        Patients and events of the cohort; None where it is not known, and no events for a continuous outcome.
    n_candidates : int or None
        Candidate parameters before any selection.
    r2 : float
        Expected strength of the model: Cox-Snell R2, or R2 of a continuous outcome.
    r2_source : str
        Where this expectation comes from.
    auc : float or None
        The AUC that belongs to it, for a binary outcome.
    max_candidates : int or None
        Candidate parameters that the cohort supports without overfitting; None without a cohort.
    events_per_candidate : float or None
        Events, of a binary outcome the patients of the rarer class, divided by candidate parameters.
    needed : SampleSize or None
        What the candidate parameters would need; None when their number is not known.
    auc_width : float or None
        Expected width of the AUC's 95 % interval on as many new patients (Hanley & McNeil 1982).
    scenarios : tuple of dict
        For a binary outcome: auc, r2, max_candidates, n_needed, auc_width for weaker and stronger models.
    warnings : tuple of str
        What speaks against the study as planned, in full sentences.
    """

    outcome: str
    n: int | None
    n_events: int | None
    n_candidates: int | None
    r2: float
    r2_source: str
    auc: float | None
    max_candidates: int | None
    events_per_candidate: float | None
    needed: SampleSize | None
    auc_width: float | None
    scenarios: tuple
    warnings: tuple

    def to_dict(self):
        """Return the plan as JSON holds it: a dict of numbers, texts, lists and dicts."""
        return {**asdict(self), "scenarios": [dict(row) for row in self.scenarios], "warnings": list(self.warnings)}


def plan_study(
    outcome="binary",
    *,
    n=None,
    n_events=None,
    n_candidates=None,
    prevalence=None,
    auc=None,
    r2=None,
    mean=None,
    sd=None,
    rate=None,
    horizon=None,
    mean_follow_up=None,
):
    """Return how many candidate features a cohort supports, and how many patients the candidates need.

    Parameters
    ----------
    outcome : {"binary", "continuous", "survival"}, default="binary"
        The type of outcome.
    n : int or None, default=None
        Patients of the cohort; None to ask only what the candidates need.
    n_events : int or None, default=None
        Patients with the event.
    n_candidates : int or None, default=None
        Candidate parameters before any selection: every feature that may enter counts, a category once per level but
        one.
    prevalence : float or None, default=None
        Share of patients with a binary event, in (0, 1), where ``n_events`` does not say it.
    auc : float or None, default=None
        Expected AUC of the model of a binary event, in (0.5, 1).
    r2 : float or None, default=None
        Expected Cox-Snell R2 (R2 of a continuous outcome), adjusted for optimism, instead of ``auc``. When neither is
        given, 15 % of the largest possible Cox-Snell R2 is expected, as Riley et al. (2020) advise; a continuous
        outcome needs it.
    mean, sd : float or None, default=None
        Mean and standard deviation of a continuous outcome.
    rate : float or None, default=None
        Events per unit of follow-up time; from ``n_events``, ``n`` and ``mean_follow_up`` when None.
    horizon : float or None, default=None
        Time at which the risk is predicted.
    mean_follow_up : float or None, default=None
        Mean follow-up of a patient, in the same unit.

    Returns
    -------
    plan : StudyPlan

    Raises
    ------
    ValueError
        If the numbers contradict each other, one is impossible, or one that is needed is missing.

    Examples
    --------
    >>> from fusionkit.metrics import plan_study
    >>> plan = plan_study(n=120, n_events=40, n_candidates=30, auc=0.8)
    >>> plan.max_candidates, plan.needed.n
    (3, 977)
    """
    if outcome not in _OWN:
        raise ValueError(f"outcome is one of {', '.join(map(repr, _OWN))}; got {outcome!r}")
    said = {"n_events": n_events, "prevalence": prevalence, "auc": auc, "r2": r2, "mean": mean, "sd": sd}
    said |= {"rate": rate, "horizon": horizon, "mean_follow_up": mean_follow_up}
    foreign = [name for name, value in said.items() if value is not None and name not in _OWN[outcome]]
    if foreign:
        raise ValueError(f"{', '.join(foreign)} does not go with a {outcome} outcome, which takes {_taken(outcome)}")
    if n is None and n_candidates is None:
        raise ValueError("say how many patients there are (n), how many candidate features (n_candidates), or both")
    for name, count in (("n", n), ("n_candidates", n_candidates)):
        _check_whole(name, count, 1)
    facts = _FACTS[outcome](n, **{name: said[name] for name in _OWN[outcome]})
    return _plan(outcome, n, n_candidates, facts)


def feasibility(n, n_events, n_candidates, *, auc=None):
    """Return what a cohort with a binary outcome supports, as JSON holds it: for a warning before a run, and a report.

    Parameters
    ----------
    n : int
        Patients.
    n_events : int
        Patients with the event; between 1 and n - 1.
    n_candidates : int
        Columns that are offered to the model, before any selection.
    auc : float or None, default=None
        Expected AUC, in (0.5, 1); the advice of Riley et al. (2020) when None, as in :func:`plan_study`.

    Returns
    -------
    facts : dict
        The fields of :class:`StudyPlan`; ``facts["warnings"]`` is a list of sentences, empty when all is well.

    Raises
    ------
    ValueError
        If a number is impossible, such as more events than patients.

    Examples
    --------
    >>> from fusionkit.metrics import feasibility
    >>> feasibility(74, 33, 1240)["max_candidates"]
    0
    """
    return plan_study(n=n, n_events=n_events, n_candidates=n_candidates, auc=auc).to_dict()


def _taken(outcome):
    return ", ".join(("n", "n_candidates", *_OWN[outcome]))


def _check_whole(name, value, least):
    if value is not None and (value != value or value in (float("inf"),) or value != int(value) or value < least):
        raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}")


def _check_events(n, n_events):
    _check_whole("n_events", n_events, 1)
    if n is not None and n_events is not None and n_events >= n:
        what = "more events than patients" if n_events > n else "an event in every patient"
        raise ValueError(f"n_events={n_events} of n={n} is {what}: both outcomes are needed to learn the difference")


def _require(outcome, **values):
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise ValueError(f"a {outcome} outcome needs {' and '.join(missing)} as well")


def _binary_facts(n, *, n_events, prevalence, auc, r2):
    """Events, size function and expected strength of a binary outcome."""
    _check_events(n, n_events)
    if auc is not None and r2 is not None:
        raise ValueError("auc and r2 say the same thing: give one of them")
    if n is None or n_events is None:
        _require("binary", **{"prevalence (or n and n_events)": prevalence})
        if not 0 < prevalence < 1:
            raise ValueError(f"prevalence must lie inside (0, 1); got {prevalence!r}")
        n_events = n_events if n is None else max(1, min(n - 1, round(n * prevalence)))
    elif prevalence is not None and abs(round(n * prevalence) - n_events) > 1:
        raise ValueError(
            f"n={n} and n_events={n_events} mean a prevalence of {n_events / n:.3f}, not {prevalence:g}: leave it out"
        )
    else:
        prevalence = n_events / n
    if n is not None and n < 2:
        raise ValueError("n=1: one patient cannot have both outcomes")
    largest = largest_cox_snell_r2(prevalence)
    if auc is not None:
        r2, source = cox_snell_r2_from_auc(auc, prevalence), f"the expected AUC of {auc:g}"
    else:
        r2, source = _expected(r2, largest)
        auc = _auc_of(r2, prevalence)

    def size(p, r2=r2):
        return sample_size_binary(p, prevalence=prevalence, r2_cs=r2)

    return {"n_events": n_events, "size": size, "r2": r2, "source": source, "auc": auc, "prevalence": prevalence}


def _continuous_facts(n, *, r2, mean, sd):
    _require("continuous", r2=r2, mean=mean, sd=sd)

    def size(p):
        return sample_size_continuous(p, r2=r2, mean=mean, sd=sd)

    return {"n_events": None, "size": size, "r2": r2, "source": "given"}


def _survival_facts(n, *, n_events, r2, rate, horizon, mean_follow_up):
    """The same for a time to event; the rate follows from events, patients and follow-up."""
    _check_whole("n_events", n_events, 1)
    if n is not None and n_events is not None and n_events > n:
        raise ValueError(f"n_events={n_events} of n={n} is more events than patients: count each patient once")
    _require("survival", horizon=horizon, mean_follow_up=mean_follow_up)
    if not mean_follow_up > 0:
        raise ValueError(f"mean_follow_up must be a positive number; got {mean_follow_up!r}")
    known = n is not None and n_events is not None
    if not known:
        _require("survival", **{"rate (or n and n_events)": rate})
    counted = n_events / (n * mean_follow_up) if known else rate
    if rate is not None and abs(counted - rate) > 0.02 * rate:
        raise ValueError(f"n, n_events and mean_follow_up mean a rate of {counted:.4g}, not {rate:g}: leave it out")
    rate = counted if rate is None else rate
    if not 0 < rate * mean_follow_up <= 1:
        raise ValueError(
            f"rate={rate:g} over a mean follow-up of {mean_follow_up:g} makes {rate * mean_follow_up:g} events per "
            f"patient; between 0 and 1 are possible when each patient counts once"
        )
    n_events = n_events if known or n is None else max(1, round(n * rate * mean_follow_up))
    r2, source = _expected(r2, largest_cox_snell_r2(events_per_patient=rate * mean_follow_up))

    def size(p):
        return sample_size_survival(p, r2_cs=r2, rate=rate, horizon=horizon, mean_follow_up=mean_follow_up)

    return {"n_events": n_events, "size": size, "r2": r2, "source": source}


_FACTS = {"binary": _binary_facts, "continuous": _continuous_facts, "survival": _survival_facts}


def _expected(r2, largest):
    if r2 is not None:
        return r2, "given"
    return (
        EXPECTED_SHARE * largest,
        f"{100 * EXPECTED_SHARE:g} % of the largest possible, as Riley et al. (2020) advise",
    )


def _auc_of(r2, prevalence):
    """The AUC that belongs to a Cox-Snell R2; None where it is outside what a normal score can have."""
    low, high = 0.501, 0.9999
    if not cox_snell_r2_from_auc(low, prevalence) < r2 < cox_snell_r2_from_auc(high, prevalence):
        return None
    return float(optimize.brentq(lambda auc: cox_snell_r2_from_auc(auc, prevalence) - r2, low, high, xtol=1e-6))


def _most_candidates(n, size):
    """The largest number of candidates for which n patients satisfy the criteria of overfitting; may be 0."""

    def enough(p):
        criteria = size(p).criteria
        return max(criteria[name] for name in OVERFITTING) <= n

    low, high = 0, 1
    while high <= n and enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def _plan(outcome, n, n_candidates, facts):
    n_events, size = facts["n_events"], facts["size"]
    size(n_candidates or 1)  # an impossible expectation is refused before anything else is said
    auc = facts.get("auc")
    counted = n is not None and n_events is not None and outcome == "binary"
    fewer = min(n_events, n - n_events) if counted else n_events
    plan = {
        "max_candidates": None if n is None else _most_candidates(n, size),
        "needed": None if n_candidates is None else size(n_candidates),
        "events_per_candidate": fewer / n_candidates if fewer and n_candidates else None,
        "auc_width": expected_auc_width(auc, n_events, n - n_events) if counted and auc else None,
    }
    precise = {name: k for name, k in size(1).criteria.items() if name not in OVERFITTING}
    return StudyPlan(
        outcome=outcome,
        n=n,
        n_events=n_events,
        n_candidates=n_candidates,
        r2=float(facts["r2"]),
        r2_source=facts["source"],
        auc=auc,
        scenarios=_scenarios(n, n_candidates, facts) if outcome == "binary" else (),
        warnings=tuple(_warnings(n, n_events, n_candidates, plan, precise)),
        **plan,
    )


def _scenarios(n, n_candidates, facts):
    """The same questions for weaker and stronger models."""
    rows = []
    for auc in SCENARIO_AUCS:
        r2 = cox_snell_r2_from_auc(auc, facts["prevalence"])

        def size(p, r2=r2):
            return facts["size"](p, r2)

        rows.append(
            {
                "auc": auc,
                "r2": r2,
                "max_candidates": None if n is None else _most_candidates(n, size),
                "n_needed": None if n_candidates is None else size(n_candidates).n,
                "auc_width": None if n is None else expected_auc_width(auc, facts["n_events"], n - facts["n_events"]),
            }
        )
    return tuple(rows)


def _at_most(k):
    return f"at most {k} candidate feature{'' if k == 1 else 's'}" if k else "no candidate feature at all"


def _warnings(n, n_events, n_candidates, plan, precise):
    if n is None:
        return
    who = f"{n} patients" + ("" if n_events is None else f" with {n_events} events")
    if n_candidates is not None and n_candidates > plan["max_candidates"]:
        yield (
            f"{who} support {_at_most(plan['max_candidates'])}; {n_candidates} are offered, which would need "
            f"{plan['needed'].n} patients. Selection inside the folds keeps the estimate honest, not the model stable."
        )
    elif plan["max_candidates"] == 0:
        yield f"{who} support {_at_most(0)} for a model of this strength."
    for what, needed in precise.items():
        if n < needed:
            yield f"The {what} needs {needed} patients to be known precisely enough; there are {n}."
    if plan["auc_width"] is not None and plan["auc_width"] > WIDE:
        yield (
            f"The 95 % interval of the AUC is expected to be {plan['auc_width']:.2f} wide: too wide to tell a useful "
            f"model from a poor one."
        )
