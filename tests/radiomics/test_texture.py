"""Every texture feature equals pyradiomics's under every setting."""

import numpy as np
import pytest

from fusionkit.exceptions import CaseError
from fusionkit.radiomics import texture
from fusionkit.radiomics.features import compute_features
from fusionkit.radiomics.texture import angle_weights
from tests.radiomics.oracle import blob, pyradiomics_features, relative_difference

TEXTURES = ("glcm", "glrlm", "glszm", "gldm", "ngtdm")
SPACING = (3.0, 0.7, 0.9)
TOLERANCE = {"MCC": 1e-7}

SETTINGS = {
    "default": {},
    "narrow-bins": {"binWidth": 7.3},
    "bin-count": {"binCount": 16},
    "one-bin": {"binWidth": 5000},
    "distances-1-2": {"distances": [1, 2]},
    "distance-3": {"distances": [3]},
    "force2D": {"force2D": True},
    "force2D-axis-2": {"force2D": True, "force2Ddimension": 2, "distances": [1, 2]},
    "euclidean": {"weightingNorm": "euclidean"},
    "infinity": {"weightingNorm": "infinity"},
    "manhattan": {"weightingNorm": "manhattan"},
    "no-weighting": {"weightingNorm": "no_weighting"},
    "asymmetrical": {"symmetricalGLCM": False},
    "gldm-a-2": {"gldm_a": 2, "binWidth": 5},
}


def worst_difference(feature_class, image, mask, settings):
    expected = pyradiomics_features(feature_class, image, mask, SPACING, settings)
    got = compute_features(image, mask, SPACING, settings, {feature_class: None})
    assert set(got) == {f"{feature_class}_{name}" for name in expected}
    excess = {
        name: relative_difference(got[f"{feature_class}_{name}"], value, floor=1e-12) / TOLERANCE.get(name, 1e-9)
        for name, value in expected.items()
    }
    name = max(excess, key=excess.get)
    return excess[name], f"{name}: {got[f'{feature_class}_{name}']} against {expected[name]}"


@pytest.mark.parametrize("feature_class", TEXTURES)
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_every_feature_equals_pyradiomics(feature_class, settings):
    excess, what = worst_difference(feature_class, *blob(5, low=-120, high=260), settings)
    assert excess < 1, what


@pytest.mark.parametrize("feature_class", TEXTURES)
@pytest.mark.parametrize("dtype", [np.float32, np.int16, np.int32])
def test_the_image_type_makes_no_difference_to_the_agreement(feature_class, dtype):
    excess, what = worst_difference(feature_class, *blob(6, dtype=dtype, low=-120, high=260), {"binWidth": 10})
    assert excess < 1, what


def region_of(kind):
    image, mask = blob(7)
    rng = np.random.default_rng(7)
    if kind == "flat":
        image = np.full_like(image, 42.0)
    if kind == "two-levels":
        image = np.where(rng.random(image.shape) < 0.5, 10.0, 80.0)
    if kind == "scattered":
        mask &= rng.random(mask.shape) < 0.08
    if kind == "one-slice":
        mask[:4], mask[5:] = False, False
    if kind == "gap-between-levels":
        image[4] += 10_000
    if kind in {"two-apart", "one-voxel"}:
        mask[:] = False
        mask[4, 5, 3] = True
        mask[4, 5, 9] = kind == "two-apart"
    return image, mask


@pytest.mark.parametrize("feature_class", TEXTURES)
@pytest.mark.parametrize("kind", ["flat", "two-levels", "scattered", "one-slice", "gap-between-levels"])
def test_degenerate_regions_have_what_pyradiomics_gives(feature_class, kind):
    excess, what = worst_difference(feature_class, *region_of(kind), {})
    assert excess < 1, what


@pytest.mark.parametrize(("kind", "settings"), [("one-voxel", {}), ("two-apart", {}), ("flat", {"distances": [30]})])
def test_without_any_pair_the_glcm_is_undefined_and_neighbours_are_none(kind, settings):
    """pyradiomics stops with 'Error getting angle count' where there is no direction, and so loses the whole case."""
    image, mask = region_of(kind)
    got = compute_features(image, mask, SPACING, settings, {"glcm": None, "gldm": None, "ngtdm": None})
    assert all(np.isnan(value) for name, value in got.items() if name.startswith("glcm"))
    assert got["gldm_LargeDependenceEmphasis"] == got["gldm_SmallDependenceEmphasis"] == 1.0
    assert got["ngtdm_Coarseness"] == 1e6
    assert got["ngtdm_Contrast"] == got["ngtdm_Strength"] == 0.0


def test_one_voxel_is_one_zone_and_no_run():
    image, mask = region_of("one-voxel")
    got = compute_features(image, mask, SPACING, {}, {"glrlm": None, "glszm": None})
    assert all(np.isnan(value) for name, value in got.items() if name.startswith("glrlm"))
    assert got["glszm_SmallAreaEmphasis"] == got["glszm_ZonePercentage"] == 1.0
    assert got["glszm_ZoneEntropy"] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("case", ["brain1", "brain2", "breast1", "lung1", "lung2"])
@pytest.mark.parametrize("settings", [{}, {"binCount": 40, "distances": [1, 2]}], ids=["default", "count-40"])
def test_real_cases_equal_pyradiomics(real_data, case, settings):
    import SimpleITK as sitk

    folder = real_data / "radiomics_cases"
    image, mask = (
        sitk.GetArrayFromImage(sitk.ReadImage(folder / f"{case}_{part}.nrrd")) for part in ("image", "label")
    )
    for feature_class in TEXTURES:
        excess, what = worst_difference(feature_class, image, mask == 1, settings)
        assert excess < 1, what


def test_merged_directions_are_weighted_by_their_length_in_mm():
    directions = np.array([[1, 0, 0], [0, 1, -1]])
    assert angle_weights("glrlm", "euclidean", directions, (3, 3, 4)) == pytest.approx([3, 5])
    assert angle_weights("glrlm", "manhattan", directions, (3, 3, 4)) == pytest.approx([3, 7])
    assert angle_weights("glrlm", "infinity", directions, (3, 3, 4)) == pytest.approx([3, 4])
    assert angle_weights("glcm", "manhattan", directions, (1, 0.5, 1)) == pytest.approx(np.exp([-1.0, -2.25]))
    assert angle_weights("glcm", "no_weighting", directions, (3, 3, 4)) == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="'euclidean', 'manhattan', 'no_weighting', None; got 'chebyshev'"):
        angle_weights("glcm", "chebyshev", directions, (1, 1, 1))


def test_too_many_grey_levels_are_refused_before_memory_is_taken(monkeypatch):
    image, mask = blob(8)
    monkeypatch.setattr(texture, "MAX_COOCCURRENCE_BYTES", 10_000)
    with pytest.raises(CaseError, match=r"grey levels in 13 directions need .* GB.*Choose a larger binWidth"):
        compute_features(image, mask, SPACING, {"binWidth": 1}, {"glcm": None})
