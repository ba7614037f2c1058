"""The plan of a search: candidates that begin alike share the beginning.

Each candidate is read as a path: the table, the steps that change it one after the other, the model. Equal beginnings
become the same nodes, so the paths of all candidates form a tree, and each node is fitted once per fold.
"""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from ._fingerprint import Unshareable, fingerprint, works_in_place
from ._prefix import family_of, is_whole

__all__ = ["Branch", "Candidate", "Columns", "Fit", "Source", "Step", "make_plan"]


@dataclass(eq=False)
class Source:
    """The table as it arrives: the whole of it, or the columns of one branch of a ColumnTransformer.

    Parameters
    ----------
    number : int
        Its place in the plan.
    parent : node or None, default=None
        What the columns are taken from; None for the whole table.
    """

    number: int
    parent: object = None


@dataclass(eq=False)
class Fit:
    """An estimator to be fitted once on the data of one node.

    Parameters
    ----------
    number : int
        Its place in the plan.
    parent : node
        Where the data come from.
    estimator : estimator
        Not fitted.
    family : Family or None
        How the one fit serves several values, if it can.
    values : list
        The values that the candidates want.
    """

    number: int
    parent: object
    estimator: object
    family: object
    values: list


@dataclass(eq=False)
class Step:
    """The data behind a transformer or a sampler.

    Parameters
    ----------
    number : int
        Its place in the plan.
    fit : Fit
        The estimator.
    value : object
        The value of the family's parameter; None without a family.
    """

    number: int
    fit: Fit
    value: object

    @property
    def parent(self):
        """Where the data come from."""
        return self.fit.parent


@dataclass(eq=False)
class Branch:
    """One branch of a ColumnTransformer.

    Parameters
    ----------
    index : int
        Its place among the transformers.
    source : Source
        The branch's columns.
    node : node
        The last node of the branch.
    """

    index: int
    source: Source
    node: object


@dataclass(eq=False)
class Columns:
    """The data behind a ColumnTransformer whose branches are nodes of the plan.

    Parameters
    ----------
    number : int
        Its place in the plan.
    parent : node
        Where the data come from.
    transformer : ColumnTransformer
        Not fitted.
    branches : list of Branch
        The branches that are estimators; the other ones are left to the transformer.
    """

    number: int
    parent: object
    transformer: ColumnTransformer
    branches: list


@dataclass(eq=False)
class Candidate:
    """One candidate of the search.

    Parameters
    ----------
    index : int
        Its place among the candidates.
    params : dict
        As the search gives them.
    fit : Fit or None
        The model on the data of the last node; None if the candidate cannot be taken apart and is fitted as a whole.
    value : object
        The value of the model's family parameter.
    """

    index: int
    params: dict
    fit: Fit
    value: object


class _Planner:
    """Makes each node once and hands it out again to the candidates that need it."""

    def __init__(self, base):
        self.base = base
        self.nodes = {}
        self.patterns = {}
        self.root = self._node(("root",), Source)

    def _node(self, key, kind, *content):
        """Return the node of this key; a new one keeps copies of its estimators, as the pattern goes on changing."""
        if key not in self.nodes:
            content = [clone(part) if hasattr(part, "get_params") else part for part in content]
            self.nodes[key] = kind(len(self.nodes), *content)
        return self.nodes[key]

    def candidate(self, index, params):
        """Return the candidate with its path through the tree."""
        key = tuple((name, None if _is_number(value) else id(value)) for name, value in params.items())
        if key not in self.patterns:
            self.patterns[key] = _Pattern(self.base, params)
        pattern = self.patterns[key]
        if pattern.takes_apart:
            node, model = self._path(self.root, pattern.with_numbers(params))
            if not _is_nothing(model):
                return Candidate(index, params, *self._fit(node, model))
        return Candidate(index, params, None, None)

    def _path(self, node, estimator):
        """Return the last node before the estimator's final step, and that step."""
        while _is_pipeline(estimator):
            for _, step in estimator.steps[:-1]:
                node = self._after(node, step)
            estimator = estimator.steps[-1][1]
        return node, estimator

    def _after(self, node, step):
        """Return the node behind a step: a transformer, a sampler, a pipeline of them, or nothing."""
        node, step = self._path(node, step)
        if _is_nothing(step):
            return node
        if type(step) is ColumnTransformer:
            return self._columns(node, step)
        fit, value = self._fit(node, step)
        return self._node(("step", fit.number, type(value), value), Step, fit, value)

    def _fit(self, node, estimator):
        family = family_of(estimator)
        parameter = family.parameter if family else None
        try:
            key = ("fit", node.number, fingerprint(estimator, without=parameter))
        except Unshareable:
            return self._node(object(), Fit, node, estimator, None, []), None
        fit = self._node(key, Fit, node, estimator, family, [])
        value = getattr(estimator, parameter) if family else None
        value = int(value) if is_whole(value) else value
        if family and value not in fit.values:
            fit.values.append(value)
        return fit, value

    def _columns(self, node, transformer):
        branches = []
        key = ["columns", node.number, _key_or_unique(transformer, without="transformers")]
        for index, (name, step, columns) in enumerate(transformer.transformers):
            columns_key = _key_or_unique(columns)
            key.append((name, columns_key, step if isinstance(step, str) else None))
            if not isinstance(step, str):
                source = self._node(("source", node.number, columns_key), Source, node)
                branches.append(Branch(index, source, self._after(source, step)))
                key.append(branches[-1].node.number)
        return self._node(tuple(key), Columns, node, transformer, branches)


class _Pattern:
    """The estimator of candidates that differ in numbers only, so that it is put together and looked over once."""

    def __init__(self, base, params):
        self.params = params  # kept, so that no other value gets the id of one of these
        self.estimator = clone(base).set_params(**clone(params, safe=False))
        parts = {**self.estimator.get_params(), "": self.estimator}
        numbers = [(name, *name.rpartition("__")[::2]) for name, value in params.items() if _is_number(value)]
        self.owners = [(name, parts.get(owner), attribute) for name, owner, attribute in numbers]
        self.takes_apart = (
            not get_tags(self.estimator).input_tags.pairwise
            and not works_in_place(self.estimator)
            and _can_be_taken_apart(self.estimator)
            and all(hasattr(owner, "set_params") for _, owner, _ in self.owners)
        )

    def with_numbers(self, params):
        """Return the estimator with the numbers of one candidate: the same object every time."""
        for name, owner, attribute in self.owners:
            if type(owner).set_params is BaseEstimator.set_params:
                setattr(owner, attribute, params[name])
            else:
                owner.set_params(**{attribute: params[name]})
        return self.estimator


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def _key_or_unique(value, without=None):
    """Return the fingerprint, or a key that equals no other."""
    try:
        return fingerprint(value, without=without)
    except Unshareable:
        return object()


def _is_nothing(step):
    return step is None or isinstance(step, str)


def _is_pipeline(estimator):
    kind = type(estimator)
    return kind is Pipeline or (kind.__module__ == "imblearn.pipeline" and kind.__name__ == "Pipeline")


def _can_be_taken_apart(estimator, transforms=False):
    """Tell whether every pipeline inside is sound and ordinary; a faulty one is left to say so itself."""
    if type(estimator) is ColumnTransformer:
        return all(_can_be_taken_apart(step, transforms=True) for _, step, _ in estimator.transformers)
    if not _is_pipeline(estimator):
        return not (transforms and hasattr(estimator, "fit_resample"))
    try:
        estimator._validate_steps()
    except (TypeError, ValueError):
        return False
    *before, last = [step for _, step in estimator.steps]
    return (
        getattr(estimator, "transform_input", None) is None
        and all(_can_be_taken_apart(step, transforms or _is_pipeline(step)) for step in before)
        and _can_be_taken_apart(last, transforms)
    )


def make_plan(base, candidate_params):
    """Return the candidates, each with its path through a tree that they share.

    Parameters
    ----------
    base : estimator
        The estimator that is searched over.
    candidate_params : sequence of dict
        The parameters of each candidate.

    Returns
    -------
    candidates : list of Candidate
    """
    planner = _Planner(base)
    return [planner.candidate(index, params) for index, params in enumerate(candidate_params)]
