"""What matrices of runs, zones, dependences and tone differences say: each formula once."""

import math

import numpy as np

from fusionkit.radiomics.compiled import kernel

__all__ = ["SIZE_STATISTICS", "TONE_STATISTICS", "size_statistics", "tone_statistics"]

_EPSILON = np.spacing(1)
"""pyradiomics adds it inside every logarithm; without it values differ in the twelfth digit."""

SIZE_STATISTICS = (
    "small",
    "large",
    "level_nonuniformity",
    "level_nonuniformity_normalised",
    "size_nonuniformity",
    "size_nonuniformity_normalised",
    "percentage",
    "level_variance",
    "size_variance",
    "entropy",
    "low_level",
    "high_level",
    "small_low",
    "small_high",
    "large_low",
    "large_high",
)
"""The order of :func:`size_statistics`; each class has its own words for them."""

TONE_STATISTICS = ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength")
"""The order of :func:`tone_statistics`."""


@kernel
def size_statistics(counts, levels, sizes, out):
    """Fill in the statistics of a run-length, size-zone or dependence matrix.

    Parameters
    ----------
    counts : ndarray of shape (n_levels, n_sizes), float64
        How many runs (zones, voxels) have the row's grey level and the column's length (size, dependence).
    levels : ndarray of shape (n_levels,), int64
        Grey levels of the rows.
    sizes : ndarray of shape (n_sizes,), int64
        Sizes of the columns.
    out : ndarray of shape (16,), float64
        Filled in the order of :data:`SIZE_STATISTICS`; NaN if the matrix is empty.
    """
    total, covered = 0.0, 0.0
    for k in range(out.size):
        out[k] = 0.0
    of_size = np.zeros(sizes.size)
    for i in range(levels.size):
        for j in range(sizes.size):
            total += counts[i, j]
            covered += counts[i, j] * sizes[j]
            of_size[j] += counts[i, j]
    if total == 0.0:
        for k in range(out.size):
            out[k] = np.nan
        return
    mean_size, mean_level = covered / total, 0.0
    for j in range(sizes.size):
        square = float(sizes[j] * sizes[j])
        out[0] += of_size[j] / square
        out[1] += of_size[j] * square
        out[4] += of_size[j] * of_size[j]
        out[8] += of_size[j] * (sizes[j] - mean_size) * (sizes[j] - mean_size)
    of_level = np.zeros(levels.size)
    for i in range(levels.size):
        level_square = float(levels[i] * levels[i])
        for j in range(sizes.size):
            count = counts[i, j]
            if count == 0.0:
                continue
            square = float(sizes[j] * sizes[j])
            of_level[i] += count
            out[9] -= count * math.log2(count / total + _EPSILON)
            out[12] += count / (level_square * square)
            out[13] += count * level_square / square
            out[14] += count * square / level_square
            out[15] += count * (square * level_square)
        mean_level += of_level[i] * levels[i] / total
        out[2] += of_level[i] * of_level[i]
        out[10] += of_level[i] / level_square
        out[11] += of_level[i] * level_square
    for i in range(levels.size):
        out[7] += of_level[i] * (levels[i] - mean_level) * (levels[i] - mean_level)
    for k in range(out.size):
        out[k] /= total
    out[3], out[5], out[6] = out[2] / total, out[4] / total, total / covered


@kernel
def tone_statistics(tone, levels, out):
    """Fill in the statistics of a neighbourhood grey tone difference matrix.

    Parameters
    ----------
    tone : ndarray of shape (n_levels, >= 2), float64
        Voxels of each level, and their summed absolute differences from their neighbours' mean.
    levels : ndarray of shape (n_levels,), int64
        Grey levels of the rows.
    out : ndarray of shape (5,), float64
        Filled in the order of :data:`TONE_STATISTICS`. As in pyradiomics, Coarseness is 1e6 and the others are 0
        where their divisor vanishes; all are NaN if no voxel counts.
    """
    for k in range(out.size):
        out[k] = 0.0
    n_voxels, n_levels, differences, weighted = 0.0, 0, 0.0, 0.0
    for i in range(levels.size):
        n_voxels += tone[i, 0]
        n_levels += tone[i, 0] > 0
        differences += tone[i, 1]
        weighted += tone[i, 0] * tone[i, 1]
    if n_voxels == 0.0:
        for k in range(out.size):
            out[k] = np.nan
        return
    weighted /= n_voxels
    contrast, busy = 0.0, 0.0
    for i in range(levels.size):
        p, s = tone[i, 0] / n_voxels, tone[i, 1]
        if p == 0.0:
            continue
        for j in range(levels.size):
            q = tone[j, 0] / n_voxels
            if q == 0.0:
                continue
            gap = float(abs(levels[i] - levels[j]))
            contrast += p * q * gap * gap
            busy += abs(levels[i] * p - levels[j] * q)
            out[2] += gap * (p * s + q * tone[j, 1]) / (p + q)
            out[4] += (p + q) * gap * gap
    out[0] = weighted / busy if busy else 0.0
    out[1] = 1.0 / weighted if weighted else 1e6
    out[2] /= n_voxels
    out[3] = contrast * differences / n_voxels / (n_levels * (n_levels - 1)) if n_levels > 1 else 0.0
    out[4] = out[4] / differences if differences else 0.0
