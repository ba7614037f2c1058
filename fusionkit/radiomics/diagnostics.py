"""What went into an extraction: versions, and image and region before and after each step, as pyradiomics has it."""

import platform

import numpy as np
import SimpleITK as sitk

from .._version import __version__
from .case import prepare_case, read_case
from .settings import read_settings

__all__ = ["describe_case"]


def describe_case(image, mask, settings=None, *, label=None, colour="refuse"):
    """Return what pyradiomics calls the diagnostics of a case.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
        As for :func:`~fusionkit.radiomics.extract_features`.
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        A parameter file, its content, or the name of a preset.
    label : int or None, default=None
        The region's value in the mask; None takes the settings', or the only one there is.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ: refuse it, or take its luminance.

    Returns
    -------
    diagnostics : dict
        Such as ``"diagnostics_Mask-original_VoxelNum"``, with pyradiomics's values; the version is ours.

    Raises
    ------
    CaseError
        If this image or mask cannot be used.
    """
    settings = read_settings(settings)
    image, mask, label = read_case(image, mask, settings, label, colour=colour)
    case = prepare_case(image, mask, label, settings)
    setting = settings.setting
    found = {
        "Versions_Fusionkit": __version__,
        "Versions_Numpy": np.__version__,
        "Versions_SimpleITK": sitk.Version().VersionString(),
        "Versions_Python": platform.python_version(),
        "Configuration_Settings": settings.setting,
        "Configuration_EnabledImageTypes": settings.to_dict().get("imageType") or {"Original": {}},
        "Image-original_Hash": sitk.Hash(image),
        "Image-original_Dimensionality": f"{image.GetDimension()}D",
        **_image(image, "original"),
        "Mask-original_Hash": sitk.Hash(sitk.Cast(mask, sitk.sitkUInt32)),
        **_mask(None, mask, label, "original"),
    }
    if setting["resampledPixelSpacing"] is not None and setting["interpolator"] is not None:
        found |= _image(case.image, "interpolated")
        found |= _mask(case.image, _as_mask(case, case.whole_roi), 1, "interpolated")
    if setting["resegmentRange"] is not None:
        found |= _mask(case.image, _as_mask(case, case.roi), 1, "resegmented")
    return {f"diagnostics_{name}": value for name, value in found.items()}


def _as_mask(case, roi):
    mask = sitk.GetImageFromArray((roi[0] if case.planar else roi).astype(np.uint8))
    mask.CopyInformation(case.image)
    return mask


def _image(image, step):
    values = sitk.GetArrayViewFromImage(image)
    return {
        f"Image-{step}_Spacing": image.GetSpacing(),
        f"Image-{step}_Size": image.GetSize(),
        f"Image-{step}_Mean": float(values.mean(dtype=np.float64)),
        f"Image-{step}_Minimum": float(values.min()),
        f"Image-{step}_Maximum": float(values.max()),
    }


def _mask(image, mask, label, step):
    """The region's box, size, number of pieces and centre, and, given the image, its intensities."""
    region = sitk.Equal(mask, label)
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(region)
    pieces = sitk.ConnectedComponentImageFilter()
    pieces.FullyConnectedOn()
    pieces.Execute(region)
    roi = sitk.GetArrayViewFromImage(region) == 1
    centre = tuple(float(place) for place in np.argwhere(roi).mean(axis=0)[::-1])
    found = {
        "Spacing": mask.GetSpacing(),
        "Size": mask.GetSize(),
        "BoundingBox": shape.GetBoundingBox(1),
        "VoxelNum": shape.GetNumberOfPixels(1),
        "VolumeNum": pieces.GetObjectCount(),
        "CenterOfMassIndex": centre,
        "CenterOfMass": mask.TransformContinuousIndexToPhysicalPoint(centre),
    }
    if image is not None:
        inside = sitk.GetArrayViewFromImage(image)[roi].astype(np.float64)
        found |= {"Mean": float(inside.mean()), "Minimum": float(inside.min()), "Maximum": float(inside.max())}
    return {f"Mask-{step}_{name}": value for name, value in found.items()}
