"""The window join once more, patient by patient in plain Python, to hold the fast one against."""

import math

DAY = 86_400


def take_one(measurements, take):
    """``measurements``: sorted (seconds after the scan, value) pairs, one per instant."""
    if take == "count":
        return float(len(measurements)), math.nan
    if not measurements:
        return math.nan, math.nan
    if take == "mean":
        return sum(value for _, value in measurements) / len(measurements), math.nan
    if take == "slope":
        if len(measurements) < 2:
            return math.nan, math.nan
        days = [delta / DAY for delta, _ in measurements]
        values = [value for _, value in measurements]
        day, level = sum(days) / len(days), sum(values) / len(values)
        run = sum((x - day) ** 2 for x in days)
        return sum((x - day) * (y - level) for x, y in zip(days, values, strict=True)) / run, math.nan
    key = {
        "first": lambda pair: pair[0],
        "last": lambda pair: -pair[0],
        "nearest": lambda pair: (abs(pair[0]), pair[0]),
        "min": lambda pair: (pair[1], abs(pair[0]), pair[0]),
        "max": lambda pair: (-pair[1], abs(pair[0]), pair[0]),
    }[take]
    delta, value = min(measurements, key=key)
    return value, delta / DAY


def window_one(events, scan, outcome, start_days, stop_days, take):
    """``events``: (time, value) pairs of one patient and measurement, times as aware or naive datetimes."""
    if scan is None:
        return take_one([], take)
    instants = {}
    for time, value in events:
        delta = (time - scan).total_seconds()
        if start_days * DAY <= delta <= stop_days * DAY and (outcome is None or time <= outcome):
            instants.setdefault(delta, []).append(value)
    measurements = [(delta, sum(values) / len(values)) for delta, values in sorted(instants.items())]
    return take_one(measurements, take)
