"""Several classes: scikit-learn, and two classes as the special case."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fusionkit.metrics import auc, auc_one_vs_one, auc_one_vs_rest

CLASSES = ["benign", "malignant", "normal"]


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    y = rng.choice(CLASSES, 150, p=[0.5, 0.3, 0.2])
    scores = np.exp(rng.normal(size=(150, 3)) + 1.2 * (y[:, None] == CLASSES))
    return y, scores / scores.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_one_against_the_rest_agrees_with_sklearn(cohort, average):
    y, scores = cohort
    expected = roc_auc_score(y, scores, multi_class="ovr", average=average, labels=CLASSES)
    mean, by_class = auc_one_vs_rest(y, scores, CLASSES, average=average)
    assert mean == pytest.approx(expected, abs=1e-12)
    assert by_class["normal"] == auc(y == "normal", scores[:, 2])


def test_one_against_one_agrees_with_sklearn(cohort):
    y, scores = cohort
    expected = roc_auc_score(y, scores, multi_class="ovo", average="macro", labels=CLASSES)
    mean, by_pair = auc_one_vs_one(y, scores, CLASSES)
    assert mean == pytest.approx(expected, abs=1e-12)
    assert list(by_pair) == [("benign", "malignant"), ("benign", "normal"), ("malignant", "normal")]
    expected = roc_auc_score(y, scores, multi_class="ovo", average="weighted", labels=CLASSES)
    assert auc_one_vs_one(y, scores, CLASSES, average="weighted")[0] == pytest.approx(expected, abs=1e-12)


def test_two_classes_are_the_ordinary_auc(cohort):
    y, scores = cohort
    rows = y != "normal"
    pair = scores[rows, :2] / scores[rows, :2].sum(axis=1, keepdims=True)
    expected = auc(y[rows] == "malignant", pair[:, 1])
    assert auc_one_vs_rest(y[rows], pair, CLASSES[:2])[0] == pytest.approx(expected, abs=1e-12)
    assert auc_one_vs_one(y[rows], pair, CLASSES[:2])[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("function", [auc_one_vs_rest, auc_one_vs_one])
def test_impossible_classes_are_refused(cohort, function):
    y, scores = cohort
    with pytest.raises(ValueError, match="no patient has class normal"):
        function(np.where(y == "normal", "benign", y), scores, CLASSES)
    with pytest.raises(ValueError, match="not in classes: normal"):
        function(y, scores[:, :2], CLASSES[:2])
    with pytest.raises(ValueError, match="one column per class"):
        function(y, scores[:, :2], CLASSES)
    with pytest.raises(ValueError, match="'macro' or 'weighted'"):
        function(y, scores, CLASSES, average="micro")
