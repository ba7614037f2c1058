"""Tables written as CSV that a spreadsheet cannot mistake for programs: no text cell is a formula."""

import re

__all__ = ["neutralise", "restore", "write_csv"]

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?")


def neutralise(text, *, spare_numbers=True):
    """Return a text with an apostrophe before it if a spreadsheet would run it as a formula.

    Parameters
    ----------
    text : object
        A cell; anything but a string is returned as it is.
    spare_numbers : bool, default=True
        Whether a string that is a number, such as ``"-1.5"``, is returned as it is too.

    Returns
    -------
    text : object

    Examples
    --------
    >>> from fusionkit._tables import neutralise
    >>> neutralise("=HYPERLINK(A1)"), neutralise("-1.5"), neutralise("P001"), neutralise(-2.0)
    ("'=HYPERLINK(A1)", '-1.5', 'P001', -2.0)
    """
    if not isinstance(text, str) or not text.startswith(_RISKY) or (spare_numbers and _NUMBER.fullmatch(text)):
        return text
    return f"'{text}"


def restore(text):
    """Return a text as it was before :func:`neutralise`.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    text : str
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def write_csv(frame, path, *, index=False):
    """Write a DataFrame as CSV, every text in it neutralised: cells, column names and index.

    Parameters
    ----------
    frame : DataFrame
        What is written; numbers keep every digit.
    path : path-like
        The file.
    index : bool, default=False
        Whether the index is written as the first column or columns.
    """
    frame = frame.reset_index() if index else frame
    texts = [i for i, dtype in enumerate(frame.dtypes) if getattr(dtype, "kind", "O") == "O"]
    safe = frame.set_axis(range(frame.shape[1]), axis=1).astype(dict.fromkeys(texts, object))
    for i in texts:
        safe[i] = safe[i].map(neutralise)
    safe.columns = [neutralise(str(column)) for column in frame.columns]
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
