"""Riley's published examples, and the inverse."""

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from fusionkit.metrics import (
    auc_delong,
    cox_snell_r2_from_auc,
    expected_auc_width,
    log_loss,
    max_parameters_binary,
    sample_size_binary,
    sample_size_continuous,
    sample_size_survival,
)


def test_the_binary_example_of_riley_needs_662_patients():
    got = sample_size_binary(24, prevalence=0.174, r2_cs=0.288)
    assert got.n == 662
    assert got.criteria == {"shrinkage": 623, "optimism": 662, "overall risk": 221}
    assert got.events_per_parameter == pytest.approx(4.8, abs=0.01)


def test_the_continuous_example_of_riley_needs_918_patients():
    got = sample_size_continuous(25, r2=0.2, mean=26.7, sd=8.7)
    assert got.n == 918
    assert (got.criteria["shrinkage"], got.criteria["optimism"], got.criteria["residual SD"]) == (918, 401, 259)


def test_the_survival_example_of_riley_needs_5143_patients():
    got = sample_size_survival(30, r2_cs=0.051, rate=0.065, horizon=2, mean_follow_up=2.07)
    assert got.n == 5143
    assert (got.criteria["shrinkage"], got.criteria["optimism"]) == (5143, 1039)


@pytest.mark.parametrize("prevalence", [0.05, 0.174, 0.5])
@pytest.mark.parametrize("r2_cs", [0.02, 0.1, 0.2])
def test_a_cohort_supports_just_the_parameters_that_it_is_large_enough_for(prevalence, r2_cs):
    for n in (80, 150, 1000):
        k = max_parameters_binary(n, prevalence=prevalence, r2_cs=r2_cs)
        needed = [
            max(list(sample_size_binary(p, prevalence=prevalence, r2_cs=r2_cs).criteria.values())[:2])
            for p in (max(k, 1), k + 1)
        ]
        assert needed[1] > n
        assert k == 0 or needed[0] <= n


def test_cox_snell_r2_is_that_of_a_large_simulated_cohort():
    rng = np.random.default_rng(0)
    y = rng.random(200_000) < 0.174
    x = rng.normal(size=y.size) + y * math.sqrt(2) * 1.2265281200366098  # AUC 0.89
    risk = LogisticRegression(C=1e9).fit(x[:, None], y).predict_proba(x[:, None])[:, 1]
    simulated = 1 - math.exp(2 * (log_loss(y, risk) - log_loss(y, np.full(y.size, y.mean()))))
    assert cox_snell_r2_from_auc(0.89, 0.174) == pytest.approx(simulated, abs=0.004)
    assert cox_snell_r2_from_auc(0.89, 0.174) == pytest.approx(0.288, abs=0.004)  # Riley et al. 2021, by simulation


def test_the_expected_auc_width_is_what_delong_gives_on_average():
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], [70, 50])
    estimates = [auc_delong(y, rng.normal(size=120) + 1.2 * y) for _ in range(200)]
    mean_width = np.mean([e.high - e.low for e in estimates])
    assert expected_auc_width(0.802, 50, 70) == pytest.approx(mean_width, rel=0.05)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: sample_size_binary(0, prevalence=0.2, r2_cs=0.1), "n_parameters counts"),
        (lambda: sample_size_binary(5, prevalence=1.2, r2_cs=0.1), "prevalence must lie inside"),
        (lambda: sample_size_binary(5, prevalence=0.05, r2_cs=0.5), "a perfect model has 0.328"),
        (lambda: sample_size_continuous(5, r2=0.2, mean=0, sd=1), "mean is 0"),
        (lambda: sample_size_continuous(5, r2=0.2, mean=1, sd=-1), "sd must be a positive number"),
        (lambda: sample_size_survival(5, r2_cs=0.05, rate=-1, horizon=1, mean_follow_up=1), "rate must be"),
        (lambda: cox_snell_r2_from_auc(0.4, 0.2), "auc must lie inside"),
        (lambda: expected_auc_width(0.8, 0, 10), "n_events must be"),
    ],
)
def test_impossible_plans_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
