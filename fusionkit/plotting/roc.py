"""ROC curves of cross-validated models, averaged over test folds, with their spread between repeats."""

import numpy as np
import pandas as pd

from ._curves import draw_curves, hits_by_threshold
from .style import PALETTE, check_columns, new_axes, series_colors, styled

__all__ = ["RocDisplay"]


class RocDisplay:
    """ROC curves, one per model, each with a band.

    Parameters
    ----------
    curves : DataFrame
        One row per model and point: fusion, fpr, tpr, low, high (all but the name in [0, 1]); low and high bound
        the band. Points stand in the order in which they are joined.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.plotting import RocDisplay
    >>> predictions = pd.DataFrame(
    ...     {"fusion": "ehr", "repeat": 0, "fold": 0, "y_true": [0, 0, 1, 1], "y_score": [0.1, 0.4, 0.3, 0.8]}
    ... )
    >>> RocDisplay.from_predictions(predictions).frame()[["fpr", "tpr"]].to_numpy().tolist()
    [[0.0, 0.0], [0.0, 0.5], [0.5, 0.5], [0.5, 1.0], [1.0, 1.0]]
    """

    def __init__(self, curves):
        self.curves = curves

    @classmethod
    def from_predictions(cls, predictions, *, ax=None, colors=None, bands=None):
        """Average the curves of the test folds, and draw them.

        Sensitivities are averaged at equal false positive rates over the folds of all repeats, so that the area under
        each curve is the cross-validated AUC. The band reaches from the lowest to the highest of the repeats' own
        mean curves: it shows how much the curve depends on how patients were dealt, and is no confidence interval.

        Parameters
        ----------
        predictions : DataFrame
            Out-of-fold predictions: fusion, repeat, fold, y_true (0 or 1), y_score (higher means more likely 1).
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each model.
        bands : collection of str or None, default=None
            The models whose band is drawn; all when None.

        Returns
        -------
        display : RocDisplay

        Raises
        ------
        ValueError
            If a column is missing, or a model has no test fold with patients of both classes.
        """
        needed = ["fusion", "repeat", "fold", "y_true", "y_score"]
        predictions = check_columns(predictions, needed, "predictions")
        curves = [_mean_curve(name, frame) for name, frame in predictions.groupby("fusion", sort=False)]
        return cls(pd.concat(curves, ignore_index=True)).plot(ax=ax, colors=colors, bands=bands)

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        curves : DataFrame
            fusion, fpr, tpr, low, high.
        """
        return self.curves.copy()

    def plot(self, ax=None, *, colors=None, bands=None):
        """Draw the curves.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each model.
        bands : collection of str or None, default=None
            The models whose band is drawn; all when None.

        Returns
        -------
        display : RocDisplay
            Itself.
        """
        curves = check_columns(self.curves, ["fusion", "fpr", "tpr", "low", "high"], "curves")
        names = list(dict.fromkeys(curves["fusion"]))
        colors = {**series_colors(names), **(colors or {})}
        with styled():
            ax = new_axes(ax, (4.3, 4.3))
            ax.plot([0, 1], [0, 1], color=PALETTE["rule"], linewidth=0.9, linestyle=(0, (4, 3)))
            draw_curves(ax, curves, "fpr", "tpr", colors=colors, bands=bands, legend="lower right")
            ax.set(xlabel="1 − specificity", ylabel="Sensitivity")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _mean_curve(name, frame):
    """The mean of all folds' curves, and the range of the repeats' mean curves, on all false positive rates seen."""
    folds = [
        (repeat, _fold_curve(part["y_true"].to_numpy(dtype=bool), part["y_score"].to_numpy(dtype=float)))
        for (repeat, _), part in frame.groupby(["repeat", "fold"], sort=True)
        if 0 < part["y_true"].sum() < len(part)
    ]
    if not folds:
        raise ValueError(f"{name}: no test fold has patients of both classes, so there is no ROC curve")
    seen = np.unique(np.concatenate([fpr for _, (fpr, _) in folds]))
    grid = np.repeat(seen, 2)  # each rate twice: the sensitivity before and after the step that stands there
    curves = np.array([_on_grid(seen, *curve) for _, curve in folds])
    repeats = np.array([repeat for repeat, _ in folds])
    means = np.array([curves[repeats == repeat].mean(axis=0) for repeat in np.unique(repeats)])
    band = {"low": means.min(axis=0), "high": means.max(axis=0)}
    table = pd.DataFrame({"fusion": name, "fpr": grid, "tpr": curves.mean(axis=0), **band})
    return table.drop_duplicates(ignore_index=True)


def _fold_curve(events, score):
    """False positive rate and sensitivity at every threshold, (0, 0) first; equal scores cross it together."""
    hits, found = hits_by_threshold(events, score)
    alarms = found - hits
    return np.r_[0, alarms / (~events).sum()], np.r_[0, hits / events.sum()]


def _on_grid(seen, fpr, tpr):
    """Sensitivity just before and at each rate; np.interp takes the last of several points at one rate."""
    before = np.interp(-seen, -fpr[::-1], tpr[::-1])
    return np.column_stack([before, np.interp(seen, fpr, tpr)]).ravel()
