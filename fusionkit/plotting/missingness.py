"""Who lacks what: the patterns of missing data, the most frequent on top."""

import pandas as pd

from .style import PALETTE, check_columns, new_axes, shorten, styled

__all__ = ["MissingnessDisplay"]


class MissingnessDisplay:
    """A table of patterns as a figure: filled where data are there, open where they are missing, with the counts.

    Parameters
    ----------
    patterns : list of dict or DataFrame
        One row per pattern: pattern (the list of what is missing; empty when nothing is), n, n_events.
    columns : list of str or None, default=None
        What may be missing, from left to right; everything that is missing in some pattern when None.
    top : int, default=12
        How many patterns are drawn; ``frame()`` has them all.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import MissingnessDisplay
    >>> patterns = [{"pattern": [], "n": 60, "n_events": 20}, {"pattern": ["ct"], "n": 14, "n_events": 9}]
    >>> MissingnessDisplay(patterns, columns=["ehr", "ct"]).frame().to_numpy().tolist()
    [[1, 1, 60, 20], [1, 0, 14, 9]]
    """

    def __init__(self, patterns, *, columns=None, top=12):
        self.patterns = patterns
        self.columns = columns
        self.top = top

    def frame(self):
        """Return what is plotted, and the patterns beyond it.

        Returns
        -------
        table : DataFrame
            One row per pattern, the most frequent first: 1 (there) or 0 (missing) for each column, n, n_events.
        """
        patterns = check_columns(self.patterns, ["pattern", "n", "n_events"], "patterns")
        lacking = [[str(name) for name in row] for row in patterns["pattern"]]
        columns = list(dict.fromkeys([*map(str, self.columns or []), *(name for row in lacking for name in row)]))
        table = pd.DataFrame([[int(name not in row) for name in columns] for row in lacking], columns=columns)
        table = table.assign(n=patterns["n"].to_numpy(), n_events=patterns["n_events"].to_numpy())
        return table.sort_values("n", ascending=False, kind="stable", ignore_index=True)

    def plot(self, ax=None, *, color=None):
        """Draw the patterns.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of what is there.

        Returns
        -------
        display : MissingnessDisplay
            Itself.
        """
        table = self.frame().head(self.top)
        columns = list(table.columns[:-2])
        with styled():
            labels = [shorten(name, 22) for name in columns]
            head = 0.25 + 0.055 * max((len(label) for label in labels), default=0)
            width = 2.1 + 0.3 * len(columns)
            ax = new_axes(ax, (width, head + 0.1 + 0.26 * len(table)), (0.1, 0.05, 1.75, head))
            there = table[columns].to_numpy(dtype=bool)
            for y, row in enumerate(there):
                for x, present in enumerate(row):
                    fill = (color or PALETTE["blue"]) if present else "none"
                    edge = (color or PALETTE["blue"]) if present else PALETTE["muted"]
                    ax.plot([x], [y], marker="o", markersize=7, markerfacecolor=fill, markeredgecolor=edge)
            ax.set(xlim=(-0.6, max(len(columns), 1) - 0.4), ylim=(len(table) - 0.4, -0.6), yticks=[])
            ax.xaxis.tick_top()
            ax.set_xticks(range(len(columns)), labels, rotation=60, ha="left", rotation_mode="anchor")
            ax.tick_params(axis="x", length=0, labelcolor=PALETTE["ink"])
            ax.spines[["left", "bottom"]].set_visible(False)
            beside = {"transform": ax.get_yaxis_transform(), "verticalalignment": "center"}
            for y, row in enumerate(table.itertuples()):
                ax.text(1.0, y, f"  {row.n} patients, {row.n_events} events", color=PALETTE["ink"], **beside)
        self.ax_, self.figure_ = ax, ax.figure
        return self
