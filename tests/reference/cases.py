"""The cases that reference values are stored for: name -> image, mask and label, in the folder of real data."""

from pathlib import Path

__all__ = ["CASES", "PARAMETERS", "SETTING", "VALUES"]

PARAMETERS = sorted((Path(__file__).parent / "parameters").glob("*.yaml"))
VALUES = Path(__file__).parent / "values"

SETTING = {"correctMask": True}
"""Added to every parameter file: the DICOM series and its mask cover the same space, one from front to back."""

_SHIPPED = "radiomics_cases/{}_image.nrrd", "radiomics_cases/{}_label.nrrd"
_PROSTATE = "radiomics_cases/prostate_phantom_subvolume.nrrd", "radiomics_cases/prostate_phantom_subvolume-label.nrrd"
_ORGANS = {
    "ct": ("example_ct_sm.nii.gz", "example_seg.nii.gz", (5, 30, 33)),
    "mr": ("example_mr_sm.nii.gz", "example_seg_mr.nii.gz", (1, 15, 49)),
    "dicom": ("ct_dicom", "example_seg_dicom.nii.gz", (7, 32, 103)),
}

CASES = {
    "breast1": (*(path.format("breast1") for path in _SHIPPED), 1),
    "prostate": (*_PROSTATE, 1),
    **{
        f"{name}-{label}": (f"ct_mr_organs/{image}", f"ct_mr_organs/{mask}", label)
        for name, (image, mask, labels) in _ORGANS.items()
        for label in labels
    },
    **{name: (*(path.format(name) for path in _SHIPPED), 1) for name in ("brain1", "brain2", "lung1", "lung2")},
}
"""Quick ones first."""
