"""Local binary patterns: in the slices of an image (scikit-image's), and on a sphere around each voxel (Banerjee's).

T. Ojala, M. Pietikäinen and D. Harwood, Pattern Recognition 1996.
J. Banerjee, A. Moelker, W. Niessen and T. van Walsum, "3D LBP-based rotationally invariant region description",
ACCV workshops 2012.
"""

from itertools import combinations

import numpy as np
from numba import njit

from .window import window

__all__ = ["lbp_2d", "lbp_3d"]

METHODS = {"default": 0, "ror": 1, "uniform": 2, "var": 3}


def lbp_2d(image, box, *, radius=1.0, samples=8, method="uniform", axis=0):
    """Return the local binary patterns of an image's slices on a box.

    Parameters
    ----------
    image : ndarray, shape (z, y, x)
    box : tuple of slice
        Where the result is wanted.
    radius : float, default=1.0
        Radius of the circle of neighbours, in voxels.
    samples : int, default=8
        How many neighbours lie on the circle.
    method : {"default", "ror", "uniform", "var"}, default="uniform"
        The pattern's code: as it is, rotated to its smallest value, or its number of ones if it is uniform; or the
        neighbours' variance in place of a pattern, NaN where it is 0.
    axis : int, default=0
        The axis across the slices.

    Returns
    -------
    filtered : ndarray of float64, shape of the box
        Outside the image, intensities are 0.
    """
    pads = [0 if other == axis else int(np.ceil(radius)) + 1 for other in range(3)]
    outer, inner = window(box, image.shape, pads)
    planes = np.ascontiguousarray(np.swapaxes(image[outer], 0, axis), dtype=np.float64)
    row_axis, column_axis = {0: (1, 2), 1: (0, 2), 2: (1, 0)}[axis]
    radius = float(np.float32(radius))
    angles = 2 * np.pi * np.arange(samples, dtype=np.double) / samples
    patterns = _patterns(
        planes,
        np.array([outer[row_axis].start, outer[column_axis].start]),
        np.round(-radius * np.sin(angles), 5),
        np.round(radius * np.cos(angles), 5),
        METHODS[method],
    )
    return np.swapaxes(patterns, 0, axis)[inner]


@njit(cache=True, nogil=True)
def _patterns(planes, origin, rows, columns, method):
    """The code of every voxel; `origin` is the planes' place in the image, whose rounding the interpolation shares."""
    samples = rows.size
    texture = np.empty(samples)
    signs = np.empty(samples, np.int64)
    codes = np.empty(planes.shape)
    for p in range(planes.shape[0]):
        for r in range(planes.shape[1]):
            for c in range(planes.shape[2]):
                for i in range(samples):
                    texture[i] = _interpolate(planes[p], origin, r, c, rows[i], columns[i])
                    signs[i] = texture[i] - planes[p, r, c] >= 0
                codes[p, r, c] = _code(signs, texture, method)
    return codes


@njit(cache=True, nogil=True)
def _interpolate(plane, origin, r, c, row_step, column_step):
    row, column = (r + origin[0]) + row_step, (c + origin[1]) + column_step
    low_row, low_column = np.floor(row), np.floor(column)
    down, right = row - low_row, column - low_column
    r0, c0 = int(low_row) - origin[0], int(low_column) - origin[1]
    r1, c1 = int(np.ceil(row)) - origin[0], int(np.ceil(column)) - origin[1]
    top = (1 - right) * _value(plane, r0, c0) + right * _value(plane, r0, c1)
    bottom = (1 - right) * _value(plane, r1, c0) + right * _value(plane, r1, c1)
    return (1 - down) * top + down * bottom


@njit(cache=True, nogil=True)
def _value(plane, r, c):
    inside = 0 <= r < plane.shape[0] and 0 <= c < plane.shape[1]
    return plane[r, c] if inside else 0.0


@njit(cache=True, nogil=True)
def _code(signs, texture, method):
    samples = signs.size
    if method == 3:
        total = squares = 0.0
        for i in range(samples):
            total += texture[i]
            squares += texture[i] * texture[i]
        variance = (squares - total * total / samples) / samples
        return variance if variance != 0 else np.nan
    if method == 2:
        changes = 0
        for i in range(samples - 1):
            changes += signs[i] != signs[i + 1]
        return float(signs.sum()) if changes <= 2 else samples + 1.0
    code = 0
    for i in range(samples):
        code += signs[i] << i
    smallest = code
    for _ in range(samples - 1 if method == 1 else 0):
        code = (code >> 1) | ((code & 1) << (samples - 1))
        smallest = min(smallest, code)
    return float(smallest)


def lbp_3d(image, roi, box, *, levels=2, radius=1.0, subdivision=1):
    """Return rotation-invariant local binary patterns from spherical harmonics, and the neighbours' kurtosis.

    Parameters
    ----------
    image : ndarray, shape (z, y, x)
    roi : ndarray of bool, shape of the box
        Where patterns are wanted; elsewhere the result is 0.
    box : tuple of slice
        The region's box.
    levels : int, default=2
        How many degrees of spherical harmonics to use.
    radius : float, default=1.0
        Radius of the sphere of neighbours, in voxels.
    subdivision : int, default=1
        How often the icosahedron that the neighbours are taken from is subdivided.

    Returns
    -------
    filtered : list of ndarray of float64, shape of the box
        One for each degree, then the kurtosis.
    """
    vertices = _icosphere(subdivision, radius)
    harmonics = _harmonics(vertices, radius, levels)
    coefficients, outer = _spline_window(image, box, radius)
    origin = np.array([side.start for side in outer])
    centres = np.argwhere(roi) + [side.start for side in box]
    results = [np.zeros(roi.shape) for _ in range(levels + 1)]
    for chunk in np.array_split(centres, max(1, centres.shape[0] // _CHUNK)):
        values = [image[tuple(chunk.T)], _sample(coefficients, chunk[None] + vertices[:, None] - origin, image.dtype).T]
        inside = tuple((chunk - [side.start for side in box]).T)
        above = np.greater_equal(values[1], values[0][:, None]).astype(np.float64)
        for result, degree in zip(results, harmonics, strict=False):
            result[inside] = _invariant(above, degree)
        results[-1][inside] = _kurtosis(values[1])
    return results


_CHUNK = 20_000
"""Voxels taken at a time: enough to be quick, few enough to need little memory."""

_MARGIN = 40
"""Voxels around the box that the spline's prefilter sees; what lies beyond changes its result by 0.27 ** 40."""


def _spline_window(image, box, radius):
    """Cubic spline coefficients of the image around the box, and where that is."""
    from scipy.ndimage import spline_filter

    outer, _ = window(box, image.shape, [int(np.ceil(radius)) + _MARGIN] * 3)
    return spline_filter(image[outer], 3, output=np.float64, mode="constant"), outer


def _sample(coefficients, places, dtype):
    """The image at the places, shape (n_vertices, n_voxels); 0 beyond its ends, whole numbers where it has those."""
    from scipy.ndimage import map_coordinates

    return map_coordinates(coefficients, np.moveaxis(places, -1, 0), order=3, prefilter=False, output=dtype)


def _invariant(above, degree):
    """The L2 norm over the sphere of the part of the pattern that one degree of harmonics describes."""
    projected = (above @ degree) @ degree.T
    return np.real(np.sqrt(np.sum(projected**2, axis=1)))


def _kurtosis(values):
    """Excess kurtosis along the second axis."""
    mean = values.mean(axis=1, keepdims=True)
    squares = (values - mean) ** 2
    variance = squares.mean(axis=1)
    flat = variance <= (np.finfo(variance.dtype).resolution * mean[:, 0]) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        kurtosis = (squares**2).mean(axis=1) / variance**2.0
    return np.where(flat, np.nan, kurtosis) - 3


def _harmonics(vertices, radius, levels):
    """Spherical harmonics at the vertices, one array (n_vertices, 2 n + 1) for each degree n.

    pyradiomics takes the polar angle for the azimuth and the azimuth for the polar angle; so do we.
    """
    from scipy.special import sph_harm_y

    polar = np.arccos(np.true_divide(vertices[:, 2], radius))
    azimuth = np.arctan2(vertices[:, 1], vertices[:, 0])
    return [
        np.column_stack([sph_harm_y(degree, order, azimuth, polar) for order in range(-degree, degree + 1)])
        for degree in range(levels)
    ]


def _icosphere(subdivision, radius):
    """Points on a sphere: an icosahedron's corners, then again and again the middles of the edges."""
    golden = (1 + np.sqrt(5)) / 2
    points = [np.roll((0.0, one, gold), turn) for turn in range(3) for one in (-1, 1) for gold in (-golden, golden)]
    points = [_onto_sphere(point) for point in points]
    side = min(np.linalg.norm(points[0] - other) for other in points[1:])
    near = [[np.linalg.norm(one - other) < 1.1 * side for other in points] for one in points]
    faces = [(a, b, c) for a, b, c in combinations(range(12), 3) if near[a][b] and near[b][c] and near[a][c]]
    for _ in range(subdivision):
        edges = sorted({tuple(sorted(edge)) for face in faces for edge in combinations(face, 2)})
        middle = {edge: len(points) + place for place, edge in enumerate(edges)}
        points += [_onto_sphere(points[a] + points[b]) for a, b in edges]
        quarters = []
        for a, b, c in faces:
            ab, bc, ac = (middle[tuple(sorted(edge))] for edge in ((a, b), (b, c), (a, c)))
            quarters += [(a, ab, ac), (b, ab, bc), (c, ac, bc), (ab, bc, ac)]
        faces = quarters
    return np.array(points) * radius


def _onto_sphere(point):
    return point / np.linalg.norm(point)
