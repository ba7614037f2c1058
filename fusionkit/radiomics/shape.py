"""Shape of a region in space or in a plane: size, surface, diameters and principal axes."""

import numpy as np

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.mesh import contour_length_and_area, diameters, surface_area_and_volume, surface_points

__all__ = ["shape_features", "shape_features_2d"]


def shape_features(mask, spacing_mm, *, ibsi=False):
    """Return every shape feature of a region in space.

    Parameters
    ----------
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region on its bounding box; at least one voxel.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    ibsi : bool, default=False
        Whether the variances behind the axis lengths divide by the number of voxels less one, as IBSI's do.

    Returns
    -------
    features : dict of str to float
        By pyradiomics's feature name, lengths in mm. Elongation and Flatness of a single voxel are NaN.
    """
    area, volume = surface_area_and_volume(mask, spacing_mm)
    (slices, columns, rows), overall = diameters(surface_points(mask), spacing_mm)
    least, minor, major = _principal_variances(mask, spacing_mm)
    n_voxels = np.count_nonzero(mask)
    axis = 4 * np.sqrt(n_voxels / max(n_voxels - 1, 1)) if ibsi else 4
    ball_area = (36 * np.pi * volume**2) ** (1 / 3)
    return {
        "Elongation": _axis_ratio(minor, major),
        "Flatness": _axis_ratio(least, major),
        "LeastAxisLength": axis * np.sqrt(least),
        "MajorAxisLength": axis * np.sqrt(major),
        "Maximum2DDiameterColumn": columns,
        "Maximum2DDiameterRow": rows,
        "Maximum2DDiameterSlice": slices,
        "Maximum3DDiameter": overall,
        "MeshVolume": volume,
        "MinorAxisLength": axis * np.sqrt(minor),
        "Sphericity": ball_area / area,
        "SurfaceArea": area,
        "SurfaceVolumeRatio": area / volume,
        "VoxelVolume": n_voxels * float(np.prod(spacing_mm)),
        "Compactness1": volume / (area**1.5 * np.sqrt(np.pi)),
        "Compactness2": 36 * np.pi * volume**2 / area**3,
        "SphericalDisproportion": area / ball_area,
    }


def shape_features_2d(mask, spacing_mm, flat_axis):
    """Return every shape feature of a region in a plane.

    Parameters
    ----------
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region on its bounding box.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    flat_axis : {0, 1, 2}
        The axis along which the region has one voxel.

    Returns
    -------
    features : dict of str to float
        By pyradiomics's feature name, lengths in mm.

    Raises
    ------
    CaseError
        If the region is thicker than one voxel.
    """
    if mask.shape[flat_axis] > 1:
        raise CaseError(
            f"shape2D needs a region in one plane; along axis {'zyx'[flat_axis]} this one has {mask.shape[flat_axis]} "
            "voxels.",
            "Use the class 'shape', or set force2Ddimension to the axis across the plane.",
        )
    mask = mask.squeeze(axis=flat_axis)
    spacing_mm = tuple(step for axis, step in enumerate(spacing_mm) if axis != flat_axis)
    perimeter, area = contour_length_and_area(mask, spacing_mm)
    flat_points = np.pad(surface_points(mask), ((0, 0), (1, 0)))
    minor, major = _principal_variances(mask, spacing_mm)
    sphericity = 2 * np.sqrt(np.pi * area) / perimeter
    return {
        "Elongation": _axis_ratio(minor, major),
        "MajorAxisLength": 4 * np.sqrt(major),
        "MaximumDiameter": diameters(flat_points, (1.0, *spacing_mm))[1],
        "MeshSurface": area,
        "MinorAxisLength": 4 * np.sqrt(minor),
        "Perimeter": perimeter,
        "PerimeterSurfaceRatio": perimeter / area,
        "PixelSurface": np.count_nonzero(mask) * float(np.prod(spacing_mm)),
        "Sphericity": sphericity,
        "SphericalDisproportion": 1.0 / sphericity,
    }


def _axis_ratio(shorter, longer):
    return np.sqrt(shorter / longer) if longer > 0 else np.nan


def _principal_variances(mask, spacing_mm):
    """Variances in mm² of the voxels' positions along the principal axes, ascending; sums are exact integers."""
    n = int(np.count_nonzero(mask))
    indices = [np.arange(size) for size in mask.shape]
    axes = range(mask.ndim)
    covariance = np.empty((mask.ndim, mask.ndim))
    for a in axes:
        for b in axes[a:]:
            projected = mask.sum(axis=tuple(axis for axis in axes if axis not in (a, b)))
            if a == b:
                sum_a = sum_b = int(projected @ indices[a])
                product = int(projected @ indices[a] ** 2)
            else:
                sum_a, sum_b = int(projected.sum(axis=1) @ indices[a]), int(projected.sum(axis=0) @ indices[b])
                product = int(indices[a] @ projected @ indices[b])
            covariance[a, b] = covariance[b, a] = (n * product - sum_a * sum_b) / n**2 * spacing_mm[a] * spacing_mm[b]
    return np.maximum(np.linalg.eigvalsh(covariance), 0.0)
