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

CHUNK = 1024
"""Voxels in a row that are looked at together: every step of the work is a loop over them that the processor's vector
units share, and what it leaves behind stays in the fast memory."""

NARROW = 32
"""Steps shorter than this are not worth a loop of their own length; a longer chunk is then worked on in order."""


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
def _extent(voxels):
    """Where the region begins in the flattened grid, and where it has ended."""
    first, end = 0, voxels.size
    while first < end and voxels[first] == 0:
        first += 1
    while first < end and voxels[end - 1] == 0:
        end -= 1
    return first, end


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
        Grey level of each rank, from 1 to some millions.
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
    grey = np.zeros(levels.size + 1, np.int32)
    for rank in range(levels.size):
        grey[rank + 1] = levels[rank]
    grid = np.empty(voxels.size, np.int32)
    for i in range(voxels.size):
        grid[i] = grey[voxels[i]]
    n_neighbours, n_dependent, total, entry = np.empty((4, CHUNK), np.int32)
    inside = np.empty(CHUNK, np.int32)
    first, end = _extent(voxels)
    for start in range(first, end, CHUNK):
        stop = min(start + CHUNK, end)
        n_inside = _inside(voxels[start:stop], inside)
        here, rank = grid[start:stop], voxels[start:stop]
        n_neighbours[:], n_dependent[:], total[:] = 0, 0, 0
        for a in range(steps.size):
            step = steps[a]
            ahead, behind = grid[start + step : stop + step], grid[start - step : stop - step]
            for j in range(stop - start):
                is_ahead, is_behind = np.int32(ahead[j] != 0), np.int32(behind[j] != 0)
                n_neighbours[j] += is_ahead + is_behind
                n_dependent[j] += is_ahead * np.int32(abs(ahead[j] - here[j]) <= alpha)
                n_dependent[j] += is_behind * np.int32(abs(behind[j] - here[j]) <= alpha)
                total[j] += ahead[j] + behind[j]
            followed_by = voxels[start + step : stop + step]
            for j in range(stop - start):
                entry[j] = (np.int32(rank[j]) - 1) * np.int32(levels.size) + np.int32(followed_by[j]) - 1
            pairs = cooccurrence[a].ravel()
            for k in range(n_inside):
                j = np.uintp(inside[k])
                if followed_by[j]:
                    pairs[np.uintp(entry[j])] += 1
        for k in range(n_inside):
            j = np.uintp(inside[k])
            row = np.uintp(rank[j] - 1)
            dependence[row, np.uintp(n_dependent[j])] += 1
            tone[row, 0] += 1
            if n_neighbours[j]:
                tone[row, 1] += abs(here[j] - total[j] / n_neighbours[j])
            else:
                tone[row, 2] += 1


@kernel
def _inside(voxels, inside):
    """List the places that are not 0, without a branch; returns how many there are."""
    n = 0
    for j in range(voxels.size):
        inside[n] = j
        n += voxels[j] != 0
    return n


@kernel
def count_runs(voxels, steps, runs):
    """Count the run-length matrix of every direction.

    Only runs of two voxels and more are looked for: the rest of a level's voxels are runs of one.

    Parameters
    ----------
    voxels, steps
        See :func:`count_neighbours`; the directions have distance 1.
    runs : ndarray of shape (n_angles, n_levels, longest), int32, zeros
        Filled: runs by level and length, the first column for length 1.
    """
    first, end = _extent(voxels)
    n_voxels = np.zeros(runs.shape[1] + 1, np.int64)
    for i in range(first, end):
        n_voxels[voxels[i]] += 1
    before = np.empty(voxels.size, np.uint16)  # voxels of the run before this one; of a place outside, anything
    is_end, ends = np.empty(CHUNK, np.uint16), np.empty(CHUNK, np.int32)
    one, longest = np.uint16(1), np.uintp(runs.shape[2])
    for a in range(steps.size):
        step = steps[a]
        counts = runs[a].ravel()
        width = min(step, CHUNK) if step >= NARROW else CHUNK
        for start in range(first, end, width):
            stop = min(start + width, end)
            here, ahead, behind = (
                voxels[start:stop],
                voxels[start + step : stop + step],
                voxels[start - step : stop - step],
            )
            earlier, length = before[start - step : stop - step], before[start:stop]
            for j in range(stop - start):
                length[j] = (earlier[j] + one) * np.uint16(behind[j] == here[j])
            for j in range(stop - start):
                is_end[j] = (ahead[j] != here[j]) & (here[j] != 0) & (length[j] != 0)
            for k in range(_inside(is_end[: stop - start], ends)):
                j = np.uintp(ends[k])
                counts[np.uintp(here[j] - one) * longest + np.uintp(length[j])] += 1
        for rank in range(runs.shape[1]):
            alone = n_voxels[rank + 1]
            for length_less_1 in range(1, runs.shape[2]):
                alone -= (length_less_1 + 1) * runs[a, rank, length_less_1]
            runs[a, rank, 0] = alone


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
        See :func:`count_neighbours`; the steps are those of :func:`zone_steps`, at most 13.
    links : ndarray of shape (grid.size,), int32
        Working space, need not be initialised: the voxel that this one hangs on, or minus the size of its zone.
    zone_ranks, zone_sizes : ndarray of shape (n_voxels,), int32
        Filled: rank of the grey level and number of voxels of each zone.

    Returns
    -------
    n_zones : int
        How many entries were filled.
    """
    first, end = _extent(voxels)
    equals, inside = np.empty(CHUNK, np.uint16), np.empty(CHUNK, np.int32)
    for start in range(first, end, CHUNK):
        stop = min(start + CHUNK, end)
        here = voxels[start:stop]
        equals[:] = 0
        for a in range(steps.size):
            behind, bit = voxels[start - steps[a] : stop - steps[a]], np.uint16(1 << a)
            for j in range(stop - start):
                equals[j] |= bit * np.uint16(behind[j] == here[j])
        for k in range(_inside(here, inside)):
            _join_zones(links, start + inside[k], equals[inside[k]], steps)
    n_zones = 0
    for i in range(first, end):
        if voxels[i] and links[i] < 0:
            zone_ranks[n_zones] = voxels[i]
            zone_sizes[n_zones] = -links[i]
            n_zones += 1
    return n_zones


@kernel
def _join_zones(links, i, equals, steps):
    """Join a voxel with the zones of its equals: one bit for each step backwards."""
    links[i] = -1
    here = i
    first_holds_all = equals & 1  # the other equals hang on it already, see zone_steps
    while equals:
        lowest = np.uint16(equals & (np.uint16(0) - equals))
        equals = np.uint16(equals ^ lowest)
        there = _root(links, i - steps[_PLACE_OF_BIT[np.uint16(lowest * np.uint16(_DE_BRUIJN)) >> 12]])
        if there != here:
            if links[there] > links[here]:
                there, here = here, there
            links[there] += links[here]
            links[here] = there
            here = there
        if first_holds_all:
            return


_DE_BRUIJN = 0x0F2D
"""A word of 16 bits: times a power of two, its first four bits tell which power."""

_PLACE_OF_BIT = np.argsort([(_DE_BRUIJN << place & 0xFFFF) >> 12 for place in range(16)])
