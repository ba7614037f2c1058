"""Texture around every voxel: the counting and the statistics of a region, applied to a moving neighbourhood."""

import numpy as np

from fusionkit.radiomics.compiled import kernel
from fusionkit.radiomics.cooccurrence import cooccurrence_statistics, joint_probabilities
from fusionkit.radiomics.matrices import count_neighbours, count_runs, count_zones, spans_a_line
from fusionkit.radiomics.statistics import size_statistics, tone_statistics

__all__ = ["map_neighbours", "map_runs", "map_zones"]


@kernel
def _cut_patch(grid, corner, pad, patch, rank_in_patch, found):
    """Copy a neighbourhood into the middle of ``patch`` with its ranks counted anew; return how many there are.

    ``found`` lists the ranks in the whole region, ascending; ``rank_in_patch`` is working space and stays zero.
    """
    n = 0
    for z in range(pad, patch.shape[0] - pad):
        for y in range(pad, patch.shape[1] - pad):
            for x in range(pad, patch.shape[2] - pad):
                rank = grid[corner[0] + z - pad, corner[1] + y - pad, corner[2] + x - pad]
                patch[z, y, x] = rank
                if rank and rank_in_patch[rank] == 0:
                    rank_in_patch[rank] = 1
                    k = n
                    while k > 0 and found[k - 1] > rank:
                        found[k] = found[k - 1]
                        k -= 1
                    found[k] = rank
                    n += 1
    for k in range(n):
        rank_in_patch[found[k]] = k + 1
    for z in range(pad, patch.shape[0] - pad):
        for y in range(pad, patch.shape[1] - pad):
            for x in range(pad, patch.shape[2] - pad):
                patch[z, y, x] = rank_in_patch[patch[z, y, x]]
    for k in range(n):
        rank_in_patch[found[k]] = 0
    return n


@kernel
def _levels_of(found, n, levels):
    """Grey levels of the ranks in a patch."""
    local = np.zeros(n, dtype=np.int64)
    for k in range(n):
        local[k] = levels[np.intp(found[k]) - 1]
    return local


@kernel
def _compress(p, joint):
    """Copy the rows and columns of levels that occur; return how many there are, none for an undefined direction."""
    n = p.shape[0]
    kept = np.zeros(n, dtype=np.int64)
    n_kept = 0
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += p[i, j] + p[j, i]
        if total > 0:
            kept[n_kept] = i
            n_kept += 1
    for i in range(n_kept):
        for j in range(n_kept):
            joint[i, j] = p[kept[i], kept[j]]
    return n_kept


@kernel
def map_neighbours(
    grid,
    corners,
    pad,
    patch,
    steps,
    levels,
    alpha,
    weights,
    merged,
    symmetrical,
    ibsi,
    pairs,
    sizes,
    tones,
    joint,
    used,
):
    """Fill in the statistics of GLCM, GLDM and NGTDM around voxels.

    Parameters
    ----------
    grid : ndarray of three dimensions, uint16
        Ranks of the grey levels, 0 where a voxel does not count, with a border as wide as the kernel.
    corners : ndarray of shape (n_voxels, 3), int64
        Lowest corner of each voxel's neighbourhood.
    pad : int
        The largest distance of a neighbour.
    patch : ndarray of three dimensions, uint16, zeros
        Working space: the neighbourhood and ``pad`` voxels around it.
    steps : ndarray of shape (n_angles,), int64
        Directions in the flattened patch.
    levels : ndarray of shape (n_levels,), int64
        Grey level of each rank.
    alpha : int
        See :func:`~fusionkit.radiomics.matrices.count_neighbours`.
    weights : ndarray of shape (n_angles,), float64
        See :func:`~fusionkit.radiomics.cooccurrence.joint_probabilities`, as for the next two.
    merged, symmetrical : bool
        How directions and orders are added up.
    ibsi : bool
        Whether voxels without neighbours are left out of the NGTDM.
    pairs : ndarray of shape (0 or n_voxels, 1 or n_angles, 23), float64
        Filled, if it has any rows: statistics of the GLCM by direction.
    sizes : ndarray of shape (n_voxels, 1, 16), float64
        Filled: statistics of the GLDM.
    tones : ndarray of shape (n_voxels, 1, 5), float64
        Filled: statistics of the NGTDM.
    joint : ndarray of shape (0 or n_voxels, 1 or n_angles, n, n), float64, zeros
        Filled, if it has any rows: the co-occurrence probabilities of the levels that occur in the direction.
    used : ndarray of shape (0 or n_voxels, 1 or n_angles), int64
        Filled, if ``joint`` is: how many levels these are.
    """
    rank_in_patch, found = np.zeros(levels.size + 1, dtype=np.uint16), np.zeros(patch.size, dtype=np.uint16)
    voxels = patch.ravel()
    dependences = np.arange(1, 2 * steps.size + 2)
    for v in range(corners.shape[0]):
        n = _cut_patch(grid, corners[v], pad, patch, rank_in_patch, found)
        local = _levels_of(found, n, levels)
        cooccurrence = np.zeros((steps.size, n, n), dtype=np.int32)
        dependence = np.zeros((n, 2 * steps.size + 1), dtype=np.int64)
        tone = np.zeros((n, 3))
        count_neighbours(voxels, steps, local, alpha, cooccurrence, dependence, tone)
        if pairs.shape[0]:
            p = np.zeros((pairs.shape[1], n, n))
            joint_probabilities(cooccurrence, weights, merged, symmetrical, p)
            for m in range(p.shape[0]):
                cooccurrence_statistics(p[m], local, levels[levels.size - 1], pairs[v, m])
                if joint.shape[0]:
                    used[v, m] = _compress(p[m], joint[v, m])
        size_statistics(dependence.astype(np.float64), local, dependences, sizes[v, 0])
        if ibsi:
            for k in range(n):
                tone[k, 0] -= tone[k, 2]
        tone_statistics(tone, local, tones[v, 0])


@kernel
def map_runs(grid, corners, patch, angles, steps, levels, weights, merged, sizes):
    """Fill in the statistics of the GLRLM around voxels.

    Parameters
    ----------
    grid, corners, patch, steps, levels
        See :func:`map_neighbours`; the patch has a border of one voxel.
    angles : ndarray of shape (n_angles, 3), int64
        Directions of distance 1.
    weights : ndarray of shape (n_angles,), float64
        Weight of each direction when they are merged.
    merged : bool
        Whether all directions are added up to one matrix.
    sizes : ndarray of shape (n_voxels, 1 or n_angles, 16), float64
        Filled.
    """
    rank_in_patch, found = np.zeros(levels.size + 1, dtype=np.uint16), np.zeros(patch.size, dtype=np.uint16)
    voxels = patch.ravel()
    longest = max(patch.shape) - 2
    lengths = np.arange(1, longest + 1)
    for v in range(corners.shape[0]):
        n = _cut_patch(grid, corners[v], 1, patch, rank_in_patch, found)
        local = _levels_of(found, n, levels)
        runs = np.zeros((steps.size, n, longest), dtype=np.int64)
        count_runs(voxels, steps, runs)
        counts = np.zeros((sizes.shape[1], n, longest))
        for a in range(steps.size):
            if spans_a_line(patch, angles[a, 0], angles[a, 1], angles[a, 2]):
                m = 0 if merged else a
                for i in range(n):
                    for j in range(longest):
                        counts[m, i, j] += weights[a] * runs[a, i, j]
        for m in range(counts.shape[0]):
            size_statistics(counts[m], local, lengths, sizes[v, m])


@kernel
def map_zones(grid, corners, patch, steps, levels, sizes):
    """Fill in the statistics of the GLSZM around voxels.

    Parameters
    ----------
    grid, corners, patch, steps, levels
        See :func:`map_neighbours`; the patch has a border of one voxel.
    sizes : ndarray of shape (n_voxels, 1, 16), float64
        Filled.
    """
    rank_in_patch, found = np.zeros(levels.size + 1, dtype=np.uint16), np.zeros(patch.size, dtype=np.uint16)
    voxels = patch.ravel()
    links = np.zeros(patch.size, dtype=np.int32)
    zone_ranks, zone_sizes = np.zeros(patch.size, dtype=np.int32), np.zeros(patch.size, dtype=np.int32)
    for v in range(corners.shape[0]):
        n = _cut_patch(grid, corners[v], 1, patch, rank_in_patch, found)
        local = _levels_of(found, n, levels)
        n_zones = count_zones(voxels, steps, links, zone_ranks, zone_sizes)
        largest = 0
        for k in range(n_zones):
            largest = max(largest, zone_sizes[k])
        counts = np.zeros((n, largest))
        for k in range(n_zones):
            counts[zone_ranks[k] - 1, zone_sizes[k] - 1] += 1
        size_statistics(counts, local, np.arange(1, largest + 1), sizes[v, 0])
