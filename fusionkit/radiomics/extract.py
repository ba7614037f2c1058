"""The features of one case: a plain function, from files or images to a dictionary."""

import warnings

import numpy as np

from ..exceptions import DataWarning
from .case import read_case
from .native_engine import compute_native
from .pyradiomics_engine import compute_pyradiomics
from .settings import read_settings

__all__ = ["check_engine", "compute_case", "extract_features", "warn_of_grey_levels"]

ENGINES = ("native", "pyradiomics")

GREY_LEVELS = (16, 128)
"""Grey levels between which texture is commonly computed (Tixier et al., Journal of Nuclear Medicine 2012)."""


def extract_features(
    image,
    mask,
    settings=None,
    *,
    label=None,
    engine="native",
    ibsi=False,
    colour="refuse",
    spacing_mm=None,
):
    """Return the radiomics features of one region in one image.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
        Files that SimpleITK reads, a folder with a DICOM series for the image, or images in memory.
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        A parameter file of pyradiomics, its content, or the name of a preset; None takes pyradiomics's defaults.
    label : int or None, default=None
        The region's value in the mask; None takes the settings', and where they name none, 1 or the only value that
        the mask has.
    engine : {"native", "pyradiomics"}, default="native"
        Our own kernels, or pyradiomics itself (extra ``pyradiomics``).
    ibsi : bool, default=False
        Give IBSI's value where pyradiomics's definition differs from it; the native engine only.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ: refuse it, or take its luminance.
    spacing_mm : sequence of float or None, default=None
        The voxel's size as (x, y) or (x, y, z) in millimetres, in place of the files'; PNG and JPEG seldom know
        theirs.

    Returns
    -------
    features : dict of str to float
        Such as ``"original_glcm_Contrast"``. NaN stands for a feature that is undefined for this region.

    Raises
    ------
    CaseError
        If this image or mask cannot be used; the message says why and what to do.

    Examples
    --------
    >>> import numpy as np, SimpleITK as sitk
    >>> from fusionkit.radiomics import extract_features
    >>> image = sitk.GetImageFromArray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10))
    >>> mask = sitk.GetImageFromArray(np.pad(np.ones((4, 4, 4), np.uint8), 3))
    >>> features = extract_features(image, mask, {"featureClass": {"firstorder": ["Mean", "Maximum"]}})
    >>> features
    {'original_firstorder_Mean': 499.5, 'original_firstorder_Maximum': 666.0}
    """
    check_engine(engine, ibsi)
    settings = read_settings(settings)
    features = compute_case(image, mask, settings, label, engine, ibsi, colour, spacing_mm)
    warn_of_grey_levels(["this case"], [features], settings)
    return features


def compute_case(image, mask, settings, label, engine, ibsi, colour, spacing_mm=None):
    """Return the features of one case from checked settings; see :func:`extract_features` for the rest.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
    settings : RadiomicsSettings
    label : int or None
    engine : {"native", "pyradiomics"}
    ibsi : bool
    colour : {"refuse", "luminance"}
    spacing_mm : sequence of float or None, default=None

    Returns
    -------
    features : dict of str to float
    """
    slab = engine == "native"
    image, mask, label = read_case(image, mask, settings, label, colour=colour, spacing_mm=spacing_mm, slab=slab)
    if engine == "pyradiomics":
        return compute_pyradiomics(image, mask, label, settings)
    return compute_native(image, mask, label, settings, ibsi=ibsi)


def check_engine(engine, ibsi):
    """Check that there is such an engine, and that it has IBSI's definitions where they are asked for.

    Parameters
    ----------
    engine : str
    ibsi : bool

    Raises
    ------
    ValueError
        If there is no such engine, or the engine has pyradiomics's definitions only.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(map(repr, ENGINES))}; got {engine!r}")
    if ibsi and engine != "native":
        raise ValueError("ibsi=True needs engine='native': pyradiomics has its own definitions only")


def warn_of_grey_levels(index, features, settings):
    """Warn where a preset's bins do not suit the images.

    Too few grey levels hide texture, too many leave the matrices empty.

    Parameters
    ----------
    index : sequence
        What the message calls each case.
    features : list of dict
        Of each case.
    settings : RadiomicsSettings
    """
    setting = settings.setting
    if settings.preset is None or setting["binCount"] is not None:
        return
    outside = {}
    for patient, row in zip(index, features, strict=True):
        ends = [row.get(f"original_firstorder_{end}", np.nan) for end in ("Minimum", "Maximum")]
        levels = np.floor(ends[1] / setting["binWidth"]) - np.floor(ends[0] / setting["binWidth"]) + 1
        if levels < GREY_LEVELS[0] or levels > GREY_LEVELS[1]:
            outside[patient] = int(levels)
    if outside:
        some = ", ".join(f"{patient} ({levels})" for patient, levels in list(outside.items())[:5])
        warnings.warn(
            f"{len(outside)} of {len(features)} cases have fewer than {GREY_LEVELS[0]} or more than {GREY_LEVELS[1]} "
            f"grey levels with bins of {setting['binWidth']:g}: {some}. Copy the preset and choose another binWidth.",
            DataWarning,
            stacklevel=3,
        )
