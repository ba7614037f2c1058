"""Intraclass correlations: the example of Shrout & Fleiss, with its published intervals."""

import numpy as np
import pytest

from fusionkit.metrics import icc, icc_values

JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("ICC1", 0.17, -0.13, 0.72),
        ("ICC2", 0.29, 0.02, 0.76),
        ("ICC3", 0.71, 0.34, 0.95),
        ("ICC1k", 0.44, -0.88, 0.91),
        ("ICC2k", 0.62, 0.07, 0.93),
        ("ICC3k", 0.91, 0.68, 0.99),
    ],
)
def test_the_example_of_shrout_and_fleiss_has_the_published_answers(form, value, low, high):
    got = icc(JUDGES, form=form)
    np.testing.assert_allclose([got.value, got.low, got.high], [value, low, high], atol=0.006)


@pytest.mark.parametrize("form", ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"])
def test_many_features_at_once_give_the_same_as_one_by_one(form):
    many = np.random.default_rng(0).normal(size=(20, 3, 5)) + np.arange(20)[:, None, None] / 5
    got = icc_values(many, form=form)
    np.testing.assert_allclose(got, [icc(many[:, :, i], form=form).value for i in range(5)], atol=1e-12)


def test_a_shift_of_one_judge_hurts_agreement_but_not_consistency():
    shifted = JUDGES + [0, 0, 0, 5]
    assert icc(shifted, form="ICC3").value == pytest.approx(icc(JUDGES, form="ICC3").value, abs=1e-12)
    assert icc(shifted, form="ICC2").value < icc(JUDGES, form="ICC2").value - 0.05


def test_the_interval_covers_the_true_correlation():
    rng = np.random.default_rng(1)
    true = 0.6
    for form in ("ICC1", "ICC2", "ICC3"):
        covered = []
        for _ in range(400):
            ratings = np.sqrt(true) * rng.normal(size=(25, 1)) + np.sqrt(1 - true) * rng.normal(size=(25, 3))
            got = icc(ratings, form=form)
            covered.append(got.low <= true <= got.high)
        assert 0.92 <= np.mean(covered) <= 0.98, form


def test_undefined_and_perfect_agreement_say_so():
    assert "all ratings are equal" in str(icc(np.ones((3, 2))))
    perfect = icc(np.tile(np.arange(4.0)[:, None], (1, 3)))
    assert perfect.value == 1
    assert "agree without error" in perfect.reason
    assert np.isnan(icc_values(np.ones((3, 2, 1)))).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: icc(JUDGES, form="ICC4"), "ICC1, ICC2"),
        (lambda: icc(JUDGES[:1]), "two targets"),
        (lambda: icc(np.where(JUDGES == 9, np.nan, JUDGES)), "ratings has 2 of 24"),
        (lambda: icc_values(JUDGES), "3 axes"),
    ],
)
def test_impossible_ratings_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
