"""How much memory an image takes, asked of its header before anything is allocated."""

import math
import os
from pathlib import Path

import SimpleITK as sitk

from ..exceptions import CaseError

__all__ = ["available_bytes", "check_fits", "check_room", "voxel_bytes"]

_BYTES = {
    "8-bit unsigned integer": 1,
    "8-bit signed integer": 1,
    "16-bit unsigned integer": 2,
    "16-bit signed integer": 2,
    "32-bit unsigned integer": 4,
    "32-bit signed integer": 4,
    "32-bit float": 4,
}
"""Bytes of a component by SimpleITK's name of the pixel type; every other type takes eight."""


def available_bytes():
    """Return the memory that can be allocated now, in bytes, or None where the system does not say.

    Returns
    -------
    available : int or None
    """
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if "SC_AVPHYS_PAGES" in getattr(os, "sysconf_names", {}):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def check_fits(reader, name, n_files=1):
    """Refuse an image whose header promises more voxels than the memory holds.

    Parameters
    ----------
    reader : SimpleITK.ImageFileReader
        With the header read.
    name : str
        The file's name, for the message.
    n_files : int, default=1
        Files of the same size that make up the image, as the slices of a DICOM series do.

    Raises
    ------
    CaseError
        If the image needs more than the available memory.
    """
    size = (*reader.GetSize()[: 2 if n_files > 1 else None], *([n_files] if n_files > 1 else []))
    check_room(size, voxel_bytes(reader), name, "Crop or resample the image first, or use a machine with more memory.")


def voxel_bytes(image):
    """Return the bytes that a voxel takes.

    Parameters
    ----------
    image : SimpleITK.Image or SimpleITK.ImageFileReader
        What knows the type of the voxels.

    Returns
    -------
    bytes : int
    """
    components = getattr(image, "GetNumberOfComponents", None) or image.GetNumberOfComponentsPerPixel
    kind = sitk.GetPixelIDValueAsString(image.GetPixelID()).removeprefix("vector of ")
    return max(components(), 1) * _BYTES.get(kind, 8)


def check_room(size, bytes_each, name, way_out):
    """Refuse what the memory does not hold, before it is allocated.

    Parameters
    ----------
    size : sequence of int
        Voxels along each axis.
    bytes_each : int
        Bytes that a voxel takes, in all that is to be allocated.
    name : str
        What it is, for the message.
    way_out : str
        What the user may do.

    Raises
    ------
    CaseError
        If it needs more than the available memory.
    """
    needed = bytes_each * math.prod(size)
    available = available_bytes()
    if available is not None and needed > available:
        raise CaseError(
            f"{name} has {' x '.join(map(str, size))} voxels and needs {needed / 2**30:.1f} GB, "
            f"but {available / 2**30:.1f} GB of memory are free.",
            way_out,
        )
