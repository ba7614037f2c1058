"""pyradiomics itself, called class by class, as the oracle of the native kernels."""

import importlib
import logging
import warnings

import numpy as np
import SimpleITK as sitk

CLASSES = {
    "firstorder": ("radiomics.firstorder", "RadiomicsFirstOrder"),
    "shape": ("radiomics.shape", "RadiomicsShape"),
    "shape2D": ("radiomics.shape2D", "RadiomicsShape2D"),
    "glcm": ("radiomics.glcm", "RadiomicsGLCM"),
    "glrlm": ("radiomics.glrlm", "RadiomicsGLRLM"),
    "glszm": ("radiomics.glszm", "RadiomicsGLSZM"),
    "gldm": ("radiomics.gldm", "RadiomicsGLDM"),
    "ngtdm": ("radiomics.ngtdm", "RadiomicsNGTDM"),
}


def bounding_box(mask):
    """The slices that hold the mask: pyradiomics's extractor crops to them before it calls a class."""
    return tuple(slice(along.min(), along.max() + 1) for along in np.nonzero(mask))


def to_sitk(array, spacing_mm):
    image = sitk.GetImageFromArray(array)
    image.SetSpacing([float(step) for step in spacing_mm[::-1]])
    return image


def pyradiomics_class(feature_class):
    module, name = CLASSES[feature_class]
    return getattr(importlib.import_module(module), name)


def pyradiomics_features(feature_class, image, mask, spacing_mm, settings=None, names=None):
    """``{name: value}`` from pyradiomics's class for a zyx image and mask, cropped as its extractor does."""
    box = bounding_box(mask)
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        calculator = pyradiomics_class(feature_class)(
            to_sitk(image[box], spacing_mm), to_sitk(mask[box].astype(np.uint8), spacing_mm), **(settings or {})
        )
        for name in names or ():
            calculator.enableFeatureByName(name)
        return {name: float(value) for name, value in calculator.execute().items()}


def relative_difference(value, reference, floor=0.0):
    """``|value - reference| / |reference|``; 0 where both are NaN, infinite where one is, or below the floor."""
    if np.isnan(value) or np.isnan(reference):
        return 0.0 if np.isnan(value) and np.isnan(reference) else np.inf
    difference = abs(value - reference)
    if difference <= floor or difference == 0:
        return 0.0
    return difference / abs(reference) if reference else np.inf


def blob(seed, shape=(9, 14, 12), dtype=np.float64, low=0, high=300):
    """A smooth, seeded image and a ragged, connected region that does not touch the border."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(size=[n + 4 for n in shape])
    smooth = sum(np.roll(coarse, step, axis) for axis in range(3) for step in (-1, 0, 1))[2:-2, 2:-2, 2:-2]
    image = (low + (high - low) * (smooth - smooth.min()) / np.ptp(smooth)).astype(dtype)
    z, y, x = np.meshgrid(*[np.linspace(-1.15, 1.15, n) for n in shape], indexing="ij")
    mask = (z**2 + y**2 + x**2 + 0.25 * rng.normal(size=shape)) < 0.8
    mask[[0, -1]] = mask[:, [0, -1]] = mask[:, :, [0, -1]] = False
    return image, mask
