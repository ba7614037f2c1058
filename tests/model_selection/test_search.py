"""The search that ranks once gives scikit-learn's own scores, failures and choices included."""

import warnings
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline as SamplingPipeline
from joblib import parallel_config
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_selection import RFE, SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, RepeatedStratifiedKFold, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import InvalidParameterError

from fusionkit.exceptions import DataWarning
from fusionkit.model_selection import FusionSearchCV
from fusionkit.model_selection._prefix import family_of
from fusionkit.naming import modality_columns
from fusionkit.selection import AnovaRanker, GiniRanker, MutualInformationRanker, ReliefFRanker, RFERanker


def assert_same_search(reference, search):
    """Every column of ``cv_results_`` but the times, in order; scores to 1e-12; the same best candidate."""
    expected, actual = reference.cv_results_, search.cv_results_
    assert list(actual) == list(expected)
    assert str(actual["params"]) == str(expected["params"])
    for key, column in expected.items():
        if "test_" in key or "train_" in key:
            np.testing.assert_allclose(actual[key], column, rtol=0, atol=1e-12, err_msg=key)
            np.testing.assert_array_equal(np.isnan(actual[key]), np.isnan(column), err_msg=key)
    for attribute in ("best_index_", "best_score_", "n_splits_", "multimetric_"):
        np.testing.assert_equal(getattr(search, attribute, None), getattr(reference, attribute, None))


def both(pipeline, grid, X, y, cv=3, groups=None, **settings):
    """The same search by scikit-learn and by fusionkit."""
    params = {} if groups is None else {"groups": groups}
    return [kind(pipeline, grid, cv=cv, **settings).fit(X, y, **params) for kind in (GridSearchCV, FusionSearchCV)]


def cohort(n=90):
    """Two modalities, holes in the record, fewer positives than negatives."""
    X, y = load_breast_cancer(return_X_y=True)
    names = [f"ct__{i}" for i in range(20)] + [f"ehr__{i}" for i in range(10)]
    X = pd.DataFrame(X[:n], columns=names)
    X.iloc[::7, 25] = np.nan
    return X, y[:n]


def early_fusion(model, sampler=None):
    imaging = make_pipeline(StandardScaler(), SelectKBest())
    record = make_pipeline(SimpleImputer(), StandardScaler(), RFE(LinearRegression()))
    fuse = ColumnTransformer(
        [("ct", imaging, modality_columns("ct")), ("ehr", record, modality_columns("ehr"))],
        verbose_feature_names_out=False,
    )
    if sampler is None:
        return Pipeline([("fuse", fuse), ("model", model)])
    return SamplingPipeline([("fuse", fuse), ("sampler", sampler), ("model", model)])


FLAT_GRID = [
    {"select": [SelectKBest()], "select__k": [2, 5, 9], "model__C": [0.1, 1.0]},
    {"select": [RFE(SVC(kernel="linear"))], "select__n_features_to_select": [2, 5, 9]},
    {"select": [PCA(svd_solver="full", whiten=True)], "select__n_components": [2, 5, 9], "model__C": [0.1, 1.0]},
    {"select": ["passthrough"], "model": [RandomForestClassifier(random_state=0)], "model__n_estimators": [2, 7]},
]
FUSED_GRID = {
    "fuse__ct__selectkbest__k": [2, 9],
    "fuse__ehr__rfe__n_features_to_select": [1, 4],
    "model__C": [0.1, 1.0],
}


@pytest.mark.parametrize(
    "settings", [{}, {"return_train_score": True, "scoring": ["roc_auc", "accuracy"], "refit": "roc_auc"}]
)
def test_a_flat_pipeline_scores_as_in_grid_search(settings):
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = Pipeline([("scale", StandardScaler()), ("select", SelectKBest()), ("model", SVC())])
    assert_same_search(*both(pipeline, FLAT_GRID, X[:120, :12], y[:120], **settings))


@pytest.mark.parametrize("sampler", [None, SMOTE(random_state=0, k_neighbors=3)])
@pytest.mark.parametrize("output", ["default", pytest.param("pandas", marks=pytest.mark.slow)])
def test_rankers_inside_the_branches_of_a_column_transformer_are_sliced_exactly(sampler, output):
    X, y = cohort()
    pipeline = early_fusion(SVC(), sampler).set_output(transform=output)
    assert_same_search(*both(pipeline, FUSED_GRID, X, y, cv=2, return_train_score=True))


@pytest.mark.slow
def test_rankers_swapped_in_one_branch_and_sliced_in_two_are_exact():
    X, y = cohort()
    pipeline = early_fusion(SVC())
    grid = [
        {
            "fuse__ct__selectkbest": [ReliefFRanker(), MutualInformationRanker(random_state=0), RFERanker()],
            "fuse__ct__selectkbest__n_features_to_select": [2, 0.5, "all", 5],
            "fuse__ehr__rfe": [AnovaRanker()],
            "fuse__ehr__rfe__n_features_to_select": [1, 3],
        },
        {"fuse__ct__selectkbest": [GiniRanker(n_estimators=20, random_state=0)], "model__C": [0.1, 1.0]},
    ]
    assert_same_search(*both(pipeline, grid, X, y))


def test_groups_reach_the_splitter():
    X, y = cohort()
    groups = np.arange(len(y)) // 4
    grid = {"fuse__ct__selectkbest__k": [2, 9]}
    assert_same_search(*both(early_fusion(SVC()), grid, X, y, cv=GroupKFold(3), groups=groups))


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_two_workers_give_the_scores_of_one(backend):
    X, y = cohort()
    with parallel_config(backend):
        searches = [
            FusionSearchCV(early_fusion(SVC()), FUSED_GRID, cv=2, n_jobs=n_jobs).fit(X, y) for n_jobs in (None, 2)
        ]
    assert_same_search(*searches)


class Counted(SelectKBest):
    """Counts its fits; a class of its own, which the search knows nothing about."""

    fits: ClassVar = []

    def fit(self, X, y):
        Counted.fits.append(self.k)
        return super().fit(X, y)


class CountedRanker(AnovaRanker):
    """Counts its fits; a ranker by the protocol."""

    fits: ClassVar = []

    def fit(self, X, y):
        CountedRanker.fits.append(self.n_features_to_select)
        return super().fit(X, y)


def flat(select, model=None):
    return Pipeline([("scale", StandardScaler()), ("select", select), ("model", model or GaussianNB())])


def numbers(n=90):
    X, y = load_breast_cancer(return_X_y=True)
    return X[:n, :12], y[:n]


def test_a_ranker_is_fitted_once_per_fold_and_an_unknown_selector_once_per_k():
    X, y = numbers()
    ks, smoothing = [1, 3, 5, 7], {"model__var_smoothing": [1e-9, 1e-3, 1e-2]}
    CountedRanker.fits.clear()
    FusionSearchCV(flat(CountedRanker()), {"select__n_features_to_select": ks, **smoothing}, cv=3, refit=False).fit(
        X, y
    )
    assert len(CountedRanker.fits) == 3
    Counted.fits.clear()
    FusionSearchCV(flat(Counted()), {"select__k": ks, **smoothing}, cv=3, refit=False).fit(X, y)
    assert sorted(Counted.fits) == sorted(3 * ks)


def test_the_columns_of_a_modality_are_looked_up_once_per_fold():
    X, y = cohort()
    looked_up = []

    def ct(table):
        looked_up.append(len(table))
        return [name for name in table if name.startswith("ct")]

    branches = [("ct", make_pipeline(StandardScaler(), SelectKBest()), ct), ("ehr", "drop", modality_columns("ehr"))]
    for transformers, times in ((branches[:1], 3), (branches, 3 * 4)):  # what is dropped is left to scikit-learn
        looked_up.clear()
        pipeline = Pipeline([("fuse", ColumnTransformer(transformers)), ("model", SVC())])
        grid = {"fuse__ct__selectkbest__k": [2, 5, 9, 12], "model__C": [0.1, 1.0]}
        FusionSearchCV(pipeline, grid, cv=3, refit=False).fit(X, y)
        assert len(looked_up) == times


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_candidates_after_one_that_failed_find_the_columns_by_themselves():
    X, y = cohort()
    grid = {"fuse__ehr__rfe__n_features_to_select": [-1, 2, 4], "fuse__ct__selectkbest__k": [2, 5]}
    with pytest.warns(FitFailedWarning):
        assert_same_search(*both(early_fusion(SVC()), grid, X, y))


def test_a_random_step_is_not_shared_unless_its_seed_is_an_int():
    X, y = numbers()
    drawn = []

    class Noise(FunctionTransformer):
        def __init__(self, random_state=None):
            super().__init__()
            self.random_state = random_state

        def fit_transform(self, X, y=None):
            drawn.append(check_random_state(self.random_state).randint(1 << 30))
            return X

    grid = {"model__var_smoothing": [1e-9, 1e-3, 1e-2, 1e-1]}
    for seed, n_draws in [(None, 8), (np.random.RandomState(0), 8), (0, 2)]:
        drawn.clear()
        FusionSearchCV(flat(Noise(seed)), grid, cv=2, refit=False).fit(X, y)
        assert len(drawn) == n_draws
        if seed is None:
            assert len(set(drawn)) == n_draws


def test_a_forest_is_sliced_only_if_its_seed_is_an_int():
    for forest in (RandomForestClassifier(), RandomForestClassifier(random_state=np.random.RandomState(0))):
        assert family_of(forest) is None
    assert family_of(RandomForestClassifier(random_state=0)).parameter == "n_estimators"


def test_an_estimator_that_writes_into_its_input_spoils_nothing():
    X, y = numbers()
    pipeline = Pipeline([("scale", StandardScaler(copy=False)), ("select", SelectKBest()), ("model", SVC())])
    grid = [{"select__k": [2, 5]}, {"scale": ["passthrough"], "select__k": [2, 5]}]
    folds = StratifiedKFold(3, shuffle=True, random_state=0)  # without shuffling, scikit-learn's folds are views of X
    before = X.copy()
    assert_same_search(*both(pipeline, grid, X, y, cv=folds, refit=False))
    np.testing.assert_array_equal(X, before)


@pytest.mark.filterwarnings("ignore:One or more of the:UserWarning", "ignore:Scoring failed:UserWarning")
@pytest.mark.parametrize("error_score", [np.nan, -1.0])
def test_failures_are_recorded_as_in_grid_search(error_score):
    X, y = numbers()
    X = X.copy()
    X[0, 0] = np.nan
    grid = [
        {"scale": ["passthrough", SimpleImputer()], "select__k": [2, 5]},
        {"scale": [SimpleImputer()], "select": [PCA(svd_solver="full")], "select__n_components": [3, 13]},
        {"scale": [SimpleImputer()], "model": [SVC(C=-1.0), RandomForestClassifier(random_state=0)]},
    ]
    searches = []
    for kind in (GridSearchCV, FusionSearchCV):
        with pytest.warns(FitFailedWarning, match="10 fits failed out of a total of 24"):
            searches.append(kind(flat(SelectKBest(k=4)), grid, cv=3, error_score=error_score).fit(X, y))
    assert_same_search(*searches)


def test_a_failure_is_raised_when_asked_for_and_when_nothing_else_is_left():
    X, y = numbers()
    grid = {"model": [SVC(C=-1.0)], "select__k": [2, 5]}
    with pytest.raises(ValueError, match="The 'C' parameter of SVC"):
        FusionSearchCV(flat(SelectKBest()), grid, cv=3, error_score="raise").fit(X, y)
    with pytest.raises(ValueError, match="All the 6 fits failed"):
        FusionSearchCV(flat(SelectKBest()), grid, cv=3).fit(X, y)


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_smote_with_too_few_members_fails_in_its_fold_only():
    X, _ = numbers(60)
    rare = np.zeros(60, int)
    rare[[0, 1, 2, 3, 30, 31, 32, 58, 59]] = 1
    pipeline = SamplingPipeline(
        [("select", SelectKBest()), ("sampler", SMOTE(random_state=0)), ("model", GaussianNB())]
    )
    grid = {"select__k": [2, 5], "sampler__k_neighbors": [2, 5]}
    folds = [(np.arange(0, 40), np.arange(40, 60)), (np.arange(20, 60), np.arange(20))]
    searches = []
    for kind in (GridSearchCV, FusionSearchCV):
        with pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 8"):
            searches.append(kind(pipeline, grid, cv=folds).fit(X, rare))
    assert_same_search(*searches)
    assert np.isnan(searches[1].cv_results_["mean_test_score"]).tolist() == [False, False, True, True]


def test_rows_that_cannot_be_prepared_for_prediction_fail_as_scores():
    X, y = numbers()
    table = pd.DataFrame(X[:, :2], columns=["a", "b"])
    table["letter"] = ["x"] * 60 + ["new"] * 30
    encode = ColumnTransformer([("letter", OneHotEncoder(), ["letter"])], remainder="passthrough")
    pipeline = Pipeline([("encode", encode), ("model", GaussianNB())])
    grid = {"model__var_smoothing": [1e-9, 1e-3]}
    searches = []
    for kind in (GridSearchCV, FusionSearchCV):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            searches.append(kind(pipeline, grid, cv=KFold(3)).fit(table, y))
        assert sum("Scoring failed" in str(warning.message) for warning in caught) == 2
    assert_same_search(*searches)


def test_tied_candidates_are_ranked_and_chosen_as_in_grid_search():
    X, y = numbers()
    grid = {"select__n_features_to_select": [4, 4, 3], "model__priors": [None, [0.5, 0.5], None]}
    searches = both(flat(AnovaRanker()), grid, X, y)
    assert_same_search(*searches)
    assert len(set(searches[1].cv_results_["rank_test_score"])) < 9


@pytest.mark.parametrize(
    "settings",
    [
        {"scoring": lambda estimator, X, y: float(len(estimator.named_steps) + estimator.score(X, y))},
        {"scoring": lambda estimator, X, y: {"a": estimator.score(X, y), "b": 1.0}, "refit": "a"},
        {"scoring": "neg_log_loss", "refit": lambda results: int(results["mean_test_score"].argmin())},
        {"scoring": {"auc": "roc_auc", "f1": "f1"}, "refit": False},
        {"cv": RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)},
    ],
    ids=["function", "function of several", "refit by function", "several", "repeated folds"],
)
def test_any_scoring_and_refit(settings):
    X, y = numbers()
    settings = {"cv": 3, **settings}
    searches = both(flat(AnovaRanker()), {"select__n_features_to_select": [2, 5]}, X, y, **settings)
    assert_same_search(*searches)
    if settings.get("refit", True):
        np.testing.assert_array_equal(searches[1].predict_proba(X), searches[0].predict_proba(X))
        assert searches[1].score(X, y) == searches[0].score(X, y)


def test_sample_weights_for_fit_and_metadata_routing_give_the_scores_of_grid_search():
    X, y = numbers()
    weights = np.random.default_rng(0).uniform(0.1, 2.0, len(y))
    grid = {"select__n_features_to_select": [2, 5]}
    searches = [
        kind(flat(AnovaRanker()), grid, cv=3).fit(X, y, model__sample_weight=weights)
        for kind in (GridSearchCV, FusionSearchCV)
    ]
    assert_same_search(*searches)
    with config_context(enable_metadata_routing=True):
        pipeline = flat(AnovaRanker(), GaussianNB().set_fit_request(sample_weight=True))
        pipeline.set_params(scale=StandardScaler().set_fit_request(sample_weight=False))
        scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
        routed = [
            kind(pipeline, grid, cv=GroupKFold(3), scoring=scorer).fit(
                X, y, sample_weight=weights, groups=np.arange(len(y)) // 3
            )
            for kind in (GridSearchCV, FusionSearchCV)
        ]
        assert_same_search(*routed)


def test_the_sklearn_engine_is_scikit_learn_s_own_search():
    X, y = numbers()
    grid = {"select__n_features_to_select": [2, 5]}
    CountedRanker.fits.clear()
    search = FusionSearchCV(flat(CountedRanker()), grid, cv=3, engine="sklearn", refit=False).fit(X, y)
    assert len(CountedRanker.fits) == 6
    assert_same_search(GridSearchCV(flat(AnovaRanker()), grid, cv=3, refit=False).fit(X, y), search)
    with pytest.raises(InvalidParameterError, match="'engine' parameter of FusionSearchCV must be a str among"):
        FusionSearchCV(flat(AnovaRanker()), grid, engine="fast").fit(X, y)


def test_progress_counts_every_fit():
    X, y = numbers()
    seen = []
    grid = {"select__n_features_to_select": [2, 5]}
    FusionSearchCV(flat(AnovaRanker()), grid, cv=3, progress=lambda *counts: seen.append(counts)).fit(X, y)
    assert seen == [(0, 6), (2, 6), (4, 6), (6, 6)]


def test_an_estimator_that_is_no_pipeline_is_searched_too():
    X, y = numbers()
    grid = {"n_estimators": [2, 5, 9], "max_depth": [1, None]}
    assert_same_search(*both(RandomForestClassifier(random_state=0), grid, X, y))


@pytest.mark.parametrize("container", [np.asarray, lambda X: X.tolist(), csr_array, pd.DataFrame])
def test_any_table_is_searched(container):
    X, y = numbers()
    pipeline = Pipeline([("select", SelectKBest()), ("model", RandomForestClassifier(random_state=0))])
    grid = {"select__k": [2, 5], "model__n_estimators": [2, 4]}
    assert_same_search(*both(pipeline, grid, container(X), y))


def test_a_search_without_an_outcome_works():
    X, _ = numbers()
    pipeline = Pipeline([("scale", StandardScaler()), ("model", PCA(svd_solver="full"))])
    searches = both(pipeline, {"model__n_components": [1, 2, 4]}, X, None)
    assert_same_search(*searches)


@pytest.mark.filterwarnings("ignore:k=13 is greater than n_features=12:UserWarning")
def test_more_features_than_exist_are_treated_as_the_selector_treats_them():
    X, y = numbers()
    assert_same_search(*both(flat(SelectKBest()), {"select__k": [3, 13]}, X, y))
    with pytest.warns(DataWarning, match="there are only 12 features"):
        FusionSearchCV(flat(AnovaRanker()), {"select__n_features_to_select": [3, 13]}, cv=3, refit=False).fit(X, y)


def test_a_modality_without_a_column_is_an_error():
    X, y = cohort()
    with pytest.raises(ValueError, match="no column of modality 'ct'"):
        FusionSearchCV(early_fusion(SVC()), {"model__C": [1.0]}, cv=3).fit(X.filter(like="ehr__"), y)
