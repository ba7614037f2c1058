"""The user hears of a compilation, once; kernels from the disk come silently."""

import os
import subprocess
import sys

import pytest

CODE = """
import numpy as np
from fusionkit.radiomics.features import compute_features
image = np.arange(27.0).reshape(3, 3, 3)
compute_features(image, image > 3, (1, 1, 1), {}, {"firstorder": ["Mean"]})
"""


@pytest.mark.slow
def test_compiling_is_announced_once_and_loading_is_not(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    first, second = (
        subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True).stderr
        for _ in range(2)
    )
    assert first.count("compiling the radiomics kernels") == 1
    assert second == ""
