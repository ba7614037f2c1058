"""One look for all Displays: colours by role, quiet axes, and text that is never read as mathematics."""

from contextlib import contextmanager
from itertools import takewhile

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

__all__ = [
    "PALETTE",
    "SERIES",
    "check_columns",
    "new_axes",
    "plain_text",
    "series_colors",
    "shorten",
    "shorten_all",
    "styled",
]

PALETTE = {
    "ink": "#1d2733",
    "muted": "#5d6b7a",
    "rule": "#c9d1d9",
    "wash": "#eef2f6",
    "baseline": "#6b7784",
    "blue": "#1f5fa8",
    "orange": "#b9511a",
    "teal": "#147a78",
    "purple": "#7a4fa3",
    "pink": "#b03a70",
    "olive": "#757416",
}
"""Role -> colour. The report replaces each by a CSS variable of that name, so that figures follow its theme."""

SERIES = tuple(PALETTE[name] for name in ("blue", "orange", "teal", "purple", "pink", "olive"))
"""Colours of curves, the most important first; told apart by people who are colour-blind and in print."""

_RC = {
    "font.family": "sans-serif",
    "font.size": 8.5,
    "text.color": PALETTE["ink"],
    "text.parse_math": False,
    "text.usetex": False,
    "axes.edgecolor": PALETTE["rule"],
    "axes.facecolor": "none",
    "axes.labelcolor": PALETTE["muted"],
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": True,
    "figure.facecolor": "none",
    "legend.frameon": False,
    "savefig.facecolor": "none",
    "xtick.color": PALETTE["rule"],
    "xtick.labelcolor": PALETTE["muted"],
    "ytick.color": PALETTE["rule"],
    "ytick.labelcolor": PALETTE["muted"],
}


@contextmanager
def styled():
    """Draw in the house style; the caller's settings are as before afterwards."""
    with matplotlib.rc_context(_RC):
        yield


def new_axes(ax, size, margins=(0.55, 0.45, 0.1, 0.1)):
    """Return the axis to draw on: the caller's own, or one on a new figure that pyplot does not know.

    Parameters
    ----------
    ax : Axes or None
        The caller's axis.
    size : tuple of float
        Width and height of a new figure in inches.
    margins : tuple of float, default=(0.55, 0.45, 0.1, 0.1)
        Inches to the left of, below, to the right of and above the axis of a new figure.

    Returns
    -------
    ax : Axes
    """
    if ax is not None:
        return ax
    (width, height), (left, bottom, right, top) = size, margins
    box = [left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height]
    return Figure(figsize=size).add_axes(box)


def plain_text(text):
    """Return the text on one line, with every sign that cannot be drawn or written to XML replaced.

    Parameters
    ----------
    text : object
        What a user wrote.

    Returns
    -------
    text : str
    """
    words = " ".join(str(text).split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words)


def shorten(text, width):
    """Return the text cut in the middle to so many signs, because names tend to differ at their ends.

    Parameters
    ----------
    text : object
        What a user wrote.
    width : int
        Signs at most.

    Returns
    -------
    text : str
    """
    text = plain_text(text)
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def shorten_all(names, width):
    """Return names cut to so many signs: first the beginning that all of one modality share, then the middle.

    Parameters
    ----------
    names : sequence of str
        What users wrote, such as features; what stands before two underscores is the modality.
    width : int
        Signs at most.

    Returns
    -------
    labels : list of str
    """
    names = [plain_text(name) for name in names]
    modalities = {}
    for name in names:
        modalities.setdefault(name.partition("__")[0], []).append(name)
    starts = {modality: _shared_start(some, width) for modality, some in modalities.items()}
    cut = [starts[name.partition("__")[0]] for name in names]
    return [shorten(f"…{name[start:]}" if start else name, width) for name, start in zip(names, cut, strict=True)]


def _shared_start(names, width):
    """How many signs, up to an underscore, names have in common where one of them is too long."""
    if len(names) == 1 or max(map(len, names)) <= width:
        return 0
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    return "".join(sign for sign, _ in shared).rfind("_") + 1


def series_colors(names, baseline=None):
    """Return a colour for each name: grey for the baseline, then the series; grey again when these are used up.

    Parameters
    ----------
    names : iterable of str
        What is drawn, the most important first.
    baseline : str or None, default=None
        What the others are compared with.

    Returns
    -------
    colors : dict of str to str
    """
    others = [name for name in dict.fromkeys(names) if name != baseline]
    colors = {name: SERIES[i] if i < len(SERIES) else PALETTE["muted"] for i, name in enumerate(others)}
    return colors if baseline is None else {baseline: PALETTE["baseline"], **colors}


def check_columns(table, columns, what):
    """Return the table as a DataFrame if it has the columns and a row.

    Parameters
    ----------
    table : DataFrame or list of dict
        What the caller wants to be drawn.
    columns : list of str
        What is needed.
    what : str
        The caller's argument, for the error.

    Returns
    -------
    table : DataFrame

    Raises
    ------
    ValueError
        If a column is missing, or there is no row.
    """
    table = pd.DataFrame(table)
    if table.empty:
        raise ValueError(f"{what} is empty: there is nothing to draw")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"{what} needs the columns {', '.join(columns)}; missing: {', '.join(missing)} "
            f"(it has {', '.join(map(str, table.columns[:12]))})"
        )
    return table
