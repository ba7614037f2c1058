"""Images of a study: labels and channels are taken as they are meant, and the same picture is known again."""

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk

from fusionkit.radiomics import RadiomicsSettings, extract_features
from fusionkit.study.images import extract_cases

MEAN = {"featureClass": {"firstorder": ["Mean"]}}


@pytest.fixture
def folder(tmp_path):
    voxels = np.random.default_rng(0).integers(0, 200, (9, 10, 11)).astype(np.int16)
    masks = np.zeros((9, 10, 11, 2), np.uint8)
    masks[1:4, 2:6, 2:6, 0] = 1
    masks[4:8, 3:9, 5:9, 1] = 1
    sitk.WriteImage(sitk.GetImageFromArray(voxels), str(tmp_path / "image.nrrd"))
    sitk.WriteImage(sitk.GetImageFromArray(masks[..., 0] + 2 * masks[..., 1]), str(tmp_path / "mask.nrrd"))
    sitk.WriteImage(sitk.GetImageFromArray(masks, isVector=True), str(tmp_path / "channels.nrrd"))
    return tmp_path


def outcomes_of(folder, cases, document=MEAN, **options):
    return extract_cases(pd.DataFrame(cases), folder, RadiomicsSettings(document), **options)


@pytest.mark.parametrize("digests", [False, True])
def test_a_label_is_the_one_meant_or_the_case_says_which_there_are(folder, digests):
    labels = ["1", "2.0", "1.5", "left", "7"]
    cases = {"image": "image.nrrd", "mask": "mask.nrrd", "label": labels}
    first, second, *failed = outcomes_of(folder, cases, voxel_digests=digests)
    for label, outcome in ((1, first), (2, second)):
        direct = extract_features(folder / "image.nrrd", folder / "mask.nrrd", MEAN, label=label)
        assert outcome.features == direct
    for label, outcome in zip(labels[2:], failed, strict=True):
        assert outcome.features is None
        assert label in outcome.reason
        assert "1, 2" in outcome.way_out


@pytest.mark.parametrize("digests", [False, True])
def test_the_channel_of_a_mask_is_the_one_of_the_settings(folder, digests):
    cases = {"image": ["image.nrrd"], "mask": ["channels.nrrd"]}
    for channel in (0, 1):
        document = {**MEAN, "setting": {"label_channel": channel}}
        [outcome] = outcomes_of(folder, cases, document, voxel_digests=digests)
        direct = extract_features(folder / "image.nrrd", folder / "mask.nrrd", MEAN, label=channel + 1)
        assert outcome.features == direct


def test_digests_know_a_picture_again_in_another_format_and_are_made_only_when_asked_for(folder):
    for name in ("image", "mask"):
        sitk.WriteImage(sitk.ReadImage(str(folder / f"{name}.nrrd")), str(folder / f"{name}.nii.gz"))
    cases = {"image": ["image.nrrd", "image.nii.gz"], "mask": ["mask.nrrd", "mask.nii.gz"], "label": ["1", "1"]}
    one, other = outcomes_of(folder, cases, voxel_digests=True)
    assert one.digests == other.digests
    assert one.digests["image"] != one.digests["mask"]
    assert [outcome.digests for outcome in outcomes_of(folder, cases)] == [None, None]


def test_a_file_that_the_system_does_not_open_costs_its_case_only(folder):
    cases = {"image": ["x" * 300, "image.nrrd"], "mask": "mask.nrrd", "label": "1"}
    failed, whole = outcomes_of(folder, cases)
    assert failed.features is None
    assert "cannot be opened: File name too long" in failed.reason
    assert list(whole.features) == ["original_firstorder_Mean"]
