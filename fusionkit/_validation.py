"""The only door to scikit-learn's private helpers: when one of them moves, this is the file to mend."""

from sklearn.utils import _safe_indexing
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import _check_method_params

__all__ = ["BaseComposition", "check_fit_params", "safe_indexing"]

BaseComposition = _BaseComposition
check_fit_params = _check_method_params
safe_indexing = _safe_indexing
