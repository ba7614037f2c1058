"""Do an image and its mask lie on the same grid? If not, in what, by how many millimetres, and what may be done."""

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError

__all__ = [
    "as_volume",
    "bounding_box",
    "check_geometry",
    "check_roi_inside",
    "geometry_differences",
    "resample_mask",
]

TOLERANCE = 1e-6
"""SimpleITK's tolerance: of the first spacing for origin and spacing, absolute for the direction cosines."""


def as_volume(image):
    """Return a flat image as a volume of one slice, a volume unchanged.

    Parameters
    ----------
    image : SimpleITK.Image
        Of two or three dimensions.

    Returns
    -------
    volume : SimpleITK.Image
        Of three dimensions; a single slice is 1 mm thick.
    """
    return sitk.JoinSeries([image]) if image.GetDimension() == 2 else image


def geometry_differences(image, mask, tolerance=None):
    """Return in what the grids of an image and its mask differ, by SimpleITK's criteria.

    Parameters
    ----------
    image, mask : SimpleITK.Image
    tolerance : float or None, default=None
        Allowed difference of origin and spacing as a part of the image's first spacing, and of the direction cosines;
        None is 1e-6.

    Returns
    -------
    differences : dict of str to str
        What differs ("size", "spacing", "origin", "direction") and a sentence that says by how much; empty if the
        grids agree.
    """
    if image.GetDimension() != mask.GetDimension():
        return {"size": f"the image has {image.GetDimension()} dimensions, the mask {mask.GetDimension()}"}
    tolerance = TOLERANCE if tolerance is None else tolerance
    allowed_mm = abs(tolerance * image.GetSpacing()[0])
    differences = {}
    if image.GetSize() != mask.GetSize():
        differences["size"] = f"the image has {_times(image.GetSize())} voxels, the mask {_times(mask.GetSize())}"
    for what, image_mm, mask_mm in (
        ("spacing", image.GetSpacing(), mask.GetSpacing()),
        ("origin", image.GetOrigin(), mask.GetOrigin()),
    ):
        apart = np.abs(np.subtract(image_mm, mask_mm))
        if np.any(apart > allowed_mm):
            axis = "xyz"[int(apart.argmax())]
            differences[what] = f"the {what} differs by up to {apart.max():.4g} mm (along {axis})"
    apart = np.abs(np.subtract(image.GetDirection(), mask.GetDirection()))
    if np.any(apart > tolerance):
        differences["direction"] = (
            f"the direction differs by up to {apart.max():.3g} in a cosine, which moves the far corner by "
            f"{_far_corner_mm(image, mask):.3g} mm"
        )
    return differences


def check_geometry(image, mask, *, tolerance=None):
    """Check that a mask lies on the grid of its image.

    Parameters
    ----------
    image, mask : SimpleITK.Image
    tolerance : float or None, default=None
        pyradiomics's ``geometryTolerance``: the difference of origin and spacing that is allowed, as a part of the
        image's first spacing, and of the direction cosines; None is 1e-6.

    Raises
    ------
    CaseError
        If size, spacing, origin or direction differ; the message says which, by how many millimetres, and what may
        safely be done.

    Examples
    --------
    >>> import SimpleITK as sitk
    >>> from fusionkit.imaging import check_geometry
    >>> image, mask = sitk.Image(8, 8, 4, sitk.sitkInt16), sitk.Image(8, 8, 4, sitk.sitkUInt8)
    >>> mask.SetOrigin((0.0, 0.0, 2.5))
    >>> check_geometry(image, mask)
    Traceback (most recent call last):
        ...
    fusionkit.exceptions.CaseError: image and mask do not lie on the same grid: the origin differs by up to 2.5 mm \
(along z). Check that the mask was drawn on this image. 'correctMask: true' moves it onto the image's grid by nearest \
neighbour, which is safe if both are in the same physical space.
    """
    differences = geometry_differences(image, mask, tolerance)
    if differences:
        raise CaseError(
            f"image and mask do not lie on the same grid: {'; '.join(differences.values())}.",
            _way_out(differences, image, mask),
        )


def _times(size):
    return " x ".join(map(str, size))


def _far_corner_mm(image, mask):
    """How far the image's last voxel moves when the mask's direction is used in place of its own."""
    extent = (np.array(image.GetSize()) - 1) * image.GetSpacing()
    dimension = image.GetDimension()
    turn = np.subtract(mask.GetDirection(), image.GetDirection()).reshape(dimension, dimension)
    return float(np.linalg.norm(turn @ extent))


def _way_out(differences, image, mask):
    """A small difference is rounding and may be tolerated; a large one needs a look, and the mask resampled."""
    if "size" not in differences:
        first = abs(image.GetSpacing()[0])
        shift = np.abs(
            np.concatenate(
                [
                    np.subtract(image.GetSpacing(), mask.GetSpacing()) * np.array(image.GetSize()),
                    np.subtract(image.GetOrigin(), mask.GetOrigin()),
                    [_far_corner_mm(image, mask)],
                ]
            )
        ).max()
        if shift < 0.05 * min(image.GetSpacing()):
            needed = max(
                np.abs(np.subtract(image.GetSpacing(), mask.GetSpacing())).max() / first,
                np.abs(np.subtract(image.GetOrigin(), mask.GetOrigin())).max() / first,
                np.abs(np.subtract(image.GetDirection(), mask.GetDirection())).max(),
            )
            return (
                f"No voxel moves by more than {shift:.2g} mm, a rounding in a file's header: "
                f"'geometryTolerance: {1.1 * needed:.1g}' accepts it safely."
            )
    if _same_voxels(image, mask):
        return (
            "Both cover the same voxels, stored in another orientation: 'correctMask: true' turns the mask without "
            "any loss."
        )
    return (
        "Check that the mask was drawn on this image. 'correctMask: true' moves it onto the image's grid by nearest "
        "neighbour, which is safe if both are in the same physical space."
    )


def _same_voxels(image, mask):
    """Whether the mask's outermost voxels lie on the image's outermost voxels, whichever way round they are stored."""
    if sorted(image.GetSize()) != sorted(mask.GetSize()):
        return False
    last = np.array(mask.GetSize()) - 1
    first = image.TransformPhysicalPointToContinuousIndex(mask.GetOrigin())
    end = image.TransformPhysicalPointToContinuousIndex(mask.TransformContinuousIndexToPhysicalPoint(last.tolist()))
    corners = np.sort([first, end], axis=0)
    return np.allclose(corners, [np.zeros(len(last)), np.array(image.GetSize()) - 1], atol=1e-3)


def bounding_box(roi):
    """Return the smallest box around a region.

    Parameters
    ----------
    roi : ndarray of bool, shape (z, y, x)
        With at least one voxel set.

    Returns
    -------
    box : tuple of slice
        One slice per axis, in the array's order.
    """
    box = []
    for axis in range(roi.ndim):
        others = tuple(other for other in range(roi.ndim) if other != axis)
        inside = np.flatnonzero(roi.any(axis=others))
        box.append(slice(int(inside[0]), int(inside[-1]) + 1))
        roi = roi[(slice(None),) * axis + (box[-1],)]
    return tuple(box)


def check_roi_inside(image, mask, box):
    """Check that the mask's region lies within the physical space of the image.

    Parameters
    ----------
    image, mask : SimpleITK.Image
    box : tuple of slice
        The region's box in the mask's array, slowest axis first.

    Raises
    ------
    CaseError
        If a part of the region is outside, which would be lost.
    """
    low = [float(side.start) - 0.5 for side in reversed(box)]
    high = [float(side.stop) - 0.5 for side in reversed(box)]
    corners = np.array(
        [
            image.TransformPhysicalPointToContinuousIndex(mask.TransformContinuousIndexToPhysicalPoint(corner))
            for corner in (low, high)
        ]
    )
    tolerance = 1e-3
    below = -0.5 - tolerance - corners.min(axis=0)
    above = corners.max(axis=0) - (np.array(image.GetSize()) - 0.5 + tolerance)
    outside_mm = np.maximum(below, above) * image.GetSpacing()
    if outside_mm.max() > 0:
        raise CaseError(
            f"the region reaches {outside_mm.max():.3g} mm beyond the image (along {'xyz'[int(outside_mm.argmax())]}).",
            "Check that the mask belongs to this image; a region outside the image cannot be measured.",
        )


def resample_mask(image, mask):
    """Return the mask on the grid of the image, each voxel with the label nearest to it.

    Parameters
    ----------
    image, mask : SimpleITK.Image

    Returns
    -------
    mask : SimpleITK.Image
        On the grid of `image`.
    """
    return sitk.Resample(mask, image, sitk.Transform(), sitk.sitkNearestNeighbor, 0, mask.GetPixelID())
