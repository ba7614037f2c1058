"""External validation: published intervals, corrections that are known, and cohorts that do not fit."""

import doctest

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold

from fusionkit.cohort import Cohort, Outcome
from fusionkit.metrics import brier_score
from fusionkit.model_selection import external, external_validate, make_fusions, recalibrate

from .conftest import make_cohort


class Given(ClassifierMixin, BaseEstimator):
    """A model whose log odds are intercept + slope * a column."""

    def __init__(self, column="ehr__lp", intercept=0.0, slope=1.0):
        self.column, self.intercept, self.slope = column, intercept, slope
        self.feature_names_in_ = np.array([column], dtype=object)

    def predict_proba(self, X):
        risk = expit(self.intercept + self.slope * X[self.column].to_numpy())
        return np.column_stack([1 - risk, risk])


def cohort_of(y, **columns):
    X = pd.DataFrame({f"ehr__{name}": values for name, values in columns.items()})
    X.index = [f"P{i:04}" for i in range(len(X))]
    outcome = Outcome("event", ("no", "yes"))
    return Cohort(X, pd.Series(np.asarray(y, int), X.index), outcome, pd.Series(X.index, X.index), {"ehr": "record"})


def drawn(n, seed=0, shift=0.0, stretch=1.0):
    """Patients whose true log odds are shift + stretch * lp."""
    rng = np.random.default_rng(seed)
    lp = rng.normal(-0.5, 1.3, n)
    return cohort_of(rng.random(n) < expit(shift + stretch * lp), lp=lp)


def value(table, metric, update="as it is"):
    return table[(table["metric"] == metric) & (table["update"] == update)].iloc[0]


def test_delongs_published_interval_and_difference(real_data):
    table = pd.read_csv(real_data / "statistics" / "asah.csv")
    y = table["outcome"] == "Poor"
    cohort = cohort_of(y, s100b=table["s100b"], wfns=pd.to_numeric(table["wfns"]), ndka=table["ndka"] / 100)
    found = external_validate(Given("ehr__s100b"), cohort, baseline=Given("ehr__wfns"))
    auc = value(found.performance, "auc")
    assert auc[["value", "low", "high"]].tolist() == pytest.approx([0.73137, 0.63012, 0.83262], abs=1e-5)
    assert (auc["n"], auc["n_events"]) == (113, 41)
    difference = found.differences.iloc[0]
    assert difference["difference"] == pytest.approx(0.73137 - 0.82368, abs=2e-5)
    assert difference["p_value"] == pytest.approx(0.027176, abs=2e-4)  # z = -2.20898


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (0.8, 1.0), (-1.2, 0.5), (0.3, 2.5)])
def test_the_correction_undoes_what_was_done_to_the_log_odds(intercept, slope):
    cohort = drawn(400)
    y, risk = cohort.y.to_numpy(), expit(cohort.X["ehr__lp"].to_numpy())
    a, b = recalibrate(y, risk)
    moved = Given(intercept=intercept, slope=slope).predict_proba(cohort.X)[:, 1]
    found_a, found_b = recalibrate(y, moved)
    assert found_b == pytest.approx(b / slope, rel=1e-7)
    assert found_a == pytest.approx(a - intercept * b / slope, abs=1e-7)
    shifted, one = recalibrate(y, expit(logit(risk) + intercept), update="intercept")
    assert (shifted, one) == (pytest.approx(recalibrate(y, risk, update="intercept")[0] - intercept, abs=1e-8), 1.0)


def test_corrections_equal_a_logistic_regression_on_the_log_odds():
    cohort = drawn(300, shift=-0.7, stretch=0.6)
    y, lp = cohort.y.to_numpy(), cohort.X["ehr__lp"].to_numpy()
    both = sm.GLM(y, sm.add_constant(lp), family=sm.families.Binomial()).fit(tol=1e-12).params
    only = sm.GLM(y, np.ones(len(y)), family=sm.families.Binomial(), offset=lp).fit(tol=1e-12).params
    assert recalibrate(y, expit(lp)) == pytest.approx(tuple(both), abs=1e-7)
    assert recalibrate(y, expit(lp), update="intercept")[0] == pytest.approx(only[0], abs=1e-7)


def test_a_wrong_model_is_mended_by_recalibration_and_says_how():
    cohort = drawn(1500, shift=1.0, stretch=0.5)
    found = external_validate(Given(), {"siteB": cohort})
    table = found.recalibration.set_index("update")
    assert table.loc["intercept and slope", ["intercept", "slope"]].tolist() == pytest.approx([1.0, 0.5], abs=0.15)
    before, after = (value(found.performance, "calibration_slope", u) for u in ("as it is", "intercept and slope"))
    assert before["high"] < 0.7
    assert after["low"] < 1 < after["high"]
    for metric in ("ici", "emax", "brier", "log_loss"):
        assert (
            value(found.performance, metric, "intercept and slope")["value"] < value(found.performance, metric)["value"]
        )
    risk = found.predictions
    assert value(found.performance, "brier", "intercept")["value"] == brier_score(risk["y_true"], risk["intercept"])
    assert set(found.performance["cohort"]) == {"siteB"}


def test_recalibrated_risks_are_those_of_a_correction_made_on_others():
    cohort = drawn(60)
    y, risk = cohort.y.to_numpy(), expit(cohort.X["ehr__lp"].to_numpy())
    found = external_validate(Given(), cohort, random_state=4).predictions
    for train, test in StratifiedKFold(10, shuffle=True, random_state=4).split(risk, y):
        for update in ("intercept", "intercept and slope"):
            a, b = recalibrate(y[train], risk[train], update=update)
            np.testing.assert_allclose(found[update].iloc[test], expit(a + b * logit(risk[test])), rtol=1e-12)


def test_net_benefit_is_worked_by_hand_and_against_the_better_default():
    y, risk = np.array([1, 1, 0, 0, 0, 1, 0, 0, 0, 1]), np.array([0.9, 0.3, 0.6, 0.1, 0.2, 0.5, 0.05, 0.4, 0.15, 0.7])
    found = external_validate(Given(), cohort_of(y, lp=logit(risk)), thresholds=[0.5, 0.2]).net_benefit
    at = found.set_index("threshold")
    assert at.loc[0.5, "model"] == pytest.approx(0.3 - 0.1 * 1.0)
    assert at.loc[0.5, "treat_all"] == pytest.approx(0.4 - 0.6)
    assert at.loc[0.5, "difference"] == pytest.approx(0.2)  # against treating nobody
    assert at.loc[0.2, "treat_all"] == pytest.approx(0.4 - 0.6 / 4)
    assert at.loc[0.2, "difference"] == pytest.approx(at.loc[0.2, "model"] - 0.25)


def test_several_cohorts_at_once_equal_each_alone():
    cohorts = {"A": drawn(120, seed=1), "B": drawn(90, seed=2, shift=1)}
    together = external_validate(Given(), cohorts, reference=drawn(200).X)
    for name, cohort in cohorts.items():
        alone = external_validate(Given(), {name: cohort}, reference=drawn(200).X)
        for table in ("performance", "recalibration", "net_benefit", "drift"):
            mine = getattr(together, table).query("cohort == @name").reset_index(drop=True)
            pd.testing.assert_frame_equal(mine, getattr(alone, table))
    assert together.drift["cohort"].tolist() == ["A", "B"]


def test_a_search_of_this_toolkit_goes_to_another_hospital():
    home, away = make_cohort(seed=0), make_cohort(seed=1)
    model = make_fusions(home.kinds, ["early"], n_features=(2,), inner_folds=2)["early"].fit(home.X, home.y)
    wider = Cohort(away.X.assign(pet__new=1.0), away.y, away.outcome, away.groups, {**away.kinds, "pet": "image"})
    found = external_validate(model, {"away": wider}, reference=home.X)
    np.testing.assert_array_equal(found.predictions["y_score"], model.predict_proba(away.X)[:, 1])
    assert found.columns.to_dict("records") == [{"cohort": "away", "column": "pet__new"}]
    assert len(found.drift) == 14


def test_a_cohort_that_lacks_columns_is_refused_with_their_names():
    cohort = drawn(50)
    renamed = cohort_of(cohort.y, lp_=cohort.X["ehr__lp"])
    with pytest.raises(ValueError, match=r"'B' lacks 1 of the model's 1 columns: ehr__lp \(is it 'ehr__lp_' there\?\)"):
        external_validate(Given(), {"B": renamed})
    holes = cohort_of(cohort.y, lp=cohort.X["ehr__lp"].where(~np.isin(np.arange(50), (3, 7))))
    with pytest.raises(ValueError, match="predicts NaN for 2 patients, such as P0003, P0007"):
        external_validate(Given(), holes)
    with pytest.raises(ValueError, match="cohorts is empty"):
        external_validate(Given(), {})
    with pytest.raises(ValueError, match="no feature_names_in_"):
        external_validate(BaseEstimator(), cohort)
    with pytest.raises(ValueError, match="update is one of"):
        recalibrate([0, 1], [0.2, 0.3], update="both")
    with pytest.raises(ValueError, match="one class only"):
        recalibrate([1, 1], [0.2, 0.3])


def test_too_few_events_have_no_interval_and_no_recalibration():
    rng = np.random.default_rng(0)
    found = external_validate(Given(), cohort_of(np.arange(80) < 4, lp=rng.normal(size=80)))
    assert found.performance[["low", "high"]].isna().all().all()
    assert found.performance["reason"].eq("4 patients in the smaller class are fewer than 5").all()
    assert found.recalibration["reason"].tolist()[1:] == ["4 patients in the smaller class are fewer than 5"] * 2
    assert list(found.predictions) == ["cohort", "patient", "y_true", "y_score", "as it is"]


def test_constant_and_perfect_predictions_are_undefined_with_the_reason():
    y = np.arange(60) % 3 == 0
    constant = external_validate(Given(), cohort_of(y, lp=np.zeros(60)))
    assert value(constant.performance, "auc")["value"] == 0.5
    assert np.isnan(value(constant.performance, "calibration_slope")["value"])
    assert "all predicted risks are equal" in value(constant.performance, "calibration_slope")["reason"]
    assert constant.recalibration.set_index("update").loc["intercept", "intercept"] == pytest.approx(logit(1 / 3))
    perfect = external_validate(Given(), cohort_of(y, lp=np.where(y, 60.0, -60.0)))
    table = perfect.recalibration.set_index("update")["reason"]
    assert "separate the classes" in table["intercept and slope"]
    assert np.isnan(value(perfect.performance, "auc")["low"])


def test_examples_run():
    assert doctest.testmod(external).failed == 0
