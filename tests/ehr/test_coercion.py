"""Columns get their declared type; what does not fit is named by patient, file, row and column."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.ehr import Table, coerce_columns, infer_types


def table_of(decimal=".", **columns):
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"id": [f"P{i}" for i in range(n)], **columns}, dtype="str")
    return Table(frame, np.arange(2, n + 2), "ehr.csv", "id", decimal=decimal)


@pytest.mark.parametrize(
    ("kind", "texts", "values"),
    [
        ("number", ["1", "-2.5", "1e3", ".5", None], [1, -2.5, 1000, 0.5, np.nan]),
        ("integer", ["1", "3.0", None], [1, 3, np.nan]),
        ("flag", ["yes", "No", "1", "0", "TRUE", "f", "1.0", None], [1, 0, 1, 0, 1, 0, 1, np.nan]),
        (["I", "II", "III"], ["II", "i", "III", None], [1, 0, 2, np.nan]),
        ([1, 2, 3], ["1", "3.0", "2"], [0, 2, 1]),
        ([False, True], ["no", "yes"], [0, 1]),
    ],
)
def test_text_becomes_float64(kind, texts, values):
    frame, problems = coerce_columns(table_of(x=texts), {"x": kind})
    assert problems == []
    assert frame["x"].dtype == np.float64
    np.testing.assert_array_equal(frame["x"], values)


def test_a_decimal_comma_is_read_where_the_file_has_it():
    frame, problems = coerce_columns(table_of(decimal=",", x=["1,5", "-0,25"]), {"x": "number"})
    assert frame["x"].tolist() == [1.5, -0.25]
    assert problems == []


def test_categories_are_sorted_levels_and_lookalikes_are_a_warning():
    frame, (problem,) = coerce_columns(table_of(x=["b", "a", "A", "c", None]), {"x": "category"})
    assert frame["x"].cat.categories.tolist() == ["A", "a", "b", "c"]
    assert problem.severity == "warning"
    assert "'A', 'a'" in problem.message


def test_a_value_that_does_not_fit_is_named_by_patient_and_row():
    frame, problems = coerce_columns(table_of(x=["1"] * 9 + ["<5"]), {"x": "number"})
    (problem,) = problems
    assert (problem.patient, problem.file, problem.row, problem.column) == ("P9", "ehr.csv", 11, "x")
    assert "'<5' is not a number" in problem.message
    assert np.isnan(frame["x"].iloc[9])
    assert problem.severity == "error"


def test_a_column_that_mostly_does_not_fit_is_one_problem_of_the_study():
    _, problems = coerce_columns(table_of(x=["1", "2", "3", "a", "b", None]), {"x": "number"})
    (problem,) = problems
    assert problem.patient is None
    assert "2 of 5 values are not a number, such as 'a', 'b'" in problem.message
    assert problem.row == 5


@pytest.mark.parametrize("bad", ["inf", "nan?", "1 mg", "1.234,5", "0x1", "١"])
def test_what_only_looks_like_a_number_is_refused(bad):
    _, problems = coerce_columns(table_of(x=["1"] * 9 + [bad]), {"x": "number"})
    assert [problem.patient for problem in problems] == ["P9"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2020-03-04", None], ["2020-03-04", None]),
        (["2020-03-04T10:30", "2020-03-05 09:15:30"], ["2020-03-04 10:30", "2020-03-05 09:15:30"]),
        (["04.03.2020"], ["2020-03-04"]),
        (["04/03/2020", "25/03/2020"], ["2020-03-04", "2020-03-25"]),
        (["03/04/2020", "03/25/2020 8:05"], ["2020-03-04", "2020-03-25 08:05"]),
        (["4 Mar 2020", "05-March-2020"], ["2020-03-04", "2020-03-05"]),
        (["20200304"], ["2020-03-04"]),
    ],
)
def test_one_format_of_dates_is_found_out(texts, expected):
    frame, problems = coerce_columns(table_of(x=texts), {"x": "date"})
    assert problems == []
    pd.testing.assert_series_equal(
        frame["x"], pd.Series(pd.to_datetime(expected, format="ISO8601"), name="x"), check_dtype=False
    )


def test_dates_with_zones_become_utc():
    frame, problems = coerce_columns(table_of(x=["2020-03-04T10:30+01:00", "2020-03-04T10:30Z"]), {"x": "date"})
    assert problems == []
    assert frame["x"].tolist() == [pd.Timestamp("2020-03-04 09:30Z"), pd.Timestamp("2020-03-04 10:30Z")]


def test_day_and_month_that_cannot_be_told_apart_are_asked_for():
    table = table_of(x=["03/04/2020", "05/06/2020"])
    _, (problem,) = coerce_columns(table, {"x": "date"})
    assert "DD/MM/YYYY and MM/DD/YYYY" in problem.message
    assert "date:DD/MM/YYYY" in problem.way_out
    frame, problems = coerce_columns(table, {"x": "date:DD/MM/YYYY"})
    assert problems == []
    assert frame["x"].dt.month.tolist() == [4, 6]


def test_three_formats_in_one_column_are_one_problem_with_their_counts():
    frame, problems = coerce_columns(table_of(x=["2020-03-04"] * 4 + ["25/12/2020", "24.12.2020"]), {"x": "date"})
    assert [problem.patient for problem in problems] == [None]
    assert "YYYY-MM-DD (4), DD.MM.YYYY (1), DD/MM/YYYY (1)" in problems[0].message
    assert frame["x"].isna().all()


def test_one_date_in_another_format_is_that_patients_problem():
    frame, (problem,) = coerce_columns(table_of(x=["2020-03-04"] * 9 + ["25/12/2020"]), {"x": "date"})
    assert problem.patient == "P9"
    assert "is not a date (YYYY-MM-DD)" in problem.message
    assert frame["x"].notna().sum() == 9


def test_a_long_column_of_dates_is_judged_by_all_of_its_values():
    """The first thousand leave day and month open, or fit one format that a later value does not."""
    open_ones = [f"{1 + i % 12:02d}/{1 + i % 9:02d}/2020" for i in range(1500)]
    frame, problems = coerce_columns(table_of(x=[*open_ones, "25/12/2020"]), {"x": "date"})
    assert problems == []
    assert frame["x"].dt.month.iloc[-1] == 12
    frame, (problem,) = coerce_columns(table_of(x=["2020-01-02"] * 1500 + ["25/12/2020"]), {"x": "date"})
    assert problem.patient == "P1500"
    assert frame["x"].notna().sum() == 1500


def test_a_day_that_the_calendar_does_not_have_is_refused():
    _, (problem,) = coerce_columns(table_of(x=["2020-03-04"] * 5 + ["2020-02-30"]), {"x": "date"})
    assert problem.patient == "P5"


def test_an_absent_column_is_named_with_the_nearest():
    _, (problem,) = coerce_columns(table_of(cholesterol=["1"]), {"colesterol": "number"})
    assert problem.column == "colesterol"
    assert "Did you mean 'cholesterol'?" in problem.way_out


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match=r"types\['x'\] is one of category, code, date"):
        coerce_columns(table_of(x=["1"]), {"x": "float"})


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1.5", "2", "3"], "number"),
        (["1", "2", "3"], "integer"),
        (["1", "2", "3", "4", "k.A."], "integer"),
        (["1", "2", "3", "4a", "4b"], "text"),
        (["0", "1", None], "flag"),
        (["0.0", "1.0"], "flag"),
        (["yes", "no"], "flag"),
        (["TRUE", "FALSE", "True", "false"], "flag"),
        (["positive", "negative", "absent"], "text"),
        (["1", "2", "1", "2"], "category"),
        (["a", "b", "a", "b"], "category"),
        (["2020-01-02", "2020-05-13"], "date"),
        (["one sentence", "another", "a third", "a fourth"], "text"),
        ([None, None], "text"),
    ],
)
def test_types_are_guessed_for_a_person_to_correct(texts, kind):
    assert infer_types(table_of(x=texts)) == {"x": kind}


@pytest.mark.parametrize("folder", ["heart", "mammographic"])
def test_the_guess_fits_real_tables(real_data, folder):
    from fusionkit.ehr import read_table

    table = read_table(real_data / folder / f"{folder}.csv", id_column="patient_id")
    types = infer_types(table)
    frame, problems = coerce_columns(table, types)
    assert problems == []
    assert frame.shape == (len(table.rows), len(types))
    expected = pd.read_csv(real_data / folder / f"{folder}.csv")
    pd.testing.assert_series_equal(frame["age"], expected["age"].astype(float))
    assert (frame.isna().to_numpy() == expected[list(types)].isna().to_numpy()).all()
