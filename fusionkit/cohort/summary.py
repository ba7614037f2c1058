"""The paper's Table 1: who the patients are, by outcome."""

import html
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..naming import split_name
from .balance import group_p_value, mean_difference, share_difference

__all__ = ["CohortSummary", "summarise_cohort"]

SKEWED = 1.0
"""Skewness beyond which a number is shown by its median."""

FEW_VALUES = 10
"""A number with whole values only and no more different ones than this is a score, shown by its median."""

_COLUMNS = ("modality", "variable", "level", "unit", "statistic", "group", "n", "missing", "value", "low", "high")

_IN_WORDS = {"a": "years", "mo": "months", "wk": "weeks", "d": "days"}
"""UCUM's codes of time, as readers of a table call them."""


@dataclass(frozen=True, eq=False)
class CohortSummary:
    """Table 1 of a cohort: numbers in :meth:`frame`, the table for the paper in :meth:`table`.

    Parameters
    ----------
    numbers : DataFrame
        What :meth:`frame` returns.
    groups : dict of str to int
        Heading of each group of patients ("overall" first) and its size.
    n_left_out : int, default=0
        Columns of image modalities that are not shown.
    """

    numbers: pd.DataFrame
    groups: dict
    n_left_out: int = 0

    def frame(self):
        """Return the numbers, one row per variable (per level of a category) and group.

        Returns
        -------
        numbers : DataFrame
            modality, variable, level ("" for a number, "yes" for a flag), unit, statistic ("mean", "median" or
            "count"), group, n (patients with a value), missing, value (mean, median or count), low and high (mean
            minus and plus one standard deviation; quartiles; both the share, 0 to 1, for a count), difference
            (standardised, positive class minus the other; of a category its size) and p_value (NaN unless asked for).
        """
        return self.numbers.copy()

    def table(self):
        """Return the table as texts, one row per variable or level.

        Returns
        -------
        table : DataFrame
            Indexed by what is shown ("age [a], mean (SD)"); one column per group ("yes (n = 34)"), "Missing",
            "Std. difference" and, if asked for, "P value".
        """
        rows = {}
        tested = self.numbers["p_value"].notna().any()
        for (_, variable), part in self.numbers.groupby(["modality", "variable"], sort=False):
            for place, (_, lines) in enumerate(part.groupby("level", sort=False)):
                cells = dict(zip(lines["group"], map(_cell, lines.to_dict("records")), strict=True))
                first = lines.iloc[0]
                row = {f"{group} (n = {n})": cells[group] for group, n in self.groups.items()}
                row["Missing"] = str(first["missing"])
                row["Std. difference"] = "" if np.isnan(first["difference"]) else f"{first['difference']:.2f}"
                if tested:
                    row["P value"] = _p_value(first["p_value"])
                if place:  # of a category, what belongs to the variable stands beside its first level
                    row |= dict.fromkeys(set(row) & {"Missing", "Std. difference", "P value"}, "")
                rows[len(rows), _heading(variable, first, place)] = row
        index = pd.Index([heading for _, heading in rows], name="variable")
        return pd.DataFrame(list(rows.values()), index=index)

    def to_html(self):
        """Return the table as HTML, its content escaped: a str."""
        table = self.table()
        head = "".join(f"<th>{html.escape(str(column))}</th>" for column in ["", *table.columns])
        body = "".join(
            f"<tr><th style='text-align:left'>{html.escape(str(name))}</th>"
            + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row)
            + "</tr>"
            for name, row in zip(table.index, table.to_numpy(), strict=True)
        )
        note = html.escape(self._note)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p><small>{note}</small></p>"

    @property
    def _note(self):
        hidden = (
            f" {self.n_left_out} columns of image modalities are not shown; name them with modalities=."
            if self.n_left_out
            else ""
        )
        return (
            f"Numbers: mean (SD), or median [quartiles] where the skewness is beyond {SKEWED:g} or at most "
            f"{FEW_VALUES} different whole numbers occur. Categories: n (% of patients with a value). "
            f"Standardised differences: means "
            f"after Austin 2009, categories after Yang & Dalton 2012.{hidden}"
        )

    def _repr_html_(self):
        return self.to_html()

    def __str__(self):
        return f"{self.table().to_string()}\n{self._note}"


def summarise_cohort(cohort, *, modalities=None, median=None, p_values=False):
    """Return Table 1 of a cohort: every variable overall and by outcome.

    A number is shown by mean and standard deviation; by median and quartiles where the skewness (the adjusted
    Fisher-Pearson coefficient of all patients with a value) is beyond 1, or where it is a score: whole numbers, at
    most ten different ones. A category is shown by the number and share of patients of each level; a flag, a number
    that is 0 or 1 only, by those who have it. Shares are of the patients with a value. Dates are not shown.

    Parameters
    ----------
    cohort : Cohort
        The patients.
    modalities : sequence of str or None, default=None
        Which modalities are shown; the record modalities when None, because an image has hundreds of columns.
    median : sequence of str or None, default=None
        The columns (``ehr__crp``) that are shown by their median, instead of the rule.
    p_values : bool, default=False
        Whether differences are tested. Off, because a p-value mixes the difference with the number of patients.

    Returns
    -------
    summary : CohortSummary

    Raises
    ------
    ValueError
        If a modality or column is unknown, or a record has no modality to show.
    """
    columns = _shown_columns(cohort, modalities)
    unknown = sorted(set(median or ()) - set(cohort.X.columns))
    if unknown:
        raise ValueError(f"median names columns of the cohort; unknown: {', '.join(unknown[:5])}")
    event = cohort.y == 1
    negative, positive = map(str, cohort.outcome.labels)
    name = cohort.outcome.name
    groups = {
        "overall": pd.Series(True, index=event.index),
        f"{name}: {negative}": ~event,
        f"{name}: {positive}": event,
    }
    rows = [row for column in columns for row in _rows(cohort, column, groups, event, median, p_values)]
    numbers = pd.DataFrame(rows, columns=[*_COLUMNS, "difference", "p_value"])
    sizes = {group: int(members.sum()) for group, members in groups.items()}
    shown = {split_name(column)[0] for column in columns}
    n_left_out = sum(len(cohort.columns(m)) for m in cohort.modalities if m not in shown)
    return CohortSummary(numbers, sizes, n_left_out)


def _shown_columns(cohort, modalities):
    if modalities is None:
        modalities = [m for m in cohort.modalities if cohort.kinds[m] == "record"]
        if not modalities:
            raise ValueError(f"no record modality to show; name some of {', '.join(cohort.modalities)} as modalities")
    unknown = sorted(set(modalities) - set(cohort.modalities))
    if unknown:
        raise ValueError(f"modalities are {', '.join(cohort.modalities)}; unknown: {', '.join(unknown)}")
    columns = [column for modality in modalities for column in cohort.columns(modality)]
    return [column for column in columns if not pd.api.types.is_datetime64_any_dtype(cohort.X[column])]


def _rows(cohort, column, groups, event, median, p_values):
    """The rows of one column: per group, and per level of a category."""
    modality, variable = split_name(column)
    known = cohort.X[column].notna()
    values = cohort.X.loc[known, column]
    groups = {group: members[known] for group, members in groups.items()}
    event, levels, statistic = event[known], _levels(values), "count"
    if levels is None:
        values = values.astype(float)
        statistic = "median" if _by_median(column, values, median) else "mean"
        difference = mean_difference(values[event], values[~event])
    else:
        flag, values = _is_flag(values), values.astype(object)
        counts = [[(values[members] == level).sum() for level in levels] for members in (event, ~event)]
        difference = share_difference(*counts)
        if flag:
            levels, values = ["yes"], values.map({1: "yes", 0: "no"})
            difference *= np.sign((values[event] == "yes").mean() - (values[~event] == "yes").mean())
    common = {
        "modality": modality,
        "variable": variable,
        "unit": cohort.units.get(column, ""),
        "statistic": statistic,
        "missing": int((~known).sum()),
        "difference": difference,
        "p_value": group_p_value(values, event, statistic) if p_values else np.nan,
    }
    for level in levels or [""]:
        for group, members in groups.items():
            mine = values[members]
            numbers = _number(mine, statistic) if statistic != "count" else _count(mine, level)
            yield {**common, "level": str(level), "group": group, "n": len(mine), **numbers}


def _levels(values):
    """The levels of a category or flag in their order; None for a number, or where nothing is known."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return [level for level in values.cat.categories if (values == level).any()] or None
    if pd.api.types.is_numeric_dtype(values):
        return sorted(values.unique()) if _is_flag(values) else None
    return sorted(values.unique(), key=str) or None


def _is_flag(values):
    return pd.api.types.is_numeric_dtype(values) and len(values) > 0 and bool(values.isin([0, 1]).all())


def _by_median(column, values, median):
    if median is not None:
        return column in median
    whole = (values == values.round()).all() and values.nunique() <= FEW_VALUES
    return bool(whole) or abs(values.skew()) > SKEWED


def _number(values, statistic):
    if not len(values):
        return {"value": np.nan, "low": np.nan, "high": np.nan}
    if statistic == "median":
        low, value, high = np.quantile(values, [0.25, 0.5, 0.75])
    else:
        value, spread = values.mean(), values.std(ddof=1)
        low, high = value - spread, value + spread
    return {"value": float(value), "low": float(low), "high": float(high)}


def _count(values, level):
    count = int((values == level).sum())
    share = count / len(values) if len(values) else np.nan
    return {"value": float(count), "low": share, "high": share}


def _cell(row):
    if np.isnan(row["value"]):
        return ""
    if row["statistic"] == "count":
        return f"{row['value']:.0f} ({100 * row['low']:.1f})" if row["n"] else "0"
    digits = _digits(row)
    if row["statistic"] == "median":
        return f"{row['value']:.{digits}f} [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"
    return f"{row['value']:.{digits}f} ({row['high'] - row['value']:.{digits}f})"


def _digits(row):
    """Decimals that show the spread with two or three figures."""
    spread = row["high"] - row["low"]
    if not spread > 0:
        return 1
    return int(np.clip(1 - np.floor(np.log10(spread)), 0, 6)) if spread < 10 else 1


def _heading(variable, first, place):
    if first["statistic"] == "count":
        return f"    {first['level']}" if place else f"{variable}, n (%): {first['level']}"
    unit = f" [{_IN_WORDS.get(first['unit'], first['unit'])}]" if first["unit"] else ""
    return f"{variable}{unit}, {'mean (SD)' if first['statistic'] == 'mean' else 'median [IQR]'}"


def _p_value(number):
    return "" if np.isnan(number) else ("< 0.001" if number < 0.001 else f"{number:.3f}")
