"""What late fusion learns from out-of-fold probabilities: weights, ranks, calibration and a final estimator."""

import numpy as np
import pytest
from joblib import parallel_config
from scipy.stats import rankdata
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import (
    LeaveOneOut,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from fusionkit.fusion import LateFusionClassifier
from fusionkit.naming import modality_columns

from .conftest import make_cohort

NAMES = ("ct", "mr", "ehr")
LEARNED = [
    {"voting": "rank"},
    {"voting": "stacking"},
    {"weights": "score"},
    {"weights": "optimised"},
    {"calibration": "sigmoid"},
    {"calibration": "isotonic", "voting": "stacking"},
]


def late(estimator=None, **settings):
    estimator = GaussianNB() if estimator is None else estimator
    return LateFusionClassifier([(name, estimator, modality_columns(name)) for name in NAMES], **settings)


def spoken(X, y, cv=5, estimator=None):
    """Out-of-fold probabilities by scikit-learn, member by member."""
    estimator = GaussianNB() if estimator is None else estimator
    blocks = [X[modality_columns(name)(X)] for name in NAMES]
    return np.stack([cross_val_predict(estimator, block, y, cv=cv, method="predict_proba") for block in blocks])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("meta", [None, DecisionTreeClassifier(max_depth=2, random_state=0)])
def test_stacking_equals_scikit_learn_when_nobody_is_absent(n_classes, meta):
    X, y = make_cohort(n_classes=n_classes)
    members = [(name, GaussianNB()) for name in NAMES]
    cv = StratifiedKFold(4, shuffle=True, random_state=3)
    everything = [(name, GaussianNB(), slice(None)) for name in NAMES[:1]] + [("b", LogisticRegression(), slice(None))]
    ours = LateFusionClassifier(everything, voting="stacking", final_estimator=meta, cv=cv).fit(X, y)
    members = [(name, estimator) for name, estimator, _ in everything]
    theirs = StackingClassifier(members, meta, cv=cv).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


def test_out_of_fold_probabilities_are_those_of_cross_val_predict(cohort):
    X, y = cohort
    fitted = late(voting="rank", cv=4).fit(X, y)
    np.testing.assert_array_equal(fitted.out_of_fold_, spoken(X, y, 4))


def test_an_absent_member_neither_learns_nor_speaks_out_of_fold(gaps):
    X, y = gaps
    fitted = late(weights="optimised").fit(X, y)
    absent = X.filter(like="ct__").isna().all(axis=1).to_numpy()
    np.testing.assert_array_equal(np.isnan(fitted.out_of_fold_[0, :, 0]), absent)
    train, test = next(StratifiedKFold(5).split(X, y))
    train, test = train[~absent[train]], test[~absent[test]]
    by_hand = GaussianNB().fit(X.filter(like="ct__").iloc[train], y[train])
    expected = by_hand.predict_proba(X.filter(like="ct__").iloc[test])
    np.testing.assert_allclose(fitted.out_of_fold_[0, test], expected, rtol=1e-12)


@pytest.mark.parametrize("settings", LEARNED, ids=str)
def test_a_missing_modality_never_gives_nan(settings):
    X, y = make_cohort(absent=0.3, seed=2)
    fitted = late(**settings).fit(X, y)
    proba = fitted.predict_proba(X)
    assert np.isfinite(proba).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    only_mr = X.iloc[:3].copy()
    only_mr.loc[:, [c for c in X if not c.startswith("mr")]] = np.nan
    only_mr.loc[:, ["mr__1", "mr__2"]] = 0.5
    assert np.isfinite(fitted.predict_proba(only_mr)).all()


@pytest.mark.parametrize("settings", LEARNED, ids=str)
def test_nobody_is_predicted_otherwise_for_being_predicted_beside_others(settings, gaps):
    X, y = gaps
    fitted = late(**settings).fit(X, y)
    together = fitted.predict_proba(X)
    np.testing.assert_array_equal(fitted.predict_proba(X.iloc[[7]]), together[[7]])
    np.testing.assert_allclose(fitted.predict_proba(X.iloc[::-1]), together[::-1], rtol=1e-12)


@pytest.mark.parametrize("settings", LEARNED, ids=str)
def test_the_order_of_members_does_not_matter(settings, gaps):
    X, y = gaps
    fusion = late(**settings)
    turned = late(**settings).set_params(estimators=fusion.estimators[::-1])
    np.testing.assert_allclose(fusion.fit(X, y).predict_proba(X), turned.fit(X, y).predict_proba(X), atol=1e-5)


def test_the_number_of_jobs_changes_nothing(gaps):
    X, y = gaps
    with parallel_config("threading"):
        one, two = (late(voting="stacking", n_jobs=n).fit(X, y).predict_proba(X) for n in (None, 2))
    np.testing.assert_array_equal(one, two)


def test_score_weights_worked_by_hand(cohort):
    X, y = cohort
    fitted = late(weights="score", scoring="roc_auc").fit(X, y)
    gains = [max(roc_auc_score(y, p[:, 1]) - 0.5, 0) for p in spoken(X, y)]
    np.testing.assert_allclose(fitted.weights_, gains / np.sum(gains), rtol=1e-12)
    fitted = late(weights="score").fit(X, y)
    gains = [max(log_loss(y, np.full(90, 0.5)) - log_loss(y, p), 0) for p in spoken(X, y)]
    np.testing.assert_allclose(fitted.weights_, gains / np.sum(gains), rtol=1e-12)


def test_a_member_no_better_than_ignorance_has_no_weight(cohort):
    X, y = cohort
    noise = X.assign(ct__1=X["ct__1"].to_numpy()[::-1] * 0, ct__2=np.random.default_rng(1).normal(size=90))
    fitted = late(weights="score", scoring="roc_auc").fit(noise, y)
    auc = roc_auc_score(y, fitted.out_of_fold_[0, :, 1])
    assert (fitted.weights_[0] == 0) == (auc <= 0.5)
    hopeless = noise[["ct__1", "ct__2"]].assign(mr__1=0.0)
    members = [(name, LogisticRegression(), modality_columns(name)) for name in ("ct", "mr")]
    equal = LateFusionClassifier(members, weights="score").fit(hopeless, np.random.default_rng(3).integers(0, 2, 90))
    assert equal.weights_.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("absent", [0.0, 0.3])
def test_optimised_weights_have_the_least_log_loss_on_a_fine_grid(n_classes, absent):
    X, y = make_cohort(n_classes=n_classes, absent=absent, seed=5)
    fitted = late(weights="optimised").fit(X, y)

    def loss(weights):
        there = ~np.isnan(fitted.out_of_fold_[:, :, 0])
        right = np.nan_to_num(fitted.out_of_fold_[:, np.arange(90), y])
        return -np.log(weights @ right / (weights @ there)).mean()

    steps = np.linspace(1e-9, 1, 101)
    grid = [np.array([a, b, 1 - a - b]) for a in steps for b in steps if a + b < 1]
    best = min(map(loss, grid))
    assert loss(np.maximum(fitted.weights_, 1e-9)) <= best + 1e-9
    assert fitted.weights_.sum() == pytest.approx(1, abs=1e-12)
    assert (fitted.weights_ >= 0).all()


def test_optimised_weights_meet_the_conditions_of_an_optimum(cohort):
    """Karush-Kuhn-Tucker: the mean of p_m / p is 1 for members with weight, and at most 1 for the others."""
    X, y = cohort
    fitted = late(weights="optimised").fit(X, y)
    right = fitted.out_of_fold_[:, np.arange(90), y]
    ratios = (right / (fitted.weights_ @ right)).mean(axis=1)
    np.testing.assert_allclose(ratios[fitted.weights_ > 0], 1, atol=1e-5)
    assert (ratios <= 1 + 1e-5).all()


def test_optimised_weights_heed_sample_weight_as_repeated_patients(cohort):
    from fusionkit.fusion.weights import log_loss_weights

    X, y = cohort
    said, counted = spoken(X, y), 1 + np.arange(90) % 3
    weighted = log_loss_weights(said, y, counted)
    repeated = log_loss_weights(np.repeat(said, counted, axis=1), np.repeat(y, counted))
    np.testing.assert_allclose(weighted, repeated, atol=1e-6)


def test_where_all_present_members_have_weight_zero_they_count_alike(cohort):
    X, y = cohort
    fitted = late(weights=[0, 0, 1]).fit(X, y)
    X = X.assign(ehr__1=np.nan, ehr__2=np.nan, ehr__3=np.nan)
    blocks = [X.filter(like=f"{name}__") for name in ("ct", "mr")]
    expected = np.mean([m.predict_proba(b) for m, b in zip(fitted.estimators_[:2], blocks, strict=True)], axis=0)
    np.testing.assert_allclose(fitted.predict_proba(X), expected, rtol=1e-12)


def test_rank_voting_orders_patients_by_their_mean_rank_among_the_training_patients(cohort):
    """Training patients' own ranks by scipy, for members that say again what they said out of fold."""
    X, y = cohort
    y = (np.arange(90) % 3 == 0).astype(int)
    members = [(name, FrozenEstimator(GaussianNB().fit(X.filter(like=f"{name}__"), y))) for name in NAMES]
    fusion = LateFusionClassifier([(n, m, modality_columns(n)) for n, m in members], voting="rank").fit(X, y)
    ranks = [rankdata(m.predict_proba(X.filter(like=f"{n}__"))[:, 1].round(12)) for n, m in members]
    borda = rankdata(np.sum(ranks, axis=0).round(9))
    position = (borda - 0.5) / 90
    by_hand = position / (position + 2 * (1 - position))
    np.testing.assert_allclose(fusion.predict_proba(X)[:, 1], by_hand, atol=1e-12)
    assert fusion.predict(X).sum() == 30


def test_rank_voting_does_not_heed_how_a_member_scales_its_probabilities(cohort):
    X, y = cohort

    class Timid(GaussianNB):
        """The same order of patients, but all probabilities near one half."""

        def predict_proba(self, X):
            return 0.5 + 0.02 * (super().predict_proba(X) - 0.5)

    bold, timid = late(voting="rank"), late(voting="rank").set_params(ehr=Timid())
    np.testing.assert_allclose(bold.fit(X, y).predict_proba(X), timid.fit(X, y).predict_proba(X), atol=1e-9)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_calibrated_members_equal_scikit_learns(method, n_classes):
    X, y = make_cohort(n_classes=n_classes, seed=1)
    cv = StratifiedKFold(4)
    ours = late(calibration=method, cv=cv).fit(X, y).predict_proba(X)
    theirs = late(CalibratedClassifierCV(GaussianNB(), method=method, cv=cv, ensemble=False)).fit(X, y)
    np.testing.assert_allclose(ours, theirs.predict_proba(X), rtol=0, atol=1e-12)


def test_a_calibrated_classifier_is_a_member_like_any_other(gaps):
    X, y = gaps
    fitted = late(CalibratedClassifierCV(LogisticRegression(), cv=3)).fit(X, y)
    assert fitted.n_present_.tolist() == X.notna()[["ct__1", "mr__1", "ehr__1"]].sum().tolist()
    assert np.isfinite(fitted.predict_proba(X)).all()


def test_stacking_tells_the_final_estimator_who_is_absent(gaps):
    X, y = gaps
    fitted = late(voting="stacking").fit(X, y)
    assert fitted.final_estimator_.n_features_in_ == 3 + 2  # ct and mr are absent for some, the record for nobody
    absent = X.filter(like="ct__").isna().all(axis=1).to_numpy()
    table = np.hstack([fitted.out_of_fold_[:, :, 1].T, np.isnan(fitted.out_of_fold_[:2, :, 1]).T])
    table[absent, 0] = np.nanmean(fitted.out_of_fold_[0, :, 1])
    table[np.isnan(table[:, 1]), 1] = np.nanmean(fitted.out_of_fold_[1, :, 1])
    np.testing.assert_allclose(fitted.final_estimator_.coef_, LogisticRegression().fit(table, y).coef_, rtol=1e-9)


def test_any_classifier_can_stack(gaps):
    X, y = gaps
    meta = HistGradientBoostingClassifier(max_iter=5, random_state=0)
    fitted = late(voting="stacking", final_estimator=meta).fit(X, y)
    assert fitted.final_estimator_.n_iter_ == 5
    assert np.isfinite(fitted.predict_proba(X)).all()


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"voting": "stacking"}, {"weights": "optimised"}], ids=str)
def test_shuffled_labels_score_like_chance(settings):
    """Eight cohorts whose labels are dealt anew: the mean AUC lies within three standard errors of one half."""
    aucs = []
    for seed in range(8):
        X, _ = make_cohort(n=60, absent=0.15, seed=seed)
        y = np.random.default_rng(seed).permutation(np.arange(60) % 2)
        aucs.append(cross_val_score(late(**settings, cv=3), X, y, scoring="roc_auc", cv=StratifiedKFold(3)).mean())
    assert abs(np.mean(aucs) - 0.5) < 3 * np.std(aucs, ddof=1) / np.sqrt(8)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weights": "loudest"}, "for voting 'mean' 'score', 'optimised'; got 'loudest'"),
        ({"weights": "optimised", "voting": "rank"}, "for voting 'rank' 'score'; got 'optimised'"),
        ({"weights": "score", "voting": "stacking"}, "not to 'stacking'"),
        ({"weights": "score", "scoring": "rc_auc"}, "rc_auc"),
        ({"calibration": "platt"}, "calibration is None or one of 'sigmoid'"),
        ({"voting": "rank", "cv": RepeatedStratifiedKFold(n_splits=2, n_repeats=2)}, "without repeats"),
        ({"voting": "rank", "cv": 60}, "n_splits=60"),
    ],
)
def test_refusals_say_what_is_allowed(cohort, settings, message):
    X, y = cohort
    with pytest.raises(ValueError, match=message):
        late(**settings).fit(X, y)


def test_a_final_estimator_without_probabilities_is_refused(cohort):
    from sklearn.svm import LinearSVC

    with pytest.raises(ValueError, match=r"final_estimator \(LinearSVC\) has no predict_proba"):
        late(voting="stacking", final_estimator=LinearSVC()).fit(*cohort)


def test_a_fold_in_which_a_member_cannot_learn_is_named_before_anything_is_fitted(cohort):
    X, y = cohort
    X = X.copy()
    X.loc[X.index[1:60], ["ct__1", "ct__2"]] = np.nan
    y = np.where(np.arange(90) == 0, 1, y * (np.arange(90) < 60))

    class NeverFitted(GaussianNB):
        def fit(self, X, y):
            raise AssertionError("fitted")

    with pytest.raises(
        ValueError, match=r"member 'ct', in fold 1 of 5: the .* patients .* of one class; .* fewer folds"
    ):
        late(NeverFitted(), voting="stacking").fit(X, y)


def test_leaving_one_out_is_a_fold_too():
    X, y = make_cohort(n=30)
    assert late(weights="optimised", cv=LeaveOneOut()).fit(X, y).out_of_fold_.shape == (3, 30, 2)


def test_folds_keep_groups_together(cohort):
    X, y = cohort
    groups = np.arange(90) // 3
    cv = StratifiedGroupKFold(5)
    fitted = late(voting="rank", cv=cv).fit(X, y, groups=groups)
    np.testing.assert_array_equal(fitted.out_of_fold_, spoken(X, y, list(cv.split(X, y, groups))))
    with pytest.raises(ValueError, match=r"cv=None would part them: use cv=StratifiedGroupKFold"):
        late(voting="rank").fit(X, y, groups=groups)
