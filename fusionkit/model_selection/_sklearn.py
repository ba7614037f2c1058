"""The one place where the search touches scikit-learn's private parts."""

from sklearn.base import _fit_context
from sklearn.metrics._scorer import _BaseScorer, _MultimetricScorer, _PassthroughScorer, _Scorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._search_successive_halving import HalvingGridSearchCV
from sklearn.model_selection._validation import (
    _fit_and_score,
    _insert_error_scores,
    _score,
    _warn_or_raise_about_fit_failures,
)
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.validation import _check_method_params, _num_samples

__all__ = [
    "BaseSearchCV",
    "HalvingGridSearchCV",
    "_check_method_params",
    "_fit_and_score",
    "_fit_context",
    "_get_output_config",
    "_insert_error_scores",
    "_num_samples",
    "_safe_split",
    "_score",
    "_warn_or_raise_about_fit_failures",
    "only_predicts",
    "plain_scorer",
    "scorer_key",
]


def only_predicts(scorer):
    """Tell whether a scorer asks the estimator for predictions only, so that it cannot tell a pipeline from its end.

    Parameters
    ----------
    scorer : callable
        As the search uses it.

    Returns
    -------
    only_predicts : bool
    """
    if isinstance(scorer, _MultimetricScorer):
        return all(map(only_predicts, scorer._scorers.values()))
    return isinstance(scorer, (_BaseScorer, _PassthroughScorer))


def plain_scorer(scorer):
    """Return the score function of a scorer that passes no parameters to it, and what the function is given.

    Parameters
    ----------
    scorer : callable
        As the search uses it.

    Returns
    -------
    function : callable or None
        Larger is better; None for any other scorer.
    methods : tuple of str
        Names of the methods that may make the prediction, the first that exists being taken.
    """
    if type(scorer) is not _Scorer or scorer._kwargs or scorer._sign != 1:
        return None, ()
    methods = scorer._response_method
    return scorer._score_func, (methods,) if isinstance(methods, str) else tuple(methods)


def scorer_key(scorer):
    """Return what tells one scorer from another: names, functions and parameters.

    Parameters
    ----------
    scorer : callable
        As the search uses it.

    Returns
    -------
    key : dict, tuple, str or callable
    """
    if isinstance(scorer, _MultimetricScorer):
        return {name: scorer_key(each) for name, each in scorer._scorers.items()}
    if isinstance(scorer, _BaseScorer):
        return type(scorer), scorer._score_func, scorer._sign, scorer._kwargs, scorer._response_method
    return "score" if isinstance(scorer, _PassthroughScorer) else scorer
