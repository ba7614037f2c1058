"""Net benefit: dcurves, the definition, and treat-all and treat-none as the ends."""

import numpy as np
import pytest

from fusionkit.metrics import decision_curve, net_benefit, net_benefit_difference, standardised_net_benefit

PATIENT = np.arange(60)
RISK = ((PATIENT * 37) % 61 + 0.5) / 62
Y_TRUE = ((PATIENT * 23) % 59 / 59 < RISK**0.8).astype(int)
OTHER = np.clip(0.35 + 0.4 * ((PATIENT * 17) % 60) / 60 * (Y_TRUE * 0.8 + 0.2), 0, 1)
THRESHOLDS = [0.1, 0.25, 0.5, 0.75]


def test_decision_curves_are_those_of_dcurves():
    """The numbers are the output of dcurves 1.1.7 on these patients."""
    got = decision_curve(Y_TRUE, {"p": RISK, "q": OTHER}, THRESHOLDS)
    np.testing.assert_allclose(got.models["p"], [0.511111111111, 0.483333333333, 0.4, 0.05], atol=1e-12)
    np.testing.assert_allclose(got.models["q"], [0.518518518519, 0.422222222222, 0.35, 0.0], atol=1e-12)
    expected = [0.518518518519, 0.422222222222, 0.133333333333, -0.733333333333]
    np.testing.assert_allclose(got.treat_all, expected, atol=1e-12)
    assert (got.n, got.n_events, got.prevalence) == (60, 34, 34 / 60)


def test_the_perfect_model_has_the_prevalence_and_standardised_one():
    np.testing.assert_allclose(net_benefit(Y_TRUE, Y_TRUE, THRESHOLDS), 34 / 60)
    np.testing.assert_allclose(standardised_net_benefit(Y_TRUE, Y_TRUE, THRESHOLDS), 1)
    np.testing.assert_allclose(net_benefit(Y_TRUE, np.zeros(60), THRESHOLDS), 0)


def test_the_difference_is_that_of_the_curves_and_its_interval_covers():
    got = net_benefit_difference(Y_TRUE, RISK, OTHER, 0.25)
    assert got.value == pytest.approx(0.483333333333 - 0.422222222222, abs=1e-11)
    rng = np.random.default_rng(0)

    def cohort(n):
        risk = rng.random(n)
        return rng.random(n) < risk, risk, np.clip(risk + rng.normal(0, 0.3, n), 0, 1)

    y, risk, noisy = cohort(2_000_000)
    true = net_benefit(y, risk, [0.3])[0] - net_benefit(y, noisy, [0.3])[0]
    estimates = [net_benefit_difference(*cohort(200), 0.3) for _ in range(400)]
    assert 0.92 <= np.mean([e.low <= true <= e.high for e in estimates]) <= 0.98


def test_equal_decisions_have_no_interval_and_say_why():
    got = net_benefit_difference(Y_TRUE, RISK, RISK, 0.3)
    assert got.value == 0
    assert "same decisions" in got.reason


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: net_benefit([0, 1], [0.1, 0.2], [1.0]), "inside .0, 1."),
        (lambda: net_benefit([0, 1], [0.1, -0.2], [0.5]), "outside"),
        (lambda: standardised_net_benefit([0, 0], [0.1, 0.2], [0.5]), "one class only"),
        (lambda: decision_curve([0, 1], {"m": [0.1]}, [0.5]), "lengths"),
    ],
)
def test_impossible_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
