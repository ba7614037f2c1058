"""Is this the same patient? A second identifier, such as sex or year of birth, compared wherever two tables have it."""

import re

import pandas as pd

from ..exceptions import Problem

__all__ = ["compare_identifiers"]

_SEXES = {
    "female": ("f", "female", "woman", "w", "weiblich", "femenino", "femme", "mujer"),
    "male": ("m", "male", "man", "männlich", "masculino", "homme", "hombre", "varón"),
}
_SEX = {word: sex for sex, words in _SEXES.items() for word in words}


def compare_identifiers(what, sides):
    """Return an error for every patient of whom two tables say different things.

    Parameters
    ----------
    what : str
        The identifier: ``"sex"`` is compared as female and male however they are written, a name that begins with
        ``"birth"`` by the year alone, any other as text without regard to case and spaces.
    sides : dict of str to DataFrame
        Table -> a frame with the columns ``patient``, ``value`` (text) and ``row`` (the line in the file), in any
        number of rows per patient. Missing values agree with everything.

    Returns
    -------
    problems : list of Problem
        One per patient who disagrees, naming tables and rows and never a value; a warning for values of ``"sex"`` or
        ``"birth..."`` that cannot be read, with their rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.cohort import compare_identifiers
    >>> record = pd.DataFrame({"patient": ["A", "B"], "value": ["F", "M"], "row": [2, 3]})
    >>> images = pd.DataFrame({"patient": ["B", "A"], "value": ["female", "female"], "row": [2, 3]})
    >>> [problem] = compare_identifiers("sex", {"clinical.csv": record, "images.csv": images})
    >>> problem.patient, problem.message
    ('B', 'sex differs between clinical.csv (row 3) and images.csv (row 2)')
    """
    read = _sex if what == "sex" else _year if what.startswith("birth") else _plain
    said, problems = [], []
    for name, frame in sides.items():
        frame = frame[frame["value"].notna() & frame["patient"].notna()].assign(table=name)
        frame["told"] = [read(value) for value in frame["value"]]
        unread = frame[frame["told"].isna()]
        if len(unread):
            rows = ", ".join(map(str, unread["row"][:5]))
            message = f"{len(unread)} value(s) of {what} cannot be read, in row(s) {rows}{', ...' * (len(unread) > 5)}"
            problems.append(Problem(message, "They are not compared.", severity="warning", file=name))
        said.append(frame[frame["told"].notna()])
    everything = pd.concat(said) if said else pd.DataFrame(columns=["patient", "told"])
    differing = everything.groupby("patient", sort=False)["told"].nunique()
    for patient in differing.index[differing > 1]:
        mine = everything[everything["patient"] == patient].drop_duplicates(["told", "table"])
        where = " and ".join(f"{table} (row {row})" for table, row in zip(mine["table"], mine["row"], strict=True))
        way_out = "Is it the same patient? Correct the wrong one."
        problems.append(Problem(f"{what.replace('_', ' ')} differs between {where}", way_out, patient=str(patient)))
    return problems


def _plain(text):
    return " ".join(str(text).casefold().split())


def _sex(text):
    return _SEX.get(_plain(text))


def _year(text):
    """The only year between 1880 and 2100 in a text, or None; dates without separators begin or end with it."""
    text = str(text).strip()
    found = re.findall(r"(?<!\d)(?:18[89]\d|19\d\d|20\d\d)(?!\d)", text)
    compact = re.fullmatch(r"((?:18[89]|19\d|20\d)\d)\d{4}", text)
    return found[0] if len(found) == 1 else compact[1] if compact else None
