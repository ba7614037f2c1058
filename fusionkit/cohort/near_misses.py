"""Ids that look alike and are not equal: reported, and never joined by themselves."""

import re

from ..exceptions import Problem

__all__ = ["bare_id", "by_bare_id", "near_miss_warning"]

_SHOWN = 5


def bare_id(patient):
    """Return an id without case, spaces, dashes and leading zeros.

    Parameters
    ----------
    patient : str
        The id.

    Returns
    -------
    bare : str

    Examples
    --------
    >>> from fusionkit.cohort.near_misses import bare_id
    >>> bare_id("P-0007"), bare_id("p 7")
    ('p7', 'p7')
    """
    text = re.sub(r"[\s_\-./]", "", str(patient)).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)


def by_bare_id(patients, written_as=None):
    """Return the ids by what is left of each.

    Parameters
    ----------
    patients : iterable of str
        The ids.
    written_as : dict of str to str or None, default=None
        How they are written where they come from, if they have been replaced.

    Returns
    -------
    found : dict of str to list of str
    """
    spelled, found = (written_as or {}).get, {}
    for patient in sorted(patients, key=str):
        found.setdefault(bare_id(spelled(patient, patient)), []).append(patient)
    return found


def near_miss_warning(patients, known, *, file, written_as=None):
    """Return a warning for ids of a table that no patient has and that look like a patient's, or None.

    Parameters
    ----------
    patients : iterable of str
        The ids of the table.
    known : iterable of str
        The ids of the patients.
    file : str
        The table's name.
    written_as : dict of str to str or None, default=None
        How ids are written where they come from, if they have been replaced.

    Returns
    -------
    problem : Problem or None
    """
    known = set(known)
    there, strange = by_bare_id(known, written_as), by_bare_id(set(patients) - known, written_as)
    pairs = [(patient, there[bare][0]) for bare, alike in strange.items() if bare in there for patient in alike]
    if not pairs:
        return None
    shown = ", ".join(f"{patient} looks like {other}" for patient, other in pairs[:_SHOWN])
    message = f"{len(pairs)} ids differ from a patient's in zeros, case, spaces or dashes: {shown}"
    way_out = "Ids must be equal to be joined: correct them in one of the tables."
    return Problem(f"{message}{', ...' * (len(pairs) > _SHOWN)}", way_out, severity="warning", file=file)
