"""The catalogue and the code name the same features, and the same as pyradiomics."""

import re

import numpy as np
import pytest

from fusionkit.radiomics.catalogue import FEATURE_CLASSES, FEATURES, check_enabled, feature_names
from fusionkit.radiomics.features import compute_features
from tests.radiomics.oracle import CLASSES, blob, pyradiomics_class


def test_the_catalogue_has_the_107_features_and_the_nine_of_a_plane():
    by_default = [feature for feature in FEATURES.values() if not feature.on_request]
    assert len([feature for feature in by_default if feature.feature_class != "shape2D"]) == 107
    assert len([feature for feature in by_default if feature.feature_class == "shape2D"]) == 9


def test_classes_are_those_of_pyradiomics():
    assert set(FEATURE_CLASSES) == set(CLASSES)


@pytest.mark.parametrize("feature_class", CLASSES)
def test_names_are_those_of_pyradiomics_and_none_is_missing(feature_class):
    deprecated = pyradiomics_class(feature_class).getFeatureNames()
    assert feature_names(feature_class) == sorted(name for name, old in deprecated.items() if not old)
    assert set(feature_names(feature_class, on_request=True)) <= set(deprecated)


@pytest.mark.parametrize("feature_class", FEATURE_CLASSES)
def test_what_is_computed_is_what_the_catalogue_lists(feature_class):
    image, mask = blob(0)
    if feature_class == "shape2D":
        mask[:4], mask[5:] = False, False
    names = feature_names(feature_class, on_request=True)
    got = compute_features(image, mask, (1, 1, 1), {}, {feature_class: names})
    assert list(got) == [f"{feature_class}_{name}" for name in names]


def test_nothing_is_computed_that_the_catalogue_does_not_list():
    from fusionkit.radiomics import features

    image, mask = blob(0)
    mask[:4], mask[5:] = False, False
    region = features.Region(image, mask, (1, 1, 1), {})
    for feature_class, calculator in features._CALCULATORS.items():
        assert set(calculator(region)) == set(feature_names(feature_class, on_request=True))


def test_every_ibsi_code_is_four_characters_and_stands_once():
    codes = [feature.ibsi_code for feature in FEATURES.values() if feature.ibsi_code]
    assert all(re.fullmatch(r"[0-9A-Z]{4}", code) for code in codes)
    assert len(codes) == len(set(codes))
    assert len(codes) >= 100


def test_every_feature_has_a_unit_and_a_name_in_words():
    for feature in FEATURES.values():
        assert feature.unit, feature.key
        assert feature.full_name[0].isupper() or feature.full_name[0].isdigit(), feature.key


def test_none_stands_for_the_whole_class_and_names_for_themselves():
    assert check_enabled({"ngtdm": None, "glcm": ["Contrast", "Contrast", "Id"], "gldm": []}) == {
        "ngtdm": feature_names("ngtdm"),
        "glcm": ["Contrast", "Id"],
        "gldm": feature_names("gldm"),
    }


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"no feature class 'glmc'; the nearest are .*'glcm'"):
        check_enabled({"glmc": None})
    with pytest.raises(ValueError, match="no feature of class 'glcm' 'Contrst'; the nearest are 'Contrast'"):
        check_enabled({"glcm": ["Contrst"]})


def test_what_departs_from_ibsi_is_what_ibsi_changes():
    """The grey levels are the same either way: the lowest intensity is 0, where both put the first edge."""
    image, mask = blob(0)
    image = np.rint(image - image[mask].min())
    mask[1, 1, 1] = True  # a voxel without neighbours
    wanted = {name: feature_names(name, on_request=True) for name in FEATURE_CLASSES if name != "shape2D"}
    ours, ibsi = (
        compute_features(image, mask, (1, 2, 3), {"voxelArrayShift": 100}, wanted, ibsi=ibsi) for ibsi in (False, True)
    )
    changed = {name for name in ours if ours[name] != pytest.approx(ibsi[name], rel=1e-9)}
    assert changed == {feature.key for feature in FEATURES.values() if feature.departure}
