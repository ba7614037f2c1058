"""Models by name: each can be made, searched and fitted, needs what the table says, and draws from its seed alone."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.model_selection import ParameterGrid, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.models import make_model, model_grid, model_names, model_table
from fusionkit.models.dynamic import DynamicEnsembleClassifier, knora_e, knora_u
from tests.contract import parametrize_with_checks
from tests.reference.dynamic_cases import CASES

NAMED = [(task, name) for task in ("classification", "regression") for name in model_names(task=task)]
TABLE = model_table()


def small(task):
    if task == "regression":
        X, y = load_diabetes(return_X_y=True)
        return StandardScaler().fit_transform(X[:90]), y[:90]
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X[:90, :12]), y[:90]


def of_few_trees(task, name, seed=0):
    """The model, with twenty trees where it has trees."""
    model = make_model(name, task=task, random_state=seed)
    return model.set_params(n_estimators=20) if "n_estimators" in model.get_params() else model


@pytest.mark.parametrize(("task", "name"), NAMED)
def test_every_model_fits_with_its_defaults_and_its_first_candidate(task, name):
    assert_fits(task, name, lambda candidates: [{}, candidates[0]])


@pytest.mark.slow
@pytest.mark.parametrize(("task", "name"), NAMED)
def test_every_candidate_of_every_grid_fits_without_a_warning(task, name):
    assert_fits(task, name, list)


def assert_fits(task, name, choose):
    X, y = small(task)
    model = make_model(name, task=task, random_state=0)
    assert (is_classifier if task == "classification" else is_regressor)(model)
    candidates = list(ParameterGrid(model_grid(name, task=task)))
    assert len(candidates) == TABLE.loc[(task, name), "n_candidates"] > 1
    for params in choose(candidates):
        predicted = clone(model).set_params(**params).fit(X, y).predict(X)
        assert predicted.shape == y.shape
        assert np.isfinite(predicted).all()


@pytest.mark.parametrize(("task", "name"), NAMED)
def test_the_same_seed_gives_the_same_model(task, name):
    X, y = small(task)
    X, y = X[:40, :4], y[:40]
    first, second = (of_few_trees(task, name, seed=3).fit(X, y).predict(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(("task", "name"), NAMED)
def test_missing_values_and_probabilities_are_as_the_table_says(task, name):
    X, y = small(task)
    model = of_few_trees(task, name)
    row = TABLE.loc[(task, name)]
    assert hasattr(model, "predict_proba") == row["probability"]
    holes = X.copy()
    holes[::5, 3] = np.nan
    if row["missing_allowed"]:
        assert len(model.fit(holes, y).predict(holes)) == len(y)
    else:
        with pytest.raises(ValueError, match="NaN"):
            model.fit(holes, y)


@pytest.mark.slow
@pytest.mark.parametrize("name", model_names())
def test_every_classifier_takes_three_classes_and_beats_the_majority(name):
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), make_model(name, random_state=0))
    assert cross_val_score(pipeline, X, y, cv=3).mean() > 0.8


@pytest.mark.parametrize(("task", "name"), [pair for pair in NAMED if not TABLE.loc[pair, "needs_scaling"]])
def test_a_model_that_needs_no_scaling_predicts_alike_when_a_column_is_stretched(task, name):
    X, y = small(task)
    stretched = X * np.where(np.arange(X.shape[1]) % 2, 1.0, 1024.0)
    scores = [of_few_trees(task, name).fit(table, y).predict(table) for table in (X, stretched)]
    assert np.mean(np.isclose(scores[0], scores[1])) > 0.9


def test_a_grid_is_a_copy_and_takes_a_prefix():
    model_grid("knn")["n_neighbors"].append(99)
    assert model_grid("knn", prefix="model__")["model__n_neighbors"] == [3, 5, 9, 15, 25]


def test_an_unknown_name_or_task_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"svm_linear, svm_rbf, logistic.*got 'svm'"):
        make_model("svm")
    with pytest.raises(ValueError, match=r"ridge.*for regression; got 'svm'"):
        model_grid("svm", task="regression")
    with pytest.raises(ValueError, match="'classification' or 'regression'; got 'survival'"):
        model_names(task="survival")


@pytest.mark.parametrize("name", ["knora_e", "knora_u", "meta_des", "logistic", "naive_bayes", "lda", "qda"])
def test_a_model_for_classification_only_says_so(name):
    with pytest.raises(ValueError, match=f"'{name}' is for classification only; for regression name is one of svm_lin"):
        make_model(name, task="regression")
    with pytest.raises(ValueError, match="'ridge' is for regression only; for classification name is one of svm_lin"):
        make_model("ridge")


WANTED = (
    "svm_linear svm_rbf logistic logistic_l1 elastic_net random_forest extra_trees xgboost hist_gradient_boosting knn "
    "naive_bayes lda qda decision_tree gaussian_process mlp knora_e knora_u meta_des"
)


def test_every_classifier_of_the_field_is_there():
    assert {*WANTED.split()} <= set(model_names())


@pytest.mark.slow
@parametrize_with_checks([DynamicEnsembleClassifier(method=method) for method in ("knora_e", "meta_des")])
def test_dynamic_ensembles_are_scikit_learn_estimators(estimator, check):
    check(estimator)


def test_knora_worked_by_hand():
    right = np.array([[[1, 1, 0], [1, 1, 1], [0, 1, 1]], [[1, 0, 1], [0, 0, 1], [0, 1, 0]], [[0, 0, 0]] * 3], bool)
    np.testing.assert_array_equal(knora_e(right), [[0, 1, 0], [0, 0, 1], [1, 1, 1]])
    np.testing.assert_array_equal(knora_u(right), [[2, 3, 2], [1, 1, 2], [1, 1, 1]])


@pytest.mark.parametrize("method", ["knora_e", "knora_u", "meta_des"])
@pytest.mark.parametrize("case", CASES)
def test_members_count_as_they_do_in_deslib(case, method):
    """Stored answers of DESlib, which needs an older scikit-learn; ``tests/reference/make_dynamic.py`` made them."""
    X, y, new, members = CASES[case]
    stored = json.loads(Path(__file__).with_name("reference").joinpath("dynamic.json").read_text())
    weights = np.array(stored[case][method])
    pool = [(str(number), member) for number, member in enumerate(members)]
    ensemble = DynamicEnsembleClassifier(pool, method=method, n_neighbors=7, n_profiles=5, random_state=0).fit(X, y)
    said = np.stack([member.predict_proba(new) for member in members], axis=1)
    expected = (weights[:, :, None] * said).sum(axis=1) / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ensemble.predict_proba(new), expected, rtol=0, atol=1e-9)


def test_a_dynamic_ensemble_of_one_member_is_that_member():
    X, y = small("classification")
    member = make_model("lda")
    for method in ("knora_e", "knora_u", "meta_des"):
        ensemble = DynamicEnsembleClassifier([("only", member)], method=method, random_state=0).fit(X, y)
        np.testing.assert_allclose(ensemble.predict_proba(X), clone(member).fit(X, y).predict_proba(X), atol=1e-12)


def test_the_member_that_knows_the_region_decides_there():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 2))
    y = (X[:, 1] > 0) ^ (X[:, 0] > 0)
    members = [(str(depth), make_model("logistic").set_params(C=depth)) for depth in (1, 10)]
    static = np.mean([cross_val_score(member, X, y, cv=4).mean() for _, member in members])
    trees = members + [("tree", make_model("decision_tree", random_state=0).set_params(max_depth=4))]
    for method in ("knora_e", "knora_u", "meta_des"):
        dynamic = cross_val_score(DynamicEnsembleClassifier(trees, method=method, random_state=0), X, y, cv=4).mean()
        assert dynamic > static + 0.2


def test_a_dynamic_ensemble_refuses_what_it_cannot_judge():
    X, y = small("classification")
    with pytest.raises(ValueError, match="knora_e, knora_u, meta_des; got 'ola'"):
        DynamicEnsembleClassifier(method="ola").fit(X, y)
    lone = np.zeros(len(y), int)
    lone[0] = 1
    with pytest.raises(ValueError, match="two members or more"):
        DynamicEnsembleClassifier().fit(X, lone)
