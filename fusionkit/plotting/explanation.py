"""One patient's prediction as a ladder, and how predictions follow single features."""

import numpy as np
import pandas as pd

from .style import PALETTE, check_columns, new_axes, series_colors, shorten, styled

__all__ = ["ExplanationDisplay", "PartialDependenceDisplay"]


class ExplanationDisplay:
    """A ladder from the mean prediction to one patient's: each step is what a feature or modality contributes.

    Parameters
    ----------
    contributions : DataFrame
        name, modality, contribution, and perhaps value (the patient's own).
    base : float
        Where the ladder begins: the mean prediction of the background.
    top : int, default=10
        How many steps are drawn; the others are joined in one.
    xlabel : str, default='Predicted probability'
        What the values are.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import ExplanationDisplay
    >>> steps = [
    ...     {"name": "ct", "modality": "ct", "contribution": 0.25},
    ...     {"name": "ehr", "modality": "ehr", "contribution": -0.5},
    ... ]
    >>> ExplanationDisplay(steps, base=0.5).frame()[["name", "start", "end"]].to_dict("records")
    [{'name': 'ehr', 'start': 0.5, 'end': 0.0}, {'name': 'ct', 'start': 0.0, 'end': 0.25}]
    """

    def __init__(self, contributions, *, base, top=10, xlabel="Predicted probability"):
        self.contributions = contributions
        self.base = base
        self.top = top
        self.xlabel = xlabel

    def frame(self):
        """Return the steps of the ladder.

        Returns
        -------
        table : DataFrame
            name, modality, value, contribution, start, end; the strongest first, the others joined at the end. The
            last ``end`` is the patient's prediction.
        """
        table = check_columns(self.contributions, ["name", "modality", "contribution"], "contributions")
        table = table.reindex(columns=["name", "modality", "value", "contribution"]).astype({"value": object})
        table = table.sort_values("contribution", key=lambda c: -c.abs(), kind="stable", ignore_index=True)
        rest = table.iloc[self.top :]
        if len(rest):
            joined = {"name": f"{len(rest)} others", "modality": "", "contribution": rest["contribution"].sum()}
            table = pd.concat([table.iloc[: self.top], pd.DataFrame([joined])], ignore_index=True)
        end = self.base + table["contribution"].cumsum()
        return table.assign(start=end - table["contribution"], end=end)

    def plot(self, ax=None, *, colors=None):
        """Draw the ladder.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        colors : dict of str to str or None, default=None
            Colour of each modality.

        Returns
        -------
        display : ExplanationDisplay
            Itself.
        """
        table = self.frame()
        named = [modality for modality in dict.fromkeys(table["modality"]) if modality]
        colors = {**series_colors(named), "": PALETTE["muted"], **(colors or {})}
        places = np.arange(len(table))
        with styled():
            ax = new_axes(ax, (6.0, 0.8 + 0.24 * len(table)), (3.0, 0.45, 0.55, 0.25))
            ax.axvline(self.base, color=PALETTE["muted"], linewidth=0.9, linestyle=(0, (4, 3)))
            bar_colors = [colors[modality] for modality in table["modality"]]
            ax.barh(places, table["contribution"], left=table["start"], height=0.62, color=bar_colors)
            for place, row in zip(places, table.itertuples(), strict=True):
                sign = f"{row.contribution:+.3f}".replace("-", "−")
                side = 3 if row.contribution >= 0 else -3
                ax.annotate(
                    sign,
                    (row.end, place),
                    xytext=(side, 0),
                    textcoords="offset points",
                    horizontalalignment="left" if side > 0 else "right",
                    verticalalignment="center",
                    fontsize=7.5,
                    color=PALETTE["muted"],
                )
            ends = np.r_[table["start"], table["end"]]
            air = max(0.18 * np.ptp(ends), 1e-6)
            ax.set(ylim=(len(table) - 0.4, -0.6), xlim=(ends.min() - air, ends.max() + air), xlabel=self.xlabel)
            ax.set_yticks(places, [_label(row) for row in table.itertuples()])
            ax.tick_params(axis="y", length=0, labelcolor=PALETTE["ink"])
            ax.spines["left"].set_visible(False)
            ax.set_title(
                f"mean {self.base:.2f} → this patient {table['end'].iloc[-1]:.2f}".replace("-", "−"),
                fontsize=8.5,
                loc="left",
                color=PALETTE["ink"],
            )
        self.ax_, self.figure_ = ax, ax.figure
        return self


class PartialDependenceDisplay:
    """How the mean predicted probability follows one feature, with the spread of the patients.

    Parameters
    ----------
    dependence : DataFrame
        One feature's rows: feature, value, probability, low, high (all but the names in [0, 1]).

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import PartialDependenceDisplay
    >>> rows = [{"feature": "ehr__age", "value": v, "probability": v / 100, "low": 0, "high": 1} for v in (40, 60)]
    >>> PartialDependenceDisplay(rows).frame()["probability"].tolist()
    [0.4, 0.6]
    """

    def __init__(self, dependence):
        self.dependence = dependence

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        table : DataFrame
            feature, value, probability, low, high.
        """
        needed = ["feature", "value", "probability", "low", "high"]
        table = check_columns(self.dependence, needed, "dependence")[needed]
        if len(set(table["feature"])) > 1:
            raise ValueError(f"one feature to an axis; got {len(set(table['feature']))}: pick the rows of one")
        return table.reset_index(drop=True)

    def plot(self, ax=None, *, color=None):
        """Draw the curve of a number, or a point for each level of a category.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.
        color : str or None, default=None
            Of the curve.

        Returns
        -------
        display : PartialDependenceDisplay
            Itself.
        """
        table, color = self.frame(), color or PALETTE["blue"]
        number = all(isinstance(value, (int, float, np.number)) for value in table["value"])
        with styled():
            ax = new_axes(ax, (3.4, 2.6))
            x = table["value"].astype(float).to_numpy() if number else np.arange(len(table))
            if number:
                ax.fill_between(x, table["low"], table["high"], color=color, alpha=0.14, linewidth=0)
                ax.plot(x, table["probability"], color=color, linewidth=1.6)
            else:
                ax.vlines(x, table["low"], table["high"], color, linewidth=1.4)
                ax.plot(x, table["probability"], color=color, marker="s", markersize=5, linestyle="none")
                ax.set_xticks(x, [shorten(value, 14) for value in table["value"]])
                ax.set_xlim(-0.5, len(x) - 0.5)
            ax.set(ylim=(0, 1), xlabel=shorten(table["feature"].iloc[0], 44), ylabel="Predicted probability")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _label(row):
    """Name, and the patient's own value where it is known."""
    if row.value is None or (isinstance(row.value, float) and np.isnan(row.value)):
        return shorten(row.name, 44)
    value = f"{row.value:.4g}" if isinstance(row.value, (float, np.floating)) else shorten(row.value, 14)
    return f"{shorten(row.name, 42 - len(value))} = {value}"
