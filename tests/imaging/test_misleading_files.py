"""Files that a reader takes without a word and gets wrong: uneven DICOM series, twins, labels scaled in the file."""

import errno
import gzip
import locale
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import read_image, read_mask
from fusionkit.imaging.plain import PlainVoxels

EVEN = [0.0, 2.5, 5.0, 7.5, 10.0, 12.5]


def write_series(folder, places_mm):
    """A DICOM series with a slice at each place along z; ITK's writer would leave the process in another locale."""
    folder.mkdir()
    before = locale.setlocale(locale.LC_ALL)
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    for number, place in enumerate(places_mm):
        slice_ = sitk.GetImageFromArray(np.full((1, 4, 5), number, np.int16))
        tags = {
            "0008|0060": "CT",
            "0008|0016": "1.2.840.10008.5.1.4.1.1.2",
            "0008|0018": f"1.2.3.{number + 1}",
            "0020|000e": "1.2.3",
            "0020|000d": "1.2",
            "0020|0032": f"0\\0\\{place:g}",
            "0020|0037": "1\\0\\0\\0\\1\\0",
            "0020|0013": str(number),
        }
        for key, value in tags.items():
            slice_.SetMetaData(key, value)
        writer.SetFileName(str(folder / f"{number:03}.dcm"))
        writer.Execute(slice_)
    locale.setlocale(locale.LC_ALL, before)
    return folder


@pytest.mark.parametrize("rounding", [0.0, 0.01])
def test_a_series_of_even_steps_is_read_though_its_places_are_rounded(tmp_path, rounding):
    places = np.add(EVEN, rounding * np.array([0, 1, -1, 0, 1, 0]))
    image = read_image(write_series(tmp_path / "even", places))
    assert image.GetSize() == (5, 4, 6)
    assert image.GetSpacing()[2] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("places", "message"),
    [
        (EVEN[:3] + EVEN[4:], r"1 of 4 steps are not the usual 2\.5 mm, such as 5 mm from 002\.dcm to 003\.dcm"),
        (EVEN[:3] + EVEN[2:], r"1 of 6 steps are not the usual 2\.5 mm, such as 0 mm from"),
        (sorted(EVEN * 2), r"6 of 11 steps are not the usual 2\.5 mm, such as 0 mm from"),
        (EVEN + [13.75, 15.0], r"2 of 7 steps are not the usual 2\.5 mm, such as 1\.25 mm from"),
    ],
    ids=["one missing", "one twice", "two time points", "two thicknesses"],
)
def test_a_series_of_uneven_steps_is_refused_and_not_spread_evenly(tmp_path, places, message):
    with pytest.raises(CaseError, match=message):
        read_image(write_series(tmp_path / "uneven", places))


def as_big_endian(raw):
    """A NIfTI file of int16 in the other order of bytes, which is left to ITK."""
    head = bytearray(raw[:348])
    for first, count, width in (
        *((0, 1, 4), (32, 1, 4), (36, 1, 2), (40, 8, 2), (56, 3, 4), (68, 4, 2), (76, 8, 4), (108, 3, 4)),
        *((120, 1, 2), (124, 4, 4), (140, 2, 4), (252, 2, 2), (256, 18, 4)),
    ):
        for place in range(first, first + count * width, width):
            head[place : place + width] = head[place : place + width][::-1]
    return bytes(head) + raw[348:352] + np.frombuffer(raw[352:], "<i2").astype(">i2").tobytes()


def test_a_compressed_file_gives_its_own_voxels_or_none_where_an_uncompressed_twin_stands_beside_it(tmp_path):
    for name, value in (("a.nii", 1), ("a.nii.gz", 2)):
        sitk.WriteImage(sitk.Image([4, 5, 6], sitk.sitkInt16) + value, str(tmp_path / name))
    assert read_image(tmp_path / "a.nii")[0, 0, 0] == 1
    assert read_image(tmp_path / "a.nii.gz")[0, 0, 0] == 2
    swapped = gzip.compress(as_big_endian(gzip.decompress((tmp_path / "a.nii.gz").read_bytes())))
    (tmp_path / "a.nii.gz").write_bytes(swapped)
    with pytest.raises(CaseError, match=r"a\.nii\.gz cannot be told apart from a\.nii beside it"):
        read_image(tmp_path / "a.nii.gz")
    (tmp_path / "a.nii").unlink()
    assert read_image(tmp_path / "a.nii.gz")[0, 0, 0] == 2


def test_labels_that_a_file_scales_come_back_as_the_whole_numbers_they_were(tmp_path):
    labels = np.arange(8, dtype=np.float64).repeat(15).reshape(4, 5, 6)
    slope = 7 / 65535
    stored = np.rint(labels / slope).astype(np.uint16)
    path = tmp_path / "m.nii"
    sitk.WriteImage(sitk.GetImageFromArray(stored), str(path))
    raw = bytearray(path.read_bytes())
    struct.pack_into("<2f", raw, 112, slope, 0)
    path.write_bytes(raw)
    assert (sitk.GetArrayFromImage(sitk.ReadImage(str(path))) != labels).any(), "the file must need the rounding"
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_mask(path)), labels)


def test_a_file_that_the_system_does_not_open_is_a_case_that_cannot_be_used(tmp_path, monkeypatch):
    with pytest.raises(CaseError, match=r"cannot be opened: File name too long\. Check that it may be read"):
        read_mask(tmp_path / ("x" * 300))

    def lose_the_drive(voxels, box):
        raise OSError(errno.EIO, "Input/output error")

    sitk.WriteImage(sitk.Image([4, 5, 6], sitk.sitkInt16), str(tmp_path / "a.nrrd"))
    monkeypatch.setattr(PlainVoxels, "read", lose_the_drive)
    with pytest.raises(CaseError, match=r"a\.nrrd cannot be opened: Input/output error\."):
        read_image(tmp_path / "a.nrrd")
