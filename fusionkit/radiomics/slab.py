"""Which slices of a volume a case needs: those of its region, and what the filters reach for around them."""

from ..imaging.geometry import geometry_differences
from .filters.recursive_gaussian import gaussian_reach
from .filters.wavelet import wavelet_reach

__all__ = ["needed_slices"]


def needed_slices(header, mask, voxels, label, settings):
    """Return the slices that the features depend on, or None where all of them may matter.

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
    slices : slice or None
        None when the image or the mask is not a volume, their grids differ, the settings normalise, resample or crop,
        a filter depends on the whole image, or every slice is needed.
    """
    setting = settings.setting
    if header.GetDimension() != 3 or geometry_differences(header, mask, setting["geometryTolerance"]):
        return None
    if setting["normalize"] or setting["resampledPixelSpacing"] is not None or setting["preCrop"]:
        return None
    if not settings.image_types.keys() <= _REACH.keys():
        return None
    pad = max(_REACH[name](own, header.GetSpacing()[2]) for name, own in settings.image_types.items())
    first, last = _occupied(voxels, label)
    slices = slice(first - pad, last + pad)
    return slices if slices.start >= 0 and slices.stop <= header.GetSize()[2] else _clipped(slices, header, settings)


def _clipped(slices, header, settings):
    """The part inside the image; near its ends the wavelet wraps around, which takes all slices."""
    length = header.GetSize()[2]
    inside = slice(max(slices.start, 0), min(slices.stop, length))
    return None if "Wavelet" in settings.image_types or inside == slice(0, length) else inside


def _occupied(mask, label):
    """The first slice with the label, and the one after the last; slice by slice, which stays in the fast memory."""
    count = len(mask)
    first = next(z for z in range(count) if (mask[z] == label).any())
    return first, next(z + 1 for z in range(count - 1, -1, -1) if (mask[z] == label).any())


_REACH = {
    "Original": lambda setting, step_mm: 0,
    "Wavelet": lambda setting, step_mm: wavelet_reach(setting) + 1,
    "LoG": lambda setting, step_mm: max(gaussian_reach(sigma, step_mm) for sigma in setting["sigma"]) + 3,
}
"""Image type -> slices that it needs on both sides of the region; other types depend on the whole image."""
