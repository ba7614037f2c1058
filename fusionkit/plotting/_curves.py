"""What ROC and precision-recall curves share: counting hits by threshold, and drawing on the unit square."""

import numpy as np

from .style import plain_text

__all__ = ["draw_curves", "hits_by_threshold"]


def hits_by_threshold(events, score):
    """Return events and patients at or above every threshold, the highest first; equal scores cross it together.

    Parameters
    ----------
    events : bool array of shape (n,)
    score : array of shape (n,)

    Returns
    -------
    hits, found : int arrays of shape (n_thresholds,)
    """
    order = np.argsort(-score, kind="stable")
    last_of_tie = np.r_[np.flatnonzero(np.diff(score[order])), score.size - 1]
    return np.cumsum(events[order])[last_of_tie], last_of_tie + 1


def draw_curves(ax, curves, x, y, *, colors, bands, legend):
    """Draw one curve per model on the unit square, with its band, and a legend.

    Parameters
    ----------
    ax : Axes
    curves : DataFrame
        fusion, low, high and the columns `x` and `y`.
    x, y : str
        What is drawn against what.
    colors : dict of str to str
        Colour of each model.
    bands : collection of str or None
        The models whose band is drawn; all when None.
    legend : str
        Where the legend stands.
    """
    lines = {}
    for i, (name, curve) in enumerate(curves.groupby("fusion", sort=False)):
        if (bands is None or name in bands) and (curve["high"] > curve["low"]).any():
            ax.fill_between(curve[x], curve["low"], curve["high"], color=colors[name], alpha=0.14, linewidth=0)
        look = {"color": colors[name], "linewidth": 1.6, "solid_joinstyle": "round", "zorder": 3 - i / 100}
        [lines[name]] = ax.plot(curve[x], curve[y], **look)
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.legend(lines.values(), [plain_text(name) for name in lines], loc=legend, fontsize=8, labelspacing=0.35)
