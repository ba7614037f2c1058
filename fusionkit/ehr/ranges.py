"""Values outside the plausible range of the dictionary: which they are, and what becomes of them."""

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

__all__ = ["OUT_OF_RANGE", "OutOfRange", "find_outside", "range_text", "settle_outside"]

OutOfRange = Literal["stop", "exclude", "missing", "keep"]

OUT_OF_RANGE = get_args(OutOfRange)
"""What may become of a value out of range: the study stops, its patient is left out, it is missing, or it is used."""

_SAID = {"missing": "it counts as missing", "keep": "it is used as it is"}


def find_outside(values, low, high):
    """Return which values lie outside a range, both ends of which are inside; a missing value does not.

    Parameters
    ----------
    values : ndarray or Series of float, shape (n,)
        In the range's unit.
    low, high : float or None
        None leaves that end open.

    Returns
    -------
    outside : ndarray of bool, shape (n,)
    """
    values = np.asarray(values, dtype=float)
    return (values < (-np.inf if low is None else low)) | (values > (np.inf if high is None else high))


def range_text(low, high, unit):
    """Return a range in words, to stand after "is not", such as ``within 18..100 years``.

    Parameters
    ----------
    low, high : float or None
        None leaves that end open.
    unit : str or None
        The unit of both.

    Returns
    -------
    text : str
    """
    ends = ["" if end is None else f"{end:g}" for end in (low, high)]
    return f"within {'..'.join(ends)}{f' {unit}' if unit else ''}"


def settle_outside(problems, rule):
    """Return what is said of values out of range under a rule, and whether the values become missing.

    Parameters
    ----------
    problems : list of Problem
        An error for each value with its patient; or one for the column where they are too many to be slips, which no
        rule softens.
    rule : {"stop", "exclude", "missing", "keep"}
        ``"exclude"``: the errors stand, and leave their patients out. ``"stop"``: so they do, and one that names no
        patient asks for a decision. ``"missing"`` and ``"keep"``: they become warnings that say so.

    Returns
    -------
    problems : list of Problem
    missing : bool

    Raises
    ------
    ValueError
        If the rule is none of these.
    """
    if rule not in OUT_OF_RANGE:
        raise ValueError(f"out_of_range is one of {', '.join(OUT_OF_RANGE)}; got {rule!r}")
    if not problems or any(problem.patient is None for problem in problems):
        return problems, False
    if rule in _SAID:
        said = [replace(p, message=f"{p.message}; {_SAID[rule]}", severity="warning") for p in problems]
        return said, rule == "missing"
    if rule == "stop":
        message = f"{len(problems)} value(s) out of range, and the study does not say what becomes of them"
        way_out = (
            "Correct them in the table, or the range in the dictionary; or decide in the study file with "
            "'out_of_range: missing', keep, or exclude (their patients are left out)."
        )
        asked = replace(problems[0], message=message, way_out=way_out, patient=None, row=None)
        return [*problems, asked], False
    return problems, False
