"""Medical images and masks from files: read them, check that they belong together, resample, normalise."""

from .geometry import check_geometry
from .read import read_image, read_mask

__all__ = ["check_geometry", "read_image", "read_mask"]
