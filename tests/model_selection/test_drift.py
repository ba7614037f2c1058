"""Drift of features: hand-worked numbers, no alarm without drift, and columns that cannot be compared."""

import doctest
import json
import math

import numpy as np
import pandas as pd
import pytest

from fusionkit.model_selection import drift, feature_drift, summarise_features


def row(before, after):
    return feature_drift(pd.DataFrame({"ct__x": before}), pd.DataFrame({"ct__x": after})).iloc[0]


def test_the_standardised_difference_is_that_of_the_textbook():
    found = row([1.0, 2, 3, 4, 5], [3.0, 4, 5, 6, 7, 8])
    assert found["smd"] == pytest.approx((5.5 - 3) / math.sqrt((2.5 + 3.5) / 2), abs=1e-12)
    assert found["outside"] == pytest.approx(3 / 6)
    assert (found["mean_reference"], found["mean"]) == (3.0, 5.5)


def test_the_stability_index_of_two_levels_is_worked_by_hand():
    found = row(["a"] * 60 + ["b"] * 40, ["a"] * 30 + ["b"] * 70)
    p, q = 60.5 / 101, 30.5 / 101
    index = (q - p) * math.log(q / p) + ((1 - q) - (1 - p)) * math.log((1 - q) / (1 - p))
    assert found["psi"] == pytest.approx(index, abs=1e-12)
    smd = abs(0.3 - 0.6) / math.sqrt((0.3 * 0.7 + 0.6 * 0.4) / 2)  # the difference of two proportions, standardised
    assert found["smd"] == pytest.approx(smd, abs=1e-9)
    assert found["psi_noise"] == pytest.approx(3.841459 * 0.02, abs=1e-6)
    assert found["drifted"]


def test_a_flag_of_numbers_has_the_index_of_its_two_levels():
    before, after = np.repeat([0.0, 1.0], [60, 40]), np.repeat([0.0, 1.0], [30, 70])
    numbers, words = row(before, after), row(np.where(before, "b", "a"), np.where(after, "b", "a"))
    assert numbers["psi"] == pytest.approx(words["psi"], abs=1e-12)


@pytest.mark.parametrize("kind", ["number", "category"])
def test_without_drift_one_feature_in_twenty_is_called_drifted(kind):
    rng = np.random.default_rng(0)

    def draw(n):
        values = rng.normal(size=(n, 400))
        return pd.DataFrame(values if kind == "number" else np.digitize(values, [-1, 0, 1]).astype(str)).add_prefix("x")

    share = feature_drift(draw(300), draw(200))["drifted"].mean()
    assert 0.02 < share < 0.09


def test_the_summary_stands_for_the_patients_and_goes_through_json():
    rng = np.random.default_rng(1)
    frames = [
        pd.DataFrame(
            {
                "ct__energy": rng.gamma(2, 1 + shift, 80),
                "ehr__smoker": pd.array(rng.random(80) < 0.3 + shift / 4, dtype="boolean"),
                "ehr__stage": pd.Categorical(rng.choice(["I", "II", "III"], 80)),
                "ehr__crp": np.where(rng.random(80) < 0.3, np.nan, rng.normal(size=80)),
            }
        )
        for shift in (0, 1)
    ]
    kept = json.loads(json.dumps(summarise_features(frames[0]), allow_nan=False))
    pd.testing.assert_frame_equal(feature_drift(kept, frames[1]), feature_drift(*frames))
    table = feature_drift(*frames).set_index("column")
    assert table.index[0] == "ct__energy"
    assert table.loc["ehr__crp", "missing"] == pytest.approx(frames[1]["ehr__crp"].isna().mean())


def test_what_is_undefined_says_why():
    assert row([1.0, 1, 1], [1.0, 1])["reason"] == "it does not vary in either cohort"
    assert not row([1.0, 1, 1], [1.0, 1])["drifted"]
    assert row([1.0, 1, 1], [2.0, 2])["drifted"]
    empty = row([1.0, 2, 3], [np.nan, np.nan])
    assert (empty["reason"], empty["drifted"]) == ("no patient has a value in the new cohort", True)
    assert np.isnan(empty["psi"])
    assert row([np.nan, np.nan], [np.nan])["drifted"] == False  # noqa: E712
    new_level = row(["a", "b"] * 20, ["a", "c"] * 20)
    assert new_level["outside"] == 0.5


def test_columns_that_cannot_be_compared_are_refused():
    with pytest.raises(ValueError, match=r"'ct__x' held numbers in training and holds .* such as \['high', 'low'\]"):
        row([1.0, 2.0], ["high", "low"])
    with pytest.raises(ValueError, match="none of the reference's columns, such as ct__x"):
        feature_drift(pd.DataFrame({"ct__x": [1.0]}), pd.DataFrame({"ct__y": [1.0]}))


def test_examples_run():
    assert doctest.testmod(drift).failed == 0
