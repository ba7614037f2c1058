"""Reading without ITK: the same numbers as ITK's for every type and storage, and a part as the whole has it."""

import gzip
import struct

import numpy as np
import pytest
import SimpleITK as sitk

from fusionkit.exceptions import CaseError
from fusionkit.imaging import read_image
from fusionkit.imaging.plain import plain_voxels
from fusionkit.imaging.read import read_header

TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"]


def volume(kind):
    """Values that use the whole range of the type."""
    rng = np.random.default_rng(0)
    if kind[0] == "f":
        return rng.normal(0, 1000, (5, 6, 7)).astype(kind)
    limits = np.iinfo(kind)
    return rng.integers(limits.min, limits.max, (5, 6, 7), dtype=kind, endpoint=True)


def written(array, path, *, compress=False):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-12.5, 30.25, 7.0))
    image.SetDirection((0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    sitk.WriteImage(image, str(path), useCompression=compress)
    return path


def changed(path, change):
    """The file with its bytes changed, inside the compression if there is one."""
    packed = path.name.endswith(".gz")
    raw = bytearray(gzip.decompress(path.read_bytes()) if packed else path.read_bytes())
    change(raw)
    path.write_bytes(gzip.compress(bytes(raw)) if packed else bytes(raw))
    return path


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "raw.nrrd", "gzip.nrrd"])
def test_every_type_is_read_as_itk_reads_it(tmp_path, kind, name):
    path = written(volume(kind), tmp_path / name, compress=name == "gzip.nrrd")
    expected = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    voxels = plain_voxels(path, read_header(path))
    for box in (np.s_[0:5, 0:6, 0:7], np.s_[0:2, 0:6, 0:7], np.s_[1:4, 2:5, 0:7], np.s_[3:5, 0:6, 6:7]):
        found = voxels.read(box)
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected[box])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("scaling", [(2.5, -3.25), (0.1, 0.0), (1.0, 7.0), (0.0, 0.0), (0.0, 5.0)])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_slope_and_intercept_give_what_itk_makes_of_them(tmp_path, kind, scaling, name):
    path = written(volume(kind), tmp_path / name)
    changed(path, lambda raw: struct.pack_into("<2f", raw, 112, *scaling))
    expected = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    found = sitk.GetArrayFromImage(read_image(path))
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd", "a.mha"])
@pytest.mark.parametrize("first", [(2, 0, 0), (2, 1, 3), (0, 1, 0)], ids=str)
def test_a_part_is_that_of_the_whole_and_lies_where_it_lay(tmp_path, name, first):
    path = written(volume("i2"), tmp_path / name, compress=True)
    whole = read_image(path)
    lengths = reversed(whole.GetSize())
    box = tuple(slice(start, length - (start > 0)) for start, length in zip(first, lengths, strict=True))
    part = read_image(path, box=box)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(part), sitk.GetArrayFromImage(whole)[box])
    for corner in ((0, 0, 0), (1, 2, 1)):
        there = whole.TransformIndexToPhysicalPoint([a + b for a, b in zip(corner, reversed(first), strict=True)])
        np.testing.assert_allclose(part.TransformIndexToPhysicalPoint(corner), there, rtol=0, atol=1e-12)
    assert (part.GetSpacing(), part.GetDirection()) == (whole.GetSpacing(), whole.GetDirection())


def test_the_real_volumes_are_read_as_itk_reads_them(real_data):
    paths = [*(real_data / "radiomics_cases").glob("*.nrrd"), *(real_data / "ct_mr_organs").glob("*.nii.gz")]
    plain = 0
    for path in paths:
        header = read_header(path)
        voxels = plain_voxels(path, header)
        if voxels is not None:
            plain += 1
            whole = tuple(slice(0, length) for length in voxels.shape)
            np.testing.assert_array_equal(voxels.read(whole), sitk.GetArrayFromImage(sitk.ReadImage(str(path))))
    assert plain >= 10


def test_nan_in_a_nifti_file_stays_nan_where_itk_would_read_0(tmp_path):
    array = volume("f4")
    array[2, 3, 4] = np.nan
    path = written(array, tmp_path / "a.nii.gz")
    assert sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[2, 3, 4] == 0
    assert np.isnan(sitk.GetArrayFromImage(read_image(path))[2, 3, 4])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("big endian.nii", lambda raw: struct.pack_into(">i", raw, 0, 348)),
        ("four dimensions.nii", lambda raw: struct.pack_into("<2h", raw, 40, 4, 7)),
        ("64-bit integers.nii", lambda raw: struct.pack_into("<2h", raw, 70, 1024, 64)),
        ("two files.nii", lambda raw: raw.__setitem__(slice(344, 348), b"ni1\0")),
        ("odd offset.nii", lambda raw: struct.pack_into("<f", raw, 108, 352.5)),
        ("other size.nii", lambda raw: struct.pack_into("<4h", raw, 40, 3, 7, 6, 4)),
        ("another format.nrrd", lambda raw: None),
    ],
)
def test_other_storage_is_left_to_itk(tmp_path, name, change):
    path = written(volume("i2"), tmp_path / "a.nii")
    header = read_header(path)
    changed(path, change).rename(tmp_path / name)
    assert plain_voxels(tmp_path / name, header) is None


@pytest.mark.parametrize(
    "field", ["endian: big", "data file: b.raw", "byte skip: 4", "encoding: ascii", "type: block", "sizes: 7 6 4"]
)
def test_other_nrrd_files_are_left_to_itk(tmp_path, field):
    path = written(volume("i2"), tmp_path / "a.nrrd")
    header = read_header(path)
    key = field.partition(":")[0].encode()
    head, _, voxels = path.read_bytes().partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith(key)] + [field.encode()]
    path.write_bytes(b"\n".join(lines) + b"\n\n" + voxels)
    assert plain_voxels(path, header) is None


@pytest.mark.parametrize("name", ["a.nii.gz", "a.nrrd"])
def test_a_flipped_bit_in_a_compressed_file_is_found(tmp_path, name):
    path = written(volume("i2"), tmp_path / name, compress=True)
    content = bytearray(path.read_bytes())
    content[-40] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(CaseError, match="cannot be read: it is damaged"):
        read_image(path)


@pytest.mark.parametrize("box", [None, (slice(0, 1), slice(0, 2), slice(1, 3))], ids=["all", "part"])
@pytest.mark.parametrize("name", ["a.nii.gz", "gzip.nrrd"])
def test_a_compressed_file_that_ends_too_early_is_refused_whatever_part_is_wanted(tmp_path, name, box):
    path = written(volume("i2"), tmp_path / name, compress=True)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(CaseError, match="cannot be read: it is damaged"):
        read_image(path, box=box)


@pytest.mark.parametrize("name", ["a.nii", "a.nrrd"])
def test_a_file_that_ends_too_early_is_refused(tmp_path, name):
    path = written(volume("i2"), tmp_path / name)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(CaseError, match="cannot be read: it is damaged"):
        read_image(path)


def test_joined_gzip_files_are_one(tmp_path):
    path = written(volume("i2"), tmp_path / "a.nii.gz")
    expected = sitk.GetArrayFromImage(read_image(path))
    raw = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(raw[:500]) + gzip.compress(raw[500:]))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(path)), expected)
    box = slice(1, 3), slice(1, 4), slice(0, 2)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(read_image(path, box=box)), expected[box])
