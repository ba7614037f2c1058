"""Settings to start from, by modality; each value with the source that recommends it."""

__all__ = ["PRESETS"]

PRESETS = {
    "ct": {
        "imageType": {"Original": {}},
        "setting": {
            "binWidth": 25,
            "resampledPixelSpacing": [1, 1, 1],
            "interpolator": "sitkBSpline",
            "padDistance": 10,
            "voxelArrayShift": 1000,
        },
    },
    "mr": {
        "imageType": {"Original": {}},
        "setting": {
            "normalize": True,
            "normalizeScale": 100,
            "binWidth": 5,
            "resampledPixelSpacing": [1, 1, 1],
            "interpolator": "sitkBSpline",
            "padDistance": 10,
            "voxelArrayShift": 300,
        },
    },
    "pet": {
        "imageType": {"Original": {}},
        "setting": {
            "binWidth": 0.5,
            "resampledPixelSpacing": [4, 4, 4],
            "interpolator": "sitkBSpline",
            "padDistance": 5,
        },
    },
    "ultrasound": {
        "imageType": {"Original": {}},
        "setting": {"binCount": 32},
    },
}
"""Preset name -> parameter file.

``ct``: bins of 25 HU, 1 mm voxels and a shift of 1000 HU that keeps the energies' intensities positive, as in
pyradiomics's example file for CT (van Griethuysen et al., Cancer Research 2017, doi 10.1158/0008-5472.CAN-17-0339).
``mr``: intensities have no unit, so each image is brought to mean 0 and standard deviation 100, with bins of 5 and a
shift of three standard deviations, as in pyradiomics's example files for MR (the same source; Collewet et al., Magnetic
Resonance Imaging 2004, for the normalisation).
``pet``: expects SUV; bins of 0.5 SUV as in Leijenaar et al., Scientific Reports 2015, doi 10.1038/srep11075; voxels of
4 mm, near those of clinical scanners, so that none is interpolated to a resolution that was never measured.
``ultrasound``: grey values have no unit and depend on the device's gain, for which the IBSI reference manual
(Zwanenburg et al., Radiology 2020, doi 10.1148/radiol.2020191145) advises a fixed number of bins; pixels are kept.
"""
