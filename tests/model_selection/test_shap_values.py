"""SHAP values add up to the prediction, are the textbook's for linear models, and refuse what they cannot explain."""

import sys
import warnings

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from fusionkit.fusion import make_early_fusion
from fusionkit.model_selection import make_fusions, shap_table

from .conftest import make_cohort

COHORT = make_cohort(80)


@pytest.fixture
def installed():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # matplotlib's, while shap is imported
        pytest.importorskip("shap", reason="shap is an extra: pip install 'fusionkit[shap]'")


def fitted(final):
    branches = make_fusions(COHORT.kinds, ["early"], n_features=(4,))["early"].estimator["fuse"]
    return Pipeline([("fuse", branches), ("model", final)]).fit(COHORT.X[:50], COHORT.y[:50])


@pytest.mark.parametrize(
    ("final", "scale"),
    [
        (LogisticRegression(), "log-odds"),
        (RandomForestClassifier(15, random_state=0), "probability"),
        (DecisionTreeClassifier(max_depth=3, random_state=0), "probability"),
        (GradientBoostingClassifier(n_estimators=15, random_state=0), "log-odds"),
        (XGBClassifier(n_estimators=15), "log-odds"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
@pytest.mark.usefixtures("installed")
def test_the_values_add_up_to_the_prediction(final, scale):
    model = fitted(final)
    found = shap_table(model, COHORT.X[50:], COHORT.X[:50])
    risk = model.predict_proba(COHORT.X[50:])[:, 1]
    sums = found.values.groupby("patient", sort=False)["contribution"].sum() + found.base
    assert found.scale == scale
    expected = risk if scale == "probability" else np.log(risk / (1 - risk))
    np.testing.assert_allclose(sums, expected, atol=1e-5)
    assert set(found.values["modality"]) == {"ehr", "ct"}
    assert sums.index.tolist() == COHORT.X.index[50:].tolist()


@pytest.mark.usefixtures("installed")
def test_a_linear_models_values_are_coefficients_times_distances():
    model = fitted(LogisticRegression())
    found = shap_table(model, COHORT.X[50:], COHORT.X[:50])
    given, compared = (np.asarray(model[:-1].transform(part)) for part in (COHORT.X[50:], COHORT.X[:50]))
    expected = model[-1].coef_[0] * (given - compared.mean(axis=0))
    np.testing.assert_allclose(found.values["contribution"].to_numpy().reshape(expected.shape), expected, atol=1e-10)


def test_other_models_are_sent_to_the_explanation_that_needs_no_package():
    with pytest.raises(TypeError, match="KNeighborsClassifier is neither linear nor made of trees"):
        shap_table(fitted(KNeighborsClassifier()), COHORT.X[50:], COHORT.X[:50])
    late = make_fusions(COHORT.kinds, ["late"], n_features=(4,), inner_folds=2)["late"].fit(COHORT.X, COHORT.y)
    with pytest.raises(TypeError, match="LateFusionClassifier: use explain_patient"):
        shap_table(late, COHORT.X[50:], COHORT.X[:50])


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    model = make_early_fusion({"ct": "passthrough"}, LogisticRegression()).fit(COHORT.X, COHORT.y)
    with pytest.raises(ImportError, match=r"pip install 'fusionkit\[shap\]'"):
        shap_table(model, COHORT.X[50:], COHORT.X[:50])
