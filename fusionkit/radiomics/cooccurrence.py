"""Co-occurrence: from counted pairs to probabilities, and what they say."""

import math

import numpy as np

from fusionkit.radiomics.compiled import kernel

__all__ = ["COOCCURRENCE_STATISTICS", "cooccurrence_statistics", "joint_probabilities", "second_correlations"]

_EPSILON = np.spacing(1)
"""pyradiomics adds it inside every logarithm and to some divisors; without it values differ in the twelfth digit."""

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


def second_correlations(p):
    """Return the maximal correlation coefficient of each co-occurrence matrix.

    Parameters
    ----------
    p : ndarray of shape (..., n_levels, n_levels), float64
        Probabilities of one or more matrices; NaN for a direction without any pair.

    Returns
    -------
    mcc : ndarray of shape (...), float64
        The second largest singular value of ``p / sqrt(px py)``, which is the root of the second largest eigenvalue
        of pyradiomics's Q; 1 where there is but one grey level, NaN where p is NaN. Where rounding makes that
        eigenvalue negative, pyradiomics drops the direction; here it counts as 0.
    """
    if p.shape[-1] < 2:
        return np.where(np.isnan(p).any(axis=(-2, -1)), np.nan, 1.0)
    defined = ~np.isnan(p).any(axis=(-2, -1))
    mcc = np.full(p.shape[:-2], np.nan)
    q = p[defined]
    scale = np.sqrt(q.sum(axis=-1)[..., :, None] * q.sum(axis=-2)[..., None, :] + _EPSILON)
    mcc[defined] = np.linalg.svd(q / scale, compute_uv=False)[..., 1]
    return mcc


@kernel
def joint_probabilities(counts, weights, merged, symmetrical, p):
    """Turn counted pairs into probabilities, one matrix a direction or one for all.

    Parameters
    ----------
    counts : ndarray of shape (n_angles, n_levels, n_levels), int32
        Pairs by direction.
    weights : ndarray of shape (n_angles,), float64
        Weight of each direction when they are merged.
    merged : bool
        Whether all directions are added up to one matrix.
    symmetrical : bool
        Whether a pair counts in both orders.
    p : ndarray of shape (1 or n_angles, n_levels, n_levels), float64, zeros
        Filled; NaN for a direction without any pair.
    """
    n = counts.shape[1]
    for a in range(counts.shape[0]):
        m = 0 if merged else a
        weight = weights[a] if merged else 1.0
        for i in range(n):
            for j in range(n):
                if counts[a, i, j]:
                    p[m, i, j] += weight * counts[a, i, j]
                    if symmetrical:
                        p[m, j, i] += weight * counts[a, i, j]
    for m in range(p.shape[0]):
        total = 0.0
        for i in range(n):
            for j in range(n):
                total += p[m, i, j]
        for i in range(n):
            for j in range(n):
                p[m, i, j] = p[m, i, j] / total if total else np.nan
