"""Time to event: the numbers of scikit-survival and lifelines, and uncensored data as the plain case."""

import numpy as np
import pytest

from fusionkit.metrics import (
    auc,
    brier_score,
    concordance_index,
    dynamic_auc,
    integrated_brier_score,
    survival_brier_score,
)

PATIENT = np.arange(60)
TIME = 1 + (PATIENT * 29 % 60) * 0.5 + 0.01 * PATIENT
EVENT = PATIENT * 13 % 10 < 6
RISK = np.round((PATIENT * 41 % 59) / 59 - TIME / 30, 1)
TIMES = np.array([4.0, 8.0, 12.0])
SURVIVAL = np.exp(-np.outer(np.exp(RISK), TIMES / 15))


def test_harrells_c_is_that_of_scikit_survival_and_lifelines():
    """scikit-survival 0.28.0 and lifelines 0.30.3 agree on both numbers; the second has ties in time."""
    assert concordance_index(EVENT, TIME, RISK).value == pytest.approx(0.8179702048417132, abs=1e-12)
    tied = np.round(TIME / 2) + 1
    assert concordance_index(EVENT, tied, RISK).value == pytest.approx(0.8305400372439479, abs=1e-12)


def test_unos_c_dynamic_auc_and_brier_are_those_of_scikit_survival():
    """The output of scikit-survival 0.28.0 on these patients."""
    uno = concordance_index(EVENT, TIME, RISK, weighting="uno").value
    assert uno == pytest.approx(0.7860990830826163, abs=1e-12)
    uno = concordance_index(EVENT, TIME, RISK, weighting="uno", tau=15).value
    assert uno == pytest.approx(0.8511834677592397, abs=1e-12)
    np.testing.assert_allclose(dynamic_auc(EVENT, TIME, RISK, TIMES), [0.77620604, 0.88645194, 0.93125559], atol=1e-8)
    expected = [0.08668376, 0.16004078, 0.2066309]
    np.testing.assert_allclose(survival_brier_score(EVENT, TIME, SURVIVAL, TIMES), expected, atol=1e-8)
    integrated = integrated_brier_score(EVENT, TIME, SURVIVAL, TIMES)
    assert integrated == pytest.approx(0.1533490545454086, abs=1e-12)


def test_without_censoring_they_are_the_plain_metrics():
    everyone = np.ones(60)
    for at, got in zip(TIMES, dynamic_auc(everyone, TIME, RISK, TIMES), strict=True):
        assert got == pytest.approx(auc(at >= TIME, RISK), abs=1e-12)
    got = survival_brier_score(everyone, TIME, SURVIVAL, TIMES)
    np.testing.assert_allclose(got, [brier_score(at < TIME, SURVIVAL[:, i]) for i, at in enumerate(TIMES)], atol=1e-12)
    uno = concordance_index(everyone, TIME, RISK, weighting="uno").value
    assert uno == pytest.approx(concordance_index(everyone, TIME, RISK).value, abs=1e-12)


def test_the_opposite_risk_has_the_complement():
    assert concordance_index(EVENT, TIME, -RISK).value == pytest.approx(1 - concordance_index(EVENT, TIME, RISK).value)


def test_the_interval_of_harrells_c_covers():
    rng = np.random.default_rng(0)

    def cohort(n):
        risk = rng.normal(size=n)
        died, left = rng.exponential(np.exp(-0.8 * risk)), rng.exponential(1.5, n)
        return died <= left, np.minimum(died, left), risk

    true = np.mean([concordance_index(*cohort(800)).value for _ in range(25)])
    estimates = [concordance_index(*cohort(60)) for _ in range(200)]
    assert 0.91 <= np.mean([e.low <= true <= e.high for e in estimates]) <= 0.98


def test_perfect_ranking_has_no_interval_and_says_why():
    got = concordance_index([1, 1, 1], [1, 2, 3], [3, 2, 1])
    assert got.value == 1
    assert "no variation" in got.reason


def test_before_the_first_event_there_is_no_auc():
    assert np.isnan(dynamic_auc([0, 1, 1], [1, 2, 3], [1, 2, 3], [1.5])).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: concordance_index([0, 0], [1, 2], [1, 2]), "event is 0 for all 2"),
        (lambda: concordance_index([0, 1], [1, 2], [1, 2]), "no pair of patients is comparable"),
        (lambda: concordance_index([1, 1], [-1, 2], [1, 2]), "time has negative"),
        (lambda: concordance_index([1, 1], [1, 2], [1, np.nan]), "risk has 1 of 2"),
        (lambda: concordance_index([1, 1], [1, 2], [1, 2], weighting="ipcw"), "'harrell' or 'uno'"),
        (lambda: dynamic_auc([1, 1], [1, 2], [1, 2], [5]), "within the follow-up"),
        (lambda: survival_brier_score([1, 1], [1, 2], [[1.5], [1]], [1.5]), "outside"),
        (lambda: survival_brier_score([1, 1], [1, 2], [[0.5]], [1.5]), "shape"),
        (lambda: integrated_brier_score([1, 1], [1, 2], [[0.5], [0.5]], [1.5]), "two or more"),
    ],
)
def test_impossible_follow_up_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
