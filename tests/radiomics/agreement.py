"""When two sets of features agree: the tolerances that this project promises against pyradiomics."""

import math

__all__ = ["FLOOR", "disagreements", "relative_difference", "tolerance"]

RELATIVE = 1e-9
MCC = 1e-7
"""The root of an eigenvalue of a nearly singular matrix."""
LOG_FIRST_ORDER = 5e-6
"""ITK rounds to float32 between passes; a mean near 0 keeps few digits."""

FLOOR = 1e-12
"""An absolute difference that always passes: a quantity that is 0 by symmetry, such as a skewness, is computed as a few
units of the last digit."""

LBP_3D_ROBUST = 1e-3
"""An LBP3D image holds few different values, and many voxels have the very value of the 10th or 90th percentile: the
last bit of a spline (scipy's differs between versions) decides whether they count as between them."""


def tolerance(name):
    """The relative difference allowed for a feature."""
    if name.endswith("glcm_MCC"):
        return MCC
    if name.startswith("lbp-3D") and name.endswith("_firstorder_RobustMeanAbsoluteDeviation"):
        return LBP_3D_ROBUST
    return LOG_FIRST_ORDER if name.startswith("log-sigma") and "_firstorder_" in name else RELATIVE


def relative_difference(ours, theirs):
    if math.isnan(ours) or math.isnan(theirs):
        return 0.0 if math.isnan(ours) and math.isnan(theirs) else math.inf
    return 0.0 if ours == theirs else abs(ours - theirs) / max(abs(theirs), 1e-300)


def disagreements(ours, theirs):
    """Features that are missing on one side, or differ by more than allowed: name -> (ours, theirs)."""
    wrong = {name: (ours.get(name), theirs.get(name)) for name in set(ours) ^ set(theirs)}
    for name in set(ours) & set(theirs):
        apart = relative_difference(ours[name], theirs[name])
        if apart > tolerance(name) and not abs(ours[name] - theirs[name]) <= FLOOR:
            wrong[name] = (ours[name], theirs[name])
    return wrong
