"""Intraclass correlations of Shrout and Fleiss's judges, and the filter that uses them."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.selection import ICCFilter, intraclass_correlation

JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).T
PUBLISHED = {
    "ICC(1,1)": 0.17,
    "ICC(2,1)": 0.29,
    "ICC(3,1)": 0.71,
    "ICC(1,k)": 0.44,
    "ICC(2,k)": 0.62,
    "ICC(3,k)": 0.91,
}


@pytest.mark.parametrize(("kind", "published"), PUBLISHED.items())
def test_the_six_forms_equal_the_published_values(kind, published):
    assert intraclass_correlation(JUDGES, kind) == pytest.approx(published, abs=0.005)


def test_consistency_of_the_mean_is_cronbachs_alpha():
    ratings = np.random.default_rng(0).normal(size=(3, 25)) + np.random.default_rng(1).normal(size=25)
    alpha = 3 / 2 * (1 - ratings.var(axis=1, ddof=1).sum() / ratings.sum(axis=0).var(ddof=1))
    assert intraclass_correlation(ratings, "ICC(3,k)") == pytest.approx(alpha, rel=1e-12)


def test_each_feature_has_its_own():
    tables = [pd.DataFrame({"a": judge, "b": 1000.0 + 3 * judge, "constant": 0.1}) for judge in JUDGES]
    for kind in PUBLISHED:
        icc = intraclass_correlation(tables, kind)
        assert icc[1] == pytest.approx(icc[0], rel=1e-9)
        assert icc[0] == pytest.approx(intraclass_correlation(JUDGES, kind), rel=1e-12)
        assert np.isnan(icc[2])


def test_perfect_agreement_is_one():
    same = np.random.default_rng(0).normal(size=10)
    for kind in PUBLISHED:
        assert intraclass_correlation([same, same, same], kind) == pytest.approx(1.0)


def test_raters_who_differ_on_patients_who_do_not_leave_consistency_undefined():
    assert np.isnan(intraclass_correlation([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]], "ICC(3,1)"))
    assert intraclass_correlation([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]], "ICC(2,1)") == 0


def test_wrong_ratings_are_refused():
    with pytest.raises(ValueError, match="kind is one of ICC"):
        intraclass_correlation(JUDGES, "ICC(4,1)")
    with pytest.raises(ValueError, match="at least two raters and two patients"):
        intraclass_correlation(JUDGES[:1])
    with pytest.raises(ValueError, match="contain NaN or infinity: leave out patients"):
        intraclass_correlation([[1.0, np.nan], [1.0, 2.0]])


def test_the_filter_keeps_what_reaches_the_threshold():
    X = pd.DataFrame(np.eye(4), columns=["a", "b", "c", "d"])
    icc = pd.Series({"d": 0.75, "c": np.nan, "b": 0.74, "a": 0.99, "elsewhere": 1.0})
    fitted = ICCFilter(icc).fit(X)
    assert list(fitted.get_feature_names_out()) == ["a", "d"]
    assert list(fitted.ranking_) == [1, 3, 4, 2]
    assert list(ICCFilter([0.1, 0.9, 0.9, 0.2]).fit(X).get_feature_names_out()) == ["b", "c"]


@pytest.mark.parametrize(
    ("icc", "X", "message"),
    [
        (
            {"a": 0.9},
            pd.DataFrame(np.eye(3), columns=["a", "b", "c"]),
            "2 of 3 columns have no ICC: 'b', 'c'; rate them",
        ),
        ({"a": 0.9}, np.eye(3), "icc is given by name, but X has no column names"),
        ([0.9, 0.8], np.eye(3), "icc holds 2 values, but X has 3 columns"),
    ],
)
def test_a_column_without_an_icc_is_refused(icc, X, message):
    with pytest.raises(ValueError, match=message):
        ICCFilter(icc).fit(X)
    with pytest.raises(ValueError, match="threshold is an ICC of at most 1; got 75"):
        ICCFilter(icc, threshold=75).fit(X)
