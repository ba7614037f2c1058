"""Filters that change each voxel by itself, scaled by the largest absolute intensity of the whole image."""

import numpy as np

from ...exceptions import CaseError

__all__ = ["exponential", "largest_magnitude", "logarithm", "square", "square_root"]


def largest_magnitude(image):
    """Return the largest absolute intensity, which all filters here scale by.

    Parameters
    ----------
    image : ndarray

    Returns
    -------
    largest : float

    Raises
    ------
    CaseError
        If it is 0 or not finite, which leaves the filters undefined.
    """
    largest = max(abs(float(image.min())), abs(float(image.max())))
    if not 0 < largest < np.inf:
        raise CaseError(
            f"the image's largest absolute intensity is {largest:g}, which Square, SquareRoot, Logarithm and "
            "Exponential divide by.",
            "Repair NaN and infinity in the image, or leave these image types out.",
        )
    return largest


def square(values, largest):
    """Return intensities squared and brought back to the original range.

    Parameters
    ----------
    values : ndarray
    largest : float
        The whole image's largest absolute intensity.

    Returns
    -------
    filtered : ndarray of float64
    """
    return (1 / np.sqrt(largest) * values.astype(np.float64)) ** 2


def square_root(values, largest):
    """Return the root of the absolute intensities with their sign, brought back to the original range.

    Parameters
    ----------
    values : ndarray
    largest : float
        The whole image's largest absolute intensity.

    Returns
    -------
    filtered : ndarray of float64
    """
    values = values.astype(np.float64)
    return np.copysign(np.sqrt(np.abs(values) * largest), values)


def logarithm(values, largest):
    """Return the logarithm of 1 plus the absolute intensities with their sign, brought back to the original range.

    Parameters
    ----------
    values : ndarray
    largest : float
        The whole image's largest absolute intensity.

    Returns
    -------
    filtered : ndarray of float64
    """
    values = values.astype(np.float64)
    logarithms = np.copysign(np.log(np.abs(values) + 1), values)
    return logarithms * (largest / np.log(np.array([largest + 1]))[0])


def exponential(values, largest):
    """Return the exponential of the intensities, scaled so that the largest keeps its value.

    Parameters
    ----------
    values : ndarray
    largest : float
        The whole image's largest absolute intensity.

    Returns
    -------
    filtered : ndarray of float64
    """
    return np.exp(np.log(largest) / largest * values.astype(np.float64))
