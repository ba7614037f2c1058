"""One value out of a patient's several: the nearest, the last, the mean, the slope."""

import numpy as np

from .clocks import DAY

__all__ = ["TAKES", "WITHOUT_TIME", "take_values"]

TAKES = ("nearest", "last", "first", "min", "max", "mean", "slope", "count")
WITHOUT_TIME = ("mean", "slope", "count")
"""What has no single time, because it comes from several measurements."""


def take_values(patient, delta, value, n_patients, take):
    """Return one value per patient, and when it was taken in days after the scan.

    Parameters
    ----------
    patient : ndarray of int, shape (n,)
        The patient's number, ascending.
    delta : ndarray of int64, shape (n,)
        Microseconds after the scan, ascending and distinct within a patient.
    value : ndarray of float, shape (n,)
        What was measured.
    n_patients : int
        The length of the result.
    take : str
        As in :class:`Window`.

    Returns
    -------
    values : ndarray of float, shape (n_patients,)
    delta_days : ndarray of float, shape (n_patients,)
        NaN where there is no value or no single time.
    """
    values, delta_days = np.full(n_patients, np.nan), np.full(n_patients, np.nan)
    counts = np.bincount(patient, minlength=n_patients)
    if take == "count":
        return counts.astype(float), delta_days
    some = np.maximum(counts, 1)
    if take in {"mean", "slope"}:
        mean = np.bincount(patient, value, n_patients) / some
        if take == "mean":
            return np.where(counts, mean, np.nan), delta_days
        days = delta / DAY
        days = days - (np.bincount(patient, days, n_patients) / some)[patient]
        rise = np.bincount(patient, days * (value - mean[patient]), n_patients)
        run = np.bincount(patient, days**2, n_patients)
        return np.divide(rise, run, out=values, where=counts > 1), delta_days
    keys = _ORDER[take](delta, value)
    order = np.lexsort((*reversed(keys), patient))
    chosen = order[np.flatnonzero(np.diff(patient[order], prepend=-1))]
    values[patient[chosen]] = value[chosen]
    delta_days[patient[chosen]] = delta[chosen] / DAY
    return values, delta_days


_ORDER = {
    "first": lambda delta, value: (delta,),
    "last": lambda delta, value: (-delta,),
    "nearest": lambda delta, value: (np.abs(delta), delta),
    "min": lambda delta, value: (value, np.abs(delta), delta),
    "max": lambda delta, value: (-value, np.abs(delta), delta),
}
"""What is taken -> the keys by which it comes first among a patient's measurements."""
