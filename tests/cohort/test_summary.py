"""Table 1 equals tableone's on the sample and on real patients, and says what it does not show."""

import warnings

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Cohort, Outcome
from fusionkit.cohort.balance import group_p_value, mean_difference, share_difference
from fusionkit.datasets import load_sample

EXACT = {"rtol": 0, "atol": 1e-9}


def as_cohort(table, y, **options):
    table = table.add_prefix("ehr__")
    patients = pd.Series(table.index, index=table.index)
    return Cohort(table, y.astype(int), Outcome("event", ("no", "yes")), patients, {"ehr": "record"}, **options)


@pytest.fixture(scope="module")
def sample():
    clinical = load_sample().clinical.set_index("patient_id")
    table = clinical[["age", "sex", "smoker", "performance_status", "site"]].copy()
    table["smoker"] = table["smoker"].map({"yes": 1.0, "no": 0.0})
    table["sex"] = table["sex"].astype("category")
    return as_cohort(table, clinical["malignant"] == "yes")


@pytest.fixture(scope="module")
def heart(real_data):
    data = pd.read_csv(real_data / "heart" / "heart.csv", index_col="patient_id", na_values=["not available"])
    y = data.pop("coronary_disease") == "yes"
    for column in ("chest_pain", "thallium_scan", "st_slope"):
        data[column] = data[column].astype("category")
    return as_cohort(data, y)


def by_tableone(cohort, summary):
    """tableone's description of the same columns, each shown as our summary shows it."""
    tableone = pytest.importorskip("tableone", reason="tableone is not installed: pip install 'fusionkit[test]'")
    shown = summary.frame().drop_duplicates("variable").set_index("variable")["statistic"]
    data = cohort.X.rename(columns=lambda column: column.removeprefix("ehr__")).assign(event=cohort.y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tableone.TableOne(
            data,
            columns=list(shown.index),
            categorical=shown.index[shown == "count"].tolist(),
            continuous=shown.index[shown != "count"].tolist(),
            nonnormal=shown.index[shown == "median"].tolist(),
            groupby="event",
            pval=True,
            smd=True,
            include_null=False,
        )


@pytest.mark.parametrize("which", ["sample", "heart"])
def test_numbers_equal_tableone(which, request):
    """Means, SDs, quartiles, counts and shares, differences and p-values: each within 1e-9."""
    cohort = request.getfixturevalue(which)
    summary = cohort.summary(p_values=True)
    theirs, ours = by_tableone(cohort, summary), summary.frame()
    assert {"mean", "median", "count"} <= set(ours["statistic"])
    for variable, rows in ours.groupby("variable"):
        first = rows.iloc[0]
        [smd] = theirs.smd_table.astype(float).loc[variable]
        ours_here = first["difference"] if first["statistic"] != "count" else abs(first["difference"])
        assert ours_here == pytest.approx(smd, abs=1e-9), variable
        p_value = float(theirs.htest_table.loc[variable, "P-Value"])
        assert first["p_value"] == pytest.approx(p_value, abs=1e-9), variable
        for number, code in (("no", 0), ("yes", 1)):
            mine = rows[rows["group"] == f"event: {number}"]
            if first["statistic"] == "count":
                _equal_counts(mine, theirs.cat_describe.loc[variable], code)
            else:
                _equal_numbers(mine.iloc[0], theirs.cont_describe.loc[variable].xs(code, level=-1))


def _equal_numbers(row, theirs):
    median = row["statistic"] == "median"
    low, value, high = (theirs[key] for key in (("q25", "median", "q75") if median else ("mean", "mean", "std")))
    np.testing.assert_allclose(row["value"], value, **EXACT)
    np.testing.assert_allclose(row["high"], high if median else value + high, **EXACT)
    np.testing.assert_allclose(row["low"], low if median else value - high, **EXACT)
    assert row["n"] == theirs["count"]


def _equal_counts(rows, theirs, code):
    for row in rows.to_dict("records"):
        level = "1.0" if row["level"] == "yes" and "yes" not in theirs.index else row["level"]
        assert row["value"] == float(theirs.loc[level, ("freq", code)])
        assert 100 * row["low"] == pytest.approx(float(theirs.loc[level, ("percent", code)]), abs=1e-9)


def test_published_answers():
    """Austin's example of two means; two levels give his difference of shares; more give the Mahalanobis distance."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(5, 2, 50), rng.normal(4, 3, 70)
    assert mean_difference(a, b) == pytest.approx((a.mean() - b.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))
    p, q = 0.3, 0.45
    austin = abs(p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    assert share_difference([30, 70], [45, 55]) == pytest.approx(austin, abs=1e-12)
    shares = np.array([[0.3, 0.5, 0.2], [0.2, 0.5, 0.3]])
    covariance = sum(np.cov(np.repeat(np.eye(3), (10 * row).astype(int), axis=0).T, ddof=0) for row in shares) / 2
    gap = shares[0] - shares[1]
    by_hand = np.sqrt(gap[:2] @ np.linalg.inv(covariance[:2, :2]) @ gap[:2])
    assert share_difference([3, 5, 2], [2, 5, 3]) == pytest.approx(by_hand, abs=1e-12)


def test_the_distance_of_categories_does_not_depend_on_the_order_of_levels():
    counts, others = np.array([12, 30, 8, 0]), np.array([20, 10, 15, 5])
    distances = {round(share_difference(counts[o], others[o]), 10) for o in ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2])}
    assert len(distances) == 1


def test_what_is_undefined_is_nan_and_perfect_separation_infinite():
    assert np.isnan(mean_difference([1.0], [2.0, 3.0]))
    assert np.isnan(mean_difference([1.0, 1.0], [1.0, 1.0]))
    assert mean_difference([1.0, 1.0], [2.0, 2.0]) == -np.inf
    assert np.isnan(share_difference([5, 0], [7, 0]))
    assert np.isnan(share_difference([0, 0], [7, 1]))
    assert share_difference([5, 0], [0, 7]) == np.inf
    same = pd.Series([1.0, 1.0, 1.0, 1.0])
    assert np.isnan(group_p_value(same, pd.Series([True, False, True, False]), "mean"))


def test_the_rule_for_mean_and_median(sample):
    rng = np.random.default_rng(0)
    n = 60
    table = pd.DataFrame(
        {
            "normal": rng.normal(size=n),
            "skewed": rng.lognormal(size=n),
            "grade": rng.integers(0, 4, n).astype(float),
            "flag": rng.integers(0, 2, n).astype(float),
            "when": pd.date_range("2020-01-01", periods=n),
        },
        index=[f"P{i}" for i in range(n)],
    )
    cohort = as_cohort(table, pd.Series(np.arange(n) % 2, index=table.index))
    shown = cohort.summary().frame().drop_duplicates("variable").set_index("variable")["statistic"]
    assert shown.to_dict() == {"normal": "mean", "skewed": "median", "grade": "median", "flag": "count"}
    asked = cohort.summary(median=["ehr__normal"]).frame().drop_duplicates("variable").set_index("variable")
    assert asked["statistic"].to_dict() == {"normal": "median", "skewed": "mean", "grade": "mean", "flag": "count"}


def test_images_are_shown_only_when_asked_for():
    X = pd.DataFrame({"ehr__age": [50.0, 60, 70, 80], "ct__mean": [1.0, 2, 3, 5]}, index=list("abcd"))
    y = pd.Series([0, 1, 0, 1], index=X.index)
    cohort = Cohort(X, y, Outcome("event", ("no", "yes")), y.index.to_series(), {"ehr": "record", "ct": "image"})
    assert set(cohort.summary().frame()["modality"]) == {"ehr"}
    assert "1 columns of image modalities are not shown" in str(cohort.summary())
    assert set(cohort.summary(modalities=["ct"]).frame()["modality"]) == {"ct"}
    with pytest.raises(ValueError, match="modalities are ehr, ct; unknown: mr"):
        cohort.summary(modalities=["mr"])
    with pytest.raises(ValueError, match="unknown: ehr__agee"):
        cohort.summary(median=["ehr__agee"])


def test_the_printed_table_shows_units_missing_counts_and_no_p_value_unasked(sample):
    cohort = as_cohort(sample.X.rename(columns=lambda c: c.removeprefix("ehr__")), sample.y, units={"ehr__age": "a"})
    table = cohort.summary().table()
    assert list(table.columns) == [
        "overall (n = 80)",
        f"event: no (n = {80 - cohort.n_events})",
        f"event: yes (n = {cohort.n_events})",
        "Missing",
        "Std. difference",
    ]
    assert table.index[0] == "age [years], mean (SD)"
    assert table["Missing"].iloc[0] == str(cohort.X["ehr__age"].isna().sum())
    assert table["overall (n = 80)"].iloc[0] == f"{cohort.X['ehr__age'].mean():.1f} ({cohort.X['ehr__age'].std():.1f})"
    assert "P value" in cohort.summary(p_values=True).table()


def test_html_is_escaped():
    evil = "<script>alert(1)</script>"
    table = pd.DataFrame({evil: ["<b>", "x", "<b>", "x"]}, index=list("abcd"))
    page = as_cohort(table, pd.Series([0, 1, 0, 1], index=table.index)).summary()._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


def test_a_column_without_any_value_has_an_empty_row():
    table = pd.DataFrame({"age": [np.nan] * 4, "sex": pd.Categorical([None] * 4, ["f", "m"])}, index=list("abcd"))
    summary = as_cohort(table, pd.Series([0, 1, 0, 1], index=table.index)).summary(p_values=True)
    assert summary.frame()["difference"].isna().all()
    assert summary.table()["Missing"].tolist() == ["4", "4"]


def test_the_difference_of_a_flag_has_the_sign_of_the_difference_of_shares(sample):
    rows = sample.summary().frame().query("variable == 'smoker'").set_index("group")
    more = rows.loc["event: yes", "low"] > rows.loc["event: no", "low"]
    assert (rows["difference"] > 0).eq(more).all()
    assert rows["level"].eq("yes").all()
