"""Reading images and masks: what SimpleITK reads comes through unchanged, and the rest is refused by name."""

import struct

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import memory, read_image, read_mask


def write(array, path, *, vector=False):
    sitk.WriteImage(sitk.GetImageFromArray(array, isVector=vector), str(path))
    return path


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (12, 17), dtype=np.uint8)


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nii", "a.nrrd", "a.mha", "a.tif"])
def test_a_volume_comes_back_as_it_was_written(tmp_path, name):
    volume = np.random.default_rng(1).integers(0, 4000, (5, 6, 7), dtype=np.uint16)
    image = read_image(write(volume, tmp_path / name))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), volume)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_grey_picture_stored_in_colour_becomes_grey(tmp_path, picture, channels):
    stored = np.stack([picture] * 3 + [np.full_like(picture, 255)] * (channels - 3), axis=-1)
    image = read_image(write(stored, tmp_path / "a.png", vector=True))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), picture)
    assert image.GetDimension() == 2


def test_a_picture_in_colour_is_refused(tmp_path, picture):
    stored = np.stack([picture, picture, picture[::-1]], axis=-1)
    with pytest.raises(CaseError, match=r"a\.png has 3 channels that differ"):
        read_image(write(stored, tmp_path / "a.png", vector=True))


def test_tinted_ultrasound_becomes_the_luminance_that_viewers_show(real_data):
    pillow = pytest.importorskip("PIL.Image")
    path = real_data / "breast_ultrasound" / "images" / "case001.png"
    with pytest.raises(CaseError, match="colour='luminance' takes that of a tinted picture"):
        read_image(path)
    with pillow.open(path) as shown:
        expected = np.asarray(shown.convert("RGB").convert("L"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(path, colour="luminance")), expected)


def test_a_mask_that_is_a_picture_fits_its_image(real_data):
    folder = real_data / "breast_ultrasound" / "images"
    image = read_image(folder / "case011.png")
    mask = read_mask(folder / "case011_tumor.png")
    assert mask.GetNumberOfComponentsPerPixel() == 1
    assert image.GetSize() == mask.GetSize()
    assert set(np.unique(sitk.GetArrayFromImage(mask))) == {0, 255}


def test_a_dicom_folder_is_read_as_one_volume(real_data):
    image = read_image(real_data / "ct_mr_organs" / "ct_dicom")
    mask = read_mask(real_data / "ct_mr_organs" / "example_seg_dicom.nii.gz")
    assert image.GetSize() == mask.GetSize() == (512, 512, 20)
    np.testing.assert_allclose(image.GetSpacing(), mask.GetSpacing(), rtol=1e-6)


def test_a_folder_without_dicom_is_refused(tmp_path):
    with pytest.raises(CaseError, match="holds no DICOM series"):
        read_image(tmp_path)


def test_four_dimensions_are_refused_unless_the_last_is_single(tmp_path):
    volume = sitk.Image([4, 5, 6], sitk.sitkInt16)
    sitk.WriteImage(sitk.JoinSeries([volume, volume]), str(tmp_path / "two.nii"))
    sitk.WriteImage(sitk.JoinSeries([volume]), str(tmp_path / "one.nii"))
    with pytest.raises(CaseError, match=r"two\.nii has 4 dimensions \(4 x 5 x 6 x 2\)"):
        read_image(tmp_path / "two.nii")
    assert read_image(tmp_path / "one.nii").GetSize() == (4, 5, 6)


def test_the_message_names_the_file_and_never_its_folder(tmp_path):
    (tmp_path / "broken.nrrd").write_text("this is no image")
    for source, reason in ((tmp_path / "none.nii", "does not exist"), (tmp_path / "broken.nrrd", "cannot be read")):
        with pytest.raises(CaseError, match=f"^{source.name} {reason}") as caught:
            read_image(source)
        assert str(tmp_path) not in str(caught.value)


def with_sform(path, rows):
    """Write a NIfTI volume whose only orientation is this matrix of three rows."""
    write(np.zeros((5, 6, 7), np.int16), path)
    content = bytearray(path.read_bytes())
    struct.pack_into("<2h", content, 252, 0, 1)
    struct.pack_into("<12f", content, 280, *np.ravel(rows))
    path.write_bytes(content)
    return path


def test_axes_that_are_not_at_right_angles_are_called_by_their_name(tmp_path):
    path = with_sform(tmp_path / "skew.nii", [[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])
    with pytest.raises(CaseError, match=r"^skew\.nii cannot be read: the axes in its header are not at right angles"):
        read_image(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda image: image.SetSpacing((1e30, 1.0, 1.0)), r"voxels of 1e\+30 x 1 x 1 mm"),
        (lambda image: image.SetOrigin((0.0, np.nan, 0.0)), "the first at 0, nan, 0 mm"),
    ],
)
@pytest.mark.parametrize("reader", [read_image, read_mask])
def test_a_position_that_cannot_be_is_refused(reader, change, said):
    image = sitk.Image([4, 5, 6], sitk.sitkUInt8)
    change(image)
    with pytest.raises(CaseError, match=f"has no usable position: .*{said}"):
        reader(image)


def test_a_label_map_object_is_refused_before_it_ends_the_process():
    labels = sitk.Cast(sitk.Image([4, 5, 6], sitk.sitkUInt8), sitk.sitkLabelUInt8)
    with pytest.raises(CaseError, match=r"the mask is a label map object.*LabelMapToLabel"):
        read_mask(labels)


def test_a_volume_larger_than_memory_is_refused_before_it_is_allocated(tmp_path, monkeypatch):
    path = write(np.zeros((20, 64, 64), np.float32), tmp_path / "large.nrrd")
    monkeypatch.setattr(memory, "available_bytes", lambda: 20 * 64 * 64 * 4 - 1)
    with pytest.raises(CaseError, match=r"large\.nrrd has 64 x 64 x 20 voxels"):
        read_image(path)
    monkeypatch.setattr(memory, "available_bytes", lambda: 20 * 64 * 64 * 4)
    assert read_image(path).GetSize() == (64, 64, 20)


def test_a_dicom_series_larger_than_memory_is_refused(real_data, monkeypatch):
    folder = real_data / "ct_mr_organs" / "ct_dicom"
    n_slices = len(list(folder.glob("*.dcm")))
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**20)
    with pytest.raises(CaseError, match=rf"^ct_dicom has \d+ x \d+ x {n_slices} voxels"):
        read_image(folder)


def test_a_header_that_promises_terabytes_is_refused(tmp_path):
    path = tmp_path / "liar.nrrd"
    path.write_bytes(
        b"NRRD0004\ntype: float\ndimension: 3\nsizes: 60000 60000 20000\nencoding: raw\nendian: little\n\n" + bytes(64)
    )
    with pytest.raises(CaseError, match="GB of memory are free"):
        read_image(path)


def test_spacing_in_the_call_wins_over_the_file(tmp_path, picture):
    path = write(picture, tmp_path / "a.png")
    assert read_image(path, spacing_mm=(0.1, 0.2)).GetSpacing() == (0.1, 0.2)
    with pytest.raises(ValueError, match="spacing_mm must be 2 lengths above 0"):
        read_image(path, spacing_mm=(0.1, 0.2, 0.3))


def test_a_mask_of_whole_floats_becomes_integers(tmp_path):
    values = np.zeros((4, 5, 6), np.float32)
    values[1:3, 1:3, 1:3] = 2.0
    mask = read_mask(write(values, tmp_path / "m.nii"))
    assert "integer" in mask.GetPixelIDTypeAsString()
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask), values)


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf, 3e9 + 0.5])
def test_a_mask_of_fractions_is_refused(tmp_path, value):
    values = np.zeros((4, 5, 6), np.float64)
    values[2, 2, 2] = value
    with pytest.raises(CaseError, match=r"m\.nrrd has values that are not whole numbers, such as"):
        read_mask(write(values, tmp_path / "m.nrrd"))


def test_overlapping_segments_are_chosen_by_channel(tmp_path):
    channels = np.zeros((4, 5, 6, 2), np.uint8)
    channels[1, 1, 1, 0] = channels[2, 2, 2, 1] = 1
    path = write(channels, tmp_path / "m.nrrd", vector=True)
    assert sitk.GetArrayFromImage(read_mask(path))[1, 1, 1] == 1
    assert sitk.GetArrayFromImage(read_mask(path, label_channel=1))[2, 2, 2] == 1
    with pytest.raises(CaseError, match="2 channels; there is no label_channel 2"):
        read_mask(path, label_channel=2)
