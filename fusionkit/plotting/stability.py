"""Which features were chosen in which training set: a heat map that shows how stable the selection is."""

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from .style import PALETTE, new_axes, shorten_all, styled

__all__ = ["StabilityDisplay"]

_GAP = 0.5
"""Columns of air between two repeats."""


class StabilityDisplay:
    """A map of features against training sets, filled where the feature was chosen, the most frequent on top.

    Parameters
    ----------
    selections : DataFrame of shape (n_sets, n_features)
        1 where the feature was chosen, else 0: one row per training set, one column per feature. With an index of
        two levels, the first is the repeat and the map has a gap between repeats.
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
    >>> from fusionkit.plotting import StabilityDisplay
    >>> chosen = [["ct__a", "ct__b"], ["ct__b"]]
    >>> folds = [{"repeat": 0, "fold": fold, "features": names} for fold, names in enumerate(chosen)]
    >>> StabilityDisplay.from_folds(folds).frame()["share"].to_dict()
    {'ct__b': 1.0, 'ct__a': 0.5}
    """

    def __init__(self, selections, *, top=20):
        self.selections = selections
        self.top = top

    @classmethod
    def from_folds(cls, folds, *, keep=None, top=20, ax=None, color=None):
        """Draw the features that each training set chose.

        Parameters
        ----------
        folds : list of dict
            One per training set: repeat, fold, features (the names chosen).
        keep : callable or None, default=None
            Takes a feature's name and says whether it is drawn; all are when None.
        top : int, default=20
            How many features are drawn.
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the chosen.

        Returns
        -------
        display : StabilityDisplay

        Raises
        ------
        ValueError
            If there is no training set, or no feature was chosen.
        """
        folds = sorted(folds, key=lambda row: (row["repeat"], row["fold"]))
        chosen = [{str(name) for name in row["features"] if keep is None or keep(name)} for row in folds]
        names = sorted(set().union(*chosen))
        index = pd.MultiIndex.from_tuples([(row["repeat"], row["fold"]) for row in folds], names=["repeat", "fold"])
        table = pd.DataFrame([[name in features for name in names] for features in chosen], index, names).astype(int)
        return cls(table, top=top).plot(ax=ax, color=color)

    def frame(self):
        """Return what is plotted, and the features beyond it.

        Returns
        -------
        table : DataFrame
            One row per feature, the most frequent first, then by name: share, and a column of 0 and 1 for each
            training set.
        """
        selections = pd.DataFrame(self.selections)
        if selections.empty:
            raise ValueError("selections is empty: no training set, or no feature was chosen")
        table = selections.T
        table.columns = [_label(key) for key in selections.index]
        table.index.name = "feature"
        table.insert(0, "share", selections.mean(axis=0))
        order = np.lexsort([table.index.astype(str), -table["share"]])
        return table.iloc[order]

    def plot(self, ax=None, *, color=None):
        """Draw the map.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the chosen.

        Returns
        -------
        display : StabilityDisplay
            Itself.
        """
        shown = self.frame().head(self.top)
        chosen = shown.drop(columns="share").to_numpy(dtype=bool)
        places = _places(pd.DataFrame(self.selections).index)
        with styled():
            ax = new_axes(ax, (6.4, 0.62 + 0.2 * len(shown)), (2.7, 0.47, 0.55, 0.05))
            for some, fill in ((~chosen, PALETTE["wash"]), (chosen, color or PALETTE["blue"])):
                if some.any():
                    ax.add_patch(PathPatch(_cells(some, places), facecolor=fill, edgecolor="none"))
            ax.set(xlim=(places[0] - 0.6, places[-1] + 0.6), ylim=(len(shown) - 0.4, -0.6), xlabel="Training sets")
            ax.set_yticks(range(len(shown)), shorten_all(shown.index, 40))
            ax.set_xticks([])
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines[["left", "bottom"]].set_visible(False)
            beside = {"transform": ax.get_yaxis_transform(), "verticalalignment": "center", "color": PALETTE["muted"]}
            for y, row in enumerate(chosen):
                ax.text(1.02, y, f"{row.sum()}/{row.size}", **beside)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _label(key):
    return f"repeat {key[0]}, fold {key[1]}" if isinstance(key, tuple) else str(key)


def _places(index):
    """Where each training set stands, with a gap wherever the repeat changes."""
    if index.nlevels == 1:
        return np.arange(len(index), dtype=float)
    repeats = index.get_level_values(0).to_numpy()
    return np.arange(len(index)) + _GAP * np.r_[0, np.cumsum(repeats[1:] != repeats[:-1])]


def _cells(some, places):
    """All cells of one kind as a single path, which is far smaller as SVG than a shape per cell."""
    rows, columns = np.nonzero(some)
    squares = [_square(places[column], row) for row, column in zip(rows, columns, strict=True)]
    return Path.make_compound_path(*squares)


def _square(x, y):
    corners = [(x - 0.42, y - 0.38), (x + 0.42, y - 0.38), (x + 0.42, y + 0.38), (x - 0.42, y + 0.38)]
    return Path([*corners, corners[0]], [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY])
