"""Phantoms have the volume, the values and the neighbours that one can work out by hand."""

import numpy as np
import pytest

from fusionkit.datasets import make_phantom


def test_cube_has_its_volume_and_its_margin():
    image, mask = make_phantom("cube", size=5, margin=3)
    assert image.shape == mask.shape == (11, 11, 11)
    assert mask.sum() == 125
    assert mask[3:8, 3:8, 3:8].all()
    assert (image == 100 * mask).all()


@pytest.mark.parametrize("size", [20, 31])
def test_sphere_approaches_its_volume(size):
    image, mask = make_phantom("sphere", size=size, margin=1)
    assert mask.sum() == pytest.approx(np.pi / 6 * size**3, rel=0.01)
    assert (image == 100 * mask).all()
    for axis in range(3):
        np.testing.assert_array_equal(mask, np.flip(mask, axis))


def test_smallest_spheres_by_hand():
    assert make_phantom("sphere", size=1)[1].sum() == 1
    assert make_phantom("sphere", size=2)[1].sum() == 8
    assert make_phantom("sphere", size=3)[1].sum() == 19


def test_gradient_rises_by_one_along_x_only():
    image, _ = make_phantom("gradient", size=4, margin=0)
    np.testing.assert_array_equal(np.diff(image, axis=2), 1)
    np.testing.assert_array_equal(np.diff(image, axis=0), 0)
    np.testing.assert_array_equal(np.diff(image, axis=1), 0)


def test_checkerboard_changes_at_every_step():
    image, _ = make_phantom("checkerboard")
    for axis in range(3):
        np.testing.assert_array_equal(np.abs(np.diff(image, axis=axis)), 1)


def test_noise_follows_the_seed():
    first, again, other = (make_phantom("noise", random_state=seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.9
    assert first.min() >= 0
    assert first.max() <= 63


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "torus"}, "kind must be one of cube, sphere, gradient, checkerboard, noise; got 'torus'"),
        ({"size": 0}, "got size=0"),
        ({"margin": -1}, "margin=-1"),
    ],
)
def test_impossible_phantoms_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_phantom(**arguments)
