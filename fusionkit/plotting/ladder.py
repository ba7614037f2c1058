"""What fusion changed for each patient: the predicted risk before and after, as one rung per patient."""

import numpy as np

from .style import PALETTE, check_columns, new_axes, shorten, styled

__all__ = ["PredictionLadderDisplay"]


class PredictionLadderDisplay:
    """The predicted risk of every patient by two models, those with the event beside those without.

    Parameters
    ----------
    patients : DataFrame
        One row per patient: patient, y_true (0 or 1), before, after (predicted risks in [0, 1]).
    names : tuple of str, default=('before', 'after')
        What the two models are called.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import PredictionLadderDisplay
    >>> rows = [
    ...     {"patient": "P1", "y_true": 1, "before": 0.4, "after": 0.7},
    ...     {"patient": "P2", "y_true": 0, "before": 0.5, "after": 0.6},
    ... ]
    >>> PredictionLadderDisplay(rows).frame()[["patient", "moved"]].to_numpy().tolist()
    [['P1', 'rightly'], ['P2', 'wrongly']]
    """

    def __init__(self, patients, *, names=("before", "after")):
        self.patients = patients
        self.names = names

    @classmethod
    def from_predictions(cls, predictions, before, after, *, ax=None):
        """Compare two models patient by patient, each risk averaged over the repeats.

        Parameters
        ----------
        predictions : DataFrame
            Out-of-fold predictions: fusion, repeat, patient, y_true (0 or 1), y_score (a probability).
        before, after : str
            The two models, as ``fusion`` names them.
        ax : Axes or None, default=None
            Where to draw; a new figure when None.

        Returns
        -------
        display : PredictionLadderDisplay

        Raises
        ------
        ValueError
            If a column is missing, or no patient has predictions of both models.
        """
        predictions = check_columns(predictions, ["fusion", "repeat", "patient", "y_true", "y_score"], "predictions")
        risks = {
            place: predictions[predictions["fusion"] == name].groupby("patient", sort=False)["y_score"].mean()
            for place, name in (("before", before), ("after", after))
        }
        table = predictions.groupby("patient", sort=False)[["y_true"]].first().assign(**risks)
        table = table.dropna(subset=list(risks)).reset_index()
        if table.empty:
            raise ValueError(f"no patient has predictions of both {before} and {after}")
        return cls(table.astype({"y_true": int}), names=(before, after)).plot(ax=ax)

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        table : DataFrame
            patient, y_true, before, after, change, moved (``"rightly"``: up with the event, down without it;
            ``"wrongly"``; or ``"not"``).
        """
        table = check_columns(self.patients, ["patient", "y_true", "before", "after"], "patients")
        table = table[["patient", "y_true", "before", "after"]].assign(change=table["after"] - table["before"])
        towards = table["change"] * np.where(table["y_true"] == 1, 1, -1)
        return table.assign(moved=np.select([towards > 0, towards < 0], ["rightly", "wrongly"], "not"))

    def plot(self, ax=None):
        """Draw the rungs.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.

        Returns
        -------
        display : PredictionLadderDisplay
            Itself.
        """
        table = self.frame()
        with styled():
            ax = new_axes(ax, (4.3, 3.9), (0.55, 0.62, 0.1, 0.3))
            for place, event in ((0.0, 1), (1.7, 0)):
                _draw(ax, place, table[table["y_true"] == event], event)
            ax.set(xlim=(-0.25, 2.95), ylim=(-0.02, 1.02), ylabel="Predicted risk")
            ax.set_xticks([0, 1, 1.7, 2.7], [shorten(name, 11) for name in self.names] * 2)
            ax.set_yticks(np.linspace(0, 1, 6))
            ax.tick_params(axis="x", length=0, labelcolor=PALETTE["ink"])
            ax.spines["bottom"].set_visible(False)
            handles = [
                ax.plot([], [], color=color, linestyle=dashes, linewidth=1.4)[0] for color, dashes in _LOOKS.values()
            ]
            handles.append(ax.plot([], [], color=PALETTE["ink"], linewidth=2.4)[0])
            labels = [f"moved {kind}" for kind in _LOOKS] + ["mean"]
            below = {"loc": "upper center", "bbox_to_anchor": (0.46, -0.075), "ncols": 3}
            ax.legend(handles, labels, fontsize=8, columnspacing=1.2, handlelength=1.6, **below)
        self.ax_, self.figure_ = ax, ax.figure
        return self


_LOOKS = {"rightly": (PALETTE["blue"], "-"), "wrongly": (PALETTE["orange"], (0, (3, 1.5)))}
"""Which way a patient moved -> colour and dashes, so that the two are told apart without colour too."""


def _draw(ax, place, patients, event):
    """One group: a line per patient, the mean on top, and how many there are."""
    alpha = float(np.clip(20 / max(len(patients), 1), 0.35, 0.85))
    for kind, (color, dashes) in _LOOKS.items():
        some = patients[patients["moved"] == kind]
        gap = np.full(len(some), np.nan)
        x = np.tile([place, place + 1, np.nan], len(some))  # one line with gaps is far smaller as SVG than many
        y = np.column_stack([some["before"], some["after"], gap]).ravel()
        ax.plot(x, y, color=color, linestyle=dashes, linewidth=0.8, alpha=alpha)
    if len(patients):
        means = patients[["before", "after"]].mean()
        ax.plot([place, place + 1], means, color=PALETTE["ink"], linewidth=2.4, marker="o", markersize=4)
    title = f"{'With' if event else 'Without'} the event (n = {len(patients)})"
    ax.text(place + 0.5, 1.05, title, horizontalalignment="center", color=PALETTE["ink"])
