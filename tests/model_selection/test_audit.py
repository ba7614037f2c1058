"""The audit finds each leak that was put in, names it, and keeps silent where there is none."""

import doctest

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Cohort, Outcome
from fusionkit.model_selection import audit, audit_cohort, file_digests

from .conftest import make_cohort


def changed(cohort, *, X=None, groups=None, y=None):
    y = cohort.y if y is None else y
    groups = cohort.groups if groups is None else groups
    return Cohort(cohort.X if X is None else X, y, cohort.outcome, groups, cohort.kinds)


def brief(findings):
    return findings[["severity", "check", "who"]].to_records(index=False).tolist()


@pytest.fixture
def dated(cohort):
    outcome_at = pd.Series(pd.Timestamp("2024-03-10"), cohort.X.index)
    return pd.DataFrame({"ct": pd.Timestamp("2024-01-05"), "ehr__age": outcome_at}, index=cohort.X.index), outcome_at


def test_a_clean_cohort_has_no_findings(cohort, dated, tmp_path):
    attributes = pd.DataFrame({"site": np.tile(["A", "A", "B", "B"], 15)}, index=cohort.X.index)
    digests = pd.DataFrame({"image": [f"{i:064x}" for i in range(60)]}, index=cohort.X.index)
    found = audit_cohort(
        cohort,
        **{"digests": digests, "defining": ["relapse"], "measured": dated[0], "outcome_at": dated[1]},
        attributes=attributes,
    )
    assert found.empty
    assert found.columns.tolist() == ["severity", "check", "what", "who", "way_out"]


def test_a_patient_who_stands_twice_is_found_even_under_two_outcomes(cohort):
    X = cohort.X.copy()
    X.loc["P031"] = X.loc["P002"]
    [row] = audit_cohort(changed(cohort, X=X)).to_dict("records")
    assert (row["severity"], row["check"], row["who"]) == ("error", "duplicated patients", "P002, P031")
    assert row["what"] == "2 patients are identical in all features, with different outcomes"


def test_one_image_under_two_patients_is_found_by_its_features(cohort):
    X = cohort.X.copy()
    ct = [c for c in X if c.startswith("ct")]
    X.loc[["P010", "P020"], ct] = X.loc["P004", ct].to_numpy(dtype=float)
    [row] = audit_cohort(changed(cohort, X=X)).to_dict("records")
    assert (row["severity"], row["who"]) == ("error", "P004, P010, P020")
    assert row["what"] == "3 patients are identical in ct"


def test_lesions_of_one_person_are_no_leak(cohort):
    X, groups = cohort.X.copy(), cohort.groups.copy()
    X.loc["P031"], groups.loc["P031"] = X.loc["P002"], "P002"
    [row] = audit_cohort(changed(cohort, X=X, groups=groups)).to_dict("records")
    assert row["severity"] == "note"
    assert "they share a group" in row["what"]


def test_agreeing_in_age_and_sex_is_no_duplicate():
    X = pd.DataFrame({"ehr__age": np.repeat([50.0, 60.0, 70.0], 20), "ehr__sex": ["f", "m"] * 30})
    X = X.set_axis([f"P{i}" for i in range(60)])
    y = pd.Series(np.arange(60) % 4 == 0, X.index).astype(int)
    cohort = Cohort(X, y, Outcome("event", ("no", "yes")), pd.Series(X.index, X.index), {"ehr": "record"})
    found = audit_cohort(cohort)
    assert set(found["severity"]) == {"warning"}  # identical in everything, but everything is little


def test_agreeing_in_a_few_coarse_findings_is_no_duplicate_whatever_the_modality(cohort):
    X = cohort.X.assign(ct__f0=np.arange(60) % 3.0)
    ct = [column for column in X if column.startswith("ct__") and column != "ct__f0"]
    coarse = X.drop(columns=ct).assign(ct__f1=np.arange(60) // 2 % 2.0)
    assert not audit_cohort(changed(cohort, X=coarse))["what"].str.contains("identical in ct").any()


def test_patients_without_a_scan_are_not_duplicates_of_each_other(cohort):
    X = cohort.X.copy()
    X.loc[["P001", "P002", "P003"], [c for c in X if c.startswith("ct")]] = np.nan
    assert audit_cohort(changed(cohort, X=X)).empty


def test_equal_files_are_found_by_content_unless_they_are_of_one_group(cohort, tmp_path):
    for i in range(60):
        (tmp_path / f"{i}.nii").write_bytes(bytes([i if i != 9 else 5]) * 100)
    files = [f"{i}.nii" for i in range(60)]
    paths = pd.DataFrame({"ct image": files, "ct mask": files}, index=cohort.X.index)
    paths.loc["P059"] = None
    digests = file_digests(paths, tmp_path)
    assert digests["ct mask"].isna().sum() == 1
    assert brief(audit_cohort(cohort, digests=digests)) == [
        ("error", "duplicated ct image", "P005, P009"),
        ("warning", "duplicated ct mask", "P005, P009"),
    ]
    together = cohort.groups.replace({"P009": "P005"})
    assert audit_cohort(changed(cohort, groups=together), digests=digests).empty
    with pytest.raises(FileNotFoundError):
        file_digests(paths.assign(**{"ct mask": "absent.nii"}), tmp_path)


def test_columns_that_define_the_outcome_are_found_by_any_of_their_names(cohort):
    X = cohort.X.assign(ehr__BIRADS=np.tile([1.0, 2, 3, 4], 15), ehr__crp__delta_days=np.arange(60.0))
    found = audit_cohort(changed(cohort, X=X), defining=["birads", "crp", "ct__f1", "f22"])
    assert found.query("check == 'defines the outcome'")["who"].tolist() == [
        *("ehr__BIRADS", "ehr__crp__delta_days", "ct__f1"),
    ]
    assert (found["severity"] == "error").all()


def test_a_single_column_that_gives_the_outcome_away_is_found_unless_trusted(cohort):
    X = cohort.X.assign(ehr__verdict=cohort.y + 0.01 * np.arange(60))
    found = audit_cohort(changed(cohort, X=X))
    assert brief(found) == [("warning", "single column", "ehr__verdict")]
    assert audit_cohort(changed(cohort, X=X), trust=["ehr__verdict"]).empty


def test_what_was_measured_after_the_outcome_is_found(cohort, dated):
    measured, outcome_at = dated
    measured.loc[["P003", "P008"], "ct"] = pd.to_datetime(["2024-03-14", "2024-03-12"])
    [row] = audit_cohort(cohort, measured=measured, outcome_at=outcome_at).to_dict("records")
    assert (row["severity"], row["who"]) == ("error", "P003, P008")
    assert row["what"] == "ct was measured after the outcome in 2 patients, by 3 days in the median"
    zoned = measured.assign(ct=measured["ct"].dt.tz_localize("Europe/Berlin"))
    assert len(audit_cohort(cohort, measured=zoned, outcome_at=outcome_at)) == 1
    with pytest.raises(ValueError, match="outcome_at is needed"):
        audit_cohort(cohort, measured=measured)
    with pytest.raises(ValueError, match=r"measured\['ct'\] holds .*, not dates: convert it with pandas.to_datetime"):
        audit_cohort(cohort, measured=measured.astype(str), outcome_at=outcome_at)


def test_a_site_that_goes_with_the_outcome_is_found():
    cohort = make_cohort(120)
    site = np.where(np.arange(120) % 5 == 0, "A", np.where(cohort.y, "B", "C"))
    attributes = pd.DataFrame({"site": site, "sex": np.tile(["f", "f", "m", "m"], 30)}, index=cohort.X.index)
    [row] = audit_cohort(cohort, attributes=attributes).to_dict("records")
    assert (row["severity"], row["check"], row["who"]) == ("warning", "site or scanner", "site")
    assert row["what"].startswith("site goes with the outcome: Cramer's V 0.")
    with pytest.raises(ValueError, match="attributes lacks 1 patients, such as P000"):
        audit_cohort(cohort, attributes=attributes.iloc[1:])


def test_errors_come_first(cohort):
    X = cohort.X.assign(ehr__verdict=cohort.y + 0.01 * np.arange(60), ehr__f1=1.0)
    found = audit_cohort(changed(cohort, X=X), defining=["f1"])
    assert found["severity"].tolist() == ["error", "error", "warning"]


def test_real_columns_that_give_the_outcome_away_are_found(real_data):
    """128 breast lesions: the radiologist's category knows the answer; no two image files are the same."""
    folder = real_data / "breast_ultrasound"
    table = pd.read_csv(folder / "clinical.csv", index_col="CaseID", na_values="not available")
    table = table[table["Classification"] != "normal"]
    X = table[["Age", "BIRADS", "Shape", "Calcifications", "Classification"]].add_prefix("ehr__")
    y = (table["Classification"] == "malignant").astype(int)
    cohort = Cohort(X, y, Outcome("malignant", ("no", "yes")), pd.Series(X.index, X.index), {"ehr": "record"})
    files = pd.read_csv(folder / "images.csv", index_col="patient_id").loc[X.index]
    found = audit_cohort(cohort, defining=["Classification"], digests=file_digests(files, folder), threshold=0.9)
    assert set(found.query("check == 'single column'")["who"]) == {"ehr__BIRADS", "ehr__Classification"}
    assert found.query("severity == 'error'")["who"].tolist() == ["ehr__Classification"]
    assert not found["check"].str.startswith("duplicated image").any()


def test_real_sites_without_a_leak_are_left_alone(real_data):
    table = pd.read_csv(real_data / "heart" / "heart.csv", index_col="patient_id")
    y = (table.pop("coronary_disease") == "yes").astype(int)
    cohort = Cohort(
        *(table.add_prefix("ehr__"), y, Outcome("disease", ("no", "yes")), pd.Series(table.index, table.index)),
        {"ehr": "record"},
    )
    assert audit_cohort(cohort).empty


def test_examples_run():
    assert doctest.testmod(audit).failed == 0
