"""A small CT-like volume with one lesion, whose heterogeneity follows a latent texture variable."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

__all__ = ["SCANNERS", "Scanner", "make_ct"]

SHAPE_ZYX = (20, 36, 36)


@dataclass(frozen=True)
class Scanner:
    """What a site's scanner does to the picture; none of it says anything about the outcome.

    Parameters
    ----------
    spacing_mm : tuple of float
        Distance between voxel centres along (z, y, x), in mm.
    noise_hu : float
        Standard deviation of the noise, in Hounsfield units.
    blur_mm : float
        Standard deviation of the Gaussian that stands for the reconstruction kernel, in mm.
    offset_hu : float
        Error of calibration, in Hounsfield units.
    """

    spacing_mm: tuple
    noise_hu: float
    blur_mm: float
    offset_hu: float


SCANNERS = {
    "A": Scanner(spacing_mm=(3.0, 1.0, 1.0), noise_hu=8.0, blur_mm=0.5, offset_hu=0.0),
    "B": Scanner(spacing_mm=(2.5, 0.9, 0.9), noise_hu=11.0, blur_mm=0.7, offset_hu=4.0),
}
"""Site -> its scanner."""


def make_ct(texture, scanner, random_state):
    """Return one volume with its lesion mask.

    Parameters
    ----------
    texture : float
        The latent variable, as a standard score: the higher, the more heterogeneous (standard deviation within
        the lesion about 22 HU at 0, a third more at 1) and the coarser (correlation length about 2.2 mm at 0)
        the lesion. Both follow it with an error. Size, shape and mean density of the lesion do not depend on it.
    scanner : Scanner
        The site's scanner.
    random_state : numpy.random.RandomState
        Source of the draws; advanced by the call.

    Returns
    -------
    image : ndarray of shape (20, 36, 36), int16
        Hounsfield units, axes zyx.
    mask : ndarray of shape (20, 36, 36), uint8
        1 in the lesion, which is one connected piece, and 0 elsewhere.
    """
    position = _positions(scanner.spacing_mm)
    mask = _lesion(position, scanner.spacing_mm, random_state)
    sd_hu = 22 * np.exp(0.29 * texture + 0.08 * random_state.normal())
    length_mm = 2.2 * np.exp(0.20 * texture + 0.10 * random_state.normal())
    density_hu = random_state.normal(75, 10)
    field = _correlated_field(length_mm, scanner.spacing_mm, random_state)
    inside = field[mask]
    lesion = density_hu + sd_hu * (field - inside.mean()) / inside.std()
    scene = np.where(mask, lesion, _surroundings(position, scanner.spacing_mm, random_state))
    blurred = ndimage.gaussian_filter(scene, scanner.blur_mm / np.array(scanner.spacing_mm))
    noisy = blurred + scanner.offset_hu + random_state.normal(0, scanner.noise_hu, SHAPE_ZYX)
    return np.clip(np.rint(noisy), -1024, 3071).astype(np.int16), mask.astype(np.uint8)


def _positions(spacing_mm):
    """Distances from the middle of the volume, in mm: array of shape (3, z, y, x)."""
    axes = [(np.arange(n) - (n - 1) / 2) * step for n, step in zip(SHAPE_ZYX, spacing_mm, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"))


def _correlated_field(length_mm, spacing_mm, random_state):
    """A stationary Gaussian random field with mean about 0 and standard deviation 1."""
    white = random_state.normal(size=SHAPE_ZYX)
    smooth = ndimage.gaussian_filter(white, length_mm / np.array(spacing_mm), mode="wrap")
    return smooth / smooth.std()


def _lesion(position, spacing_mm, random_state):
    """An ellipsoid with a bumpy border, at least one voxel away from the edge of the volume."""
    centre = random_state.uniform(-2, 2, size=3)
    radius = random_state.uniform(6.5, 11) * np.exp(random_state.uniform(-0.15, 0.15, size=3))
    depth = np.sqrt((((position - centre[:, None, None, None]) / radius[:, None, None, None]) ** 2).sum(axis=0))
    solid = depth + 0.15 * _correlated_field(4.0, spacing_mm, random_state) < 1
    solid[[0, -1]] = solid[:, [0, -1]] = solid[:, :, [0, -1]] = False
    pieces, _ = ndimage.label(solid)
    return pieces == np.bincount(pieces.ravel())[1:].argmax() + 1


def _surroundings(position, spacing_mm, random_state):
    """Soft tissue near 45 HU, and fat near -95 HU behind a tilted plane."""
    tissue = 45 + 6 * _correlated_field(5.0, spacing_mm, random_state)
    tilt = random_state.uniform(-0.3, 0.3)
    border = position[1] + tilt * position[2] + 2 * _correlated_field(6.0, spacing_mm, random_state)
    return np.where(border > 13.5, tissue - 140, tissue)
