"""The images that features are computed on: the original and what filters make of it, under pyradiomics's names."""

import numpy as np

from ..exceptions import CaseError
from .filters import pointwise
from .filters.gradient import gradient_magnitude
from .image_type_names import image_type_names

__all__ = ["derive_images"]


def derive_images(case, settings):
    """Yield each image type's images on the box around the region.

    Parameters
    ----------
    case : Case
    settings : RadiomicsSettings

    Yields
    ------
    name : str
        pyradiomics's prefix, such as ``"original"`` or ``"wavelet-LLH"``.
    values : ndarray, shape (z, y, x)
        The intensities on ``case.box``, in the type that pyradiomics's image would have.
    setting : dict
        The settings that hold for this image type.

    Raises
    ------
    CaseError
        If the image is too small for a filter, or has fewer dimensions than it needs.
    """
    for image_type, setting in settings.image_types.items():
        names = image_type_names(image_type, setting, planar=case.planar)
        for name, values in zip(names, _FILTERS[image_type](case, setting), strict=True):
            yield name, values, setting


def _original(case, setting):
    yield case.array[case.box]


def _wavelet(case, setting):
    from .filters.wavelet import wavelet_subbands

    axes = [axis for axis in (2, 1, 0) if not (case.planar and axis == 0)]
    if setting["force2D"] and not case.planar:
        axes.remove(setting["force2Ddimension"])
    yield from wavelet_subbands(
        case.array,
        case.box,
        wavelet=setting["wavelet"],
        level=setting["level"],
        start_level=setting["start_level"],
        axes=tuple(axes),
    )


def _log(case, setting):
    from .filters.recursive_gaussian import laplacian_of_gaussian

    extent = np.array(case.array.shape[case.planar :])
    for sigma in setting["sigma"]:
        needed = np.maximum(np.ceil(sigma / np.array(case.spacing_mm[case.planar :])) + 1, 4).astype(int)
        if (extent < needed).any():
            raise CaseError(
                f"the image of {' x '.join(map(str, extent))} voxels is too small for LoG with sigma {sigma:g} mm, "
                f"which needs {' x '.join(map(str, needed))}.",
                "Leave this sigma out, or resample to smaller voxels.",
            )
        yield laplacian_of_gaussian(case.array, case.box, case.spacing_mm, float(sigma))


def _pointwise(function):
    def filtered(case, setting):
        yield function(case.array[case.box], pointwise.largest_magnitude(case.array))

    return filtered


def _gradient(case, setting):
    yield gradient_magnitude(case.array, case.box, case.spacing_mm, use_spacing=setting["gradientUseSpacing"])


def _lbp_2d(case, setting):
    from .filters.binary_patterns import lbp_2d

    patterns = lbp_2d(
        case.array,
        case.box,
        radius=setting["lbp2DRadius"],
        samples=setting["lbp2DSamples"],
        method=setting["lbp2DMethod"],
        axis=0 if case.planar else setting["force2Ddimension"],
    )
    fits = case.array.dtype.kind == "f" or np.isfinite(patterns).all()
    yield patterns if case.planar or not fits else patterns.astype(case.array.dtype)


def _lbp_3d(case, setting):
    from .filters.binary_patterns import lbp_3d

    if case.planar:
        raise CaseError("LBP3D needs a volume, but the image has two dimensions.", "Use LBP2D.")
    yield from lbp_3d(
        case.array,
        case.roi[case.box],
        case.box,
        levels=setting["lbp3DLevels"],
        radius=setting["lbp3DIcosphereRadius"],
        subdivision=setting["lbp3DIcosphereSubdivision"],
    )


_FILTERS = {
    "Original": _original,
    "Wavelet": _wavelet,
    "LoG": _log,
    "Square": _pointwise(pointwise.square),
    "SquareRoot": _pointwise(pointwise.square_root),
    "Logarithm": _pointwise(pointwise.logarithm),
    "Exponential": _pointwise(pointwise.exponential),
    "Gradient": _gradient,
    "LBP2D": _lbp_2d,
    "LBP3D": _lbp_3d,
}
"""Image type -> generator of its images on the box, in the order of their names."""
