"""Permutation importance: equal to predicting the shuffled table, on held-out patients, with nothing computed twice."""

import doctest
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit._store import JsonStore
from fusionkit.fusion import make_early_fusion
from fusionkit.model_selection import (
    PermutationExaminer,
    Split,
    compare_fusions,
    explain_patient,
    external_validate,
    importance,
    importance_table,
    make_fusions,
    partial_dependence,
    permutation_importance,
)
from fusionkit.model_selection._blocks import make_predictor
from fusionkit.selection import make_ranker

from .conftest import QUICK, make_cohort


class CountingScaler(StandardScaler):
    """A scaler that counts the rows it was asked to transform."""

    rows = 0

    def transform(self, X, copy=None):
        type(self).rows += len(X)
        return super().transform(X, copy=copy)


COHORT = make_cohort(80)
X, Y = COHORT.X.copy(), COHORT.y.to_numpy()
X.iloc[3:9, 2:] = np.nan  # these patients lack the scan
FUSIONS = ["ehr", "ct", "early", "late"]
NAMES = [*FUSIONS, "projected", "passed through", "one step"]


@pytest.fixture(scope="module")
def models():
    """Every way in which a model may be built, fitted on the first forty patients."""
    models = make_fusions(COHORT.kinds, FUSIONS, n_features=(2, 4), inner_folds=2)
    median = SimpleImputer(strategy="median")
    ct = make_pipeline(median, StandardScaler(), make_ranker("anova"), PCA(2, svd_solver="full"))
    models["projected"] = make_early_fusion({"ct": ct}, RandomForestClassifier(20, random_state=0))
    models["passed through"] = make_early_fusion(
        {"ct": median, "ehr": models["ehr"].estimator["fuse"]}, LogisticRegression()
    )
    models["one step"] = make_pipeline(models["early"].estimator["fuse"], LogisticRegression())
    assert list(models) == NAMES
    return {name: model.fit(X[:40], COHORT.y[:40]) for name, model in models.items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("columns", [["ct__f3"], ["ct__f3", "ct__f7", "ehr__age"], ["ehr__sex"], list(X.columns)])
def test_replaced_columns_give_the_prediction_of_the_replaced_table(models, name, columns):
    rng = np.random.default_rng(0)
    held_out = X  # six of them lack the scan
    orders = [rng.permutation(len(held_out)) for _ in range(3)]
    predictor = make_predictor(models[name], held_out)
    found = predictor.predict(held_out[columns].iloc[np.concatenate(orders)]).reshape(3, -1)
    for order, mine in zip(orders, found, strict=True):
        table = held_out.copy()
        for column in columns:
            table[column] = (
                held_out[column].to_numpy()[order] if column != "ehr__sex" else held_out[column].array[order]
            )
        np.testing.assert_allclose(mine, models[name].predict_proba(table)[:, 1], rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_columns_that_are_not_used_cannot_move_a_prediction(models, name):
    predictor = make_predictor(models[name], X)
    table, rng = X.copy(), np.random.default_rng(1)
    for column in set(X.columns) - set(predictor.used):
        known = X[column].notna()  # who lacks the scan still does
        table.loc[known, column] = X.loc[known, column].array[rng.permutation(known.sum())]
    np.testing.assert_array_equal(models[name].predict_proba(table)[:, 1], predictor.baseline)
    if name in {"early", "ct", "one step"}:
        kept = getattr(models[name], "best_estimator_", models[name])[:-1].get_feature_names_out()
        assert [c for c in predictor.used if c.startswith("ct")] == [c for c in kept if c.startswith("ct")]
        assert len(predictor.used) < 14


def test_a_modality_is_shuffled_with_its_gaps_and_a_feature_among_those_who_have_it(models):
    model = models["late"]
    table = permutation_importance(model, X, Y, n_permutations=1, random_state=2).set_index("name")["importance"]
    order, whole = np.random.default_rng(2).permutation(80), roc_auc_score(Y, model.predict_proba(X)[:, 1])
    ct, moved, single = [c for c in X.columns if c.startswith("ct")], X.copy(), X.copy()
    moved[ct] = X[ct].iloc[order].set_axis(X.index)
    assert table["ct"] == pytest.approx(whole - roc_auc_score(Y, model.predict_proba(moved)[:, 1]), abs=1e-12)
    present = X[ct].notna().any(axis=1).to_numpy()
    single.loc[present, "ct__f3"] = X["ct__f3"].to_numpy()[order[present[order]]]
    assert table["ct__f3"] == pytest.approx(whole - roc_auc_score(Y, model.predict_proba(single)[:, 1]), abs=1e-12)


def test_importance_is_the_loss_of_a_hand_written_loop(models):
    model, held_out, y = models["early"], X[40:], Y[40:]
    table = permutation_importance(model, held_out, y, n_permutations=4, random_state=5)
    rng = np.random.default_rng(5)
    orders = [rng.permutation(40) for _ in range(4)]
    whole = roc_auc_score(y, model.predict_proba(held_out)[:, 1])
    for row in table.itertuples():
        columns = [c for c in X.columns if c == row.name or c.startswith(f"{row.name}__")]
        losses = []
        for order in orders:
            shuffled = held_out.copy()
            shuffled[columns] = held_out[columns].iloc[order].set_axis(held_out.index)
            losses.append(whole - roc_auc_score(y, model.predict_proba(shuffled)[:, 1]))
        assert row.importance == pytest.approx(np.mean(losses), abs=1e-12)
    assert table["kind"].tolist() == ["modality"] * 2 + ["feature"] * 6
    assert set(table["modality"]) == {"ct", "ehr"}


def test_a_loss_that_should_be_small_counts_when_it_grows(models):
    model, held_out, y = models["ct"], X[40:], Y[40:]
    table = permutation_importance(model, held_out, y, metric="log_loss", features=False, n_permutations=30)
    order = np.random.default_rng(0).permutation(40)
    shuffled = log_loss(y, model.predict_proba(held_out.iloc[order])[:, 1])
    assert table["importance"].item() > 0
    assert shuffled > log_loss(y, model.predict_proba(held_out)[:, 1])


def test_branches_that_a_shuffle_does_not_touch_are_not_transformed_again():
    columns = {"ct": CountingScaler(), "pet": CountingScaler()}
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 4)), columns=["ct__a", "ct__b", "pet__a", "pet__b"])
    model = make_early_fusion(columns, LogisticRegression()).fit(table, Y[:50])
    CountingScaler.rows = 0
    permutation_importance(model, table, Y[:50], n_permutations=7)
    assert CountingScaler.rows == 2 * 50 + (2 + 4) * 50  # once whole, then each value of each of six blocks once


@pytest.fixture(scope="module")
def examined():
    return compare_fusions(make_cohort(), fusions=["ct", "early"], examine=PermutationExaminer(5), **QUICK)


def test_the_table_has_every_block_of_every_fusion_with_an_interval(examined):
    table = importance_table(examined.nested).set_index(["fusion", "kind", "name"])
    assert table.loc[("early", "modality", "ct"), "importance"] > 0.1
    assert table.xs("ct", level="fusion").xs("modality", level="kind").index.tolist() == ["ct"]
    assert (table["n_folds"] == 6).all()
    bounded = table[table["reason"] == ""]
    assert (bounded["low"] < bounded["importance"]).all()
    assert (bounded["importance"] < bounded["high"]).all()
    rare = table[table["used"] < 1]
    assert len(rare)
    mine = examined.nested.examined.groupby(["fusion", "kind", "name"])["importance"].sum() / 6
    np.testing.assert_allclose(table["importance"], mine.loc[table.index], atol=1e-12)


def test_folds_are_examined_with_their_own_models_and_test_patients(examined):
    cohort = make_cohort()
    model = make_fusions(cohort.kinds, ["ct"], n_features=(2, 4), inner_folds=2)["ct"]
    part = examined.predictions.query("fusion == 'ct' and repeat == 1 and fold == 2")
    test = cohort.X.index.isin(part["patient"])
    model.fit(cohort.X[~test], cohort.y[~test])
    split = Split(1, 2, np.flatnonzero(~test), np.flatnonzero(test))
    by_hand = PermutationExaminer(5)(model, cohort.X[test], cohort.y[test].to_numpy(), split)
    kept = examined.nested.examined.query("fusion == 'ct' and repeat == 1 and fold == 2")
    assert kept[["kind", "name", "importance"]].to_dict("records") == by_hand


@pytest.mark.slow
def test_jobs_the_store_and_examining_change_no_prediction(examined, tmp_path):
    options = {**QUICK, "fusions": ["ct", "early"]}
    watched = {"examine": PermutationExaminer(5), "store": JsonStore(tmp_path)}
    first = compare_fusions(make_cohort(), n_jobs=2, **options, **watched)
    again = compare_fusions(make_cohort(), **options, **watched)
    plain = compare_fusions(make_cohort(), **options)
    for other in (first, again):
        pd.testing.assert_frame_equal(other.nested.examined, examined.nested.examined, check_exact=True)
    pd.testing.assert_frame_equal(plain.predictions, examined.predictions, check_exact=True)
    assert plain.nested.examined is None


def test_what_cannot_be_examined_is_refused(examined, models):
    with pytest.raises(ValueError, match="metric is one of 'auc', 'brier', 'log_loss'; got 'f1'"):
        PermutationExaminer(metric="f1")
    with pytest.raises(ValueError, match="n_permutations is a whole number"):
        PermutationExaminer(0)
    with pytest.raises(ValueError, match="nothing was examined"):
        importance_table(replace(examined.nested, examined=None))
    with pytest.raises(ValueError, match="one class only"):
        permutation_importance(models["early"], X[40:], np.zeros(40, dtype=int))


@pytest.mark.parametrize("ask", ["importance", "explanation", "dependence", "external"])
def test_models_of_other_outcomes_are_refused_by_name(ask):
    cohort = make_cohort()
    X, three = cohort.X[["ct__f1", "ct__f2"]], np.arange(len(cohort.y)) % 3
    calls = {
        "importance": lambda model: permutation_importance(model, X, cohort.y),
        "explanation": lambda model: explain_patient(model, X, X.index[0]),
        "dependence": lambda model: partial_dependence(model, X, ["ct__f1"]),
        "external": lambda model: external_validate(model, cohort),
    }
    with pytest.raises(ValueError, match=r"binary outcome is needed; this one knows 3 classes \(0, 1, 2\)"):
        calls[ask](LogisticRegression().fit(X, three))
    with pytest.raises(TypeError, match="Ridge predicts no probabilities"):
        calls[ask](Ridge().fit(X, three))


def test_constant_predictions_have_no_importance_and_no_interval():
    X = make_cohort().X.assign(ct__f3=1.0)
    flat = make_early_fusion({"ct": StandardScaler()}, LogisticRegression()).fit(X, make_cohort().y)
    flat[-1].coef_[:] = 0
    table = permutation_importance(flat, X, make_cohort().y)
    assert (table["importance"] == 0).all()


def test_examples_run():
    assert doctest.testmod(importance, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
