"""Scores of candidates on folds, in chunks that share what they have in common."""

import os
import time
from dataclasses import dataclass
from traceback import format_exc

from joblib import effective_n_jobs
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from ._fold import Fold, ancestors
from ._plan import Step, make_plan
from ._resume import Memory
from ._scoring import make_score
from ._sklearn import _fit_and_score, _num_samples, _safe_split, only_predicts

__all__ = ["Task", "evaluate"]

CHUNKS_PER_WORKER = 3
"""Fewer leave workers idle at the end; more, cut between the values of a ranker, repeat its fit."""


@dataclass
class Task:
    """What is the same for every candidate and every fold.

    Parameters
    ----------
    estimator : estimator
        The estimator that is searched over, not fitted.
    X : table of shape (n_rows, n_columns)
        The table.
    y : array of shape (n_rows,) or None
        The outcome.
    scorer : callable
        As scikit-learn's search makes it.
    fit_params, score_params : dict
        Metadata for ``fit`` and for the scorer.
    error_score : "raise" or float
        The score of a failure.
    return_train_score : bool
        Whether the training rows are scored too.
    process : int
        The process that the search was started in.
    """

    estimator: object
    X: object
    y: object
    scorer: object
    fit_params: dict
    score_params: dict
    error_score: object
    return_train_score: bool
    process: int

    @property
    def can_share(self):
        """Whether candidates may share fits: no metadata to route, and a scorer that only asks for predictions."""
        return not self.fit_params and not self.score_params and only_predicts(self.scorer)

    def fit_and_score(self, params, train, test):
        """Return scikit-learn's own result for one candidate on one fold."""
        return _fit_and_score(
            clone(self.estimator),
            self.X,
            self.y,
            scorer=self.scorer,
            train=train,
            test=test,
            verbose=0,
            parameters=params,
            fit_params=self.fit_params,
            score_params=self.score_params,
            return_train_score=self.return_train_score,
            return_n_test_samples=True,
            return_times=True,
            error_score=self.error_score,
        )


def evaluate(task, candidate_params, splits, n_jobs=None, progress=None, store=None):
    """Return the results of all candidates on all folds, candidate by candidate, as scikit-learn's search has them.

    Every worker computes on one thread: the tables are too small for more to help, and the last digits of a sum would
    depend on their number.

    Parameters
    ----------
    task : Task
        What is the same for all.
    candidate_params : list of dict
        The parameters of each candidate.
    splits : list of (train, test)
        Row numbers of each fold.
    n_jobs : int or None, default=None
        Number of joblib workers.
    progress : callable or None, default=None
        Called as ``progress(done, total)`` with numbers of fits, the first time before any.
    store : JsonStore or None, default=None
        Keeps finished chunks, so that a stopped search goes on where it was.

    Returns
    -------
    results : list of dict
        One per candidate and fold.
    """
    memory = None if store is None else Memory(store, task)
    chunks = _chunks(make_plan(task.estimator, candidate_params), len(splits), effective_n_jobs(n_jobs), memory)
    jobs = [(fold, chunk) for fold in range(len(splits)) for chunk in chunks]
    jobs.sort(key=lambda job: -len(job[1]))  # the longest first, so that no worker is left alone with one at the end
    results = [None] * (len(candidate_params) * len(splits))

    def gather(number, outcome):
        fold, chunk = jobs[number]
        for candidate, result in zip(chunk, outcome, strict=True):
            results[candidate.index * len(splits) + fold] = result

    keys = [None if memory is None else memory.key_of(chunk, *splits[fold]) for fold, chunk in jobs]
    kept = {} if memory is None else {number: found for number, key in enumerate(keys) if (found := memory.get(key))}
    for number, outcome in kept.items():
        gather(number, outcome)
    done = sum(map(len, kept.values()))
    if progress is not None:
        progress(done, len(results))
    waiting = [number for number in range(len(jobs)) if number not in kept]
    work = (delayed(_evaluate_chunk)(task, jobs[number][1], *splits[jobs[number][0]], number) for number in waiting)
    with threadpool_limits(1):
        for number, outcome in Parallel(n_jobs=n_jobs, return_as="generator_unordered")(work):
            gather(number, outcome)
            if memory is not None:
                memory.put(keys[number], outcome)
            done += len(outcome)
            if progress is not None:
                progress(done, len(results))
    return results


def _chunks(candidates, n_splits, n_jobs, memory):
    """Cut the candidates into the largest groups that keep every worker busy, along the branches of the tree.

    What is kept for later is cut by the estimators before the model, whatever the number of workers.
    """
    ordered = sorted(candidates, key=_place)
    levels = (_nothing, _preparation, _place_of_data, _model, _place)
    for level in levels if memory is None else (_preparation,):
        groups = {}
        for candidate in ordered:
            groups.setdefault(level(candidate), []).append(candidate)
        if n_jobs == 1 or len(groups) * n_splits >= CHUNKS_PER_WORKER * n_jobs:
            break
    return list(groups.values())


def _path(candidate):
    """The nodes from the table to the model, without the inside of a ColumnTransformer."""
    nodes, node = [], candidate.fit
    while node is not None:
        nodes.append(node)
        node = node.parent
    return nodes[::-1]


def _nothing(candidate):
    return ()


def _preparation(candidate):
    """The estimators before the model, whatever the values that they share a fit for."""
    nodes = set() if candidate.fit is None else ancestors(candidate.fit.parent)
    return tuple(sorted({node.fit.number for node in nodes if isinstance(node, Step) and node.fit.family}))


def _place_of_data(candidate):
    return tuple(node.number for node in _path(candidate)[:-1])


def _model(candidate):
    return tuple(node.number for node in _path(candidate))


def _place(candidate):
    return (*_model(candidate), candidate.index)


def _evaluate_chunk(task, candidates, train, test, number):
    """Return the chunk's number, and one result per candidate, for one fold."""
    if os.getpid() != task.process:
        with threadpool_limits(1):
            return number, _evaluate_together(task, candidates, train, test)
    return number, _evaluate_together(task, candidates, train, test)  # limited by the caller, for all its threads


def _evaluate_together(task, candidates, train, test):
    if not task.can_share or all(candidate.fit is None for candidate in candidates):
        return [task.fit_and_score(candidate.params, train, test) for candidate in candidates]
    X_train, y_train = _safe_split(task.estimator, task.X, task.y, train)
    X_test, y_test = _safe_split(task.estimator, task.X, task.y, test, train)
    tables, outcomes = {"test": X_test}, {"test": y_test}
    if task.return_train_score:
        tables["training"], outcomes["training"] = X_train, y_train
    fold = Fold(X_train, y_train, tables)
    scores = {name: make_score(task.scorer, y, task.error_score) for name, y in outcomes.items()}
    needs = [_needs(candidate) for candidate in candidates]
    left = {}
    for numbers in needs:
        for number in numbers:
            left[number] = left.get(number, 0) + 1
    results = []
    for candidate, numbers in zip(candidates, needs, strict=True):
        result = None if candidate.fit is None else _evaluate_candidate(task, fold, candidate, scores)
        results.append(result or task.fit_and_score(candidate.params, train, test))
        for number in numbers:
            left[number] -= 1
            if not left[number]:
                fold.forget(number)
    return results


def _needs(candidate):
    return {node.number for node in ancestors(candidate.fit)}


def _evaluate_candidate(task, fold, candidate, scores):
    """Return the candidate's result; None if its rows to predict cannot be prepared, for scikit-learn to say why."""
    result = {"fit_error": None, "n_test_samples": _num_samples(fold.tables["test"])}
    start = time.time()
    try:
        model = fold.model(candidate.fit, candidate.value)
    except Exception:
        if task.error_score == "raise":
            raise
        result["fit_error"] = format_exc()
    result["fit_time"] = time.time() - start
    names = {"test_scores": "test", "train_scores": "training"} if task.return_train_score else {"test_scores": "test"}
    if result["fit_error"] is not None:
        return {**result, "score_time": 0.0, **dict.fromkeys(names, _failed(task))}
    start = time.time()
    for key, name in names.items():
        try:
            X = fold.table(candidate.fit.parent, name)
        except Exception:
            return None
        result[key] = scores[name](model, X)
        result.setdefault("score_time", time.time() - start)
    return result


def _failed(task):
    scorers = getattr(task.scorer, "_scorers", None)
    return task.error_score if scorers is None else dict.fromkeys(scorers, task.error_score)
