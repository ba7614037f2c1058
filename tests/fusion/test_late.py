"""Late fusion: known combinations, absent modalities, refusals, and scikit-learn's own checks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from fusionkit.fusion import LateFusionClassifier
from fusionkit.naming import modality_columns
from tests.contract import parametrize_with_checks

EVERYTHING = slice(None)


class Fixed(LogisticRegression):
    """A classifier that answers what its first column says: P(class 1)."""

    def predict_proba(self, X):
        p = np.asarray(X)[:, 0]
        return np.column_stack([1 - p, p])


def late(voting="mean", weights=None):
    members = [(name, Fixed(), modality_columns(name)) for name in ("ct", "mr", "ehr")]
    X = pd.DataFrame({"ct__p": [0.9, 0.2, 0.6], "mr__p": [0.8, 0.4, 0.3], "ehr__p": [0.1, 0.3, 0.9]})
    fusion = LateFusionClassifier(members, voting=voting, weights=weights)
    return fusion.fit(X, [1, 0, 1]), X


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], 30)
    X = pd.DataFrame(rng.normal(size=(90, 5)) + y[:, None], columns=["a__1", "a__2", "b__1", "b__2", "b__3"])
    return X, y


RANKS = "a position counts the training patients who have less, not their weights"
TWO = [("a", LogisticRegression(), EVERYTHING), ("b", LogisticRegression(C=0.1), EVERYTHING)]


def expected_failures(estimator):
    return {"check_sample_weight_equivalence_on_dense_data": RANKS} if estimator.voting == "rank" else {}


@parametrize_with_checks([LateFusionClassifier(TWO)])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        LateFusionClassifier(TWO, voting="rank", weights="score", cv=2),
        LateFusionClassifier(TWO, weights="optimised", calibration="sigmoid", cv=2),
        LateFusionClassifier(TWO, voting="stacking", cv=2),
    ],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks_of_what_is_learned(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    ("voting", "weights", "expected"),
    [
        ("mean", None, [0.6, 0.3, 0.6]),
        ("mean", [2, 1, 1], [2.7 / 4, 1.1 / 4, 2.4 / 4]),
        ("median", None, [0.8, 0.3, 0.6]),
        ("max", None, [0.9 / 1.8, 0.4 / 1.2, 0.9 / 1.6]),
        ("min", None, [0.1 / 0.2, 0.2 / 0.8, 0.3 / 0.4]),
        ("product", None, [0.072 / (0.072 + 0.018), 0.024 / (0.024 + 0.336), 0.162 / (0.162 + 0.028)]),
        ("majority", None, [2 / 3, 0, 2 / 3]),
    ],
)
def test_hand_worked_combinations(voting, weights, expected):
    fusion, X = late(voting, weights)
    np.testing.assert_allclose(fusion.predict_proba(X)[:, 1], expected, rtol=1e-12)


def test_the_vote_for_a_label_equals_hard_voting_of_scikit_learn(cohort):
    X, y = cohort
    members = [("lr", LogisticRegression()), ("nb", GaussianNB()), ("tree", DecisionTreeClassifier(max_depth=2))]
    ours = LateFusionClassifier([(*member, EVERYTHING) for member in members], voting="majority").fit(X, y)
    theirs = VotingClassifier(members, voting="hard").fit(X, y)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


def test_mean_equals_soft_voting_of_scikit_learn(cohort):
    X, y = cohort
    members = [("lr", LogisticRegression()), ("nb", GaussianNB())]
    ours = LateFusionClassifier([(*member, EVERYTHING) for member in members]).fit(X, y)
    theirs = VotingClassifier(members, voting="soft").fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-12)


@pytest.mark.parametrize("voting", ["mean", "median", "max", "min", "product", "majority"])
def test_an_absent_member_leaves_the_others_to_speak(voting):
    fusion, X = late(voting)
    two = LateFusionClassifier([m for m in fusion.estimators if m[0] != "mr"], voting=voting).fit(X, [1, 0, 1])
    X.loc[0, "mr__p"] = np.nan
    X.loc[1, ["mr__p", "ehr__p"]] = np.nan
    np.testing.assert_allclose(fusion.predict_proba(X)[0], two.predict_proba(X)[0], rtol=1e-12)
    alone = 0.0 if voting == "majority" else 0.2
    assert fusion.predict_proba(X)[1, 1] == pytest.approx(alone)


def test_a_member_is_fitted_on_the_patients_who_have_it(cohort):
    X, y = cohort
    X.loc[::3, ["a__1", "a__2"]] = np.nan
    members = [(name, LogisticRegression(), modality_columns(name)) for name in "ab"]
    fusion = LateFusionClassifier(members).fit(X, y, sample_weight=np.ones(90))
    assert fusion.n_present_.tolist() == [60, 90]
    by_hand = LogisticRegression().fit(X[["a__1", "a__2"]].dropna(), y[np.arange(90) % 3 != 0])
    np.testing.assert_allclose(fusion.named_estimators_.a.coef_, by_hand.coef_)


def test_fitted_members_can_be_frozen(cohort):
    X, y = cohort
    members = [(name, LogisticRegression(), modality_columns(name)) for name in "ab"]
    refitted = LateFusionClassifier(members).fit(X, y)
    frozen = [(name, FrozenEstimator(m.fit(X[columns(X)], y)), columns) for name, m, columns in members]
    np.testing.assert_array_equal(LateFusionClassifier(frozen).fit(X, y).predict_proba(X), refitted.predict_proba(X))


def test_permuting_patients_permutes_the_probabilities(cohort):
    X, y = cohort
    fusion = LateFusionClassifier([(name, GaussianNB(), modality_columns(name)) for name in "ab"]).fit(X, y)
    order = np.random.default_rng(1).permutation(90)
    np.testing.assert_allclose(fusion.predict_proba(X.iloc[order]), fusion.predict_proba(X)[order])
    np.testing.assert_allclose(fusion.predict_proba(X).sum(axis=1), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"voting": "loudest"}, "voting is one of 'mean'"),
        ({"weights": [1, -1]}, "2 non-negative numbers"),
        (
            {"weights": [1, 1], "voting": "max"},
            "weights apply to voting 'mean' and 'majority' and 'rank', not to 'max'",
        ),
        ({"estimators": []}, "at least one member"),
        ({"estimators": [("a", LinearSVC(), EVERYTHING)]}, r"member 'a' \(LinearSVC\) has no predict_proba"),
        ({"estimators": [("a", GaussianNB(), modality_columns("pet"))]}, "no column of modality 'pet'"),
    ],
)
def test_refusals_say_what_is_allowed(cohort, change, message):
    X, y = cohort
    fusion = LateFusionClassifier([("a", GaussianNB(), EVERYTHING), ("b", GaussianNB(), EVERYTHING)])
    with pytest.raises(ValueError, match=message):
        fusion.set_params(**change).fit(X, y)


def test_a_modality_that_nobody_has_is_refused_by_name(cohort):
    X, y = cohort
    X["a__1"] = X["a__2"] = np.nan
    with pytest.raises(ValueError, match="member 'a': the 0 patients"):
        LateFusionClassifier([(name, GaussianNB(), modality_columns(name)) for name in "ab"]).fit(X, y)


def test_a_patient_without_any_modality_is_named(cohort):
    X, y = cohort
    fusion = LateFusionClassifier([(name, GaussianNB(), modality_columns(name)) for name in "ab"]).fit(X, y)
    X.index = [f"P{i:03}" for i in range(90)]
    X.iloc[7] = np.nan
    with pytest.raises(ValueError, match=r"1 patient\(s\) have none of the modalities, first \['P007'\]"):
        fusion.predict_proba(X)


def test_member_parameters_can_be_set_by_name():
    fusion = LateFusionClassifier([("a", LogisticRegression(), EVERYTHING)])
    fusion.set_params(a__C=0.3)
    assert fusion.get_params()["a__C"] == 0.3
    assert fusion.estimators[0][2] == EVERYTHING
