"""First-order statistics equal pyradiomics's, and IBSI's where asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fusionkit.radiomics.catalogue import feature_names
from fusionkit.radiomics.features import compute_features
from fusionkit.radiomics.firstorder import first_order_statistics
from tests.radiomics.oracle import blob, pyradiomics_features, relative_difference

SPACING = (3.0, 0.7, 0.9)
ALL = feature_names("firstorder", on_request=True)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.int32])
@pytest.mark.parametrize(
    "settings",
    [{}, {"binWidth": 7.3, "voxelArrayShift": 300}, {"binCount": 16}, {"binWidth": 0.1, "voxelArrayShift": -5}],
    ids=["default", "width-7.3", "count-16", "width-0.1"],
)
def test_every_feature_equals_pyradiomics(dtype, settings):
    image, mask = blob(1, dtype=dtype, low=-120, high=260)
    expected = pyradiomics_features("firstorder", image, mask, SPACING, settings, ALL)
    got = compute_features(image, mask, SPACING, settings, {"firstorder": ALL})
    for name in ALL:
        assert relative_difference(got[f"firstorder_{name}"], expected[name]) < 1e-9, name


@pytest.mark.parametrize("value", [0.0, 37.0, -25.0])
def test_a_flat_region_has_what_pyradiomics_gives(value):
    image, mask = blob(2)
    image = np.full_like(image, value)
    expected = pyradiomics_features("firstorder", image, mask, SPACING)
    got = compute_features(image, mask, SPACING, {}, {"firstorder": None})
    assert {name: got[f"firstorder_{name}"] for name in expected} == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_one_voxel_has_its_own_value_as_mean():
    image, mask = blob(3)
    mask[:] = False
    mask[4, 5, 6] = True
    expected = pyradiomics_features("firstorder", image, mask, SPACING)
    got = compute_features(image, mask, SPACING, {}, {"firstorder": None})
    assert {name: got[f"firstorder_{name}"] for name in expected} == pytest.approx(expected, rel=1e-12, abs=1e-12)


def statistics_of(values, *arguments, **options):
    return {name: float(value) for name, value in first_order_statistics(values, *arguments, **options).items()}


def test_ibsi_kurtosis_is_excess_kurtosis_and_energy_ignores_the_shift():
    values = np.random.default_rng(4).normal(100, 20, 500)
    ours = statistics_of(values, np.array([500]), 2.0, 1000.0)
    ibsi = statistics_of(values, np.array([500]), 2.0, 1000.0, ibsi=True)
    assert ibsi["Kurtosis"] == pytest.approx(stats.kurtosis(values), rel=1e-12)
    assert ours["Kurtosis"] == pytest.approx(stats.kurtosis(values, fisher=False), rel=1e-12)
    assert ibsi["Energy"] == pytest.approx(np.sum(values**2), rel=1e-12)
    assert ours["Energy"] == pytest.approx(np.sum((values + 1000) ** 2), rel=1e-12)
    assert {name for name in ours if ours[name] != ibsi[name]} == {
        "Kurtosis",
        "Energy",
        "TotalEnergy",
        "RootMeanSquared",
    }


@given(
    st.lists(st.integers(-1000, 3000), min_size=2, max_size=60),
    st.randoms(use_true_random=False),
    st.integers(-500, 500),
)
def test_order_does_not_matter_and_a_shift_moves_the_mean_only(values, random, shift):
    values = np.array(values, dtype=float)
    counts = np.array([values.size])
    shuffled = values.copy()
    random.shuffle(shuffled)
    here = statistics_of(values, counts, 1.0)
    assert statistics_of(shuffled, counts, 1.0) == pytest.approx(here, rel=1e-9, abs=1e-9, nan_ok=True)
    moved = statistics_of(values + shift, counts, 1.0)
    for name in ("Variance", "InterquartileRange", "Range", "MeanAbsoluteDeviation", "RobustMeanAbsoluteDeviation"):
        assert moved[name] == pytest.approx(here[name], rel=1e-9, abs=1e-9, nan_ok=True)
    assert moved["Mean"] == pytest.approx(here["Mean"] + shift, rel=1e-9, abs=1e-9)


def test_many_regions_of_equal_size_have_what_each_has_alone():
    rng = np.random.default_rng(5)
    values, counts = rng.normal(50, 20, (6, 40)), rng.integers(0, 9, (6, 7))
    together = first_order_statistics(values, counts, 2.0, 10.0)
    for row in range(6):
        alone = statistics_of(values[row], counts[row], 2.0, 10.0)
        assert {name: float(value[row]) for name, value in together.items()} == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16])
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (1001,), (5, 38), (3, 1)], ids=str)
def test_short_whole_numbers_give_bit_for_bit_what_float64_gives(dtype, shape):
    limits = np.iinfo(dtype)
    values = np.random.default_rng(6).integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    counts = np.ones((*shape[:-1], 4))
    expected = first_order_statistics(values.astype(np.float64), counts, 2.0, 10.0)
    for name, got in first_order_statistics(values, counts, 2.0, 10.0).items():
        np.testing.assert_array_equal(got, expected[name], err_msg=name)
