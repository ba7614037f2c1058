"""What must fail says so in words, and before the long computation."""

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import FitFailedWarning
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.exceptions import DataWarning
from fusionkit.fusion import LateFusionClassifier
from fusionkit.model_selection import FusionSearchCV, compare_fusions, make_splits, nested_cross_validate
from fusionkit.naming import modality_columns
from fusionkit.selection import RANKERS, AnovaRanker, make_ranker

from .conftest import make_cohort

TAKE_MISSING = ("relief", "surf", "multisurf", "gini", "mrmr")


class NeverFitted(ClassifierMixin, BaseEstimator):
    """Fails the test if it is fitted: the error must come first."""

    def fit(self, X, y):
        raise AssertionError("fitted before the check")


def table(n=40):
    cohort = make_cohort(n)
    return cohort.X.filter(like="ct__"), cohort.y.to_numpy()


def nested(estimator, X=None, y=None, **splits):
    default_X, default_y = table()
    X, y = default_X if X is None else X, default_y if y is None else y
    splits = make_splits(y, **{"n_splits": 2, "n_repeats": 1, **splits})
    return nested_cross_validate({"first": NeverFitted(), "mine": estimator}, X, y, splits=splits)


def test_infinite_values_are_named_before_anything_is_fitted():
    X, _ = table()
    X.iloc[3, 5] = np.inf
    with pytest.raises(ValueError, match=r"X holds infinity in 1 of 12 columns \(ct__f5\): replace"):
        nested(GaussianNB(), X)
    cohort = make_cohort()
    cohort.X.iloc[3, 5] = -np.inf
    with pytest.raises(ValueError, match=r"X holds infinity in 1 of 14 columns \(ct__f3\)"):
        compare_fusions(cohort, n_splits=2, n_repeats=1, inner_folds=2)


def test_a_modality_without_a_column_is_named_before_anything_is_fitted():
    fuse = ColumnTransformer([("mr", StandardScaler(), modality_columns("mr"))])
    for model in (Pipeline([("fuse", fuse), ("model", GaussianNB())]), FusionSearchCV(make_pipeline(fuse), {})):
        with pytest.raises(ValueError, match="no column of modality 'mr'; the table has the modalities ct"):
            nested(model)


def test_a_class_smaller_than_the_outer_folds_is_refused():
    with pytest.raises(ValueError, match="class 1 has 3 patients, fewer than the 5 folds: use n_splits=3 or fewer"):
        nested(GaussianNB(), y=np.array([1] * 3 + [0] * 37), n_splits=5)


def test_a_class_smaller_than_the_inner_folds_is_refused():
    search = FusionSearchCV(GaussianNB(), {"var_smoothing": [1e-9]}, cv=4)
    with pytest.raises(ValueError, match="'mine' searches over 4 inner folds, but a class has only 3 patients"):
        nested(search, y=np.array([1] * 6 + [0] * 34))


@pytest.mark.parametrize("searched", [True, False])
def test_more_neighbours_than_patients_are_refused(searched):
    model = KNeighborsClassifier(15 if searched else 25)
    search = FusionSearchCV(model, {"n_neighbors": [14, 20]} if searched else {"weights": ["uniform"]}, cv=2)
    with pytest.raises(ValueError, match=r"'mine': .*n_neighbors=\d+, but a training set has only 10 patients"):
        nested(search)


def test_smote_with_too_few_members_is_refused():
    model = SamplingPipeline([("sampler", SMOTE(k_neighbors=5)), ("model", GaussianNB())])
    with pytest.raises(ValueError, match=r"sampler__k_neighbors=5 needs at least 6 patients .* only 4: ask for 3"):
        nested(model, y=np.array([1] * 8 + [0] * 32))


@pytest.mark.parametrize("name", [name for name in RANKERS if name not in TAKE_MISSING])
def test_a_column_that_is_missing_throughout_is_named_by_the_ranker(name):
    X, y = table()
    X["ct__f4"] = np.nan
    with pytest.raises(ValueError, match=r"Input X contains NaN in 1 of 12 columns \('ct__f4'\)"):
        make_ranker(name).fit(X, y)


def test_columns_that_are_constant_or_missing_throughout_are_never_preferred_to_others():
    cohort = make_cohort()
    cohort.X["ct__f0"], cohort.X["ct__f1"] = 7.0, np.nan
    options = {"n_splits": 2, "n_repeats": 1, "inner_folds": 2, "n_features": (3,), "fusions": ["ct"]}
    folds = compare_fusions(cohort, **options).nested.folds.query("fusion == 'ct'")
    assert not {"ct__f0", "ct__f1"} & set(folds["features"].sum())


def test_more_features_than_exist_are_not_tried_twice_and_are_said_by_the_ranker():
    cohort = make_cohort(40)
    options = {"n_splits": 2, "n_repeats": 1, "inner_folds": 2, "n_features": (12, 50), "fusions": ["ct"]}
    folds = compare_fusions(cohort, **options).nested.folds.query("fusion == 'ct'")
    assert {params["fuse__ct__select__n_features_to_select"] for params in folds["params"]} == {12}
    with pytest.warns(DataWarning, match="n_features_to_select=50, but there are only 12 features: all are kept"):
        AnovaRanker(50).fit(*table())


class FailsWithoutPatient(GaussianNB):
    """Fails where the patient with the largest value of the first feature is not among those it learns from."""

    def fit(self, X, y):
        if np.max(np.asarray(X)[:, 0]) < 50:
            raise ValueError("the patient is missing")
        return super().fit(X, y)


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_a_member_that_fails_in_one_fold_is_recorded_and_the_others_go_on():
    X, y = table()
    X.insert(0, "mr__volume", np.r_[100.0, np.zeros(39)])
    members = [
        ("mr", FailsWithoutPatient(), modality_columns("mr", "ct")),
        ("ct", GaussianNB(), modality_columns("ct")),
    ]
    grid = {"voting": ["mean", "max"]}
    with pytest.warns(FitFailedWarning, match="2 fits failed out of a total of 6"):
        search = FusionSearchCV(LateFusionClassifier(members), grid, cv=3, error_score=np.nan).fit(X, y)
    scores = pd.DataFrame(search.cv_results_).filter(regex="split._test").to_numpy()
    assert np.isnan(scores).sum(axis=0).tolist() == [2, 0, 0]
    with pytest.raises(ValueError, match="the patient is missing"):
        FusionSearchCV(LateFusionClassifier(members), grid, cv=3, error_score="raise").fit(X, y)
