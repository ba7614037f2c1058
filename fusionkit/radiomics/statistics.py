"""Texture statistics: what a matrix of grey levels says, each formula once."""

import math

import numpy as np

from fusionkit.radiomics.compiled import kernel

__all__ = [
    "COOCCURRENCE_STATISTICS",
    "SIZE_STATISTICS",
    "TONE_STATISTICS",
    "cooccurrence_statistics",
    "second_correlations",
    "size_statistics",
    "tone_statistics",
]

_EPSILON = np.spacing(1)
"""pyradiomics adds it inside every logarithm and to some divisors."""

COOCCURRENCE_STATISTICS = (
    "Autocorrelation",
    "JointAverage",
    "ClusterProminence",
    "ClusterShade",
    "ClusterTendency",
    "Contrast",
    "Correlation",
    "DifferenceAverage",
    "DifferenceEntropy",
    "DifferenceVariance",
    "JointEnergy",
    "JointEntropy",
    "Imc1",
    "Imc2",
    "Idm",
    "Idmn",
    "Id",
    "Idn",
    "InverseVariance",
    "MaximumProbability",
    "SumAverage",
    "SumEntropy",
    "SumSquares",
)
"""The order of :func:`cooccurrence_statistics`; MCC comes from :func:`second_correlations`."""

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
def cooccurrence_statistics(p, levels, highest, out):
    """Fill in the statistics of one co-occurrence matrix.

    Parameters
    ----------
    p : ndarray of shape (n_levels, n_levels), float64
        Probabilities; they sum to one, or the first is NaN for a direction without any pair.
    levels : ndarray of shape (n_levels,), int64
        Grey levels of rows and columns, ascending.
    highest : int
        The highest grey level of the whole region; it normalises Idmn and Idn.
    out : ndarray of shape (23,), float64
        Filled in the order of :data:`COOCCURRENCE_STATISTICS`; NaN for a direction without any pair.
    """
    if np.isnan(p[0, 0]):
        for k in range(out.size):
            out[k] = np.nan
        return
    for k in range(out.size):
        out[k] = 0.0
    n = levels.size
    px, py = np.zeros(n), np.zeros(n)
    differences, sums = np.zeros(levels[n - 1]), np.zeros(2 * levels[n - 1] + 1)
    for i in range(n):
        for j in range(n):
            q = p[i, j]
            if q == 0.0:
                continue
            px[i] += q
            py[j] += q
            differences[abs(levels[i] - levels[j])] += q
            sums[levels[i] + levels[j]] += q
            out[0] += q * levels[i] * levels[j]
            out[10] += q * q
            out[11] -= q * math.log2(q + _EPSILON)
            out[19] = max(out[19], q)
    mean_x, mean_y = 0.0, 0.0
    for i in range(n):
        mean_x += px[i] * levels[i]
        mean_y += py[i] * levels[i]
    out[1] = mean_x
    _central_moments(p, levels, mean_x, mean_y, out)
    _information_measures(p, px, py, out)
    _difference_statistics(differences, highest, out)
    for k in range(sums.size):
        if sums[k]:
            out[20] += k * sums[k]
            out[21] -= sums[k] * math.log2(sums[k] + _EPSILON)


@kernel
def _central_moments(p, levels, mean_x, mean_y, out):
    """Cluster tendency, shade and prominence, contrast, sum of squares and correlation."""
    variance_y, covariance = 0.0, 0.0
    for i in range(levels.size):
        for j in range(levels.size):
            q = p[i, j]
            if q == 0.0:
                continue
            x, y = levels[i] - mean_x, levels[j] - mean_y
            s = levels[i] + levels[j] - mean_x - mean_y
            out[2] += q * s * s * s * s
            out[3] += q * s * s * s
            out[4] += q * s * s
            out[5] += q * (levels[i] - levels[j]) * (levels[i] - levels[j])
            out[22] += q * x * x
            variance_y += q * y * y
            covariance += q * x * y
    spread = math.sqrt(out[22]) * math.sqrt(variance_y)
    out[6] = covariance / (spread + _EPSILON) if spread else 1.0


@kernel
def _information_measures(p, px, py, out):
    """Both informational measures of correlation; ``out[11]`` holds the joint entropy already."""
    entropy_x, entropy_y, cross, product = 0.0, 0.0, 0.0, 0.0
    for i in range(px.size):
        entropy_x -= px[i] * math.log2(px[i] + _EPSILON)
        entropy_y -= py[i] * math.log2(py[i] + _EPSILON)
        for j in range(px.size):
            both = px[i] * py[j]
            if both:
                information = math.log2(both + _EPSILON)
                cross -= p[i, j] * information
                product -= both * information
    highest_entropy = max(entropy_x, entropy_y)
    out[12] = (out[11] - cross) / highest_entropy if highest_entropy else 0.0
    out[13] = math.sqrt(max(0.0, 1.0 - math.exp(-2.0 * (product - out[11]))))


@kernel
def _difference_statistics(differences, highest, out):
    """Statistics of the distribution of level differences."""
    for k in range(differences.size):
        q = differences[k]
        if q == 0.0:
            continue
        out[7] += k * q
        out[8] -= q * math.log2(q + _EPSILON)
        out[14] += q / (1.0 + k * k)
        out[15] += q / (1.0 + k * k / (highest * highest))
        out[16] += q / (1.0 + k)
        out[17] += q / (1.0 + k / highest)
        if k:
            out[18] += q / (k * k)
    for k in range(differences.size):
        out[9] += differences[k] * (k - out[7]) * (k - out[7])


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


def second_correlations(p):
    """Return the maximal correlation coefficient of each co-occurrence matrix.

    Parameters
    ----------
    p : ndarray of shape (..., n_levels, n_levels), float64
        Probabilities of one or more matrices.

    Returns
    -------
    mcc : ndarray of shape (...), float64
        The root of the second largest eigenvalue of Q; 1 where there is but one grey level. An eigenvalue that
        rounding has made negative counts as 0; pyradiomics drops the direction.
    """
    if p.shape[-1] < 2:
        return np.ones(p.shape[:-2])
    px, py = p.sum(axis=-1), p.sum(axis=-2)
    q = np.zeros_like(p)
    for k in range(p.shape[-1]):
        column = p[..., :, k]
        q += column[..., :, None] * column[..., None, :] / (px[..., :, None] * py[..., k, None, None] + _EPSILON)
    second = np.sort(np.linalg.eigvals(q).real, axis=-1)[..., -2]
    return np.sqrt(np.maximum(second, 0.0))
