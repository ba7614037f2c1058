"""Values around the scan: a long table of events becomes one column per measurement and patient."""

import re
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from ..exceptions import Problem
from .clocks import DAY, MISSING_TIME, common_clock
from .mixed_units import detect_mixed_units
from .ranges import find_outside, range_text, settle_outside
from .table import nearest_name
from .takes import TAKES, WITHOUT_TIME, take_values
from .units import UnitError, conversion

__all__ = ["Window", "parse_duration", "window_events"]

_DAYS = {"w": 7, "d": 1, "h": 1 / 24, "min": 1 / 1440, "s": 1 / 86400, "": 1}
_WIDENINGS = (0, 1, 3, 7, 14, 30, 90, 365, np.inf)
_SHOWN, _MANY = 5, 0.2


def parse_duration(text):
    """Return a signed duration in days.

    Parameters
    ----------
    text : str or float
        A number and its unit, ``w``, ``d``, ``h``, ``min`` or ``s``, such as ``"-3d"`` or ``"+12h"``; a bare number is
        in days.

    Returns
    -------
    days : float

    Raises
    ------
    ValueError
        If the text is not a duration.

    Examples
    --------
    >>> from fusionkit.ehr import parse_duration
    >>> parse_duration("-3d"), parse_duration("+12h"), parse_duration("2w")
    (-3.0, 0.5, 14.0)
    """
    match = re.fullmatch(r"\s*([-+−]?\s*\d+(?:\.\d+)?)\s*(w|d|h|min|s|)\s*", str(text))
    if not match:
        raise ValueError(f"a duration is a number and one of w, d, h, min, s, such as '-3d' or '+12h'; got {text!r}")
    number = float(match[1].replace("−", "-").replace(" ", ""))
    return number * _DAYS[match[2]]


@dataclass(frozen=True)
class Window:
    """Which values of one measurement count, and what becomes of them.

    Parameters
    ----------
    window : tuple of (str or float, str or float)
        From and to, relative to the scan, both included: ``("-3d", "+1d")``. A day is 24 hours.
    take : {"nearest", "last", "first", "min", "max", "mean", "slope", "count"}, default="nearest"
        What the values in the window become. Values of one patient at one instant are averaged first, into one
        measurement. ``nearest``: the closest in time, of two equally close the one before the scan. ``last``,
        ``first``: by time. ``min``, ``max``: of several the nearest. ``mean``: of the measurements. ``slope``: per day,
        by least squares, undefined for fewer than two. ``count``: of measurements, 0 where there are none.
    unit : str or None, default=None
        The unit of the result; values in other units are converted, or refused where they cannot be.
    delta : bool, default=False
        Whether to add the column ``<name>__delta_days``: when the value was taken, in days after the scan.
    event : str or None, default=None
        The measurement's name in the events; by default the column's name.
    analyte : str or None, default=None
        What is measured, for mass to amount; by default the event's name.
    low, high : float or None, default=None
        The range of plausible values, both ends included, in ``unit``; what becomes of a value of the window that lies
        outside is for :func:`window_events` to say.
    """

    window: tuple
    take: str = "nearest"
    unit: str | None = None
    delta: bool = False
    event: str | None = None
    analyte: str | None = None
    low: float | None = None
    high: float | None = None

    def __post_init__(self):
        start, stop = self.days
        if start > stop:
            raise ValueError(f"a window runs from the earlier to the later end; got {tuple(self.window)!r}")
        if self.take not in TAKES:
            raise ValueError(f"take is one of {', '.join(TAKES)}; got {self.take!r}")
        if self.delta and self.take in WITHOUT_TIME:
            raise ValueError(f"delta=True needs one value with one time; take={self.take!r} has none")

    @property
    def days(self):
        """Both ends in days, the scan being 0."""
        start, stop = self.window
        return parse_duration(start), parse_duration(stop)


def window_events(
    events, anchors, windows, *, outcomes=None, resolution="exact", timezone=None, name=None, out_of_range="exclude"
):
    """Return one row per patient with the measurements around the scan, and what was found on the way.

    Parameters
    ----------
    events : DataFrame, shape (n_events, 3 to 5)
        Columns ``patient``, ``time`` (datetime64, or days as a float), ``name``, ``value`` (float) and perhaps ``unit``
        and ``row`` (the line in the file, for messages).
    anchors : Series, shape (n_patients,)
        The time of each patient's scan, of the same kind as ``events.time``; indexed by patient.
    windows : dict of str to Window
        Column of the result -> which values, and what becomes of them.
    outcomes : Series or None, default=None
        When each patient's outcome became known, indexed by patient; later values are withheld as leakage.
    resolution : {"exact", "day"}, default="exact"
        ``"day"`` compares calendar days: right where scans or events have a date and no time of day.
    timezone : str or None, default=None
        The zone of times that state none, such as ``"Europe/Madrid"``, and the one whose calendar is used; needed if
        only some of events, anchors and outcomes state their zone.
    name : str or None, default=None
        The file that messages name.
    out_of_range : {"stop", "exclude", "missing", "keep"}, default="exclude"
        What becomes of a value outside its window's range, as for :func:`apply_dictionary`; where it is missing, the
        window's other values count.

    Returns
    -------
    features : DataFrame, shape (n_patients, n_columns)
        Indexed as ``anchors``; NaN where no value is in the window (``count``: 0).
    coverage : DataFrame
        Columns ``column, widened_by_days, patients, share``: how many patients would have a value if the window were
        wider by so much at both ends.
    problems : list of Problem

    Raises
    ------
    ValueError
        If a column of ``events`` is missing, ``anchors`` name a patient twice, or the times are not of one kind.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import Window, window_events
    >>> events = pd.DataFrame({"patient": ["A", "A"], "time": pd.to_datetime(["2020-03-01", "2020-03-05"]),
    ...                        "name": "crp", "value": [1.2, 80.0], "unit": ["mg/dL", "mg/L"]})
    >>> anchors = pd.Series(pd.to_datetime(["2020-03-02", "2020-03-02"]), index=["A", "B"])
    >>> window = Window(("-3d", "+1d"), unit="mg/L", delta=True)
    >>> features, coverage, problems = window_events(events, anchors, {"crp": window})
    >>> features
        crp  crp__delta_days
    A  12.0             -1.0
    B   NaN              NaN
    """
    held, problems = _arrange(events, anchors, outcomes, resolution, timezone, name)
    features, coverage = {}, []
    for column, window in windows.items():
        event = window.event or column
        if event not in held:
            message = f"no event is called '{event}'"
            others = [label for label in held if label is not None]
            problems.append(Problem(message, nearest_name(event, others), file=name, column=column))
        window = replace(window, event=event)
        measured = held.get(event, held[None])
        coverage += _coverage(column, measured, window, len(anchors))
        start, stop = (round(days * DAY) for days in window.days)
        measured = measured.keep((measured.delta >= start) & (measured.delta <= stop))
        check_range = partial(_check_range, out_of_range=out_of_range)
        for step in (_withhold_leaks, _to_unit, check_range, _merge_simultaneous):
            measured, found = step(measured, window)
            problems += [replace(problem, file=name, column=column) for problem in found]
        features[column], delta_days = take_values(
            measured.patient, measured.delta, measured.value, len(anchors), window.take
        )
        if window.delta:
            features[f"{column}__delta_days"] = delta_days
    frame = pd.DataFrame(features, index=anchors.index)
    return frame, pd.DataFrame(coverage, columns=["column", "widened_by_days", "patients", "share"]), problems


@dataclass(frozen=True, eq=False)
class _Events:
    """The events of one measurement, sorted by patient and time; ``delta`` in microseconds after the scan."""

    ids: np.ndarray
    patient: np.ndarray
    delta: np.ndarray
    value: np.ndarray
    leaks: np.ndarray
    unit: np.ndarray
    units: list | None
    row: np.ndarray

    def keep(self, mask, **changed):
        """The events where the mask is true."""
        parts = {part: getattr(self, part)[mask] for part in ("patient", "delta", "value", "leaks", "unit", "row")}
        return replace(self, **{**parts, **changed})

    def told(self, mask):
        """The first patients among the events where the mask is true, for a message."""
        ids = [str(self.ids[code]) for code in dict.fromkeys(self.patient[mask][:1000])]
        return f"patients {', '.join(ids[:_SHOWN])}{', ...' if len(ids) > _SHOWN else ''}"


def _arrange(events, anchors, outcomes, resolution, timezone, name):
    """Measurement -> its events, those of None being empty; and what is wrong with patients and times."""
    absent = [column for column in ("patient", "time", "name", "value") if column not in events]
    if absent:
        raise ValueError(f"events have the columns patient, time, name, value; there is no {', '.join(absent)}")
    if not len(anchors):
        raise ValueError("anchors name no patient: there is no scan to place values around")
    if anchors.index.has_duplicates:
        twice = anchors.index[anchors.index.duplicated()].unique()
        raise ValueError(f"anchors name one scan per patient; twice or more: {', '.join(map(str, twice[:_SHOWN]))}")
    times = {"events": events["time"], "scans": anchors}
    if outcomes is not None:
        times["outcomes"] = outcomes.reindex(anchors.index)
    clocks, problems = common_clock(times, resolution=resolution, timezone=timezone)
    problems = [replace(problem, file=name) for problem in problems]
    for patient in anchors.index[clocks["scans"] == MISSING_TIME]:
        problems.append(Problem("the scan has no time", "No value can be placed around it.", patient=str(patient)))
    patient = anchors.index.get_indexer(events["patient"])
    value = events["value"].to_numpy(dtype=float)
    known = patient >= 0
    timed = clocks["events"] != MISSING_TIME
    problems += _say_unused(events, known, timed, name)
    names, labels = pd.factorize(events["name"])
    used = np.flatnonzero(known & timed & (names >= 0) & ~np.isnan(value) & (clocks["scans"][patient] != MISSING_TIME))
    used = used[np.lexsort((clocks["events"][used], names[used] * len(anchors) + patient[used]))]
    latest = clocks.get("outcomes", np.full(len(anchors), MISSING_TIME))
    latest = np.where(latest == MISSING_TIME, np.iinfo(np.int64).max, latest)
    unit, units = pd.factorize(events["unit"]) if "unit" in events else (np.zeros(len(events), dtype=np.int64), None)
    row = events["row"].to_numpy() if "row" in events else np.zeros(len(events), dtype=np.int64)
    code, time = patient[used], clocks["events"][used]
    everything = _Events(
        ids=anchors.index.to_numpy(),
        patient=code,
        delta=time - clocks["scans"][code],
        value=value[used],
        leaks=time > latest[code],
        unit=unit[used],
        units=units,
        row=row[used],
    )
    ends = np.searchsorted(names[used], np.arange(len(labels) + 1))
    held = {label: everything.keep(slice(*ends[i : i + 2])) for i, label in enumerate(labels)}
    return {**held, None: everything.keep(slice(0, 0))}, problems


def _say_unused(events, known, timed, name):
    """Warnings for events of patients without a scan and events without a time."""
    for mask, what, way_out in (
        (~known, "belong to no patient with a scan", "Check the ids if they should."),
        (known & ~timed, "have no time", "Add the time; without it the value cannot be used."),
    ):
        if mask.any():
            ids = list(dict.fromkeys(events["patient"].to_numpy()[mask][:1000]))
            shown = f"{', '.join(map(str, ids[:_SHOWN]))}{', ...' if len(ids) > _SHOWN else ''}"
            message = f"{mask.sum()} of {len(mask)} events {what} (patients {shown})"
            yield Problem(message, way_out, severity="warning", file=name)


def _withhold_leaks(measured, window):
    """Without the values that are later than the patient's outcome."""
    problems = []
    rows = measured.row[measured.leaks]
    codes, starts, counts = np.unique(measured.patient[measured.leaks], return_index=True, return_counts=True)
    for code, start, count in zip(codes, starts, counts, strict=True):
        message = f"{count} values in the window are later than the outcome and were withheld as leakage"
        way_out = "End the window before outcomes can be known."
        place = {"patient": str(measured.ids[code]), "row": int(rows[start]) or None}
        problems.append(Problem(message, way_out, severity="warning", **place))
    return measured.keep(~measured.leaks), problems


def _to_unit(measured, window):
    """In the window's unit; values whose unit is absent or cannot be converted are withheld and named."""
    if measured.units is None:
        message = f"the events state no unit; their values are taken to be in {window.unit}"
        said = [Problem(message, "Add a column 'unit'.", severity="warning")] if window.unit else []
        mixed = detect_mixed_units(
            measured.value, measured.ids[measured.patient], analyte=window.analyte or window.event
        )
        return measured, (said if len(measured.value) else []) + ([mixed] if mixed else [])
    present = np.unique(measured.unit[measured.unit >= 0])
    if window.unit is None:
        if len(present) < 2:
            return measured, []
        counts = ", ".join(f"{measured.units[code]} ({np.sum(measured.unit == code)})" for code in present)
        problem = Problem(f"the values are in several units: {counts}", "Name the unit wanted in the window.")
        return measured.keep(slice(0, 0)), [problem]
    value, withheld, problems = measured.value.copy(), measured.unit < 0, []
    if withheld.any():
        message = f"{withheld.sum()} values state no unit and were withheld ({measured.told(withheld)})"
        problems.append(Problem(message, f"Add the unit, such as {window.unit}.", severity="warning"))
    for code in present:
        mask = measured.unit == code
        try:
            factor, offset = conversion(str(measured.units[code]), window.unit, window.analyte or window.event)
        except UnitError as error:
            reason = str(error).removesuffix(".")
            problems.append(Problem(f"{mask.sum()} values cannot be converted: {reason} ({measured.told(mask)})"))
            withheld = withheld | mask
        else:
            value[mask] = value[mask] * factor + offset
    return replace(measured, value=value).keep(~withheld), problems


def _check_range(measured, window, out_of_range):
    """The values by the rule for those out of range, told by patient; one problem if they are more than a fifth."""
    outside = np.flatnonzero(find_outside(measured.value, window.low, window.high))
    expected = range_text(window.low, window.high, window.unit)
    if len(outside) > max(1, _MANY * len(measured.value)):
        shown = ", ".join(f"{value:g}" for value in measured.value[outside[:_SHOWN]])
        message = f"{len(outside)} of {len(measured.value)} values are not {expected}, such as {shown}"
        return measured, [Problem(message, "Correct the range or the unit in the dictionary.")]
    problems = [
        Problem(
            f"{measured.value[i]:g} is not {expected}",
            "Correct it or delete the line.",
            patient=str(measured.ids[measured.patient[i]]),
            row=int(measured.row[i]) or None,
        )
        for i in outside
    ]
    problems, missing = settle_outside(problems, out_of_range)
    return measured.keep(np.delete(np.arange(len(measured.value)), outside)) if missing else measured, problems


def _merge_simultaneous(measured, window):
    """One measurement per patient and instant: the mean, said aloud where the values differ."""
    patient, delta, value = measured.patient, measured.delta, measured.value
    new = np.ones(len(value), dtype=bool)
    new[1:] = (np.diff(patient) != 0) | (np.diff(delta) != 0)
    if new.all():
        return measured, []
    starts = np.flatnonzero(new)
    lowest, highest = np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts)
    means = np.add.reduceat(value, starts) / np.diff(np.append(starts, len(value)))
    differ = lowest != highest
    merged = measured.keep(starts, value=np.where(differ, means, lowest))
    if not differ.any():
        return merged, []
    message = f"{differ.sum()} times several values stand at one instant; their mean is taken ({merged.told(differ)})"
    return merged, [Problem(message, "Keep the corrected value alone.", severity="warning")]


def _coverage(column, measured, window, n_patients):
    """How many patients have an event in the window, were it wider at both ends."""
    start, stop = (round(days * DAY) for days in window.days)
    outside = np.full(n_patients, np.inf)
    if len(measured.patient):
        starts = np.flatnonzero(np.diff(measured.patient, prepend=-1))
        distance = np.maximum(start - measured.delta, measured.delta - stop)
        outside[measured.patient[starts]] = np.minimum.reduceat(distance, starts)
    for days in _WIDENINGS:
        patients = int(np.sum(outside <= days * DAY)) if np.isfinite(days) else int(np.isfinite(outside).sum())
        share = patients / n_patients if n_patients else np.nan
        yield {"column": column, "widened_by_days": float(days), "patients": patients, "share": share}
