"""How the report writes numbers: estimate, interval, patients and events, with a true minus sign."""

import math

__all__ = ["count", "fixed", "interval", "is_number", "listed", "percent", "signed"]


def is_number(value):
    """Whether a value of the results is a finite number; None and NaN stand for undefined."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def fixed(value, digits=3):
    """``0.731``, or an em dash where the number is undefined.

    Parameters
    ----------
    value : object
        A number; None, NaN and infinity are undefined.
    digits : int, default=3
        Decimals.

    Returns
    -------
    text : str
    """
    return f"{value:.{digits}f}".replace("-", "−") if is_number(value) else "—"


def signed(value, digits=3):
    """``+0.031``, or an em dash where the number is undefined.

    Parameters
    ----------
    value : object
        A number; None, NaN and infinity are undefined.
    digits : int, default=3
        Decimals.

    Returns
    -------
    text : str
    """
    return f"{value:+.{digits}f}".replace("-", "−") if is_number(value) else "—"


def interval(low, high, digits=3):
    """``0.630 to 0.833``, or ``no interval``.

    Parameters
    ----------
    low, high : object
        The limits; None, NaN and infinity are undefined.
    digits : int, default=3
        Decimals.

    Returns
    -------
    text : str
    """
    return f"{fixed(low, digits)} to {fixed(high, digits)}" if is_number(low) and is_number(high) else "no interval"


def percent(share):
    """``95 %``."""
    return f"{100 * share:.4g} %"


def count(n, noun, plural=None):
    """``1 patient``, ``74 patients``.

    Parameters
    ----------
    n : int
        How many.
    noun : str
        One of them.
    plural : str or None, default=None
        Several of them; with an s when None.

    Returns
    -------
    text : str
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {plural or noun + 's'}"


def listed(words, joint="and"):
    """``a``, ``a and b``, ``a, b and c``.

    Parameters
    ----------
    words : iterable
        What is listed.
    joint : str, default='and'
        What stands before the last.

    Returns
    -------
    text : str
    """
    words = [str(word) for word in words]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}" if words else ""
