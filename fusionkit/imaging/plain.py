"""Voxels of plainly stored NIfTI and NRRD files: inflated fast, only the box wanted, NaN as it stands in the file.

ITK reads every file that this does not. Beside speed there is one difference: ITK's NIfTI reader turns NaN and infinity
into 0, which hides a broken image; here they stay.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from isal import igzip_lib

__all__ = ["PlainVoxels", "plain_voxels"]

READ, INFLATED = 1 << 16, 1 << 18
"""Bytes read from a compressed file, and at most inflated, at a time: few enough for the processor's fast memory."""

TOO_EARLY = "the file ends too early"

_NIFTI_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}
"""NIfTI-1's codes of the voxel types that are read here."""

_NRRD_TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_NRRD_TYPES = {name: kind for kind, names in _NRRD_TYPES.items() for name in names}
"""NRRD's names of the voxel types that are read here."""


@dataclass(frozen=True)
class PlainVoxels:
    """Where the voxels of a file lie, and how they are stored.

    Parameters
    ----------
    path : Path
        The file.
    dtype : dtype
        The type of a stored voxel.
    shape : tuple of int
        Slices first.
    start : int
        Bytes of the file before the voxels, or before the compressed stream that holds them.
    skip : int
        Bytes of the compressed stream before the voxels.
    compressed : bool
        Whether gzip holds the voxels.
    scaling : tuple of float or None, default=None
        Slope and intercept of the stored values; None leaves them as they are.
    """

    path: Path
    dtype: np.dtype
    shape: tuple
    start: int
    skip: int
    compressed: bool
    scaling: tuple | None = None

    def read(self, box):
        """Return the voxels in a box.

        Parameters
        ----------
        box : tuple of slice
            With start and stop along every axis, slices first.

        Returns
        -------
        voxels : ndarray of shape (stop - start, ...)

        Raises
        ------
        RuntimeError
            If the file is damaged.
        """
        voxels = np.empty([side.stop - side.start for side in box], self.dtype)
        ahead = box[0].start * int(np.prod(self.shape[1:])) * self.dtype.itemsize
        with open(self.path, "rb") as file:
            file.seek(self.start + (0 if self.compressed else ahead))
            if self.compressed:
                stream = _Inflated(file)
                stream.skip(self.skip + ahead)
                self._fill(voxels, box, stream.readinto)
                if box[0].stop == self.shape[0] or not self._says_whole():
                    stream.skip_to_the_end()
            else:
                self._fill(voxels, box, file.readinto)
        return voxels if self.scaling is None else _scaled(voxels, *self.scaling)

    def _fill(self, voxels, box, readinto):
        """Read whole slices, at once or each cut as soon as it is read."""
        if voxels.shape[1:] == self.shape[1:]:
            _read_all(readinto, voxels)
            return
        plane = np.empty(self.shape[1:], self.dtype)
        for part in voxels:
            _read_all(readinto, plane)
            part[...] = plane[box[1:]]

    def _says_whole(self):
        """Whether the file ends as gzip does, with the number of bytes that it holds; a file cut short does not."""
        expected = self.skip + int(np.prod(self.shape)) * self.dtype.itemsize
        with open(self.path, "rb") as file:
            file.seek(-4, 2)
            return file.read() == struct.pack("<I", expected % 2**32)


def plain_voxels(path, reader):
    """Return how a file's voxels can be read here, or None if they are stored in a way that is left to ITK.

    Parameters
    ----------
    path : Path
    reader : SimpleITK.ImageFileReader
        With the header read.

    Returns
    -------
    voxels : PlainVoxels or None
    """
    if reader.GetNumberOfComponents() != 1 or reader.GetDimension() not in (2, 3):
        return None
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        voxels = _nifti(path, compressed=name.endswith(".gz"))
    elif name.endswith(".nrrd"):
        voxels = _nrrd(path)
    else:
        return None
    if voxels is None or voxels.shape != tuple(reversed(reader.GetSize())) or not _same_type(voxels, reader):
        return None
    return voxels


def _same_type(voxels, reader):
    if voxels.scaling is not None:
        return reader.GetPixelID() == (sitk.sitkFloat64 if voxels.dtype == np.float64 else sitk.sitkFloat32)
    return (
        sitk.GetPixelIDValueAsString(reader.GetPixelID())
        == {
            "i": f"{8 * voxels.dtype.itemsize}-bit signed integer",
            "u": f"{8 * voxels.dtype.itemsize}-bit unsigned integer",
            "f": f"{8 * voxels.dtype.itemsize}-bit float",
        }[voxels.dtype.kind]
    )


def _nifti(path, *, compressed):
    with open(path, "rb") as file:
        head = file.read(2048)
    if compressed:
        try:
            head = _decompressor().decompress(head)
        except igzip_lib.error:
            return None
    if len(head) < 352 or struct.unpack_from("<i", head)[0] != 348 or head[344:348] != b"n+1\0":
        return None
    count, *lengths = struct.unpack_from("<8h", head, 40)
    kind = _NIFTI_TYPES.get(struct.unpack_from("<h", head, 70)[0])
    offset, slope, intercept = struct.unpack_from("<3f", head, 108)
    odd_scaling = not np.isfinite([slope, intercept]).all() or (slope == 0 and intercept != 0)
    if kind is None or count not in (2, 3) or odd_scaling or offset < 352 or offset != int(offset):
        return None
    shape, offset = tuple(reversed(lengths[:count])), int(offset)
    start, skip = (0, offset) if compressed else (offset, 0)
    scaling = None if slope == 0 or (slope, intercept) == (1, 0) else (slope, intercept)
    return PlainVoxels(path, np.dtype("<" + kind), shape, start, skip, compressed, scaling)


def _nrrd(path):
    with open(path, "rb") as file:
        if not file.readline().startswith(b"NRRD000"):
            return None
        fields = {}
        while (line := file.readline().rstrip(b"\r\n")) and len(fields) < 1000:
            key, separator, value = line.decode("latin-1").partition(": ")
            if separator and not key.startswith("#") and ":=" not in key:
                fields[key.lower()] = value.strip()
        start = file.tell()
    kind = _NRRD_TYPES.get(fields.get("type", "").lower())
    encoding = fields.get("encoding", "").lower()
    elsewhere = {"data file", "datafile", "line skip", "lineskip", "byte skip", "byteskip"} & fields.keys()
    if kind is None or elsewhere or encoding not in ("raw", "gzip", "gz"):
        return None
    if kind[1] != "1" and fields.get("endian", "").lower() != "little":
        return None
    shape = tuple(int(length) for length in reversed(fields.get("sizes", "").split()))
    return PlainVoxels(path, np.dtype("<" + kind), shape, start, 0, encoding != "raw")


def _read_all(readinto, out):
    if readinto(memoryview(out).cast("B")) != out.nbytes:
        raise RuntimeError(TOO_EARLY)


def _decompressor():
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


class _Inflated:
    """What a gzip stream holds, from its start to wherever it is read."""

    def __init__(self, file):
        self._file, self._stream = file, _decompressor()

    def readinto(self, out):
        filled = 0
        for piece in self._pieces(len(out)):
            out[filled : filled + len(piece)] = piece
            filled += len(piece)
        return filled

    def skip(self, count):
        for _ in self._pieces(count):
            pass

    def skip_to_the_end(self):
        """Inflate the rest, after which the checksum is compared."""
        while not self._stream.eof:
            self._inflate(INFLATED)

    def _pieces(self, count):
        """Yield the next `count` bytes."""
        while count:
            piece = self._inflate(min(count, INFLATED))
            count -= len(piece)
            yield piece

    def _inflate(self, most):
        """The next bytes, `most` or fewer."""
        given = b""
        if self._stream.eof:  # gzip files may be joined
            given, self._stream = self._stream.unused_data, _decompressor()
        if self._stream.needs_input and not given:
            given = self._file.read(READ)
            if not given:
                raise RuntimeError(TOO_EARLY)
        try:
            return self._stream.decompress(given, most)
        except igzip_lib.error as error:
            raise RuntimeError("the compressed stream is damaged") from error


def _scaled(voxels, slope, intercept):
    """What the file's slope and intercept make of the stored values, with ITK's rounding."""
    kind = np.float64 if voxels.dtype == np.float64 else np.float32
    return (voxels.astype(kind).astype(np.float64) * slope + intercept).astype(kind)
