"""Tables come in as text, every row with its line; whatever is wrong with one is said in one go."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.ehr import read_table
from fusionkit.exceptions import StudyError


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="ehr.csv", encoding="utf-8"):
        content = content if isinstance(content, bytes) else content.encode(encoding)
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write_file


def problems_of(path, **options):
    with pytest.raises(StudyError) as raised:
        read_table(path, **{"id_column": "id", **options})
    return raised.value.problems


@pytest.mark.parametrize(("delimiter", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv"), ("|", "a.txt")])
def test_the_delimiter_is_found_out(write, delimiter, name):
    lines = [["id", "age", "note"], ["007", "61", "a b"], ["008", "NA", "see: x, y" if delimiter != "," else "see"]]
    table = read_table(write("\n".join(delimiter.join(line) for line in lines), name), id_column="id")
    assert table.frame.columns.tolist() == ["id", "age", "note"]
    assert table.frame["id"].tolist() == ["007", "008"]
    assert table.frame["age"].isna().tolist() == [False, True]
    assert table.name == name


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=; "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_first_line_that_tells_excel_the_delimiter_is_no_header(write, first, end):
    table = read_table(write(end.join([first, "id;crp;note", "007;1,5;a,b", "008;2,25;"])), id_column="id")
    assert table.frame["id"].tolist() == ["007", "008"]
    assert table.frame["note"].iloc[0] == "a,b"
    assert table.rows.tolist() == [3, 4]
    with pytest.raises(StudyError, match="the file is empty"):
        read_table(write(first + end), id_column="id")


def test_rows_are_editor_lines_across_blank_lines_and_quoted_line_breaks(write):
    table = read_table(write('id,note\n\nA,"two\nlines"\n\nB,one\n'), id_column="id")
    assert table.rows.tolist() == [3, 6]
    assert table.frame["note"].tolist() == ["two\nlines", "one"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_not_part_of_the_first_name(write, encoding):
    table = read_table(write("id,city\n1,Köln\n", encoding=encoding), id_column="id")
    assert table.frame.columns[0] == "id"
    assert table.frame["city"].tolist() == ["Köln"]
    assert table.problems == ()


def test_latin_1_is_read_and_said_aloud_with_its_first_line(write):
    table = read_table(write("id,city\n1,Bonn\n2,Köln\n", encoding="latin-1"), id_column="id")
    assert table.frame["city"].tolist() == ["Bonn", "Köln"]
    (problem,) = table.problems
    assert problem.severity == "warning"
    assert problem.row == 3
    assert "Latin-1" in problem.message


@pytest.mark.parametrize(
    ("content", "decimal"),
    [
        ("id;crp\n1;1,5\n", ","),
        ("id;crp\n1;1.5\n", "."),
        ('id,crp\n1,"1,5"\n', ","),
        ('id,cells\n1,"1,234"\n', "."),
        ("id;cells\n1;1,234\n", ","),
        ("id;crp\n1;5\n", "."),
    ],
)
def test_the_decimal_sign_of_the_file_is_found_out(write, content, decimal):
    table = read_table(write(content), id_column="id")
    assert table.decimal == decimal
    assert table.problems == ()


def test_two_decimal_signs_are_a_warning_with_both(write):
    table = read_table(write("id;crp;urea\n1;1,5;2.5\n"), id_column="id")
    assert "1,5 and 2.5" in table.problems[0].message


def test_missing_words_are_the_default_ones_or_the_users(write):
    path = write("id,a\n1,not available\n2,.\n3,-9\n4,#N/A\n5,none\n6,\n")
    assert read_table(path, id_column="id").frame["a"].isna().tolist() == [True, True, False, True, False, True]
    mine = read_table(path, id_column="id", missing=["-9"]).frame["a"]
    assert mine.isna().tolist() == [False, False, True, False, False, True]


def test_messages_name_files_relative_to_the_folder(write, tmp_path):
    path = write("id,a\n")
    assert {problem.file for problem in problems_of(path)} == {"ehr.csv"}
    assert {problem.file for problem in problems_of(path, folder=tmp_path.parent)} == {f"{tmp_path.name}/ehr.csv"}
    assert {problem.file for problem in problems_of(path, name="the record")} == {"the record"}


def test_excel_keeps_ids_as_text_and_zeros_that_a_format_shows(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    page.append(["id", "age", "seen", "ok", "crp"])
    page.append(["007", 61, pd.Timestamp("2020-03-04").to_pydatetime(), True, 1.25])
    page.append([8, 62.0, pd.Timestamp("2020-03-04 10:30").to_pydatetime(), False, None])
    page["A3"].number_format = "000"
    book.save(tmp_path / "ehr.xlsx")
    table = read_table(tmp_path / "ehr.xlsx", id_column="id")
    assert table.frame["id"].tolist() == ["007", "008"]
    assert table.frame["age"].tolist() == ["61", "62"]
    assert table.frame["seen"].tolist() == ["2020-03-04", "2020-03-04T10:30:00"]
    assert table.frame["ok"].tolist() == ["true", "false"]
    assert table.frame["crp"].iloc[0] == "1.25"
    assert pd.isna(table.frame["crp"].iloc[1])
    assert table.rows.tolist() == [2, 3]


def test_a_sheet_is_named_where_there_are_several(tmp_path):
    with pd.ExcelWriter(tmp_path / "ehr.xlsx") as writer:
        pd.DataFrame({"id": ["1"], "a": [1]}).to_excel(writer, sheet_name="labs", index=False)
        pd.DataFrame({"id": ["2"], "a": [2]}).to_excel(writer, sheet_name="drugs", index=False)
    assert read_table(f"{tmp_path}/ehr.xlsx::drugs", id_column="id").frame["id"].tolist() == ["2"]
    (problem, *_) = problems_of(tmp_path / "ehr.xlsx")
    assert "labs, drugs" in problem.message
    assert "ehr.xlsx::labs" in problem.way_out
    assert "labs, drugs" in problems_of(f"{tmp_path}/ehr.xlsx::lab")[0].way_out


def test_parquet_is_read_as_the_text_that_a_csv_would_hold(tmp_path):
    frame = pd.DataFrame(
        {"id": ["01", "02"], "n": [1, 2], "x": [1.5, np.nan], "d": pd.to_datetime(["2020-01-02", None])}
    )
    frame.to_parquet(tmp_path / "ehr.parquet")
    table = read_table(tmp_path / "ehr.parquet", id_column="id")
    assert table.frame["n"].tolist() == ["1", "2"]
    assert table.frame["x"].fillna("-").tolist() == ["1.5", "-"]
    assert table.frame["d"].fillna("-").tolist() == ["2020-01-02", "-"]
    assert table.rows.tolist() == [2, 3]


def test_every_format_of_one_table_gives_the_same_text(tmp_path, write):
    frame = pd.DataFrame({"id": ["01", "02", "10"], "age": [61, 62, 63], "crp": [1.5, 80.25, 3.125]})
    write(frame.to_csv(index=False), "a.csv")
    write(frame.to_csv(index=False, sep=";", decimal=","), "b.csv")
    frame.to_excel(tmp_path / "c.xlsx", index=False)
    frame.to_parquet(tmp_path / "d.parquet")
    tables = [read_table(tmp_path / name, id_column="id") for name in ("a.csv", "b.csv", "c.xlsx", "d.parquet")]
    expected = tables[0].frame
    for table in tables:
        got = table.frame.assign(crp=table.frame["crp"].str.replace(table.decimal, "."))
        pd.testing.assert_frame_equal(got, expected)
        assert table.rows.tolist() == [2, 3, 4]
