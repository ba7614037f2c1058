"""What the models lean on: the loss when a modality or a feature is shuffled or left out, with its interval."""

import numpy as np

from .style import PALETTE, check_columns, new_axes, series_colors, shorten_all, styled

__all__ = ["ImportanceDisplay"]

_NEEDED = ["name", "modality", "importance", "low", "high"]


class ImportanceDisplay:
    """Bars with intervals, the most important on top, coloured by modality.

    Parameters
    ----------
    importance : DataFrame
        One row per modality or feature of one model: name, modality, importance, low, high; limits may be NaN.
    top : int, default=20
        How many are drawn; ``frame()`` has them all.
    xlabel : str, default='Loss of AUC when shuffled'
        What the values are.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import ImportanceDisplay
    >>> row = {"name": "ct__volume", "modality": "ct", "importance": 0.08, "low": 0.02, "high": 0.14}
    >>> ImportanceDisplay([row]).frame()["importance"].tolist()
    [0.08]
    """

    def __init__(self, importance, *, top=20, xlabel="Loss of AUC when shuffled"):
        self.importance = importance
        self.top = top
        self.xlabel = xlabel

    def frame(self):
        """Return what is plotted, and what lies beyond it.

        Returns
        -------
        table : DataFrame
            name, modality, importance, low, high; the most important first, then by name.
        """
        table = check_columns(self.importance, _NEEDED, "importance")[_NEEDED]
        table = table.astype({"importance": float, "low": float, "high": float})
        return table.sort_values(["importance", "name"], ascending=[False, True], ignore_index=True)

    def plot(self, ax=None, *, colors=None):
        """Draw the bars.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each modality.

        Returns
        -------
        display : ImportanceDisplay
            Itself.
        """
        table = self.frame()
        colors = {**series_colors(dict.fromkeys(table["modality"])), **(colors or {})}
        shown = table.head(self.top)
        places = np.arange(len(shown))
        with styled():
            ax = new_axes(ax, (6.0, 0.6 + 0.2 * len(shown)), (3.0, 0.45, 0.15, 0.05))
            ax.axvline(0, color=PALETTE["rule"], linewidth=0.9)
            ax.barh(places, shown["importance"], height=0.68, color=[colors[name] for name in shown["modality"]])
            bounded = shown[["low", "high"]].notna().all(axis=1).to_numpy()
            ax.hlines(places[bounded], shown["low"][bounded], shown["high"][bounded], PALETTE["ink"], linewidth=1.0)
            ax.set(ylim=(len(shown) - 0.4, -0.6), xlabel=self.xlabel)
            ax.set_yticks(places, shorten_all(shown["name"], 44))
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines["left"].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
