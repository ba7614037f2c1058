"""The protocol of rankers: counts, shares, ties, undefined scores, refusals."""

import numpy as np
import pandas as pd
import pytest

import fusionkit.selection as selection
from fusionkit.exceptions import DataWarning
from fusionkit.selection import AnovaRanker, Ranker, ReliefFRanker
from fusionkit.selection.base import encode_target, n_selected, resolve_task


class Given(Ranker):
    """Ranks by the scores that stand in the first row."""

    def _rank(self, X, y):
        return X[0]


@pytest.mark.parametrize(
    ("asked", "kept"), [(1, 1), (3, 3), (40, 7), (1.0, 7), (0.5, 3), (0.01, 1), ("all", 7), (np.int64(2), 2)]
)
def test_counts_and_shares(asked, kept):
    assert n_selected(asked, 7) == kept


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        (0, ValueError, "at least 1 when it is a count; got 0"),
        (-2, ValueError, "at least 1"),
        (1.5, ValueError, r"in \(0, 1\] when it is a share; got 1.5. For a count give a whole number"),
        (0.0, ValueError, r"in \(0, 1\]"),
        ("most", TypeError, "a count .10., a share of the features .0.1. or 'all'; got 'most'"),
        (True, TypeError, "type bool"),
        (None, TypeError, "type NoneType"),
    ],
)
def test_what_is_neither_count_nor_share_is_refused(asked, error, message):
    with pytest.raises(error, match=message):
        Given(n_features_to_select=asked).fit(np.eye(3), [0, 1, 0])


def test_ties_go_to_the_first_column_and_undefined_scores_come_last():
    X = np.array([[1.0, 5.0, 5.0, 1.0, 9.0], [0, 0, 0, 0, 0]])

    class Undefined(Given):
        def _rank(self, X, y):
            return np.array([1.0, 5.0, 5.0, np.nan, np.inf])

    assert list(Given().set_params(n_features_to_select=2).fit(X, [0, 1]).ranking_) == [4, 2, 3, 5, 1]
    assert list(Undefined(2).fit(X, [0, 1]).ranking_) == [4, 2, 3, 5, 1]


def test_columns_come_out_in_their_original_order():
    X = pd.DataFrame([[1.0, 3.0, 2.0], [0.0, 0.0, 0.0]], columns=["ct__a", "ct__b", "ehr__c"])
    ranker = Given(2).fit(X, [0, 1])
    assert list(ranker.get_feature_names_out()) == ["ct__b", "ehr__c"]
    assert list(ranker.set_output(transform="pandas").transform(X).columns) == ["ct__b", "ehr__c"]


def test_more_features_than_exist_are_warned_about_and_all_kept():
    X = np.arange(6.0).reshape(2, 3)
    with pytest.warns(DataWarning, match="n_features_to_select=10, but there are only 3 features: all are kept"):
        ranker = Given(10).fit(X, [0, 1])
    assert ranker.transform(X).shape == (2, 3)


def test_the_error_names_the_columns_with_missing_values():
    X = pd.DataFrame(np.eye(8), columns=[f"ct__f{i}" for i in range(8)])
    X.iloc[1:, :7] = np.nan
    with pytest.raises(ValueError, match=r"NaN in 7 of 8 columns \('ct__f0', .*'ct__f4', ...\): impute them first"):
        AnovaRanker(2).fit(X, [0, 1] * 4)


def test_an_all_missing_column_is_harmless_where_missing_values_are_welcome():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 4)), np.repeat([0, 1], 20)
    X[y == 1, 3] += 3
    X[:, 1] = np.nan
    ranker = ReliefFRanker(1).fit(X, y)
    assert ranker.scores_[1] == 0
    assert list(ranker.get_support(indices=True)) == [3]


@pytest.mark.parametrize(
    ("y", "task"),
    [
        ([0, 1, 1], "classification"),
        (["no", "yes", "no"], "classification"),
        ([1.0, 2.0, 2.0], "classification"),
        ([0.5, 2.0, 1.0], "regression"),
    ],
)
def test_fractions_mean_regression(y, task):
    assert resolve_task(np.array(y)) == task


def test_the_task_can_be_said():
    assert resolve_task([1, 2, 3], "regression") == "regression"
    with pytest.raises(ValueError, match="task is 'auto', 'classification' or 'regression'; got 'survival'"):
        resolve_task([1, 2], "survival")


def test_labels_cannot_be_regressed():
    with pytest.raises(ValueError, match="needs an outcome of numbers; got labels such as 'no'"):
        encode_target(np.array(["no", "yes"]), "regression")


def test_class_codes_follow_the_sorted_labels():
    assert list(encode_target(np.array(["b", "a", "c", "a"]), "classification")) == [1, 0, 2, 0]


ALONE = ("AnovaRanker", "Chi2Ranker", "GiniCoefficientRanker", "MRMRRanker", "PearsonRanker", "SpearmanRanker")


@pytest.mark.parametrize("name", [*ALONE, "SURFRanker", "SURFStarRanker", "MultiSURFRanker", "MutualInformationRanker"])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_patients_and_of_columns_does_not_matter(name, seed):
    rng = np.random.default_rng(seed)
    X, y = np.abs(rng.normal(size=(50, 8))), np.arange(50) % 2
    X[:, 2] += y
    ranker = getattr(selection, name)("all")
    if name == "MutualInformationRanker":
        ranker.set_params(random_state=0)
    rows, columns = rng.permutation(50), rng.permutation(8)
    once = ranker.fit(X, y).scores_
    turned = ranker.fit(X[np.ix_(rows, columns)], y[rows])
    np.testing.assert_allclose(turned.scores_, once[columns], rtol=1e-9, atol=1e-12)
    if name != "MRMRRanker":
        assert np.array_equal(turned.ranking_, np.argsort(np.argsort(-once[columns], kind="stable")) + 1)
