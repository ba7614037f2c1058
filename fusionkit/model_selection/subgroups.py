"""Does the model serve everybody alike: performance by site, sex, age band, and by what is missing."""

import itertools

import numpy as np
import pandas as pd

from ..metrics import cramers_v, holm, observed_expected_ratio, subgroup_auc, subgroup_difference, suppression

__all__ = ["make_bands", "outcome_associations", "subgroup_performance"]

UNKNOWN = "not known"

N_BANDS = 3

MOST_LEVELS = 10
"""A number with more values than this is cut into bands."""

_PERFORMANCE = [
    *("attribute", "subgroup", "n", "n_events", "auc", "auc_low", "auc_high", "auc_reason"),
    *("observed_expected", "oe_low", "oe_high", "oe_reason"),
    *("difference", "difference_low", "difference_high", "p_value", "p_holm", "difference_reason"),
]


def make_bands(values, *, edges=None):
    """Return a number as bands in words, such as ages.

    Parameters
    ----------
    values : Series
        Numbers; NaN becomes "not known".
    edges : sequence of float or None, default=None
        Where one band ends and the next begins (a value on an edge belongs above it); thirds of equal size when None.

    Returns
    -------
    bands : Series of str

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.model_selection import make_bands
    >>> make_bands(pd.Series([34.0, 50, 71, None]), edges=[50, 65]).tolist()
    ['below 50', '50 to 65', '65 and above', 'not known']
    """
    known = values.dropna().astype(float)
    if edges is None:
        edges = np.unique(np.quantile(known, np.arange(1, N_BANDS) / N_BANDS)) if len(known) else []
    edges = [float(edge) for edge in sorted(edges)]
    if not edges:
        return pd.Series(np.where(values.isna(), UNKNOWN, "all"), index=values.index)
    middle = [f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges)]
    names = np.array([f"below {edges[0]:g}", *middle, f"{edges[-1]:g} and above"], dtype=object)
    place = np.searchsorted(edges, values.to_numpy(dtype=float, na_value=np.nan), side="right")
    return pd.Series(names[np.minimum(place, len(edges))], index=values.index).mask(values.isna(), UNKNOWN)


def outcome_associations(y, attributes, *, confidence=0.95):
    """Return how strongly site, scanner and the like go with the outcome.

    Parameters
    ----------
    y : Series of shape (n_patients,)
        Outcome, indexed by patient.
    attributes : DataFrame
        One column per attribute, indexed by patient; a number with more than ten values is cut into thirds.
    confidence : float, default=0.95
        Level of the interval.

    Returns
    -------
    table : DataFrame
        attribute, cramers_v, low, high, p_value, p_holm (adjusted for the number of attributes), test, n, reason.

    Raises
    ------
    ValueError
        If a patient has no row in ``attributes``.
    """
    attributes = _attributes(attributes, y.index)
    rows = []
    for name in attributes:
        found = cramers_v(attributes[name].replace(UNKNOWN, np.nan), y, confidence=confidence)
        at = {"attribute": name, "cramers_v": found.value, "low": found.low, "high": found.high}
        rows.append({**at, "p_value": found.p_value, "test": found.test, "n": found.n, "reason": found.reason})
    table = pd.DataFrame(rows)
    table.insert(5, "p_holm", _holm(table["p_value"]))
    return table


def subgroup_performance(predictions, attributes, *, groups=None, confidence=0.95):
    """Return AUC and calibration of one model in every subgroup, and how its AUC differs from that of all others.

    Parameters
    ----------
    predictions : DataFrame
        One model's tidy predictions: repeat, fold, patient, y_true, y_score (a risk); see :class:`NestedResult`. For
        independent test patients one repeat with one fold.
    attributes : DataFrame
        One column per attribute, such as site, sex, age and what :func:`fusionkit.cohort.missingness_by_patient` gives,
        indexed by patient; a number with more than ten values is cut into thirds (see :func:`make_bands` for bands of
        your own).
    groups : Series or None, default=None
        Group of each patient.
    confidence : float, default=0.95
        Level of the intervals.

    Returns
    -------
    table : DataFrame
        attribute, subgroup, n, n_events; auc, auc_low, auc_high, auc_reason; observed_expected (events observed over
        predicted, on each patient's mean risk), oe_low, oe_high, oe_reason; difference (AUC of the subgroup minus that
        of all others), difference_low, difference_high, p_value, p_holm (adjusted for all differences of the table),
        difference_reason. Of an attribute with two levels the second has no difference: it is the first's, reversed.
        A subgroup of fewer than 10 patients, or 5 with or without the event, is suppressed: its counts, too, are NaN.

    Raises
    ------
    ValueError
        If several models are mixed, a patient has no row in ``attributes``, or a score is NaN.
    """
    patients, y, scores, folds = _arrays(predictions)
    attributes = _attributes(attributes, patients)
    codes = None if groups is None else groups.loc[patients].to_numpy()
    options = {"groups": codes, "confidence": confidence}
    rows = []
    for name in attributes:
        labels = attributes[name].to_numpy()
        levels = sorted(set(labels), key=lambda level: (level == UNKNOWN, level))
        for place, level in enumerate(levels):
            row = _subgroup(y, scores, folds, labels == level, options)
            if len(levels) > 1 and not (len(levels) == 2 and place == 1):
                row |= _against_others(y, scores, folds, labels == level, options)
            rows.append({"attribute": name, "subgroup": level, **row})
    table = pd.DataFrame(rows, columns=_PERFORMANCE)
    table["p_holm"] = _holm(table["p_value"].astype(float))
    return table


def _subgroup(y, scores, folds, member, options):
    hidden = suppression(y[member])
    if hidden:
        return {"auc_reason": hidden, "oe_reason": hidden}
    area = subgroup_auc(y, scores, folds, member, **options)
    ratio = observed_expected_ratio(y[member], scores[:, member].mean(axis=0), confidence=options["confidence"])
    return {
        **{"n": area.n, "n_events": area.n_events, "auc": area.value, "auc_low": area.low, "auc_high": area.high},
        **{"auc_reason": area.reason, "observed_expected": ratio.value, "oe_low": ratio.low, "oe_high": ratio.high},
        "oe_reason": ratio.reason,
    }


def _against_others(y, scores, folds, member, options):
    found = subgroup_difference(y, scores, folds, member, **options)
    gap = found.difference
    return {
        **{"difference": gap.value, "difference_low": gap.low, "difference_high": gap.high},
        **{"p_value": found.p_value, "difference_reason": gap.reason},
    }


def _holm(p_values):
    adjusted = np.full(len(p_values), np.nan)
    defined = p_values.notna().to_numpy()
    if defined.any():
        adjusted[defined] = holm(p_values[defined])
    return adjusted


def _attributes(attributes, patients):
    """The attributes of these patients as words; numbers of many values as bands."""
    absent = [patient for patient in patients if patient not in attributes.index]
    if absent:
        raise ValueError(f"attributes lacks {len(absent)} patients, such as {', '.join(map(str, absent[:5]))}")
    attributes = attributes.loc[list(patients)]
    many = {
        name: pd.api.types.is_numeric_dtype(attributes[name]) and attributes[name].nunique() > MOST_LEVELS
        for name in attributes
    }
    return pd.DataFrame({name: (make_bands if many[name] else _words)(attributes[name]) for name in attributes})


def _words(values):
    return values.astype(object).where(values.notna(), UNKNOWN).map(str)


def _arrays(predictions):
    """Patients, y (n,), scores and folds (repeats, n) of one model."""
    twice = predictions.duplicated(["repeat", "patient"])
    if twice.any():
        raise ValueError(
            "predictions hold a patient twice in one repeat: pass one model's rows, predictions[fusion == 'early']"
        )
    wide = predictions.set_index(["repeat", "patient"])[["y_score", "fold", "y_true"]].unstack()  # noqa: PD010
    return (
        wide["y_score"].columns,
        wide["y_true"].iloc[0].to_numpy().astype(int),
        wide["y_score"].to_numpy(dtype=float),
        wide["fold"].to_numpy(),
    )
