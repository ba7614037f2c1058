"""A study that is private by default: ids replaced as they are read, no folder of this machine in what is written."""

import json
import re
from pathlib import Path, PureWindowsPath

from ..cohort.pseudonyms import Pseudonyms, make_key, read_key, write_private
from ..exceptions import StudyError
from .gather import gather_study

__all__ = ["gather_privately", "hide_folders", "study_pseudonyms", "write_lookup"]

KEY, LOOKUP = "pseudonym.key", "pseudonyms.json"

_DATABASE = re.compile(r"(:///)(?:/|[A-Za-z]:[\\/])(?:[^:/\\]*[\\/])*")


def study_pseudonyms(spec, folder, work=None):
    """Return the pseudonyms of a study.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder : Path
        What the path of its key is relative to.
    work : Path or None, default=None
        Where a run keeps a key that the study does not name; without it, the key lives as long as this process.

    Returns
    -------
    pseudonyms : Pseudonyms or None
        None where the study does not ask for them.
    """
    if spec.pseudonymise is None:
        return None
    path = _key_path(spec, folder, work)
    return Pseudonyms(make_key() if path is None else read_key(path))


def write_lookup(spec, folder, work, pseudonyms):
    """Write the table of pseudonyms and ids beside the key, readable by its owner alone, where the study asks for it.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder, work : Path
        As in :func:`study_pseudonyms`.
    pseudonyms : Pseudonyms or None
        After the study has been read.
    """
    if pseudonyms is not None and spec.pseudonymise.lookup:
        path = _key_path(spec, folder, work).with_name(LOOKUP)
        write_private(path, json.dumps(pseudonyms.written_as, indent=1, ensure_ascii=False))


def _key_path(spec, folder, work):
    if spec.pseudonymise.key is not None:
        return Path(folder) / spec.pseudonymise.key
    return None if work is None else Path(work) / KEY


def gather_privately(spec, folder, pseudonyms, **options):
    """Return what a study's files hold, with pseudonyms for ids and no value of a patient in what is told.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder : path-like
        What the study's paths are relative to.
    pseudonyms : Pseudonyms or None
        None leaves everything as it is.
    **options : dict
        Further arguments of :func:`gather_study`.

    Returns
    -------
    gathered : Gathered

    Raises
    ------
    StudyError
        As :func:`gather_study`, the problems scrubbed.
    """
    if pseudonyms is None:
        return gather_study(spec, folder, **options)
    try:
        gathered = gather_study(spec, folder, pseudonyms=pseudonyms, **options)
    except StudyError as error:
        raise StudyError([pseudonyms.scrub(problem) for problem in error.problems]) from None
    gathered.problems = [pseudonyms.scrub(problem) for problem in gathered.problems]
    gathered.groups = pseudonyms.of_groups(gathered.groups)
    return gathered


def hide_folders(results):
    """Return results in which files that the study names by their full path have lost their folder.

    Parameters
    ----------
    results : dict
        The content of ``results.json``, with the study under ``study``.

    Returns
    -------
    results : dict
    """
    full = sorted({text for text in _texts(results["study"]) if _is_full(text)}, key=len, reverse=True)

    def hidden(text):
        for path in full:
            text = text.replace(path, PureWindowsPath(path).name)
        return _DATABASE.sub(r"\1", text)

    return _mapped(results, hidden)


def _is_full(text):
    return len(text) > 1 and (text.startswith("/") or PureWindowsPath(text).is_absolute())


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            for part in pair:
                yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _mapped(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_mapped(key, change): _mapped(item, change) for key, item in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, (list, tuple)) else value
