"""The one place where the search touches scikit-learn's private parts."""

from sklearn.base import _fit_context
from sklearn.metrics._scorer import _BaseScorer, _MultimetricScorer, _PassthroughScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._search_successive_halving import HalvingGridSearchCV
from sklearn.model_selection._validation import (
    _fit_and_score,
    _insert_error_scores,
    _score,
    _warn_or_raise_about_fit_failures,
)
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.validation import _check_method_params, _num_samples

__all__ = [
    "BaseSearchCV",
    "HalvingGridSearchCV",
    "_check_method_params",
    "_fit_and_score",
    "_fit_context",
    "_insert_error_scores",
    "_num_samples",
    "_safe_split",
    "_score",
    "_warn_or_raise_about_fit_failures",
    "only_predicts",
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
