"""Surface and contour of a region by marching cubes and squares, as pyradiomics meshes it."""

import numpy as np

from fusionkit.radiomics.compiled import kernel
from fusionkit.radiomics.mesh_tables import EDGES, LINE_CORNERS, LINE_EDGES, LINES_2D, TRIANGLES

__all__ = ["contour_length_and_area", "diameters", "surface_area_and_volume", "surface_points"]


_CUBE_TRIANGLES = EDGES[np.concatenate([TRIANGLES, TRIANGLES[::-1]])]
"""Corners of the triangles of each kind of cube, (256, 5, 3, 3); complements share them, looked at from behind."""

_SIGNS = np.repeat([1.0, -1.0], 128)


def surface_area_and_volume(mask, spacing_mm):
    """Return area and volume of the mesh around a region.

    Cubes with the same corners inside have the same triangles, so it is enough to count the 256 kinds and to sum
    their positions.

    Parameters
    ----------
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region; it may touch the border.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.

    Returns
    -------
    area_mm2, volume_mm3 : float
    """
    counts, positions = np.zeros(256, dtype=np.int64), np.zeros((256, 3), dtype=np.int64)
    _count_cubes(np.pad(mask, 1).view(np.uint8), counts, positions)
    a, b, c = np.moveaxis(_CUBE_TRIANGLES * np.asarray(spacing_mm), 2, 0)
    normals = np.cross(a - c, b - c)
    areas = 0.5 * np.sqrt((normals**2).sum(axis=-1)).sum(axis=-1)
    at_origin = (np.cross(a, b) * c).sum(axis=(-2, -1))
    shifts = (positions * np.asarray(spacing_mm) * normals.sum(axis=1)).sum(axis=-1)
    return float(counts @ areas), float(_SIGNS @ (counts * at_origin + shifts)) / 6.0


@kernel
def _count_cubes(inside, counts, positions):
    """Add up, for each kind of cube that the surface cuts, how many there are and their positions' sums.

    ``near`` and ``far`` hold the corners at both ends of the cube along x: bits 0, 3, 4 and 7 of its number.
    """
    n_z, n_y, n_x = inside.shape
    for z in range(n_z - 1):
        for y in range(n_y - 1):
            near = np.intp(0)
            for x in range(n_x):
                lower, upper = (
                    inside[z, y, x] | inside[z, y + 1, x] << 3,
                    inside[z + 1, y, x] | inside[z + 1, y + 1, x] << 3,
                )
                far = np.intp(lower | upper << 4)
                if near != far or (near != 0 and near != 0b10011001):
                    kind = near | (far & 0b10001) << 1 | (far & 0b10001000) >> 1
                    counts[kind] += 1
                    positions[kind, 0] += z
                    positions[kind, 1] += y
                    positions[kind, 2] += x - 1
                near = far


def surface_points(mask):
    """Return the mesh's vertices: the middles between neighbours of which one is inside.

    Parameters
    ----------
    mask : ndarray of any dimension, bool
        The region; it may touch the border.

    Returns
    -------
    points : ndarray of shape (n_points, mask.ndim), int64
        Positions in half voxels.
    """
    padded = np.pad(mask, 1)
    flat, points = padded.ravel(), []
    for axis in range(mask.ndim):
        step = padded.strides[axis]
        found = np.column_stack(np.unravel_index(np.flatnonzero(flat[step:] != flat[:-step]), padded.shape)) * 2
        found[:, axis] += 1
        points.append(found)
    return np.concatenate(points)


def diameters(points, spacing_mm):
    """Return the largest distance between vertices in one plane across each axis, and between any two.

    A vertex that ends the longest line is a corner of the convex hull of its plane, for each of the planes that it
    lies in, so all but those corners are left out before distances are compared.

    Parameters
    ----------
    points : ndarray of shape (n_points, 3), int64
        Positions z, y, x in half voxels, see :func:`surface_points`.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.

    Returns
    -------
    in_plane_mm : list of float
        The largest distance of two points with equal z, with equal y, with equal x.
    overall_mm : float
        The largest distance of any two points.
    """
    half = np.asarray(spacing_mm, dtype=np.float64) / 2
    corner = np.ones(len(points), dtype=bool)
    in_plane = []
    extent = points.max(axis=0) + 1
    for axis in range(3):
        u, v = (other for other in range(3) if other != axis)
        order = np.argsort((points[:, axis] * extent[u] + points[:, u]) * extent[v] + points[:, v])
        ordered = np.ascontiguousarray(points[order][:, [axis, u, v]])
        is_corner = np.zeros(len(points), dtype=np.bool_)
        in_plane.append(_largest_in_planes(ordered, half[u], half[v], is_corner))
        corner[order] &= is_corner
    return in_plane, _largest_distance(points[corner] * half)


@kernel
def _largest_in_planes(points, step_u, step_v, is_corner):
    """Largest distance of two points of one plane; points (plane, u, v) are sorted; marks the planes' hull corners."""
    hull = np.empty(points.shape[0] + 1, dtype=np.int64)
    largest, start = 0.0, 0
    while start < points.shape[0]:
        end = start + 1
        while end < points.shape[0] and points[end, 0] == points[start, 0]:
            end += 1
        for upper in range(2):
            n = 0
            for k in range(start, end):
                i = start + end - 1 - k if upper else k
                while n > 1 and _turn(points, hull[n - 2], hull[n - 1], i) <= 0:
                    n -= 1
                hull[n] = i
                n += 1
            for k in range(n):
                is_corner[hull[k]] = True
        n = 0
        for i in range(start, end):
            if is_corner[i]:
                hull[n] = i
                n += 1
        for a in range(n):
            for b in range(a):
                du = (points[hull[a], 1] - points[hull[b], 1]) * step_u
                dv = (points[hull[a], 2] - points[hull[b], 2]) * step_v
                largest = max(largest, du * du + dv * dv)
        start = end
    return np.sqrt(largest)


@kernel
def _turn(points, a, b, c):
    """Positive if the way from a over b to c turns left, exactly (integers)."""
    return (points[b, 1] - points[a, 1]) * (points[c, 2] - points[a, 2]) - (points[b, 2] - points[a, 2]) * (
        points[c, 1] - points[a, 1]
    )


def _largest_distance(positions):
    """The largest distance of any two positions in mm; the farthest from the middle are compared first."""
    from_middle = np.sqrt(((positions - positions.mean(axis=0)) ** 2).sum(axis=1))
    order = np.argsort(-from_middle)
    return _compare_pairs(positions[order], from_middle[order])


@kernel
def _compare_pairs(positions, from_middle):
    largest, bound = 0.0, 0.0
    for i in range(1, positions.shape[0]):
        if from_middle[i] + from_middle[0] < bound * (1 - 1e-12):
            break
        for j in range(i):
            if from_middle[i] + from_middle[j] < bound * (1 - 1e-12):
                break
            dz = positions[i, 0] - positions[j, 0]
            dy = positions[i, 1] - positions[j, 1]
            dx = positions[i, 2] - positions[j, 2]
            square = dz * dz + dy * dy + dx * dx
            if square > largest:
                largest = square
                bound = np.sqrt(square)
    return np.sqrt(largest)


def contour_length_and_area(mask, spacing_mm):
    """Return length and area of the contour around a region of a plane.

    Parameters
    ----------
    mask : ndarray of shape (n_y, n_x), bool
        The region; it may touch the border.
    spacing_mm : tuple of float
        The pixel's size along both axes.

    Returns
    -------
    length_mm, area_mm2 : float
    """
    inside = np.pad(mask, 1)
    n_y, n_x = inside.shape
    kinds = sum(inside[y : n_y - 1 + y, x : n_x - 1 + x].astype(int) << bit for bit, (y, x) in enumerate(LINE_CORNERS))
    length, area = 0.0, 0.0
    for kind in set(kinds.ravel().tolist()):
        places = np.argwhere(kinds == kind) * np.asarray(spacing_mm)
        ends = LINE_EDGES[LINES_2D[kind]] * np.asarray(spacing_mm)
        steps = ends[:, 1] - ends[:, 0]
        length += len(places) * np.sqrt((steps**2).sum(axis=1)).sum()
        at_origin = _cross(ends[:, 0], ends[:, 1]).sum()
        area += len(places) * at_origin + _cross(places.sum(axis=0), steps.sum(axis=0))
    return length, area / 2.0


def _cross(a, b):
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
