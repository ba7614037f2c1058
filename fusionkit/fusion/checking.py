"""What early fusion refuses at once, before a long computation would stumble over it."""

from collections import Counter

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

from ..naming import modality_columns

__all__ = ["EarlyFusionCheck"]


class EarlyFusionCheck(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Pass the table on unchanged, or say what is wrong with it, by column, class and count.

    Parameters
    ----------
    modalities : tuple of str
        The modalities that must be there; other columns are not looked at.
    budget : dict of str to int or None, default=None
        How many features are to be kept of a modality; it must have as many.
    sampler : imbalanced-learn sampler or None, default=None
        An over-sampler that looks for neighbours needs as many members of each class that it enlarges.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of str
        Their names.
    """

    def __init__(self, modalities, budget=None, sampler=None):
        self.modalities = modalities
        self.budget = budget
        self.sampler = sampler

    def fit(self, X, y=None):
        """Check the table and the outcome.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_features)
            Columns named ``<modality>__<feature>``.
        y : array-like of shape (n_samples,) or None, default=None
            The outcome; only over-sampling looks at it.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            If X is no DataFrame.
        ValueError
            If a modality has no column, fewer than its budget, or an infinite value, or a class is too small.
        """
        if not hasattr(X, "columns"):
            raise TypeError(
                f"X is a DataFrame with columns named '<modality>__<feature>', such as 'ehr__age'; "
                f"got {type(X).__name__}"
            )
        for modality in self.modalities:
            columns = modality_columns(modality)(X)
            asked = (self.budget or {}).get(modality, 0)
            if asked > len(columns):
                raise ValueError(
                    f"budget[{modality!r}]={asked}, but there are only {len(columns)} columns of {modality!r}: "
                    f"ask for {len(columns)} or fewer"
                )
            self._refuse_infinite(X, columns)
        if self.sampler is not None:
            refuse_small_classes(self.sampler, y)
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        """Return X itself."""
        return X

    @staticmethod
    def _refuse_infinite(X, columns):
        numbers = X[columns].select_dtypes("number")
        infinite = np.isinf(numbers.to_numpy(dtype=float, na_value=np.nan))
        if infinite.any():
            found = numbers.columns[infinite.any(axis=0)]
            rows = X.index[infinite.any(axis=1)]
            raise ValueError(
                f"{len(found)} column(s) hold infinite values, first {list(found[:5])}, in {len(rows)} patient(s), "
                f"first {list(rows[:5])}: put a number or a missing value in their place"
            )


def refuse_small_classes(sampler, y):
    """Refuse an outcome with a class in which an over-sampler would not find the neighbours that it looks for.

    Parameters
    ----------
    sampler : imbalanced-learn sampler
        Only over-samplers are looked at, also those inside SMOTEENN and SMOTETomek.
    y : array-like of shape (n_samples,)
        The classes.

    Raises
    ------
    ValueError
        If a class has too few members; the message names it, the count, and the way out.
    """
    from imblearn.over_sampling import SMOTE
    from imblearn.over_sampling.base import BaseOverSampler
    from imblearn.utils import check_sampling_strategy

    if hasattr(sampler, "smote"):
        strategy, sampler = sampler.sampling_strategy, sampler.smote or SMOTE()
    else:
        strategy = getattr(sampler, "sampling_strategy", None)
    parameter = next((name for name in ("k_neighbors", "n_neighbors") if hasattr(sampler, name)), None)
    neighbours = getattr(sampler, parameter or "", None)
    if not isinstance(sampler, BaseOverSampler) or not isinstance(neighbours, int):
        return
    counts = Counter(np.asarray(y).tolist())
    for label, wanted in check_sampling_strategy(strategy, np.asarray(y), "over-sampling").items():
        if wanted and counts[label] <= neighbours:
            name = type(sampler).__name__
            fewer = f"{name}({parameter}={counts[label] - 1}), " if counts[label] > 1 else ""
            raise ValueError(
                f"class {np.asarray(label).item()!r} has {counts[label]} patient(s), and {name} with "
                f"{parameter}={neighbours} needs {neighbours + 1} in each class that it enlarges: use {fewer}"
                "RandomOverSampler or no sampler, or fewer folds"
            )
