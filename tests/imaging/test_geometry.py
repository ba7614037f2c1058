"""Grids of image and mask: SimpleITK's criteria, and messages that say what differs and by how many millimetres."""

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import check_geometry
from fusionkit.imaging.geometry import bounding_box, check_roi_inside, resample_mask


def pair(**changes):
    image, mask = sitk.Image([9, 8, 7], sitk.sitkInt16), sitk.Image([9, 8, 7], sitk.sitkUInt8)
    for each in (image, mask):
        each.SetSpacing((0.5, 0.5, 3.0))
        each.SetOrigin((-10.0, 20.0, 5.0))
    for what, value in changes.items():
        getattr(mask, f"Set{what}")(value)
    return image, mask


def itk_accepts(image, mask):
    try:
        sitk.LabelStatistics(image, mask) if hasattr(sitk, "LabelStatistics") else None
        sitk.LabelStatisticsImageFilter().Execute(image, mask)
    except RuntimeError:
        return False
    return True


def test_equal_grids_pass():
    check_geometry(*pair())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Origin": (-10.0, 20.0, 8.5)}, r"the origin differs by up to 3\.5 mm \(along z\)"),
        ({"Spacing": (0.5, 0.75, 3.0)}, r"the spacing differs by up to 0\.25 mm \(along y\)"),
        ({"Direction": (0, 1, 0, 1, 0, 0, 0, 0, 1)}, "the direction differs by up to 1 in a cosine"),
    ],
)
def test_the_message_says_what_differs_and_by_how_much(change, message):
    image, mask = pair(**change)
    assert not itk_accepts(image, mask)
    with pytest.raises(CaseError, match=message) as caught:
        check_geometry(image, mask)
    assert "correctMask" in caught.value.way_out


def test_a_mask_stored_back_to_front_is_called_safe_to_turn():
    image, mask = pair(Direction=(1, 0, 0, 0, -1, 0, 0, 0, 1), Origin=(-10.0, 20.0 + 7 * 0.5, 5.0))
    with pytest.raises(CaseError, match="stored in another orientation: 'correctMask: true' turns the mask without"):
        check_geometry(image, mask)
    mask[2, 1, 3] = 1
    assert resample_mask(image, mask)[2, 6, 3] == 1


def test_another_size_is_named():
    with pytest.raises(CaseError, match=r"the image has 9 x 8 x 7 voxels, the mask 9 x 8 x 6"):
        check_geometry(pair()[0], pair()[1][:, :, :6])


def test_a_rounding_of_the_header_is_called_safe_and_the_tolerance_advised_accepts_it():
    image, mask = pair(Origin=(-10.0001, 20.0, 5.0))
    with pytest.raises(CaseError, match="a rounding in a file's header") as caught:
        check_geometry(image, mask)
    advised = float(caught.value.way_out.partition("geometryTolerance: ")[2].partition("'")[0])
    check_geometry(image, mask, tolerance=advised)


@pytest.mark.parametrize("exponent", range(-9, -1))
def test_the_verdict_is_simpleitks(exponent):
    for change in (
        {"Origin": (-10.0 + 10.0**exponent, 20.0, 5.0)},
        {"Spacing": (0.5, 0.5, 3.0 + 10.0**exponent)},
    ):
        image, mask = pair(**change)
        try:
            check_geometry(image, mask)
            ours = True
        except CaseError:
            ours = False
        assert ours == itk_accepts(image, mask)


def test_the_box_is_the_smallest():
    roi = np.zeros((6, 7, 8), bool)
    roi[2, 3, 1] = roi[4, 3, 6] = True
    assert bounding_box(roi) == (slice(2, 5), slice(3, 4), slice(1, 7))


def test_a_region_beyond_the_image_is_refused_with_the_distance():
    image, mask = pair(Origin=(-10.0, 20.0, 20.0))
    with pytest.raises(CaseError, match=r"reaches 12 mm beyond the image \(along z\)"):
        check_roi_inside(image, mask, (slice(4, 6), slice(2, 4), slice(2, 4)))


def test_a_mask_is_brought_onto_the_grid_of_the_image():
    image, mask = pair(Origin=(-10.0, 20.0, 2.0))
    mask[3, 3, 3] = 7
    moved = resample_mask(image, mask)
    check_geometry(image, moved)
    assert moved[3, 3, 2] == 7
