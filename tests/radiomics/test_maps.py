"""Maps equal pyradiomics's voxel-based features, voxel for voxel."""

import logging
import warnings

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import memory
from fusionkit.radiomics.features import compute_features
from fusionkit.radiomics.maps import extract_maps
from fusionkit.radiomics.moving import compute_maps
from tests.radiomics.oracle import blob, bounding_box, pyradiomics_class, to_sitk

CLASSES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
SPACING = (3.0, 0.7, 0.9)
SETTINGS = {
    "default": {},
    "unmasked": {"maskedKernel": False, "initValue": -1},
    "radius-2": {"kernelRadius": 2, "binWidth": 40},
    "force2D": {"force2D": True},
    "merged": {"weightingNorm": "euclidean"},
    "asymmetrical": {"symmetricalGLCM": False, "gldm_a": 1, "voxelArrayShift": 100},
    "distances-1-2": {"distances": [1, 2], "binCount": 10},
}


class SilentProgress:
    """The progress reporter that pyradiomics installs does not take the arguments that it is given."""

    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def update(self, n):
        pass


def widened_box(mask, radius):
    return tuple(
        slice(max(side.start - radius, 0), min(side.stop + radius, size))
        for side, size in zip(bounding_box(mask), mask.shape, strict=True)
    )


def pyradiomics_maps(feature_class, image, mask, settings):
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        calculator = pyradiomics_class(feature_class)(
            to_sitk(image, SPACING), to_sitk(mask.astype(np.uint8), SPACING), voxelBased=True, **settings
        )
        calculator.progressReporter = SilentProgress
        return {name: sitk.GetArrayFromImage(values) for name, values in calculator.execute().items()}


def region_of(kind):
    image, mask = blob(3, shape=(7, 9, 8))
    if kind == "box":
        mask[:] = False
        mask[2:6, 2:7, 2:6] = True
    if kind == "corner":
        mask[:] = False
        mask[:3, :4, :3] = True
    return image, mask


@pytest.mark.parametrize("feature_class", CLASSES)
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize(
    "kind", ["box", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("corner", "ragged"))]
)
def test_every_voxel_equals_pyradiomics(kind, settings, feature_class):
    """Not compared is where pyradiomics has no answer or its answer is rounding.

    Where a direction is missing it has NaN for JointAverage, and no MCC. In an asymmetrical matrix of one row the
    correlation is 1 by definition, but pyradiomics divides the rounding of two zeros.
    """
    image, mask = region_of(kind)
    box = widened_box(mask, settings.get("kernelRadius", 1))
    expected = pyradiomics_maps(feature_class, image[box], mask[box], settings)
    got = compute_maps(image[box], mask[box], SPACING, settings, {feature_class: None})
    assert {f"{feature_class}_{name}" for name in expected} == set(got)
    gap = np.zeros(mask[box].shape, dtype=bool)
    if feature_class == "glcm":
        gap = np.isnan(expected["JointAverage"])
    for name, values in expected.items():
        ours = got[f"{feature_class}_{name}"]
        if (name == "MCC" and gap.any()) or (name == "Correlation" and not settings.get("symmetricalGLCM", True)):
            continue
        compared = ~gap if name == "JointAverage" else np.ones_like(gap)
        np.testing.assert_allclose(ours[compared], values[compared], rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_kernel_larger_than_the_region_gives_the_features_of_the_region():
    image, mask = region_of("box")
    enabled = dict.fromkeys(CLASSES)
    maps = compute_maps(image, mask, SPACING, {"kernelRadius": 5}, enabled)
    features = compute_features(image, mask, SPACING, {}, enabled)
    for name, value in features.items():
        np.testing.assert_allclose(maps[name][mask], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_batches_make_no_difference():
    image, mask = region_of("ragged")
    enabled = dict.fromkeys(CLASSES)
    at_once = compute_maps(image, mask, SPACING, {}, enabled)
    for name, values in compute_maps(image, mask, SPACING, {"voxelBatch": 7}, enabled).items():
        np.testing.assert_array_equal(values, at_once[name])


def test_outside_the_region_stands_the_initial_value_and_shape_has_no_map():
    image, mask = region_of("ragged")
    maps = compute_maps(image, mask, SPACING, {"initValue": -7}, {"shape": None, "firstorder": ["Mean"]})
    assert list(maps) == ["firstorder_Mean"]
    assert (maps["firstorder_Mean"][~mask] == -7).all()


def test_nan_around_the_region_is_refused_only_where_it_counts():
    image, mask = region_of("box")
    image[1, 1, 1] = np.nan
    compute_maps(image, mask, SPACING, {}, {"firstorder": ["Mean"]})
    with pytest.raises(CaseError, match=r"1 voxels around the region are NaN.*maskedKernel"):
        compute_maps(image, mask, SPACING, {"maskedKernel": False}, {"firstorder": ["Mean"]})


def test_maps_are_named_like_features_lie_on_the_image_and_are_written(tmp_path):
    image, mask = region_of("box")
    settings = {
        "imageType": {"Original": {}, "Square": {}},
        "featureClass": {"glcm": ["Contrast"]},
        "voxelSetting": {"kernelRadius": 1},
    }
    volume = to_sitk(image, SPACING)
    volume.SetOrigin((5, 6, 7))
    region = to_sitk(mask.astype(np.uint8), SPACING)
    region.SetOrigin((5, 6, 7))
    maps = extract_maps(volume, region, settings, folder=tmp_path / "maps")
    assert list(maps) == ["original_glcm_Contrast", "square_glcm_Contrast"]
    box = widened_box(mask, 1)
    expected = pyradiomics_maps("glcm", image[box], mask[box], {})["Contrast"]
    read = sitk.ReadImage(tmp_path / "maps" / "original_glcm_Contrast.nii.gz")
    np.testing.assert_allclose(sitk.GetArrayFromImage(read)[box], expected, rtol=1e-9, atol=1e-12)
    assert read.GetOrigin() == pytest.approx((5, 6, 7))
    assert read.GetSpacing() == pytest.approx(SPACING[::-1])


def test_a_picture_has_maps_of_its_plane():
    image, mask = region_of("ragged")
    picture, region = sitk.GetImageFromArray(image[3]), sitk.GetImageFromArray(mask[3].astype(np.uint8))
    maps = extract_maps(picture, region, {"featureClass": {"ngtdm": ["Contrast"]}})
    flat = np.zeros_like(mask)
    flat[3] = mask[3]
    expected = compute_maps(image[3:4], mask[3:4], (1, 1, 1), {}, {"ngtdm": ["Contrast"]})["ngtdm_Contrast"][0]
    np.testing.assert_allclose(sitk.GetArrayFromImage(maps["original_ngtdm_Contrast"]), expected, rtol=1e-12)


DOCUMENTS = {
    "around": {
        "imageType": {"Original": {}, "Wavelet": {"binWidth": 10}},
        "featureClass": {"firstorder": ["Mean", "Entropy", "Skewness"], "glcm": ["JointEntropy", "Contrast"]},
        "setting": {"binWidth": 40, "force2D": True},
        "voxelSetting": {"kernelRadius": 2, "maskedKernel": True, "initValue": "nan", "voxelBatch": 10},
    },
    "unmasked": {
        "imageType": {"Original": {}, "LoG": {"sigma": [2.0]}},
        "featureClass": {
            "glrlm": ["RunEntropy"],
            "glszm": ["ZonePercentage"],
            "gldm": ["DependenceEntropy"],
            "ngtdm": [],
        },
        "setting": {"resampledPixelSpacing": [1, 1, 2], "padDistance": 6},
        "voxelSetting": {"maskedKernel": False, "initValue": -3.5},
    },
}
"""Parameter files as users write them, from files to maps."""


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_maps_equal_those_of_pyradiomicss_extractor(document, monkeypatch):
    base = pytest.importorskip("radiomics.base")
    featureextractor = pytest.importorskip("radiomics.featureextractor")
    monkeypatch.setattr(base, "getProgressReporter", SilentProgress)
    image, mask = blob(3, shape=(12, 14, 13))
    volume, region = to_sitk(image, SPACING), to_sitk(mask.astype(np.uint8), SPACING)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        extractor = featureextractor.RadiomicsFeatureExtractor(document, additionalInfo=False)
        theirs = extractor.execute(volume, region, voxelBased=True)
    ours = extract_maps(volume, region, document)
    assert set(ours) == set(theirs)
    for name, expected in theirs.items():
        on_their_grid = sitk.Resample(ours[name], expected, sitk.Transform(), sitk.sitkNearestNeighbor)
        got, wanted = sitk.GetArrayFromImage(on_their_grid), sitk.GetArrayFromImage(expected)
        rtol = 5e-6 if name.startswith("log-sigma") and "_firstorder_" in name else 1e-9
        np.testing.assert_allclose(got, wanted, rtol=rtol, atol=1e-12, err_msg=name)


def test_more_maps_than_the_memory_holds_are_refused_before_they_are_allocated(monkeypatch):
    image, mask = region_of("box")
    pair = to_sitk(image, SPACING), to_sitk(mask.astype(np.uint8), SPACING)
    document = {"featureClass": {"shape": [], "ngtdm": []}}
    monkeypatch.setattr(memory, "available_bytes", lambda: 5 * 8 * image.size)
    assert len(extract_maps(*pair, document)) == 5
    monkeypatch.setattr(memory, "available_bytes", lambda: 5 * 8 * image.size - 1)
    with pytest.raises(CaseError, match="each of the 5 maps has 8 x 9 x 7 voxels") as caught:
        extract_maps(*pair, document)
    assert "preCrop" in caught.value.way_out
