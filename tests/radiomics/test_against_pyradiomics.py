"""The native engine gives pyradiomics's names and numbers, for every setting and image type."""

import pytest

from fusionkit.radiomics import extract_features, read_settings
from fusionkit.radiomics.setting_rules import IMAGE_TYPES, RULES
from tests.radiomics.agreement import disagreements
from tests.reference.cases import CASES, PARAMETERS, SETTING
from tests.reference.compare import cell_of, native_features, stored_features, worst_differences

QUICK = ("breast1", "mr-49")
LIVE = ("default", "distances", "resampled", "resegment_sigma", "slices")

slow = pytest.mark.slow


@pytest.mark.parametrize("parameters", PARAMETERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("case", [pytest.param(case, marks=[] if case in QUICK else slow) for case in CASES])
def test_features_equal_the_values_that_pyradiomics_gave(real_data, case, parameters):
    theirs = stored_features(parameters)[case]
    assert len(theirs) >= 9
    assert disagreements(native_features(real_data, case, parameters), theirs) == {}


@pytest.mark.parametrize(
    "parameters",
    [pytest.param(path, marks=[] if path.stem in LIVE else slow, id=path.stem) for path in PARAMETERS],
)
def test_features_equal_pyradiomics_run_beside(real_data, parameters):
    pytest.importorskip("radiomics")
    if "LBP3D" in read_settings(parameters).image_types:
        pytest.skip("pyradiomics's LBP3D needs scipy before 1.15")
    image, mask, label = CASES["breast1"]
    theirs = extract_features(real_data / image, real_data / mask, parameters, label=label, engine="pyradiomics")
    assert disagreements(native_features(real_data, "breast1", parameters), theirs) == {}


@slow
@pytest.mark.parametrize("case", ["brain1", "brain2", "lung1", "lung2", "dicom-7"])
def test_large_images_equal_pyradiomics_run_beside(real_data, case):
    pytest.importorskip("radiomics")
    image, mask, label = CASES[case]
    document = {"imageType": {"Original": {}, "LoG": {"sigma": [2.0]}}, "setting": SETTING}
    paths = real_data / image, real_data / mask
    theirs = extract_features(*paths, document, label=label, engine="pyradiomics")
    assert disagreements(extract_features(*paths, document, label=label), theirs) == {}


def test_every_setting_and_image_type_is_exercised_by_a_parameter_file():
    types, keys = set(), set()
    for path in PARAMETERS:
        document = read_settings(path).to_dict()
        types |= set(document.get("imageType", {}))
        keys |= set(document.get("setting", {}))
        for own in document.get("imageType", {}).values():
            keys |= set(own)
    assert types == set(IMAGE_TYPES)
    assert keys == set(RULES)


def test_values_are_stored_for_every_parameter_file():
    for path in PARAMETERS:
        assert set(stored_features(path)) == set(CASES), path.stem


def test_the_comparison_sees_a_difference():
    theirs = {"original_glcm_Contrast": 1.0, "original_glcm_Idm": float("nan"), "original_ngtdm_Busyness": 2.0}
    assert disagreements(dict(theirs), theirs) == {}
    assert set(disagreements({**theirs, "original_glcm_Contrast": 1.0 + 1e-8}, theirs)) == {"original_glcm_Contrast"}
    assert set(disagreements({**theirs, "original_glcm_Idm": 0.0}, theirs)) == {"original_glcm_Idm"}
    assert set(disagreements({"a": 1.0}, {"b": 1.0})) == {"a", "b"}


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("original_shape_MeshVolume", ("Original", "shape")),
        ("wavelet2-HHL_glcm_MCC", ("Wavelet", "MCC")),
        ("log-sigma-1-5-mm-3D_firstorder_Mean", ("LoG", "firstorder")),
        ("logarithm_ngtdm_Busyness", ("Logarithm", "ngtdm")),
        ("square_gldm_GrayLevelVariance", ("Square", "gldm")),
        ("squareroot_glrlm_RunEntropy", ("SquareRoot", "glrlm")),
        ("lbp-2D_glszm_ZoneEntropy", ("LBP2D", "glszm")),
        ("lbp-3D-k_glcm_Id", ("LBP3D", "glcm")),
    ],
)
def test_the_table_of_differences_keeps_the_worst_of_each_image_type_and_class(name, cell):
    assert cell_of(name) == cell
    worst = worst_differences({name: 1.0 + 2e-8}, {name: 1.0}, worst_differences({name: 1.0 + 1e-8}, {name: 1.0}, {}))
    assert worst == {cell: (pytest.approx(2e-8), name)}
    assert worst_differences({name: 1.0}, {name: 1.0}, dict(worst)) == worst
