"""The plan of a study: published answers in both directions, and numbers that cannot be."""

import json

import pytest

from fusionkit.metrics import (
    cox_snell_r2_from_auc,
    expected_auc_width,
    feasibility,
    largest_cox_snell_r2,
    max_parameters_binary,
    plan_study,
    sample_size_continuous,
    sample_size_survival,
)
from fusionkit.metrics.sample_size import sample_size_binary

CONTINUOUS = {"r2": 0.2, "mean": 26.7, "sd": 8.7}
SURVIVAL = {"r2": 0.051, "rate": 0.065, "horizon": 2, "mean_follow_up": 2.07}


@pytest.mark.parametrize(
    ("outcome", "facts", "candidates", "needed"),
    [
        ("binary", {"prevalence": 0.174, "r2": 0.288}, 24, 662),
        ("continuous", CONTINUOUS, 25, 918),
        ("survival", SURVIVAL, 30, 5143),
    ],
)
def test_the_published_examples_hold_in_both_directions(outcome, facts, candidates, needed):
    assert plan_study(outcome, n_candidates=candidates, **facts).needed.n == needed
    assert plan_study(outcome, n=needed, **facts).max_candidates == candidates
    assert plan_study(outcome, n=needed - 1, **facts).max_candidates == candidates - 1


@pytest.mark.parametrize("n", [40, 90, 300, 2000])
@pytest.mark.parametrize("auc", [0.65, 0.8, 0.92])
def test_what_a_cohort_supports_equals_the_closed_form(n, auc):
    plan = plan_study(n=n, n_events=n // 3, auc=auc)
    facts = {"prevalence": (n // 3) / n, "r2_cs": cox_snell_r2_from_auc(auc, (n // 3) / n)}
    assert plan.max_candidates == max_parameters_binary(n, **facts)
    assert plan.auc_width == expected_auc_width(auc, n // 3, n - n // 3)


def test_without_an_expectation_fifteen_percent_of_the_possible_is_expected():
    """Riley et al. 2020, BMJ 368:m441, figure 3: 15 % of the largest Cox-Snell R2, .33 at a prevalence of .05."""
    assert largest_cox_snell_r2(0.05) == pytest.approx(0.33, abs=0.005)
    assert largest_cox_snell_r2(0.5) == pytest.approx(0.75, abs=1e-12)
    plan = plan_study(n_candidates=10, prevalence=0.05)
    assert plan.r2 == pytest.approx(0.15 * largest_cox_snell_r2(0.05), abs=1e-12)
    assert plan.needed.criteria == sample_size_binary(10, prevalence=0.05, r2_cs=plan.r2).criteria
    assert cox_snell_r2_from_auc(plan.auc, 0.05) == pytest.approx(plan.r2, abs=1e-5)


def test_a_survival_rate_follows_from_events_and_follow_up():
    plan = plan_study("survival", n=5143, n_events=692, r2=0.051, horizon=2, mean_follow_up=2.07)
    assert plan.needed is None
    assert plan.max_candidates == 30
    assert plan_study("survival", n=5143, **SURVIVAL).n_events == 692


def test_a_cohort_that_is_too_small_is_told_so_in_words():
    facts = feasibility(74, 33, 1240)
    first, risk, width = facts["warnings"]
    assert first.startswith("74 patients with 33 events support no candidate feature at all; 1240 are offered")
    assert "overall risk needs 380 patients" in risk
    assert "0.25 wide" in width
    assert facts["events_per_candidate"] == pytest.approx(33 / 1240)
    assert feasibility(74, 41, 1240)["events_per_candidate"] == pytest.approx(33 / 1240)


def test_a_cohort_that_is_large_enough_is_not_warned():
    assert feasibility(20_000, 8000, 20)["warnings"] == []
    assert plan_study("survival", n=5143, n_candidates=30, **SURVIVAL).warnings == ()
    assert plan_study("continuous", n=918, n_candidates=25, **CONTINUOUS).warnings == ()


def test_stronger_models_never_need_more_patients():
    rows = plan_study(n=200, n_events=60, n_candidates=12).scenarios
    needed, supported = [row["n_needed"] for row in rows], [row["max_candidates"] for row in rows]
    assert needed == sorted(needed, reverse=True)
    assert supported == sorted(supported)


@pytest.mark.parametrize("outcome", ["binary", "continuous", "survival"])
def test_the_plan_goes_through_json(outcome):
    facts = {"binary": {"n_events": 40}, "continuous": CONTINUOUS, "survival": SURVIVAL}[outcome]
    plan = plan_study(outcome, n=120, n_candidates=30, **facts)
    found = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert found["needed"]["n"] == plan.needed.n
    assert found["max_candidates"] == plan.max_candidates
    sizes = {"continuous": sample_size_continuous, "survival": sample_size_survival}
    if outcome in sizes:
        renamed = {"r2_cs" if outcome == "survival" and k == "r2" else k: v for k, v in facts.items()}
        assert plan.needed == sizes[outcome](30, **renamed)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"n": 20, "n_events": 40}, "n_events=40 of n=20 is more events than patients"),
        ({"n": 20, "n_events": 20}, "an event in every patient"),
        ({"n": 20, "n_events": 0}, "n_events must be a whole number of at least 1"),
        ({"n": 20.5, "n_events": 3}, "n must be a whole number"),
        ({"n": 100, "n_events": 20, "n_candidates": 0}, "n_candidates must be a whole number of at least 1"),
        ({"n": 100, "n_events": float("nan")}, "n_events must be a whole number"),
        ({"n": 100}, "needs prevalence"),
        ({"n": 100, "prevalence": 1.2}, "prevalence must lie inside"),
        ({"n": 100, "n_events": 20, "prevalence": 0.5}, "mean a prevalence of 0.200, not 0.5"),
        ({"n": 100, "n_events": 20, "auc": 0.4}, "auc must lie inside"),
        ({"n": 100, "n_events": 20, "auc": 0.8, "r2": 0.1}, "say the same thing"),
        ({"n": 100, "n_events": 5, "r2": 0.5}, "a perfect model has 0.328"),
        ({"n_events": 20, "prevalence": 0.2}, "say how many patients"),
        ({"n": 100, "n_events": 20, "rate": 0.1}, "rate does not go with a binary outcome"),
        ({"outcome": "ordinal", "n": 10}, "outcome is one of 'binary', 'continuous', 'survival'"),
        ({"outcome": "continuous", "n": 10, "r2": 0.2}, "needs mean and sd"),
        ({"outcome": "survival", "n": 10, "n_events": 3}, "needs horizon and mean_follow_up"),
        ({"outcome": "survival", "n": 10, "horizon": 1, "mean_follow_up": 1}, "needs rate"),
        ({"outcome": "survival", "n": 10, "rate": 2, "horizon": 1, "mean_follow_up": 1}, "makes 2 events per patient"),
        ({"outcome": "survival", "n": 10, "n_events": 30, "horizon": 1, "mean_follow_up": 1}, "more events than pat"),
    ],
)
def test_impossible_plans_are_refused(facts, says):
    with pytest.raises(ValueError, match=says):
        plan_study(**facts)
