"""Counted matrices equal those that a few plain lines of Python count, and pyradiomics's."""

from itertools import product

import numpy as np
import pytest
from scipy import ndimage

from fusionkit.radiomics.discretise import discretise
from fusionkit.radiomics.matrices import angles, padded_grid
from fusionkit.radiomics.texture import TextureMatrices


def matrices_of(seed=0, shape=(4, 5, 6), n_levels=4, density=0.7, **settings):
    rng = np.random.default_rng(seed)
    levels = rng.integers(1, n_levels + 1, shape).astype(float)
    mask = rng.random(shape) < density
    mask[[0, -1], [0, -1], [0, -1]] = True
    grey = discretise(levels[mask], {"binWidth": 1})
    levels[~mask] = 0
    return TextureMatrices(mask, grey, (1, 1, 1), settings), levels.astype(int), mask


def inside(place, shape):
    return all(0 <= p < size for p, size in zip(place, shape, strict=True))


@pytest.mark.parametrize(
    ("shape", "distances", "axis"),
    [
        ((9, 9, 9), [1], None),
        ((9, 9, 9), [1, 2], None),
        ((9, 9, 9), [3], None),
        ((9, 9, 9), [1], 0),
        ((9, 9, 9), [2], 2),
        ((1, 9, 9), [1], None),
        ((2, 9, 9), [2], None),
    ],
)
def test_directions_are_those_of_pyradiomics_in_its_order(shape, distances, axis):
    from radiomics import cMatrices

    expected = cMatrices.generate_angles(
        np.array(shape), np.array(distances), False, axis is not None, 0 if axis is None else axis
    )
    np.testing.assert_array_equal(angles(shape, distances, axis), expected)


def test_the_13_directions_and_their_opposites_are_the_26_neighbours():
    found = angles((5, 5, 5), [1])
    both = {tuple(a) for a in found} | {tuple(-a) for a in found}
    assert both == set(product((-1, 0, 1), repeat=3)) - {(0, 0, 0)}


def test_the_grid_is_empty_outside_the_region_and_on_its_border():
    mask = np.array([[[True, False], [True, True]]])
    grid = padded_grid(mask, np.array([3, 1, 2], dtype=np.uint16), 2)
    assert grid.shape == (5, 6, 6)
    assert grid[2, 2:4, 2:4].tolist() == [[3, 0], [1, 2]]
    assert grid.sum() == 6


@pytest.mark.parametrize("distances", [[1], [1, 2]])
def test_cooccurrence_counts_each_pair_once_for_its_direction(distances):
    matrices, levels, mask = matrices_of(distances=distances)
    directions, counted, _, _ = matrices.neighbours()
    expected = np.zeros_like(counted)
    for a, step in enumerate(directions):
        for place in np.argwhere(mask):
            other = tuple(place + step)
            if inside(other, mask.shape) and mask[other]:
                expected[a, levels[tuple(place)] - 1, levels[other] - 1] += 1
    np.testing.assert_array_equal(counted, expected)


@pytest.mark.parametrize("alpha", [0, 1])
def test_dependence_and_tone_look_at_all_neighbours(alpha):
    matrices, levels, mask = matrices_of(seed=1, density=0.3, gldm_a=alpha)
    _, _, dependence, tone = matrices.neighbours()
    expected, expected_tone = np.zeros_like(dependence), np.zeros_like(tone)
    for place in np.argwhere(mask):
        level = levels[tuple(place)]
        around = [tuple(place + step) for step in product((-1, 0, 1), repeat=3) if any(step)]
        others = np.array([levels[other] for other in around if inside(other, mask.shape) and mask[other]])
        expected[level - 1, int((np.abs(others - level) <= alpha).sum())] += 1
        expected_tone[level - 1] += [1, abs(level - others.mean()) if others.size else 0, others.size == 0]
    np.testing.assert_array_equal(dependence, expected)
    np.testing.assert_allclose(tone, expected_tone, rtol=1e-13)


def test_runs_are_maximal_lines_of_one_level():
    matrices, levels, mask = matrices_of(seed=2, n_levels=2)
    lengths, counted = matrices.glrlm()
    directions = angles(mask.shape, [1])
    for step, counts in zip(directions, counted, strict=True):
        expected = np.zeros((2, max(mask.shape)))
        for place in np.argwhere(mask):
            level, length, before, after = levels[tuple(place)], 1, tuple(place - step), tuple(place + step)
            if inside(before, mask.shape) and levels[before] == level:
                continue
            while inside(after, mask.shape) and levels[after] == level:
                length, after = length + 1, tuple(np.array(after) + step)
            expected[level - 1, length - 1] += 1
        np.testing.assert_array_equal(counts, expected[:, lengths - 1])


@pytest.mark.parametrize("axis", [None, 0, 2])
@pytest.mark.parametrize("seed", range(4))
def test_zones_are_the_connected_components_of_each_level(seed, axis):
    settings = {} if axis is None else {"force2D": True, "force2Ddimension": axis}
    matrices, levels, _ = matrices_of(seed=seed, shape=(6, 7, 8), n_levels=2, density=0.5, **settings)
    neighbourhood = np.ones((3, 3, 3), dtype=bool)
    if axis is not None:
        np.moveaxis(neighbourhood, axis, 0)[[0, 2]] = False
    sizes, counts = matrices.glszm()
    for level in (1, 2):
        labels, n = ndimage.label(levels == level, structure=neighbourhood)
        of_label = np.bincount(labels.ravel())[1:]
        assert counts[0, level - 1].sum() == n
        np.testing.assert_array_equal(counts[0, level - 1], [(of_label == size).sum() for size in sizes])


def test_a_zone_that_winds_through_the_volume_is_one():
    spiral = np.zeros((1, 9, 9))
    spiral[0, ::2] = 1
    spiral[0, 1, 8] = spiral[0, 3, 0] = spiral[0, 5, 8] = spiral[0, 7, 0] = 1
    mask = spiral > 0
    matrices = TextureMatrices(mask, discretise(spiral[mask], {"binWidth": 1}), (1, 1, 1), {})
    sizes, counts = matrices.glszm()
    assert sizes.tolist() == [int(mask.sum())]
    assert counts.tolist() == [[[1.0]]]


def test_matrices_account_for_every_voxel():
    matrices, _, mask = matrices_of(seed=3)
    n = mask.sum()
    lengths, runs = matrices.glrlm()
    sizes, zones = matrices.glszm()
    assert ((runs * lengths).sum(axis=(1, 2)) == n).all()
    assert (zones * sizes).sum() == n
    assert matrices.gldm()[1].sum() == n
    assert matrices.ngtdm()[:, 0].sum() == n
    np.testing.assert_allclose(matrices.glcm().sum(axis=(1, 2)), 1.0, rtol=1e-13)
