"""A million events of 10,000 patients around the scan, beside a plain pandas.merge_asof: time and memory.

python benchmarks/windows.py
"""

import resource
import time

import numpy as np
import pandas as pd

from fusionkit.ehr import Window, window_events

N_PATIENTS, N_EVENTS = 10_000, 1_000_000
NAMES = ("crp", "creatinine", "haemoglobin", "leukocytes", "glucose")


def make_events(rng):
    """Events over 60 days around each scan, a tenth of the creatinine values in another unit."""
    ids = np.array([f"P{i:05d}" for i in range(N_PATIENTS)])
    scans = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900 * 1440, N_PATIENTS), unit="min")
    anchors = pd.Series(scans, index=ids)
    patient = rng.integers(0, N_PATIENTS, N_EVENTS)
    name = rng.integers(0, len(NAMES), N_EVENTS)
    unit = np.where((name == 1) & (rng.random(N_EVENTS) < 0.1), "umol/L", "mg/dL")
    value = rng.lognormal(0, 0.4, N_EVENTS) * np.where(unit == "umol/L", 88.4, 1.0)
    time = scans[patient] + pd.to_timedelta(rng.integers(-30 * 1440, 30 * 1440, N_EVENTS), unit="min")
    columns = {"patient": ids[patient], "time": time, "name": np.array(NAMES)[name], "value": value, "unit": unit}
    return pd.DataFrame(columns), anchors


def plain(events, anchors):
    """The nearest value within three days of each measurement by merge_asof: no units, no tie rules, no messages."""
    scans = anchors.rename("time").rename_axis("patient").reset_index().sort_values("time")
    columns = {}
    for name in NAMES:
        one = events[events["name"] == name].sort_values("time")
        joined = pd.merge_asof(
            scans,
            one,
            on="time",
            by="patient",
            direction="nearest",
            tolerance=pd.Timedelta(3, "D"),
            suffixes=("", "_event"),
        )
        columns[name] = joined.set_index("patient")["value"].reindex(anchors.index)
    return pd.DataFrame(columns)


def timed(what, function):
    """Run it, say how long it took (by the clock, and without waiting for other programs), return what it gave."""
    begun, busy = time.perf_counter(), time.process_time()
    result = function()
    print(f"{what:<48}{time.perf_counter() - begun:6.2f} s, {time.process_time() - busy:6.2f} s of processor")
    return result


def peak_gb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main():
    events, anchors = make_events(np.random.default_rng(0))
    nearest = {name: Window(("-3d", "+3d"), unit="mg/dL") for name in NAMES}
    every = {
        f"crp_{take}": Window(("-30d", "+3d"), take=take, event="crp")
        for take in ("nearest", "last", "first", "min", "max", "mean", "slope", "count")
    }
    window_events(events.head(100), anchors, nearest)
    print(f"{N_EVENTS:,} events, {N_PATIENTS:,} patients; {peak_gb():.2f} GB before")
    features, _, _ = timed("window_events, 5 x nearest, units", lambda: window_events(events, anchors, nearest))
    timed("window_events, 5 x nearest and 8 x crp", lambda: window_events(events, anchors, {**nearest, **every}))
    print(f"{peak_gb():.2f} GB at the peak")
    reference = timed("pandas.merge_asof, 5 x nearest, no units", lambda: plain(events, anchors))
    print(f"{peak_gb():.2f} GB at the peak")
    for name in NAMES:
        same = np.isclose(features[name], reference[name], rtol=1e-12, equal_nan=True)
        print(f"{name:<14} equal for {same.mean():.4%} of the patients")


if __name__ == "__main__":
    main()
