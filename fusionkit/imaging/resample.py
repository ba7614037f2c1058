"""Image and mask on a new voxel size, on pyradiomics's grid: around the region, inside the mask's extent."""

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError
from .geometry import bounding_box, check_roi_inside, resample_mask
from .memory import check_room, voxel_bytes

__all__ = ["crop", "label_box", "resample"]


def resample(image, mask, label, spacing_mm, *, interpolator="sitkBSpline", pad=5):
    """Return image and mask on a new voxel size, cut to the region and some padding.

    An axis along which the region is one voxel thick keeps its spacing, as in pyradiomics.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        Of the same dimension; the grids may differ as long as the region lies inside the image.
    label : int
        The region's value in the mask.
    spacing_mm : sequence of float
        The new voxel size as (x, y) or (x, y, z); 0 keeps the mask's.
    interpolator : str, default="sitkBSpline"
        SimpleITK's name for the image's interpolation; the mask takes the nearest neighbour.
    pad : int, default=5
        Voxels to keep on each side of the region, of the new size.

    Returns
    -------
    image, mask : SimpleITK.Image

    Raises
    ------
    CaseError
        If the region is not inside the image or is lost, the spacing has the wrong number of axes, or the voxels are
        so small that memory does not hold the result.
    """
    box = label_box(mask, label)
    low = np.array([side.start for side in reversed(box)])
    size = np.array([side.stop - side.start for side in reversed(box)])
    old = np.array(mask.GetSpacing())
    if len(spacing_mm) != len(old):
        raise CaseError(
            f"resampledPixelSpacing has {len(spacing_mm)} values, but the image has {len(old)} dimensions.",
            "Give one value for each axis (x, y, z).",
        )
    new = np.where(np.equal(spacing_mm, 0) | (size == 1), old, spacing_mm)
    check_roi_inside(image, mask, box)
    if np.allclose(image.GetSpacing(), new):
        mask = resample_mask(image, mask)
        box = label_box(mask, label)
        return crop(image, box, pad), crop(mask, box, pad)
    grid = _grid(mask, low, size, new, pad)
    room = voxel_bytes(image) + voxel_bytes(mask)
    check_room(grid["size"], room, "the image resampled", "Choose larger voxels in resampledPixelSpacing.")
    return _onto(grid, image, getattr(sitk, interpolator)), _onto(grid, mask, sitk.sitkNearestNeighbor)


def label_box(mask, label):
    """Return the smallest box around a label.

    Parameters
    ----------
    mask : SimpleITK.Image
    label : int

    Returns
    -------
    box : tuple of slice
        In the mask's array, slowest axis first.

    Raises
    ------
    CaseError
        If no voxel has this label.
    """
    roi = sitk.GetArrayViewFromImage(mask) == label
    if not roi.any():
        raise CaseError(f"label {label} is lost when the mask is resampled.", "Choose a smaller voxel size.")
    return bounding_box(roi)


def _grid(mask, low, size, new, pad):
    """The output grid: pyradiomics rounds the region outwards, adds the padding, and stays inside the old extent."""
    old = np.array(mask.GetSpacing())
    ratio = old / new
    first = np.maximum(np.floor((low - 0.5) * ratio - pad), 0)
    last = np.minimum(np.ceil((low + size - 0.5) * ratio + pad), np.ceil(np.array(mask.GetSize()) * ratio) - 1)
    origin_index = 0.5 * (new - old) / old + first / ratio
    return {
        "size": [int(length) for length in last - first + 1],
        "spacing": new.tolist(),
        "origin": mask.TransformContinuousIndexToPhysicalPoint(origin_index.tolist()),
        "direction": mask.GetDirection(),
    }


def _onto(grid, image, interpolator):
    resampler = sitk.ResampleImageFilter()
    resampler.SetSize(grid["size"])
    resampler.SetOutputSpacing(grid["spacing"])
    resampler.SetOutputOrigin(grid["origin"])
    resampler.SetOutputDirection(grid["direction"])
    resampler.SetOutputPixelType(image.GetPixelID())
    resampler.SetInterpolator(interpolator)
    return resampler.Execute(image)


def crop(image, box, pad=0):
    """Return the part of an image around a box.

    Parameters
    ----------
    image : SimpleITK.Image
    box : tuple of slice
        In the image's array, slowest axis first.
    pad : int, default=0
        Voxels to keep on each side, where there are any.

    Returns
    -------
    image : SimpleITK.Image
    """
    first, size = [], []
    for side, length in zip(reversed(box), image.GetSize(), strict=True):
        first.append(max(int(side.start) - pad, 0))
        size.append(min(int(side.stop) + pad, length) - first[-1])
    return sitk.RegionOfInterest(image, size, first)
