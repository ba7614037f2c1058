"""What the hospitals wrote down: the clinical table and the long table of laboratory values."""

import numpy as np
import pandas as pd

__all__ = ["LABORATORY", "make_clinical", "make_labs"]

FIRST_SCAN = np.datetime64("2021-03-01T08:00")

SHARE_MISSING = {"age": 0.025, "performance_status": 0.06, "smoker": 0.1}
"""How often a clinical value was not written down; it says nothing about the outcome."""

LABORATORY = {
    "CRP": {"unit": "mg/L", "decimals": 1, "other": ("mg/dL", 0.1, 2), "within": 0.12, "untested": 0.05},
    "haemoglobin": {"unit": "g/dL", "decimals": 1, "other": ("g/L", 10.0, 0), "within": 0.04, "untested": 0.04},
    "albumin": {"unit": "g/L", "decimals": 1, "other": None, "within": 0.05, "untested": 0.10},
    "LDH": {"unit": "U/L", "decimals": 0, "other": None, "within": 0.10, "untested": 0.12},
}
"""Test -> its unit, the other unit with its factor and decimals that site B writes in some rows, the standard
deviation of the logarithm between two samples of a patient, and the share of patients without the test."""

SHARE_OTHER_UNIT = 0.4


def make_clinical(latents, site, y_true, random_state):
    """Return the clinical table, one row per patient.

    Parameters
    ----------
    latents : DataFrame of shape (n_patients, ...)
        As :func:`fusionkit.datasets.outcome.draw_latents` returns it.
    site : ndarray of shape (n_patients,)
        ``"A"`` or ``"B"``.
    y_true : ndarray of bool of shape (n_patients,)
        True for a malignant lesion.
    random_state : numpy.random.RandomState
        Source of the draws; advanced by the call.

    Returns
    -------
    clinical : DataFrame of shape (n_patients, 8)
        ``patient_id``, ``site``, ``age`` (years), ``sex`` (female, male), ``performance_status`` (0 to 3),
        ``smoker`` (yes, no), ``scan_time`` (ISO 8601 text) and the outcome ``malignant`` (yes, no; yes is the
        positive class). A value that was not written down is NaN.
    """
    n_patients = len(latents)
    width = max(3, len(str(n_patients)))
    minutes = np.sort(random_state.randint(0, 700, size=n_patients)) * 1440 + random_state.randint(0, 600, n_patients)
    clinical = pd.DataFrame(
        {
            "patient_id": [f"P{number:0{width}d}" for number in range(1, n_patients + 1)],
            "site": site,
            "age": latents["age_years"].astype(float),
            "sex": np.where(random_state.uniform(size=n_patients) < 0.5, "female", "male"),
            "performance_status": latents["performance_status_grade"].astype(float),
            "smoker": np.where(random_state.uniform(size=n_patients) < 0.35, "yes", "no"),
            "scan_time": np.datetime_as_string(FIRST_SCAN + minutes.astype("timedelta64[m]"), unit="s"),
            "malignant": np.where(y_true, "yes", "no"),
        }
    )
    for column, share in SHARE_MISSING.items():
        clinical[column] = clinical[column].mask(random_state.uniform(size=n_patients) < share)
    return clinical


def make_labs(clinical, latents, random_state):
    """Return the laboratory values, one row per sample and test.

    A patient's CRP varies around its true value, and albumin and LDH go along with it, without an effect of their
    own. Samples lie between 30 days before and 14 days after the scan; those after it follow the same law and
    give nothing away. Site B writes some rows in another unit.

    Parameters
    ----------
    clinical : DataFrame of shape (n_patients, 8)
        As :func:`make_clinical` returns it.
    latents : DataFrame of shape (n_patients, ...)
        As :func:`fusionkit.datasets.outcome.draw_latents` returns it.
    random_state : numpy.random.RandomState
        Source of the draws; advanced by the call.

    Returns
    -------
    labs : DataFrame of shape (n_values, 5)
        ``patient_id``, ``time`` (ISO 8601 text), ``name``, ``value`` and ``unit``, in the order of patient,
        time and name.
    """
    scans = clinical["scan_time"].to_numpy(dtype="datetime64[m]")
    levels = _true_levels(clinical, latents, random_state)
    rows = []
    for patient, site, scan, level in zip(clinical["patient_id"], clinical["site"], scans, levels, strict=True):
        times = _sampling_times(scan, random_state)
        for name, test in LABORATORY.items():
            if random_state.uniform() < test["untested"]:
                continue
            for time in times[random_state.uniform(size=len(times)) < 0.85]:
                value = level[name] * np.exp(test["within"] * random_state.normal())
                rows.append((patient, str(time), name, *_as_written(value, test, site, random_state)))
    labs = pd.DataFrame(rows, columns=["patient_id", "time", "name", "value", "unit"])
    return labs.sort_values(["patient_id", "time", "name"], ignore_index=True)


def _true_levels(clinical, latents, random_state):
    """One dict per patient: the level of each test in its usual unit."""
    n_patients = len(clinical)
    crp, other = latents["crp"].to_numpy(), random_state.normal(size=(3, n_patients))
    haemoglobin = np.where(clinical["sex"] == "male", 14.2, 12.9) + 1.3 * other[0]
    albumin = 39 + 4 * (-0.5 * crp + np.sqrt(0.75) * other[1])
    ldh = 210 * np.exp(0.25 * (0.3 * crp + np.sqrt(0.91) * other[2]))
    columns = {"CRP": latents["crp_mg_per_l"], "haemoglobin": haemoglobin, "albumin": albumin, "LDH": ldh}
    return pd.DataFrame(columns).to_dict("records")


def _sampling_times(scan, random_state):
    """Whole minutes of one to three samples before the scan and none to two after it, in order of time."""
    before = -random_state.randint(4 * 60, 30 * 1440, size=random_state.randint(1, 4))
    after = random_state.randint(12 * 60, 14 * 1440, size=random_state.randint(0, 3))
    return scan + np.sort(np.concatenate([before, after])).astype("timedelta64[m]")


def _as_written(value, test, site, random_state):
    """Value and unit as the site's laboratory wrote them."""
    unit, factor, decimals = test["unit"], 1.0, test["decimals"]
    if site == "B" and test["other"] and random_state.uniform() < SHARE_OTHER_UNIT:
        unit, factor, decimals = test["other"]
    return round(float(value * factor), decimals), unit
