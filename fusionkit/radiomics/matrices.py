"""Texture matrices counted on a padded grid of grey-level ranks: neighbours, runs and zones."""

from itertools import product

import numpy as np

from fusionkit.radiomics.compiled import kernel

__all__ = [
    "angles",
    "count_neighbours",
    "count_runs",
    "count_zones",
    "flat_steps",
    "padded_grid",
    "spans_a_line",
    "zone_steps",
]


def angles(shape, distances, force2d_axis=None):
    """Return one of each pair of opposite directions to the neighbours, in pyradiomics's order.

    Parameters
    ----------
    shape : tuple of int
        The size of the grid; a direction that leaves it from everywhere is left out.
    distances : sequence of int
        The distances (largest step along any axis) of the neighbours, such as ``[1]`` for the 26 next ones.
    force2d_axis : int or None, default=None
        The axis along which no neighbour lies.

    Returns
    -------
    angles : ndarray of shape (n_angles, 3), int64
        Steps along z, y, x: 13 for one distance in 3D, 4 in 2D.
    """
    reach = max(distances)
    steps = [
        [0] if axis == force2d_axis else [step for step in range(reach, -reach - 1, -1) if abs(step) < size]
        for axis, size in enumerate(shape)
    ]
    both_ways = [step for step in product(*steps) if max(map(abs, step)) in set(distances)]
    return np.array(both_ways[: len(both_ways) // 2], dtype=np.int64).reshape(-1, 3)


def padded_grid(mask, ranks, pad):
    """Return the ranks of the grey levels on a grid with ``pad`` empty voxels on every side.

    Parameters
    ----------
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region.
    ranks : ndarray of shape (n_voxels,), uint16
        Rank of each voxel of the region, from 1.
    pad : int
        The largest distance to a neighbour, so that the kernels need no check of bounds.

    Returns
    -------
    grid : ndarray of shape (n_z + 2 pad, n_y + 2 pad, n_x + 2 pad), uint16
        0 outside the region.
    """
    grid = np.zeros([size + 2 * pad for size in mask.shape], dtype=np.uint16)
    inner = tuple(slice(pad, pad + size) for size in mask.shape)
    grid[inner][mask] = ranks
    return grid


def flat_steps(angles, shape):
    """Return directions as steps in the flattened grid.

    Parameters
    ----------
    angles : ndarray of shape (n_angles, 3), int64
        Steps along z, y, x, see :func:`angles`.
    shape : tuple of int
        The shape of the padded grid.

    Returns
    -------
    steps : ndarray of shape (n_angles,), int64
        All positive.
    """
    return angles @ np.array([shape[1] * shape[2], shape[2], 1])


def zone_steps(angles, shape):
    """Return directions as :func:`flat_steps`, the one along the slowest axis first.

    The neighbour there touches every other one that a scan of the grid has met before, so that they share a zone
    already if they share its grey level.

    Parameters
    ----------
    angles : ndarray of shape (n_angles, 3), int64
        Steps along z, y, x, of distance 1, see :func:`angles`.
    shape : tuple of int
        The shape of the padded grid.

    Returns
    -------
    steps : ndarray of shape (n_angles,), int64
    """
    slowest = np.eye(3, dtype=np.int64)[np.argmax(angles.any(axis=0))]
    first = (angles == slowest).all(axis=1)
    return flat_steps(np.concatenate([angles[first], angles[~first]]), shape)


@kernel
def count_neighbours(voxels, steps, levels, alpha, cooccurrence, dependence, tone):
    """Add up GLCM, GLDM and NGTDM in one pass over both neighbours along every direction.

    Parameters
    ----------
    voxels : ndarray of shape (grid.size,), uint16
        The padded grid of ranks, flattened, see :func:`padded_grid`.
    steps : ndarray of shape (n_angles,), int64
        Directions, see :func:`flat_steps`.
    levels : ndarray of shape (n_levels,), int64
        Grey level of each rank.
    alpha : int
        A neighbour depends on a voxel if their levels differ by no more than this.
    cooccurrence : ndarray of shape (n_angles, n_levels, n_levels), int32
        Added to: how often a voxel of the row's level is followed, along the direction, by one of the column's.
    dependence : ndarray of shape (n_levels, 2 n_angles + 1), int64
        Added to: voxels by level and number of dependent neighbours.
    tone : ndarray of shape (n_levels, 3), float64
        Added to: voxels of the level, their summed absolute differences from their neighbours' mean level, and
        those among them that have no neighbour at all.
    """
    for i in range(voxels.size):
        if voxels[i] == 0:
            continue
        rank = np.intp(voxels[i]) - 1
        level = levels[rank]
        n_neighbours, n_dependent, total = 0, 0, 0
        for a in range(steps.size):
            ahead, behind = np.intp(voxels[i + steps[a]]), np.intp(voxels[i - steps[a]])
            if ahead:
                cooccurrence[a, rank, ahead - 1] += 1
                other = levels[ahead - 1]
                n_neighbours += 1
                total += other
                n_dependent += abs(level - other) <= alpha
            if behind:
                other = levels[behind - 1]
                n_neighbours += 1
                total += other
                n_dependent += abs(level - other) <= alpha
        dependence[rank, n_dependent] += 1
        tone[rank, 0] += 1
        if n_neighbours:
            tone[rank, 1] += abs(level - total / n_neighbours)
        else:
            tone[rank, 2] += 1


@kernel
def count_runs(voxels, steps, runs):
    """Add up the run-length matrix of every direction.

    No branch depends on the grey levels: on noisy texture the processor would guess wrong at every second voxel.

    Parameters
    ----------
    voxels, steps
        See :func:`count_neighbours`; the directions have distance 1.
    runs : ndarray of shape (n_angles, n_levels, longest), int32
        Added to: runs by level and length, the first column for length 1.
    """
    places = np.flatnonzero(voxels)
    before = np.empty(voxels.size, np.int32)  # voxels of the run before this one; of a place outside, anything
    for a in range(steps.size):
        step = steps[a]
        for i in places:
            rank = voxels[i]
            length = (before[i - step] + 1) * (voxels[i - step] == rank)
            before[i] = length
            runs[a, np.intp(rank) - 1, length] += voxels[i + step] != rank


@kernel
def spans_a_line(grid, dz, dy, dx):
    """Whether any line along a direction meets the region twice; pyradiomics drops directions where none does.

    Parameters
    ----------
    grid : ndarray of three dimensions, uint16
        See :func:`padded_grid`.
    dz, dy, dx : int
        The direction.

    Returns
    -------
    spans : bool
    """
    for z in range(grid.shape[0]):
        for y in range(grid.shape[1]):
            for x in range(grid.shape[2]):
                if grid[z, y, x] == 0:
                    continue
                w, v, u = z + dz, y + dy, x + dx
                while 0 <= w < grid.shape[0] and 0 <= v < grid.shape[1] and 0 <= u < grid.shape[2]:
                    if grid[w, v, u]:
                        return True
                    w, v, u = w + dz, v + dy, u + dx
    return False


@kernel
def _root(links, i):
    """The voxel that stands for the zone of voxel i; links on the way are shortened."""
    while links[i] >= 0:
        above = links[i]
        if links[above] >= 0:
            links[i] = links[above]
        i = above
    return i


@kernel
def count_zones(voxels, steps, links, zone_ranks, zone_sizes):
    """List the connected zones of equal grey level, by union and find.

    Parameters
    ----------
    voxels, steps
        See :func:`count_neighbours`; the steps are those of :func:`zone_steps`.
    links : ndarray of shape (grid.size,), int32
        Working space, need not be initialised: the voxel that this one hangs on, or minus the size of its zone.
    zone_ranks, zone_sizes : ndarray of shape (n_voxels,), int32
        Filled: rank of the grey level and number of voxels of each zone.

    Returns
    -------
    n_zones : int
        How many entries were filled.
    """
    for i in range(voxels.size):
        rank = voxels[i]
        if rank == 0:
            continue
        links[i] = -1
        here = i
        for a in range(steps.size):
            j = i - steps[a]
            if voxels[j] != rank:
                continue
            there = _root(links, j)
            if there != here:
                if links[there] > links[here]:
                    there, here = here, there
                links[there] += links[here]
                links[here] = there
                here = there
            if a == 0:  # the others hang on it already
                break
    n_zones = 0
    for i in range(voxels.size):
        if voxels[i] and links[i] < 0:
            zone_ranks[n_zones] = voxels[i]
            zone_sizes[n_zones] = -links[i]
            n_zones += 1
    return n_zones
