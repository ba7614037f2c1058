"""Estimates with their intervals, one below the other."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from .style import PALETTE, check_columns, new_axes, series_colors, shorten, styled

__all__ = ["ForestDisplay"]

_WIDTH = 16
"""Signs of a name at most."""


class ForestDisplay:
    """A forest plot: name, point with interval, and the numbers.

    Parameters
    ----------
    table : DataFrame
        One row per estimate, from top to bottom: name, value, low, high. Without limits (NaN) the point stands alone.
    reference : float or None, default=None
        Where to draw the line of no effect: 0 for differences, 0.5 for AUCs.
    xlabel : str, default=''
        What the values are.
    signed : bool, default=False
        Whether positive values are written with a plus, as differences are.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import ForestDisplay
    >>> display = ForestDisplay([{"name": "early", "value": 0.03, "low": -0.01, "high": 0.07}], signed=True)
    >>> [text.get_text() for text in display.plot().ax_.texts]
    ['early', '+0.030 (−0.010 to 0.070)']
    """

    def __init__(self, table, *, reference=None, xlabel="", signed=False):
        self.table = table
        self.reference = reference
        self.xlabel = xlabel
        self.signed = signed

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        table : DataFrame
            name, value, low, high.
        """
        return check_columns(self.table, ["name", "value", "low", "high"], "table").astype(
            {"value": float, "low": float, "high": float}
        )

    def plot(self, ax=None, *, colors=None):
        """Draw the estimates.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each name.

        Returns
        -------
        display : ForestDisplay
            Itself.
        """
        table = self.frame()
        colors = {**series_colors(table["name"]), **(colors or {})}
        with styled():
            longest = max(len(shorten(name, _WIDTH)) for name in table["name"])
            margins = (0.2 + 0.075 * longest, 0.46, 1.68, 0.06)
            ax = new_axes(ax, (4.3, 0.62 + 0.28 * len(table)), margins)
            if self.reference is not None:
                ax.axvline(self.reference, color=PALETTE["muted"], linewidth=0.9, linestyle=(0, (4, 3)))
            for y, row in enumerate(table.itertuples()):
                _draw(ax, y, row, colors[row.name], self.signed)
            ax.set(ylim=(len(table) - 0.4, -0.6), xlim=_limits(table, self.reference), xlabel=self.xlabel, yticks=[])
            ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
            ax.spines["left"].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _draw(ax, y, row, color, sign):
    if np.isfinite(row.low) and np.isfinite(row.high):
        ax.plot([row.low, row.high], [y, y], color=color, linewidth=1.8, solid_capstyle="butt")
    if np.isfinite(row.value):
        ax.plot([row.value], [y], color=color, marker="s", markersize=5.5, linestyle="none")
    beside = {"transform": ax.get_yaxis_transform(), "verticalalignment": "center", "color": PALETTE["ink"]}
    ax.text(-0.06, y, shorten(row.name, _WIDTH), horizontalalignment="right", **beside)
    ax.text(1.06, y, _numbers(row, "+" if sign else ""), horizontalalignment="left", **beside)


def _numbers(row, sign):
    if not np.isfinite(row.value):
        return "undefined"
    limits = [_fixed(row.low), _fixed(row.high)] if np.isfinite(row.low) and np.isfinite(row.high) else []
    return f"{_fixed(row.value, sign)} ({' to '.join(limits) or 'no interval'})"


def _fixed(value, sign=""):
    return f"{value:{sign}.3f}".replace("-", "−")


def _limits(table, reference):
    """From the lowest to the highest number, the reference included, with some air."""
    numbers = table[["value", "low", "high"]].to_numpy().ravel()
    numbers = np.r_[numbers[np.isfinite(numbers)], [] if reference is None else reference]
    low, high = (numbers.min(), numbers.max()) if numbers.size else (0.0, 1.0)
    air = max(0.06 * (high - low), 0.01)
    return low - air, high + air
