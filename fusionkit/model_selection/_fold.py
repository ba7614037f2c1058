"""One fold of a search: what has been fitted on its training rows so far, and what that makes of each table."""

import copy

import numpy as np
from sklearn.base import BaseEstimator, clone

from ._plan import Columns, Source, Step
from ._prefix import is_whole
from ._sklearn import _get_output_config, _num_samples

__all__ = ["Fold", "ancestors"]


def ancestors(node):
    """Yield the nodes that a node needs, itself first; a node may come more than once."""
    while node is not None:
        yield node
        if isinstance(node, Step):
            yield node.fit
        elif isinstance(node, Columns):
            for branch in node.branches:
                yield from ancestors(branch.node)
        node = node.parent


class _Replay(BaseEstimator):
    """Stands for a branch inside a ColumnTransformer: hands out what the fold knows of it."""

    def __init__(self, fold, branch):
        self.fold = fold
        self.branch = branch

    def __sklearn_clone__(self):
        return self

    def fit_transform(self, X, y=None):
        self.fold.place(self.branch.source, "train", (X, y))
        return self.fold.train(self.branch.node)[0]

    def transform(self, X):
        self.fold.place(self.branch.source, self.fold.asked, X)
        return self.fold.table(self.branch.node, self.fold.asked)


class Fold:
    """Fits each node once on the training rows, and remembers results and failures alike.

    Parameters
    ----------
    X : table of shape (n_train, n_columns)
        The training rows.
    y : array of shape (n_train,) or None
        Their outcome.
    tables : dict of str to table
        The rows to predict, by name.
    """

    def __init__(self, X, y, tables):
        self.rows = X, y
        self.tables = tables
        self.asked = None
        self._known = {}

    def train(self, node):
        """Return the training rows and outcomes behind a node."""
        return self._once(node, "train", self._train)

    def table(self, node, name):
        """Return a table to predict, as it is behind a node."""
        return self._once(node, name, self._table, name)

    def model(self, fit, value):
        """Return the fitted model with this value of its family's parameter."""
        fitted, _ = self._fitted(fit, value)
        return fitted

    def place(self, source, name, content):
        """Keep the columns that a ColumnTransformer gave to a branch."""
        self._known.setdefault(source.number, {}).setdefault(name, (content, None))

    def forget(self, number):
        """Give up what is known of a node."""
        self._known.pop(number, None)

    def _once(self, node, name, compute, *args):
        known = self._known.setdefault(node.number, {})
        if name not in known:
            try:
                known[name] = compute(node, *args), None
            except Exception as error:
                known[name] = None, (error, error.__traceback__)
        content, failure = known[name]
        if failure is not None:
            raise failure[0].with_traceback(failure[1])
        return content

    def _train(self, node):
        if isinstance(node, Source):
            return self.rows
        if isinstance(node, Columns):
            return self._once(node, "fitted", self._fit_columns)[1], self.train(node.parent)[1]
        return self._once(node, "fitted", self._fit_step)[1]

    def _table(self, node, name):
        if isinstance(node, Source):
            return self.tables[name]
        if isinstance(node, Columns):
            (fitted, in_place_of), _ = self._once(node, "fitted", self._fit_columns)
            self.asked = name
            return fitted.transform(in_place_of(self.table(node.parent, name)))
        fitted = self._once(node, "fitted", self._fit_step)[0]
        X = self.table(node.parent, name)
        return X if hasattr(fitted, "fit_resample") else fitted.transform(X)

    def _fit_columns(self, node):
        """Fit the ColumnTransformer; one that only puts known branches side by side gets a column for each of them."""
        X, y = self.train(node.parent)
        known = self._knows_all_columns(node)
        in_place_of = _one_column_each(len(node.branches)) if known else _itself
        transformer, transformers = copy.copy(node.transformer), list(node.transformer.transformers)
        for place, branch in enumerate(node.branches):
            name, _, columns = transformers[branch.index]
            transformers[branch.index] = name, _Replay(self, branch), [place] if known else columns
        transformer.transformers, transformer.n_jobs = transformers, None
        return (transformer, in_place_of), transformer.fit_transform(in_place_of(X), y)

    def _knows_all_columns(self, node):
        """Tell whether nothing but the branches goes into the output, and another ColumnTransformer had the same."""
        transformer = node.transformer
        names = {"train", *self.tables}
        return (
            transformer.remainder == "drop"
            and len(node.branches) == len(transformer.transformers)
            and _get_output_config("transform", transformer)["dense"] == "default"
            and all(names <= self._known.get(branch.source.number, {}).keys() for branch in node.branches)
        )

    def _fit_step(self, node):
        fitted, output = self._fitted(node.fit, node.value, transforms=True)
        if hasattr(fitted, "fit_resample"):
            return fitted, output
        return fitted, (output, self.train(node.parent)[1])

    def _fitted(self, fit, value, transforms=False):
        """Return an estimator and, of a transformer or sampler, its output: a slice of the shared fit if it can be."""
        family = fit.family
        X, y = self.train(fit.parent)
        if family is not None and (family.lean or len(fit.values) > 1) and _within(family, value, X):
            try:
                shared, output = self._once(fit, "shared", self._fit_shared, transforms)
            except Exception:
                return _fit_alone(fit, X, y, value, transforms)  # and let its own failure speak, if it fails
            fitted = family.view(shared, value)
            if not transforms:
                return fitted, None
            return fitted, _first(output, value) if family.slices_output else fitted.transform(X)
        return _fit_alone(fit, X, y, value, transforms)

    def _fit_shared(self, fit, transforms):
        X, y = self.train(fit.parent)
        values = [value for value in fit.values if _within(fit.family, value, X)]
        slices_output = transforms and fit.family.slices_output
        lean = fit.family.lean and (lambda estimator: fit.family.lean(estimator, values))
        return _fit_alone(fit, X, y, fit.family.fitted_with(values), slices_output, lean)


def _itself(X):
    return X


def _one_column_each(n_branches):
    return lambda X: np.zeros((_num_samples(X), n_branches))


def _within(family, value, X):
    if family.limit is None or not is_whole(value):
        return True
    return len(getattr(X, "shape", ())) == 2 and value <= family.limit(X.shape)


def _first(output, n_columns):
    return output.iloc[:, :n_columns] if hasattr(output, "iloc") else output[:, :n_columns]


def _fresh(estimator):
    """A copy to be fitted; the estimator is not fitted, so that one with plain parameters need not be taken apart."""
    if type(estimator).get_params is BaseEstimator.get_params and all(map(_is_plain, vars(estimator).values())):
        return copy.copy(estimator)
    return clone(estimator)


def _is_plain(value):
    return value is None or isinstance(value, (bool, int, float, str))


def _fit_alone(fit, X, y, value, transforms, lean=None):
    estimator = _fresh(fit.estimator)
    if fit.family is not None:
        estimator.set_params(**{fit.family.parameter: value})
    if lean is not None:
        estimator = lean(estimator)
    if not transforms:
        return estimator.fit(X, y), None
    if hasattr(estimator, "fit_resample"):
        return estimator, estimator.fit_resample(X, y)
    if hasattr(estimator, "fit_transform"):
        return estimator, estimator.fit_transform(X, y)
    return estimator, estimator.fit(X, y).transform(X)
