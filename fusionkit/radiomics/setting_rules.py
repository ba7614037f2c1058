"""Which keys a parameter file may hold and which values they take: pyradiomics's schema as a table."""

import difflib
import math
from dataclasses import dataclass

__all__ = ["IMAGE_TYPES", "RULES", "VOXEL_RULES", "Rule", "check_value", "nearest"]

IMAGE_TYPES = (
    "Original",
    "Wavelet",
    "LoG",
    "Square",
    "SquareRoot",
    "Logarithm",
    "Exponential",
    "Gradient",
    "LBP2D",
    "LBP3D",
)
"""The image types of pyradiomics, in the order of its documentation."""

INTERPOLATORS = (
    "sitkNearestNeighbor",
    "sitkLinear",
    "sitkBSpline",
    "sitkGaussian",
    "sitkLabelGaussian",
    "sitkHammingWindowedSinc",
    "sitkCosineWindowedSinc",
    "sitkWelchWindowedSinc",
    "sitkLanczosWindowedSinc",
    "sitkBlackmanWindowedSinc",
)
"""SimpleITK's interpolators; their place in this list, counted from 1, is the number that pyradiomics accepts."""


@dataclass(frozen=True)
class Rule:
    """What one setting may be.

    Parameters
    ----------
    kind : {"bool", "int", "float", "str"}
        The type of the value, or of each value of a list.
    default : object
        pyradiomics's value where the file names none.
    low, high : float or None, default=None
        The smallest and the largest value; None sets no limit.
    above : bool, default=False
        The value must be larger than `low`, not equal to it.
    choices : tuple, default=()
        The values allowed, if only these are.
    lengths : tuple of int, default=()
        The value is a list; of one of these lengths if any are given. ``(0,)`` stands for any length above 0.
    optional : bool, default=False
        None (``null``) is allowed too.
    nan : bool, default=False
        NaN is allowed too, also as the word ``nan``, which YAML takes for text.
    """

    kind: str
    default: object
    low: float | None = None
    high: float | None = None
    above: bool = False
    choices: tuple = ()
    lengths: tuple = ()
    optional: bool = False
    nan: bool = False


def _above_zero(kind, default, **more):
    return Rule(kind, default, low=0, above=True, **more)


RULES = {
    "minimumROIDimensions": Rule("int", 2, low=1, high=3),
    "minimumROISize": _above_zero("int", None, optional=True),
    "geometryTolerance": _above_zero("float", None, optional=True),
    "correctMask": Rule("bool", False),
    "additionalInfo": Rule("bool", True),
    "label": _above_zero("int", 1),
    "label_channel": Rule("int", None, low=0, optional=True),
    "binWidth": _above_zero("float", 25.0),
    "binCount": _above_zero("int", None, optional=True),
    "normalize": Rule("bool", False),
    "normalizeScale": _above_zero("float", 1.0),
    "removeOutliers": _above_zero("float", None, optional=True),
    "resampledPixelSpacing": Rule("float", None, low=0, lengths=(2, 3), optional=True),
    "interpolator": Rule("str", "sitkBSpline", choices=INTERPOLATORS, optional=True),
    "padDistance": Rule("int", 5, low=0),
    "distances": _above_zero("int", [1], lengths=(0,)),
    "force2D": Rule("bool", False),
    "force2Ddimension": Rule("int", 0, low=0, high=2),
    "resegmentRange": Rule("float", None, lengths=(1, 2), optional=True),
    "resegmentMode": Rule("str", "absolute", choices=("absolute", "relative", "sigma")),
    "resegmentShape": Rule("bool", False),
    "preCrop": Rule("bool", False),
    "sigma": _above_zero("float", [], lengths=(0,)),
    "start_level": Rule("int", 0, low=0),
    "level": _above_zero("int", 1),
    "wavelet": Rule("str", "coif1"),
    "gradientUseSpacing": Rule("bool", True),
    "lbp2DRadius": _above_zero("float", 1.0),
    "lbp2DSamples": Rule("int", 8, low=1),
    "lbp2DMethod": Rule("str", "uniform", choices=("default", "ror", "uniform", "var")),
    "lbp3DLevels": Rule("int", 2, low=1),
    "lbp3DIcosphereRadius": _above_zero("float", 1.0),
    "lbp3DIcosphereSubdivision": Rule("int", 1, low=0),
    "voxelArrayShift": Rule("int", 0),
    "symmetricalGLCM": Rule("bool", True),
    "weightingNorm": Rule("str", None, choices=("euclidean", "manhattan", "infinity", "no_weighting"), optional=True),
    "gldm_a": Rule("int", 0, low=0),
}
"""The keys of ``setting`` and of each image type. pyradiomics's schema allows each of them in both places."""

VOXEL_RULES = {
    "kernelRadius": _above_zero("int", 1),
    "maskedKernel": Rule("bool", True),
    "initValue": Rule("float", 0.0, nan=True),
    "voxelBatch": _above_zero("int", None, optional=True),
}
"""The keys of ``voxelSetting``."""

_TYPES = {"bool": bool, "int": int, "float": (int, float), "str": str}
_WORDS = {"bool": "true or false", "int": "a whole number", "float": "a number", "str": "a word"}


def nearest(name, valid):
    """Return the part of a message that names the valid word nearest to a wrong one.

    Parameters
    ----------
    name : str
        What was given.
    valid : iterable of str
        What is allowed.

    Returns
    -------
    text : str
        Such as ``"did you mean 'binWidth'?"``, or the list of what is allowed when nothing is near.
    """
    valid = [str(word) for word in valid]
    lower = {word.lower(): word for word in valid}
    close = difflib.get_close_matches(str(name).lower(), lower, n=1, cutoff=0.6)
    return f"did you mean {lower[close[0]]!r}?" if close else f"allowed are {', '.join(valid)}"


def check_value(key, value, rule):
    """Return a setting's value in its own type, or raise an error that says what is allowed.

    Parameters
    ----------
    key : str
        The setting's name.
    value : object
        As the file gives it.
    rule : Rule

    Returns
    -------
    value : bool, int, float, str, list or None

    Raises
    ------
    ValueError
        If the value is not allowed.
    """
    if value is None and rule.optional:
        return None
    if key == "interpolator" and isinstance(value, int) and 1 <= value <= len(INTERPOLATORS):
        return INTERPOLATORS[value - 1]
    if not rule.lengths:
        return _check_item(key, value, rule)
    wanted = " or ".join(map(str, rule.lengths))
    if not isinstance(value, list | tuple) or (len(value) not in rule.lengths if rule.lengths != (0,) else not value):
        count = "one or more values" if rule.lengths == (0,) else f"{wanted} values"
        raise ValueError(f"{key} must be a list of {count}; got {value!r}")
    return [_check_item(key, item, rule) for item in value]


def _check_item(key, value, rule):
    if rule.nan and str(value).lower() in ("nan", ".nan"):
        return math.nan
    right_type = isinstance(value, _TYPES[rule.kind]) and (rule.kind == "bool" or not isinstance(value, bool))
    if not right_type or value != value:
        raise ValueError(f"{key} must be {_WORDS[rule.kind]}; got {value!r}")
    if rule.choices and value not in rule.choices:
        raise ValueError(f"{key} cannot be {value!r}: {nearest(value, rule.choices)}")
    if rule.low is not None and (value <= rule.low if rule.above else value < rule.low):
        raise ValueError(f"{key} must be {'larger than' if rule.above else 'at least'} {rule.low}; got {value!r}")
    if rule.high is not None and value > rule.high:
        raise ValueError(f"{key} must be at most {rule.high}; got {value!r}")
    if key == "wavelet":
        _check_wavelet(value)
    return float(value) if rule.kind == "float" and key != "sigma" else value


def _check_wavelet(name):
    import pywt

    discrete = pywt.wavelist(kind="discrete")
    if name not in discrete:
        raise ValueError(f"wavelet cannot be {name!r}: {nearest(name, discrete)}")
