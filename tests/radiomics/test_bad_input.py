"""Bad input: each case that cannot be measured is refused with the reason, and extremes of a type are no such case."""

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.radiomics import extract_features

SHAPE = (9, 14, 15)
BLOCK = np.s_[2:7, 3:10, 4:12]


def image(dtype=np.int16):
    return np.random.default_rng(3).integers(0, 250, SHAPE).astype(dtype)


def mask(where=BLOCK):
    roi = np.zeros(SHAPE, np.uint8)
    roi[where] = 1
    return sitk.GetImageFromArray(roi)


def features(array, roi=None, **settings):
    document = {"setting": settings} if settings else None
    return extract_features(sitk.GetImageFromArray(array), roi or mask(), document)


def test_one_voxel_is_refused():
    with pytest.raises(CaseError, match="the region is a single voxel"):
        features(image(), mask((4, 5, 6)))


def test_a_line_is_refused_unless_the_settings_allow_it():
    line = mask(np.s_[4, 5, 2:9])
    with pytest.raises(CaseError, match=r"1 x 1 x 7 voxels \(z, y, x\) and extends along 1 axes"):
        features(image(), line)
    assert features(image(), line, minimumROIDimensions=1)["original_shape_VoxelVolume"] == 7


def test_a_region_smaller_than_asked_for_is_refused():
    with pytest.raises(CaseError, match="the region has 280 voxels; minimumROISize asks for more than 280"):
        features(image(), minimumROISize=280)
    assert features(image(), minimumROISize=279)


def test_a_flat_region_has_features_and_those_undefined_are_nan_or_pyradiomicss_convention():
    pytest.importorskip("radiomics")
    flat = np.full(SHAPE, 7, np.int16)
    theirs = extract_features(sitk.GetImageFromArray(flat), mask(), engine="pyradiomics")
    assert features(flat) == pytest.approx(theirs, rel=1e-9, nan_ok=True)


def test_a_region_at_the_border_is_measured_like_any_other():
    pytest.importorskip("radiomics")
    document = {"imageType": {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0]}, "Gradient": {}}}
    pair = sitk.GetImageFromArray(image()), mask(np.s_[:6, 9:, 10:])
    theirs = extract_features(*pair, document, engine="pyradiomics")
    assert extract_features(*pair, document) == pytest.approx(theirs, rel=5e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_in_the_region_that_is_not_finite_is_refused(value):
    array = image(np.float32)
    array[4, 5, 6] = value
    with pytest.raises(CaseError, match="1 of 280 voxels of the region are NaN or infinite"):
        features(array)


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nii", "a.nrrd"])
def test_a_value_that_is_not_finite_is_found_in_files_too(tmp_path, name):
    array = image(np.float32)
    array[4, 5, 6] = np.nan
    sitk.WriteImage(sitk.GetImageFromArray(array), str(tmp_path / name))
    with pytest.raises(CaseError, match="1 of 280 voxels of the region are NaN or infinite"):
        extract_features(tmp_path / name, mask())


def test_a_value_far_from_the_region_that_is_not_finite_does_no_harm():
    array = image(np.float32)
    whole = features(array)
    array[0, 0, 0] = np.nan
    assert features(array) == whole


def test_a_filter_that_reaches_a_value_that_is_not_finite_refuses_the_case_by_name():
    array = image(np.float32)
    array[0, 0, 0] = np.nan
    with pytest.raises(CaseError, match=r"^log-sigma-1-0-mm-3D: .*NaN or infinite"):
        extract_features(sitk.GetImageFromArray(array), mask(), {"imageType": {"LoG": {"sigma": [1.0]}}})


def test_normalising_a_flat_or_broken_image_is_refused():
    with pytest.raises(CaseError, match="cannot be normalised: its standard deviation is 0"):
        features(np.full(SHAPE, 7, np.int16), normalize=True)


def test_resegmenting_to_nothing_is_refused_with_the_intensities_that_are_there():
    with pytest.raises(CaseError, match=r"leaves 0 of 280 voxels: the region's intensities go from \d+ to \d+"):
        features(image(), resegmentRange=[1000, 2000])


def test_a_voxel_size_of_the_wrong_dimension_is_refused():
    with pytest.raises(CaseError, match="resampledPixelSpacing has 2 values, but the image has 3 dimensions"):
        features(image(), resampledPixelSpacing=[1, 1])


def test_voxels_too_small_for_the_memory_are_refused_before_they_are_allocated():
    assert features(image(), resampledPixelSpacing=[0.5, 0.5, 0.5])
    with pytest.raises(
        CaseError, match=r"the image resampled has \d{6} x \d{6} x \d{6} voxels and needs .*GB"
    ) as caught:
        features(image(), resampledPixelSpacing=[1e-5, 1e-5, 1e-5])
    assert "resampledPixelSpacing" in caught.value.way_out


def test_a_region_lost_in_resampling_is_refused():
    with pytest.raises(CaseError, match="label 1 is lost"):
        features(image(), mask(np.s_[4:6, 5:7, 6:8]), resampledPixelSpacing=[9, 9, 9], padDistance=0)


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.uint16, np.float32, np.float64])
def test_the_type_of_the_image_changes_nothing(dtype):
    assert features(image(dtype)) == pytest.approx(features(image(np.int32)), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.uint16])
def test_the_extremes_of_a_type_do_not_overflow(dtype):
    limits = np.iinfo(dtype)
    array = np.where(image() > 125, limits.max, limits.min).astype(dtype)
    width = (limits.max - limits.min) / 40
    ours = features(array, binWidth=width)
    wide = features(array.astype(np.float64), binWidth=width)
    assert ours == pytest.approx(wide, rel=1e-9)
    assert ours["original_firstorder_Range"] == float(limits.max) - float(limits.min)


def test_a_crop_gives_what_the_whole_volume_gives():
    document = {"imageType": {"Original": {}, "Wavelet": {}, "Gradient": {}}}
    large = np.random.default_rng(1).integers(0, 250, (30, 40, 41)).astype(np.int16)
    roi = np.zeros(large.shape, np.uint8)
    roi[12:18, 15:22, 14:24] = 1
    whole = extract_features(sitk.GetImageFromArray(large), sitk.GetImageFromArray(roi), document)
    part = np.s_[4:26, 6:32, 5:33]
    crop = extract_features(sitk.GetImageFromArray(large[part]), sitk.GetImageFromArray(roi[part]), document)
    assert crop == pytest.approx(whole, rel=1e-12)
