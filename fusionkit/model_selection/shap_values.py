"""SHAP values of early fusions whose model is linear or made of trees, by the package ``shap`` (an extra).

They refer to what the final model is given, encoded and selected, and add up on the model's own scale: log odds for
linear and boosted models, probability for forests and single trees. For late fusion and any other model
:func:`explain_patient` gives contributions of the same kind without the package.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from .._optional import import_optional
from ..naming import split_name
from ._blocks import unwrap

__all__ = ["ShapTable", "shap_table"]

TREES = (
    *(ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier),
    *(RandomForestClassifier, DecisionTreeClassifier),
)
"""Besides xgboost's."""

TOLERANCE = 1e-4
"""Boosted trees are summed in single precision."""


@dataclass(frozen=True, eq=False)
class ShapTable:
    """SHAP values of some patients.

    Parameters
    ----------
    values : DataFrame
        patient, feature, modality, value (as the model is given it, encoded and scaled), contribution.
    base : float
        Mean prediction of the background; base plus a patient's contributions is their prediction.
    scale : {"probability", "log-odds"}
        Of base and contributions.
    """

    values: pd.DataFrame
    base: float
    scale: str


def shap_table(model, X, background, *, n_background=100, random_state=0):
    """Return the SHAP values of patients (Lundberg & Lee 2017; Lundberg et al. 2020, interventional).

    Parameters
    ----------
    model : fitted Pipeline or search
        An early fusion, or a single modality, whose last step is linear (logistic regression) or made of trees.
    X : DataFrame of shape (n_patients, n_features)
        The patients to explain.
    background : DataFrame of shape (n_others, n_features)
        Patients to compare with, such as those of the training.
    n_background : int, default=100
        Larger backgrounds are sampled down to so many patients.
    random_state : int, default=0
        Seed of that sample.

    Returns
    -------
    table : ShapTable

    Raises
    ------
    ImportError
        If ``shap`` is not installed.
    TypeError
        If the model is of another kind.
    ArithmeticError
        If the values do not add up to the predictions.
    """
    model = unwrap(model)
    if not isinstance(model, Pipeline) or len(model) < 2:
        raise TypeError(f"shap_table is for early fusion pipelines; {type(model).__name__}: use explain_patient")
    rng = np.random.default_rng(random_state)
    if len(background) > n_background:
        background = background.iloc[np.sort(rng.choice(len(background), n_background, replace=False))]
    steps, final = model[:-1], model[-1]
    names = [str(name) for name in steps.get_feature_names_out()]
    given, compared = (np.asarray(steps.transform(part), dtype=float) for part in (X, background))
    values, base = _explain(final, given, compared)
    scale = _check_sum(values.sum(axis=1) + base, model.predict_proba(X)[:, 1], type(final).__name__)
    table = pd.DataFrame(
        {
            "patient": np.repeat(X.index.to_numpy(), len(names)),
            "feature": names * len(X),
            "modality": [_modality(name) for name in names] * len(X),
            "value": given.ravel(),
            "contribution": values.ravel(),
        }
    )
    return ShapTable(table, base, scale)


def _explain(final, given, compared):
    """Values (n_patients, n_features) of the positive class and their base."""
    if hasattr(final, "coef_") and len(final.coef_) == 1:
        shap = import_optional("shap", "shap_table")
        explainer = shap.LinearExplainer(final, shap.maskers.Independent(compared, max_samples=len(compared)))
    elif isinstance(final, TREES) or type(final).__module__.startswith("xgboost"):
        shap = import_optional("shap", "shap_table")
        explainer = shap.TreeExplainer(final, data=compared, feature_perturbation="interventional")
    else:
        raise TypeError(f"{type(final).__name__} is neither linear nor made of trees: use explain_patient")
    values, base = np.asarray(explainer.shap_values(given)), np.ravel(explainer.expected_value)
    return (values[..., 1] if values.ndim == 3 else values), float(base[-1])


def _check_sum(sums, risk, name):
    """The scale on which the values add up to the predictions."""
    with np.errstate(divide="ignore"):
        scales = {"probability": risk, "log-odds": logit(risk)}
    for scale, prediction in scales.items():
        if np.allclose(sums, prediction, rtol=0, atol=TOLERANCE):
            return scale
    raise ArithmeticError(f"the SHAP values of this {name} do not add up to its predictions: use explain_patient")


def _modality(name):
    """The modality of a feature, empty for a projection's."""
    return split_name(name)[0] if "__" in name else ""
