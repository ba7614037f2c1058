"""pyradiomics's names of the filtered images, known before any image is read."""

from itertools import product

__all__ = ["image_type_names", "subbands"]


def image_type_names(image_type, setting, *, planar=False):
    """Return the prefixes of the features that an image type brings.

    Parameters
    ----------
    image_type : str
        Such as ``"Wavelet"``.
    setting : mapping
        The settings that hold for it, defaults filled in.
    planar : bool, default=False
        Whether the image has two dimensions.

    Returns
    -------
    names : list of str
        In pyradiomics's order.

    Examples
    --------
    >>> from fusionkit.radiomics.image_type_names import image_type_names
    >>> image_type_names("LoG", {"sigma": [1, 2.5]})
    ['log-sigma-1-mm-3D', 'log-sigma-2-5-mm-3D']
    """
    return _NAMES[image_type](setting, planar)


def subbands(setting, planar):
    """Return the wavelet subbands of one level in pyradiomics's order, approximation last.

    Parameters
    ----------
    setting : mapping
    planar : bool

    Returns
    -------
    names : list of str
        Such as ``["LH", "HL", "HH", "LL"]``; the first letter is the x axis.
    """
    bands = ["".join(letters) for letters in product("LH", repeat=2 if planar or setting["force2D"] else 3)]
    return bands[1:] + bands[:1]


def _wavelet(setting, planar):
    *details, approximation = subbands(setting, planar)
    names = []
    for level in range(1, setting["level"] + 1):
        prefix = "wavelet" if level == 1 else f"wavelet{level}"
        names += [f"{prefix}-{band}" for band in details]
    return [*names, f"{prefix}-{approximation}"]


def _log(setting, planar):
    return [f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D" for sigma in setting["sigma"]]


def _lbp_3d(setting, planar):
    return [f"lbp-3D-m{level}" for level in range(1, setting["lbp3DLevels"] + 1)] + ["lbp-3D-k"]


def _always(name):
    return lambda setting, planar: [name]


_NAMES = {
    "Original": _always("original"),
    "Wavelet": _wavelet,
    "LoG": _log,
    "Square": _always("square"),
    "SquareRoot": _always("squareroot"),
    "Logarithm": _always("logarithm"),
    "Exponential": _always("exponential"),
    "Gradient": _always("gradient"),
    "LBP2D": _always("lbp-2D"),
    "LBP3D": _lbp_3d,
}
"""Image type -> names for the settings and whether the image is planar."""
