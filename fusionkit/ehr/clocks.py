"""Times of several tables on one clock: zones, daylight saving, calendar days or days since enrolment."""

import numpy as np
import pandas as pd

from ..exceptions import Problem

__all__ = ["DAY", "MISSING_TIME", "common_clock"]

DAY = 86_400_000_000
"""Microseconds in 24 hours."""

MISSING_TIME = np.iinfo(np.int64).min
"""What stands where there is no time."""


def common_clock(times, *, resolution="exact", timezone=None):
    """Return several series of times as microseconds on one clock.

    Parameters
    ----------
    times : dict of str to Series
        What the times are -> datetimes with a zone, datetimes without, or numbers of days; numbers do not mix with
        datetimes.
    resolution : {"exact", "day"}, default="exact"
        ``"day"`` keeps the calendar day alone.
    timezone : str or None, default=None
        The zone of times that state none, and the one whose calendar counts days.

    Returns
    -------
    clocks : dict of str to ndarray of int64
        ``MISSING_TIME`` where there is no time.
    problems : list of Problem
        Warnings about times that the change of daylight saving makes ambiguous (the earlier is taken) or skips (the
        first instant after the gap is taken), and about dates without a time of day that meet exact times.

    Raises
    ------
    ValueError
        If numbers meet datetimes, or only some datetimes state their zone and ``timezone`` is not given.
    """
    if resolution not in {"exact", "day"}:
        raise ValueError(f"resolution is 'exact' or 'day'; got {resolution!r}")
    kinds = {what: _kind(what, series) for what, series in times.items()}
    used = set(kinds.values())
    if len(used) > 1 and ("number" in used or timezone is None):
        told = ", ".join(f"{what}: {kind}" for what, kind in kinds.items())
        raise ValueError(f"times are of different kinds ({told}); give all of one kind, or timezone='Europe/...'")
    problems = []
    clocks, dates_only = {}, {}
    for what, series in times.items():
        if kinds[what] == "number":
            clocks[what] = _from_days(series, resolution)
            continue
        dates = series.dt.as_unit("us")
        if kinds[what] == "without zone" and timezone is not None:
            dates = _localize(dates, timezone, what, problems)
        elif timezone is not None:
            dates = dates.dt.tz_convert(timezone)
        wall = dates.dt.tz_localize(None) if dates.dt.tz is not None else dates
        if wall.notna().any():
            dates_only[what] = bool((wall == wall.dt.normalize())[wall.notna()].all())
        if resolution == "day":
            dates = wall.dt.normalize()
        missing = dates.isna().to_numpy()
        if dates.dt.tz is not None:
            dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
        clocks[what] = np.where(missing, MISSING_TIME, dates.to_numpy("datetime64[us]").astype(np.int64))
    if resolution == "exact" and len(set(dates_only.values())) > 1:
        without = ", ".join(what for what, alone in dates_only.items() if alone)
        message = f"the times of {without} are dates, which count as midnight; the others have a time of day"
        way_out = "Compare calendar days ('resolution: day'), or a value of the same day may fall out of the window."
        problems.append(Problem(message, way_out, severity="warning"))
    return clocks, problems


def _kind(what, series):
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return "with zone"
    if pd.api.types.is_datetime64_dtype(series):
        return "without zone"
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return "number"
    raise ValueError(f"the times of {what} are datetimes or numbers of days; got {series.dtype}: use coerce_columns")


def _from_days(series, resolution):
    days = series.to_numpy(dtype=float)
    missing = ~np.isfinite(days)
    days = np.where(missing, 0.0, np.floor(days) if resolution == "day" else days)
    return np.where(missing, MISSING_TIME, np.round(days * DAY).astype(np.int64))


def _localize(dates, timezone, what, problems):
    """Times on the wall clock of a zone; says how many fall into the hour that is doubled or skipped."""
    strict = dates.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    lost = (strict.isna() & dates.notna()).to_numpy()
    if not lost.any():
        return strict
    message = (
        f"{lost.sum()} times of {what} fall into a change of daylight saving in {timezone}, such as "
        f"{dates[lost].iloc[0]}; of two possible instants the earlier is taken, a skipped one moves to the gap's end"
    )
    problems.append(Problem(message, "Export the times with their zone.", severity="warning"))
    return dates.dt.tz_localize(timezone, ambiguous=np.ones(len(dates), dtype=bool), nonexistent="shift_forward")
