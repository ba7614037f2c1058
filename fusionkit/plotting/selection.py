"""How often each feature was chosen over the folds."""

import numpy as np

from .style import PALETTE, check_columns, new_axes, shorten, styled

__all__ = ["SelectionDisplay"]


class SelectionDisplay:
    """Bars: the share of folds in which a feature was chosen, the most frequent on top.

    Parameters
    ----------
    selected : DataFrame
        One row per feature of one model: feature, times, of (number of folds).
    top : int, default=20
        How many features are drawn; ``frame()`` has them all.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import SelectionDisplay
    >>> SelectionDisplay([{"feature": "ct__volume", "times": 20, "of": 25}]).frame()["share"].tolist()
    [0.8]
    """

    def __init__(self, selected, *, top=20):
        self.selected = selected
        self.top = top

    def frame(self):
        """Return what is plotted, and the features beyond it.

        Returns
        -------
        table : DataFrame
            feature, times, of, share; the most frequent first, then by name.
        """
        table = check_columns(self.selected, ["feature", "times", "of"], "selected")[["feature", "times", "of"]]
        table = table.assign(share=table["times"] / table["of"])
        return table.sort_values(["share", "feature"], ascending=[False, True], ignore_index=True)

    def plot(self, ax=None, *, color=None):
        """Draw the bars.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the bars.

        Returns
        -------
        display : SelectionDisplay
            Itself.
        """
        shown = self.frame().head(self.top)
        places = np.arange(len(shown))
        with styled():
            ax = new_axes(ax, (6.0, 0.6 + 0.2 * len(shown)), (3.0, 0.45, 0.1, 0.05))
            ax.barh(places, shown["share"], height=0.68, color=color or PALETTE["blue"])
            ax.set(ylim=(len(shown) - 0.4, -0.6), xlim=(0, 1), xlabel="Share of folds in which it was chosen")
            ax.set_yticks(places, [shorten(feature, 44) for feature in shown["feature"]])
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines["left"].set_visible(False)
            for place, row in zip(places, shown.itertuples(), strict=True):
                inside = row.share > 0.85
                ax.annotate(
                    f"{row.times}/{row.of}",
                    (row.share, place),
                    xytext=(-3 if inside else 3, 0),
                    textcoords="offset points",
                    horizontalalignment="right" if inside else "left",
                    verticalalignment="center",
                    fontsize=7.5,
                    color="white" if inside else PALETTE["muted"],
                )
        self.ax_, self.figure_ = ax, ax.figure
        return self
