"""Out-of-fold scores: fold values as scikit-learn gives them, and the interval's promise kept in simulation."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score

from fusionkit.exceptions import DataWarning
from fusionkit.metrics import corrected_resampled_interval, cv_difference, cv_estimate, fold_values


@pytest.fixture(scope="module")
def out_of_fold():
    """y_true, out-of-fold scores of two models, folds (3 repeats of 4), and scikit-learn's own fold values."""
    X, y = make_classification(90, 6, weights=[0.65], random_state=0)
    cv = RepeatedStratifiedKFold(n_splits=4, n_repeats=3, random_state=1)
    folds = np.empty((3, 90), dtype=int)
    scores = np.empty((2, 3, 90))
    for number, (train, test) in enumerate(cv.split(X, y)):
        repeat, fold = divmod(number, 4)
        folds[repeat, test] = fold
        for model, columns in enumerate([slice(None), slice(0, 2)]):
            fitted = LogisticRegression().fit(X[train, columns], y[train])
            scores[model, repeat, test] = fitted.decision_function(X[test, columns])
    expected = cross_val_score(LogisticRegression(), X, y, cv=cv, scoring="roc_auc")
    return y, scores, folds, expected


@pytest.mark.parametrize("metric", ["auc", "average_precision"])
def test_fold_values_are_those_of_cross_val_score(out_of_fold, metric):
    y, scores, folds, expected = out_of_fold
    if metric == "auc":
        np.testing.assert_allclose(fold_values(y, scores[0], folds), expected, atol=1e-12)
    else:
        assert fold_values(y, scores[0], folds, metric=metric).shape == expected.shape


def test_the_estimate_is_the_corrected_interval_of_the_fold_values(out_of_fold):
    y, scores, folds, expected = out_of_fold
    got = cv_estimate(y, scores[0], folds)
    direct = corrected_resampled_interval(expected, n_train=67.5, n_test=22.5, scale="logit")
    np.testing.assert_allclose([got.value, got.low, got.high], [direct.value, direct.low, direct.high], atol=1e-12)
    assert (got.n, got.n_events) == (90, y.sum())


def test_the_difference_is_that_of_the_two_estimates(out_of_fold):
    y, scores, folds, _ = out_of_fold
    got = cv_difference(y, scores[0], scores[1], folds)
    assert got.value_a == cv_estimate(y, scores[0], folds).value
    assert got.value_b == cv_estimate(y, scores[1], folds).value
    assert got.difference.value == pytest.approx(got.value_a - got.value_b, abs=1e-12)
    mirrored = cv_difference(y, scores[1], scores[0], folds)
    assert mirrored.difference.low == pytest.approx(-got.difference.high, abs=1e-12)


def test_the_order_of_patients_and_the_names_of_folds_do_not_matter(out_of_fold):
    y, scores, folds, _ = out_of_fold
    order = np.random.default_rng(0).permutation(y.size)
    names = np.array(["a", "b", "c", "d"])[folds]
    assert str(cv_estimate(y[order], scores[0][:, order], names[:, order])) == str(cv_estimate(y, scores[0], folds))


def test_a_metric_of_ones_own_is_averaged_over_folds(out_of_fold):
    y, scores, folds, _ = out_of_fold

    def mean_score(y_true, y_score):
        return y_score.mean()

    got = cv_estimate(y, scores[0], folds, metric=mean_score)
    expected = np.mean([scores[0][r, folds[r] == f].mean() for r in range(3) for f in range(4)])
    assert got.value == pytest.approx(expected, abs=1e-12)
    assert got.n_events is None


def test_a_fold_of_one_class_is_left_out_aloud():
    y = np.array([0, 1, 0, 1, 0, 0])
    scores, folds = np.arange(6.0), np.array([0, 0, 1, 1, 2, 2])
    with pytest.warns(DataWarning, match="1 of 3 test folds have one class only"):
        values = fold_values(y, scores, folds)
    assert values.tolist() == [1, 1]
    with pytest.warns(DataWarning) as warned:
        cv_difference(y, scores, -scores, folds)
    assert len(warned) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y, s, f: (np.ones(90), s, f), "one class only"),
        (lambda y, s, f: (y, s[:, :80], f), r"shape \(repeats, 90\)"),
        (lambda y, s, f: (y, s, f[:2]), "folds must have the shape of scores"),
        (lambda y, s, f: (y, np.where(s > 0, np.nan, s), f), "NaN or infinite"),
        (lambda y, s, f: (y, s, np.tile(np.arange(90), (3, 1))), "0 of 270 test folds have patients of both"),
        (lambda y, s, f: (y, s, np.where(f > 0, np.nan, f)), "folds has NaN"),
    ],
)
def test_out_of_fold_arrays_that_do_not_fit_are_refused(out_of_fold, change, says):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match=says):
        cv_estimate(*change(y, scores[0], folds))


def test_an_unknown_metric_is_refused_with_the_list(out_of_fold):
    y, scores, folds, _ = out_of_fold
    with pytest.raises(ValueError, match="auc, average_precision"):
        cv_estimate(y, scores[0], folds, metric="accuracy of sorts")
