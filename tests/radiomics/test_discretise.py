"""Bins fall where pyradiomics puts them, to the last bit of each type."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.discretise import bin_edges, discretise


def pyradiomics_levels(values, settings):
    from radiomics.imageoperations import binImage

    mask = np.ones(values.shape, dtype=bool)
    return binImage(values, mask, **settings)[0]


def levels_of(values, settings, **options):
    grey = discretise(values, settings, **options)
    return grey.levels[grey.ranks.astype(int) - 1]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.int32])
@pytest.mark.parametrize(
    "settings",
    [{}, {"binWidth": 10}, {"binWidth": 0.1}, {"binWidth": 3.3}, {"binCount": 32}, {"binCount": 7}, {"binCount": 1}],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_levels_equal_pyradiomics(dtype, settings, seed):
    values = (np.random.default_rng(seed).normal(20, 60, 4000)).astype(dtype)
    np.testing.assert_array_equal(levels_of(values, settings), pyradiomics_levels(values, settings))


@given(
    hnp.arrays(np.float32, st.integers(1, 30), elements=st.floats(-500, 500, width=32)),
    st.sampled_from([{"binWidth": 25}, {"binWidth": 0.7}, {"binCount": 8}]),
)
def test_levels_equal_pyradiomics_for_any_float32_values(values, settings):
    try:
        expected = pyradiomics_levels(values, settings)
    except ValueError:  # numpy cannot make so many bins between values so close
        with pytest.raises(CaseError, match="are too close for 8 bins"):
            levels_of(values, settings)
    else:
        np.testing.assert_array_equal(levels_of(values, settings), expected)


def test_values_too_close_for_their_bins_are_refused():
    with pytest.raises(CaseError, match=r"from 0 to 1\.40129846e-45 are too close for 8 bins.*smaller binCount"):
        levels_of(np.array([0, 1e-45], np.float32), {"binCount": 8})


@pytest.mark.parametrize("settings", [{"binWidth": 25}, {"binCount": 8}], ids=["width", "count"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.int32])
def test_integers_at_their_extremes_do_not_overflow(dtype, settings):
    info = np.iinfo(dtype)
    low = max(info.min, -1_000_000)
    values = np.array([low, low + 30, 0, info.max - 30 if info.max < 10**6 else 10**6], dtype=dtype)
    np.testing.assert_array_equal(levels_of(values, settings), pyradiomics_levels(values.astype(float), settings))


def test_edges_are_multiples_of_the_width_and_a_value_on_an_edge_lies_above_it():
    assert bin_edges(np.array([54.0, 166.0]), {"binWidth": 25}).tolist() == [50, 75, 100, 125, 150, 175, 200]
    assert levels_of(np.array([54.0, 74.9, 75.0, 175.0]), {"binWidth": 25}).tolist() == [1, 1, 2, 6]


def test_bin_count_wins_over_bin_width_and_the_maximum_lies_in_the_last_bin():
    values = np.array([0.0, 49.0, 51.0, 100.0])
    assert levels_of(values, {"binCount": 2, "binWidth": 1}).tolist() == [1, 1, 2, 2]


def test_a_flat_region_has_one_level():
    for settings in ({}, {"binCount": 16}):
        assert discretise(np.full(9, 50.0), settings).levels.size == 1


def test_ibsi_bins_begin_at_the_lowest_value_or_at_the_range():
    values = np.array([54.0, 80.0, 166.0])
    assert bin_edges(values, {"binWidth": 25}, ibsi=True)[0] == 54.0
    assert bin_edges(values, {"binWidth": 25, "resegmentRange": [-1000, 400]}, ibsi=True)[0] == -1000
    assert levels_of(values, {"binWidth": 25}, ibsi=True).tolist() == [1, 2, 5]


def test_levels_counts_and_ranks_describe_the_same_voxels():
    values = np.random.default_rng(0).normal(0, 100, 500)
    grey = discretise(values, {"binWidth": 10})
    np.testing.assert_array_equal(np.bincount(grey.ranks)[1:], grey.counts)
    assert grey.counts.sum() == values.size
    assert (np.diff(grey.levels) > 0).all()
    assert grey.highest == grey.levels[-1]


def test_a_bin_width_that_gives_a_million_bins_is_refused():
    with pytest.raises(CaseError, match=r"from 0 to 1e\+09 .* bins of width 25.*larger binWidth"):
        discretise(np.array([0.0, 1e9]), {})


def test_more_levels_than_16_bits_hold_are_refused():
    with pytest.raises(CaseError, match=r"70000 different grey levels.*Choose a larger binWidth"):
        discretise(np.arange(70_000.0), {"binWidth": 1})
