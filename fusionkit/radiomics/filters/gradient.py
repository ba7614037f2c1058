"""Gradient magnitude by central differences."""

import numpy as np
import SimpleITK as sitk

from .window import window

__all__ = ["gradient_magnitude"]


def gradient_magnitude(image, box, spacing_mm, *, use_spacing=True):
    """Return the magnitude of the gradient on a box of an image.

    Parameters
    ----------
    image : ndarray, shape (z, y, x)
        An axis of length 1 has no gradient.
    box : tuple of slice
        Where the result is wanted.
    spacing_mm : sequence of float
        The voxel's size along z, y and x.
    use_spacing : bool, default=True
        Whether the result is per millimetre, or per voxel.

    Returns
    -------
    filtered : ndarray of float32, shape of the box
        Beyond its border the image goes on with its last value.
    """
    outer, inner = window(box, image.shape, (1, 1, 1))
    part = sitk.GetImageFromArray(np.ascontiguousarray(image[outer]))
    part.SetSpacing(list(reversed([float(step) for step in spacing_mm])))
    return sitk.GetArrayFromImage(sitk.GradientMagnitude(part, use_spacing))[inner]
