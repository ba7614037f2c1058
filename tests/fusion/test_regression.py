"""Late fusion of regressors: known combinations, scikit-learn's own ensembles, absent members, learned weights."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import StackingRegressor, VotingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.tree import DecisionTreeRegressor

from fusionkit.fusion import LateFusionRegressor
from fusionkit.naming import modality_columns
from tests.contract import parametrize_with_checks

from .conftest import make_cohort

EVERYTHING = slice(None)
NAMES = ("ct", "mr", "ehr")
TWO = [("a", LinearRegression(), EVERYTHING), ("b", Ridge(100.0), EVERYTHING)]


def late(**settings):
    return LateFusionRegressor([(name, Ridge(), modality_columns(name)) for name in NAMES], **settings)


@pytest.fixture
def stays():
    """Length of stay, in days, of patients some of whom lack ct or mr."""
    X, y = make_cohort(n=90, absent=0.25, seed=3)
    return X, 5 + 2 * y + np.random.default_rng(0).normal(size=90)


@parametrize_with_checks(
    [LateFusionRegressor(TWO), LateFusionRegressor(TWO, voting="stacking", cv=2)]
    + [LateFusionRegressor(TWO, weights=weights, cv=2) for weights in ("optimised", "score")]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    ("voting", "weights", "expected"),
    [
        ("mean", None, [4.0, 6.0]),
        ("mean", [2, 1, 1], [3.25, 6.75]),
        ("median", None, [3.0, 7.0]),
        ("max", None, [8.0, 9.0]),
        ("min", None, [1.0, 2.0]),
    ],
)
def test_hand_worked_combinations(voting, weights, expected):
    class FirstColumn(LinearRegression):
        def predict(self, X):
            return np.asarray(X)[:, 0]

    X = pd.DataFrame({"ct__x": [1.0, 9], "mr__x": [3.0, 2], "ehr__x": [8.0, 7]})
    members = [(name, FirstColumn(), modality_columns(name)) for name in NAMES]
    fitted = LateFusionRegressor(members, voting=voting, weights=weights).fit(X, [0.0, 1.0])
    np.testing.assert_allclose(fitted.predict(X), expected, rtol=1e-12)


def test_it_equals_the_ensembles_of_scikit_learn_when_nobody_is_absent():
    X, y = make_cohort()
    y = y + X["ct__1"].to_numpy()
    members = [("ridge", Ridge()), ("tree", DecisionTreeRegressor(max_depth=3, random_state=0))]
    ours = [(*member, EVERYTHING) for member in members]
    cv = KFold(4, shuffle=True, random_state=1)
    pairs = [
        (LateFusionRegressor(ours), VotingRegressor(members)),
        (LateFusionRegressor(ours, weights=[3, 1]), VotingRegressor(members, weights=[3, 1])),
        (LateFusionRegressor(ours, voting="stacking", cv=cv), StackingRegressor(members, cv=cv)),
    ]
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine.fit(X, y).predict(X), theirs.fit(X, y).predict(X), rtol=0, atol=1e-12)


def test_an_absent_member_leaves_the_others_to_speak(stays):
    X, y = stays
    fitted = late().fit(X, y)
    absent = X.filter(like="ct__").isna().all(axis=1) & X.filter(like="mr__").notna().all(axis=1)
    said = [m.predict(X.loc[absent].filter(like=f"{n}__")) for n, m in list(fitted.named_estimators_.items())[1:]]
    np.testing.assert_allclose(fitted.predict(X)[absent.to_numpy()], np.mean(said, axis=0), rtol=1e-12)
    by_hand = Ridge().fit(X.filter(like="ct__").dropna(), y[X["ct__1"].notna()])
    np.testing.assert_allclose(fitted.named_estimators_.ct.coef_, by_hand.coef_, rtol=1e-12)


@pytest.mark.parametrize("settings", [{"voting": "stacking"}, {"weights": "score"}, {"weights": "optimised"}], ids=str)
def test_a_missing_modality_never_gives_nan(stays, settings):
    X, y = stays
    fitted = late(**settings).fit(X, y)
    assert np.isfinite(fitted.predict(X)).all()
    np.testing.assert_allclose(fitted.predict(X.iloc[::-1]), fitted.predict(X)[::-1], rtol=1e-12)


def test_weights_by_score_worked_by_hand():
    X, y = make_cohort(seed=8)
    y = y + X["ehr__1"].to_numpy()
    said = [cross_val_predict(Ridge(), X.filter(like=f"{name}__"), y, cv=5) for name in NAMES]
    gains = np.array([max(np.var(y) - mean_squared_error(y, mine), 0) for mine in said])
    np.testing.assert_allclose(late(weights="score").fit(X, y).weights_, gains / gains.sum(), rtol=1e-10)
    gains = np.array([max(r2_score(y, mine), 0) for mine in said])
    np.testing.assert_allclose(late(weights="score", scoring="r2").fit(X, y).weights_, gains / gains.sum(), rtol=1e-10)


@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_optimised_weights_are_those_of_the_constrained_least_squares(unit):
    """The weights of the first two members on a line of 10,001 points; the unit of the outcome does not matter."""
    X, y = make_cohort(seed=9)
    y = unit * (y + X["ehr__1"].to_numpy())
    members = [(name, Ridge(), modality_columns(name)) for name in ("ct", "ehr")]
    fitted = LateFusionRegressor(members, weights="optimised").fit(X, y)
    first, second = fitted.out_of_fold_[:, :, 0]
    line = np.linspace(0, 1, 10001)
    losses = [np.mean((w * first + (1 - w) * second - y) ** 2) for w in line]
    assert fitted.weights_[0] == pytest.approx(line[np.argmin(losses)], abs=1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"voting": "product"}, "voting is one of 'mean', 'median', 'max', 'min', 'stacking'; got 'product'"),
        ({"voting": "median", "weights": [1, 1, 1]}, "weights apply to voting 'mean', not to 'median'"),
        ({"weights": [1, 2]}, "3 non-negative numbers"),
    ],
)
def test_refusals_say_what_is_allowed(stays, settings, message):
    with pytest.raises(ValueError, match=message):
        late(**settings).fit(*stays)


def test_a_patient_without_any_modality_is_named(stays):
    X, y = stays
    fitted = late().fit(X, y)
    X = X.copy()
    X.iloc[4] = np.nan
    with pytest.raises(ValueError, match=r"none of the modalities, first \['P004'\]"):
        fitted.predict(X)
