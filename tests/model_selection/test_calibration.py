"""Calibration of compared models: the means over the repeats of the plain metrics, by groups, or the reason."""

import numpy as np
import pytest

from fusionkit.metrics import calibration_errors, calibration_intercept, calibration_slope, observed_expected_ratio
from fusionkit.model_selection import calibration_table
from fusionkit.model_selection.calibration import CLIP


class Compared:
    """What the table asks of a comparison."""

    def __init__(self, y, risks, groups=None):
        self.y, self.risks, self._groups = y, risks, groups

    def _arrays(self):
        dealt = [np.random.default_rng(repeat).permutation(self.y.size) % 5 for repeat in range(len(self.risks))]
        return self.y, np.array(dealt), {"early": self.risks}


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(4)
    risks = rng.uniform(0.05, 0.95, size=(1, 120)) + rng.normal(scale=0.03, size=(3, 120))
    return (rng.random(120) < risks.mean(axis=0)).astype(int), risks.clip(0.0, 1.0)


def test_values_are_the_means_over_the_repeats_of_the_plain_metrics(drawn):
    y, risks = drawn
    table = calibration_table(Compared(y, risks), n_resamples=100).set_index("metric")
    expected = {
        "slope": np.mean([calibration_slope(y, risk, clip=CLIP).value for risk in risks]),
        "intercept": np.mean([calibration_intercept(y, risk, clip=CLIP).value for risk in risks]),
        "observed_expected": np.mean([observed_expected_ratio(y, risk).value for risk in risks]),
        "ici": np.mean([calibration_errors(y, risk)["ici"] for risk in risks]),
    }
    for metric, value in expected.items():
        assert table.loc[metric, "value"] == pytest.approx(value, abs=1e-8), metric
        assert table.loc[metric, "low"] < value < table.loc[metric, "high"]


def test_groups_are_drawn_together_and_widen_the_interval(drawn):
    y, risks = np.tile(drawn[0], 4), np.tile(drawn[1], 4)
    alone, grouped = (
        calibration_table(Compared(y, risks, groups), n_resamples=200).set_index("metric").loc["slope"]
        for groups in (None, np.tile(np.arange(120), 4))
    )
    assert "groups" in grouped["method"]
    assert grouped["high"] - grouped["low"] > 1.5 * (alone["high"] - alone["low"])


def test_too_few_patients_or_groups_have_the_reason_in_place_of_numbers(drawn):
    y, risks = drawn
    few = calibration_table(Compared((np.arange(120) < 9).astype(int), risks), n_resamples=50)
    assert few["value"].isna().all()
    assert few["reason"].str.contains("needs 10 patients with the event").all()
    two_sites = calibration_table(Compared(y, np.where(y == 1, risks, risks), y), n_resamples=50)
    assert two_sites.loc[two_sites["metric"] == "slope", "reason"].iloc[0]
