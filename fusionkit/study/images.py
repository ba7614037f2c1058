"""Features of many images: kept by content, resumable, and one failed case never costs the others."""

import hashlib
import time
import warnings
from dataclasses import dataclass

import pandas as pd
from joblib import Parallel, delayed

from .._store import file_digest
from .._version import __version__
from ..exceptions import CaseError, DataWarning

__all__ = ["CaseOutcome", "extract_cases"]

WORTH_PROCESSES = 10.0
"""Seconds of work left below which starting other processes costs more than it saves."""


FORMAT = 3
"""Of what is kept of a case; another number lets what was kept in an older format lie."""


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one image and mask.

    Parameters
    ----------
    features : dict of str to float, or None
        The features; None when the case cannot be used.
    reason : str, default=''
        Why it cannot be used.
    way_out : str, default=''
        What the user can do about it.
    remarks : tuple of str, default=()
        Warnings: the features stand, but something deserves a second look.
    absent : bool, default=False
        Whether there is no image or no mask, rather than one that cannot be used.
    digests : dict of {"image", "mask"} to str, or None, default=None
        Digests of the voxels, equal where the same picture stands in two files; None when they were not asked for, or
        the case cannot be used.
    """

    features: dict | None
    reason: str = ""
    way_out: str = ""
    remarks: tuple = ()
    absent: bool = False
    digests: dict | None = None


def extract_cases(
    cases,
    folder,
    settings,
    *,
    engine="native",
    label=None,
    spacing_mm=None,
    colour="refuse",
    voxel_digests=False,
    n_jobs=None,
    store=None,
    progress=None,
):
    """Return what became of every case, in order.

    Parameters
    ----------
    cases : DataFrame
        Columns ``image`` and ``mask`` (paths) and perhaps ``label``.
    folder : Path
        What the paths are relative to.
    settings : RadiomicsSettings
        What is computed.
    engine : {"native", "pyradiomics"}, default='native'
        What computes it.
    label : int or None, default=None
        The mask's label where ``cases`` does not give it.
    spacing_mm : list of float or None, default=None
        Voxel size for images that do not carry it.
    colour : {"refuse", "luminance"}, default='refuse'
        What becomes of colour pictures.
    voxel_digests : bool, default=False
        Whether equal pictures are to be recognised, for which images are read as a whole.
    n_jobs : int or None, default=None
        Cases worked on at once.
    store : JsonStore or None, default=None
        Keeps each case's features by the content of its files and all settings.
    progress : callable or None, default=None
        Called as ``progress(done, total)``.

    Returns
    -------
    outcomes : list of CaseOutcome
    """
    options = {"engine": engine, "spacing_mm": spacing_mm, "colour": colour, "voxel_digests": voxel_digests}
    labels = cases["label"] if "label" in cases else [label] * len(cases)
    rows = zip(cases["image"], cases["mask"], labels, strict=True)
    jobs = [delayed(_one_case)(folder, *row, settings, options, store) for row in rows]
    outcomes, seconds, since = [], 0.0, time.perf_counter()
    if progress is not None:
        progress(0, len(cases))
    # Two cases here first: on a new installation the first compiles the kernels, once and not in every process, and the
    # second tells whether the rest is worth the seconds and the memory that other processes need to begin.
    for part, jobs_at_once in ((jobs[:2], 1), (jobs[2:], n_jobs)):
        if len(outcomes) == 2 and seconds * len(part) < WORTH_PROCESSES:
            jobs_at_once = 1
        for outcome in Parallel(n_jobs=jobs_at_once, return_as="generator")(part):
            seconds, since = time.perf_counter() - since, time.perf_counter()
            outcomes.append(outcome)
            if progress is not None:
                progress(len(outcomes), len(cases))
    return outcomes


def _one_case(folder, image, mask, label, settings, options, store):
    digests = {}
    for kind, path in (("image", image), ("mask", mask)):
        if pd.isna(path):
            way_out = f"Add the {kind}'s path, or leave the row out."
            return CaseOutcome(None, f"has no {kind} in the table", way_out, absent=True)
        try:
            if not (folder / path).exists():
                way_out = "Correct the path, relative to the table."
                return CaseOutcome(None, f"there is no file {path}", way_out, absent=True)
            digests[kind] = file_digest(folder / path)
        except OSError as error:
            way_out = "Check that it may be read, and that its drive is there."
            return CaseOutcome(None, f"the file {path} cannot be opened: {error.strerror}", way_out)
    label = None if pd.isna(label) else str(label)
    key = {**digests, **options, "settings": settings.fingerprint(), "label": label, "version": __version__}
    key["format"] = FORMAT
    kept = None if store is None else store.get(key)
    if kept is not None:
        return CaseOutcome(**{**kept, "remarks": tuple(kept["remarks"])})
    try:
        found = _compute(folder / image, folder / mask, label, settings, options)
    except CaseError as error:
        return CaseOutcome(None, error.reason, error.way_out)
    if store is not None:
        store.put(key, found)
    return CaseOutcome(**{**found, "remarks": tuple(found["remarks"])})


def _compute(image, mask, label, settings, options):
    """Features of one case, the texts of the warnings about its data, and the digests of its voxels where wanted."""
    from ..imaging import read_image, read_mask
    from ..radiomics import extract_features

    reading = {"spacing_mm": options["spacing_mm"], "colour": options["colour"]}
    pixels, roi, digests = image, mask, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DataWarning)
        if options["voxel_digests"]:
            pixels = read_image(image, **reading)
            channel = settings.setting["label_channel"]
            roi = read_mask(mask, spacing_mm=options["spacing_mm"], label_channel=channel)
            digests, reading = {"image": _voxel_digest(pixels), "mask": _voxel_digest(roi)}, {}
        features = extract_features(pixels, roi, settings, label=label, engine=options["engine"], **reading)
    said = [str(warning.message) for warning in caught if issubclass(warning.category, DataWarning)]
    remarks = [text.replace(image.name, "the image").replace(mask.name, "the mask") for text in said]
    return {"features": features, "remarks": remarks, "digests": digests}


def _voxel_digest(image):
    """The same for the same numbers, whatever their file's format, compression, header and type of number."""
    import SimpleITK as sitk

    voxels = sitk.GetArrayViewFromImage(image)
    digest = hashlib.blake2b(str(voxels.shape).encode(), digest_size=32)
    for plane in voxels:  # one at a time, as a copy of a whole volume would double the memory
        digest.update(plane.astype("<f4").tobytes())
    return digest.hexdigest()
