"""One case made ready: image and mask read, matched, normalised, resampled and checked, in pyradiomics's order."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError
from ..imaging.geometry import (
    as_volume,
    bounding_box,
    check_geometry,
    check_roi_inside,
    geometry_differences,
    resample_mask,
)
from ..imaging.intensity import normalise, resegment
from ..imaging.read import read_header, read_image, read_mask
from ..imaging.resample import crop, label_box, resample
from .slab import needed_box

__all__ = ["Case", "choose_label", "prepare_case", "read_case"]


@dataclass(frozen=True)
class Case:
    """An image with one region in it, ready for features.

    Parameters
    ----------
    image : SimpleITK.Image
        After normalisation, resampling and cropping, as far as the settings ask for them.
    roi : ndarray of bool, shape (z, y, x)
        The region, after resegmentation, on the grid of `image`.
    whole_roi : ndarray of bool, shape (z, y, x)
        The region before resegmentation.
    shape_roi : ndarray of bool, shape (z, y, x)
        The region whose shape is measured: one of the two, as ``resegmentShape`` says.
    box : tuple of slice
        The smallest box around `roi`.
    planar : bool
        Whether the image has two dimensions; the arrays then have one slice.
    """

    image: sitk.Image
    roi: np.ndarray
    whole_roi: np.ndarray
    shape_roi: np.ndarray
    box: tuple
    planar: bool

    @property
    def array(self):
        """The intensities as an array (z, y, x) that shares the image's memory."""
        array = sitk.GetArrayViewFromImage(self.image)
        return array[np.newaxis] if self.planar else array

    @property
    def spacing_mm(self):
        """The voxel's size along z, y and x."""
        return (1.0,) * self.planar + tuple(reversed(self.image.GetSpacing()))


def read_case(image, mask, settings, label=None, *, colour="refuse", spacing_mm=None, slab=False):
    """Return image and mask of the same dimension, and the label to use.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
    settings : RadiomicsSettings
    label : int or None, default=None
        The region's value in the mask, in place of the settings'; None takes theirs, and where they name none, 1 or
        the only value that the mask has.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ.
    spacing_mm : sequence of float or None, default=None
        The voxel's size as (x, y) or (x, y, z) in millimetres, in place of the files'.
    slab : bool, default=False
        Whether to leave out the voxels on which no feature depends.

    Returns
    -------
    image, mask : SimpleITK.Image
        Of the same dimension.
    label : int

    Raises
    ------
    CaseError
        If a file cannot be used, or the label is not there.
    """
    header = read_header(image) if slab and spacing_mm is None else None
    if header is None:  # an image that cannot be used is told before its mask
        image = read_image(image, colour=colour, spacing_mm=spacing_mm)
    wanted = _Wanted(header, settings, settings.explicit_label if label is None else label)
    channel = settings.setting["label_channel"]
    mask = read_mask(mask, spacing_mm=spacing_mm, label_channel=channel, keep=wanted.part_of_file)
    label = wanted.found or choose_label(sitk.GetArrayViewFromImage(mask), wanted.label)
    if header is not None:
        image = read_image(image, colour=colour, box=wanted.box, header=header)
    if image.GetDimension() != mask.GetDimension():
        image, mask = as_volume(image), as_volume(mask)
    return image, mask, label


class _Wanted:
    """The label and the box on which the features depend, found in the mask as soon as it is read."""

    def __init__(self, header, settings, label):
        self._header, self._settings, self.label = header, settings, label
        self.found = self.box = None

    def part_of_file(self, voxels, grid):
        """What to keep of a mask in a file; a mask of fractions or channels is checked as a whole first."""
        if self._header is None or voxels.ndim != 3 or voxels.dtype.kind not in "iu":
            return None
        self.found = choose_label(voxels, self.label)
        self.box = needed_box(self._header, grid, voxels, self.found, self._settings)
        return self.box


def choose_label(mask, label=None):
    """Return the label to use, checked to be in the mask.

    Parameters
    ----------
    mask : ndarray of int
    label : int or None, default=None
        The label asked for; None takes 1, or the only value other than 0 that the mask has.

    Returns
    -------
    label : int

    Raises
    ------
    CaseError
        If the label is not in the mask; the message lists those that are.
    """
    wanted = 1 if label is None else int(label)
    if any((part == wanted).any() for part in mask):
        return wanted
    present = [int(value) for value in np.unique(mask) if value != 0]
    if not present:
        raise CaseError("the mask is empty: every voxel is 0.", "Check that it is the mask meant.")
    if label is None and len(present) == 1:
        return present[0]
    listed = ", ".join(map(str, present[:20])) + (f" and {len(present) - 20} more" if len(present) > 20 else "")
    raise CaseError(f"label {wanted} is not in the mask.", f"The mask has the labels {listed}.")


def prepare_case(image, mask, label, settings):
    """Return the case ready for features.

    Parameters
    ----------
    image, mask : SimpleITK.Image
        As from :func:`read_case`.
    label : int
    settings : RadiomicsSettings

    Returns
    -------
    case : Case

    Raises
    ------
    CaseError
        If the grids do not match, or the region is too small, lost or not finite.
    """
    setting = settings.setting
    if setting["normalize"]:
        image = normalise(image, scale=setting["normalizeScale"], outliers=setting["removeOutliers"])
    resampled = setting["resampledPixelSpacing"] is not None and setting["interpolator"] is not None
    if resampled:
        image, mask = resample(
            image,
            mask,
            label,
            setting["resampledPixelSpacing"],
            interpolator=setting["interpolator"],
            pad=setting["padDistance"],
        )
    mask = _matched(image, mask, label, setting)
    if setting["preCrop"] and not resampled:
        box = label_box(mask, label)
        image, mask = crop(image, box, setting["padDistance"]), crop(mask, box, setting["padDistance"])
    planar = image.GetDimension() == 2
    roi = sitk.GetArrayViewFromImage(mask) == label
    if not roi.any():
        raise CaseError(f"label {label} is lost when the mask is resampled.", "Choose a smaller voxel size.")
    roi = roi[np.newaxis] if planar else roi
    return _checked(image, roi, planar, setting)


def _matched(image, mask, label, setting):
    """The mask on the image's grid: as it is, resampled if the settings allow that, or an error."""
    tolerance = setting["geometryTolerance"]
    if not setting["correctMask"]:
        check_geometry(image, mask, tolerance=tolerance)
    elif geometry_differences(image, mask, tolerance):
        check_roi_inside(image, mask, label_box(mask, label))
        mask = resample_mask(image, mask)
        label_box(mask, label)
    return mask


def _checked(image, roi, planar, setting):
    box = _check_size(roi, setting)
    whole = roi
    if setting["resegmentRange"] is not None:
        array = sitk.GetArrayViewFromImage(image).reshape(roi.shape)
        roi = resegment(array, roi, setting["resegmentRange"], setting["resegmentMode"])
        box = _check_size(roi, setting)
    return Case(image, roi, whole, roi if setting["resegmentShape"] else whole, box, planar)


def _check_size(roi, setting):
    """The region's box, if the region is as large as the settings ask."""
    box = bounding_box(roi)
    extent = [side.stop - side.start for side in box]
    dimensions = sum(length > 1 for length in extent)
    voxels = int(roi[box].sum())
    if dimensions == 0:
        raise CaseError("the region is a single voxel.", "No texture or shape can be measured: check the mask.")
    if dimensions < setting["minimumROIDimensions"]:
        raise CaseError(
            f"the region is {' x '.join(map(str, extent))} voxels (z, y, x) and extends along {dimensions} axes; "
            f"minimumROIDimensions asks for {setting['minimumROIDimensions']}.",
            "Check the mask, or lower minimumROIDimensions.",
        )
    if setting["minimumROISize"] is not None and voxels <= setting["minimumROISize"]:
        raise CaseError(
            f"the region has {voxels} voxels; minimumROISize asks for more than {setting['minimumROISize']}.",
            "Check the mask, or lower minimumROISize.",
        )
    return box
