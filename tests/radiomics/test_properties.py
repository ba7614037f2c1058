"""What must not matter does not: where the region lies, how the axes stand, what is around it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fusionkit.radiomics.features import compute_features

TEXTURES = dict.fromkeys(("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"))
WHOLE = TEXTURES | {"shape": None}
IN_PLANES = ("shape_Maximum2DDiameterColumn", "shape_Maximum2DDiameterRow", "shape_Maximum2DDiameterSlice")
MESH = tuple(f"shape_{name}" for name in ("MeshVolume", "SurfaceArea", "SurfaceVolumeRatio", "Sphericity"))
"""Marching cubes cut ambiguous faces one way, so that a ragged mesh depends on how the axes stand."""
EXACT = {"rel": 1e-9, "abs": 1e-9, "nan_ok": True}
AXES = ("shape_LeastAxisLength", "shape_MinorAxisLength", "shape_Flatness", "shape_Elongation")
"""Of a flat region the least variance is 0 but for rounding, some 1e-15 mm2, whose root is 1e-6 at most."""
quiet = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def regions(draw):
    """A small image of few levels and a region of at least three voxels in it."""
    shape = tuple(draw(st.integers(2, 6)) for _ in range(3))
    image = draw(hnp.arrays(np.int16, shape, elements=st.integers(0, 120)))
    mask = draw(hnp.arrays(np.bool_, shape, fill=st.booleans()))
    mask.flat[:: max(1, mask.size // 3)] = True
    return image, mask


def features_of(image, mask, spacing_mm=(1.0, 1.0, 1.0), enabled=WHOLE, **options):
    return compute_features(image, mask, spacing_mm, options, enabled)


def without(features, *left_out):
    return {name: value for name, value in features.items() if name not in left_out}


def assert_same(there, here, *left_out):
    there, here = without(there, *left_out), without(here, *left_out)
    assert without(there, *AXES) == pytest.approx(without(here, *AXES), **EXACT)
    for name in set(AXES) - set(left_out):
        assert there[name] == pytest.approx(here[name], rel=1e-9, abs=1e-6, nan_ok=True), name


@quiet
@given(regions(), st.permutations(range(3)))
def test_exchanging_the_axes_changes_nothing_but_the_planes_names(region, axes):
    image, mask = region
    spacing_mm = (3.0, 0.7, 1.1)
    turned = [array.transpose(axes) for array in region]
    here = features_of(image, mask, spacing_mm)
    there = features_of(*turned, [spacing_mm[axis] for axis in axes])
    assert_same(there, here, *IN_PLANES, *MESH)
    assert sorted(there[name] for name in IN_PLANES) == pytest.approx(sorted(here[name] for name in IN_PLANES), **EXACT)


@quiet
@given(regions(), st.lists(st.integers(0, 2), unique=True))
def test_flipping_axes_changes_nothing(region, flipped):
    here = features_of(*region)
    there = features_of(*(np.flip(array, flipped) for array in region))
    assert_same(there, here, *MESH)


@quiet
@given(regions(), st.sampled_from([(0, 1), (0, 2), (1, 2)]), st.integers(1, 3))
def test_turning_by_right_angles_changes_nothing(region, plane, quarters):
    here = features_of(*region)
    there = features_of(*(np.rot90(array, quarters, plane) for array in region))
    assert_same(there, here, *IN_PLANES, *MESH)


@pytest.mark.parametrize("axes", [(0, 2, 1), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_the_mesh_of_a_smooth_region_is_the_same_however_the_axes_stand(axes):
    z, y, x = np.mgrid[-8:9, -8:9, -8:9]
    mask = (z / 7.2) ** 2 + (y / 5.3) ** 2 + (x / 6.1) ** 2 <= 1
    here = features_of(mask.astype(float), mask, (1, 1, 1), {"shape": None})
    there = features_of(mask.transpose(axes).astype(float), mask.transpose(axes), (1, 1, 1), {"shape": None})
    assert without(there, *IN_PLANES) == pytest.approx(without(here, *IN_PLANES), **EXACT)


@quiet
@given(regions(), st.tuples(*[st.tuples(st.integers(0, 4), st.integers(0, 4))] * 3), st.integers(-999, 999))
def test_what_lies_around_the_region_does_not_matter(region, margins, outside):
    image, mask = region
    image = np.where(mask, image, 7).astype(np.int16)
    here = features_of(image, mask)
    there = features_of(np.pad(image, margins, constant_values=outside), np.pad(mask, margins))
    assert there == pytest.approx(here, rel=0, abs=0, nan_ok=True)


@quiet
@given(regions(), st.integers(-20, 20))
def test_adding_whole_bins_leaves_texture_as_it_is(region, bins):
    image, mask = region
    textures = dict.fromkeys(("glcm", "glrlm", "glszm", "gldm", "ngtdm"))
    here = features_of(image, mask, enabled=textures, binWidth=25)
    there = features_of(image + np.int16(25 * bins), mask, enabled=textures, binWidth=25)
    assert there == pytest.approx(here, rel=0, abs=0, nan_ok=True)


@quiet
@given(regions(), st.floats(0.2, 5.0))
def test_stretching_the_voxels_scales_lengths_areas_and_volumes(region, factor):
    image, mask = region
    here = features_of(image, mask, (1.0, 2.0, 0.5), {"shape": None})
    there = features_of(image, mask, (factor, 2.0 * factor, 0.5 * factor), {"shape": None})
    powers = {"SurfaceArea": 2, "MeshVolume": 3, "VoxelVolume": 3, "SurfaceVolumeRatio": -1}
    free = {"Elongation", "Flatness", "Sphericity"}
    for name, value in here.items():
        short = name.removeprefix("shape_")
        power = 0 if short in free else powers.get(short, 1)
        floor = 1e-5 if name in AXES else 1e-9  # the root of rounding, times the largest factor
        assert there[name] == pytest.approx(value * factor**power, rel=1e-9, abs=floor, nan_ok=True), name
