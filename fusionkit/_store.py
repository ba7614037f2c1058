"""Results kept on disk as they are made, so that a run that was stopped goes on where it was."""

import hashlib
import json
import os
from pathlib import Path

__all__ = ["JsonStore", "file_digest", "fingerprint"]


def fingerprint(value):
    """Return a SHA-256 hex digest of anything that JSON can hold, independent of the order of keys.

    Parameters
    ----------
    value : dict, list, str or number
        What is to be identified.

    Returns
    -------
    digest : str
        64 hexadecimal digits.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(path):
    """Return a SHA-256 hex digest of a file's content, or of the names and contents in a folder.

    Parameters
    ----------
    path : path-like
        A file, or a folder such as a DICOM series.

    Returns
    -------
    digest : str
        64 hexadecimal digits.
    """
    path = Path(path)
    if path.is_dir():
        return fingerprint([[file.name, file_digest(file)] for file in sorted(path.iterdir()) if file.is_file()])
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class JsonStore:
    """One JSON file per key in a folder, each written whole or not at all.

    Parameters
    ----------
    folder : path-like
        Where the files lie; made on the first write.
    """

    def __init__(self, folder):
        self.folder = Path(folder)

    def _path(self, key):
        return self.folder / f"{fingerprint(key)[:32]}.json"

    def get(self, key):
        """Return the stored value, or None when there is none or its file was cut short.

        Parameters
        ----------
        key : dict, list or str
            What the value depends on.

        Returns
        -------
        value : dict, list or None
        """
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return kept["value"]

    def put(self, key, value):
        """Store a value, replacing an older one in a single step.

        Parameters
        ----------
        key : dict, list or str
            What the value depends on.
        value : dict or list
            Anything that JSON can hold; floats come back bit for bit.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        draft = path.with_suffix(f".{os.getpid()}.part")
        draft.write_text(json.dumps({"value": value}), encoding="utf-8")
        os.replace(draft, path)
