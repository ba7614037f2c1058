"""Small pictures whose features can be worked out by hand."""

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["make_phantom"]


def _constant(index, size, random_state):
    return np.full(index.shape[1:], 100)


def _gradient(index, size, random_state):
    return index[2]


def _checkerboard(index, size, random_state):
    return index.sum(axis=0) % 2


def _noise(index, size, random_state):
    return random_state.randint(0, 64, size=index.shape[1:])


def _cube(index, size):
    start = (np.array(index.shape[1:]) - size) // 2
    inside = (index >= start[:, None, None, None]) & (index < (start + size)[:, None, None, None])
    return inside.all(axis=0)


def _ball(index, size):
    middle = (np.array(index.shape[1:]) - 1) / 2
    return ((index - middle[:, None, None, None]) ** 2).sum(axis=0) <= (size / 2) ** 2


_KINDS = {
    "cube": (_constant, _cube),
    "sphere": (_constant, _ball),
    "gradient": (_gradient, _cube),
    "checkerboard": (_checkerboard, _cube),
    "noise": (_noise, _cube),
}
"""Kind -> what the voxels hold and which voxels belong to the mask."""


def make_phantom(kind="sphere", *, size=8, margin=2, random_state=0):
    """Return an image and a mask of a simple kind.

    Parameters
    ----------
    kind : {"cube", "sphere", "gradient", "checkerboard", "noise"}, default="sphere"
        ``cube`` and ``sphere`` hold 100 within the mask and 0 outside. In the others the mask is a cube:
        ``gradient`` holds the index along x, ``checkerboard`` 0 and 1 in turn along every axis, ``noise``
        independent whole numbers from 0 to 63.
    size : int, default=8
        Edge of the cube or diameter of the sphere, in voxels.
    margin : int, default=2
        Voxels between the mask's box and each side of the image.
    random_state : int, RandomState instance or None, default=0
        Seed of the noise; the other kinds draw nothing.

    Returns
    -------
    image : ndarray of shape (size + 2 * margin,) * 3, int16
        Axes zyx.
    mask : ndarray of the same shape, uint8
        1 in the region, 0 elsewhere. A voxel belongs to the sphere if its centre does.

    Raises
    ------
    ValueError
        If kind is unknown, size below 1 or margin below 0.

    Examples
    --------
    >>> from fusionkit.datasets import make_phantom
    >>> image, mask = make_phantom("checkerboard", size=4)
    >>> int(mask.sum()), float(image[mask == 1].mean())
    (64, 0.5)
    """
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {', '.join(_KINDS)}; got {kind!r}")
    if size < 1 or margin < 0:
        raise ValueError(f"size must be at least 1 and margin at least 0; got size={size}, margin={margin}")
    values, region = _KINDS[kind]
    index = np.indices((size + 2 * margin,) * 3)
    mask = region(index, size)
    image = values(index, size, check_random_state(random_state))
    if values is _constant:
        image = np.where(mask, image, 0)
    return image.astype(np.int16), mask.astype(np.uint8)
