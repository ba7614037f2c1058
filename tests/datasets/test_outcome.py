"""The true model: known answers by quadrature, and its refusals."""

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import expit, ndtr
from scipy.stats import norm
from sklearn.utils import check_random_state

from fusionkit.datasets import EFFECTS, bayes_auc
from fusionkit.datasets.outcome import INTERCEPT, check_effects, draw_latents, linear_predictor

ONLY_TEXTURE = {"age": 0, "crp": 0, "performance_status": 0}


def auc_by_quadrature(log_odds_per_sd):
    """AUC of a standard normal score under a logistic model, on a fine grid: no simulation."""
    score = np.linspace(-9, 9, 4001)
    density = norm.pdf(score)
    case = density * expit(INTERCEPT + log_odds_per_sd * score)
    control = density - case
    below = np.cumsum(control) - control / 2
    return float((case @ below) / (case.sum() * control.sum()))


@pytest.mark.parametrize("log_odds", [0.5, 1.5, 3.0])
def test_best_auc_of_one_latent_variable_equals_quadrature(log_odds):
    best = bayes_auc({**ONLY_TEXTURE, "texture": log_odds})
    assert best["image"] == pytest.approx(auc_by_quadrature(log_odds), abs=0.003)
    assert best["both"] == pytest.approx(best["image"], abs=1e-12)
    assert best["record"] == pytest.approx(0.5, abs=1e-12)


def test_prevalence_equals_gauss_hermite():
    nodes, weights = hermegauss(60)
    expected = (weights @ expit(INTERCEPT + 1.5 * nodes)) / weights.sum()
    assert bayes_auc({**ONLY_TEXTURE, "texture": 1.5})["prevalence"] == pytest.approx(expected, abs=0.003)


def test_quadrature_itself_meets_the_closed_form_of_a_steep_model():
    """With ever larger effects the outcome becomes a threshold on the score, and the AUC becomes 1."""
    assert auc_by_quadrature(2000.0) == pytest.approx(1, abs=2e-3)
    assert ndtr(0) == 0.5 == pytest.approx(auc_by_quadrature(0.0), abs=1e-12)


def test_both_modalities_are_needed_for_the_best_auc():
    best = bayes_auc()
    assert 0.72 < best["record"] < 0.76
    assert 0.74 < best["image"] < 0.78
    assert 0.84 < best["both"] < 0.87
    assert 0.43 < best["prevalence"] < 0.47


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_monte_carlo_error_is_below_the_stated_one(seed):
    reference, other = bayes_auc(random_state=0), bayes_auc(random_state=seed)
    assert max(abs(reference[part] - other[part]) for part in reference) < 2 * 0.003


def test_latent_variables_are_independent_standard_scores():
    latents = draw_latents(200_000, check_random_state(5))
    scores = latents[list(EFFECTS)]
    np.testing.assert_allclose(scores.mean(), 0, atol=0.01)
    np.testing.assert_allclose(scores.std(), 1, atol=0.02)
    np.testing.assert_allclose(scores.corr(), np.eye(4), atol=0.01)
    np.testing.assert_allclose(np.log(latents["crp_mg_per_l"]).mean(), np.log(8), atol=0.01)


def test_linear_predictor_is_the_weighted_sum():
    latents = draw_latents(5, check_random_state(0))
    by_hand = [INTERCEPT + sum(EFFECTS[name] * row[name] for name in EFFECTS) for _, row in latents.iterrows()]
    np.testing.assert_allclose(linear_predictor(latents, EFFECTS), by_hand, rtol=1e-14)


def test_effects_not_named_keep_their_value():
    assert check_effects({"texture": 0}) == {**EFFECTS, "texture": 0.0}


@pytest.mark.parametrize(
    ("effects", "message"),
    [
        ({"sex": 1.0}, "the latent variables are texture, age, crp, performance_status; got sex"),
        ({"age": "large"}, "effect of age must be a finite number of log odds; got 'large'"),
        ({"age": np.inf}, "effect of age must be a finite number"),
    ],
)
def test_effects_that_mean_nothing_are_refused(effects, message):
    with pytest.raises(ValueError, match=message):
        check_effects(effects)
