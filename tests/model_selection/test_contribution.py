"""Shapley values of known games, and what modalities add to the AUC of models fitted with and without them."""

import doctest
import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionkit.metrics import cv_contrast, cv_difference
from fusionkit.model_selection import (
    FusionComparison,
    NestedResult,
    contribution,
    modality_ablation,
    modality_shapley,
    shapley_values,
    subset_fusions,
)


def game(players, function):
    parts = [c for size in range(len(players) + 1) for c in itertools.combinations(players, size)]
    return {frozenset(part): function(set(part)) for part in parts}


def test_the_glove_game_has_its_textbook_answer():
    """One left glove, two right ones; a pair is worth 1."""
    value = game("LRS", lambda part: float("L" in part and len(part) > 1))
    found = shapley_values("LRS", value)
    assert found == pytest.approx({"L": 2 / 3, "R": 1 / 6, "S": 1 / 6}, abs=1e-15)


def test_the_airport_game_has_its_textbook_answer():
    """Runways of lengths 1 to 6: each stretch is paid for by those who need it (Littlechild & Owen 1973)."""
    cost = {name: length for length, name in enumerate("abcdef", start=1)}
    found = shapley_values("abcdef", game("abcdef", lambda part: max((cost[p] for p in part), default=0)))
    expected = [sum(1 / (6 - k) for k in range(length)) for length in range(1, 7)]
    assert list(found.values()) == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_shapley_values_are_efficient_symmetric_and_additive(m, seed):
    rng = np.random.default_rng(seed)
    players = "abcdef"[:m]
    one, two = (game(players, lambda part: rng.normal()) for _ in range(2))
    found = shapley_values(players, one)
    everyone, nobody = frozenset(players), frozenset()
    assert sum(found.values()) == pytest.approx(one[everyone] - one[nobody], abs=1e-12)
    total = shapley_values(players, {part: one[part] + two[part] for part in one})
    other = shapley_values(players, two)
    assert all(total[p] == pytest.approx(found[p] + other[p], abs=1e-12) for p in players)
    by_size = {part: one[frozenset(players[: len(part)])] for part in one}
    assert len({round(value, 12) for value in shapley_values(players, by_size).values()}) == 1


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_shapley_values_are_the_mean_over_all_orders(m, seed):
    rng = np.random.default_rng(seed)
    players = "abcde"[:m]
    value = game(players, lambda part: rng.normal())
    mean = dict.fromkeys(players, 0.0)
    for order in itertools.permutations(players):
        for place, player in enumerate(order):
            gain = value[frozenset(order[: place + 1])] - value[frozenset(order[:place])]
            mean[player] += gain / math.factorial(m)
    assert shapley_values(players, value) == pytest.approx(mean, abs=1e-12)


def comparison_of(strength, n=90, repeats=3, seed=0):
    """Scores of every subset: the sum of its members' signals with noise; strength by modality."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3 == 0
    signal = {name: d * y + rng.normal(size=n) for name, d in strength.items()}
    frames, folds = [], []
    dealt = [rng.permutation(n) % 5 for _ in range(repeats)]
    for fusion in subset_fusions(strength):
        parts = list(strength) if fusion == "early" else fusion.split("+")
        for repeat, fold in enumerate(dealt):
            score = sum(strength[p] * signal[p] for p in parts) + 0.1 * rng.normal(size=n)
            at = {"fusion": fusion, "repeat": repeat, "fold": fold, "patient": np.arange(n)}
            frames.append(pd.DataFrame({**at, "y_true": y.astype(int), "y_score": score, "y_pred": 0}))
            folds += [{"fusion": fusion, "repeat": repeat, "fold": k, "n_train": 72, "n_test": 18} for k in range(5)]
    nested = NestedResult(pd.concat(frames, ignore_index=True), pd.DataFrame(folds), "")
    return FusionComparison(nested, "a", {"modalities": list(strength)}, pd.Series(np.arange(n)))


def test_shares_add_up_to_the_auc_beyond_chance():
    comparison = comparison_of({"a": 1.5, "b": 0.8, "c": 0.0})
    table = modality_shapley(comparison)
    full = comparison.estimates().set_index("fusion")["auc"]
    assert table["shapley"].sum() == pytest.approx(full["early"] - 0.5, abs=1e-12)
    assert table["share"].sum() == pytest.approx(1, abs=1e-12)
    assert table["modality"].tolist() == ["a", "b", "c"]
    assert table["alone"].tolist() == pytest.approx(full[["a", "b", "c"]].tolist(), abs=1e-12)
    assert table["low"].iloc[0] > 0
    assert table["low"].iloc[2] < 0 < table["high"].iloc[2]


def test_two_modalities_share_by_the_formula_one_can_do_by_hand(comparison):
    auc = comparison.estimates().set_index("fusion")["auc"]  # an ordinary comparison has all that is needed
    table = modality_shapley(comparison).set_index("modality")["shapley"]
    assert table["ct"] == pytest.approx((auc["ct"] - 0.5 + auc["early"] - auc["ehr"]) / 2, abs=1e-12)
    lost = modality_ablation(comparison).set_index("modality")
    assert lost.loc["ct", "without"] == "ehr"
    difference = comparison.differences().set_index("fusion").loc["early"]
    assert lost.loc["ct", ["loss", "low", "high"]].tolist() == difference[["difference", "low", "high"]].tolist()


def test_the_interval_of_a_shapley_value_is_that_of_the_weighted_sum_that_it_is():
    comparison = comparison_of({"a": 1.5, "b": 0.8, "c": 0.0})
    table = modality_shapley(comparison).set_index("modality")
    y, folds, scores = comparison._arrays()
    weights = {"a": 2, "b": -1, "c": -1, "a+b": 1, "a+c": 1, "b+c": -2, "early": 2}  # sixths, by hand
    weights = {name: weights[name] / 6 for name in scores}
    found = cv_contrast(y, scores, weights, folds, constant=0.5 - 0.5 / 3, scale="logit")
    expected = [found.value - 0.5, found.low - 0.5, found.high - 0.5]
    assert table.loc["a", ["shapley", "low", "high"]].tolist() == pytest.approx(expected)
    assert table.loc["a", "method"] == found.method == "instability-inflated influence variance"


def test_ablation_is_the_paired_difference_with_holms_correction():
    comparison = comparison_of({"a": 1.5, "b": 0.8, "c": 0.0})
    table = modality_ablation(comparison).set_index("modality")
    y, folds, scores = comparison._arrays()
    for left_out, rest in (("a", "b+c"), ("b", "a+c"), ("c", "a+b")):
        found = cv_difference(y, scores["early"], scores[rest], folds)
        assert table.loc[left_out, "p_value"] == found.p_value
        assert table.loc[left_out, "p_holm"] >= found.p_value
    assert table.loc["a", "p_holm"] < 0.02
    assert table.loc["c", "p_holm"] > 0.05


def test_what_cannot_be_shared_is_refused_or_said():
    with pytest.raises(ValueError, match="1 to 6 modalities; there are 7"):
        subset_fusions("abcdefg")
    with pytest.raises(ValueError, match="value lacks 1 of the 4 coalitions, such as a\\+b"):
        shapley_values("ab", {frozenset(p): 0.5 for p in ("", "a", "b")})
    comparison = comparison_of({"a": 1.5, "b": 0.8, "c": 0.0})
    kept = comparison.predictions[comparison.predictions["fusion"].isin(["a", "b", "c", "early", "a+b"])]
    part = FusionComparison(
        NestedResult(kept, comparison.nested.folds, ""), "a", comparison.settings, comparison.groups
    )
    with pytest.raises(ValueError, match=r"2 early fusions were not compared, such as a\+c, b\+c"):
        modality_shapley(part)
    with pytest.raises(ValueError, match="such as a\\+c, b\\+c: call compare_fusions with fusions=subset_fusions"):
        modality_ablation(part)
    with pytest.raises(ValueError, match="one modality only"):
        modality_ablation(comparison_of({"a": 1.0}))


def test_without_signal_there_are_no_shares():
    comparison = comparison_of({"a": 1.0, "b": 0.5})
    comparison.predictions["y_score"] *= -1  # the wrong way round: worse than chance
    table = modality_shapley(comparison)
    assert (table["full"] < 0.5).all()
    assert table["share"].isna().all()
    assert table["reason"].str.contains("no better than chance").all()


def test_examples_run():
    assert doctest.testmod(contribution).failed == 0
