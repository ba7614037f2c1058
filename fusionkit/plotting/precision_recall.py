"""Precision against recall of cross-validated models: what a positive prediction is worth when events are few."""

import numpy as np
import pandas as pd

from ._curves import draw_curves, hits_by_threshold
from .style import PALETTE, check_columns, new_axes, series_colors, styled

__all__ = ["PrecisionRecallDisplay"]


class PrecisionRecallDisplay:
    """Precision-recall curves, one per model, each with a band.

    Parameters
    ----------
    curves : DataFrame
        One row per model and recall: fusion, recall, precision, low, high (all but the name in [0, 1]); low and high
        bound the band. Points stand in the order in which they are joined.
    prevalence : float or None, default=None
        Share of events, drawn as the precision of a model at chance.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.plotting import PrecisionRecallDisplay
    >>> predictions = pd.DataFrame(
    ...     {"fusion": "ehr", "repeat": 0, "y_true": [0, 0, 1, 1], "y_score": [0.1, 0.4, 0.3, 0.8]}
    ... )
    >>> display = PrecisionRecallDisplay.from_predictions(predictions)
    >>> display.frame()[["recall", "precision"]].round(2).to_numpy().tolist()
    [[0.5, 1.0], [1.0, 0.67]]
    """

    def __init__(self, curves, *, prevalence=None):
        self.curves = curves
        self.prevalence = prevalence

    @classmethod
    def from_predictions(cls, predictions, *, ax=None, colors=None, bands=None):
        """Average the curves of the repeats, and draw them.

        Each repeat predicts every patient once, so that all its out-of-fold predictions make one curve, and recall
        has the same steps in every repeat: precisions are averaged at each. The mean precision of a curve over its
        steps is the average precision, averaged over the repeats. The band reaches from the lowest to the highest of
        the repeats and is no confidence interval.

        Parameters
        ----------
        predictions : DataFrame
            Out-of-fold predictions: fusion, repeat, y_true (0 or 1), y_score (higher means more likely 1).
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each model.
        bands : collection of str or None, default=None
            The models whose band is drawn; all when None.

        Returns
        -------
        display : PrecisionRecallDisplay

        Raises
        ------
        ValueError
            If a column is missing, a score is NaN, a model has no event, or its repeats differ in their events.
        """
        predictions = check_columns(predictions, ["fusion", "repeat", "y_true", "y_score"], "predictions")
        if predictions["y_score"].isna().any():
            raise ValueError("predictions has y_score NaN; a curve needs the score of every patient")
        curves = [_mean_curve(name, frame) for name, frame in predictions.groupby("fusion", sort=False)]
        display = cls(pd.concat(curves, ignore_index=True), prevalence=float(predictions["y_true"].mean()))
        return display.plot(ax=ax, colors=colors, bands=bands)

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        curves : DataFrame
            fusion, recall, precision, low, high.
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
        display : PrecisionRecallDisplay
            Itself.
        """
        curves = check_columns(self.curves, ["fusion", "recall", "precision", "low", "high"], "curves")
        names = list(dict.fromkeys(curves["fusion"]))
        colors = {**series_colors(names), **(colors or {})}
        with styled():
            ax = new_axes(ax, (4.3, 4.3))
            if self.prevalence is not None:
                ax.axhline(self.prevalence, color=PALETTE["muted"], linewidth=0.9, linestyle=(0, (4, 3)))
            draw_curves(ax, curves, "recall", "precision", colors=colors, bands=bands, legend="lower left")
            ax.set(xlabel="Recall (sensitivity)", ylabel="Precision (positive predictive value)")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _mean_curve(name, frame):
    """Precision at each recall, averaged over the repeats, with the range of the repeats."""
    repeats = [
        _precisions(name, part["y_true"].to_numpy(dtype=bool), part["y_score"].to_numpy(dtype=float))
        for _, part in frame.groupby("repeat", sort=True)
    ]
    if len({curve.size for curve in repeats}) > 1:
        raise ValueError(f"{name}: the repeats differ in their events, so that their curves cannot be averaged")
    curves = np.array(repeats)
    n_events = curves.shape[1]
    band = {"low": curves.min(axis=0), "high": curves.max(axis=0)}
    recall = np.arange(1, n_events + 1) / n_events
    return pd.DataFrame({"fusion": name, "recall": recall, "precision": curves.mean(axis=0), **band})


def _precisions(name, events, score):
    """Precision at the first threshold that finds 1, 2, ... all events; equal scores cross it together."""
    if not events.any():
        raise ValueError(f"{name}: there is no event, so there is no precision-recall curve")
    hits, found = hits_by_threshold(events, score)
    precision = hits / found
    return precision[np.searchsorted(hits, np.arange(1, events.sum() + 1))]
