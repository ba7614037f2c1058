"""The door of this package: arrays come in checked, and the error says which argument, what arrived and the way out."""

import numpy as np

__all__ = [
    "check_binary",
    "check_confidence",
    "check_count",
    "check_groups",
    "check_lengths",
    "check_numbers",
    "check_out_of_fold",
    "check_probabilities",
    "check_share",
]


def check_numbers(values, name, *, ndim=1):
    """Return a float array without NaN or infinity.

    Parameters
    ----------
    values : array-like
    name : str
        The caller's argument, for the error.
    ndim : int, default=1
        Number of axes.
    """
    array = np.asarray(values)
    if array.dtype == object or array.dtype.kind not in "buif":
        try:
            array = array.astype(float)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} must hold numbers; got values such as {array.ravel()[:3].tolist()}") from error
    if array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} {'axis' if ndim == 1 else 'axes'}; got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} is empty")
    array = array.astype(float)
    wrong = np.flatnonzero(~np.isfinite(array).ravel())
    if wrong.size:
        raise ValueError(
            f"{name} has {wrong.size} of {array.size} values that are NaN or infinite, first at position {wrong[0]}: "
            f"leave these patients out, in words, or mend the model that predicted them"
        )
    return array


def check_lengths(**arrays):
    """Raise unless all arrays have one length along their last axis."""
    lengths = {name: np.shape(array)[-1] for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"one entry per patient is needed in each; got lengths {lengths}")


def check_binary(y_true, name="y_true", *, both=True):
    """Return a boolean array, True for an event.

    Parameters
    ----------
    y_true : array-like
        0 and 1.
    name : str, default='y_true'
        The caller's argument, for the error.
    both : bool, default=True
        Whether both classes must be present.
    """
    array = np.asarray(y_true)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must hold one outcome per patient; got shape {array.shape}")
    if array.dtype.kind not in "buif" or not np.isin(array, (0, 1)).all():
        seen = sorted({str(value) for value in array.tolist()})
        raise ValueError(
            f"{name} must hold 0 and 1 (1 = event); got {', '.join(seen[:5])}: pass a comparison such as y == 'Poor'"
        )
    array = array.astype(bool)
    if both and (array.all() or not array.any()):
        raise ValueError(
            f"{name} has one class only ({array.size} patients, {int(array.sum())} events): "
            f"this metric compares patients with and without the event"
        )
    return array


def check_probabilities(y_prob, name):
    """Return an array of numbers in [0, 1]."""
    array = check_numbers(y_prob, name)
    outside = np.flatnonzero((array < 0) | (array > 1))
    if outside.size:
        raise ValueError(
            f"{name} has {outside.size} of {array.size} values outside [0, 1], such as {array[outside[0]]:g}: "
            f"pass probabilities (predict_proba), not a decision function"
        )
    return array


def check_confidence(confidence):
    """Return the nominal coverage if it lies inside (0, 1)."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is a share such as 0.95, inside (0, 1); got {confidence!r}")
    return float(confidence)


def check_share(value, name):
    """Return a number inside (0, 1)."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must lie inside (0, 1); got {value!r}")
    return float(value)


def check_count(value, name, least):
    """Return a whole number that is not below ``least``."""
    if value != int(value) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}")
    return int(value)


def check_groups(groups, n):
    """Return group codes 0 .. n_groups - 1, one per patient; each patient is their own group for None."""
    if groups is None:
        return np.arange(n)
    groups = np.asarray(groups)
    if groups.shape != (n,):
        raise ValueError(f"groups must have one entry per patient, {n}; got shape {groups.shape}")
    return np.unique(groups, return_inverse=True)[1]


def check_out_of_fold(scores, folds, n, name):
    """Return scores and folds, both of shape (repeats, n); a single repeat may be given as one axis."""
    scores = check_numbers(np.atleast_2d(np.asarray(scores)), name, ndim=2)
    folds = np.atleast_2d(np.asarray(folds))
    if scores.shape[1] != n:
        raise ValueError(f"{name} must have shape (repeats, {n}), as y_true has {n} patients; got {scores.shape}")
    if folds.shape != scores.shape:
        raise ValueError(f"folds must have the shape of {name}, {scores.shape}; got {folds.shape}")
    if folds.dtype.kind == "f" and not np.isfinite(folds).all():
        raise ValueError("folds has NaN: every patient is tested once in every repeat")
    return scores, folds
