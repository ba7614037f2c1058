"""Diagnostics are pyradiomics's, by name and by value."""

import warnings

import numpy as np
import pytest

from fusionkit.radiomics import describe_case, read_settings
from tests.reference.cases import CASES, PARAMETERS


@pytest.mark.parametrize("parameters", ["default", "resampled", "resegment_sigma"])
def test_diagnostics_equal_pyradiomics(real_data, parameters):
    featureextractor = pytest.importorskip("radiomics.featureextractor")
    path = next(each for each in PARAMETERS if each.stem == parameters)
    image, mask, label = CASES["breast1"]
    image, mask = real_data / image, real_data / mask
    document = {**read_settings(path).to_dict(), "imageType": {"Original": {}}, "featureClass": {"ngtdm": []}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = featureextractor.RadiomicsFeatureExtractor(document).execute(str(image), str(mask), label=label)
    theirs = {name: value for name, value in theirs.items() if name.startswith("diagnostics")}
    ours = describe_case(image, mask, document, label=label)
    steps = [name for name in theirs if name.startswith(("diagnostics_Image", "diagnostics_Mask"))]
    assert set(steps) <= set(ours)
    for name in steps:
        if isinstance(theirs[name], str):
            assert ours[name] == theirs[name], name
        else:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, err_msg=name)
