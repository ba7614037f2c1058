"""Feature maps: every feature of the small neighbourhood around each voxel of a region."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from fusionkit.imaging.memory import check_room
from fusionkit.radiomics.case import prepare_case, read_case
from fusionkit.radiomics.image_types import derive_images
from fusionkit.radiomics.moving import compute_maps
from fusionkit.radiomics.names import expected_names
from fusionkit.radiomics.settings import read_settings

__all__ = ["extract_maps"]


def extract_maps(image, mask, settings=None, *, label=None, folder=None, ibsi=False):
    """Return a map of each feature: its value in the neighbourhood of every voxel of the region.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
        Files that SimpleITK reads, a folder with a DICOM series for the image, or images in memory.
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        A parameter file of pyradiomics, its content, or the name of a preset; ``voxelSetting`` holds kernelRadius
        (in voxels), maskedKernel, initValue (it may be nan) and voxelBatch. Shape classes are left out: a voxel has no
        shape.
    label : int or None, default=None
        The region's value in the mask; None takes the settings', and where they name none, 1 or the only value that
        the mask has.
    folder : str, Path or None, default=None
        Where to write the maps, as ``<name>.nii.gz``; None writes nothing. The folder is made if it is not there.
    ibsi : bool, default=False
        Give IBSI's value where pyradiomics's definition differs from it.

    Returns
    -------
    maps : dict of str to SimpleITK.Image
        By the names that :func:`~fusionkit.radiomics.extract_features` gives, such as ``"original_glcm_Contrast"``,
        on the grid of the image after resampling; initValue outside the region, NaN where a feature is undefined.

    Raises
    ------
    CaseError
        If this image or mask cannot be used, or memory does not hold the maps; the message says why and what to do.

    Examples
    --------
    >>> import numpy as np, SimpleITK as sitk
    >>> from fusionkit.radiomics import extract_maps
    >>> image = sitk.GetImageFromArray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10))
    >>> mask = sitk.GetImageFromArray(np.pad(np.ones((4, 4, 4), np.uint8), 3))
    >>> maps = extract_maps(image, mask, {"featureClass": {"firstorder": ["Mean"]}})
    >>> maps["original_firstorder_Mean"].GetPixel(4, 4, 4), maps["original_firstorder_Mean"].GetPixel(0, 0, 0)
    (444.0, 0.0)
    """
    settings = read_settings(settings)
    image, mask, label = read_case(image, mask, settings, label)
    case = prepare_case(image, mask, label, settings)
    box = _widened(case.box, settings.setting["kernelRadius"], case.roi.shape)
    _check_room(case, settings)
    maps = {}
    for image_type, values, setting in derive_images(replace(case, box=box), settings):
        if case.planar:
            setting = {**setting, "force2D": True, "force2Ddimension": 0}
        computed = compute_maps(values, case.roi[box], case.spacing_mm, setting, settings.feature_classes, ibsi=ibsi)
        for name, values_in_box in computed.items():
            whole = np.full(case.roi.shape, setting["initValue"], dtype=np.float64)
            whole[box] = values_in_box
            maps[f"{image_type}_{name}"] = _on_grid(whole, case)
    if folder is not None:
        _write(maps, Path(folder))
    return maps


def _check_room(case, settings):
    """Refuse more maps than the memory holds."""
    names = [name for name in expected_names(settings, planar=case.planar) if "_shape_" not in name]
    check_room(
        case.image.GetSize(),
        len(names) * np.dtype(np.float64).itemsize,
        f"each of the {len(names)} maps",
        "Set preCrop to true, which leaves the region and padDistance voxels around it, or name fewer features.",
    )


def _widened(box, radius, shape):
    """The box with a border of the kernel's radius, as far as the image goes."""
    return tuple(
        slice(max(side.start - radius, 0), min(side.stop + radius, size)) for side, size in zip(box, shape, strict=True)
    )


def _on_grid(values, case):
    """The values as an image with the case's geometry."""
    image = sitk.GetImageFromArray(values[0] if case.planar else values)
    image.CopyInformation(case.image)
    return image


def _write(maps, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in maps.items():
        sitk.WriteImage(image, folder / f"{name}.nii.gz")
