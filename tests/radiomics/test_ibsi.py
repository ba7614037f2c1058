"""With ``ibsi=True`` the features are those of the Image Biomarker Standardisation Initiative.

The phantoms, reference values and tolerances are IBSI-1's. The chain before the features (interpolation to 2 mm,
rounding, re-segmentation) is IBSI's own recipe for configurations C, D and E, followed here step by step.
"""

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk
from scipy import ndimage

from fusionkit.radiomics import extract_features
from fusionkit.radiomics.catalogue import FEATURES
from fusionkit.radiomics.features import compute_features

TAGS = {
    "shape": {
        "MeshVolume": "morph_volume",
        "VoxelVolume": "morph_vol_approx",
        "SurfaceArea": "morph_area_mesh",
        "SurfaceVolumeRatio": "morph_av",
        "Compactness1": "morph_comp_1",
        "Compactness2": "morph_comp_2",
        "SphericalDisproportion": "morph_sph_dispr",
        "Sphericity": "morph_sphericity",
        "Maximum3DDiameter": "morph_diam",
        "MajorAxisLength": "morph_pca_maj_axis",
        "MinorAxisLength": "morph_pca_min_axis",
        "LeastAxisLength": "morph_pca_least_axis",
        "Elongation": "morph_pca_elongation",
        "Flatness": "morph_pca_flatness",
    },
    "firstorder": {
        "Mean": "stat_mean",
        "Variance": "stat_var",
        "Skewness": "stat_skew",
        "Kurtosis": "stat_kurt",
        "Median": "stat_median",
        "Minimum": "stat_min",
        "10Percentile": "stat_p10",
        "90Percentile": "stat_p90",
        "Maximum": "stat_max",
        "InterquartileRange": "stat_iqr",
        "Range": "stat_range",
        "MeanAbsoluteDeviation": "stat_mad",
        "RobustMeanAbsoluteDeviation": "stat_rmad",
        "Energy": "stat_energy",
        "RootMeanSquared": "stat_rms",
        "Entropy": "ih_entropy",
        "Uniformity": "ih_uniformity",
    },
    "glcm": {
        "MaximumProbability": "cm_joint_max",
        "JointAverage": "cm_joint_avg",
        "SumSquares": "cm_joint_var",
        "JointEntropy": "cm_joint_entr",
        "DifferenceAverage": "cm_diff_avg",
        "DifferenceVariance": "cm_diff_var",
        "DifferenceEntropy": "cm_diff_entr",
        "SumAverage": "cm_sum_avg",
        "SumEntropy": "cm_sum_entr",
        "JointEnergy": "cm_energy",
        "Contrast": "cm_contrast",
        "Id": "cm_inv_diff",
        "Idn": "cm_inv_diff_norm",
        "Idm": "cm_inv_diff_mom",
        "Idmn": "cm_inv_diff_mom_norm",
        "InverseVariance": "cm_inv_var",
        "Correlation": "cm_corr",
        "Autocorrelation": "cm_auto_corr",
        "ClusterTendency": "cm_clust_tend",
        "ClusterShade": "cm_clust_shade",
        "ClusterProminence": "cm_clust_prom",
        "Imc1": "cm_info_corr1",
        "Imc2": "cm_info_corr2",
    },
    "glrlm": {
        "ShortRunEmphasis": "rlm_sre",
        "LongRunEmphasis": "rlm_lre",
        "LowGrayLevelRunEmphasis": "rlm_lgre",
        "HighGrayLevelRunEmphasis": "rlm_hgre",
        "ShortRunLowGrayLevelEmphasis": "rlm_srlge",
        "ShortRunHighGrayLevelEmphasis": "rlm_srhge",
        "LongRunLowGrayLevelEmphasis": "rlm_lrlge",
        "LongRunHighGrayLevelEmphasis": "rlm_lrhge",
        "GrayLevelNonUniformity": "rlm_glnu",
        "GrayLevelNonUniformityNormalized": "rlm_glnu_norm",
        "RunLengthNonUniformity": "rlm_rlnu",
        "RunLengthNonUniformityNormalized": "rlm_rlnu_norm",
        "RunPercentage": "rlm_r_perc",
        "GrayLevelVariance": "rlm_gl_var",
        "RunVariance": "rlm_rl_var",
        "RunEntropy": "rlm_rl_entr",
    },
    "glszm": {
        "SmallAreaEmphasis": "szm_sze",
        "LargeAreaEmphasis": "szm_lze",
        "LowGrayLevelZoneEmphasis": "szm_lgze",
        "HighGrayLevelZoneEmphasis": "szm_hgze",
        "SmallAreaLowGrayLevelEmphasis": "szm_szlge",
        "SmallAreaHighGrayLevelEmphasis": "szm_szhge",
        "LargeAreaLowGrayLevelEmphasis": "szm_lzlge",
        "LargeAreaHighGrayLevelEmphasis": "szm_lzhge",
        "GrayLevelNonUniformity": "szm_glnu",
        "GrayLevelNonUniformityNormalized": "szm_glnu_norm",
        "SizeZoneNonUniformity": "szm_zsnu",
        "SizeZoneNonUniformityNormalized": "szm_zsnu_norm",
        "ZonePercentage": "szm_z_perc",
        "GrayLevelVariance": "szm_gl_var",
        "ZoneVariance": "szm_zs_var",
        "ZoneEntropy": "szm_zs_entr",
    },
    "gldm": {
        "SmallDependenceEmphasis": "ngl_lde",
        "LargeDependenceEmphasis": "ngl_hde",
        "LowGrayLevelEmphasis": "ngl_lgce",
        "HighGrayLevelEmphasis": "ngl_hgce",
        "SmallDependenceLowGrayLevelEmphasis": "ngl_ldlge",
        "SmallDependenceHighGrayLevelEmphasis": "ngl_ldhge",
        "LargeDependenceLowGrayLevelEmphasis": "ngl_hdlge",
        "LargeDependenceHighGrayLevelEmphasis": "ngl_hdhge",
        "GrayLevelNonUniformity": "ngl_glnu",
        "DependenceNonUniformity": "ngl_dcnu",
        "DependenceNonUniformityNormalized": "ngl_dcnu_norm",
        "GrayLevelVariance": "ngl_gl_var",
        "DependenceVariance": "ngl_dc_var",
        "DependenceEntropy": "ngl_dc_entr",
    },
    "ngtdm": {
        "Coarseness": "ngt_coarseness",
        "Contrast": "ngt_contrast",
        "Busyness": "ngt_busyness",
        "Complexity": "ngt_complexity",
        "Strength": "ngt_strength",
    },
}
"""Feature class -> pyradiomics's name -> the tag of IBSI's tables, without the aggregation."""

CONFIGURATIONS = {
    "digital_phantom": {"binWidth": 1},
    "config_C": {"binWidth": 25, "resegmentRange": [-1000, 400]},
    "config_D": {"binCount": 32},
    "config_E": {"binCount": 32, "resegmentRange": [-1000, 400]},
}


def tag_of(feature_class, name, merged):
    tag = TAGS[feature_class][name]
    if feature_class in ("glcm", "glrlm"):
        return f"{tag}_3D_{'comb' if merged else 'avg'}"
    return f"{tag}_3D" if feature_class in ("glszm", "gldm", "ngtdm") else tag


def read_nifti(folder, part, name):
    image = sitk.ReadImage(folder / "nifti" / part / f"{name}.nii.gz")
    return sitk.GetArrayFromImage(image).astype(float), image.GetSpacing()[::-1]


def interpolated(array, spacing_mm, order):
    """The array on a grid of 2 mm whose centre is the centre of the old one, as IBSI lays it."""
    old, step = np.array(array.shape), 2.0 / np.array(spacing_mm)
    new = np.ceil(old / step).astype(int)
    axes = [np.arange(n) * s + (o - 1 - (n - 1) * s) / 2 for n, s, o in zip(new, step, old, strict=True)]
    return ndimage.map_coordinates(array, np.meshgrid(*axes, indexing="ij"), order=order, mode="nearest")


def resegmented(values, mask, configuration):
    """The voxels within the range, and within three standard deviations where the configuration asks for it."""
    kept = mask.copy()
    if configuration in ("config_C", "config_E"):
        kept &= (values >= -1000) & (values <= 400)
    if configuration in ("config_D", "config_E"):
        mean, deviation = values[kept].mean(), values[kept].std()
        kept &= np.abs(values - mean) <= 3 * deviation
    return kept


def half_of_the_third_digit(value):
    """Where the tolerance is 0, the consensus is a value rounded to three digits."""
    return 0.5000001 * 10 ** (np.floor(np.log10(abs(value))) - 2) if value else 0.0005


EVERYDAY = ("digital_phantom", "config_C")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=() if name in EVERYDAY else pytest.mark.slow) for name in CONFIGURATIONS],
)
def phantom(request, real_data):
    """Configuration, image, intensity mask, morphological mask, spacing."""
    kind = "digital" if request.param == "digital_phantom" else "ct_radiomics"
    folder = real_data / "ibsi" / f"ibsi_1_{kind}_phantom"
    image, spacing_mm = read_nifti(folder, "image", "phantom")
    mask, _ = read_nifti(folder, "mask", "mask")
    if kind == "digital":
        return request.param, image, mask > 0, mask > 0, spacing_mm
    image = np.rint(interpolated(image, spacing_mm, order=3 if request.param == "config_E" else 1))
    mask = interpolated(mask, spacing_mm, order=1) >= 0.5 - 1e-6
    return request.param, image, resegmented(image, mask, request.param), mask, (2.0, 2.0, 2.0)


@pytest.mark.parametrize(
    ("feature_class", "merged"), [*((name, False) for name in TAGS), ("glcm", True), ("glrlm", True)]
)
def test_every_feature_is_within_the_tolerance_of_the_consensus(phantom, real_data, feature_class, merged):
    configuration, image, intensity_mask, morphological_mask, spacing_mm = phantom
    table = pd.read_csv(real_data / "ibsi" / f"ibsi_1_reference_values_{configuration}.csv").set_index("tag")
    settings = CONFIGURATIONS[configuration] | ({"weightingNorm": "no_weighting"} if merged else {})
    mask = morphological_mask if feature_class == "shape" else intensity_mask
    got = compute_features(image, mask, spacing_mm, settings, {feature_class: list(TAGS[feature_class])}, ibsi=True)
    wrong = {}
    for name in TAGS[feature_class]:
        row = table.loc[tag_of(feature_class, name, merged)]
        value, tolerance = float(row["reference value"]), float(row["tolerance"])
        allowed = tolerance or half_of_the_third_digit(value)
        if abs(got[f"{feature_class}_{name}"] - value) > allowed:
            wrong[name] = f"{got[f'{feature_class}_{name}']} against {value} within {allowed}"
    assert not wrong


DOCUMENTS = {
    "digital_phantom": {"binWidth": 1},
    "config_C": {"binWidth": 25, "resegmentRange": [-1000, 400], "resegmentMode": "absolute"},
    "config_D": {"binCount": 32, "resegmentRange": [-3, 3], "resegmentMode": "sigma"},
}
"""What a user writes for these configurations; E needs both ways of re-segmentation, and pyradiomics has one."""


@pytest.mark.parametrize("phantom", list(DOCUMENTS), indirect=True)
@pytest.mark.parametrize("merged", [False, True])
def test_the_extractor_gives_the_consensus_from_files(phantom, real_data, merged, tmp_path):
    configuration, image, _, morphological_mask, spacing_mm = phantom
    paths = tmp_path / "image.nii.gz", tmp_path / "mask.nii.gz"
    for array, path in zip((image.astype(np.int16), morphological_mask.astype(np.uint8)), paths, strict=True):
        picture = sitk.GetImageFromArray(array)
        picture.SetSpacing(tuple(reversed(spacing_mm)))
        sitk.WriteImage(picture, path)
    norm = {"weightingNorm": "no_weighting"} if merged else {}
    names = {feature_class: list(tags) for feature_class, tags in TAGS.items()}
    got = extract_features(*paths, {"setting": DOCUMENTS[configuration] | norm, "featureClass": names}, ibsi=True)
    table = pd.read_csv(real_data / "ibsi" / f"ibsi_1_reference_values_{configuration}.csv").set_index("tag")
    wrong = {}
    for feature_class, tags in TAGS.items():
        for name in tags:
            row = table.loc[tag_of(feature_class, name, merged)]
            value, tolerance = float(row["reference value"]), float(row["tolerance"])
            allowed = tolerance or half_of_the_third_digit(value)
            if abs(got[f"original_{feature_class}_{name}"] - value) > allowed:
                wrong[name] = (got[f"original_{feature_class}_{name}"], value, allowed)
    assert wrong == {}


def test_every_feature_with_an_ibsi_code_is_checked_and_no_other():
    checked = {f"{feature_class}_{name}" for feature_class, names in TAGS.items() for name in names}
    assert checked == {key for key, feature in FEATURES.items() if feature.ibsi_code}
