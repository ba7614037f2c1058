"""Intensities before any filter: normalised over the whole image, and a mask narrowed to a range of intensities."""

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError

__all__ = ["normalise", "resegment"]


def normalise(image, *, scale=1.0, outliers=None):
    """Return the image with mean 0 and a standard deviation of `scale` over all its voxels.

    Parameters
    ----------
    image : SimpleITK.Image
    scale : float, default=1.0
        The standard deviation of the result.
    outliers : float or None, default=None
        Values further from the mean than this many standard deviations are set to that bound; None leaves them.

    Returns
    -------
    image : SimpleITK.Image
        Of double precision.

    Raises
    ------
    CaseError
        If the image is flat or holds values that are not finite.
    """
    statistics = sitk.StatisticsImageFilter()
    statistics.Execute(image)
    if not np.isfinite(statistics.GetSigma()) or statistics.GetSigma() == 0:
        raise CaseError(
            f"the image cannot be normalised: its standard deviation is {statistics.GetSigma():g}.",
            "Look for a constant image, or for NaN and infinity in it.",
        )
    image = sitk.Normalize(image)
    if outliers is not None:
        image = sitk.Clamp(image, image.GetPixelID(), -outliers, outliers)
    return image * scale


def resegment(values, roi, bounds, mode):
    """Return the part of a region whose intensities lie in a range.

    Parameters
    ----------
    values : ndarray of shape (z, y, x)
    roi : ndarray of bool, shape (z, y, x)
    bounds : sequence of one or two floats
        The lower bound, and the upper bound if there are two; both belong to the range.
    mode : {"absolute", "relative", "sigma"}
        Bounds as intensities, as parts of the region's highest intensity, or as standard deviations from its mean.

    Returns
    -------
    roi : ndarray of bool, shape (z, y, x)

    Raises
    ------
    CaseError
        If no more than one voxel is left.
    """
    inside = values[roi]
    if mode == "absolute":
        thresholds = sorted(bounds)
    elif mode == "relative":
        thresholds = [np.max(inside) * bound for bound in sorted(bounds)]
    else:
        mean, deviation = np.mean(inside), np.std(inside)
        thresholds = [mean + deviation * bound for bound in sorted(bounds)]
    keep = inside >= thresholds[0]
    if len(thresholds) == 2:
        keep &= inside <= thresholds[1]
    if keep.sum() <= 1:
        raise CaseError(
            f"resegmentRange leaves {keep.sum()} of {inside.size} voxels: the region's intensities go from "
            f"{inside.min():g} to {inside.max():g}.",
            "Widen the range, or check the unit of the image.",
        )
    narrowed = roi.copy()
    narrowed[roi] = keep
    return narrowed
