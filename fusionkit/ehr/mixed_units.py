"""Two units in one column: groups of values a known factor apart."""

import numpy as np

from ..exceptions import Problem
from .analytes import find_analyte
from .units import conversion

__all__ = ["detect_mixed_units"]

_FEWEST_FOR_MODES, _NARROWEST_GAP, _FACTOR_TOLERANCE = 10, 0.2, 0.12
"""Distinct values needed to speak of two groups; decades between them; decades between medians and factor."""


def detect_mixed_units(values, patients, *, analyte=None):
    """Return a warning if a column looks like two units: two groups of values a known factor apart.

    A column is suspected when its positive values, on a logarithmic scale, part at a gap into two groups, the gap is
    wider than the spread within either group, and the groups' medians differ by a factor that stands between two units
    (1000, 100, 10, the analyte's mass to amount, cm to inch, kg to pound, kPa to mmHg, days to years). One value apart
    from all others is an outlier, for a range to catch.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        One column; NaN is passed over.
    patients : array-like of str, shape (n,)
        The patient of each value.
    analyte : str or None, default=None
        What was measured, to know its factor from mass to amount.

    Returns
    -------
    problem : Problem or None
        A warning with the factor, how many values are in the smaller group, and its first patients.
    """
    values, patients = np.asarray(values, dtype=float), np.asarray(patients, dtype=object)
    used = np.flatnonzero(values > 0)
    if len(np.unique(values[used])) < _FEWEST_FOR_MODES:
        return None
    order = used[np.argsort(values[used], kind="stable")]
    logs = np.log10(values[order])
    cut = int(np.argmax(np.diff(logs))) + 1
    low, high = logs[:cut], logs[cut:]
    gap = high[0] - low[-1]
    spread = max(np.subtract(*np.percentile(group, [90, 10])) for group in (low, high))
    apart = np.median(high) - np.median(low)
    if gap <= spread or gap < _NARROWEST_GAP:
        return None
    name, factor = min(_factors(analyte).items(), key=lambda item: abs(np.log10(item[1]) - apart))
    if abs(np.log10(factor) - apart) > _FACTOR_TOLERANCE:
        return None
    few = order[:cut] if cut <= len(order) - cut else order[cut:]
    if len(few) < 2:
        return None
    shown = list(dict.fromkeys(str(patient) for patient in patients[np.sort(few)]))
    message = (
        f"the values look like two units, a factor of about {10**apart:.3g} apart ({name}): {len(few)} of {len(used)} "
        f"values are {'below' if few[0] == order[0] else 'above'} the rest (patients {', '.join(shown[:5])}"
        f"{', ...' if len(shown) > 5 else ''})"
    )
    return Problem(message, "Give each value its unit, or bring them into one.", severity="warning")


def _factors(analyte):
    """Factors between units that get mixed up, by name."""
    factors = {"10, such as g/L and g/dL": 10.0, "100, such as m and cm": 100.0, "1000, such as g and mg": 1000.0}
    factors |= {"2.2, kg and lb": 1 / 0.45359237, "2.54, inch and cm": 2.54, "7.5, kPa and mmHg": 7.50062}
    factors |= {"365, years and days": 365.25, "12, years and months": 12.0}
    found = None if analyte is None else find_analyte(analyte)
    if found is not None:
        for unit in ("mmol/L", "umol/L", "nmol/L"):
            factor = conversion("mg/dL", unit, found.name)[0]
            if factor > 0.1:
                factors[f"mg/dL and {unit} of {found.name}"] = max(factor, 1 / factor)
        factor = conversion("mg/dL", "mmol/L", found.name)[0]
        factors[f"mg/dL and mmol/L of {found.name}"] = max(factor, 1 / factor)
    return factors
