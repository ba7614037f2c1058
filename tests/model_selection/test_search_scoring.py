"""The search's own scores are scikit-learn's, to the last bit, so that no tie is broken otherwise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer, make_scorer, roc_auc_score
from sklearn.model_selection import GridSearchCV

from fusionkit.model_selection import FusionSearchCV
from fusionkit.model_selection._scoring import _quick_score, area_under_curve

LABELS = [np.array([0, 1]), np.array([-1.0, 1.0]), np.array([False, True]), np.array(["no", "yes"])]


@given(st.lists(st.tuples(st.booleans(), st.floats(-3, 3, width=32) | st.sampled_from([0.0, 0.5])), max_size=50))
def test_the_area_is_bit_for_bit_scikit_learn_s(pairs):
    pairs += [(True, 0.5), (False, 0.0)]
    positive, y_score = np.array([p for p, _ in pairs], dtype=float), np.array([s for _, s in pairs])
    assert area_under_curve(positive, y_score) == roc_auc_score(positive, y_score)
    assert area_under_curve(positive, y_score.astype(np.float32)) == roc_auc_score(positive, y_score.astype(np.float32))


@pytest.mark.parametrize("scoring", ["roc_auc", "accuracy"])
@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: str(labels.dtype))
def test_any_labels_are_scored_as_by_the_scorer(labels, scoring):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)).round(1), labels[rng.integers(0, 2, 60)]
    scorer = get_scorer(scoring)
    for model in (LogisticRegression(), DummyClassifier(strategy="uniform", random_state=0)):
        model.fit(X[:40], y[:40])
        assert _quick_score(scorer, y[40:])(model, X[40:]) == scorer(model, X[40:], y[40:])


def test_what_is_not_plain_is_left_to_scikit_learn():
    y = np.array([0, 1, 0, 1])
    assert _quick_score(get_scorer("roc_auc"), np.zeros(4)) is None
    assert _quick_score(get_scorer("roc_auc"), np.array([0, 1, 2, 1])) is None
    assert _quick_score(get_scorer("neg_log_loss"), y) is None
    assert _quick_score(make_scorer(roc_auc_score, max_fpr=0.5, response_method="predict_proba"), y) is None
    quick = _quick_score(get_scorer("roc_auc"), y)
    assert quick(Ridge().fit(np.eye(4), y), np.eye(4)) is None
    assert quick(LogisticRegression().fit(np.eye(4), [0, 1, 2, 1]), np.eye(4)) is None
    assert quick(LogisticRegression().fit(np.eye(4), y), np.eye(3)) is None


@pytest.mark.filterwarnings("ignore:Only one class is present:sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_a_fold_with_one_class_has_no_area():
    X, y = np.random.default_rng(0).normal(size=(12, 2)), np.array([0, 1] * 4 + [0] * 4)
    folds = [(np.arange(8), np.arange(8, 12)), (np.arange(4, 12), np.arange(4))]
    expected, actual = (
        kind(LogisticRegression(), {"C": [1.0]}, cv=folds, scoring="roc_auc").fit(X, y).cv_results_
        for kind in (GridSearchCV, FusionSearchCV)
    )
    np.testing.assert_array_equal(actual["split0_test_score"], expected["split0_test_score"])
    np.testing.assert_array_equal(actual["split1_test_score"], expected["split1_test_score"])
    assert np.isnan(actual["split0_test_score"]).all()
