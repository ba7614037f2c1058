"""Parameter files: pyradiomics's are read as they are, and a slip of the pen is an error that names the right word."""

import json
import math
import pickle

import pytest

from fusionkit.radiomics import RadiomicsSettings, read_settings
from fusionkit.radiomics.presets import PRESETS
from fusionkit.radiomics.setting_rules import IMAGE_TYPES, RULES, VOXEL_RULES

FILE = """
imageType:
  Original: {}
  LoG: {sigma: [1, 2.5], binWidth: 10}
featureClass:
  firstorder:
  glcm: [Contrast, Idm]
setting:
  binWidth: 5
  geometryTolerance: 1e-3
  resampledPixelSpacing: [1, 1, 0]
  label: 3
voxelSetting:
  kernelRadius: 2
"""


def test_a_file_is_read_as_it_stands(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(FILE)
    settings = read_settings(path)
    assert settings.image_types["LoG"]["sigma"] == [1, 2.5]
    assert settings.image_types["LoG"]["binWidth"] == 10
    assert settings.image_types["Original"]["binWidth"] == settings.setting["binWidth"] == 5
    assert settings.setting["geometryTolerance"] == 0.001
    assert settings.setting["kernelRadius"] == 2
    assert settings.feature_classes == {"firstorder": None, "glcm": ["Contrast", "Idm"]}
    assert settings.explicit_label == 3


def test_yaml_json_and_mapping_give_the_same_settings(tmp_path):
    (tmp_path / "a.yaml").write_text(FILE)
    settings = read_settings(tmp_path / "a.yaml")
    (tmp_path / "a.json").write_text(json.dumps(settings.to_dict()))
    assert read_settings(tmp_path / "a.json") == settings == RadiomicsSettings(settings.to_dict())
    assert read_settings(str(tmp_path / "a.json")).fingerprint() == settings.fingerprint()


def test_defaults_written_out_change_nothing():
    written = {"setting": {"binWidth": 25, "normalize": False}, "imageType": {"Original": {}}}
    assert RadiomicsSettings(written).fingerprint() == RadiomicsSettings().fingerprint()
    assert RadiomicsSettings({"setting": {"binWidth": 24}}) != RadiomicsSettings()
    assert len(RadiomicsSettings().fingerprint()) == 64


def test_settings_do_not_change():
    settings = RadiomicsSettings({"setting": {"distances": [1, 2]}})
    with pytest.raises(AttributeError, match="settings do not change"):
        settings.setting = {}
    settings.setting["distances"].append(3)
    settings.to_dict()["setting"]["binWidth"] = 1
    assert settings.setting["distances"] == [1, 2]
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert hash(settings) == hash(RadiomicsSettings(settings))


def pyradiomics_schema():
    import yaml

    radiomics = pytest.importorskip("radiomics")
    with open(radiomics.getParameterValidationFiles()[0], encoding="utf-8") as file:
        return yaml.safe_load(file)["mapping"], radiomics


def test_the_keys_are_those_of_pyradiomics_and_no_others():
    schema, radiomics = pyradiomics_schema()
    assert set(RULES) == set(schema["setting"]["mapping"])
    assert set(VOXEL_RULES) == set(schema["voxelSetting"]["mapping"])
    assert set(IMAGE_TYPES) == set(radiomics.getImageTypes())


def test_types_and_limits_are_those_of_pyradiomics():
    schema, _ = pyradiomics_schema()
    for key, rule in RULES.items():
        theirs = schema["setting"]["mapping"][key]
        if "seq" in theirs:
            assert rule.lengths, key
            theirs = theirs["seq"][0]
        assert theirs["type"] in (rule.kind, "any"), key
        limits = theirs.get("range", {})
        assert (rule.low, rule.above) == (limits.get("min", limits.get("min-ex")), "min-ex" in limits), key
        assert rule.high == limits.get("max"), key
        if "enum" in theirs:
            assert set(rule.choices) == set(theirs["enum"]), key


def test_the_defaults_are_those_of_pyradiomics():
    featureextractor = pytest.importorskip("radiomics.featureextractor")
    theirs = featureextractor.RadiomicsFeatureExtractor._getDefaultSettings()
    ours = RadiomicsSettings().setting
    assert {key: ours[key] for key in theirs} == theirs


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"settings": {}}, "unknown section 'settings': did you mean 'setting'"),
        ({"setting": {"binwidth": 5}}, "unknown key 'binwidth' in setting: did you mean 'binWidth'"),
        ({"setting": {"kernelRadius": 1}}, "it belongs under voxelSetting"),
        ({"setting": {"binWidth": 0}}, "binWidth must be larger than 0; got 0"),
        ({"setting": {"binWidth": "25"}}, "binWidth must be a number; got '25'"),
        ({"setting": {"binWidth": float("nan")}}, "binWidth must be a number; got nan"),
        ({"setting": {"label": 1.5}}, "label must be a whole number; got 1.5"),
        ({"setting": {"normalize": 1}}, "normalize must be true or false; got 1"),
        ({"setting": {"gldm_a": True}}, "gldm_a must be a whole number"),
        ({"setting": {"force2Ddimension": 3}}, "force2Ddimension must be at most 2"),
        ({"setting": {"distances": 1}}, "distances must be a list of one or more values"),
        ({"setting": {"resegmentRange": [1, 2, 3]}}, "resegmentRange must be a list of 1 or 2 values"),
        ({"setting": {"resegmentMode": "sigmas"}}, "resegmentMode cannot be 'sigmas': did you mean 'sigma'"),
        ({"setting": {"interpolator": "sitkBspline"}}, "did you mean 'sitkBSpline'"),
        ({"setting": {"weightingNorm": "euclid"}}, "did you mean 'euclidean'"),
        ({"imageType": {"Wavelets": {}}}, "unknown image type 'Wavelets': did you mean 'Wavelet'"),
        ({"imageType": {"Wavelet": {"wavelet": "coiff1"}}}, "wavelet cannot be 'coiff1': did you mean 'coif1'"),
        ({"imageType": {"Wavelet": {"wavelet": "mexh"}}}, "wavelet cannot be 'mexh'"),
        ({"imageType": {"LoG": {"sigmas": [1]}}}, "unknown key 'sigmas' in imageType LoG: did you mean 'sigma'"),
        ({"imageType": {"LoG": {"normalize": True}}}, "normalize under imageType LoG would have no effect"),
        ({"featureClass": {"first_order": None}}, "did you mean 'firstorder'"),
        ({"featureClass": {"firstorder": ["mean"]}}, "unknown feature 'mean' in class firstorder: did you mean 'Mean'"),
        ({"featureClass": {"firstorder": "Mean"}}, "must be a list of feature names"),
        ({"imageType": ["Original"]}, "imageType must be a mapping"),
        ("nothing.yaml", None),
    ],
)
def test_a_slip_is_refused_and_the_nearest_word_named(document, message):
    if message is None:
        with pytest.raises(FileNotFoundError, match="the presets are ct, mr, pet, ultrasound"):
            read_settings(document)
        return
    with pytest.raises(ValueError, match=message):
        RadiomicsSettings(document)


def test_a_key_that_stands_twice_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("setting:\n  binWidth: 5\n  binWidth: 25\n")
    with pytest.raises(ValueError, match="'binWidth' stands twice"):
        read_settings(tmp_path / "a.yaml")


def test_broken_yaml_names_the_file_only(tmp_path):
    (tmp_path / "a.yaml").write_text("setting: [")
    with pytest.raises(ValueError, match=r"^a\.yaml is not valid YAML") as caught:
        read_settings(tmp_path / "a.yaml")
    assert str(tmp_path) not in str(caught.value)


def test_an_interpolator_may_be_given_by_its_number():
    assert RadiomicsSettings({"setting": {"interpolator": 2}}).setting["interpolator"] == "sitkLinear"


@pytest.mark.parametrize("written", ["nan", ".nan", "NaN"])
def test_nothing_may_stand_around_a_map(tmp_path, written):
    """YAML takes nan for a word; pyradiomics takes it for a number, in its own example of voxel-based extraction."""
    (tmp_path / "a.yaml").write_text(f"voxelSetting: {{initValue: {written}}}")
    settings = read_settings(tmp_path / "a.yaml")
    assert math.isnan(settings.setting["initValue"])
    assert math.isnan(RadiomicsSettings(settings.to_dict()).setting["initValue"])
    with pytest.raises(ValueError, match="initValue must be a number; got 'none'"):
        RadiomicsSettings({"voxelSetting": {"initValue": "none"}})


@pytest.mark.filterwarnings("ignore:the load_module")
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_valid_here_and_for_pyradiomics(name):
    featureextractor = pytest.importorskip("radiomics.featureextractor")
    settings = read_settings(name)
    extractor = featureextractor.RadiomicsFeatureExtractor(settings.to_dict())
    for key in settings.to_dict()["setting"]:
        assert extractor.settings[key] == settings.setting[key]
