"""Which part of a volume a case needs: the box of its region, and what the filters reach for around it."""

import numpy as np

from ..imaging.geometry import bounding_box, geometry_differences
from .filters.recursive_gaussian import gaussian_reach
from .filters.wavelet import wavelet_reach

__all__ = ["needed_box"]


def needed_box(header, mask, voxels, label, settings):
    """Return the part of the image that the features depend on, or None where all of it may matter.

    Parameters
    ----------
    header : SimpleITK.ImageFileReader
        Of the image, with the header read.
    mask : SimpleITK.Image or SimpleITK.ImageFileReader
        What knows the grid of the mask.
    voxels : ndarray of int, shape (z, y, x)
        The mask's.
    label : int
        The region's value in the mask.
    settings : RadiomicsSettings

    Returns
    -------
    box : tuple of slice or None
        Along z, y and x. None when the image or the mask is not a volume, their grids differ, the settings normalise,
        resample or crop, or a filter depends on the whole image.
    """
    setting = settings.setting
    if header.GetDimension() != 3 or geometry_differences(header, mask, setting["geometryTolerance"]):
        return None
    if setting["normalize"] or setting["resampledPixelSpacing"] is not None or setting["preCrop"]:
        return None
    if not settings.image_types.keys() <= _REACH.keys():
        return None
    wraps = "Wavelet" in settings.image_types
    axes = zip(_occupied(voxels, label), voxels.shape, reversed(header.GetSpacing()), strict=True)
    return tuple(_enlarged(side, length, _reach(settings, step_mm), wraps) for side, length, step_mm in axes)


def _reach(settings, step_mm):
    return max(_REACH[name](own, step_mm) for name, own in settings.image_types.items())


def _enlarged(side, length, pad, wraps):
    """The side with a pad, as far as the image goes; a filter that wraps around at the image's ends needs all of it."""
    start, stop = side.start - pad, side.stop + pad
    if wraps and (start < 0 or stop > length):
        return slice(0, length)
    return slice(max(start, 0), min(stop, length))


def _occupied(mask, label):
    """The box of the label; slice by slice, which stays in the fast memory."""
    inside, shadow = [], np.zeros(mask.shape[1:], bool)
    for z, part in enumerate(mask):
        found = part == label
        if found.any():
            inside.append(z)
            shadow |= found
    return slice(inside[0], inside[-1] + 1), *bounding_box(shadow)


_REACH = {
    "Original": lambda setting, step_mm: 0,
    "Wavelet": lambda setting, step_mm: wavelet_reach(setting) + 1,
    "LoG": lambda setting, step_mm: max(gaussian_reach(sigma, step_mm) for sigma in setting["sigma"]) + 3,
}
"""Image type -> voxels that it needs on both sides of the region; other types depend on the whole image."""
