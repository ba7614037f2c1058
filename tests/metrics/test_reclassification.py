"""NRI and IDI: tables worked by hand, and the behaviour that earns them their warning."""

import numpy as np
import pytest

from fusionkit.metrics import idi, nri

# 10 events: 4 up, 1 down, 5 stay; 20 non-events: 2 up, 6 down, 12 stay (categories below and above 0.5)
Y_TRUE = np.repeat([1, 0], [10, 20])
BASELINE = np.array([0.4] * 4 + [0.6] * 1 + [0.7] * 5 + [0.4] * 2 + [0.6] * 6 + [0.2] * 12)
NEW = np.array([0.6] * 4 + [0.4] * 1 + [0.8] * 5 + [0.6] * 2 + [0.4] * 6 + [0.2] * 12)


def test_the_categorical_nri_is_worked_by_hand():
    got = nri(Y_TRUE, NEW, BASELINE, cutoffs=[0.5])
    assert got["events"].value == pytest.approx(0.3)
    assert got["nonevents"].value == pytest.approx(0.2)
    assert got["nri"].value == pytest.approx(0.5)
    error = np.sqrt((0.5 - 0.3**2) / 10 + (0.4 - 0.2**2) / 20)
    assert got["nri"].high - 0.5 == pytest.approx(1.959963984540054 * error)


def test_the_category_free_nri_counts_any_change():
    got = nri(Y_TRUE, NEW, BASELINE)
    assert got["events"].value == pytest.approx(0.8)
    assert got["nonevents"].value == pytest.approx(0.2)


def test_the_idi_is_worked_by_hand():
    got = idi(Y_TRUE, NEW, BASELINE)
    change = NEW - BASELINE
    assert got.value == pytest.approx((0.2 * 4 - 0.2 + 0.1 * 5) / 10 - (0.2 * 2 - 0.2 * 6) / 20)
    error = np.sqrt(change[:10].var(ddof=1) / 10 + change[10:].var(ddof=1) / 20)
    assert got.high - got.value == pytest.approx(1.959963984540054 * error)


def test_swapping_the_models_turns_the_sign():
    for parts, mirrored in zip(nri(Y_TRUE, NEW, BASELINE).values(), nri(Y_TRUE, BASELINE, NEW).values(), strict=True):
        assert mirrored.value == pytest.approx(-parts.value)
    assert idi(Y_TRUE, BASELINE, NEW).value == pytest.approx(-idi(Y_TRUE, NEW, BASELINE).value)


def test_equal_models_have_no_interval_and_say_why():
    assert "no patient's prediction differs" in nri(Y_TRUE, NEW, NEW)["nri"].reason
    assert idi(Y_TRUE, NEW, NEW).value == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: nri([1, 1], [0.1, 0.2], [0.1, 0.3]), "one class only"),
        (lambda: nri([0, 1], [0.1, 0.2], [0.1, 0.3], cutoffs=[0.5, 0.2]), "cutoffs must increase"),
        (lambda: nri([0, 1], [0.1, 0.2], [0.1, 1.3]), "baseline_prob has 1 of 2 values outside"),
        (lambda: idi([0, 1], [0.1, 0.2], [0.1]), "lengths"),
    ],
)
def test_impossible_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_every_estimate_carries_its_warning():
    y, new, old = [1, 1, 0, 0], [0.6, 0.4, 0.1, 0.3], [0.5, 0.5, 0.2, 0.2]
    for estimate in (idi(y, new, old), *nri(y, new, old).values(), *nri(y, new, old, cutoffs=[0.3]).values()):
        assert "badly calibrated or useless model may gain by it" in estimate.method


def test_a_single_event_leaves_the_sum_of_both_parts_without_an_interval():
    got = nri([1, 0, 0, 0, 0], [0.6, 0.1, 0.3, 0.4, 0.1], [0.5, 0.2, 0.2, 0.3, 0.2])
    assert "single patient" in got["events"].reason
    assert "single patient" in got["nri"].reason
    assert got["nonevents"].low < got["nonevents"].value < got["nonevents"].high
