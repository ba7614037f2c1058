"""Ids replaced by keyed hashes, and what is told of single patients stripped of their values."""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import replace
from pathlib import Path

from ..exceptions import Problem, StudyError

__all__ = ["Pseudonyms", "make_key", "read_key", "write_private"]

DIGITS = 12
"""Hexadecimal digits of a pseudonym: among 100,000 patients two meet with a chance of 2 in 100,000; it is checked."""

KEY_BYTES = 32

_FILE = re.compile(r"[\\/]|\.\w{1,6}$")
_DATE = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b"
)
_QUOTED = re.compile(r"(?<!\w)'[^']*'(?!\w)|(?<!\w)\"[^\"]*\"(?!\w)")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Pseudonyms:
    """Pseudonyms of patients: the same id and key give the same pseudonym, and without the key nobody gets back.

    The pseudonym is ``p`` and the first twelve hexadecimal digits of HMAC-SHA256 of the id (UTF-8). It begins with a
    letter, so that no spreadsheet takes it for a number or a formula.

    Parameters
    ----------
    key : bytes
        The secret, 32 bytes.
    digits : int, default=12
        Length of the hash.

    References
    ----------
    Krawczyk H, Bellare M, Canetti R. HMAC: keyed-hashing for message authentication. RFC 2104, 1997.

    Examples
    --------
    >>> from fusionkit.cohort.pseudonyms import Pseudonyms
    >>> Pseudonyms(bytes(32)).of("P001")
    'p33b379fdf3f7'
    """

    def __init__(self, key, digits=DIGITS):
        self._key = key
        self._digits = digits
        self._known = {}
        self._by_word = {}
        self._files = {}
        self._pattern = re.compile(rf"(?<![^\W_])p[0-9a-f]{{{digits}}}(?![^\W_])")

    @property
    def written_as(self):
        """The ids by pseudonym, for this process alone: a dict."""
        return dict(self._known)

    def of(self, patient):
        """Return the pseudonym of an id.

        Parameters
        ----------
        patient : str
            The id.

        Returns
        -------
        pseudonym : str

        Raises
        ------
        StudyError
            If another id has the same one; no id is told.
        """
        patient = str(patient)
        digest = hmac.new(self._key, patient.encode(), hashlib.sha256).hexdigest()
        pseudonym = f"p{digest[: self._digits]}"
        if pseudonym not in self._known:
            self._known[pseudonym] = patient
            words = [] if patient.isdigit() else _WORD.findall(patient)
            for word in words[:1]:
                self._by_word.setdefault(word, []).append((patient, pseudonym))
        if self._known[pseudonym] != patient:
            message = f"two patients have the pseudonym {pseudonym}"
            raise StudyError([Problem(message, "Use another key: delete the key file, or name another.")])
        return pseudonym

    def of_table(self, table):
        """Return a table in which the ids are replaced.

        Parameters
        ----------
        table : Table
            As :func:`fusionkit.ehr.read_table` gives it.

        Returns
        -------
        table : Table
        """
        ids = table.ids
        hashed = ids.map(self.of, na_action="ignore")
        self._note_files(table.frame.drop(columns=table.id_column), hashed)
        return replace(table, frame=table.frame.assign(**{table.id_column: hashed.astype(ids.dtype)}))

    def of_groups(self, groups):
        """Return the groups with their names replaced, because a family's name is an id too.

        Parameters
        ----------
        groups : Series of str or None
            Group of each patient.

        Returns
        -------
        groups : Series of str or None
        """
        return None if groups is None else groups.map(lambda group: self.of(f"group {group}"))

    def _note_files(self, frame, ids):
        """Keep the cells that look like files: their names often hold the id or the patient's name."""
        for column in frame.columns:
            texts = frame[column]
            found = texts.notna() & ids.notna() & texts.astype(str).str.contains(_FILE)
            for patient, text in zip(ids[found], texts[found].astype(str), strict=True):
                names = {text, *re.split(r"[\\/]", text)} - {""}
                self._files.setdefault(patient, set()).update(name for name in names if len(name) > 1)

    def scrub(self, problem):
        """Return a problem that says of a patient what is wrong, and not what stands there.

        Ids become pseudonyms and dates are withheld everywhere. Where it is about single patients, so are quoted
        values, numbers and the names of their files; the file, row and column in which to look stay.

        Parameters
        ----------
        problem : Problem
            As found.

        Returns
        -------
        problem : Problem
        """
        patients = {*self._pattern.findall(f"{problem.message} {problem.way_out}"), problem.patient} - {None}
        personal = bool(patients) or problem.row is not None
        texts = [self._scrub_text(text, patients, personal) for text in (problem.message, problem.way_out)]
        return replace(problem, message=texts[0], way_out=texts[1])

    def _scrub_text(self, text, patients, personal):
        names = set().union(*(self._files.get(patient, ()) for patient in patients))
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "(file)")
        text = self._replace_ids(text)
        text = _DATE.sub("(date)", text)
        if not personal:
            return text
        text = _QUOTED.sub(lambda found: found[0] if self._pattern.search(found[0]) else "(withheld)", text)
        parts = self._pattern.split(text)
        pseudonyms = [*self._pattern.findall(text), ""]
        return "".join(_NUMBER.sub("#", part) + name for part, name in zip(parts, pseudonyms, strict=True))

    def _replace_ids(self, text):
        """Ids that a reader told before they were replaced; pure numbers are withheld as numbers."""
        for word in set(_WORD.findall(text)):
            for patient, pseudonym in self._by_word.get(word, ()):
                text = re.sub(rf"(?<![^\W_]){re.escape(patient)}(?![^\W_])", pseudonym, text)
        return text


def make_key():
    """Return a new secret: 32 bytes of the operating system's randomness."""
    return secrets.token_bytes(KEY_BYTES)


def read_key(path):
    """Return the secret of a key file; a new one is made where there is no file, readable by its owner alone.

    Parameters
    ----------
    path : path-like
        The file, 64 hexadecimal digits.

    Returns
    -------
    key : bytes

    Raises
    ------
    StudyError
        If the file is no key, or can be read by others (where the platform knows such rights).
    """
    path = Path(path)
    if not path.exists():
        key = make_key()
        write_private(path, key.hex() + "\n")
        return key
    if os.name == "posix" and path.stat().st_mode & 0o077:
        message = f"the key file {path.name} can be read by others"
        raise StudyError([Problem(message, f"Take their rights away: chmod 600 {path.name}", file=path.name)])
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError):
        key = b""
    if len(key) != KEY_BYTES:
        message = f"the key file {path.name} does not hold {2 * KEY_BYTES} hexadecimal digits"
        raise StudyError(
            [Problem(message, "Name the right file, or delete it to have a new key made.", file=path.name)]
        )
    return key


def write_private(path, text):
    """Write a file that only its owner may read, from its first moment on.

    On platforms without such rights (Windows) the file inherits those of its folder: choose a folder of your own.

    Parameters
    ----------
    path : path-like
        The file; it is replaced.
    text : str
        Its content.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(draft, path)
