"""How the patients of another cohort differ from those of the training, feature by feature."""

import numpy as np

from .style import PALETTE, check_columns, new_axes, shorten, styled

__all__ = ["DriftDisplay"]

_NEEDED = ["column", "smd", "psi", "psi_noise", "drifted"]

SMALL = 0.1
"""A standardised difference below this is commonly called negligible (Austin 2009)."""


class DriftDisplay:
    """Points: the standardised mean difference of each feature; filled where the feature has drifted.

    Parameters
    ----------
    drift : DataFrame
        One cohort's rows: column, smd, psi, psi_noise, drifted.
    top : int, default=25
        How many features are drawn; ``frame()`` has them all.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import DriftDisplay
    >>> row = {"column": "ct__energy", "smd": 0.9, "psi": 1.1, "psi_noise": 0.2, "drifted": True}
    >>> DriftDisplay([row]).frame()["smd"].tolist()
    [0.9]
    """

    def __init__(self, drift, *, top=25):
        self.drift = drift
        self.top = top

    def frame(self):
        """Return what is plotted, and what lies beyond it.

        Returns
        -------
        table : DataFrame
            column, smd, psi, psi_noise, drifted; the largest difference first, undefined ones last.
        """
        table = check_columns(self.drift, _NEEDED, "drift")[_NEEDED].astype({"smd": float})
        return table.sort_values("smd", key=lambda smd: -smd.abs(), kind="stable", ignore_index=True)

    def plot(self, ax=None, *, color=None):
        """Draw the points.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Of the points.

        Returns
        -------
        display : DriftDisplay
            Itself.
        """
        shown = self.frame().dropna(subset=["smd"]).head(self.top)
        places, color = np.arange(len(shown)), color or PALETTE["blue"]
        with styled():
            ax = new_axes(ax, (6.0, 0.6 + 0.2 * max(len(shown), 1)), (3.0, 0.45, 0.15, 0.05))
            ax.axvspan(-SMALL, SMALL, color=PALETTE["wash"], linewidth=0)
            ax.axvline(0, color=PALETTE["rule"], linewidth=0.9)
            drifted = shown["drifted"].to_numpy(dtype=bool)
            for mask, face in ((drifted, color), (~drifted, "none")):
                ax.scatter(shown["smd"][mask], places[mask], s=24, edgecolors=color, facecolors=face, linewidths=1.2)
            ax.set(ylim=(len(shown) - 0.4, -0.6), xlabel="Standardised difference from the training patients")
            ax.set_yticks(places, [shorten(column, 44) for column in shown["column"]])
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines["left"].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
