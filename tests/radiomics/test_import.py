"""One case needs neither tables nor estimators, which take longer to load than all the rest."""

import subprocess
import sys

CODE = """
import sys
import numpy as np, SimpleITK as sitk
from fusionkit.radiomics import extract_features
image = sitk.GetImageFromArray(np.arange(343.0).reshape(7, 7, 7))
mask = sitk.GetImageFromArray(np.pad(np.ones((5, 5, 5), np.uint8), 1))
extract_features(image, mask, {"imageType": {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0]}}})
print([package for package in ("pandas", "sklearn", "joblib", "scipy.stats", "matplotlib") if package in sys.modules])
"""


def test_one_case_loads_no_tables_and_no_estimators():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    from fusionkit import radiomics

    assert all(getattr(radiomics, name) is not None for name in radiomics.__all__)
    assert set(dir(radiomics)) == set(radiomics.__all__)
