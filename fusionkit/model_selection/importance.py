"""What the models lean on: how much worse held-out patients are ranked when columns are shuffled among them.

A modality's columns are shuffled together, patient by patient, so that what hangs together stays together: who lacks
the modality gets one, and the other way round. A single feature is shuffled among those who have the modality. The
models are those of the outer folds, the patients those who took no part in fitting them, and nothing is fitted again.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..metrics import auc, brier_score, corrected_resampled_interval, log_loss
from ..naming import split_name
from ._blocks import make_predictor

__all__ = ["PermutationExaminer", "importance_table", "permutation_importance"]

_METRICS = {"auc": (auc, 1), "brier": (brier_score, -1), "log_loss": (log_loss, -1)}
"""Name -> the metric, and 1 where more is better, -1 where less is."""


@dataclass(frozen=True)
class PermutationExaminer:
    """Permutation importance inside every outer fold: pass it as ``examine`` to the nested cross-validation.

    Parameters
    ----------
    n_permutations : int, default=10
        How often the test patients are shuffled; the same shuffles serve every block and every fusion.
    metric : {"auc", "brier", "log_loss"}, default="auc"
        What is lost, so that a positive importance means that the model needs the block.
    features : bool, default=True
        Whether single features are shuffled too; modalities always are.
    random_state : int, default=0
        Seed; each fold has shuffles of its own that do not depend on the number of jobs.

    Examples
    --------
    >>> from fusionkit.model_selection import PermutationExaminer
    >>> PermutationExaminer(n_permutations=5)
    PermutationExaminer(n_permutations=5, metric='auc', features=True, random_state=0)
    """

    n_permutations: int = 10
    metric: str = "auc"
    features: bool = True
    random_state: int = 0

    def __post_init__(self):
        if self.metric not in _METRICS:
            raise ValueError(f"metric is one of {', '.join(map(repr, _METRICS))}; got {self.metric!r}")
        if self.n_permutations != int(self.n_permutations) or self.n_permutations < 1:
            raise ValueError(f"n_permutations is a whole number of at least 1; got {self.n_permutations!r}")

    def __call__(self, model, X, y, split):
        """Return the importance of every modality and feature that the fitted model uses, for one outer fold.

        Parameters
        ----------
        model : fitted classifier
            With ``predict_proba``.
        X : DataFrame of shape (n_test, n_features)
            The test patients.
        y : ndarray of shape (n_test,)
            0 or 1.
        split : Split
            Gives the shuffles their seed.

        Returns
        -------
        rows : list of dict
            kind ("modality" or "feature"), name, importance.
        """
        rng = np.random.default_rng([self.random_state, split.repeat, split.fold])
        return _examine(model, X, y, self, rng)


def permutation_importance(model, X, y, *, n_permutations=10, metric="auc", features=True, random_state=0):
    """Return how much worse a fitted model does on new patients when a modality, or a feature, is shuffled.

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``.
    X : DataFrame of shape (n_patients, n_features)
        Patients who took no part in fitting, columns named ``<modality>__<feature>``.
    y : array-like of shape (n_patients,)
        0 or 1.
    n_permutations : int, default=10
        How often the patients are shuffled.
    metric : {"auc", "brier", "log_loss"}, default="auc"
        What is lost.
    features : bool, default=True
        Whether single features are shuffled too.
    random_state : int, default=0
        Seed.

    Returns
    -------
    table : DataFrame
        kind, name, modality, importance; modalities first, the most important on top. Columns that the model does not
        use are not listed: their importance is exactly 0.

    Raises
    ------
    ValueError
        If there is one class only, a prediction is NaN, or an argument is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from fusionkit.model_selection import permutation_importance
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(200, 2)), columns=["ct__texture", "ehr__age"])
    >>> y = (X["ct__texture"] + 0.3 * X["ehr__age"] + 0.5 * rng.normal(size=200) > 0).astype(int)
    >>> model = LogisticRegression().fit(X[:100], y[:100])
    >>> permutation_importance(model, X[100:], y[100:], features=False).round(2)
           kind name modality  importance
    0  modality   ct       ct        0.42
    1  modality  ehr      ehr        0.06
    """
    examiner = PermutationExaminer(n_permutations, metric, features, random_state)
    rows = _examine(model, X, np.asarray(y), examiner, np.random.default_rng(random_state))
    table = pd.DataFrame(rows, columns=["kind", "name", "importance"])
    table.insert(
        2, "modality", [_modality(kind, name) for kind, name in zip(table["kind"], table["name"], strict=True)]
    )
    return _sorted(table)


def importance_table(nested, *, confidence=0.95):
    """Return the importance of every modality and feature over the outer folds, with intervals.

    Parameters
    ----------
    nested : NestedResult
        Of a nested cross-validation with a :class:`PermutationExaminer` as ``examine``.
    confidence : float, default=0.95
        Level of the interval (corrected resampled t, because the folds' training patients overlap).

    Returns
    -------
    table : DataFrame
        fusion, kind ("modality" or "feature"), name, modality, importance (mean over folds; a fold whose model does not
        use it counts 0), low, high, used (share of folds whose model uses it), n_folds, method, reason (why there is no
        interval). Modalities first, the most important on top.

    Raises
    ------
    ValueError
        If nothing was examined.
    """
    if nested.examined is None:
        raise ValueError("nothing was examined: pass examine=PermutationExaminer() to the nested cross-validation")
    sizes = nested.folds[["n_train", "n_test"]].mean()
    n_folds = nested.folds.groupby("fusion").size()
    rows = []
    for (fusion, kind, name), found in nested.examined.groupby(["fusion", "kind", "name"], sort=False):
        values = np.zeros(n_folds[fusion])
        values[: len(found)] = found["importance"]
        estimate = corrected_resampled_interval(values, **sizes, confidence=confidence)
        rows.append(
            {
                **{"fusion": fusion, "kind": kind, "name": name, "modality": _modality(kind, name)},
                **{"importance": estimate.value, "low": estimate.low, "high": estimate.high},
                **{"used": len(found) / len(values), "n_folds": len(values)},
                **{"method": estimate.method, "reason": estimate.reason},
            }
        )
    return _sorted(pd.DataFrame(rows), list(dict.fromkeys(nested.folds["fusion"])))


def _examine(model, X, y, settings, rng):
    """Importance of every block that can move a prediction; all shuffles of a block are predicted in one call."""
    metric, sign = _METRICS[settings.metric]
    predictor = make_predictor(model, X)
    whole = metric(y, predictor.baseline)
    shuffles = [rng.permutation(len(X)) for _ in range(settings.n_permutations)]
    rows = []
    for kind, name, columns in _blocks(predictor, X, settings.features):
        orders = shuffles if kind == "modality" else _among_present(shuffles, X, name)
        changed = X[columns].iloc[np.concatenate(orders)]
        scores = predictor.predict(changed).reshape(len(shuffles), len(X))
        shuffled = np.mean([metric(y, score) for score in scores])
        rows.append({"kind": kind, "name": name, "importance": float(sign * (whole - shuffled))})
    return rows


def _blocks(predictor, X, features):
    """Every modality with those of its columns that matter, then every such column."""
    matter = set(predictor.used)
    modalities = {}
    for column in X.columns:
        modalities.setdefault(split_name(column)[0], []).append(column)
    for name, columns in modalities.items():
        used = [column for column in columns if column in matter]
        if used:
            yield "modality", name, columns if predictor.someone_lacks else used
    if features:
        yield from (("feature", column, [column]) for column in predictor.used)


def _among_present(shuffles, X, column):
    """The same shuffles, confined to the patients who have the column's modality."""
    modality = split_name(column)[0]
    block = X[[other for other in X.columns if split_name(other)[0] == modality]]
    present = block.notna().any(axis=1).to_numpy()
    confined = np.tile(np.arange(len(X)), (len(shuffles), 1))
    for mine, order in zip(confined, shuffles, strict=True):
        mine[present] = order[present[order]]
    return list(confined)


def _modality(kind, name):
    return name if kind == "modality" else split_name(name)[0]


def _sorted(table, fusions=()):
    order = {name: place for place, name in enumerate((*fusions, "modality", "feature"))}
    keys = [*(["fusion"] if "fusion" in table else []), "kind", "importance", "name"]
    return table.sort_values(
        keys,
        key=lambda column: column.map(order) if column.name in {"fusion", "kind"} else column,
        ascending=[key != "importance" for key in keys],
        ignore_index=True,
    )
