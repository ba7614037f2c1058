"""Stationary wavelet transform of a region's box, equal to that of the whole image, wrap-around included."""

import numpy as np
import pywt

__all__ = ["wavelet_reach", "wavelet_subbands"]


def wavelet_reach(setting):
    """Return how many voxels around a box the transform needs.

    Parameters
    ----------
    setting : mapping
        With ``wavelet``, ``level`` and ``start_level``.

    Returns
    -------
    reach : int
    """
    return pywt.Wavelet(setting["wavelet"]).dec_len // 2 * (setting["start_level"] + setting["level"])


def wavelet_subbands(image, box, *, wavelet="coif1", level=1, start_level=0, axes=(2, 1, 0)):
    """Yield the subbands of an image on a box, as pyradiomics computes them.

    Each level filters the approximation of the one before with the same undilated filters. An axis of odd length is
    made even by repeating its first voxel at the end, and beyond its ends the image repeats itself.

    Parameters
    ----------
    image : ndarray, shape (z, y, x)
    box : tuple of slice
        Where the result is wanted.
    wavelet : str, default="coif1"
        A discrete wavelet of PyWavelets.
    level : int, default=1
        How many levels to give.
    start_level : int, default=0
        How many levels to leave out before the first one given.
    axes : tuple of int, default=(2, 1, 0)
        The axes to filter along.

    Yields
    ------
    filtered : ndarray of float64 (float32 for an image of float32), shape of the box
        The details of each level, in the order LLH, LHL, ... HHH with L for approximation and H for detail along each
        of `axes`; the approximation of the last level comes last.
    """
    reach = wavelet_reach({"wavelet": wavelet, "level": level, "start_level": start_level})
    data, inner = _surroundings(image, box, axes, reach)
    for step in range(start_level + level):
        bands = pywt.swtn(data, wavelet, level=1, start_level=0, axes=axes)[0]
        data = bands.pop("a" * len(axes))
        if step >= start_level:
            for values in bands.values():
                yield values[inner]
    yield data[inner]


def _surroundings(image, box, axes, reach):
    """The box with `reach` voxels around it; where those leave the image, the whole axis, made even, to wrap around."""
    inner = []
    for axis, side in enumerate(box):
        along, length = (slice(None),) * axis, image.shape[axis]
        size = side.stop - side.start
        outer = slice(side.start - reach, side.stop + reach + size % 2)
        if axis not in axes:
            image = image[(*along, side)]
            inner.append(slice(None))
        elif outer.start >= 0 and outer.stop <= length:
            image = image[(*along, outer)]
            inner.append(slice(reach, reach + size))
        else:
            image = image if length % 2 == 0 else np.concatenate([image, image[(*along, slice(0, 1))]], axis=axis)
            inner.append(side)
    return image, tuple(inner)
