"""A finished model at other hospitals: does it rank, are its risks true, is it useful, and are the patients alike?

Nothing is fitted to the new patients except, where it says so, a recalibration of the risks: its intercept, or
intercept and slope of the log odds (Steyerberg et al. 2004). Recalibrated risks are cross-fitted, so that nobody is
judged by a recalibration that saw their own outcome.
"""

import difflib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.model_selection import StratifiedKFold

from ..metrics import (
    Estimate,
    auc_delong,
    average_precision,
    brier_score,
    calibration_errors,
    calibration_intercept,
    calibration_slope,
    delong_test,
    log_loss,
    net_benefit,
    net_benefit_difference,
    observed_expected_ratio,
    scaled_brier_score,
)
from ._blocks import check_binary_model, unwrap
from .drift import feature_drift

__all__ = ["ExternalValidation", "external_validate", "recalibrate"]

FEWEST = 5
"""Patients with, and without, the event below which intervals and recalibration are not given."""

CLIP = 1e-6
"""Risks of 0 and 1 are taken as this and its complement where log odds are needed."""

UPDATES = ("as it is", "intercept", "intercept and slope")


@dataclass(frozen=True, eq=False)
class ExternalValidation:
    """What a model does in cohorts that it has not seen; tidy tables, one row per cohort and item.

    Parameters
    ----------
    performance : DataFrame
        cohort, update ("as it is", "intercept", "intercept and slope"), metric, value, low, high, n, n_events, method,
        reason (why a number is NaN).
    recalibration : DataFrame
        cohort, update, intercept, slope: the correction of the log odds, ``intercept + slope * log odds``; reason.
    net_benefit : DataFrame
        cohort, update, threshold, model, treat_all, difference (model minus the better of treating all and none), low,
        high, reason.
    differences : DataFrame
        cohort, metric, difference (model minus baseline model), low, high, p_value, n, n_events, reason; empty without
        a baseline.
    drift : DataFrame
        cohort and the columns of :func:`feature_drift`; empty without a reference.
    columns : DataFrame
        cohort, column: those of the cohort that the model does not know and that were left out.
    predictions : DataFrame
        cohort, patient, y_true, y_score, and one column of risks for each update that was possible.
    """

    performance: pd.DataFrame
    recalibration: pd.DataFrame
    net_benefit: pd.DataFrame
    differences: pd.DataFrame
    drift: pd.DataFrame
    columns: pd.DataFrame
    predictions: pd.DataFrame


def external_validate(
    model,
    cohorts,
    *,
    reference=None,
    baseline=None,
    thresholds=(0.1, 0.2, 0.3, 0.5),
    confidence=0.95,
    random_state=0,
):
    """Validate a fitted model in one or several cohorts that took no part in making it.

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``; the columns that it was fitted on are its ``feature_names_in_``.
    cohorts : Cohort or dict of str to Cohort
        The new patients, by the cohort's name.
    reference : DataFrame, dict or None, default=None
        The training patients' features, or their summary by :func:`summarise_features`; without it no drift.
    baseline : fitted classifier or None, default=None
        A simpler model, such as that of the record alone, to compare with.
    thresholds : sequence of float, default=(0.1, 0.2, 0.3, 0.5)
        Threshold probabilities for the net benefit, inside (0, 1).
    confidence : float, default=0.95
        Level of the intervals (DeLong for the AUC, Wald for calibration).
    random_state : int, default=0
        Deals the patients to the folds of the cross-fitted recalibration.

    Returns
    -------
    validation : ExternalValidation

    Raises
    ------
    TypeError
        If the model predicts no probabilities.
    ValueError
        If a cohort lacks a column, the outcome or the model is not binary, or a prediction is NaN; all are named.
    """
    cohorts = cohorts if isinstance(cohorts, dict) else {"external": cohorts}
    if not cohorts:
        raise ValueError("cohorts is empty: give at least one")
    tables = {name: [] for name in ExternalValidation.__dataclass_fields__}
    for name, cohort in cohorts.items():
        y, risk, extra = _predict(model, name, cohort)
        updates, corrections = _updated(y, risk, random_state)
        tables["performance"] += _performance(y, updates, confidence, name)
        tables["recalibration"] += [{"cohort": name, **row} for row in corrections]
        tables["net_benefit"] += _net_benefit(y, updates, thresholds, confidence, name)
        tables["columns"] += [{"cohort": name, "column": column} for column in extra]
        at = {"cohort": name, "patient": cohort.X.index, "y_true": y, "y_score": risk}
        tables["predictions"].append(pd.DataFrame({**at, **{k: v for k, v in updates.items() if v is not None}}))
        if baseline is not None:
            tables["differences"].append(_difference(y, risk, _predict(baseline, name, cohort)[1], confidence, name))
        if reference is not None:
            tables["drift"].append(feature_drift(reference, cohort.X).assign(cohort=name))
    return ExternalValidation(**{name: _table(name, rows) for name, rows in tables.items()})


def recalibrate(y_true, y_prob, *, update="intercept and slope"):
    """Return the correction of a model's log odds that fits new patients best (Steyerberg et al. 2004).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1.
    y_prob : array-like of shape (n,)
        Predicted risks; 0 and 1 are taken as 1e-6 and its complement.
    update : {"intercept", "intercept and slope"}, default="intercept and slope"
        What is corrected.

    Returns
    -------
    intercept, slope : float
        The corrected risk has the log odds ``intercept + slope * logit(y_prob)``. Both NaN where the slope is
        undefined, because all risks are equal or separate the classes.

    Raises
    ------
    ValueError
        If there is one class only, a risk is NaN or outside [0, 1], or ``update`` is neither.

    Examples
    --------
    >>> from fusionkit.model_selection import recalibrate
    >>> intercept, slope = recalibrate([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], update="intercept")
    >>> round(intercept, 2), slope
    (0.72, 1.0)
    """
    if update not in UPDATES[1:]:
        raise ValueError(f"update is one of {', '.join(map(repr, UPDATES[1:]))}; got {update!r}")
    slope = calibration_slope(y_true, y_prob, clip=CLIP).value if update == UPDATES[2] else 1.0
    if np.isnan(slope):
        return np.nan, np.nan
    scaled = expit(slope * _log_odds(y_prob))
    return calibration_intercept(y_true, scaled, clip=1e-15).value, float(slope)


def _log_odds(y_prob):
    return logit(np.clip(np.asarray(y_prob, dtype=float), CLIP, 1 - CLIP))


def _predict(model, name, cohort):
    """Outcome, risks, and the cohort's columns that the model does not know."""
    if cohort.outcome.kind != "binary":
        raise ValueError(f"cohort {name!r}: external validation is for a binary outcome; this is {cohort.outcome.kind}")
    known = getattr(model, "feature_names_in_", getattr(unwrap(model), "feature_names_in_", None))
    if known is None:
        raise ValueError("the model has no feature_names_in_: fit it on a DataFrame, so that columns can be matched")
    missing = [column for column in known if column not in cohort.X.columns]
    extra = [column for column in cohort.X.columns if column not in set(known)]
    if missing:
        alike = {column: difflib.get_close_matches(column, extra, 1, 0.8) for column in missing[:5]}
        shown = ", ".join(f"{c} (is it {alike[c][0]!r} there?)" if alike[c] else c for c in missing[:5])
        raise ValueError(
            f"cohort {name!r} lacks {len(missing)} of the model's {len(known)} columns: {shown}"
            f"{' ...' if len(missing) > 5 else ''}; bring them, or add them as NaN where nothing was measured"
        )
    check_binary_model(model)
    risk = model.predict_proba(cohort.X[list(known)])[:, 1]
    undefined = cohort.X.index[~np.isfinite(risk)]
    if len(undefined):
        some = ", ".join(map(str, undefined[:5]))
        raise ValueError(f"cohort {name!r}: the model predicts NaN for {len(undefined)} patients, such as {some}")
    return cohort.y.to_numpy(), risk, extra


def _updated(y, risk, random_state):
    """Risks by update, None where it is not possible, and the corrections with the reason."""
    updates, rows = {UPDATES[0]: risk}, [{"update": UPDATES[0], "intercept": 0.0, "slope": 1.0, "reason": ""}]
    smallest = int(min(y.sum(), len(y) - y.sum()))
    for update in UPDATES[1:]:
        reason = "" if smallest >= FEWEST else _too_few(smallest)
        intercept, slope = recalibrate(y, risk, update=update) if not reason else (np.nan, np.nan)
        if not reason and np.isnan(slope):
            reason = calibration_slope(y, risk, clip=CLIP).reason
        crossed = None if reason else _cross_fitted(y, risk, update, min(10, smallest), random_state)
        if crossed is None and not reason:
            reason = "in a part of the patients the risks separate the classes"
        updates[update] = crossed
        rows.append({"update": update, "intercept": intercept, "slope": slope, "reason": reason})
    return updates, rows


def _cross_fitted(y, risk, update, n_folds, random_state):
    """Everybody's risk, recalibrated on the others; None where a part does not define the slope."""
    odds, corrected = _log_odds(risk), np.empty(len(y))
    for train, test in StratifiedKFold(n_folds, shuffle=True, random_state=random_state).split(odds, y):
        intercept, slope = recalibrate(y[train], risk[train], update=update)
        if np.isnan(slope):
            return None
        corrected[test] = expit(intercept + slope * odds[test])
    return corrected


def _too_few(smallest):
    return f"{smallest} patients in the smaller class are fewer than {FEWEST}"


_BARE = {
    "average_precision": average_precision,
    "brier": brier_score,
    "scaled_brier": scaled_brier_score,
    "log_loss": lambda y, risk: log_loss(y, np.clip(risk, CLIP, 1 - CLIP)),
}
"""Name -> metric of (y, risk) that has no interval here."""

_RANKING = ("auc", "average_precision")
"""Recalibration does not move what ranks; these are given for the model as it is."""


def _estimates(y, risk, confidence):
    """Every metric of one set of risks, as estimates by name."""
    found = {
        "auc": auc_delong(y, risk, confidence=confidence),
        "calibration_intercept": calibration_intercept(y, risk, clip=CLIP, confidence=confidence),
        "calibration_slope": calibration_slope(y, risk, clip=CLIP, confidence=confidence),
        "observed_expected": observed_expected_ratio(y, risk, confidence=confidence),
    }
    bare = {**{name: metric(y, risk) for name, metric in _BARE.items()}, **calibration_errors(y, risk)}
    for name, value in bare.items():
        found[name] = Estimate(value, np.nan, np.nan, len(y), int(y.sum()), "", confidence, "no interval is computed")
    return found


def _performance(y, updates, confidence, cohort):
    rows = []
    smallest = int(min(y.sum(), len(y) - y.sum()))
    for update, risk in updates.items():
        for metric, found in ({} if risk is None else _estimates(y, risk, confidence)).items():
            if metric in _RANKING and update != UPDATES[0]:
                continue
            low, high, reason = found.low, found.high, found.reason
            if smallest < FEWEST:
                low, high, reason = np.nan, np.nan, _too_few(smallest)
            at = {"cohort": cohort, "update": update, "metric": metric, "value": found.value, "low": low, "high": high}
            rows.append({**at, "n": found.n, "n_events": found.n_events, "method": found.method, "reason": reason})
    return rows


def _net_benefit(y, updates, thresholds, confidence, cohort):
    rows = []
    for update, risk in updates.items():
        for threshold in thresholds if risk is not None else ():
            mine, everyone = net_benefit(y, risk, [threshold])[0], net_benefit(y, np.ones(len(y)), [threshold])[0]
            found = net_benefit_difference(
                y, risk, np.full(len(y), float(everyone > 0)), threshold, confidence=confidence
            )
            at = {"cohort": cohort, "update": update, "threshold": threshold, "model": mine, "treat_all": everyone}
            limits = {"difference": found.value, "low": found.low, "high": found.high}
            rows.append({**at, **limits, "n": len(y), "n_events": int(y.sum()), "reason": found.reason})
    return rows


def _difference(y, risk, baseline_risk, confidence, cohort):
    found = delong_test(y, risk, baseline_risk, confidence=confidence)
    gap = found.difference
    at = {"cohort": cohort, "metric": "auc", "difference": gap.value, "low": gap.low, "high": gap.high}
    return {**at, "p_value": found.p_value, "n": gap.n, "n_events": gap.n_events, "reason": gap.reason}


def _table(name, rows):
    if name in {"predictions", "drift"}:
        table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["cohort", "column"])
        return table[["cohort", *(column for column in table.columns if column != "cohort")]]
    return pd.DataFrame(rows, columns=None if rows else ["cohort"])
