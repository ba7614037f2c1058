"""When are two steps the same step? A hashable fingerprint of an estimator, or a refusal to say."""

import functools
import types

import numpy as np
from sklearn.base import BaseEstimator

__all__ = ["Unshareable", "fingerprint", "works_in_place"]

_DIRECT = (type(None), bool, int, float, complex, str, bytes)
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc, type)

_RANDOM_STATE_UNUSED = {
    "sklearn.SVC": lambda p: p["probability"] in (False, "deprecated"),
    "sklearn.SVR": lambda p: True,
    "sklearn.LinearSVC": lambda p: p["dual"] is False,
    "sklearn.LinearSVR": lambda p: p["dual"] is False,
    "sklearn.LogisticRegression": lambda p: p["solver"] in ("lbfgs", "newton-cg", "newton-cholesky"),
    "sklearn.Ridge": lambda p: p["solver"] in ("svd", "cholesky", "lsqr", "sparse_cg", "lbfgs"),
    "sklearn.RidgeClassifier": lambda p: p["solver"] in ("svd", "cholesky", "lsqr", "sparse_cg", "lbfgs"),
    "sklearn.Lasso": lambda p: p["selection"] == "cyclic",
    "sklearn.ElasticNet": lambda p: p["selection"] == "cyclic",
    "sklearn.PCA": lambda p: p["svd_solver"] in ("full", "covariance_eigh"),
    "sklearn.KernelPCA": lambda p: p["eigen_solver"] == "dense",
    "xgboost.XGBClassifier": lambda p: True,
    "xgboost.XGBRegressor": lambda p: True,
}
"""Where ``random_state=None`` does not matter: class -> the condition on its parameters (XGBoost's own seed is 0)."""

_IN_PLACE = {"copy": False, "copy_X": False, "copy_x": False, "inplace": True}
"""Parameter values that let an estimator overwrite the data it is given."""


class Unshareable(Exception):
    """Nothing says that two of these would behave alike, so each is fitted by itself."""


def qualified_name(estimator):
    """``"sklearn.PCA"``: the package and the class, without the modules between."""
    kind = type(estimator)
    return f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def fingerprint(value, without=None):
    """Return a hashable key: equal keys mean that the two values behave alike.

    Parameters
    ----------
    value : object
        An estimator or the value of a parameter.
    without : str or None, default=None
        A parameter of the estimator that the key leaves out.

    Returns
    -------
    key : tuple

    Raises
    ------
    Unshareable
        If the estimator draws from a random state that is not an int, or if the value cannot be compared.
    """
    kind = type(value)
    if isinstance(value, (*_DIRECT, np.generic)):
        return kind, repr(value)
    if isinstance(value, _FUNCTIONS):
        return "function", value
    if hasattr(value, "get_params"):
        return _estimator_key(value, without)
    if isinstance(value, np.ndarray):
        content = fingerprint(value.tolist()) if value.dtype == object else value.tobytes()
        return kind, value.shape, value.dtype.str, content
    if isinstance(value, dict):
        return kind, tuple((fingerprint(key), fingerprint(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return kind, tuple(map(fingerprint, value))
    if isinstance(value, slice):
        return kind, repr(value)
    if isinstance(value, functools.partial):
        return kind, value.func, fingerprint(value.args), fingerprint(value.keywords)
    if kind.__eq__ is not object.__eq__ and kind.__hash__ not in (None, object.__hash__):
        return kind, value
    raise Unshareable(f"{value!r} cannot be compared")


def _estimator_key(estimator, without):
    if getattr(type(estimator), "__sklearn_clone__", None) not in (None, BaseEstimator.__sklearn_clone__):
        return "instance", estimator
    params = _params(estimator)
    unused = _RANDOM_STATE_UNUSED.get(qualified_name(estimator), lambda p: False)
    if params.get("random_state", 0) is None and not unused(params):
        raise Unshareable(f"{type(estimator).__name__} has random_state=None")
    items = tuple((name, fingerprint(params[name])) for name in sorted(params) if name != without)
    return type(estimator), items, repr(getattr(estimator, "_sklearn_output_config", None))


def _params(estimator):
    """The estimator's parameters; the names are read off the signature once per class, which is what takes time."""
    if type(estimator).get_params is not BaseEstimator.get_params:
        return estimator.get_params(deep=False)
    return {name: getattr(estimator, name) for name in _param_names(type(estimator))}


@functools.cache
def _param_names(kind):
    return tuple(kind._get_param_names())


def works_in_place(estimator):
    """Tell whether the estimator, or a part of it, may overwrite the data that it is given."""
    return any(
        _IN_PLACE.get(name.rpartition("__")[2]) is value
        for name, value in estimator.get_params().items()
        if isinstance(value, bool)
    )
