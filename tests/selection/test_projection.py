"""PLS as a pipeline step whose first components do not depend on their number."""

import numpy as np
import pytest
from sklearn.cross_decomposition import PLSRegression
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from fusionkit.selection import PLSProjection


@pytest.mark.parametrize(
    ("load", "task"),
    [(load_breast_cancer, "classification"), (load_diabetes, "regression"), (load_wine, "classification")],
)
def test_coordinates_are_those_of_scikit_learn(load, task):
    X, y = load(return_X_y=True)
    target = np.eye(3)[y] if load is load_wine else y
    expected = PLSRegression(n_components=3).fit(X, target).transform(X)
    assert np.array_equal(PLSProjection(3, task=task).fit(X, y).transform(X), expected)


@pytest.mark.parametrize(("load", "tolerance"), [(load_breast_cancer, 1e-9), (load_wine, 1e-4)])
def test_the_first_components_do_not_depend_on_their_number(load, tolerance):
    X, y = load(return_X_y=True)
    many = PLSProjection(6).fit(X, y).transform(X)
    for k in (1, 2, 5):
        np.testing.assert_allclose(PLSProjection(k).fit(X, y).transform(X), many[:, :k], atol=tolerance)


def test_it_stands_inside_a_pipeline_and_names_its_columns():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    model = make_pipeline(PLSProjection(), LogisticRegression()).fit(X, y)
    assert model.score(X, y) > 0.9
    assert list(model[:1].get_feature_names_out()) == ["plsprojection0", "plsprojection1"]


@pytest.mark.parametrize("n", [0, 31, 1.5])
def test_components_that_cannot_exist_are_refused(n):
    with pytest.raises(
        ValueError, match="n_components is a whole number from 1 to 30, the lesser of patients and features"
    ):
        PLSProjection(n).fit(*load_breast_cancer(return_X_y=True))
