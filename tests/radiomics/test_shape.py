"""Shape features equal pyradiomics's mesh, diameters and axes, for any region and spacing."""

import numpy as np
import pytest

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.catalogue import feature_names
from fusionkit.radiomics.features import compute_features
from fusionkit.radiomics.mesh import diameters, surface_area_and_volume, surface_points
from tests.radiomics.oracle import blob, pyradiomics_features, relative_difference

SHAPE = feature_names("shape", on_request=True)
SHAPE_2D = feature_names("shape2D", on_request=True)


def ragged(seed, density, shape=(5, 6, 7)):
    return np.random.default_rng(seed).random(shape) < density


def voxels(*where, shape=(5, 6, 7)):
    mask = np.zeros(shape, dtype=bool)
    mask[where] = True
    return mask


REGIONS = {
    "blob": blob(0)[1],
    "blob-touching-the-border": blob(1)[1][1:-1, 1:-1, 1:-1],
    "sparse": ragged(1, 0.1),
    "ragged": ragged(2, 0.5),
    "nearly-full": ragged(3, 0.9),
    "box": voxels(slice(1, 3), slice(2, 5), slice(1, 6)),
    "one-slice": voxels(slice(2, 3), slice(1, 5), slice(1, 6)),
    "line": voxels(2, 3, slice(1, 6)),
    "one-voxel": voxels(1, 2, 3),
}


@pytest.mark.parametrize("spacing_mm", [(1.0, 1.0, 1.0), (3.0, 0.7, 0.9)], ids=["isotropic", "anisotropic"])
@pytest.mark.parametrize("mask", REGIONS.values(), ids=REGIONS)
def test_every_feature_equals_pyradiomics(mask, spacing_mm):
    image = mask.astype(float)
    expected = pyradiomics_features("shape", image, mask, spacing_mm, {}, SHAPE)
    got = compute_features(image, mask, spacing_mm, {}, {"shape": SHAPE})
    for name in SHAPE:
        assert relative_difference(got[f"shape_{name}"], expected[name], floor=1e-9) < 1e-9, name


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("mask", [REGIONS["blob"], REGIONS["ragged"], REGIONS["box"]], ids=["blob", "ragged", "box"])
def test_every_feature_in_a_plane_equals_pyradiomics(mask, axis):
    flat = np.zeros_like(mask)
    middle = tuple(2 if a == axis else slice(None) for a in range(3))
    flat[middle] = mask[middle]
    settings = {"force2D": True, "force2Ddimension": axis}
    expected = pyradiomics_features("shape2D", flat.astype(float), flat, (3.0, 0.7, 0.9), settings, SHAPE_2D)
    got = compute_features(flat.astype(float), flat, (3.0, 0.7, 0.9), settings, {"shape2D": SHAPE_2D})
    for name in SHAPE_2D:
        assert relative_difference(got[f"shape2D_{name}"], expected[name], floor=1e-9) < 1e-9, name


def test_a_thick_region_has_no_shape_in_a_plane():
    mask = REGIONS["box"]
    with pytest.raises(CaseError, match=r"along axis z this one has 2 voxels.*Use the class 'shape'"):
        compute_features(mask.astype(float), mask, (1, 1, 1), {"force2D": True}, {"shape2D": None})


def test_a_ball_has_the_volume_and_diameter_of_a_ball():
    z, y, x = np.mgrid[-20:21, -20:21, -20:21] * 0.5
    ball = z**2 + y**2 + x**2 <= 9.0**2
    _, volume = surface_area_and_volume(ball, (0.5, 0.5, 0.5))
    (slices, columns, rows), overall = diameters(surface_points(ball), (0.5, 0.5, 0.5))
    assert volume == pytest.approx(4 / 3 * np.pi * 9.0**3, rel=0.01)
    assert slices == columns == rows == pytest.approx(18.0, abs=0.75)
    assert overall == pytest.approx(18.0, abs=0.75)


@pytest.mark.parametrize("seed", range(3))
def test_diameters_are_those_of_all_pairs(seed):
    points = surface_points(ragged(seed, 0.4, (7, 9, 8)))
    spacing_mm = np.array([2.5, 0.8, 1.1])
    pairs = (points[:, None] - points[None]) / 2 * spacing_mm
    distances = np.sqrt((pairs**2).sum(axis=-1))
    same_plane = [distances[points[:, None, axis] == points[None, :, axis]].max() for axis in range(3)]
    in_plane, overall = diameters(points, spacing_mm)
    assert in_plane == pytest.approx(same_plane, rel=1e-13)
    assert overall == pytest.approx(distances.max(), rel=1e-13)
