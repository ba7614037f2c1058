"""One call gives all features; what it cannot use it refuses with the way out."""

import numpy as np
import pytest

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.features import Region, compute_features
from tests.radiomics.oracle import blob

SPACING = (3.0, 0.7, 0.9)
ALL = dict.fromkeys(("firstorder", "shape", "glcm", "glrlm", "glszm", "gldm", "ngtdm"))


def test_all_107_features_come_in_the_order_asked_for():
    image, mask = blob(0)
    got = compute_features(image, mask, SPACING, {}, {"ngtdm": None, "firstorder": ["Mean", "Energy"]})
    assert [name.split("_")[0] for name in got] == ["ngtdm"] * 5 + ["firstorder"] * 2
    everything = compute_features(image, mask, SPACING, {}, ALL)
    assert len(everything) == 107
    assert all(type(value) is float for value in everything.values())
    assert all(np.isfinite(value) for value in everything.values())


def test_shape_false_leaves_out_the_shape_classes():
    image, mask = blob(0)
    got = compute_features(image, mask, SPACING, {}, {"shape": None, "firstorder": ["Mean"]}, shape=False)
    assert list(got) == ["firstorder_Mean"]


def test_one_class_alone_has_the_values_it_has_among_all():
    image, mask = blob(1)
    everything = compute_features(image, mask, SPACING, {}, ALL)
    for feature_class in ALL:
        alone = compute_features(image, mask, SPACING, {}, {feature_class: None})
        assert alone.items() <= everything.items()


def test_the_input_is_left_as_it_was():
    image, mask = blob(2)
    before = image.copy(), mask.copy()
    compute_features(image, mask, SPACING, {"binWidth": 5}, ALL)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(mask, before[1])


def test_any_memory_layout_and_read_only_arrays_serve():
    image, mask = blob(2)
    expected = compute_features(image, mask, SPACING, {}, ALL)
    for other in (np.asfortranarray(image), np.repeat(image, 2, axis=2)[:, :, ::2]):
        other.flags.writeable = False
        assert compute_features(other, np.asfortranarray(mask), SPACING, {}, ALL) == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.int64, np.float32])
def test_whole_numbers_have_the_same_features_in_every_type(dtype):
    image, mask = blob(3, low=0, high=250)
    image = np.rint(image)
    expected = compute_features(image, mask, SPACING, {}, ALL)
    got = compute_features(image.astype(dtype), mask, SPACING, {}, ALL)
    assert got == pytest.approx(expected, rel=1e-12)


def test_an_empty_region_is_refused():
    image, mask = blob(0)
    with pytest.raises(CaseError, match=r"region is empty.*Check the label"):
        compute_features(image, np.zeros_like(mask), SPACING, {}, ALL)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_inside_the_region_only(bad):
    image, mask = blob(0)
    image[~mask] = bad
    compute_features(image, mask, SPACING, {}, ALL)
    image[tuple(np.argwhere(mask)[3])] = bad
    with pytest.raises(CaseError, match=rf"1 of {mask.sum()} voxels of the region are NaN or infinite"):
        compute_features(image, mask, SPACING, {}, ALL)


def test_arrays_that_do_not_match_are_a_value_error():
    image, mask = blob(0)
    with pytest.raises(ValueError, match="must be zyx arrays of one shape"):
        compute_features(image[1:], mask, SPACING, {}, ALL)
    with pytest.raises(ValueError, match="must be zyx arrays of one shape"):
        compute_features(image[0], mask[0], SPACING, {}, ALL)


def test_a_region_holds_its_crop_only():
    image, mask = blob(0)
    region = Region(image, mask, SPACING, {})
    assert region.mask.shape == tuple(np.ptp(where) + 1 for where in np.nonzero(mask))
    np.testing.assert_array_equal(region.values, image[mask])
