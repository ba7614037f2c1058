"""A search in which Optuna proposes the candidates, some at a time, and each batch is fitted on one plan."""

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from .._optional import import_optional
from ._sklearn import BaseSearchCV
from .search import OWN_CONSTRAINTS, PlannedSearchCV

__all__ = ["FusionOptunaSearchCV"]


class FusionOptunaSearchCV(PlannedSearchCV):
    """Search whose candidates Optuna proposes from the scores so far; each batch of them shares its fits.

    A batch is scored as :class:`FusionSearchCV` scores a grid, so that the scores are those of scikit-learn. Larger
    batches share more fits; smaller ones learn sooner from what was found. Needs the extra ``fusionkit[optuna]``.

    Parameters
    ----------
    estimator : estimator
        As in :class:`FusionSearchCV`.
    param_distributions : dict
        Parameter names, and for each a list of values (estimators included) or a distribution of Optuna, such as
        ``optuna.distributions.FloatDistribution(0.01, 100, log=True)``.
    n_trials : int, default=50
        Number of candidates.
    batch_size : int, default=10
        Candidates proposed at a time, at most.
    sampler : optuna sampler, default=None
        What proposes; None is the tree-structured Parzen estimator seeded with ``random_state``.
    scoring : str, callable, list, tuple or dict, default=None
        The score or scores; None is the estimator's own. Of several, the one named by ``refit`` is maximised.
    n_jobs : int, default=None
        Number of joblib workers; neither the scores nor the candidates depend on it.
    refit : bool or str, default=True
        Whether, or by which score, the best candidate is fitted again on all rows.
    cv : int, splitter or iterable, default=None
        The folds; None is five.
    verbose : int, default=0
        1 prints the number of fits, and how long the rest of each batch will take.
    random_state : int or None, default=None
        Seed of the proposals.
    error_score : "raise" or float, default=nan
        The score of a candidate that fails in a fold.
    return_train_score : bool, default=False
        Whether ``cv_results_`` has the scores on the training rows too.
    engine : {"ranked", "sklearn"}, default="ranked"
        ``"sklearn"`` scores each batch fit by fit: the reference.
    progress : callable, default=None
        Called as ``progress(done, total)`` with numbers of fits of each batch.
    store : path-like, JsonStore or None, default=None
        A folder for finished parts, as in :class:`FusionSearchCV`.

    Attributes
    ----------
    cv_results_, best_estimator_, best_score_, best_params_, best_index_ : as in GridSearchCV
        Candidates in the order of their proposal; one may be proposed twice.
    study_ : optuna.Study
        What Optuna has learned; a parameter given as a list appears as the index of its value.

    References
    ----------
    T. Akiba et al. (2019). Optuna: a next-generation hyperparameter optimization framework. KDD 2019:2623-2631.
    """

    _parameter_constraints: ClassVar = {
        **BaseSearchCV._parameter_constraints,
        **OWN_CONSTRAINTS,
        "param_distributions": [dict],
        "n_trials": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "sampler": "no_validation",
        "random_state": [Integral, None],
    }

    def __init__(
        self,
        estimator,
        param_distributions,
        *,
        n_trials=50,
        batch_size=10,
        sampler=None,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        random_state=None,
        error_score=np.nan,
        return_train_score=False,
        engine="ranked",
        progress=None,
        store=None,
    ):
        self.estimator = estimator
        self.param_distributions = param_distributions
        self.n_trials = n_trials
        self.batch_size = batch_size
        self.sampler = sampler
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.random_state = random_state
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.engine = engine
        self.progress = progress
        self.store = store

    def _run_search(self, evaluate_candidates):
        optuna = import_optional("optuna", type(self).__name__)
        sampler = optuna.samplers.TPESampler(seed=self.random_state) if self.sampler is None else self.sampler
        level = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            self.study_ = optuna.create_study(direction="maximize", sampler=sampler)
            for batch in np.array_split(np.arange(self.n_trials), -(-self.n_trials // self.batch_size)):
                self._run_batch(optuna, evaluate_candidates, batch.size)
        finally:
            optuna.logging.set_verbosity(level)

    def _run_batch(self, optuna, evaluate_candidates, n_candidates):
        choices = {
            name: optuna.distributions.CategoricalDistribution(range(len(values)))
            if isinstance(values, list | tuple)
            else values
            for name, values in self.param_distributions.items()
        }
        trials = [self.study_.ask(choices) for _ in range(n_candidates)]
        results = evaluate_candidates([self._params(trial.params) for trial in trials])
        name = self.refit if isinstance(self.refit, str) else "score"
        for trial, score in zip(trials, results[f"mean_test_{name}"][-n_candidates:], strict=True):
            failed = not np.isfinite(score)
            state = optuna.trial.TrialState.FAIL if failed else optuna.trial.TrialState.COMPLETE
            self.study_.tell(trial, None if failed else float(score), state=state)

    def _params(self, chosen):
        values_of = self.param_distributions
        return {
            name: values_of[name][value] if isinstance(values_of[name], list | tuple) else value
            for name, value in chosen.items()
        }
