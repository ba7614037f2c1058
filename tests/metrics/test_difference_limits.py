"""No interval of a difference in AUC reaches where no difference can be."""

import numpy as np
import pytest

from fusionkit.metrics import corrected_resampled_test, cv_difference, fold_values


@pytest.fixture
def six_events():
    """Forty patients with six events in two folds: the corrected t has one degree of freedom."""
    rng = np.random.default_rng(0)
    y = np.repeat([1, 0], [6, 34])
    folds = np.arange(40) % 2
    return y, y + rng.normal(size=40), rng.normal(size=40), folds


@pytest.mark.parametrize("metric", ["auc", "average_precision"])
def test_the_limits_of_a_difference_of_shares_end_at_one(six_events, metric):
    y, score, baseline, folds = six_events
    values = [fold_values(y, each, folds, metric=metric) for each in (score, baseline)]
    free = corrected_resampled_test(*values, n_train=20, n_test=20)
    assert free.difference.high > 1  # what the t interval says by itself
    found = cv_difference(y, score, baseline, folds, metric=metric)
    assert (found.difference.low, found.difference.high) == (max(free.difference.low, -1), 1)
    assert (found.difference.value, found.p_value) == (free.difference.value, free.p_value)


def test_a_metric_without_bounds_keeps_its_limits(six_events):
    y, score, baseline, folds = six_events

    def mean_of_events(y_true, y_score):
        return 100 * y_score[y_true == 1].mean()

    assert cv_difference(y, score, baseline, folds, metric=mean_of_events).difference.high > 1


def test_an_undefined_limit_stays_undefined(six_events):
    y, score, _, folds = six_events
    assert np.isnan(cv_difference(y, score, score, folds).difference.low)
