"""Dates as hospitals write them: one format per column, found out from the values, never guessed."""

import datetime
import re

import numpy as np
import pandas as pd

__all__ = ["date_formats", "parse_dates"]

_TIME = (
    r"(?:[T ](?P<hour>[01]?\d|2[0-3]):(?P<rest>[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)"
    r"(?P<zone> ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
)
_MONTHS = {"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * i : 3 * i + 3].lower(): i + 1 for i in range(12)}
_FORMATS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})",
    "YYYYMMDD": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "DD.MM.YYYY": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d{1,2})(?P<sep>[/-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})(?P<sep>[/-])(?P<d>\d{1,2})(?P=sep)(?P<y>\d{4})",
    "DD Mon YYYY": r"(?P<d>\d{1,2})[- ](?P<mon>[A-Za-z]{3})[a-z]*[- ](?P<y>\d{4})",
}
_PATTERNS = {name: re.compile(pattern + _TIME, re.ASCII) for name, pattern in _FORMATS.items()}
"""Date format -> how it is recognised; each may be followed by a time of day and a zone."""


def _iso(name, text):
    """The text in ISO 8601 if it is a date of this format that the calendar has, else None."""
    match = _PATTERNS[name].fullmatch(text)
    if not match:
        return None
    parts = match.groupdict()
    month = _MONTHS.get(parts["mon"].lower()) if parts.get("mon") else int(parts["m"])
    if month is None:
        return None
    try:
        day = datetime.date(int(parts["y"]), month, int(parts["d"])).isoformat()
    except ValueError:
        return None
    return f"{day}T{int(parts['hour'] or 0):02d}:{parts['rest'] or '00'}{(parts['zone'] or '').strip()}"


def date_formats(texts):
    """Return which of the texts are dates in each format.

    Parameters
    ----------
    texts : Series of str
        One column, without gaps.

    Returns
    -------
    fits : DataFrame of bool, shape (n_texts, 6)
        One column per format.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr.dates import date_formats
    >>> fits = date_formats(pd.Series(["03/04/2020", "25/12/2020"]))
    >>> fits.loc[:, fits.any()].sum().to_dict()
    {'DD/MM/YYYY': 2, 'MM/DD/YYYY': 1}
    """
    codes, uniques = pd.factorize(texts)
    fits = {name: np.array([_iso(name, text) is not None for text in uniques], dtype=bool)[codes] for name in _FORMATS}
    return pd.DataFrame(fits)


def parse_dates(texts, date_format):
    """Return the texts as datetimes, NaT where a text is not a date of the format.

    Parameters
    ----------
    texts : Series of str
        NA where there is no date.
    date_format : str
        One of ``YYYY-MM-DD``, ``YYYYMMDD``, ``DD.MM.YYYY``, ``DD/MM/YYYY``, ``MM/DD/YYYY``, ``DD Mon YYYY``; each may
        be followed by a time of day and a zone.

    Returns
    -------
    dates : Series of datetime64[us]
        In UTC, and aware of it, if every date that was read states its zone; else as they stand on the clock.
    mixed : bool
        Whether some dates state a zone and others do not.
    """
    codes, uniques = pd.factorize(texts)
    iso = [_iso(date_format, text) for text in uniques]
    read = [text for text in iso if text is not None]
    aware = [bool(re.search(r"(Z|[+-]\d{2}:?\d{2})\Z", text[10:])) for text in read]
    mixed = any(aware) and not all(aware)
    utc = any(aware) and not mixed
    naive = [text if text is None or not mixed else re.sub(r"(Z|[+-]\d{2}:?\d{2})\Z", "", text) for text in iso]
    stamps = pd.to_datetime(pd.Series(naive + [None], dtype="str"), utc=utc, format="ISO8601").dt.as_unit("us")
    return pd.Series(stamps.array[codes], index=texts.index), mixed
