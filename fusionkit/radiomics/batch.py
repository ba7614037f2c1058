"""Many cases, those on one image together, so that it is read once: what each process of an extraction runs."""

from functools import lru_cache
from pathlib import Path

from ..exceptions import CaseError
from ..imaging.read import read_image, read_mask
from .diagnostics import describe_case
from .extract import compute_case
from .settings import read_settings

__all__ = ["compute_group", "compute_row", "group_by_image"]


def group_by_image(rows):
    """Return which rows belong together because they are on one image.

    Parameters
    ----------
    rows : list of tuple
        Each (patient, image, mask, label or None).

    Returns
    -------
    groups : list of list of int
        Places in `rows`; an image in memory is a group of its own.
    """
    groups = {}
    for place, (_, image, _, _) in enumerate(rows):
        groups.setdefault(str(image) if _is_path(image) else place, []).append(place)
    return list(groups.values())


def compute_group(compute, group, options, on_error):
    """Return the outcome of each row of a group.

    Parameters
    ----------
    compute : callable
        :func:`compute_row`, or what keeps its results.
    group : list of tuple
        Rows on one image, each (patient, image, mask, label or None).
    options : tuple
        The document of the settings, engine, ibsi and colour.
    on_error : {"raise", "record"}
        What a case that cannot be used does.

    Returns
    -------
    outcomes : list of dict or CaseError
        Its features, or the error that says why there are none.

    Raises
    ------
    CaseError
        If a case cannot be used and ``on_error="raise"``; the message names the patient.
    """
    readings = _Readings() if len(group) > 1 else None
    outcomes = []
    for patient, image, mask, label in group:
        stamps = _stamp(image), _stamp(mask)
        try:
            outcomes.append(compute(image, mask, label, *options, stamps, readings))
        except CaseError as error:
            if on_error == "raise":
                raise CaseError(f"patient {patient}: {error.reason}", error.way_out) from error
            outcomes.append(error)
    return outcomes


class _Readings:
    """Keeps the image that several rows share, and the mask that rows one after the other share."""

    def __init__(self):
        self.image = lru_cache(maxsize=1)(read_image)
        self.mask = lru_cache(maxsize=1)(read_mask)


def compute_row(image, mask, label, document, engine, ibsi, colour, stamps, readings):
    """Return the features of one row, and its diagnostics where the parameter file asks for them.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
    label : int or None
    document : dict
        Of the settings.
    engine : {"native", "pyradiomics"}
    ibsi : bool
    colour : {"refuse", "luminance"}
    stamps : tuple
        What tells a cache that a file has changed.
    readings : object or None
        What keeps the image and mask of several rows; None for one row, of which only the part that features depend on
        is read, unless diagnostics of the whole are asked for.

    Returns
    -------
    features : dict
    """
    settings = read_settings(document)
    informed = document.get("setting", {}).get("additionalInfo", False)
    readings = readings or (_Readings() if informed else None)
    if readings is not None and _is_path(image):
        image = readings.image(image, colour=colour)
    if readings is not None and _is_path(mask):
        mask = readings.mask(mask, label_channel=settings.setting["label_channel"])
    features = compute_case(image, mask, settings, label, engine, ibsi, colour)
    if informed:
        features |= describe_case(image, mask, settings, label=label, colour=colour)
    return features


def _is_path(source):
    return isinstance(source, str | Path)


def _stamp(source):
    """What changes when a file does, its size and its time; for a folder, those of its files."""
    if not _is_path(source):
        return None
    path = Path(source)
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path] * path.exists()
        return [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    except OSError:  # reading the image says what is wrong
        return None
