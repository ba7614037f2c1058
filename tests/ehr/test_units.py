"""Units convert by published factors or are refused with a suggestion."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.ehr import UnitError, conversion, convert, detect_mixed_units, ucum_code

PUBLISHED = [
    ("ammonia", "ug/dL", "umol/L", 0.5872),
    ("bilirubin", "mg/dL", "umol/L", 17.104),
    ("calcium", "mg/dL", "mmol/L", 0.2495),
    ("cholesterol", "mg/dL", "mmol/L", 0.02586),
    ("hdl", "mg/dL", "mmol/L", 0.02586),
    ("cortisol", "ug/dL", "nmol/L", 27.588),
    ("creatinine", "mg/dL", "umol/L", 88.4),
    ("folate", "ng/mL", "nmol/L", 2.266),
    ("glucose", "mg/dL", "mmol/L", 0.05551),
    ("haemoglobin", "g/dL", "mmol/L", 0.6206),
    ("hemoglobin", "g/dL", "g/L", 10.0),
    ("iron", "ug/dL", "umol/L", 0.1791),
    ("lactate", "mg/dL", "mmol/L", 0.1110),
    ("magnesium", "mg/dL", "mmol/L", 0.4114),
    ("phosphate", "mg/dL", "mmol/L", 0.3229),
    ("testosterone", "ng/mL", "nmol/L", 3.467),
    ("thyroxine", "ug/dL", "nmol/L", 12.87),
    ("triglycerides", "mg/dL", "mmol/L", 0.01129),
    ("triiodothyronine", "ng/dL", "nmol/L", 0.01536),
    ("uric acid", "mg/dL", "umol/L", 59.48),
    ("BUN", "mg/dL", "mmol/L", 0.357),
    ("vitamin b12", "pg/mL", "pmol/L", 0.7378),
    ("vitamin_d", "ng/mL", "nmol/L", 2.496),
    ("sodium", "mEq/L", "mmol/L", 1.0),
    (None, "U/L", "ukat/L", 0.016667),
    (None, "mmHg", "kPa", 0.133322),
    (None, "g/dL", "g/L", 10.0),
    (None, "K/µL", "G/L", 1.0),
    (None, "10^12/L", "M/uL", 1.0),
    (None, "mIU/L", "µIU/mL", 1.0),
    (None, "lb", "kg", 0.45359237),
    (None, "in", "cm", 2.54),
    (None, "years", "months", 12.0),
]
"""Conventional to SI factors as Young (1987) and the AMA Manual of Style print them."""


@pytest.mark.parametrize(("analyte", "unit_from", "unit_to", "factor"), PUBLISHED)
def test_factors_are_the_published_ones(analyte, unit_from, unit_to, factor):
    found, offset = conversion(unit_from, unit_to, analyte)
    assert offset == 0.0
    assert found == pytest.approx(factor, rel=5e-3)
    back, _ = conversion(unit_to, unit_from, analyte)
    assert found * back == pytest.approx(1.0, rel=1e-12)


def test_every_analyte_of_the_table_has_a_published_factor():
    from fusionkit.ehr.analytes import ANALYTES, find_analyte

    untested = set(ANALYTES) - {find_analyte(row[0]).name for row in PUBLISHED if row[0]}
    assert untested == {"chloride", "potassium", "urea"}


@pytest.mark.parametrize(("analyte", "factor"), [("chloride", 0.2821), ("potassium", 0.2558), ("urea", 0.1665)])
def test_ions_and_urea_convert_by_their_molar_mass(analyte, factor):
    assert conversion("mg/dL", "mmol/L", analyte)[0] == pytest.approx(factor, rel=5e-3)


@pytest.mark.parametrize(("fahrenheit", "celsius"), [(32.0, 0.0), (98.6, 37.0), (212.0, 100.0)])
def test_temperature_has_an_offset(fahrenheit, celsius):
    assert convert(fahrenheit, "°F", "°C") == pytest.approx(celsius, abs=1e-9)
    assert convert(celsius, "Cel", "[degF]") == pytest.approx(fahrenheit, abs=1e-9)
    assert convert(celsius, "°C", "K") == pytest.approx(celsius + 273.15, abs=1e-9)


def test_hba1c_follows_the_ngsp_master_equation():
    assert convert(7.0, "%", "mmol/mol", analyte="HbA1c") == pytest.approx(53.0, abs=0.1)
    assert convert(53.01, "mmol/mol", "%", analyte="hba1c") == pytest.approx(7.0, abs=1e-6)


def test_shape_index_and_gaps_are_kept():
    values = pd.Series([1.0, np.nan], index=["A", "B"])
    converted = convert(values, "g/L", "mg/dL")
    pd.testing.assert_series_equal(converted, pd.Series([100.0, np.nan], index=["A", "B"]))
    assert convert([[1.0, 2.0]], "g/L", "mg/dL").shape == (1, 2)
    assert isinstance(convert(1, "g/L", "mg/dL"), float)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("µg/L", "ug/L"), ("μg/L", "ug/L"), ("x10^9/L", "10*9/L"), ("10e9/L", "10*9/L"), ("10**9/L", "10*9/L")]
    + [("mg / dL", "mg/dL"), ("kg/m²", "kg/m2"), ("bpm", "/min"), ("mL/min/1.73m²", "mL/min/{1.73_m2}")],
)
def test_plain_spellings_are_understood(spelling, code):
    assert ucum_code(spelling) == code


@pytest.mark.parametrize(
    ("unit", "suggestion"), [("MG/DL", "mg/dL"), ("mgdL", "mg/dL"), ("mmol/l/", "mmol/L"), ("mmhg", "mmHg")]
)
def test_an_unknown_unit_is_refused_with_suggestions(unit, suggestion):
    with pytest.raises(UnitError, match=f"is not known. Did you mean .*{suggestion}"):
        ucum_code(unit)


def test_what_cannot_be_converted_is_refused_with_the_reason():
    with pytest.raises(UnitError, match="they measure different things"):
        conversion("mg/dL", "kg")
    with pytest.raises(UnitError, match="needs the molar mass of the analyte, which was not named"):
        conversion("mg/dL", "mmol/L")
    with pytest.raises(UnitError, match=r"Name it under 'analyte' \(haemoglobin\?\), or give the values in one unit"):
        convert(13.5, "g/dL", "mmol/L", analyte="Hämoglobin")
    with pytest.raises(UnitError, match="'crp' is not in its table"):
        conversion("mg/dL", "mmol/L", "crp")
    with pytest.raises(UnitError, match="an arbitrary unit has no physical size"):
        conversion("IU/L", "10*9/L")
    with pytest.raises(UnitError, match="an arbitrary unit has no physical size"):
        conversion("IU/mL", "/mL")


def test_two_units_in_one_column_are_suspected_with_factor_and_patients():
    rng = np.random.default_rng(0)
    glucose = rng.normal(100, 12, size=60)
    glucose[[3, 17]] /= 18.016
    patients = [f"P{i}" for i in range(60)]
    problem = detect_mixed_units(glucose, patients, analyte="glucose")
    assert problem.severity == "warning"
    assert "mg/dL and mmol/L of glucose" in problem.message
    assert "2 of 60 values are below the rest (patients P3, P17)" in problem.message


def test_one_value_apart_from_all_others_is_an_outlier_and_no_second_unit():
    values = [50.0 + i for i in range(30)]
    assert detect_mixed_units([*values, 650.0], list(map(str, range(31)))) is None
    assert "2 of 32 values" in detect_mixed_units([*values, 650.0, 651.0], list(map(str, range(32)))).message


@pytest.mark.parametrize("seed", range(20))
def test_one_unit_is_not_suspected(seed):
    rng = np.random.default_rng(seed)
    patients = np.arange(200).astype(str)
    for values in (
        rng.normal(60, 12, 200),
        rng.lognormal(2, 1.2, 200),
        rng.gamma(0.8, 20, 200),
        rng.integers(0, 4, 200),
    ):
        assert detect_mixed_units(values, patients) is None
