"""The images that features are computed on: the original and what filters make of it, under pyradiomics's names."""

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
    """
    for image_type, setting in settings.image_types.items():
        for name, values in _FILTERS[image_type](case, setting):
            yield name, values, setting


def _original(case, setting):
    yield "original", case.array[case.box]


_FILTERS = {"Original": _original}
"""Image type -> generator of (name, intensities on the box) for a case and the settings of that type."""
