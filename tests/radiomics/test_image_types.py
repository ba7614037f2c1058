"""Filters on the region's box give, bit for bit, what filtering the whole image gives."""

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionkit.exceptions import CaseError
from fusionkit.radiomics import RadiomicsSettings, extract_features
from fusionkit.radiomics.filters import pointwise
from fusionkit.radiomics.filters.binary_patterns import _icosphere, lbp_2d, lbp_3d
from fusionkit.radiomics.filters.gradient import gradient_magnitude
from fusionkit.radiomics.filters.recursive_gaussian import laplacian_of_gaussian
from fusionkit.radiomics.filters.wavelet import wavelet_subbands
from fusionkit.radiomics.image_type_names import image_type_names

SHAPE = (11, 20, 23)
SPACING = (2.5, 0.8, 0.9)


def image(dtype=np.int16, shape=SHAPE, seed=0):
    return np.random.default_rng(seed).integers(-900, 900, shape).astype(dtype)


def boxes(shape=SHAPE):
    def side(length):
        return st.tuples(st.integers(0, length - 1), st.integers(0, length - 1)).map(
            lambda ends: slice(min(ends), max(ends) + 1)
        )

    return st.tuples(*(side(length) for length in shape))


def whole(shape=SHAPE):
    return tuple(slice(0, length) for length in shape)


@settings(deadline=None, max_examples=12)
@given(boxes(), st.sampled_from(["haar", "coif1", "db5", "bior2.2"]), st.integers(0, 1), st.integers(1, 2))
def test_wavelets_of_a_box_are_those_of_the_image(box, wavelet, start_level, level):
    options = {"wavelet": wavelet, "start_level": start_level, "level": level}
    for dtype in (np.int16, np.float32):
        volume = image(dtype)
        for part, full in zip(
            wavelet_subbands(volume, box, **options), wavelet_subbands(volume, whole(), **options), strict=True
        ):
            np.testing.assert_array_equal(part, full[box])


def test_wavelets_are_those_of_pywavelets():
    pywt = pytest.importorskip("pywt")
    volume = image()
    padded = np.pad(volume, [(0, length % 2) for length in SHAPE], "wrap")
    expected = pywt.swtn(padded, "coif1", level=1, axes=(2, 1, 0))[0]
    names = ["aad", "ada", "add", "daa", "dad", "dda", "ddd", "aaa"]
    for name, band in zip(names, wavelet_subbands(volume, whole()), strict=True):
        np.testing.assert_array_equal(band, expected[name][: SHAPE[0], : SHAPE[1], : SHAPE[2]])


def itk_laplacian(volume, sigma):
    picture = sitk.GetImageFromArray(volume)
    picture.SetSpacing(SPACING[::-1])
    return sitk.GetArrayFromImage(sitk.LaplacianRecursiveGaussian(picture, sigma, True))


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.float32, np.float64, np.int32])
@pytest.mark.parametrize("sigma", [0.7, 2.0, 5.0])
def test_laplacian_of_gaussian_is_itks(dtype, sigma):
    volume = np.abs(image(dtype)) if dtype == np.uint8 else image(dtype)
    box = (slice(3, 8), slice(0, 9), slice(10, 23))
    ours = laplacian_of_gaussian(volume, box, SPACING, sigma)
    theirs = itk_laplacian(volume, sigma)[box]
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=np.abs(theirs).max() * 2e-7)
    assert np.mean(ours == theirs) > 0.99


def test_the_laplacian_of_a_far_box_forgets_the_border():
    volume = image(np.int16, (12, 150, 150))
    box = (slice(4, 8), slice(70, 80), slice(70, 80))
    ours = laplacian_of_gaussian(volume, box, SPACING, 1.0)
    theirs = itk_laplacian(volume, 1.0)[box]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=np.abs(theirs).max() * 2e-7)


@settings(deadline=None, max_examples=12)
@given(boxes())
def test_gradients_of_a_box_are_those_of_the_image(box):
    volume = image()
    np.testing.assert_array_equal(
        gradient_magnitude(volume, box, SPACING), gradient_magnitude(volume, whole(), SPACING)[box]
    )


def test_a_gradient_by_hand():
    ramp = np.broadcast_to(np.arange(9.0) * 3, (5, 6, 9)).copy()
    box = (slice(1, 4), slice(1, 5), slice(1, 8))
    np.testing.assert_allclose(gradient_magnitude(ramp, box, (1, 1, 0.5)), 6.0)
    np.testing.assert_allclose(gradient_magnitude(ramp, box, (1, 1, 0.5), use_spacing=False), 3.0)


@pytest.mark.filterwarnings("ignore:Applying `local_binary_pattern`")
@pytest.mark.parametrize("method", ["default", "ror", "uniform", "var"])
@pytest.mark.parametrize(("samples", "radius"), [(8, 1.0), (9, 1.5), (12, 2.3)])
def test_patterns_of_slices_are_those_of_scikit_image(method, samples, radius):
    feature = pytest.importorskip("skimage.feature")
    volume = image()
    volume[:, 4:9, 3:9] = 17
    expected = np.stack([feature.local_binary_pattern(plane, samples, radius, method) for plane in volume])
    box = (slice(2, 9), slice(3, 20), slice(5, 21))
    patterns = lbp_2d(volume, box, radius=radius, samples=samples, method=method)
    np.testing.assert_array_equal(patterns, expected[box])


@settings(deadline=None, max_examples=12)
@given(boxes(), st.integers(0, 2))
def test_patterns_of_a_box_are_those_of_the_image(box, axis):
    volume = image()
    np.testing.assert_array_equal(
        lbp_2d(volume, box, radius=1.4, axis=axis), lbp_2d(volume, whole(), radius=1.4, axis=axis)[box]
    )


def test_patterns_on_the_sphere_of_a_box_are_those_of_the_image():
    volume = image()
    box = (slice(2, 6), slice(3, 9), slice(0, 7))
    roi = np.ones((4, 6, 7), bool)
    everywhere = np.zeros(SHAPE, bool)
    everywhere[box] = True
    for part, full in zip(lbp_3d(volume, roi, box), lbp_3d(volume, everywhere, whole()), strict=True):
        np.testing.assert_allclose(part, full[box], rtol=1e-12)


@pytest.mark.parametrize(("subdivision", "count"), [(0, 12), (1, 42), (2, 162)])
def test_the_sphere_has_the_points_of_a_subdivided_icosahedron(subdivision, count):
    points = _icosphere(subdivision, 1.5)
    assert len(points) == count
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1.5)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-14)
    assert len({tuple(np.round(point, 9)) for point in points}) == count


def test_pointwise_filters_keep_the_largest_intensity():
    values = np.array([-400.0, -9.0, 0.0, 9.0, 250.0])
    for function in (pointwise.square_root, pointwise.logarithm):
        filtered = function(values, 400.0)
        assert filtered[0] == pytest.approx(-400)
        assert np.array_equal(np.sign(filtered), np.sign(values))
    assert pointwise.square(values, 400.0)[0] == pytest.approx(400)
    assert pointwise.exponential(np.array([400.0]), 400.0)[0] == pytest.approx(400)
    assert pointwise.square(values, 400.0)[3] == pytest.approx(81 / 400)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_pointwise_filters_refuse_an_image_they_cannot_scale(value):
    with pytest.raises(CaseError, match="largest absolute intensity"):
        pointwise.largest_magnitude(np.full((2, 2, 2), value))


def test_names_are_those_of_pyradiomics():
    setting = RadiomicsSettings({"setting": {"level": 2, "sigma": [1, 2.5]}}).setting
    assert image_type_names("Wavelet", setting)[:7] == [
        f"wavelet-{band}" for band in ("LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH")
    ]
    assert image_type_names("Wavelet", setting)[-1] == "wavelet2-LLL"
    assert image_type_names("Wavelet", setting, planar=True)[-2:] == ["wavelet2-HH", "wavelet2-LL"]
    assert image_type_names("LoG", setting) == ["log-sigma-1-mm-3D", "log-sigma-2-5-mm-3D"]
    assert image_type_names("LBP3D", setting) == ["lbp-3D-m1", "lbp-3D-m2", "lbp-3D-k"]


def case_of(volume):
    mask = np.zeros(volume.shape, np.uint8)
    mask[tuple(slice(1, -1) if length > 3 else slice(0, length) for length in volume.shape)] = 1
    return sitk.GetImageFromArray(volume), sitk.GetImageFromArray(mask)


def test_an_image_too_small_for_a_filter_is_refused():
    with pytest.raises(CaseError, match=r"the image of 3 x 20 x 23 voxels is too small for LoG with sigma 1 mm"):
        extract_features(*case_of(image()[:3]), {"imageType": {"LoG": {"sigma": [1.0]}}})


def test_a_picture_has_no_pattern_on_the_sphere():
    with pytest.raises(CaseError, match="LBP3D needs a volume"):
        extract_features(*case_of(image()[0]), {"imageType": {"LBP3D": {}}})


@pytest.mark.parametrize("image_type", ["Original", "Wavelet", "LoG", "Square", "Gradient", "LBP2D"])
def test_a_picture_gives_what_pyradiomics_gives(image_type):
    pytest.importorskip("radiomics")
    own = {"LoG": {"sigma": [1.5]}, "LBP2D": {"binWidth": 1}}.get(image_type, {})
    document = {"imageType": {image_type: own}}
    flat = case_of(image(shape=(3, 30, 33))[0])
    theirs = extract_features(*flat, document, engine="pyradiomics")
    ours = extract_features(*flat, document)
    assert set(ours) == set(theirs)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.float64])
def test_patterns_of_slices_are_kept_in_the_type_of_the_volume_as_pyradiomics_keeps_them(dtype):
    pytest.importorskip("radiomics")
    document = {
        "imageType": {"LBP2D": {"lbp2DMethod": "var", "lbp2DRadius": 1.5, "binCount": 16}},
        "featureClass": {"firstorder": ["Minimum", "Median", "Variance"], "glcm": ["Contrast"]},
    }
    volume = case_of(image(dtype))
    theirs = extract_features(*volume, document, engine="pyradiomics")
    assert extract_features(*volume, document) == pytest.approx(theirs, rel=1e-12)
