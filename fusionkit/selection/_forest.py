"""Forests that grow and vote as scikit-learn's do, tree by tree, without repeating each check for each tree."""

import copy
import threading
from math import ceil
from numbers import Integral

import numpy as np
from scipy.sparse import issparse
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor
from sklearn.tree._classes import CRITERIA_CLF, CRITERIA_REG, DENSE_SPLITTERS
from sklearn.tree._tree import BestFirstTreeBuilder, DepthFirstTreeBuilder, Tree

__all__ = ["forest_slice", "lean_forest"]

_LEARNED = ("n_features_in_", "n_outputs_", "max_features_", "classes_", "n_classes_")
_LARGEST = np.iinfo(np.int32).max
_THREAD = threading.local()


class _LeanTree:
    """Grows as scikit-learn's tree does, with what the forest's first tree has found out about the outcome."""

    @property
    def random_state(self):
        """A generator at the start of the tree's own stream: seeding one anew is cheaper than making one."""
        if not hasattr(_THREAD, "generator"):
            _THREAD.generator = np.random.RandomState()
        _THREAD.generator.seed(self._seed)
        return _THREAD.generator

    @random_state.setter
    def random_state(self, seed):
        self._seed = seed

    def _fit(self, X, y, sample_weight=None, check_input=True, missing_values_in_feature_mask=None):
        known, rows = self._known, self._rows
        if not known or issparse(X) or y.shape[1] > 1 or self.monotonic_cst is not None:
            super()._fit(X, y, sample_weight, check_input, missing_values_in_feature_mask)
            known.update({name: getattr(self, name) for name in _LEARNED if hasattr(self, name)})
            rows[:] = X, y, missing_values_in_feature_mask
            return self
        self.__dict__.update(known)
        if sample_weight is not None:
            sample_weight = np.ascontiguousarray(sample_weight, dtype=np.float64)
        self.tree_ = Tree(X.shape[1], self._outcomes(), 1)
        self._builder(X, sample_weight).build(self.tree_, X, y, sample_weight, missing_values_in_feature_mask)
        if self.ccp_alpha:
            self._prune_tree()
        return self

    def _outcomes(self):
        return np.array([getattr(self, "n_classes_", 1)], dtype=np.intp)

    def _builder(self, X, sample_weight):
        n_samples = len(X)
        leaf, split = _count(self.min_samples_leaf, n_samples), _count(self.min_samples_split, n_samples)
        split = max(2, split, 2 * leaf)
        weight_leaf = self.min_weight_fraction_leaf * (n_samples if sample_weight is None else np.sum(sample_weight))
        if hasattr(self, "n_classes_"):
            criterion = CRITERIA_CLF[self.criterion](1, self._outcomes())
        else:
            criterion = CRITERIA_REG[self.criterion](1, n_samples)
        splitter = DENSE_SPLITTERS[self.splitter](
            criterion, self.max_features_, leaf, weight_leaf, self.random_state, None
        )
        depth = _LARGEST if self.max_depth is None else self.max_depth
        if self.max_leaf_nodes is None:
            return DepthFirstTreeBuilder(splitter, split, leaf, weight_leaf, depth, self.min_impurity_decrease)
        return BestFirstTreeBuilder(
            splitter, split, leaf, weight_leaf, depth, self.max_leaf_nodes, self.min_impurity_decrease
        )


def _count(value, n_samples):
    return value if isinstance(value, Integral) else ceil(value * n_samples)


class _LeanForest:
    """Makes its trees from one template, and counts the votes of all its prefixes in one pass."""

    def fit(self, X, y):
        """Grow the first tree as scikit-learn does, checks included, and the others in a loop of their own."""
        if getattr(self, "class_weight", None) is not None or self.n_jobs not in (None, 1) or self.verbose:
            return super().fit(X, y)
        wanted, self.n_estimators = self.n_estimators, 1
        try:
            super().fit(X, y)
        finally:
            self.n_estimators = wanted
        draws = np.random.RandomState(self.random_state)
        draws.randint(_LARGEST)  # the first tree's
        for _ in range(wanted - 1):
            tree = self._make_estimator(random_state=draws)
            tree._fit(*tree._rows[:2], self._drawn_rows(tree), False, tree._rows[2])
            self.estimators_.append(tree)
        return self

    def _drawn_rows(self, tree):
        """How often each row is drawn for a tree; None if all are taken as they are."""
        if not self.bootstrap:
            return None
        n_rows = tree._rows[0].shape[0]
        return np.bincount(tree.random_state.randint(0, n_rows, self._n_samples_bootstrap), minlength=n_rows)

    def _make_estimator(self, append=True, random_state=None):
        if not hasattr(self, "_template"):
            tree = super()._make_estimator(append=False)
            self._template = _LEAN_TREES[type(tree)]()
            self._template.set_params(**tree.get_params(deep=False))
            self._template._known, self._template._rows = {}, []
        tree = copy.copy(self._template)
        tree.random_state = random_state.randint(_LARGEST)
        return tree

    def _mean_of_trees(self, X):
        """The mean over the first trees of what each tree says, summed in their order as scikit-learn sums it."""
        if id(X) not in self._sums:
            table = self._validate_X_predict(X)
            n_columns = getattr(self, "n_classes_", 1)
            total, sums = np.zeros((table.shape[0], n_columns)), {}
            for number, tree in enumerate(self._trees, start=1):
                total += tree.tree_.predict(table)[:, :n_columns]
                if number in self._lengths:
                    sums[number] = total.copy()
            self._sums[id(X)] = X, sums  # the table is kept, so that no other one gets its id
        return self._sums[id(X)][1][self.n_estimators] / self.n_estimators


class _Classifier(_LeanForest):
    def predict_proba(self, X):
        return self._mean_of_trees(X) if self.n_outputs_ == 1 else super().predict_proba(X)


class _Regressor(_LeanForest):
    def predict(self, X):
        return self._mean_of_trees(X)[:, 0] if self.n_outputs_ == 1 else super().predict(X)


def _lean(mixin, *kinds):
    return {kind: type(f"Lean{kind.__name__}", (mixin, kind), {"__module__": __name__}) for kind in kinds}


_LEAN_TREES = _lean(_LeanTree, DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor)
_LEAN_FORESTS = {
    **_lean(_Classifier, RandomForestClassifier, ExtraTreesClassifier),
    **_lean(_Regressor, RandomForestRegressor, ExtraTreesRegressor),
}


def lean_forest(forest, lengths=()):
    """Return a forest that grows the same trees in less time.

    Parameters
    ----------
    forest : RandomForestClassifier, RandomForestRegressor, ExtraTreesClassifier or ExtraTreesRegressor
        Not fitted, with an int as its random state.
    lengths : iterable of int, default=()
        The numbers of trees whose votes will be asked for.

    Returns
    -------
    forest : estimator
        Not fitted, with the same parameters.
    """
    lean = _LEAN_FORESTS[type(forest)](**forest.get_params(deep=False))
    lean._lengths = set(lengths)
    return lean


def forest_slice(fitted, n_trees):
    """Return the forest of the first trees.

    Parameters
    ----------
    fitted : estimator
        A fitted forest of :func:`lean_forest`.
    n_trees : int
        One of its lengths.

    Returns
    -------
    forest : estimator
        Fitted; it shares the trees, and the votes once counted.
    """
    if not hasattr(fitted, "_sums"):
        fitted._sums, fitted._trees = {}, fitted.estimators_
    part = copy.copy(fitted)
    part.n_estimators = n_trees
    part.estimators_ = fitted.estimators_[:n_trees]
    return part
