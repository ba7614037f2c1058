"""Why this patient's risk is what it is: contributions that add up, by modality and by feature.

The contributions are Owen values (Owen 1977): Shapley values over features in which a modality's features always stand
together. The patient's values take the place of those of other patients, the background, one after the other; what the
mean prediction moves by is the contribution of the value that came last, averaged over the orders in which they come.
All orders of up to four modalities are played, so that the modalities' contributions are their exact Shapley values
against this background; the orders of features are drawn at random, each with its reverse. Whatever the orders,
the contributions add up to the prediction. For a model that is linear on the chosen scale they are exact, and equal
to coefficient times distance from the background's mean.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from ..naming import split_name
from ._blocks import make_predictor

__all__ = ["PatientExplanation", "explain_patient", "partial_dependence"]

ALL_ORDERS = 4
"""Up to so many modalities, all their orders are played."""

MOST_FEATURES = 200

_SCALES = {"probability": lambda risk: risk, "log-odds": logit}


@dataclass(frozen=True, eq=False)
class PatientExplanation:
    """One patient's prediction, taken apart.

    Parameters
    ----------
    patient : str
        The patient's id.
    prediction, base : float
        The patient's prediction, and the mean prediction of the background, both on ``scale``.
    scale : {"probability", "log-odds"}
        The scale on which the contributions add up: base + their sum = prediction.
    modalities : DataFrame
        modality, contribution; the strongest first.
    features : DataFrame
        feature, modality, value (the patient's own), contribution, error (standard error from the random orders); the
        strongest first. Features that the model does not use contribute exactly 0 and are not listed.
    """

    patient: str
    prediction: float
    base: float
    scale: str
    modalities: pd.DataFrame
    features: pd.DataFrame


def explain_patient(
    model, X, patient, *, background=None, scale="probability", n_orders=8, n_background=100, random_state=0
):
    """Return what each modality, and each feature, contributes to one patient's predicted risk.

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``; any fusion.
    X : DataFrame of shape (n_patients, n_features)
        Patients, columns named ``<modality>__<feature>``.
    patient : str
        Whom to explain: an id in the index of X.
    background : DataFrame or None, default=None
        Patients to compare with, such as those of the training; X without the patient when None.
    scale : {"probability", "log-odds"}, default="probability"
        On which the contributions add up.
    n_orders : int, default=8
        Orders of features for each order of modalities; each is played forwards and backwards.
    n_background : int, default=100
        Larger backgrounds are sampled down to so many patients.
    random_state : int, default=0
        Seed of the orders and of the sample.

    Returns
    -------
    explanation : PatientExplanation

    Raises
    ------
    KeyError
        If the patient is not in X.
    ValueError
        If there is nobody to compare with, the model uses more than 200 features, a prediction is NaN, or a risk of 0
        or 1 has no log odds.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from fusionkit.model_selection import explain_patient
    >>> X = pd.DataFrame({"ct__texture": [0.0, 1, 2, 3], "ehr__age": [50.0, 70, 60, 60]}, index=list("abcd"))
    >>> model = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> found = explain_patient(model, X, "d", scale="log-odds")
    >>> found.modalities.round(2).to_dict("records")
    [{'modality': 'ct', 'contribution': 2.0}, {'modality': 'ehr', 'contribution': 0.0}]
    """
    if scale not in _SCALES:
        raise ValueError(f"scale is one of {', '.join(map(repr, _SCALES))}; got {scale!r}")
    if patient not in X.index:
        raise KeyError(f"patient {patient!r} is not in X, whose index begins {', '.join(map(str, X.index[:5]))}")
    rng = np.random.default_rng(random_state)
    others = _background(X, patient, background, n_background, rng)
    predictor = make_predictor(model, others)
    modalities = _modalities(predictor.used)
    own = X.loc[[patient]]
    orders = list(_orders(modalities, n_orders, rng))
    alone = make_predictor(model, own)
    idle = _idle(X, predictor.used) if predictor.someone_lacks or alone.someone_lacks else {}
    steps = np.array([_walk(predictor, others, own, order, idle, scale) for order in orders])
    base = float(np.mean(_scaled(predictor.baseline, scale)))
    by_feature = {
        column: np.array([step[order.index(column)] for step, order in zip(steps, orders, strict=True)])
        for column in predictor.used
    }
    features = pd.DataFrame(
        {
            "feature": predictor.used,
            "modality": [split_name(column)[0] for column in predictor.used],
            "value": own[predictor.used].astype(object).iloc[0].to_list(),
            "contribution": [by_feature[column].mean() for column in predictor.used],
            "error": [_standard_error(by_feature[column]) for column in predictor.used],
        }
    )
    sums = features.groupby("modality", sort=False)["contribution"].sum().reset_index()
    prediction = float(_scaled(alone.baseline, scale)[0])
    return PatientExplanation(str(patient), prediction, base, scale, _strongest(sums), _strongest(features))


def partial_dependence(model, X, features, *, n_points=20):
    """Return the mean prediction of X when a feature is set to each of its values in turn (Friedman 2001).

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``.
    X : DataFrame of shape (n_patients, n_features)
        Patients, best those held out.
    features : sequence of str
        Columns of X, such as the most important ones.
    n_points : int, default=20
        Values of a number: quantiles from the 5th to the 95th percentile, or all values where there are fewer. Of a
        category all levels.

    Returns
    -------
    table : DataFrame
        feature, modality, value, probability (mean), low and high (the 10th and 90th percentile of the patients:
        where they are far from parallel to the mean, the feature interacts). A feature that the model does not use is
        flat.

    Raises
    ------
    ValueError
        If a feature is not in X or nobody has a value of it.
    """
    unknown = [feature for feature in features if feature not in X.columns]
    if unknown:
        raise ValueError(f"X has no column {', '.join(map(repr, unknown[:5]))}")
    predictor = make_predictor(model, X)
    tables = []
    for feature in features:
        grid = _grid(X[feature], n_points)
        changed = pd.DataFrame({feature: grid.repeat(len(X)).reset_index(drop=True)})
        risks = predictor.predict(changed).reshape(len(grid), len(X))
        low, high = np.quantile(risks, [0.1, 0.9], axis=1)
        at = {"feature": feature, "modality": split_name(feature)[0], "value": grid.astype(object).to_numpy()}
        tables.append(pd.DataFrame({**at, "probability": risks.mean(axis=1), "low": low, "high": high}))
    return pd.concat(tables, ignore_index=True)


def _grid(values, n_points):
    """Values to try, with the column's own dtype."""
    known = values.dropna()
    if known.empty:
        raise ValueError(f"nobody has a value of {values.name!r}")
    distinct = known.drop_duplicates().sort_values()
    if len(distinct) <= n_points or not pd.api.types.is_float_dtype(values):
        return distinct
    return pd.Series(np.unique(np.quantile(known, np.linspace(0.05, 0.95, n_points))), dtype=values.dtype)


def _background(X, patient, background, n_background, rng):
    others = X.drop(index=patient) if background is None else background[list(X.columns)]
    if not len(others):
        raise ValueError("there is nobody to compare with: pass other patients as background")
    if len(others) > n_background:
        others = others.iloc[np.sort(rng.choice(len(others), n_background, replace=False))]
    return others


def _modalities(used):
    if len(used) > MOST_FEATURES:
        raise ValueError(
            f"the model uses {len(used)} features, and {MOST_FEATURES} at most can be told apart: explain a model that "
            f"selects fewer"
        )
    modalities = {}
    for column in used:
        modalities.setdefault(split_name(column)[0], []).append(column)
    return modalities


def _orders(modalities, n_orders, rng):
    """Orders of features in which modalities stay together; every order of modalities equally often."""
    names = list(modalities)
    if len(names) <= ALL_ORDERS:
        outer = list(itertools.permutations(names))
    else:
        drawn = [list(rng.permutation(names)) for _ in range(math.factorial(ALL_ORDERS) // 2)]
        outer = [order for pair in drawn for order in (pair, pair[::-1])]
    for order in outer:
        for _ in range(n_orders):
            inner = {name: list(rng.permutation(modalities[name])) for name in order}
            yield [column for name in order for column in inner[name]]
            yield [column for name in order for column in inner[name][::-1]]


def _idle(X, used):
    """The columns of each modality that the model does not use; they tell whether a patient has the modality."""
    idle = {}
    for column in X.columns:
        if column not in set(used):
            idle.setdefault(split_name(column)[0], []).append(column)
    return idle


def _walk(predictor, others, own, order, idle, scale):
    """By how much the mean prediction moves as the patient's values replace the background's one by one.

    Columns that are not used but tell who has a modality come with the first of its features.
    """
    n, k = len(others), len(order)
    places = {column: place for place, column in enumerate(order)}
    for column in reversed(order):
        modality = split_name(column)[0]
        places |= dict.fromkeys(idle.get(modality, ()), places[column])
    moved = list(places)
    mine = own[moved].iloc[np.zeros(n * k, dtype=int)].reset_index(drop=True)
    theirs = others[moved].iloc[np.tile(np.arange(n), k)].reset_index(drop=True)
    step = np.repeat(np.arange(k), n)
    for column, place in places.items():
        mine[column] = mine[column].where(step >= place, theirs[column])
    means = _scaled(predictor.predict(mine), scale).reshape(k, n).mean(axis=1)
    return np.diff(means, prepend=_scaled(predictor.baseline, scale).mean())


def _scaled(risk, scale):
    if not np.isfinite(risk).all():
        raise ValueError("the model predicts NaN: mend it, or leave out who has none of the modalities")
    if scale == "log-odds" and ((risk <= 0) | (risk >= 1)).any():
        raise ValueError("a risk of exactly 0 or 1 has no log odds: use scale='probability'")
    return _SCALES[scale](risk)


def _standard_error(values):
    """Of the mean over pairs of an order and its reverse."""
    pairs = values.reshape(-1, 2).mean(axis=1)
    return float(pairs.std(ddof=1) / np.sqrt(len(pairs))) if len(pairs) > 1 else np.nan


def _strongest(table):
    return table.sort_values("contribution", key=lambda c: -c.abs(), kind="stable", ignore_index=True)
