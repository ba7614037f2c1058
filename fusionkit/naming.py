"""How a column is named: ``<modality>__<feature>``, and nothing else says which modality it belongs to."""

import re
from dataclasses import dataclass

__all__ = ["ModalityColumns", "absence_name", "check_modality_name", "join_name", "modality_columns", "split_name"]

SEPARATOR = "__"
_MODALITY = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*\Z")


def check_modality_name(modality):
    """Return the modality's name if it can serve as a column prefix.

    Parameters
    ----------
    modality : str
        Letters, digits and single underscores, beginning with a letter.

    Returns
    -------
    modality : str
        The same name.

    Raises
    ------
    ValueError
        If the name could not be told apart from the feature behind it.
    """
    if not isinstance(modality, str) or not _MODALITY.match(modality):
        raise ValueError(
            f"a modality's name is letters, digits and single underscores and begins with a letter, such as 'ct' "
            f"or 'mr_t1'; got {modality!r}"
        )
    return modality


def join_name(modality, feature):
    """Return the column name of a feature.

    Parameters
    ----------
    modality, feature : str
        Such as ``"ct"`` and ``"original_glcm_Contrast"``.

    Returns
    -------
    column : str
        Such as ``"ct__original_glcm_Contrast"``.

    Examples
    --------
    >>> from fusionkit.naming import join_name, split_name
    >>> join_name("ct", "original_glcm_Contrast")
    'ct__original_glcm_Contrast'
    >>> split_name("ehr__crp__delta_days")
    ('ehr', 'crp__delta_days')
    """
    return f"{check_modality_name(modality)}{SEPARATOR}{feature}"


def absence_name(modality):
    """Return the name of the column that says who lacks a modality.

    Parameters
    ----------
    modality : str
        Such as ``"ct"``.

    Returns
    -------
    column : str
        Such as ``"ct__absent"``.
    """
    return join_name(modality, "absent")


def split_name(column):
    """Return modality and feature of a column name, the inverse of :func:`join_name`.

    Parameters
    ----------
    column : str
        Such as ``"ct__original_glcm_Contrast"``.

    Returns
    -------
    modality, feature : str

    Raises
    ------
    ValueError
        If the column has no modality prefix.
    """
    modality, separator, feature = str(column).partition(SEPARATOR)
    if not separator or not feature or not _MODALITY.match(modality):
        raise ValueError(
            f"column {column!r} has no modality: columns are named '<modality>__<feature>', such as 'ehr__age'"
        )
    return modality, feature


@dataclass(frozen=True)
class ModalityColumns:
    """A column selector for ColumnTransformer: the columns of one or several modalities, in the frame's order.

    Parameters
    ----------
    modalities : tuple of str
        The modalities whose columns are wanted.
    """

    modalities: tuple

    def __call__(self, X):
        """Return the names of this selector's columns in the DataFrame X, in its order."""
        prefixes = tuple(modality + SEPARATOR for modality in self.modalities)
        columns = [column for column in X.columns if str(column).startswith(prefixes)]
        if not columns:
            present = sorted({str(column).partition(SEPARATOR)[0] for column in X.columns})
            raise ValueError(
                f"no column of modality {' or '.join(map(repr, self.modalities))}; "
                f"the table has the modalities {', '.join(present[:10])}"
            )
        return columns


def modality_columns(*modalities):
    """Return a column selector for one or several modalities, for use in a ColumnTransformer.

    Parameters
    ----------
    *modalities : str
        One or more modality names.

    Returns
    -------
    selector : ModalityColumns
        A callable that takes a DataFrame and returns its column names of these modalities.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.naming import modality_columns
    >>> X = pd.DataFrame({"ct__volume": [1.0], "ehr__age": [60.0], "ehr__crp": [5.0]})
    >>> modality_columns("ehr")(X)
    ['ehr__age', 'ehr__crp']
    """
    return ModalityColumns(tuple(check_modality_name(modality) for modality in modalities))
