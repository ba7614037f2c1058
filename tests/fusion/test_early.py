"""Early fusion is a plain Pipeline; each branch sees its own modality and brings its due; bad input is told at once."""

import numpy as np
import pandas as pd
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import ADASYN, SMOTE, RandomOverSampler
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.fusion import make_early_fusion
from fusionkit.fusion.blocks import BlockScaler, ModalityBudget
from tests.contract import parametrize_with_checks


@pytest.fixture
def cohort():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    columns = [f"ct__f{i}" for i in range(8)] + ["ehr__age", "ehr__crp"]
    X = pd.DataFrame(rng.normal(size=(60, 10)) + 0.8 * y[:, None] * (np.arange(10) % 3 == 0), columns=columns)
    return X, y


def test_it_equals_the_pipeline_written_by_hand(cohort):
    X, y = cohort
    early = make_early_fusion(
        {"ct": make_pipeline(StandardScaler(), SelectKBest(k=3)), "ehr": StandardScaler()}, LogisticRegression()
    )
    ct = SelectKBest(k=3).fit(StandardScaler().fit_transform(X.filter(like="ct__")), y)
    by_hand = np.hstack(
        [
            StandardScaler().fit_transform(X.filter(like="ct__"))[:, ct.get_support()],
            StandardScaler().fit_transform(X.filter(like="ehr__")),
        ]
    )
    expected = LogisticRegression().fit(by_hand, y).predict_proba(by_hand)
    assert type(early) is Pipeline
    np.testing.assert_array_equal(early.fit(X, y).predict_proba(X), expected)
    assert early[:-1].get_feature_names_out().tolist()[-2:] == ["ehr__age", "ehr__crp"]


def test_its_parameters_are_searched_as_usual(cohort):
    X, y = cohort
    early = make_early_fusion({"ct": make_pipeline(StandardScaler(), SelectKBest())}, LogisticRegression())
    grid = {"fuse__ct__selectkbest__k": [2, 4], "model__C": [0.1, 1.0]}
    assert len(GridSearchCV(early, grid, cv=3).fit(X, y).cv_results_["params"]) == 4


def test_only_the_named_modalities_are_looked_at(cohort):
    X, y = cohort
    early = make_early_fusion({"ct": StandardScaler()}, LogisticRegression())
    alone = early.fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(early.fit(X.assign(ehr__age=np.inf), y).predict_proba(X), alone)
    np.testing.assert_array_equal(early.predict_proba(X.filter(like="ct__")), alone)
    assert early.feature_names_in_.tolist() == X.columns.tolist()


def test_a_budget_keeps_the_best_features_by_f_statistic(cohort):
    X, y = cohort
    branches = {"ct": make_pipeline(StandardScaler()), "ehr": "passthrough"}
    early = make_early_fusion(branches, LogisticRegression(), budget={"ct": 3, "ehr": 1}).fit(X, y)
    expected = [
        X.filter(like=f"{name}__").columns[SelectKBest(k=k).fit(X.filter(like=f"{name}__"), y).get_support()]
        for name, k in (("ct", 3), ("ehr", 1))
    ]
    assert early[:-1].get_feature_names_out().tolist() == [*expected[0], *expected[1]]
    search = GridSearchCV(early, {"fuse__ct__budget__n_features": [2, 5]}, cv=2).fit(X, y)
    assert len(search.best_estimator_[:-1].get_feature_names_out()) == search.best_params_.popitem()[1] + 1


def test_a_budget_for_a_regression_follows_the_regression(cohort):
    X, _ = cohort
    y = X["ct__f5"] ** 3 + 0.01 * X["ct__f1"]
    early = make_early_fusion({"ct": "passthrough"}, Ridge(), budget={"ct": 1}).fit(X, y)
    assert early[:-1].get_feature_names_out().tolist() == ["ct__f5"]


def test_a_budget_puts_constant_columns_last(cohort):
    X, y = cohort
    X = X.assign(ct__f0=1.0, ct__f3=np.nan)
    branch = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    early = make_early_fusion({"ct": branch}, LogisticRegression(), budget={"ct": 6}, scale_blocks=True).fit(X, y)
    kept = early[:-1].get_feature_names_out()
    assert len(kept) == 6
    assert not {"ct__f0", "ct__f3"} & set(kept)
    assert np.isfinite(early.predict_proba(X)).all()


def test_block_scaling_gives_every_modality_the_same_total_variance(cohort):
    X, y = cohort
    X = X * np.where(X.columns.str.startswith("ct"), 100.0, 1.0)
    early = make_early_fusion({"ct": "passthrough", "ehr": "passthrough"}, Ridge(), scale_blocks=True).fit(X, y)
    table = pd.DataFrame(early[:-1].transform(X), columns=early[:-1].get_feature_names_out())
    for modality in ("ct", "ehr"):
        assert table.filter(like=modality).var(ddof=0).sum() == pytest.approx(1, rel=1e-12)
    flat = make_early_fusion({"ct": "passthrough"}, Ridge(), scale_blocks=True).fit(X * 0 + 3, y)
    np.testing.assert_array_equal(flat[:-1].transform(X * 0 + 3), 3.0)


@parametrize_with_checks([ModalityBudget(1), BlockScaler()])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_type_one_and_type_two_are_compositions(cohort):
    """Type I joins original features, type II extracted ones; both equal what is written by hand."""
    X, y = cohort
    pca = make_pipeline(StandardScaler(), PCA(2, svd_solver="full"))
    second = make_early_fusion({"ct": pca, "ehr": StandardScaler()}, LogisticRegression()).fit(X, y)
    by_hand = [pca.fit_transform(X.filter(like="ct__")), StandardScaler().fit_transform(X.filter(like="ehr__"))]
    expected = LogisticRegression().fit(np.hstack(by_hand), y).predict_proba(np.hstack(by_hand))
    np.testing.assert_allclose(second.predict_proba(X), expected, rtol=1e-12)
    first = make_early_fusion({"ct": "passthrough", "ehr": "passthrough"}, LogisticRegression()).fit(X, y)
    np.testing.assert_allclose(first.predict_proba(X), LogisticRegression().fit(X, y).predict_proba(X), rtol=1e-9)


def test_a_sampler_comes_after_the_features_and_only_at_fit(cohort):
    X, y = cohort
    y = (np.arange(60) % 4 == 0).astype(int)
    early = make_early_fusion({"ct": SelectKBest(k=3)}, LogisticRegression(), sampler=SMOTE(random_state=0)).fit(X, y)
    kept = X.filter(like="ct__").loc[:, early["fuse"].named_transformers_["ct"].get_support()]
    more, labels = SMOTE(random_state=0).fit_resample(kept.to_numpy(), y)
    assert len(more) == 90
    np.testing.assert_allclose(early["model"].coef_, LogisticRegression().fit(more, labels).coef_, rtol=1e-10)
    assert len(early.predict(X)) == 60


def test_a_sampler_without_a_seed_keeps_no_step_before_it_from_being_shared():
    early = make_early_fusion({"ct": "passthrough"}, LogisticRegression(), sampler=SMOTE())
    assert early["check"].sampler.random_state == 0
    assert early["sampler"].random_state is None


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (
            SMOTE(),
            r"class 'yes' has 4 patient\(s\), and SMOTE with k_neighbors=5 needs 6 .* use SMOTE\(k_neighbors=3\)",
        ),
        (ADASYN(), r"class 'yes' has 4 patient\(s\), and ADASYN with n_neighbors=5 needs 6"),
        (SMOTEENN(), r"class 'yes' has 4 patient\(s\), and SMOTE with k_neighbors=5"),
        (SMOTE(k_neighbors=3), None),
        (SMOTE(sampling_strategy={"no": 60}), None),
        (RandomOverSampler(), None),
    ],
    ids=str,
)
def test_a_class_too_small_for_the_sampler_is_named_before_anything_is_fitted(cohort, sampler, message):
    X, _ = cohort
    y = np.where(np.arange(60) < 4, "yes", "no")

    class Reached(Exception):
        pass

    class Tripwire(StandardScaler):
        def fit(self, X, y=None, sample_weight=None):
            raise Reached

    early = make_early_fusion({"ct": Tripwire()}, LogisticRegression(), sampler=sampler)
    with pytest.raises(Reached if message is None else ValueError, match=message):
        early.fit(X, y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X: X.assign(ct__f2=np.where(np.arange(60) == 7, np.inf, 0.0)), r"first \['ct__f2'\], in 1 .* \[7\]"),
        (lambda X: X.drop(columns=["ehr__age", "ehr__crp"]), "no column of modality 'ehr'"),
        (lambda X: X.drop(columns=[f"ct__f{i}" for i in range(6)]), r"budget\['ct'\]=3, but there are only 2 columns"),
    ],
)
def test_bad_tables_are_refused_at_once_by_column(cohort, change, message):
    X, y = cohort
    early = make_early_fusion({"ct": "passthrough", "ehr": "passthrough"}, LogisticRegression(), budget={"ct": 3})
    with pytest.raises(ValueError, match=message):
        early.fit(change(X), y)


def test_an_array_has_no_modalities(cohort):
    X, y = cohort
    with pytest.raises(TypeError, match="X is a DataFrame with columns named"):
        make_early_fusion({"ct": "passthrough"}, LogisticRegression()).fit(X.to_numpy(), y)


def test_refusals():
    with pytest.raises(ValueError, match="budget names 'pet', which is none of the modalities ct"):
        make_early_fusion({"ct": "passthrough"}, LogisticRegression(), budget={"pet": 3})
    with pytest.raises(ValueError, match=r"budget\['ct'\] is a number of features, 1 or more; got 0.5"):
        make_early_fusion({"ct": "passthrough"}, LogisticRegression(), budget={"ct": 0.5})
    with pytest.raises(ValueError, match="modalities is empty"):
        make_early_fusion({}, LogisticRegression())
    with pytest.raises(ValueError, match="a modality's name is letters"):
        make_early_fusion({"ct__1": "passthrough"}, LogisticRegression())
