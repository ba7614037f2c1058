"""The engine that runs pyradiomics itself, where the extra is installed."""

import contextlib
import logging
import warnings

import SimpleITK as sitk

from .._optional import import_optional
from ..exceptions import CaseError
from ..imaging.geometry import check_geometry
from ..imaging.resample import label_box
from .image_type_names import image_type_names
from .names import shape_classes

__all__ = ["compute_pyradiomics"]


def compute_pyradiomics(image, mask, label, settings):
    """Return pyradiomics's features of one case.

    Parameters
    ----------
    image, mask : SimpleITK.Image
    label : int
    settings : RadiomicsSettings

    Returns
    -------
    features : dict of str to float
        Such as ``"original_glcm_Contrast"``, in pyradiomics's order.

    Raises
    ------
    CaseError
        If pyradiomics refuses the case.
    ImportError
        If pyradiomics is not installed, or lacks a package that an image type needs.
    """
    setting = settings.setting
    if not setting["correctMask"] and (setting["resampledPixelSpacing"] is None or setting["interpolator"] is None):
        check_geometry(image, mask, tolerance=setting["geometryTolerance"])
    extractor_module = import_optional("radiomics.featureextractor", "engine='pyradiomics'")
    with _quiet(), _tolerance(setting["geometryTolerance"]):
        extractor = extractor_module.RadiomicsFeatureExtractor(
            _document(image, mask, label, settings), additionalInfo=False
        )
        try:
            result = extractor.execute(image, mask, label=label)
        except (ValueError, AssertionError) as error:
            raise CaseError(f"pyradiomics refuses the case: {error}") from error
    features = {name: float(value) for name, value in result.items()}
    _check_complete(features, settings, image.GetDimension() == 2)
    return features


def _document(image, mask, label, settings):
    """The parameter file with only those shape classes that apply: pyradiomics refuses a case for the others."""
    document = settings.to_dict()
    side = label_box(mask, label)[settings.setting["force2Ddimension"] % image.GetDimension()]
    shapes = shape_classes(settings, planar=image.GetDimension() == 2, thickness=side.stop - side.start)
    document["featureClass"] = {
        name: features or []
        for name, features in settings.feature_classes.items()
        if name in shapes or not name.startswith("shape")
    }
    document["imageType"] = document.get("imageType") or {"Original": {}}
    return document


@contextlib.contextmanager
def _quiet():
    """pyradiomics logs what is checked here, and imports with deprecated means: neither concerns the user."""
    logger = logging.getLogger("radiomics")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _tolerance(tolerance):
    """pyradiomics sets SimpleITK's tolerances for the whole process, and only the first time: set and restore them."""
    before = (
        sitk.ProcessObject.GetGlobalDefaultCoordinateTolerance(),
        sitk.ProcessObject.GetGlobalDefaultDirectionTolerance(),
    )
    if tolerance is not None:
        sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(tolerance)
        sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(tolerance)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultCoordinateTolerance(before[0])
        sitk.ProcessObject.SetGlobalDefaultDirectionTolerance(before[1])


def _check_complete(features, settings, planar):
    """pyradiomics leaves an image type out when a package is missing or the image is too small: say so."""
    present = {name.partition("_")[0] for name in features}
    for image_type, setting in settings.image_types.items():
        missing = [name for name in image_type_names(image_type, setting, planar=planar) if name not in present]
        if missing and any(cls[:5] != "shape" for cls in settings.feature_classes):
            raise CaseError(
                f"pyradiomics left out {missing[0]}.",
                "The image is too small for it, or a package that pyradiomics needs for it is missing or too new "
                "(scikit-image for LBP2D, trimesh and scipy before 1.15 for LBP3D); engine='native' needs none.",
            )
