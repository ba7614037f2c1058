"""Fusions by name: what each name makes, which names are refused, and that reuse changes no digit."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

from fusionkit.fusion import LateFusionClassifier, make_early_fusion
from fusionkit.model_selection import FusionSearchCV, make_splits, nested_cross_validate
from fusionkit.model_selection._plan import make_plan
from fusionkit.model_selection.fusions import (
    LATE_FUSIONS,
    check_fusion_name,
    late_from_fitted,
    make_fusions,
    reuse_fitted,
)

KINDS = {"ehr": "record", "ct": "image", "mr": "image"}
TWO = {"ehr": "record", "ct": "image"}
FAST = {"models": ["naive_bayes"], "n_features": (2,), "inner_folds": 2}


def make_table(n=40, lacking=0.0, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    names = [f"{m}__f{i}" for m in ("ct", "mr") for i in range(4)]
    X = pd.DataFrame(rng.normal(size=(n, 8)) + y[:, None] * 0.5, columns=names, index=[f"P{i:03}" for i in range(n)])
    X.insert(0, "ehr__age", 60 + 10 * rng.normal(size=n) + 5 * y)
    X.insert(1, "ehr__sex", pd.Categorical(rng.choice(["female", "male"], n)))
    X.loc[rng.uniform(size=n) < lacking, names[:4]] = np.nan
    return X, y


def test_every_late_name_makes_its_fusion():
    made = make_fusions(KINDS, list(LATE_FUSIONS), **FAST)
    for name, settings in LATE_FUSIONS.items():
        assert isinstance(made[name], LateFusionClassifier)
        for key, value in settings.items():
            assert getattr(made[name], key) == value
    assert made["late:score"].scoring == "roc_auc"


@pytest.mark.parametrize("name", [name for name in LATE_FUSIONS if name.startswith("late:images_first")])
def test_the_images_are_fused_first_by_the_same_rule(name):
    outer = make_fusions(KINDS, [name], **FAST)[name]
    inner = outer.estimators[0][1]
    assert [name for name, _, _ in outer.estimators] == ["images", "ehr"]
    assert [name for name, _, _ in inner.estimators] == ["ct", "mr"]
    assert all(isinstance(member, FusionSearchCV) for _, member, _ in inner.estimators)
    for key in ("voting", "weights", "calibration", "scoring"):
        assert getattr(inner, key) == getattr(outer, key)


@pytest.mark.parametrize("name", ["early", "ct", "ct+ehr", *LATE_FUSIONS])
def test_a_known_name_is_returned(name):
    assert check_fusion_name(name, KINDS) == name


@pytest.mark.parametrize(
    ("name", "kinds", "message"),
    [
        ("late:loudest", KINDS, "'late:loudest' is none of late, late:mean, late:median"),
        ("pet", KINDS, "neither 'early', 'late', nor made of the modalities ehr, ct, mr"),
        ("ct+pet", KINDS, "'ct\\+pet' is neither"),
        ("ct+ct", KINDS, "'ct\\+ct' is neither"),
        ("late:images_first", {"ehr": "record", "ct": "image"}, "two image modalities or more, and a record"),
    ],
)
def test_an_unknown_name_is_refused_with_the_list(name, kinds, message):
    with pytest.raises(ValueError, match=message):
        check_fusion_name(name, kinds)
    with pytest.raises(ValueError, match=message):
        make_fusions(kinds, [name])


def fitted_in_turn(names, X, y, reuse):
    made = make_fusions(KINDS, names, **FAST)
    made, fitted = (reuse_fitted(made) if reuse else made), {}
    for name, estimator in made.items():
        model = estimator if hasattr(estimator, "fit") else estimator(fitted)
        fitted[name] = model.fit(X, y)
    return fitted


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [0.0, 0.3])
def test_reuse_changes_no_digit(lacking):
    """Late fusions that take over members and out-of-fold predictions equal those fitted whole."""
    X, y = make_table(lacking=lacking)
    names = ["ehr", "ct", "mr", "late", "late:stacking", "late:optimised", "late:calibrated", "late:rank"]
    names += ["late:score", "late:images_first", "late:images_first:optimised", "late:images_first:stacking"]
    whole, reused = (fitted_in_turn(names, X, y, reuse) for reuse in (False, True))
    for name in names[3:]:
        np.testing.assert_array_equal(reused[name].predict_proba(X), whole[name].predict_proba(X), err_msg=name)
        if whole[name].out_of_fold_ is not None:
            np.testing.assert_array_equal(reused[name].out_of_fold_, whole[name].out_of_fold_)
        np.testing.assert_array_equal(reused[name].weights_, whole[name].weights_)


def test_reuse_fits_nothing_twice(monkeypatch):
    X, y = make_table()
    made = reuse_fitted(make_fusions(KINDS, ["late:stacking", "late:optimised", "ehr", "ct", "mr"], **FAST))
    assert list(made) == ["ehr", "ct", "mr", "late:stacking", "late:optimised"]
    times, original, fitted = [], FusionSearchCV.fit, {}
    monkeypatch.setattr(FusionSearchCV, "fit", lambda self, *a, **k: times.append(len(a[0])) or original(self, *a, **k))
    for name, estimator in made.items():
        fitted[name] = (estimator if hasattr(estimator, "fit") else estimator(fitted)).fit(X, y)
    assert times == [40] * 3 + [20] * 6


def test_the_check_of_early_fusion_keeps_no_step_from_being_shared():
    """Candidates that differ in the model alone share all steps before it, also with an unseeded sampler."""
    early = make_early_fusion(
        {"ct": StandardScaler()}, LogisticRegression(), budget={"ct": 2}, sampler=RandomOverSampler(random_state=0)
    )
    unseeded = make_early_fusion({"ct": StandardScaler()}, LogisticRegression(), budget={"ct": 2}, sampler=SMOTE())
    candidates = [{"model__C": C} for C in (0.1, 1.0)]
    first, second = make_plan(early, candidates)
    assert first.fit.parent is second.fit.parent
    first, second = make_plan(unseeded, candidates)
    assert first.fit.parent is not second.fit.parent  # the sampler draws anew, as it should
    assert first.fit.parent.parent is second.fit.parent.parent


def test_a_member_that_somebody_lacks_is_not_taken_over():
    X, y = make_table(lacking=0.3)
    fitted = fitted_in_turn(["ct", "ehr", "mr", "late"], X, y, True)
    n_ct = int(X["ct__f0"].notna().sum())
    assert fitted["late"].n_present_[1] == n_ct < 40
    assert fitted["late"].named_estimators_.ct is not fitted["ct"]
    assert fitted["late"].named_estimators_.mr.estimator is fitted["mr"]


def test_other_folds_are_not_taken_over():
    X, y = make_table()
    first = make_fusions(TWO, ["late:rank"], **FAST)["late:rank"].fit(X, y)
    other = make_fusions(TWO, ["late:rank"], **{**FAST, "inner_folds": 3})["late:rank"]
    again = late_from_fitted(other, {"late:rank": first}).fit(X, y)
    assert not np.array_equal(again.out_of_fold_, first.out_of_fold_)
    np.testing.assert_array_equal(again.out_of_fold_, other.fit(X, y).out_of_fold_)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("late:stacking", TWO),
        ("late:calibrated", TWO),
        pytest.param("late:images_first:stacking", KINDS, marks=pytest.mark.slow),
    ],
)
def test_groups_stay_together_in_every_late_fusion(name, kinds):
    X, y = make_table()
    groups = np.arange(40) // 2 + 100
    y = (groups + np.random.default_rng(1).integers(0, 2, 40)) % 2
    fusion = make_fusions(kinds, [name], grouped=True, **FAST)[name]
    assert isinstance(fusion.cv, StratifiedGroupKFold)
    assert np.isfinite(fusion.fit(X, y, groups=groups).predict_proba(X)).all()


@pytest.mark.slow
def test_nested_cross_validation_takes_them_as_they_are():
    X, y = make_table(n=48)
    splits = make_splits(pd.Series(y, index=X.index), n_splits=2, n_repeats=1)
    names = ["ehr", "ct", "mr", "late:optimised", "late:images_first"]
    results = [
        nested_cross_validate(prepare(make_fusions(KINDS, names, **FAST)), X, y, splits=splits).predictions
        for prepare in (reuse_fitted, dict)
    ]
    pd.testing.assert_frame_equal(*results)
