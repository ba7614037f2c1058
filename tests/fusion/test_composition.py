"""Late fusions hold pipelines, early fusions and other late fusions; absent members stay absent at each level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.fusion import LateFusionClassifier, LateFusionRegressor, make_early_fusion
from fusionkit.naming import modality_columns

from .conftest import make_cohort


def late(names, **settings):
    return LateFusionClassifier([(name, LogisticRegression(), modality_columns(name)) for name in names], **settings)


def two_level(**settings):
    """The images are fused first, and then with the record."""
    images = ("images", late(("ct", "mr")), modality_columns("ct", "mr"))
    return LateFusionClassifier([images, ("ehr", LogisticRegression(), modality_columns("ehr"))], **settings)


def block(X, name):
    return X[modality_columns(name)(X)]


def test_images_first_and_then_the_record_worked_by_hand(gaps):
    X, y = gaps
    said = {}
    for name in ("ct", "mr", "ehr"):
        there = block(X, name).notna().all(axis=1).to_numpy()
        said[name] = np.full(len(y), np.nan)
        said[name][there] = (
            LogisticRegression().fit(block(X, name)[there], y[there]).predict_proba(block(X, name)[there])[:, 1]
        )
    images = np.nanmean([said["ct"][has_image(X)], said["mr"][has_image(X)]], axis=0)
    expected = said["ehr"].copy()
    expected[has_image(X)] = (images + said["ehr"][has_image(X)]) / 2
    np.testing.assert_allclose(two_level().fit(X, y).predict_proba(X)[:, 1], expected, rtol=1e-12)


def has_image(X):
    return (X["ct__1"].notna() | X["mr__1"].notna()).to_numpy()


def test_a_fused_member_is_absent_only_where_all_of_its_modalities_are(gaps):
    X, y = gaps
    fitted = two_level().fit(X, y)
    assert fitted.n_present_.tolist() == [has_image(X).sum(), 90]
    inner = fitted.named_estimators_.images
    assert inner.n_present_.tolist() == [X["ct__1"].notna().sum(), X["mr__1"].notna().sum()]
    assert 0 < (~has_image(X)).sum() < 90


@pytest.mark.parametrize("learned", [{"voting": "stacking"}, {"weights": "optimised"}, {"voting": "rank"}], ids=str)
def test_two_levels_can_learn_at_both(gaps, learned):
    X, y = gaps
    fusion = two_level(**learned, cv=3).set_params(images__voting="stacking", images__cv=2)
    proba = fusion.fit(X, y).predict_proba(X)
    assert np.isfinite(proba).all()
    assert fusion.named_estimators_.images.final_estimator_.n_features_in_ == 4


def test_parameters_of_every_level_are_searched_by_name(gaps):
    X, y = gaps
    grid = {"images__ct__C": [0.1, 1.0], "images__voting": ["mean", "max"], "ehr__C": [1.0], "weights": [None, [1, 3]]}
    search = GridSearchCV(two_level(), grid, cv=2, scoring="neg_log_loss").fit(X, y)
    assert len(search.cv_results_["params"]) == 8
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = search.best_estimator_
    assert search.best_params_["images__ct__C"] == best.named_estimators_.images.named_estimators_.ct.C


def test_an_early_fusion_is_a_member_of_a_late_one(gaps):
    """A hybrid: ct and record fused early, beside mr; the early member is absent where both of its modalities are."""
    X, y = gaps
    X = X.copy()
    X.loc[X.index[:10], list(block(X, "ct")) + list(block(X, "ehr"))] = np.nan
    X.loc[X.index[:10], ["mr__1", "mr__2"]] = 0.3
    impute = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    early = make_early_fusion({"ct": impute, "ehr": impute}, LogisticRegression())
    members = [("early", early, modality_columns("ct", "ehr")), ("mr", GaussianNB(), modality_columns("mr"))]
    fitted = LateFusionClassifier(members).fit(X, y)
    assert fitted.n_present_[0] == 80
    both = X[modality_columns("ct", "ehr")(X)].iloc[10:]
    by_hand = clone(early).fit(both, y[10:]).predict_proba(both)
    alone = fitted.predict_proba(X.iloc[:10])
    np.testing.assert_allclose(alone, fitted.named_estimators_.mr.predict_proba(X[["mr__1", "mr__2"]].iloc[:10]))
    only_early = X["mr__1"].isna().to_numpy()[10:]
    np.testing.assert_allclose(fitted.predict_proba(X.iloc[10:])[only_early], by_hand[only_early], rtol=1e-12)
    fitted.set_params(early__fuse__ct__simpleimputer__strategy="median", early__model__C=0.1)
    assert fitted.get_params()["early__model__C"] == 0.1


def test_a_late_fusion_can_be_calibrated_whole(gaps):
    X, y = gaps
    whole = CalibratedClassifierCV(two_level(), cv=3).fit(X, y)
    assert np.isfinite(whole.predict_proba(X)).all()


def test_members_that_take_missing_values_keep_single_gaps(cohort):
    """Only a row without any value makes a member absent; a gap is the member's own affair."""
    X, y = cohort
    X = X.copy()
    X.loc[X.index[::4], "ct__1"] = np.nan
    tree = HistGradientBoostingClassifier(max_iter=3, random_state=0)
    members = [("ct", tree, modality_columns("ct")), ("ehr", LogisticRegression(), modality_columns("ehr"))]
    assert LateFusionClassifier(members).fit(X, y).n_present_.tolist() == [90, 90]


def test_two_levels_of_regression(gaps):
    X, y = gaps
    lengths = y + np.random.default_rng(0).normal(size=90)
    linear = make_pipeline(StandardScaler(), Ridge())
    images = LateFusionRegressor([(name, linear, modality_columns(name)) for name in ("ct", "mr")])
    members = [("images", images, modality_columns("ct", "mr")), ("ehr", linear, modality_columns("ehr"))]
    fitted = LateFusionRegressor(members, voting="stacking").fit(X, lengths)
    assert np.isfinite(fitted.predict(X)).all()


RULES = [
    {"voting": voting} for voting in ("mean", "median", "max", "min", "product", "majority", "rank", "stacking")
] + [{"weights": "score"}, {"weights": "optimised"}, {"calibration": "sigmoid"}]
FITTED = {}


def fitted_with(position):
    """One fitted fusion per rule, shared by all examples."""
    if position not in FITTED:
        X, y = make_cohort(absent=0.2, seed=11)
        FITTED[position] = late(("ct", "mr", "ehr"), **RULES[position], cv=3).fit(X, y)
    return FITTED[position]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rule=st.integers(0, len(RULES) - 1),
    values=st.lists(st.lists(st.floats(-50, 50), min_size=7, max_size=7), min_size=1, max_size=6),
    lacking=st.lists(st.sets(st.sampled_from(["ct", "mr", "ehr"]), max_size=2), min_size=6, max_size=6),
    seed=st.integers(0, 99),
)
def test_whoever_is_absent_and_in_whatever_order_probabilities_are_finite_and_sum_to_one(rule, values, lacking, seed):
    fusion = fitted_with(rule)
    X = pd.DataFrame(values, columns=fusion.feature_names_in_)
    for row, modalities in zip(range(len(X)), lacking, strict=False):
        for modality in modalities:
            X.loc[row, modality_columns(modality)(X)] = np.nan
    proba = fusion.predict_proba(X)
    assert np.isfinite(proba).all()
    assert (proba >= 0).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    order = np.random.default_rng(seed).permutation(len(X))
    np.testing.assert_allclose(fusion.predict_proba(X.iloc[order]), proba[order], rtol=1e-9, atol=1e-12)
    one_by_one = np.vstack([fusion.predict_proba(X.iloc[[row]]) for row in range(len(X))])
    np.testing.assert_allclose(one_by_one, proba, rtol=1e-9, atol=1e-12)
