"""What a cohort can afford, as a person reads it at the terminal."""

import json
import re

from rich.markup import escape
from rich.table import Table

from ..exceptions import Problem, StudyError
from ..metrics import plan_study
from .output import console

__all__ = ["show_plan"]

_WAY_OUT = "fusionkit plan --help lists the options; an example: fusionkit plan --n 120 --events 40 --candidates 30"

_OPTIONS = {"n_events": "--events", "n_candidates": "--candidates", "mean_follow_up": "--follow-up"}
"""Argument of ``plan_study`` -> the option, where dashes before the name do not make it."""


def show_plan(outcome, *, as_json=False, **facts):
    """Print what a cohort supports and what its candidate features need.

    Parameters
    ----------
    outcome : {"binary", "continuous", "survival"}
        The type of outcome.
    as_json : bool, default=False
        Whether JSON is printed instead of text.
    **facts : int, float or None
        As in :func:`fusionkit.metrics.plan_study`.

    Raises
    ------
    StudyError
        If the numbers are impossible, contradict each other or are too few.
    """
    try:
        plan = plan_study(outcome, **facts)
    except ValueError as error:
        names = "|".join(name for name in facts if name != "mean")
        said = re.sub(rf"\b({names})\b", lambda found: _OPTIONS.get(found[0], f"--{found[0]}"), str(error))
        raise StudyError([Problem(said, _WAY_OUT)]) from None
    if as_json:
        print(json.dumps(plan.to_dict(), indent=1))
        return
    _say(_cohort(plan))
    kind = "R2" if plan.outcome == "continuous" else "Cox-Snell R2"
    _say(f"Expected strength of the model: {kind} {plan.r2:.3f}{_auc(plan)}; {plan.r2_source}.")
    if plan.max_candidates is not None:
        few = f"at most {plan.max_candidates} candidate feature{'' if plan.max_candidates == 1 else 's'}"
        _say(f"[bold]Your data support {few if plan.max_candidates else 'no candidate feature'}.[/]", markup=True)
    if plan.events_per_candidate is not None:
        _say(f"Events per candidate parameter: {plan.events_per_candidate:.1f}")
    if plan.auc_width is not None:
        _say(f"Expected width of the AUC's 95 % interval on as many new patients: {plan.auc_width:.2f}")
    if plan.needed is not None:
        console.print(_criteria(plan))
    if plan.scenarios:
        console.print(_scenarios(plan))
    for warning in plan.warnings:
        console.print(f"[yellow]warning[/] {escape(warning)}", highlight=False, soft_wrap=True)


def _say(text, markup=False):
    console.print(text if markup else escape(text), highlight=False, soft_wrap=True)


def _cohort(plan):
    if plan.n is None:
        return f"A {plan.outcome} outcome; the cohort is not known yet"
    events = "" if plan.n_events is None else f", {plan.n_events} events"
    return f"{plan.n} patients{events}, {plan.outcome} outcome"


def _auc(plan):
    return "" if plan.auc is None else f" (AUC {plan.auc:.2f})"


def _criteria(plan):
    """Riley's criteria for the candidate parameters, the decisive one last."""
    table = Table(title=f"Patients that {plan.n_candidates} candidate parameters need", title_justify="left")
    for column in ("criterion (Riley et al.)", "patients"):
        table.add_column(column, justify="right" if column == "patients" else "left")
    for name, n in plan.needed.criteria.items():
        table.add_row(name, str(n))
    table.add_row("all of them", f"[bold]{plan.needed.n}[/]", end_section=True)
    if plan.needed.n_events is not None:
        table.add_row("with events", f"{plan.needed.n_events:.0f}")
    return table


def _scenarios(plan):
    """Weaker and stronger models side by side."""
    columns = {
        "expected AUC": lambda row: f"{row['auc']:.2f}",
        "features supported": lambda row: str(row["max_candidates"]),
        "patients needed": lambda row: str(row["n_needed"]),
        "width of AUC's interval": lambda row: f"{row['auc_width']:.2f}",
    }
    if plan.n is None:
        del columns["features supported"], columns["width of AUC's interval"]
    if plan.n_candidates is None:
        del columns["patients needed"]
    table = Table(title="If the model is weaker or stronger than expected", title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    for row in plan.scenarios:
        table.add_row(*(cell(row) for cell in columns.values()))
    return table
