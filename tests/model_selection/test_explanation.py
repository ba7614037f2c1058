"""One patient's contributions add up, are exact where theory says so, and partial dependence is scikit-learn's."""

import doctest
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import partial_dependence as sklearn_partial_dependence
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.fusion import make_early_fusion
from fusionkit.model_selection import (
    explain_patient,
    explanation,
    make_fusions,
    partial_dependence,
    shapley_values,
)

from .conftest import make_cohort

COHORT = make_cohort(80)
X, Y = COHORT.X.copy(), COHORT.y
X.iloc[3:9, 2:] = np.nan  # these patients lack the scan


def numbers(n=60, modalities=("ct", "ehr", "ecg"), each=1, seed=0):
    rng = np.random.default_rng(seed)
    names = [f"{m}__x{i}" for m in modalities for i in range(each)]
    table = pd.DataFrame(rng.normal(size=(n, len(names))), columns=names, index=[f"P{i}" for i in range(n)])
    signal = table.iloc[:, 0] + table.iloc[:, 0] * table.iloc[:, 1] - table.iloc[:, 2]
    return table, (signal + 0.5 * rng.normal(size=n) > 0).astype(int)


@pytest.fixture(scope="module")
def models():
    fitted = make_fusions(COHORT.kinds, ["ehr", "early", "late"], n_features=(4,), inner_folds=2)
    fitted["whole"] = make_pipeline(make_early_fusion({"ehr": fitted["ehr"].estimator["fuse"]}, LogisticRegression()))
    return {name: model.fit(X, Y) for name, model in fitted.items()}


@pytest.mark.parametrize("name", ["ehr", "early", "late", "whole"])
@pytest.mark.parametrize("scale", ["probability", "log-odds"])
@pytest.mark.parametrize("patient", ["P040", "P004"])  # with and without a scan
def test_contributions_add_up_to_the_prediction(models, name, scale, patient):
    table = X[:41]
    found = explain_patient(models[name], table, patient, scale=scale, n_orders=2)
    transform = logit if scale == "log-odds" else np.asarray
    predicted = transform(models[name].predict_proba(table.loc[[patient]])[0, 1])
    assert found.prediction == pytest.approx(predicted, abs=1e-12)
    assert found.base + found.features["contribution"].sum() == pytest.approx(predicted, abs=1e-12)
    assert found.base + found.modalities["contribution"].sum() == pytest.approx(predicted, abs=1e-12)
    others = transform(models[name].predict_proba(table.drop(index=patient))[:, 1])
    assert found.base == pytest.approx(others.mean(), abs=1e-12)


def test_a_linear_model_contributes_its_coefficients_times_the_distance_from_the_mean():
    table, y = numbers(each=3)
    scaled = {name: StandardScaler() for name in ("ct", "ehr", "ecg")}
    model = make_early_fusion(scaled, LogisticRegression()).fit(table, y)
    found = explain_patient(model, table, "P7", scale="log-odds", n_orders=1).features.set_index("feature")
    others = table.drop(index="P7")
    expected = model[-1].coef_[0] / table.std(ddof=0).to_numpy() * (table.loc["P7"] - others.mean())
    np.testing.assert_allclose(found.loc[table.columns, "contribution"], expected, atol=1e-12)
    assert found["error"].max() < 1e-12
    assert found.loc[table.columns, "value"].tolist() == table.loc["P7"].tolist()


def test_modalities_contribute_their_exact_shapley_values():
    table, y = numbers(each=3)
    model = RandomForestClassifier(25, random_state=0).fit(table, y)
    found = explain_patient(model, table, "P7", n_orders=1, background=table.iloc[20:50])
    value = {}
    for part in [(), ("ct",), ("ehr",), ("ecg",), ("ct", "ehr"), ("ct", "ecg"), ("ehr", "ecg"), ("ct", "ehr", "ecg")]:
        mixed = table.iloc[20:50].copy()
        columns = [c for c in table if c.startswith(part)] if part else []
        mixed[columns] = table.loc["P7", columns].to_numpy()
        value[frozenset(part)] = model.predict_proba(mixed)[:, 1].mean()
    expected = shapley_values(["ct", "ehr", "ecg"], value)
    assert found.modalities.set_index("modality")["contribution"].to_dict() == pytest.approx(expected, abs=1e-12)


def test_one_feature_per_modality_gives_the_values_of_tree_shap():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # matplotlib's, while shap is imported
        shap = pytest.importorskip("shap", reason="shap is an extra: pip install 'fusionkit[shap]'")
    table, y = numbers()
    model = RandomForestClassifier(25, random_state=0).fit(table.to_numpy(), y)
    tree = shap.TreeExplainer(model, data=table.to_numpy()[10:], feature_perturbation="interventional")
    expected = tree.shap_values(table.to_numpy()[:1])[0, :, 1]
    named = RandomForestClassifier(25, random_state=0).fit(table, y)
    found = explain_patient(named, table, "P0", background=table.iloc[10:], n_orders=1).features.set_index("feature")
    np.testing.assert_allclose(found.loc[table.columns, "contribution"], expected, atol=1e-9)


def test_one_seed_one_explanation_and_more_orders_are_more_exact():
    table, y = numbers(modalities=("ct", "ehr"), each=4)
    model = RandomForestClassifier(8, random_state=0).fit(table, y)
    first, again = (explain_patient(model, table, "P3", n_orders=2, random_state=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.features, again.features)
    many = explain_patient(model, table, "P3", n_orders=12, random_state=1).features.set_index("feature")
    few = first.features.set_index("feature").loc[many.index]
    assert many["error"].mean() < few["error"].mean()
    assert ((many["contribution"] - few["contribution"]).abs() <= 5 * (few["error"] + many["error"]) + 1e-12).all()


def test_partial_dependence_is_that_of_scikit_learn(models):
    table, y = numbers(each=2)
    model = make_early_fusion({"ct": StandardScaler(), "ehr": StandardScaler()}, RandomForestClassifier(25)).fit(
        table, y
    )
    found = partial_dependence(model, table, ["ct__x1", "ecg__x0"], n_points=9)
    mine = found.query("feature == 'ct__x1'")
    theirs = sklearn_partial_dependence(
        *(model, table, ["ct__x1"]), custom_values={"ct__x1": mine["value"].to_numpy(dtype=float)}, method="brute"
    )
    np.testing.assert_allclose(mine["probability"], theirs["average"][0], atol=1e-12)
    assert (mine["low"] <= mine["high"]).all()
    unused = found.query("feature == 'ecg__x0'")["probability"]
    assert np.ptp(unused) == 0


def test_partial_dependence_takes_categories_and_gaps(models):
    found = partial_dependence(models["early"], X, ["ehr__sex", "ehr__age", "ct__f3"])
    assert found.query("feature == 'ehr__sex'")["value"].tolist() == ["female", "male"]
    assert found["probability"].between(0, 1).all()
    assert len(found.query("feature == 'ehr__age'")) == 20


def test_what_cannot_be_explained_is_refused():
    table, y = numbers()
    model = LogisticRegression().fit(table, y)
    with pytest.raises(KeyError, match="patient 'Q1' is not in X, whose index begins P0, P1"):
        explain_patient(model, table, "Q1")
    with pytest.raises(ValueError, match="scale is one of 'probability', 'log-odds'"):
        explain_patient(model, table, "P1", scale="odds")
    with pytest.raises(ValueError, match="nobody to compare with"):
        explain_patient(model, table.iloc[:1], "P0")
    sure = RandomForestClassifier(5, random_state=0).fit(table, y)
    with pytest.raises(ValueError, match="no log odds: use scale='probability'"):
        explain_patient(sure, table, "P1", scale="log-odds")
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 201))).add_prefix("ct__x")
    with pytest.raises(ValueError, match="uses 201 features, and 200 at most"):
        explain_patient(LogisticRegression().fit(wide, np.arange(30) % 2), wide, 3)
    with pytest.raises(ValueError, match="X has no column 'ct__zz'"):
        partial_dependence(model, table, ["ct__zz"])
    with pytest.raises(ValueError, match="nobody has a value of 'ct__x0'"):
        partial_dependence(sure, table.assign(ct__x0=np.nan), ["ct__x0"])


def test_examples_run():
    assert doctest.testmod(explanation).failed == 0
