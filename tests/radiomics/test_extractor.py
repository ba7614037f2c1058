"""From files to a table of features: a case, a batch, its failures, scikit-learn's habits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import SimpleITK as sitk
from sklearn.base import clone

from fusionkit.exceptions import CaseError, DataWarning
from fusionkit.imaging import read
from fusionkit.radiomics import (
    RadiomicsExtractor,
    RadiomicsSettings,
    batch,
    describe_case,
    extract_features,
    read_settings,
)
from fusionkit.radiomics.catalogue import feature_names

FIRST_ORDER = {"featureClass": {"firstorder": None}}


def make_case(folder, name, *, label=1, seed=0):
    """A small volume with a block of one label, written as image and mask; returns both paths as text."""
    rng = np.random.default_rng(seed)
    image = sitk.GetImageFromArray(rng.integers(-200, 600, (9, 14, 15)).astype(np.int16))
    roi = np.zeros((9, 14, 15), np.uint8)
    roi[2:7, 3:10, 4:12] = label
    mask = sitk.GetImageFromArray(roi)
    for each, suffix in ((image, "image"), (mask, "mask")):
        each.SetSpacing((0.8, 0.8, 2.0))
        sitk.WriteImage(each, str(folder / f"{name}_{suffix}.nrrd"))
    return str(folder / f"{name}_image.nrrd"), str(folder / f"{name}_mask.nrrd")


@pytest.fixture
def table(tmp_path):
    rows = [make_case(tmp_path, f"P{seed}", seed=seed) for seed in range(4)]
    return pd.DataFrame(rows, columns=["Image", "Mask"], index=[f"P{seed}" for seed in range(4)])


def test_first_order_of_a_file_is_what_numpy_says(tmp_path):
    image, mask = make_case(tmp_path, "a")
    inside = sitk.GetArrayFromImage(sitk.ReadImage(image))[sitk.GetArrayFromImage(sitk.ReadImage(mask)) == 1]
    features = extract_features(image, mask, FIRST_ORDER)
    assert list(features) == [f"original_firstorder_{name}" for name in feature_names("firstorder")]
    assert features["original_firstorder_Mean"] == pytest.approx(inside.mean(), rel=1e-12)
    assert features["original_firstorder_Median"] == np.median(inside)
    assert features["original_firstorder_Range"] == np.ptp(inside)


def test_both_engines_agree_on_names_and_values(tmp_path):
    pytest.importorskip("radiomics")
    image, mask = make_case(tmp_path, "a")
    native = extract_features(image, mask)
    reference = extract_features(image, mask, engine="pyradiomics")
    assert set(native) == set(reference)
    assert native == pytest.approx(reference, rel=1e-9)


def test_images_in_memory_give_what_files_give(tmp_path):
    image, mask = make_case(tmp_path, "a")
    assert extract_features(sitk.ReadImage(image), sitk.ReadImage(mask), FIRST_ORDER) == extract_features(
        image, mask, FIRST_ORDER
    )


@pytest.mark.parametrize("value", [255, 7])
def test_the_only_label_is_used_when_none_is_named(tmp_path, value):
    ones = extract_features(*make_case(tmp_path, "a"), FIRST_ORDER)
    assert extract_features(*make_case(tmp_path, "b", label=value), FIRST_ORDER) == ones


def test_a_label_that_is_named_must_be_there(tmp_path):
    image, mask = make_case(tmp_path, "a", label=7)
    for settings, label in ((FIRST_ORDER, 1), ({"setting": {"label": 1}}, None)):
        with pytest.raises(CaseError, match=r"label 1 is not in the mask\. The mask has the labels 7"):
            extract_features(image, mask, settings, label=label)


def test_several_labels_and_no_one_asks_which(tmp_path):
    image, mask = make_case(tmp_path, "a", label=7)
    several = sitk.ReadImage(mask)
    several[0, 0, 0] = 3
    with pytest.raises(CaseError, match=r"The mask has the labels 3, 7"):
        extract_features(image, several, FIRST_ORDER)


def test_an_empty_mask_is_refused(tmp_path):
    image, mask = make_case(tmp_path, "a")
    with pytest.raises(CaseError, match="the mask is empty"):
        extract_features(image, sitk.ReadImage(mask) * 0)


def test_a_mask_on_another_grid_is_refused_or_corrected(tmp_path):
    image, mask = make_case(tmp_path, "a")
    moved = sitk.ReadImage(mask)
    moved.SetOrigin((0.8, 0.0, 0.0))
    with pytest.raises(CaseError, match=r"origin differs by up to 0\.8 mm \(along x\)"):
        extract_features(image, moved, FIRST_ORDER)
    corrected = extract_features(image, moved, {**FIRST_ORDER, "setting": {"correctMask": True}})
    assert (
        corrected["original_firstorder_Mean"] != extract_features(image, mask, FIRST_ORDER)["original_firstorder_Mean"]
    )
    assert extract_features(image, moved, {**FIRST_ORDER, "setting": {"geometryTolerance": 2}}) == extract_features(
        image, mask, FIRST_ORDER
    )


def test_an_unknown_engine_is_refused(tmp_path):
    with pytest.raises(ValueError, match="engine must be one of 'native', 'pyradiomics'; got 'fast'"):
        extract_features("a", "b", engine="fast")
    with pytest.raises(ValueError, match="ibsi=True needs engine='native'"):
        extract_features("a", "b", engine="pyradiomics", ibsi=True)


def test_a_table_of_files_becomes_a_table_of_features(table):
    extractor = RadiomicsExtractor(FIRST_ORDER)
    features = extractor.fit_transform(table)
    assert features.index.equals(table.index)
    assert list(features.columns) == list(extractor.get_feature_names_out())
    assert features.dtypes.eq(float).all()
    for patient, row in table.iterrows():
        assert features.loc[patient].to_dict() == extract_features(row.Image, row.Mask, FIRST_ORDER)


def test_the_names_are_known_before_any_image_is_read(table):
    extractor = RadiomicsExtractor()
    before = list(extractor.get_feature_names_out())
    assert before == list(extractor.transform(table.head(1)).columns)


@pytest.mark.slow
def test_more_processes_change_nothing(table):
    pd.testing.assert_frame_equal(
        RadiomicsExtractor(FIRST_ORDER, n_jobs=2).transform(table), RadiomicsExtractor(FIRST_ORDER).transform(table)
    )


def test_a_label_column_chooses_the_region(table, tmp_path):
    image, mask = table.loc["P0"]
    several = sitk.ReadImage(mask)
    several[4:8, 3:8, 2:4] = 2
    sitk.WriteImage(several, str(tmp_path / "several.nrrd"))
    labels = pd.DataFrame({"Image": image, "Mask": str(tmp_path / "several.nrrd"), "Label": [2, 1, None]})
    features = RadiomicsExtractor(FIRST_ORDER).transform(labels)
    for row, label in enumerate((2, 1, 1)):
        expected = extract_features(image, tmp_path / "several.nrrd", FIRST_ORDER, label=label)
        assert features.loc[row].to_dict() == expected


def test_an_image_and_a_mask_that_rows_share_are_read_once(table, tmp_path, monkeypatch):
    """Rows on one image need not be neighbours; each is labels of one mask, or a mask of its own."""
    (image, mask), (other_image, other_mask) = table.loc["P0"], table.loc["P1"]
    several = sitk.ReadImage(mask)
    several[4:8, 3:8, 2:4] = 2
    sitk.WriteImage(several, str(tmp_path / "several.nrrd"))
    rows = [(image, tmp_path / "several.nrrd", 1), (image, tmp_path / "several.nrrd", 2)]
    rows += [(other_image, other_mask, 1), (image, mask, 1)]
    one_by_one = [extract_features(image, mask, FIRST_ORDER, label=label) for image, mask, label in rows]
    opened = []
    original = read._opened
    monkeypatch.setattr(read, "_opened", lambda path: opened.append(Path(path).name) or original(path))
    features = RadiomicsExtractor(FIRST_ORDER).transform(pd.DataFrame(rows, columns=["Image", "Mask", "Label"]))
    assert features.to_dict("records") == one_by_one
    files = ["P0_image.nrrd", "P0_mask.nrrd", "P1_image.nrrd", "P1_mask.nrrd", "several.nrrd"]
    assert sorted(opened) == files


def test_a_failed_case_stops_the_batch_and_is_named(table):
    table.loc["P2", "Mask"] = "gone.nrrd"
    with pytest.raises(CaseError, match=r"patient P2: gone\.nrrd does not exist"):
        RadiomicsExtractor(FIRST_ORDER).transform(table)


def test_a_failed_case_is_recorded_when_that_is_asked_for(table):
    whole = RadiomicsExtractor(FIRST_ORDER).transform(table)
    table.loc["P2", "Mask"] = "gone.nrrd"
    extractor = RadiomicsExtractor(FIRST_ORDER, on_error="record")
    with pytest.warns(DataWarning, match=r"1 of 4 cases could not be used.*patient P2"):
        features = extractor.transform(table)
    assert features.loc["P2"].isna().all()
    pd.testing.assert_frame_equal(features.drop("P2"), whole.drop("P2"))
    assert extractor.errors_["patient"].tolist() == ["P2"]
    assert extractor.errors_.loc[0, "reason"] == "gone.nrrd does not exist."
    assert extractor.errors_.loc[0, "way_out"]


def test_a_file_that_the_system_does_not_open_costs_its_case_only(table):
    table["Image"] = table["Image"].astype(object)
    table.loc["P2", "Image"] = "x" * 300
    extractor = RadiomicsExtractor(FIRST_ORDER, on_error="record")
    with pytest.warns(DataWarning, match=r"1 of 4 cases could not be used.*File name too long"):
        features = extractor.transform(table)
    assert features.drop("P2").notna().all(axis=None)


def test_a_row_without_a_file_or_with_an_odd_label_is_a_failed_case_like_any_other(table):
    whole = RadiomicsExtractor(FIRST_ORDER).transform(table)
    table["Label"] = [1, 0, 1.5, "one"]
    reasons = [f"label {label} is not a whole number above 0." for label in (0, 1.5, "one")]
    for column in ("Image", "Mask"):
        missing = table.iloc[[0]].copy()
        missing[column] = None
        table = pd.concat([table, missing.rename(index={"P0": f"no {column}"})])
        reasons.append(f"the {column.lower()} is missing: there is no path.")
    extractor = RadiomicsExtractor(FIRST_ORDER, on_error="record")
    with pytest.warns(DataWarning, match="5 of 6 cases could not be used"):
        features = extractor.transform(table)
    assert extractor.errors_["reason"].tolist() == reasons
    assert extractor.errors_["way_out"].str.contains("The mask has the labels 1|Add the path").all()
    pd.testing.assert_frame_equal(features.head(1), whole.head(1))


def test_labels_may_be_written_as_text(table):
    table["Label"] = ["1", "1.0", 1, np.int64(1)]
    pd.testing.assert_frame_equal(
        RadiomicsExtractor(FIRST_ORDER).transform(table), RadiomicsExtractor(FIRST_ORDER).transform(table.iloc[:, :2])
    )


def test_an_array_is_told_to_become_an_image(table):
    with pytest.raises(TypeError, match="the image must be a path or a SimpleITK image; got ndarray"):
        extract_features(np.zeros((4, 5, 6)), table.loc["P0", "Mask"])


def test_memory_computes_a_case_once_and_again_when_its_file_changes(table, tmp_path, monkeypatch):
    calls = []
    original = batch.compute_case
    monkeypatch.setattr(batch, "compute_case", lambda *args: calls.append(1) or original(*args))
    extractor = RadiomicsExtractor(FIRST_ORDER, memory=tmp_path / "cache")
    first = extractor.transform(table)
    pd.testing.assert_frame_equal(extractor.transform(table), first)
    assert len(calls) == 4
    make_case(tmp_path, "P1", seed=9)
    changed = extractor.transform(table)
    assert len(calls) == 5
    assert (changed.loc["P1"] != first.loc["P1"]).any()
    RadiomicsExtractor({"setting": {"binWidth": 3}, **FIRST_ORDER}, memory=tmp_path / "cache").transform(table)
    assert len(calls) == 9


def test_clone_and_set_output_work(table):
    settings = RadiomicsSettings(FIRST_ORDER)
    extractor = clone(RadiomicsExtractor(settings, on_error="record"))
    assert extractor.settings == settings
    features = extractor.set_output(transform="pandas").fit_transform(table)
    assert list(features.columns) == list(extractor.get_feature_names_out())


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros((2, 2)), TypeError, "X must be a DataFrame with the columns Image and Mask; got ndarray"),
        (pd.DataFrame({"image": ["a"]}), ValueError, "X has no column Image and no column Mask; it has image"),
        (
            pd.DataFrame([["a", "b", "b"]], columns=["Image", "Mask", "Mask"]),
            ValueError,
            "the column Mask more than once",
        ),
    ],
)
def test_another_table_is_refused(X, error, message):
    with pytest.raises(error, match=message):
        RadiomicsExtractor().transform(X)


def test_a_picture_and_its_mask_give_features_of_two_dimensions(real_data):
    folder = real_data / "breast_ultrasound" / "images"
    for case, colour in (("case011", "refuse"), ("case001", "luminance")):
        paths = folder / f"{case}.png", folder / f"{case}_tumor.png"
        features = extract_features(*paths, FIRST_ORDER, colour=colour)
        reference = extract_features(*paths, FIRST_ORDER, engine="pyradiomics", colour=colour)
        assert features == pytest.approx(reference, rel=1e-9)


def test_a_preset_whose_bins_do_not_suit_the_images_says_so(table):
    RadiomicsExtractor("ct").transform(table)
    for path in table["Image"]:
        sitk.WriteImage(sitk.Cast(sitk.ReadImage(path) / 40, sitk.sitkInt16), path)
    with pytest.warns(DataWarning, match=r"4 of 4 cases have fewer than 16 or more than 128 grey levels .*P0 \(\d+\)"):
        RadiomicsExtractor("ct").transform(table)


def test_one_case_under_a_preset_whose_bins_do_not_suit_it_says_so(table):
    image, mask = table.iloc[0][["Image", "Mask"]]
    sitk.WriteImage(sitk.Cast(sitk.ReadImage(image) / 40, sitk.sitkInt16), image)
    with pytest.warns(DataWarning, match="fewer than 16 or more than 128 grey levels"):
        extract_features(image, mask, read_settings("ct"))
    extract_features(image, mask, {"setting": {"binWidth": 25}})  # own settings are the user's affair


def test_diagnostics_stand_in_a_table_of_their_own_where_the_parameter_file_asks_for_them(table, monkeypatch):
    silent = RadiomicsExtractor(FIRST_ORDER)
    features = silent.transform(table)
    assert silent.diagnostics_.shape == (len(table), 0)
    asked = RadiomicsExtractor({**FIRST_ORDER, "setting": {"additionalInfo": True}})
    pd.testing.assert_frame_equal(asked.transform(table), features)
    opened = []
    original = read._opened
    monkeypatch.setattr(read, "_opened", lambda path: opened.append(path) or original(path))
    asked.transform(table)
    assert len(opened) == 2 * len(table), "diagnostics read the files anew"
    expected = describe_case(*table.iloc[1][["Image", "Mask"]], asked.settings)
    assert asked.diagnostics_.iloc[1].to_dict() == expected
