"""Look at each column by itself: does one of them give the outcome away?"""

import numpy as np
import pandas as pd

from ..exceptions import Problem
from ..metrics import auc

__all__ = ["screen_columns"]

RARE_LEVEL = 3
"""Levels seen in fewer patients are pooled: a column of unique words separates any classes and proves nothing."""


def screen_columns(X, y, *, threshold=0.95, file=None):
    """Return a warning for each column that alone predicts the outcome suspiciously well.

    A number is judged by its AUC in either direction; a category by the AUC of its levels' outcome rates, levels of
    fewer than three patients pooled. Only patients with a value count.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_columns)
        Numeric or categorical columns.
    y : array-like of shape (n_patients,)
        0 or 1.
    threshold : float, default=0.95
        AUC (0.5 to 1) above which a column is reported.
    file : str or None, default=None
        Where the columns stand, for the message.

    Returns
    -------
    problems : list of Problem
        Severity "warning", one per suspicious column.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.cohort import screen_columns
    >>> X = pd.DataFrame({"age": [50.0, 61, 47, 58, 66, 52], "verdict": ["ok", "ok", "ok", "bad", "bad", "bad"]})
    >>> [problem] = screen_columns(X, [0, 0, 0, 1, 1, 1])
    >>> problem.column, problem.message
    ('verdict', 'separates the two outcomes perfectly (6 patients)')
    """
    y = np.asarray(y)
    problems = []
    for column in X.columns:
        score = _as_score(X[column], y)
        known = ~np.isnan(score)
        events = int(y[known].sum())
        if min(events, known.sum() - events) < RARE_LEVEL:
            continue
        area = auc(y[known], score[known])
        area = max(area, 1 - area)
        if area > threshold:
            what = "separates the two outcomes perfectly" if area == 1 else f"alone reaches an AUC of {area:.3f}"
            problems.append(
                Problem(
                    f"{what} ({known.sum()} patients)",
                    "Is it known before the outcome? If it defines or reveals the outcome, leave it out.",
                    severity="warning",
                    file=file,
                    column=str(column),
                )
            )
    return problems


def _as_score(values, y):
    """A column as numbers: itself, or the outcome rate of each level."""
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=float, na_value=np.nan)
    levels = values.astype(object)
    counts = levels.map(levels.value_counts())
    pooled = levels.where(counts >= RARE_LEVEL, "rare level").where(levels.notna())
    return pooled.map(pd.Series(y, index=values.index).groupby(pooled).mean()).to_numpy(dtype=float)
