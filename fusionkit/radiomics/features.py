"""From one image array and one mask array to a dictionary of features."""

from functools import cached_property, partial

import numpy as np

from fusionkit.exceptions import CaseError
from fusionkit.imaging.geometry import bounding_box
from fusionkit.radiomics.catalogue import check_enabled
from fusionkit.radiomics.discretise import discretise
from fusionkit.radiomics.firstorder import first_order_statistics
from fusionkit.radiomics.shape import shape_features, shape_features_2d
from fusionkit.radiomics.texture import TextureMatrices, texture_features

__all__ = ["Region", "compute_features"]


class Region:
    """A region of interest: its crop of the image, and what several feature classes need, computed once.

    Parameters
    ----------
    image : ndarray of shape (n_z, n_y, n_x)
        Intensities; float32 stays float32, so that bins fall where pyradiomics puts them.
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    settings : mapping
        pyradiomics's settings; what is absent has pyradiomics's default.
    ibsi : bool, default=False
        Whether IBSI's definitions are wanted where pyradiomics departs from them.
    """

    def __init__(self, image, mask, spacing_mm, settings, ibsi=False):
        if not mask.any():
            raise CaseError("the region is empty: no voxel belongs to it.", "Check the label and the mask.")
        box = bounding_box(mask)
        self.mask = np.ascontiguousarray(mask[box])
        self.values = image[box][self.mask]
        self.spacing_mm = tuple(float(step) for step in spacing_mm)
        self.settings = settings
        self.ibsi = ibsi
        if self.values.dtype.kind == "f" and not np.isfinite(self.values).all():
            broken = np.count_nonzero(~np.isfinite(self.values))
            raise CaseError(
                f"{broken} of {self.values.size} voxels of the region are NaN or infinite.",
                "Repair the image, or leave these voxels out of the mask.",
            )

    @cached_property
    def grey(self):
        """The grey levels of the voxels, in the order of ``values``."""
        return discretise(self.values, self.settings, ibsi=self.ibsi)

    @cached_property
    def matrices(self):
        """The texture matrices, which the texture classes share."""
        return TextureMatrices(self.mask, self.grey, self.spacing_mm, self.settings, self.ibsi)


def compute_features(image, mask, spacing_mm, settings, enabled, *, shape=True, ibsi=False):
    """Return the features of one region on one image type.

    Parameters
    ----------
    image : ndarray of shape (n_z, n_y, n_x)
        Intensities, in the type that the image has: pyradiomics computes the bins of a float32 image in float32,
        and so does this. It may be a crop, if it holds the whole region; a 2D image has one slice.
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    settings : mapping
        pyradiomics 3.0.1's settings (``binWidth``, ``binCount``, ``voxelArrayShift``, ``distances``,
        ``weightingNorm``, ``symmetricalGLCM``, ``gldm_a``, ``force2D``, ``force2Ddimension``); what is absent has
        pyradiomics's default, other keys are ignored.
    enabled : mapping of str to list of str or None
        The feature classes wanted, each with the names of its features; None or an empty list for all of the class
        that pyradiomics does not call deprecated.
    shape : bool, default=True
        Whether to compute the shape classes, which do not depend on the intensities.
    ibsi : bool, default=False
        Whether to give IBSI's value where pyradiomics departs from it; the catalogue says where.

    Returns
    -------
    features : dict of str to float
        Such as ``"glcm_Contrast"``, classes in the order of ``enabled``, features as in the catalogue. NaN is a
        feature that is undefined for this region, such as a GLCM where no voxel has a neighbour.

    Raises
    ------
    CaseError
        If the region is empty, holds NaN or infinity, or has more grey levels than can be handled.
    ValueError
        If ``enabled`` names something that the catalogue does not have, or the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.radiomics.features import compute_features
    >>> image = np.arange(27.0).reshape(3, 3, 3)
    >>> compute_features(image, image > 8, (1, 1, 1), {}, {"firstorder": ["Mean", "Range"]})
    {'firstorder_Mean': 17.5, 'firstorder_Range': 17.0}
    """
    if image.shape != mask.shape or image.ndim != 3:
        raise ValueError(f"image and mask must be zyx arrays of one shape; got {image.shape} and {mask.shape}")
    wanted = check_enabled(enabled)
    region = Region(image, mask, spacing_mm, settings, ibsi)
    features = {}
    for feature_class, names in wanted.items():
        if feature_class in _SHAPE_CLASSES and not shape:
            continue
        values = _CALCULATORS[feature_class](region)
        features.update({f"{feature_class}_{name}": float(values[name]) for name in names})
    return features


def _first_order(region):
    return first_order_statistics(
        region.values,
        region.grey.counts,
        float(np.prod(region.spacing_mm)),
        region.settings.get("voxelArrayShift", 0),
        ibsi=region.ibsi,
    )


def _shape(region):
    return shape_features(region.mask, region.spacing_mm, ibsi=region.ibsi)


def _shape_2d(region):
    return shape_features_2d(region.mask, region.spacing_mm, region.settings.get("force2Ddimension", 0))


def _texture(feature_class, region):
    return texture_features(feature_class, region.matrices)


_TEXTURE_CLASSES = ("glcm", "glrlm", "glszm", "gldm", "ngtdm")
_CALCULATORS = {"firstorder": _first_order, "shape": _shape, "shape2D": _shape_2d} | {
    name: partial(_texture, name) for name in _TEXTURE_CLASSES
}
"""Feature class -> the function that gives all its features for a region."""

_SHAPE_CLASSES = ("shape", "shape2D")
