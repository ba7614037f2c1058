"""scikit-learn's checks of an estimator, collected quickly."""

import functools

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks as of_scikit_learn


def parametrize_with_checks(estimators, **settings):
    """scikit-learn's decorator, which writes every estimator out anew for each of its sixty checks; here, once."""
    mark = of_scikit_learn(estimators, **settings).mark
    return pytest.mark.parametrize(*mark.args, ids=functools.cache(mark.kwargs["ids"]))
