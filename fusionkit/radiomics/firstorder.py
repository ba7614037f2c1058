"""First-order statistics of the intensities in a region: pyradiomics's 18 definitions, and IBSI's where they differ."""

import numpy as np

__all__ = ["first_order_statistics"]

_EPSILON = np.spacing(1)
"""pyradiomics adds it inside every logarithm; without it the entropies differ in the twelfth digit."""


def first_order_statistics(values, level_counts, voxel_volume_mm3, shift=0.0, *, ibsi=False):
    """Return every first-order feature of one region or of many regions of equal size.

    Parameters
    ----------
    values : ndarray of shape (..., n_voxels)
        The intensities inside each region, in any order, all finite; at least one. Whole numbers of 8 or 16 bits are
        fastest as they are; everything is computed in float64.
    level_counts : ndarray of shape (..., n_levels)
        How many voxels of each region carry each grey level after discretisation; entries of zero are allowed.
    voxel_volume_mm3 : float
        The volume of one voxel; it scales TotalEnergy.
    shift : float, default=0.0
        pyradiomics's ``voxelArrayShift``, added to the intensities in Energy, TotalEnergy and RootMeanSquared.
    ibsi : bool, default=False
        Whether to follow IBSI where pyradiomics departs from it: excess kurtosis (IPH6), no shift.

    Returns
    -------
    features : dict of str to ndarray of shape (...)
        By pyradiomics's feature name. The variance is that of a population (IBSI ECT3), percentiles are
        interpolated linearly, and a flat region has skewness and kurtosis 0, as in pyradiomics.
    """
    stored, values = values, values.astype(np.float64, copy=False)
    p10, p25, p50, p75, p90 = _percentiles(stored, values, [10, 25, 50, 75, 90])
    minimum, maximum, mean = values.min(axis=-1), values.max(axis=-1), values.mean(axis=-1)
    deviations = values - mean[..., None]
    variance, third, fourth = _central_moments(deviations)
    energy = _energy(values, 0.0 if ibsi else shift)
    entropy, uniformity = _histogram_statistics(level_counts)
    scale = np.where(variance > 0, variance, 1.0)
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": entropy,
        "InterquartileRange": p75 - p25,
        "Kurtosis": fourth / scale**2 - (3.0 if ibsi else 0.0),
        "Maximum": maximum,
        "Mean": mean,
        "MeanAbsoluteDeviation": np.abs(deviations).mean(axis=-1),
        "Median": p50,
        "Minimum": minimum,
        "Range": maximum - minimum,
        "RobustMeanAbsoluteDeviation": _robust_mean_absolute_deviation(values, p10, p90),
        "RootMeanSquared": np.sqrt(energy / values.shape[-1]),
        "Skewness": third / scale**1.5,
        "StandardDeviation": np.sqrt(variance),
        "TotalEnergy": energy * voxel_volume_mm3,
        "Uniformity": uniformity,
        "Variance": variance,
    }


def _percentiles(stored, values, percents):
    """``numpy.percentile`` of the values; if stored as 8 or 16 bits, they are sorted by radix, which is faster."""
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize > 2:
        return np.percentile(values, percents, axis=-1)
    ordered = np.sort(stored, axis=-1, kind="stable")
    place = np.array(percents) / 100 * (values.shape[-1] - 1)
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, values.shape[-1] - 1)
    low, high = (np.moveaxis(ordered[..., at].astype(np.float64), -1, 0) for at in (below, above))
    part = (place - below).reshape(-1, *[1] * (values.ndim - 1))
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


def _central_moments(deviations):
    """Second, third and fourth central moment."""
    squares = deviations * deviations
    n = deviations.shape[-1]
    third, fourth = (np.einsum("...i,...i->...", squares, other) / n for other in (deviations, squares))
    return squares.mean(axis=-1), third, fourth


def _energy(values, shift):
    """The sum of the squared, shifted intensities."""
    shifted = values + shift if shift else values
    return np.einsum("...i,...i->...", shifted, shifted)


def _robust_mean_absolute_deviation(values, p10, p90):
    """Mean absolute deviation of the intensities from the 10th to the 90th percentile; NaN where none lies there."""
    kept = (values >= p10[..., None]) & (values <= p90[..., None])
    n = kept.sum(axis=-1)
    mean = np.where(kept, values, 0.0).sum(axis=-1) / np.maximum(n, 1)
    total = np.where(kept, np.abs(values - mean[..., None]), 0.0).sum(axis=-1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _histogram_statistics(level_counts):
    """Entropy in bits and uniformity of the discretised intensities (IBSI TLU2 and BJ5W)."""
    p = level_counts / level_counts.sum(axis=-1, keepdims=True)
    return -np.sum(p * np.log2(p + _EPSILON), axis=-1), np.sum(p * p, axis=-1)
