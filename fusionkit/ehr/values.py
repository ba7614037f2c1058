"""What a cell of a health record says: missing, a number, a flag or a date."""

import re

import numpy as np
import pandas as pd

__all__ = ["DEFAULT_MISSING", "FLAG_WORDS", "is_missing", "parse_flag", "parse_number"]

DEFAULT_MISSING = (
    *("NA", "N/A", "#N/A", "NaN", "<NA>", "NaT", "null", ".", "-", "?"),
    *("not available", "not known", "missing"),
)
"""Words that mean "no value" in any column, compared without regard to case. Codes such as -9 are the user's to name;
"none", "no", "unknown" and "not applicable" are answers, hence absent."""

FLAG_WORDS = {
    1.0: ("1", "1.0", "yes", "y", "true", "t", "positive", "present", "oui", "ja", "si", "sí", "sim"),
    0.0: ("0", "0.0", "no", "n", "false", "f", "negative", "absent", "non", "nein", "nee", "não"),
}
"""What a yes/no column may say, compared without regard to case."""

_FLAG = {word: value for value, words in FLAG_WORDS.items() for word in words}
_NUMBER = {
    ".": re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"),
    ",": re.compile(r"[-+]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][-+]?[0-9]+)?"),
}


def is_missing(texts, missing):
    """Say which texts mean "no value".

    Parameters
    ----------
    texts : Series of str
        Cells, without surrounding spaces.
    missing : sequence of str
        The words that mean "no value", compared without regard to case. The empty cell always does.

    Returns
    -------
    mask : ndarray of bool, same length
    """
    words = {"", *(str(word).strip().casefold() for word in missing)}
    codes, uniques = pd.factorize(texts)
    absent = np.array([str(text).casefold() in words for text in uniques] + [True])
    return absent[codes]


def parse_number(text, decimal="."):
    """Return a text as a float, or None if it is not one plain, finite number.

    Parameters
    ----------
    text : str
        Such as ``"12.5"`` or ``"1e-3"``; no thousands separator, no unit.
    decimal : {".", ","}, default="."
        The decimal sign of the file.

    Returns
    -------
    value : float or None

    Examples
    --------
    >>> from fusionkit.ehr import parse_number
    >>> parse_number("12.5"), parse_number("12,5", decimal=","), parse_number("<5")
    (12.5, 12.5, None)
    """
    if not _NUMBER[decimal].fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if np.isfinite(value) else None


def parse_flag(text, decimal="."):
    """Return 1.0 for yes, 0.0 for no, None for anything else; the words are in :data:`FLAG_WORDS`.

    Parameters
    ----------
    text : str
        Such as ``"Yes"``.
    decimal : {".", ","}, default="."
        The decimal sign of the file.

    Returns
    -------
    value : float or None
    """
    return _FLAG.get(text.casefold().replace(decimal, "."))
