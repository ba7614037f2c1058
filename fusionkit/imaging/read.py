"""Images and masks from files: NIfTI, NRRD, MetaImage, a folder with a DICOM series, PNG, TIFF, JPEG."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError
from .memory import check_fits

__all__ = ["read_image", "read_mask"]


def read_image(source, *, spacing_mm=None, colour="refuse"):
    """Return a scalar image of two or three dimensions.

    A colour picture whose channels are equal (a grey picture stored as RGB or RGBA, as ultrasound often is) becomes
    grey; its opacity is left out.

    Parameters
    ----------
    source : str, Path or SimpleITK.Image
        A file that SimpleITK reads, a folder with one DICOM series, or an image already in memory.
    spacing_mm : sequence of float or None, default=None
        The voxel's size as (x, y) or (x, y, z) in millimetres, in place of the file's. PNG and JPEG files seldom
        know theirs.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ, such as an ultrasound image that the device has tinted:
        refuse it, or take its luminance (ITU-R 601-2), in whole grey values as picture viewers do.

    Returns
    -------
    image : SimpleITK.Image

    Raises
    ------
    CaseError
        If the file is missing or damaged, has four dimensions or colours, or does not fit into memory.
    """
    name = _name(source, "the image")
    if colour not in ("refuse", "luminance"):
        raise ValueError(f"colour must be 'refuse' or 'luminance'; got {colour!r}")
    image = _check_dimensions(_load(source, name), name)
    if image.GetNumberOfComponentsPerPixel() > 1:
        image = _grey(image) or _luminance(image, colour, name)
    return _respaced(image, spacing_mm, name)


def read_mask(source, *, spacing_mm=None, label_channel=None):
    """Return a mask as an image of whole numbers, one per region.

    Parameters
    ----------
    source : str, Path or SimpleITK.Image
        A file that SimpleITK reads, or an image already in memory.
    spacing_mm : sequence of float or None, default=None
        The voxel's size as (x, y) or (x, y, z) in millimetres, in place of the file's.
    label_channel : int or None, default=None
        Which channel to take when the mask has several (overlapping segments); None takes the first, or the grey
        value when the mask is a picture whose channels are equal.

    Returns
    -------
    mask : SimpleITK.Image
        With an integer pixel type.

    Raises
    ------
    CaseError
        If the file is missing or damaged, its values are not whole numbers, or the channel does not exist.
    """
    name = _name(source, "the mask")
    mask = _check_dimensions(_load(source, name), name)
    if mask.GetNumberOfComponentsPerPixel() > 1:
        mask = _channel(mask, label_channel, name)
    return _respaced(_whole_numbers(mask, name), spacing_mm, name)


def _name(source, fallback):
    return fallback if isinstance(source, sitk.Image) else Path(source).name


def _load(source, name):
    if isinstance(source, sitk.Image):
        return source
    path = Path(source)
    if path.is_dir():
        return _load_series(path, name)
    if not path.is_file():
        raise CaseError(f"{name} does not exist.", "Check the path; a relative path starts at the table's folder.")
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
        check_fits(reader, name)
        return reader.Execute()
    except RuntimeError as error:
        raise CaseError(
            f"{name} cannot be read: it is damaged, or not an image.",
            "Open it in a viewer; NIfTI, NRRD, MetaImage, DICOM, PNG, TIFF and JPEG are read.",
        ) from error


def _load_series(folder, name):
    reader = sitk.ImageSeriesReader()
    series = reader.GetGDCMSeriesIDs(str(folder))
    if not series:
        raise CaseError(f"the folder {name} holds no DICOM series.", "Give the folder with the series' slices.")
    if len(series) > 1:
        raise CaseError(
            f"the folder {name} holds {len(series)} DICOM series.", "Put each series into a folder of its own."
        )
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder), series[0]))
    try:
        return reader.Execute()
    except RuntimeError as error:
        raise CaseError(
            f"the DICOM series in {name} cannot be read.", "Check that all slices are there and of one size."
        ) from error


def _check_dimensions(image, name):
    size = image.GetSize()
    if len(size) == 4 and size[3] == 1:
        return image[:, :, :, 0]
    if len(size) not in (2, 3):
        raise CaseError(
            f"{name} has {len(size)} dimensions ({' x '.join(map(str, size))}).",
            "Save the volume or time point meant as an image of three dimensions.",
        )
    if "complex" in image.GetPixelIDTypeAsString():
        raise CaseError(f"{name} has complex values.", "Save its magnitude as a real image.")
    return image


def _grey(image):
    """The common value of the colour channels, or None if they differ."""
    channels = sitk.GetArrayViewFromImage(image)
    count = channels.shape[-1]
    colours = {2: 1, 4: 3}.get(count, count)  # the second of two and the fourth of four channels is opacity
    if any(not np.array_equal(channels[..., 0], channels[..., channel]) for channel in range(1, colours)):
        return None
    return sitk.VectorIndexSelectionCast(image, 0)


def _luminance(image, colour, name):
    count = image.GetNumberOfComponentsPerPixel()
    if colour != "luminance" or count not in (3, 4):
        raise CaseError(
            f"{name} has {count} channels that differ: it is a colour picture or a vector image.",
            "Features are defined on one grey value: colour='luminance' takes that of a tinted picture; otherwise save "
            "the channel meant.",
        )
    red, green, blue = np.moveaxis(sitk.GetArrayViewFromImage(image)[..., :3].astype(np.int64), -1, 0)
    grey = sitk.GetImageFromArray(((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16).astype(np.int32))
    grey.CopyInformation(image)
    return grey


def _channel(mask, label_channel, name):
    if label_channel is None:
        grey = _grey(mask) if mask.GetDimension() == 2 else None
        if grey is not None:
            return grey
        label_channel = 0
    count = mask.GetNumberOfComponentsPerPixel()
    if label_channel >= count:
        raise CaseError(f"{name} has {count} channels; there is no label_channel {label_channel}.", "Count from 0.")
    return sitk.VectorIndexSelectionCast(mask, int(label_channel))


def _whole_numbers(mask, name):
    if "float" not in mask.GetPixelIDTypeAsString():
        return mask
    values = sitk.GetArrayViewFromImage(mask)
    odd = values[(np.rint(values) != values) | ~(np.abs(values) < 2**31)]
    if odd.size:
        raise CaseError(
            f"{name} has values that are not whole numbers, such as {odd.flat[0]:g}.",
            "A mask holds one whole number per region: threshold a probability map first.",
        )
    integers = sitk.GetImageFromArray(values.astype(np.int32))
    integers.CopyInformation(mask)
    return integers


def _respaced(image, spacing_mm, name):
    if spacing_mm is None:
        return image
    spacing = [float(length) for length in spacing_mm]
    if len(spacing) != image.GetDimension() or min(spacing) <= 0:
        raise ValueError(
            f"spacing_mm must be {image.GetDimension()} lengths above 0 for {name}; got {tuple(spacing_mm)!r}"
        )
    respaced = sitk.Image(image)
    respaced.SetSpacing(spacing)
    return respaced
