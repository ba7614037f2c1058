"""The names of the features that settings ask for, in the order in which results list them."""

from .catalogue import check_enabled
from .image_type_names import image_type_names

__all__ = ["expected_names", "shape_classes"]


def shape_classes(settings, *, planar, thickness):
    """Return the shape classes that apply to a region, each with the features wanted.

    A flat image has a 2D shape and no 3D shape. In a volume, the 2D shape needs ``force2D`` and a region of one slice;
    where that fails and the settings name shape2D themselves, the shape class refuses the case.

    Parameters
    ----------
    settings : RadiomicsSettings
    planar : bool
        Whether the image has two dimensions.
    thickness : int
        Slices that the region spans along ``force2Ddimension``.

    Returns
    -------
    classes : dict of str to list or None
    """
    named = bool(settings.to_dict().get("featureClass"))
    classes = settings.feature_classes
    wanted = []
    if not planar:
        wanted.append("shape")
    if planar or (settings.setting["force2D"] and (thickness == 1 or named)):
        wanted.append("shape2D")
    return {name: classes[name] for name in wanted if name in classes}


def expected_names(settings, *, planar=False, thickness=2):
    """Return the names of all features that an extraction gives.

    Parameters
    ----------
    settings : RadiomicsSettings
    planar : bool, default=False
        Whether the image has two dimensions.
    thickness : int, default=2
        Slices that the region spans along ``force2Ddimension``; matters with ``force2D`` only.

    Returns
    -------
    names : list of str
        Such as ``"original_glcm_Contrast"``.
    """
    shapes = check_enabled(shape_classes(settings, planar=planar, thickness=thickness))
    names = [f"original_{cls}_{feature}" for cls, features in shapes.items() for feature in features]
    others = check_enabled({cls: wanted for cls, wanted in settings.feature_classes.items() if cls[:5] != "shape"})
    for image_type, setting in settings.image_types.items():
        for prefix in image_type_names(image_type, setting, planar=planar):
            names += [f"{prefix}_{cls}_{feature}" for cls, features in others.items() for feature in features]
    return names
