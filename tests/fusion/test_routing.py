"""Metadata reach members, splitter, scorer and final estimator, with scikit-learn's routing and without it."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedGroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from fusionkit.fusion import LateFusionClassifier, LateFusionRegressor
from fusionkit.naming import modality_columns

NAMES = ("ct", "mr", "ehr")
GROUPS = np.arange(90) // 3
WEIGHT = 1.0 + np.arange(90) % 4


class Recorder(GaussianNB):
    """Keeps what it was given at fit."""

    def fit(self, X, y, sample_weight=None):
        self.given_ = X.index, sample_weight
        return super().fit(X, y, sample_weight)


def late(member, **settings):
    return LateFusionClassifier([(name, member, modality_columns(name)) for name in NAMES], **settings)


def assert_given(member):
    index, weight = member.given_
    np.testing.assert_array_equal(weight, WEIGHT[[int(name[1:]) for name in index]])


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("settings", [{}, {"voting": "stacking"}, {"weights": "optimised"}], ids=str)
def test_sample_weight_is_cut_to_the_patients_of_each_member(gaps, routing, settings):
    X, y = gaps
    with config_context(enable_metadata_routing=routing):
        member, meta = Recorder(), LogisticRegression()
        if routing:
            member.set_fit_request(sample_weight=True)
            meta.set_fit_request(sample_weight=True)
        fusion = late(member, final_estimator=meta, **settings).fit(X, y, sample_weight=WEIGHT)
        for fitted in fusion.estimators_:
            assert_given(fitted)
        assert len(fusion.named_estimators_.ct.given_[0]) < 90


def test_with_and_without_routing_the_result_is_the_same(gaps):
    X, y = gaps
    cv = StratifiedGroupKFold(3)
    without = late(GaussianNB(), voting="stacking", cv=cv).fit(X, y, sample_weight=WEIGHT, groups=GROUPS)
    expected = without.predict_proba(X)
    with config_context(enable_metadata_routing=True):
        member, meta = GaussianNB().set_fit_request(sample_weight=True), LogisticRegression()
        fusion = late(member, voting="stacking", cv=cv, final_estimator=meta.set_fit_request(sample_weight=True))
        np.testing.assert_array_equal(fusion.fit(X, y, sample_weight=WEIGHT, groups=GROUPS).predict_proba(X), expected)


def test_whoever_did_not_say_what_it_wants_is_named(cohort):
    X, y = cohort
    with config_context(enable_metadata_routing=True), pytest.raises(UnsetMetadataPassedError, match="GaussianNB"):
        late(GaussianNB()).fit(X, y, sample_weight=WEIGHT)


def test_a_fusion_inside_a_fusion_asks_for_itself(gaps):
    X, y = gaps
    with config_context(enable_metadata_routing=True):
        member = Recorder().set_fit_request(sample_weight=True)
        images = LateFusionClassifier([(name, member, modality_columns(name)) for name in ("ct", "mr")])
        images.set_fit_request(sample_weight=True)
        members = [("images", images, modality_columns("ct", "mr")), ("ehr", member, modality_columns("ehr"))]
        outer = LateFusionClassifier(members).fit(X, y, sample_weight=WEIGHT)
    for fitted in [*outer.named_estimators_.images.estimators_, outer.named_estimators_.ehr]:
        assert_given(fitted)


@pytest.mark.parametrize("routing", [False, True])
def test_groups_reach_the_searches_and_the_splitter_but_no_plain_member(gaps, routing):
    X, y = gaps
    search = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-1]}, cv=GroupKFold(2))
    members = [(name, search, modality_columns(name)) for name in ("ct", "mr")]
    members.append(("ehr", GaussianNB(), modality_columns("ehr")))
    with config_context(enable_metadata_routing=routing):
        fusion = LateFusionClassifier(members, weights="score", cv=StratifiedGroupKFold(3)).fit(X, y, groups=GROUPS)
    ct = X.filter(like="ct__").dropna()
    there = X["ct__1"].notna().to_numpy()
    by_hand = GridSearchCV(GaussianNB(), search.param_grid, cv=GroupKFold(2)).fit(ct, y[there], groups=GROUPS[there])
    fitted = fusion.named_estimators_.ct
    np.testing.assert_array_equal(fitted.cv_results_["mean_test_score"], by_hand.cv_results_["mean_test_score"])


def test_the_scorer_gets_sample_weight_when_it_asks(cohort):
    X, y = cohort
    weights = []
    for asks in (True, False):
        with config_context(enable_metadata_routing=True):
            scorer = get_scorer("roc_auc").set_score_request(sample_weight=asks)
            member = GaussianNB().set_fit_request(sample_weight=False)
            fusion = late(member, weights="score", scoring=scorer).fit(X, y, sample_weight=WEIGHT)
            weights.append(fusion.weights_)
            if asks:
                counted = fusion.out_of_fold_
    gains = [get_scorer("roc_auc")._score_func(y, said[:, 1], sample_weight=WEIGHT) - 0.5 for said in counted]
    np.testing.assert_allclose(weights[0], gains / np.sum(gains), rtol=1e-12)
    assert not np.allclose(weights[0], weights[1])


@pytest.mark.parametrize("routing", [False, True])
def test_the_regressor_routes_alike(cohort, routing):
    X, y = cohort
    with config_context(enable_metadata_routing=routing):
        member = Ridge().set_fit_request(sample_weight=True) if routing else Ridge()
        members = [(name, member, modality_columns(name)) for name in NAMES]
        fitted = LateFusionRegressor(members, weights="optimised", cv=GroupKFold(3))
        fitted.fit(X, X["ct__1"] + y, sample_weight=WEIGHT, groups=GROUPS)
    by_hand = Ridge().fit(X.filter(like="mr__"), X["ct__1"] + y, sample_weight=WEIGHT)
    np.testing.assert_allclose(fitted.named_estimators_.mr.coef_, by_hand.coef_, rtol=1e-12)


def test_what_nobody_can_take_is_refused(cohort):
    X, y = cohort
    with pytest.raises(TypeError, match=r"member 'ct' \(KNeighborsClassifier\) does not support sample_weight"):
        late(KNeighborsClassifier()).fit(X, y, sample_weight=WEIGHT)
    with pytest.raises(ValueError, match="takes colour only with metadata routing"):
        late(GaussianNB()).fit(X, y, colour="red")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        late(GaussianNB()).fit(X, y, sample_weight=WEIGHT[:5])
