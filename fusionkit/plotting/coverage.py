"""How many patients have a value in each time window, and how many a wider one would keep."""

import numpy as np

from .style import PALETTE, check_columns, new_axes, shorten_all, styled

__all__ = ["CoverageDisplay"]

_ANY_TIME = np.inf


class CoverageDisplay:
    """Dots: the share of patients with a value, one row per measurement; filled as the study has it, open when wider.

    Parameters
    ----------
    coverage : list of dict or DataFrame
        One row per measurement and width: measurement, window (text), widened_by_days (0 is the window as the study has
        it, None any time), n_patients, n_total.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import CoverageDisplay
    >>> crp = {"measurement": "ehr__crp", "window": "-3 to +1 days", "n_total": 80}
    >>> rows = [crp | {"widened_by_days": days, "n_patients": n} for days, n in [(0, 60), (7, 72), (None, 76)]]
    >>> CoverageDisplay(rows).frame()["share"].tolist()
    [0.75, 0.9, 0.95]
    """

    def __init__(self, coverage):
        self.coverage = coverage

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        table : DataFrame
            measurement, window, widened_by_days (infinite for any time), n_patients, n_total, share; by measurement in
            the order given, then by width.
        """
        needed = ["measurement", "window", "widened_by_days", "n_patients", "n_total"]
        table = check_columns(self.coverage, needed, "coverage")[needed]
        days = table["widened_by_days"].astype(float).fillna(_ANY_TIME)
        table = table.assign(widened_by_days=days, share=table["n_patients"] / table["n_total"])
        place = table.groupby(["measurement", "window"], sort=False).ngroup()
        order = np.lexsort((table["widened_by_days"], place))
        return table.iloc[order].reset_index(drop=True)

    def plot(self, ax=None, *, color=None):
        """Draw the dots.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the dots.

        Returns
        -------
        display : CoverageDisplay
            Itself.
        """
        table, color = self.frame(), color or PALETTE["blue"]
        groups = [rows for _, rows in table.groupby(["measurement", "window"], sort=False)]
        labels = shorten_all([rows["measurement"].iloc[0] for rows in groups], 30)
        with styled():
            ax = new_axes(ax, (6.0, 0.6 + 0.26 * len(groups)), (2.9, 0.45, 0.2, 0.05))
            for place, rows in enumerate(groups):
                ax.plot(
                    rows["share"], [place] * len(rows), color=color, linewidth=1, marker="o", markerfacecolor="none"
                )
                as_it_is = rows[rows["widened_by_days"] == 0]
                ax.plot(as_it_is["share"], [place] * len(as_it_is), color=color, linestyle="none", marker="o")
            windows = [rows["window"].iloc[0] for rows in groups]
            ticks = [f"{label}, {window}" for label, window in zip(labels, windows, strict=True)]
            ax.set(ylim=(len(groups) - 0.4, -0.6), xlim=(-0.02, 1.02), xlabel="Share of patients with a value")
            ax.set_yticks(range(len(groups)), ticks)
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines["left"].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
