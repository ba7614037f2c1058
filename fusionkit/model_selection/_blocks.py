"""A model's probabilities when some columns of a table are replaced; what these columns do not touch is kept.

Early fusion keeps the output of every branch, late fusion the probabilities of every member. Any other model is asked
anew about the whole table. The answers are those of ``predict_proba`` on the changed table in every case.
"""

import copy

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from ..fusion import LateFusionClassifier
from ..fusion.checking import EarlyFusionCheck

__all__ = ["check_binary_model", "make_predictor", "unwrap"]

ONE_BY_ONE = (
    *(MaxAbsScaler, MinMaxScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler),
    SelectorMixin,
)
"""Steps that carry each column over by itself, or drop it: a column dropped later cannot reach the model."""


def make_predictor(model, X):
    """Return what predicts X with some of its columns replaced.

    Parameters
    ----------
    model : fitted classifier
        With ``predict_proba``; a search stands for its best estimator.
    X : DataFrame of shape (n_patients, n_features)
        The patients.

    Returns
    -------
    predictor : object
        With ``used``, the columns of X that can move a prediction, in the order of X; ``baseline``, the probabilities
        of the positive class (n_patients,); ``predict(changed)``, those of X repeated as often as ``changed`` has rows
        for it, with the columns of ``changed`` instead of its own; and ``someone_lacks``, whether a patient lacks a
        modality of late fusion: then the columns that are not used tell so, and have to move with those that are.

    Raises
    ------
    TypeError
        If the model predicts no probabilities.
    ValueError
        If it predicts those of more than two classes.
    """
    model = unwrap(model)
    check_binary_model(model)
    if isinstance(model, LateFusionClassifier) and all(_are_names(columns) for columns in model.columns_):
        return _Late(model, X)
    steps = _without_check(model) if isinstance(model, Pipeline) else ()
    if len(steps) > 1 and isinstance(steps[0], ColumnTransformer):
        branches = [branch for branch in steps[0].transformers_ if not _is_dropped(branch[1])]
        kept = steps[0].transform(X)
        if isinstance(kept, np.ndarray) and all(_are_names(columns) for *_, columns in branches):
            return _Early(steps, X, branches, kept)
    return _Whole(model, X)


def check_binary_model(model):
    """Refuse a model that does not predict the risk of one event.

    Parameters
    ----------
    model : fitted estimator
        What the caller gave.

    Raises
    ------
    TypeError
        If it predicts no probabilities.
    ValueError
        If it predicts those of more than two classes.
    """
    if not hasattr(model, "predict_proba"):
        raise TypeError(
            f"a model of a binary outcome with predict_proba is needed; {type(model).__name__} predicts no "
            f"probabilities (it is a regressor, or an SVC without probability=True)"
        )
    classes = getattr(model, "classes_", (0, 1))
    if len(classes) != 2:
        raise ValueError(
            f"a model of a binary outcome is needed; this one knows {len(classes)} classes "
            f"({', '.join(map(str, classes[:5]))}): fit one class against the others"
        )


def _without_check(pipeline):
    """The pipeline without a first step that only looks at the table."""
    return pipeline[1:] if isinstance(pipeline[0], EarlyFusionCheck) else pipeline


def unwrap(model):
    """Return the estimator that does the work: a search's best one, a frozen one's own."""
    while True:
        inner = model.estimator if isinstance(model, FrozenEstimator) else getattr(model, "best_estimator_", model)
        if inner is model:
            return model
        model = inner


class _Whole:
    """Any model: asked about the whole changed table."""

    someone_lacks = False

    def __init__(self, model, X):
        self.model, self.X = model, X
        self.used = list(X.columns)
        self.baseline = model.predict_proba(X)[:, 1]

    def predict(self, changed):
        return self.model.predict_proba(_replaced(self.X, changed))[:, 1]


class _Early(_Whole):
    """Branches side by side: only those that hold a changed column are transformed again."""

    def __init__(self, model, X, branches, kept):
        self.X, self._kept, self._rest = X, kept.astype(float), model[1:]
        self._branches = [
            _Branch(transformer, X[list(columns)], model[0].output_indices_[name])
            for name, transformer, columns in branches
        ]
        reaching = {column for branch in self._branches for column in branch.survivors}
        self.used = [column for column in X.columns if column in reaching]
        self.baseline = self._rest.predict_proba(self._kept)[:, 1]

    def predict(self, changed):
        table = np.tile(self._kept, (_copies(self.X, changed), 1))
        for branch in self._branches:
            mine = changed[[column for column in changed.columns if column in branch.survivors]]
            if len(mine.columns):
                branch.write(mine, table)
        return self._rest.predict_proba(table)[:, 1]


class _Branch:
    """One branch: its columns, those that reach its end, and where they stand in what the model is given."""

    def __init__(self, transformer, block, places):
        self._transformer, self._block, self._places = transformer, block, places
        names, self._one_by_one = _survivors(transformer, list(block.columns))
        self.survivors = {name: place for place, name in enumerate(names)}

    def write(self, changed, table):
        """Put what becomes of the changed columns in their places."""
        if not self._one_by_one:
            table[:, self._places] = np.asarray(self._transformer.transform(_replaced(self._block, changed)))
            return
        codes, distinct = zip(*(pd.factorize(changed[c], use_na_sentinel=False) for c in changed.columns), strict=True)
        rows = max(map(len, distinct))  # each value is transformed once, beside whatever else stands in its row
        padded = {
            c: values.take(np.minimum(np.arange(rows), len(values) - 1))
            for c, values in zip(changed.columns, distinct, strict=True)
        }
        values = self._block.iloc[np.zeros(rows, dtype=int)].reset_index(drop=True).assign(**padded)
        carried = np.asarray(self._transformer.transform(values))
        for column, code in zip(changed.columns, codes, strict=True):
            table[:, self._places.start + self.survivors[column]] = carried[code, self.survivors[column]]


class _Late(_Whole):
    """One member per modality: only those that see a changed column predict again."""

    def __init__(self, model, X):
        super().__init__(model, X)
        self._members = []
        reaching = set()
        for member, columns in zip(model.estimators_, model.columns_, strict=True):
            block = X[columns]
            present = block[block.notna().any(axis=1)]
            self.someone_lacks |= len(present) < len(block)
            reaching.update(make_predictor(member, present).used if len(present) else columns)
            self._members.append((member, set(columns), member.predict_proba(present) if len(present) else None))
        self.used = [column for column in X.columns if column in reaching]

    def predict(self, changed):
        copies = _copies(self.X, changed)
        quick = copy.copy(self.model)
        quick.estimators_ = [
            member if columns & set(changed.columns) or known is None else _Known(member.classes_, known, copies)
            for member, columns, known in self._members
        ]
        return quick.predict_proba(_replaced(self.X, changed))[:, 1]


class _Known:
    """A member of late fusion whose probabilities are known already."""

    def __init__(self, classes, probability, copies):
        self.classes_ = classes
        self._probability = np.tile(probability, (copies, 1))

    def predict_proba(self, block):
        return self._probability


def _are_names(columns):
    return isinstance(columns, (list, pd.Index)) and all(isinstance(column, str) for column in columns)


def _is_dropped(transformer):
    return isinstance(transformer, str) and transformer == "drop"


def _copies(X, changed):
    copies, rest = divmod(len(changed), len(X))
    if rest or not copies:
        raise ValueError(f"changed has {len(changed)} rows, which is no multiple of the {len(X)} patients")
    return copies


def _replaced(X, changed):
    """X, repeated, with the columns of ``changed`` instead of its own; dtypes and the order of columns stay."""
    if list(changed.columns) == list(X.columns):
        return changed
    rest = X[[column for column in X.columns if column not in set(changed.columns)]]
    rest = rest.iloc[np.tile(np.arange(len(X)), _copies(X, changed))]
    return pd.concat([rest.set_axis(changed.index), changed], axis=1)[list(X.columns)]


def _survivors(transformer, columns):
    """The columns that can reach the end of a branch, and whether each is carried there by itself."""
    names = columns
    steps = [step for _, step in transformer.steps] if isinstance(transformer, Pipeline) else [transformer]
    for step in steps:
        alone = isinstance(step, ONE_BY_ONE) or (isinstance(step, SimpleImputer) and not step.add_indicator)
        if not alone:
            return names, False
        names = list(step.get_feature_names_out(names))
    return names, True
