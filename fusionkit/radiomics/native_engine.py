"""The engine of our own: features of a case that is read, from kernels on the region's box."""

from .case import prepare_case
from .features import compute_features
from .image_types import derive_images
from .names import shape_classes

__all__ = ["compute_native"]


def compute_native(image, mask, label, settings, *, ibsi=False):
    """Return all features of one case.

    Parameters
    ----------
    image, mask : SimpleITK.Image
    label : int
    settings : RadiomicsSettings
    ibsi : bool, default=False
        Whether to give IBSI's value where pyradiomics's definition differs.

    Returns
    -------
    features : dict of str to float
        Such as ``"original_glcm_Contrast"``: shape first, then by image type, as pyradiomics orders them.
    """
    case = prepare_case(image, mask, label, settings)
    features = _shape_features(case, settings, ibsi)
    classes = {name: wanted for name, wanted in settings.feature_classes.items() if not name.startswith("shape")}
    roi = case.roi[case.box]
    for image_type, values, setting in derive_images(case, settings):
        computed = compute_features(values, roi, case.spacing_mm, setting, classes, shape=False, ibsi=ibsi)
        features.update({f"{image_type}_{name}": value for name, value in computed.items()})
    return features


def _shape_features(case, settings, ibsi):
    """Shape, which no filter changes. pyradiomics cuts the unresegmented region to the resegmented box: so do we."""
    setting = dict(settings.setting)
    if case.planar:
        setting.update(force2D=True, force2Ddimension=0)
    shape_roi = case.shape_roi[case.box]
    classes = shape_classes(settings, planar=case.planar, thickness=shape_roi.shape[setting["force2Ddimension"]])
    computed = compute_features(case.array[case.box], shape_roi, case.spacing_mm, setting, classes, ibsi=ibsi)
    return {f"original_{name}": value for name, value in computed.items()}
