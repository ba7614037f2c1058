"""First-order statistics of the intensities in a region: pyradiomics's 18 definitions, and IBSI's where they differ."""

import numpy as np

__all__ = ["first_order_statistics"]

_EPSILON = np.spacing(1)
"""pyradiomics adds it inside every logarithm; without it the entropies differ in the twelfth digit."""


def first_order_statistics(values, level_counts, voxel_volume_mm3, shift=0.0, *, ibsi=False):
    """Return every first-order feature of a region.

    Parameters
    ----------
    values : ndarray of shape (n_voxels,), float64
        The intensities inside the region, in any order, all finite; at least one.
    level_counts : ndarray of shape (n_levels,)
        How many voxels carry each grey level after discretisation; entries of zero are allowed.
    voxel_volume_mm3 : float
        The volume of one voxel; it scales TotalEnergy.
    shift : float, default=0.0
        pyradiomics's ``voxelArrayShift``, added to the intensities in Energy, TotalEnergy and RootMeanSquared.
    ibsi : bool, default=False
        Whether to follow IBSI where pyradiomics departs from it: excess kurtosis (IPH6), no shift.

    Returns
    -------
    features : dict of str to float
        By pyradiomics's feature name. The variance is that of a population (IBSI ECT3), percentiles are
        interpolated linearly, and a flat region has skewness and kurtosis 0, as in pyradiomics.
    """
    minimum, maximum, mean = values.min(), values.max(), values.mean()
    p10, p25, p50, p75, p90 = np.percentile(values, [10, 25, 50, 75, 90])
    deviations = values - mean
    squares = deviations * deviations
    variance = squares.mean()
    robust = values[(values >= p10) & (values <= p90)]
    energy, mean_square = _energy(values, 0.0 if ibsi else shift)
    entropy, uniformity = _histogram_statistics(level_counts)
    scale = variance if variance > 0 else 1.0
    return {
        "10Percentile": p10,
        "90Percentile": p90,
        "Energy": energy,
        "Entropy": entropy,
        "InterquartileRange": p75 - p25,
        "Kurtosis": (squares @ squares) / values.size / scale**2 - (3.0 if ibsi else 0.0),
        "Maximum": maximum,
        "Mean": mean,
        "MeanAbsoluteDeviation": np.abs(deviations).mean(),
        "Median": p50,
        "Minimum": minimum,
        "Range": maximum - minimum,
        "RobustMeanAbsoluteDeviation": np.abs(robust - robust.mean()).mean() if robust.size else np.nan,
        "RootMeanSquared": np.sqrt(mean_square),
        "Skewness": (squares @ deviations) / values.size / scale**1.5,
        "StandardDeviation": np.sqrt(variance),
        "TotalEnergy": energy * voxel_volume_mm3,
        "Uniformity": uniformity,
        "Variance": variance,
    }


def _energy(values, shift):
    """The sum and the mean of the squared, shifted intensities."""
    shifted = values + shift if shift else values
    energy = shifted @ shifted
    return energy, energy / values.size


def _histogram_statistics(level_counts):
    """Entropy in bits and uniformity of the discretised intensities (IBSI TLU2 and BJ5W)."""
    p = level_counts[level_counts > 0] / level_counts.sum()
    return -np.sum(p * np.log2(p + _EPSILON)), np.sum(p * p)
