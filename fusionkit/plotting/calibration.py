"""Do predicted probabilities agree with what was observed? Groups of patients from low to high predicted risk."""

import numpy as np
import pandas as pd

from ..metrics import wilson_interval
from .style import PALETTE, check_columns, new_axes, styled

__all__ = ["CalibrationDisplay"]

BINS = 40
"""Of the histogram, from a probability of 0 to 1."""

TALLEST = 0.1
"""Height of its highest bar, on the axis of the observed share."""


class CalibrationDisplay:
    """Observed share of events against the mean predicted probability, in groups of equal size.

    Parameters
    ----------
    groups : DataFrame
        One row per group: predicted, observed, low, high (all in [0, 1]), n, n_events.
    y_true : array-like of shape (n,) or None, default=None
        0 or 1 per patient, for the histogram that shows how predictions are spread.
    y_prob : array-like of shape (n,) or None, default=None
        Predicted probabilities per patient, for the same.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import CalibrationDisplay
    >>> display = CalibrationDisplay.from_predictions([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.8], n_bins=2)
    >>> display.frame()[["predicted", "observed", "n"]].round(2).to_numpy().tolist()
    [[0.2, 0.33, 3.0], [0.7, 0.67, 3.0]]
    """

    def __init__(self, groups, *, y_true=None, y_prob=None):
        self.groups = groups
        self.y_true = y_true
        self.y_prob = y_prob

    @classmethod
    def from_predictions(cls, y_true, y_prob, *, n_bins=None, confidence=0.95, ax=None, color=None):
        """Group patients by predicted risk, and draw what was observed in each group.

        Parameters
        ----------
        y_true : array-like of shape (n,)
            0 or 1, one per patient.
        y_prob : array-like of shape (n,)
            Predicted probability of 1, one per patient.
        n_bins : int or None, default=None
            Number of groups; one per 20 patients, at least 2 and at most 10, when None. Patients with equal
            predictions are never parted, so that there may be fewer.
        confidence : float, default=0.95
            Coverage of the Wilson intervals of the observed shares.
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the points.

        Returns
        -------
        display : CalibrationDisplay

        Raises
        ------
        ValueError
            If lengths differ, there is no patient, or a prediction is no probability.
        """
        y_true, y_prob = np.asarray(y_true, dtype=float), np.asarray(y_prob, dtype=float)
        if y_true.shape != y_prob.shape or y_true.ndim != 1 or not y_true.size:
            raise ValueError(
                f"one outcome and one probability per patient are needed; got shapes {y_true.shape}, {y_prob.shape}"
            )
        if not ((y_prob >= 0) & (y_prob <= 1)).all():
            raise ValueError("y_prob must hold probabilities from 0 to 1 without NaN; pass predict_proba, not a score")
        n_bins = int(np.clip(y_true.size // 20, 2, 10)) if n_bins is None else n_bins
        groups = pd.DataFrame([_group(part, confidence) for part in _parts(y_true, y_prob, n_bins)])
        return cls(groups, y_true=y_true, y_prob=y_prob).plot(ax=ax, color=color)

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        groups : DataFrame
            predicted, observed, low, high, n, n_events.
        """
        return check_columns(self.groups, ["predicted", "observed", "low", "high", "n", "n_events"], "groups").copy()

    def histogram(self):
        """Return how the predictions are spread.

        Returns
        -------
        bins : DataFrame
            low and high (limits of predicted probability), events and others (patients); without a row where the
            Display was made without patients.
        """
        edges = np.linspace(0, 1, BINS + 1)
        if self.y_true is None or self.y_prob is None:
            return pd.DataFrame(columns=["low", "high", "events", "others"])
        with_event, y_prob = np.asarray(self.y_true) == 1, np.asarray(self.y_prob)
        counts = {"events": np.histogram(y_prob[with_event], edges)[0]}
        counts["others"] = np.histogram(y_prob[~with_event], edges)[0]
        return pd.DataFrame({"low": edges[:-1], "high": edges[1:], **counts})

    def plot(self, ax=None, *, color=None):
        """Draw the groups.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Colour of the points.

        Returns
        -------
        display : CalibrationDisplay
            Itself.
        """
        groups = self.frame()
        color = color or PALETTE["blue"]
        with styled():
            ax = new_axes(ax, (3.2, 3.3))
            ax.plot([0, 1], [0, 1], color=PALETTE["muted"], linewidth=0.9, linestyle=(0, (4, 3)))
            ax.vlines(groups["predicted"], groups["low"], groups["high"], color=color, linewidth=1.3)
            ax.plot(groups["predicted"], groups["observed"], color=color, linewidth=1, marker="o", markersize=5)
            _draw_histogram(ax, self.histogram())
            ax.set(xlim=(-0.02, 1.02), ylim=(-0.15, 1.15), aspect="equal")
            ax.set(xlabel="Predicted probability", ylabel="Observed share")
            ax.set_xticks(np.linspace(0, 1, 6))
            ax.set_yticks(np.linspace(0, 1, 6))
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _draw_histogram(ax, bins):
    """Patients with the event stand above, the others hang below."""
    centres, tallest = (bins["low"] + bins["high"]) / 2, bins[["events", "others"]].to_numpy().max(initial=1)
    for which, base, direction in (("events", 1.03, 1), ("others", -0.03, -1)):
        height = direction * TALLEST * bins[which] / tallest
        ax.vlines(centres, base, base + height, color=PALETTE["muted"], linewidth=2.6, alpha=0.8)


def _parts(y_true, y_prob, n_bins):
    """Patients in groups of about equal size, equal predictions together."""
    ranks = pd.Series(y_prob).rank(method="average").to_numpy()
    labels = np.ceil(ranks / y_true.size * n_bins)
    return [(y_true[labels == label], y_prob[labels == label]) for label in np.unique(labels)]


def _group(part, confidence):
    y_true, y_prob = part
    n_events = int(y_true.sum())
    low, high = wilson_interval(n_events, y_true.size, confidence=confidence)
    return {
        "predicted": float(y_prob.mean()),
        "observed": n_events / y_true.size,
        "low": low,
        "high": high,
        "n": y_true.size,
        "n_events": n_events,
    }
