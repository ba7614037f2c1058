"""Reading only the box that matters changes no feature, and is not done where every voxel may matter."""

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import read
from fusionkit.imaging.read import read_header
from fusionkit.radiomics import extract_features
from fusionkit.radiomics.settings import read_settings
from fusionkit.radiomics.slab import needed_box

TEXTURE = {"featureClass": {"firstorder": None, "glcm": None, "shape": ["MeshVolume"]}}
IMAGE_TYPES = [
    {"Original": {}},
    {"Original": {}, "Wavelet": {}},
    {"Wavelet": {"wavelet": "db3", "start_level": 1, "level": 2}},
    {"Original": {}, "LoG": {"sigma": [0.5, 2.0]}},
    {"Original": {}, "Wavelet": {"wavelet": "haar"}, "LoG": {"sigma": [1.0]}},
]


@pytest.fixture(params=[(30, 37), (0, 5), (71, 80), (2, 78)], ids=["middle", "first", "last", "nearly all"])
def case(request, tmp_path):
    """A region of 8 x 8 voxels in the given places along each axis in turn, as files, and its mask."""
    return written(request.param, 0, tmp_path)


@pytest.fixture(params=[1, 2], ids=["rows", "columns"])
def sideways(request, tmp_path):
    return written((30, 37), request.param, tmp_path)


def written(places, axis, folder):
    """A volume that is long along one axis, with a region in the given places there, and the region's mask."""
    first, last = places
    rng = np.random.default_rng(0)
    volume = rng.integers(-200, 300, (80, 14, 15)).astype(np.int16)
    roi = np.zeros(volume.shape, np.uint8)
    roi[first:last, 3:11, 4:12] = rng.random((last - first, 8, 8)) > 0.1
    spacing = [3.0, 0.7, 0.7]
    spacing[0], spacing[axis] = spacing[axis], spacing[0]
    paths = folder / "image.nii.gz", folder / "mask.nrrd"
    for array, path in zip((volume, roi), paths, strict=True):
        image = sitk.GetImageFromArray(np.ascontiguousarray(array.swapaxes(0, axis)))
        image.SetSpacing(spacing[::-1])
        image.SetOrigin((5.0, 6.0, -40.0))
        sitk.WriteImage(image, str(path), useCompression=True)
    return *paths, image


@pytest.mark.parametrize("image_types", IMAGE_TYPES, ids=str)
def test_features_are_those_of_the_whole_volume(case, image_types):
    image_path, mask_path, _ = case
    document = {"imageType": image_types, "setting": {"binWidth": 20}, **TEXTURE}
    whole = sitk.ReadImage(str(image_path)), sitk.ReadImage(str(mask_path))
    assert extract_features(image_path, mask_path, document) == extract_features(*whole, document)


@pytest.mark.parametrize("image_types", IMAGE_TYPES, ids=str)
def test_features_are_those_of_the_whole_volume_when_it_is_cut_sideways(sideways, image_types):
    image_path, mask_path, _ = sideways
    document = {"imageType": image_types, "setting": {"binWidth": 20}, **TEXTURE}
    whole = sitk.ReadImage(str(image_path)), sitk.ReadImage(str(mask_path))
    assert extract_features(image_path, mask_path, document) == extract_features(*whole, document)


def box_of(case, settings):
    image_path, _, mask = case
    return needed_box(read_header(image_path), mask, sitk.GetArrayViewFromImage(mask), 1, read_settings(settings))


@pytest.mark.parametrize("case", [(30, 37)], indirect=True)
def test_the_reach_of_the_filters_is_kept(case):
    assert box_of(case, {"imageType": {"Original": {}}}) == (slice(30, 37), slice(3, 11), slice(4, 12))
    haar = {"imageType": {"Wavelet": {"wavelet": "haar"}}}
    assert box_of(case, haar) == (slice(28, 39), slice(1, 13), slice(2, 14))
    log = {"imageType": {"LoG": {"sigma": [1.0]}}}
    assert box_of(case, log) == (slice(22, 45), slice(0, 14), slice(0, 15))  # 15 sigma are 5 slices, or 22 rows


@pytest.mark.parametrize("case", [(30, 37)], indirect=True)
@pytest.mark.parametrize(
    "settings",
    [
        {"setting": {"normalize": True}},
        {"setting": {"resampledPixelSpacing": [1, 1, 1]}},
        {"setting": {"preCrop": True}},
        {"imageType": {"Original": {}, "Square": {}}},
        {"imageType": {"Gradient": {}}},
        {"imageType": {"LBP3D": {}}},
    ],
    ids=str,
)
def test_all_is_read_where_all_may_matter(case, settings):
    assert box_of(case, settings) is None


@pytest.mark.parametrize("case", [(2, 78)], indirect=True)
def test_a_wavelet_that_wraps_around_needs_the_whole_axis(case):
    assert box_of(case, {"imageType": {"Wavelet": {}}}) == (slice(0, 80), slice(0, 14), slice(0, 15))
    assert box_of(case, {"imageType": {"Wavelet": {"wavelet": "haar"}}}) == (slice(0, 80), slice(1, 13), slice(2, 14))


@pytest.mark.parametrize("case", [(30, 37)], indirect=True)
def test_a_mask_on_another_grid_is_told_with_the_sizes_of_the_files(case, tmp_path):
    image_path, _, mask = case
    sitk.WriteImage(mask[:, :, :79], str(tmp_path / "short.nrrd"))
    with pytest.raises(CaseError, match="15 x 14 x 80 voxels, the mask 15 x 14 x 79"):
        extract_features(image_path, tmp_path / "short.nrrd")


@pytest.mark.parametrize("case", [(30, 37)], indirect=True)
def test_the_header_of_each_file_is_read_once(case, monkeypatch):
    opened = []
    original = read._opened
    monkeypatch.setattr(read, "_opened", lambda path: opened.append(path) or original(path))
    extract_features(*case[:2], TEXTURE)
    assert opened == list(case[:2])
