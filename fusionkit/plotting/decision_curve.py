"""Would acting on the predictions do more good than harm? Net benefit against treating everybody and nobody."""

import numpy as np
import pandas as pd

from ..metrics import decision_curve
from .style import PALETTE, check_columns, new_axes, plain_text, series_colors, styled

__all__ = ["TREAT_ALL", "TREAT_NONE", "DecisionCurveDisplay"]

TREAT_ALL, TREAT_NONE = "treat all", "treat none"
"""The two strategies that need no model."""


class DecisionCurveDisplay:
    """Decision curves of several models beside the strategies of treating all and none.

    Parameters
    ----------
    curves : DataFrame
        One row per strategy and threshold: strategy (a model, ``"treat all"`` or ``"treat none"``), threshold (inside
        (0, 1)), net_benefit, low, high; low and high bound the band.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.plotting import DecisionCurveDisplay
    >>> predictions = pd.DataFrame(
    ...     {"fusion": "ehr", "repeat": 0, "y_true": [1, 1, 0, 0], "y_score": [0.9, 0.3, 0.6, 0.1]}
    ... )
    >>> display = DecisionCurveDisplay.from_predictions(predictions, thresholds=[0.2, 0.5])
    >>> display.frame()[["strategy", "threshold", "net_benefit"]].head(4).to_numpy().tolist()
    [['ehr', 0.2, 0.4375], ['ehr', 0.5, 0.0], ['treat all', 0.2, 0.375], ['treat all', 0.5, 0.0]]
    """

    def __init__(self, curves):
        self.curves = curves

    @classmethod
    def from_predictions(cls, predictions, *, thresholds=None, ax=None, colors=None, bands=None):
        """Average the net benefit of the repeats at each threshold, and draw it.

        Parameters
        ----------
        predictions : DataFrame
            Out-of-fold predictions of the same patients by every model: fusion, repeat, y_true (0 or 1), y_score
            (a probability).
        thresholds : array-like or None, default=None
            Threshold probabilities, inside (0, 1); 0.01, 0.02 ... 0.99 when None.
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each model.
        bands : collection of str or None, default=None
            The models whose range over the repeats is drawn; none when None.

        Returns
        -------
        display : DecisionCurveDisplay

        Raises
        ------
        ValueError
            If a column is missing, a score is no probability, or a threshold lies outside (0, 1).
        """
        predictions = check_columns(predictions, ["fusion", "repeat", "y_true", "y_score"], "predictions")
        thresholds = np.arange(1, 100) / 100 if thresholds is None else np.asarray(thresholds, dtype=float)
        curves = [_mean_curve(name, frame, thresholds) for name, frame in predictions.groupby("fusion", sort=False)]
        first = predictions[predictions["fusion"] == predictions["fusion"].iloc[0]]
        y_true = first.loc[first["repeat"] == first["repeat"].iloc[0], "y_true"]
        everybody = decision_curve(y_true, {}, thresholds).treat_all
        curves += [_curve(TREAT_ALL, thresholds, [everybody]), _curve(TREAT_NONE, thresholds, [0 * thresholds])]
        return cls(pd.concat(curves, ignore_index=True)).plot(ax=ax, colors=colors, bands=bands)

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        curves : DataFrame
            strategy, threshold, net_benefit, low, high.
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
            The models whose range over the repeats is drawn; none when None.

        Returns
        -------
        display : DecisionCurveDisplay
            Itself.
        """
        curves = check_columns(self.curves, ["strategy", "threshold", "net_benefit", "low", "high"], "curves")
        names = list(dict.fromkeys(curves["strategy"]))
        models = [name for name in names if name not in {TREAT_ALL, TREAT_NONE}]
        colors = {**series_colors(models), **(colors or {})}
        best = curves["net_benefit"].max()
        with styled():
            ax = new_axes(ax, (4.3, 4.3), (0.6, 0.45, 0.1, 0.1))
            lines = []
            for i, (name, curve) in enumerate(curves.groupby("strategy", sort=False)):
                look = _LOOKS.get(name) or {"color": colors[name], "linewidth": 1.6}
                if name in (bands or ()):
                    low, high = curve["low"], curve["high"]
                    ax.fill_between(curve["threshold"], low, high, color=colors[name], alpha=0.14, linewidth=0)
                lines += ax.plot(curve["threshold"], curve["net_benefit"], zorder=3 - i / 100, **look)
            ax.set(xlim=(-0.01, 1.01), ylim=(-0.25 * max(best, 0.04), 1.12 * max(best, 0.04)))
            ax.set(xlabel="Threshold probability", ylabel="Net benefit")
            ax.set_xticks(np.linspace(0, 1, 6))
            ax.legend(lines, [plain_text(name) for name in names], loc="upper right", fontsize=8, labelspacing=0.35)
        self.ax_, self.figure_ = ax, ax.figure
        return self


_LOOKS = {
    TREAT_ALL: {"color": PALETTE["ink"], "linewidth": 1.1, "linestyle": (0, (1, 1.6))},
    TREAT_NONE: {"color": PALETTE["ink"], "linewidth": 1.1, "linestyle": (0, (5, 3))},
}


def _mean_curve(name, frame, thresholds):
    repeats = [
        decision_curve(part["y_true"], {name: part["y_score"]}, thresholds).models[name]
        for _, part in frame.groupby("repeat", sort=True)
    ]
    return _curve(name, thresholds, repeats)


def _curve(name, thresholds, repeats):
    """The mean over the repeats and their range."""
    repeats = np.array(repeats)
    band = {"low": repeats.min(axis=0), "high": repeats.max(axis=0)}
    return pd.DataFrame({"strategy": name, "threshold": thresholds, "net_benefit": repeats.mean(axis=0), **band})
