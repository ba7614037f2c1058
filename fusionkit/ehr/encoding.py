"""The record as numbers: imputed, marked where missing, scaled and one-hot coded, all learnt in the training fold."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .notes import TEXT_SUFFIX, TextEncoder

__all__ = ["RecordEncoder", "make_record_encoder"]


class RecordEncoder(TransformerMixin, BaseEstimator):
    """Any table of the health record as a matrix of numbers without gaps.

    The columns' types decide: numbers, flags and ordinal ranks (any numeric or boolean dtype) are imputed with the
    median, marked by an indicator column where the training patients had gaps, and scaled; categories and words are
    one-hot coded; free text, in columns whose name ends in ``__text``, becomes topics (:class:`TextEncoder`). It does
    the work of ColumnTransformer, SimpleImputer, StandardScaler and OneHotEncoder in a fraction of their time, which a
    nested search feels, and keeps names: ``ehr__age``, ``ehr__age_missing``, ``ehr__sex_male``, ``ehr__note_topic1``.

    skrub's TableVectorizer does a like thing for any table, and would not serve here: it guesses from the values of
    each training fold what is a date, a number or free text (by the count of levels), where here the dictionary has
    said so once, and one fold must not be encoded otherwise than the next; and it neither imputes nor marks gaps.

    Parameters
    ----------
    scale : bool, default=True
        Whether numbers are brought to mean 0 and standard deviation 1 after imputation. Indicators and levels stay 0/1.
    indicator : bool, default=True
        Whether a column ``<name>_missing`` marks the gaps of a number that has both gaps and values in training.
    min_frequency : int, default=5
        Levels seen in fewer training patients are joined in ``<name>_infrequent``, if there are two or more such among
        three or more levels.
    n_topics : int, default=10
        The numbers that a column of free text becomes, at most.

    Attributes
    ----------
    feature_names_in_ : ndarray of str
        The columns seen in ``fit``, if they had names.
    n_features_in_ : int
        Their number.
    median_, mean_, scale_ : ndarray of float
        Of each numeric column. A column without any value in training becomes 0, now and later: nothing is known of it.
    levels_ : dict of int to list of str
        Position of a categorical column -> the levels that have a column of their own. Of exactly two levels the first
        in alphabetical order has none: the other says it all. A gap is a level of its own (``missing``) if training
        had one; a level that training did not have is all zeros.
    texts_ : TextEncoder or None
        Words and topics of the columns of free text, if there are any.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import make_record_encoder
    >>> X = pd.DataFrame({"ehr__age": [50.0, 70.0, None], "ehr__sex": ["female", "male", "male"]})
    >>> make_record_encoder(scale=False).fit_transform(X)
       ehr__age  ehr__age_missing  ehr__sex_male
    0      50.0               0.0            0.0
    1      70.0               0.0            1.0
    2      60.0               1.0            1.0
    """

    def __init__(self, scale=True, indicator=True, min_frequency=5, n_topics=10):
        self.scale = scale
        self.indicator = indicator
        self.min_frequency = min_frequency
        self.n_topics = n_topics

    def fit(self, X, y=None):
        """Learn medians, gaps, scales and levels from the training patients.

        Parameters
        ----------
        X : DataFrame or array-like, shape (n_patients, n_columns)
            A DataFrame with numeric, boolean, categorical or text columns, or an array of numbers.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : RecordEncoder

        Raises
        ------
        TypeError
            If a column holds dates: give their difference to the scan in days.
        ValueError
            If a number is infinite or a new column would take the name of another.
        """
        X = self._check(X, reset=True)
        self._categorical = [_is_categorical(X, i, dtype) for i, dtype in enumerate(X.dtypes.tolist())]
        self._textual = [i for i, name in enumerate(X) if self._categorical[i] and str(name).endswith(TEXT_SUFFIX)]
        self._numeric = [i for i, categorical in enumerate(self._categorical) if not categorical]
        values = _numbers(X, self._numeric)
        gaps = np.isnan(values)
        self.median_ = _median(values)
        self._known = ~gaps.all(axis=0)
        filled = np.where(gaps, self.median_, values)
        self.mean_, self.scale_ = (
            _moments(filled) if self.scale else (np.zeros_like(self.median_), np.ones_like(self.median_))
        )
        marked = gaps.any(axis=0) & self._known & bool(self.indicator)
        self.levels_ = {
            i: self._learn_levels(X.iloc[:, i])
            for i, categorical in enumerate(self._categorical)
            if categorical and i not in self._textual
        }
        self._learn_topics(X)
        self._lay_out(X, marked)
        return self

    def _learn_topics(self, X):
        """Words and topics of the texts, and the topics' scales, so that they stand beside the scaled numbers."""
        self.texts_ = TextEncoder(self.n_topics).fit(X.iloc[:, self._textual]) if self._textual else None
        scores = np.empty((len(X), 0)) if self.texts_ is None else self._raw_topics(X)
        plain = np.zeros(scores.shape[1]), np.ones(scores.shape[1])
        self._topic_mean, self._topic_scale = _moments(scores) if self.scale else plain

    def _raw_topics(self, X):
        return np.asarray(self.texts_.transform(X.iloc[:, self._textual]))

    def _check(self, X, reset):
        """X as a DataFrame whose columns have been compared with the training's."""
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=reset, skip_check_array=True)
            if not len(X):
                raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required: the table has no rows")
            return X
        if not reset and self.levels_:
            X = validate_data(self, X, reset=False, dtype=None, ensure_all_finite=False)
        else:
            X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        return pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])

    def _learn_levels(self, column):
        """The column's levels in training -> the name of the column that shows them, None for the level without one."""
        codes, levels = _codes(column)
        counts = np.bincount(codes + 1, minlength=len(levels) + 1)
        seen = {level: count for level, count in zip(levels, counts[1:], strict=True) if count}
        rare = [level for level, count in seen.items() if count < self.min_frequency]
        rare = rare if len(rare) > 1 and len(seen) > 2 else []
        shown = {
            level: "infrequent" if level in rare else level for level in sorted(seen, key=lambda x: (x in rare, x))
        }
        groups = list(dict.fromkeys(shown.values()))
        if len(groups) <= 2:
            shown = {level: None if group == groups[0] else group for level, group in shown.items()}
        if counts[0]:
            shown[None] = "missing"
        return shown

    def _lay_out(self, X, marked):
        """Where each number, indicator and level goes; ``_parts`` has the column's position and a suffix for each."""
        self._parts, self._number_at, self._marked_at, self._level_at, self._topic_at = [], [], [], {}, []
        marks = iter(marked)
        topics = {i: svd.components_.shape[0] for i, svd in zip(self._textual, self._svds(), strict=True) if svd}
        for i, categorical in enumerate(self._categorical):
            if i in self._textual:
                self._topic_at += range(len(self._parts), len(self._parts) + topics.get(i, 0))
                self._parts += [(i, f"_topic{k + 1}") for k in range(topics.get(i, 0))]
                continue
            if categorical:
                groups = dict.fromkeys(group for group in self.levels_[i].values() if group is not None)
                at = {group: len(self._parts) + k for k, group in enumerate(groups)}
                self._level_at[i] = {level: at.get(group, -1) for level, group in self.levels_[i].items()}
                self._parts += [(i, f"_{group}") for group in groups]
                continue
            self._number_at.append(len(self._parts))
            self._parts.append((i, ""))
            if next(marks):
                self._marked_at.append(len(self._parts))
                self._parts.append((i, "_missing"))
        self._marked = np.flatnonzero(marked)
        columns = X.columns.tolist()
        names = [self._name(columns[i], i, suffix) for i, suffix in self._parts]
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(
                f"two columns would be called {', '.join(twice[:5])}; rename the columns that came so named"
            )

    def _svds(self):
        return [] if self.texts_ is None else self.texts_.svds_

    def _name(self, column, i, suffix):
        return f"{str(column).removesuffix(TEXT_SUFFIX) if i in self._textual else column}{suffix}"

    def transform(self, X):
        """Return the table as numbers without gaps.

        Parameters
        ----------
        X : DataFrame or array-like, shape (n_patients, n_columns)
            The columns seen in ``fit``.

        Returns
        -------
        encoded : ndarray or DataFrame of float, shape (n_patients, n_encoded)
        """
        check_is_fitted(self)
        X = self._check(X, reset=False)
        values = _numbers(X, self._numeric)
        gaps = np.isnan(values)
        encoded = np.zeros((len(X), len(self._parts)))
        encoded[:, self._number_at] = (np.where(gaps, self.median_, values) - self.mean_) / self.scale_ * self._known
        encoded[:, self._marked_at] = gaps[:, self._marked]
        for i, places in self._level_at.items():
            codes, levels = _codes(X.iloc[:, i])
            at = np.array([*(places.get(level, -1) for level in levels), places.get(None, -1)])[codes]
            shown = np.flatnonzero(at >= 0)
            encoded[shown, at[shown]] = 1.0
        if self._topic_at:
            encoded[:, self._topic_at] = (self._raw_topics(X) - self._topic_mean) / self._topic_scale
        return encoded

    def get_feature_names_out(self, input_features=None):
        """Return the names of the encoded columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            The columns seen in ``fit``, for those that had no names.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        own = getattr(self, "feature_names_in_", None)
        names = [f"x{i}" for i in range(self.n_features_in_)] if own is None else own
        if input_features is not None:
            names = np.asarray(input_features, dtype=object)
            if own is not None and not np.array_equal(names, own):
                raise ValueError("input_features is not equal to feature_names_in_")
            if len(names) != self.n_features_in_:
                raise ValueError(
                    f"input_features should have length equal to number of features ({self.n_features_in_})"
                )
        return np.array([self._name(names[i], i, suffix) for i, suffix in self._parts], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _is_categorical(X, position, dtype):
    """Whether a column is one-hot coded; refuses dates."""
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return False
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        raise TypeError(
            f"column {X.columns[position]!r} holds dates; give their difference to the scan in days instead"
        )
    return not pd.api.types.is_numeric_dtype(dtype)


def _numbers(X, positions):
    """The numeric columns as floats, refusing infinite values and texts by the column's name."""
    try:
        values = X.take(positions, axis=1).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a column that held numbers in training holds something else now: {error}") from error
    if np.isinf(values).any():
        columns = X.columns[positions][np.isinf(values).any(axis=0)]
        raise ValueError(f"Input X contains infinity in column {', '.join(map(str, columns[:5]))}")
    return values


def _codes(column):
    """Each row's position among the levels, -1 for a gap; the levels as text."""
    values = column.array
    if isinstance(values, pd.Categorical):
        return values.codes, [str(level) for level in values.categories]
    codes, levels = pd.factorize(values)
    return codes, [str(level) for level in levels]


def _median(values):
    """The median of each column's values, 0 where there are none."""
    ordered = np.sort(values, axis=0)
    counts = len(values) - np.isnan(ordered).sum(axis=0)
    columns = np.arange(values.shape[1])
    middle = (ordered[np.maximum(counts - 1, 0) // 2, columns] + ordered[counts // 2, columns]) / 2
    return np.where(counts > 0, middle, 0.0)


def _moments(filled):
    """Mean and standard deviation of each column; 1 for one that is constant up to rounding, as StandardScaler says."""
    n_patients = len(filled)
    mean = filled.mean(axis=0)
    variance = ((filled - mean) ** 2).mean(axis=0)
    eps = np.finfo(float).eps
    constant = variance <= n_patients * eps * variance + (n_patients * mean * eps) ** 2
    return mean, np.where(constant, 1.0, np.sqrt(variance))


def make_record_encoder(*, scale=True, indicator=True, min_frequency=5, n_topics=10):
    """Return a :class:`RecordEncoder` that gives DataFrames, ready for a Pipeline or a ColumnTransformer.

    Parameters
    ----------
    scale : bool, default=True
        Whether numbers are standardised; trees do not need it.
    indicator : bool, default=True
        Whether gaps in numbers are marked by a column.
    min_frequency : int, default=5
        Levels seen in fewer training patients are joined.
    n_topics : int, default=10
        The numbers that a column of free text becomes, at most.

    Returns
    -------
    encoder : RecordEncoder
    """
    encoder = RecordEncoder(scale=scale, indicator=indicator, min_frequency=min_frequency, n_topics=n_topics)
    return encoder.set_output(transform="pandas")
