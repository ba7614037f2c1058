"""Images and masks from files: NIfTI, NRRD, MetaImage, a folder with a DICOM series, PNG, TIFF, JPEG."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk

from ..exceptions import CaseError
from .memory import check_fits
from .plain import plain_voxels

__all__ = ["cut_box", "read_header", "read_image", "read_mask"]

UNEVEN = 0.05
"""Part of the usual step between DICOM slices by which a step may differ: positions are rounded, slices never half."""

NEARLY_WHOLE = 0.01
"""How far a mask's values may be from whole numbers: so they come back where a program stored them with a slope."""


def cut_box(image, box):
    """Return a part of an image.

    Parameters
    ----------
    image : SimpleITK.Image
    box : tuple of slice
        With start and stop along every axis, in the array's order: z, y, x.

    Returns
    -------
    part : SimpleITK.Image
        Its origin is that of the box's first voxel.
    """
    size, first = zip(*((side.stop - side.start, side.start) for side in reversed(box)), strict=True)
    return sitk.RegionOfInterest(image, size, first)


def read_header(source):
    """Return a reader that knows the size and the grid of an image, whose voxels are not read.

    Parameters
    ----------
    source : str, Path or SimpleITK.Image

    Returns
    -------
    reader : SimpleITK.ImageFileReader or None
        None for an image in memory, a folder, and a file that cannot be read.
    """
    if not isinstance(source, str | Path):
        return None
    try:
        return _opened(source) if Path(source).is_file() else None
    except (RuntimeError, OSError):  # reading the image says what is wrong
        return None


def _opened(path):
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    return reader


def read_image(source, *, spacing_mm=None, colour="refuse", box=None, header=None):
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
    box : tuple of slice or None, default=None
        The part wanted of an image in a file, with start and stop along z, y and x; the image's origin is that of
        its first voxel. None reads all.
    header : SimpleITK.ImageFileReader or None, default=None
        The file's, as :func:`read_header` gave it, so that it is not read again; None reads it.

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
    image = _check_usable(_load(source, name, header, box=box), name)
    if image.GetNumberOfComponentsPerPixel() > 1:
        image = _grey(image) or _luminance(image, colour, name)
    return _respaced(image, spacing_mm, name)


def read_mask(source, *, spacing_mm=None, label_channel=None, keep=None):
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
    keep : callable or None, default=None
        Called as ``keep(voxels, header)`` with the array of a mask in a file; returns the box wanted, as for
        :func:`read_image`, or None for all. What is not wanted takes no memory as an image.

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
    mask = _check_usable(_load(source, name, keep=keep), name)
    if mask.GetNumberOfComponentsPerPixel() > 1:
        mask = _channel(mask, label_channel, name)
    return _respaced(_whole_numbers(mask, name), spacing_mm, name)


def _name(source, fallback):
    """What messages call it: a file by its name."""
    if isinstance(source, sitk.Image):
        return fallback
    if source is None:
        raise CaseError(f"{fallback} is missing: there is no path.", "Add the path, or leave the case out.")
    if not isinstance(source, str | Path):
        raise TypeError(f"{fallback} must be a path or a SimpleITK image; got {type(source).__name__}")
    return Path(source).name


def _load(source, name, header=None, *, box=None, keep=None):
    if isinstance(source, sitk.Image):
        return source
    path = Path(source)
    try:
        if path.is_dir():
            return _load_series(path, name)
        if not path.is_file():
            raise CaseError(f"{name} does not exist.", "Check the path; a relative path starts at the table's folder.")
        reader = header or _opened(path)
        check_fits(reader, name)
        return _execute(reader, path, box, keep)
    except RuntimeError as error:
        raise _unreadable(name, str(error)) from error
    except OSError as error:
        raise CaseError(
            f"{name} cannot be opened: {error.strerror}.", "Check that it may be read, and that its drive is there."
        ) from error


def _unreadable(name, said):
    if "orthonormal" in said:
        return CaseError(
            f"{name} cannot be read: the axes in its header are not at right angles.",
            "Resample it onto axes at right angles; where only NIfTI's sform is skewed, copy the qform over it.",
        )
    return CaseError(
        f"{name} cannot be read: it is damaged, or not an image.",
        "Open it in a viewer; NIfTI, NRRD, MetaImage, DICOM, PNG, TIFF and JPEG are read.",
    )


def _execute(reader, path, box, keep):
    """The image, or a part of it: read by ourselves where the file is stored plainly, else by ITK."""
    voxels = plain_voxels(path, reader)
    if voxels is None:
        _refuse_a_twin(path)
        image = reader.Execute()
        box = keep(sitk.GetArrayViewFromImage(image), reader) if keep is not None else box
        return image if box is None else cut_box(image, box)
    whole = tuple(slice(0, length) for length in voxels.shape)
    box = box or whole
    array = voxels.read(box)
    kept = None if keep is None else keep(array, reader)
    if kept is not None:
        box, array = kept, np.ascontiguousarray(array[kept])
    image = sitk.GetImageFromArray(array)
    image.SetSpacing(reader.GetSpacing())
    image.SetDirection(reader.GetDirection())
    image.SetOrigin(reader.GetOrigin())
    if box != whole:
        image.SetOrigin(image.TransformIndexToPhysicalPoint([side.start for side in reversed(box)]))
    return image


def _refuse_a_twin(path):
    """Refuse to let ITK read ``a.nii.gz`` where ``a.nii`` stands beside it: it takes the voxels of the other file."""
    twin = path.with_suffix("")
    if path.name.lower().endswith(".nii.gz") and twin.is_file():
        raise CaseError(
            f"{path.name} cannot be told apart from {twin.name} beside it, whose voxels ITK would read.",
            "Rename one of them, or put it into a folder of its own.",
        )


def _load_series(folder, name):
    reader = sitk.ImageSeriesReader()
    series = reader.GetGDCMSeriesIDs(str(folder))
    if not series:
        raise CaseError(f"the folder {name} holds no DICOM series.", "Give the folder with the series' slices.")
    if len(series) > 1:
        raise CaseError(
            f"the folder {name} holds {len(series)} DICOM series.", "Put each series into a folder of its own."
        )
    names = reader.GetGDCMSeriesFileNames(str(folder), series[0])
    reader.SetFileNames(names)
    try:
        check_fits(_opened(names[0]), name, n_files=len(names))
        image = reader.Execute()
        if image.HasMetaDataKey("ITK_non_uniform_sampling_deviation"):
            _check_even(names, name)
    except RuntimeError as error:
        raise CaseError(
            f"the DICOM series in {name} cannot be read.", "Check that all slices are there and of one size."
        ) from error
    return image


def _check_even(names, name):
    """Refuse slices that are not evenly apart: ITK would spread them evenly, and every length would be wrong."""
    places = np.array([_opened(slice_name).GetOrigin() for slice_name in names])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    usual = np.median(steps[steps > 0]) if steps.any() else 0.0
    odd = np.flatnonzero((steps == 0) | (np.abs(steps - usual) > UNEVEN * usual))
    if not odd.size:
        return
    first, second = (Path(names[odd[0] + place]).name for place in (0, 1))
    raise CaseError(
        f"the slices in {name} are not evenly apart: {odd.size} of {len(steps)} steps are not the usual "
        f"{usual:.4g} mm, such as {steps[odd[0]]:.4g} mm from {first} to {second}.",
        "A slice is missing, damaged or there twice: export the series again, one acquisition to a folder.",
    )


def _check_usable(image, name):
    size = image.GetSize()
    if len(size) == 4 and size[3] == 1:
        return image[:, :, :, 0]
    if len(size) not in (2, 3):
        raise CaseError(
            f"{name} has {len(size)} dimensions ({' x '.join(map(str, size))}).",
            "Save the volume or time point meant as an image of three dimensions.",
        )
    kind = image.GetPixelIDTypeAsString()
    if "complex" in kind:
        raise CaseError(f"{name} has complex values.", "Save its magnitude as a real image.")
    if kind.startswith("label"):
        raise CaseError(f"{name} is a label map object.", "Make an image of it with SimpleITK.LabelMapToLabel.")
    steps = image.GetSpacing()
    if not np.isfinite([*image.GetOrigin(), *image.GetDirection()]).all() or not 1e-6 < min(steps) <= max(steps) < 1e4:
        raise CaseError(
            f"{name} has no usable position: voxels of {' x '.join(f'{step:g}' for step in steps)} mm, the first at "
            f"{', '.join(f'{place:g}' for place in image.GetOrigin())} mm.",
            "Correct the file's header, or convert the original images anew.",
        )
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
    whole = np.rint(values)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        odd = values[~(np.abs(values - whole) <= NEARLY_WHOLE) | ~(np.abs(values) < 2**31)]
    if odd.size:
        raise CaseError(
            f"{name} has values that are not whole numbers, such as {odd.flat[0]:g}.",
            "A mask holds one whole number per region: threshold a probability map first.",
        )
    integers = sitk.GetImageFromArray(whole.astype(np.int32))
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
