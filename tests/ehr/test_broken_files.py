"""Every reader meets broken files: each fault by file, row and column, all at once, nothing half read."""

import gzip
import sqlite3

import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest

from fusionkit.ehr import read_table
from fusionkit.exceptions import StudyError


@pytest.fixture
def refuse(tmp_path):
    """Write the content, read it, and return the places and texts of all problems."""

    def refuse_file(content, name="ehr.csv", id_column="id"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(StudyError) as raised:
            read_table(path, id_column=id_column)
        problems = raised.value.problems
        assert {problem.file for problem in problems} == {name}
        assert str(tmp_path) not in str(raised.value)
        return [(problem.row, problem.column, str(problem)) for problem in problems if problem.severity == "error"]

    return refuse_file


def workbook(path, rows, merge=()):
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(path)
    return path.read_bytes()


def test_an_absent_file_is_named_with_its_nearest_neighbour(tmp_path):
    (tmp_path / "clinical.csv").write_text("id\n1\n")
    with pytest.raises(StudyError, match=r"clinicl.csv: there is no such file. Did you mean 'clinical.csv'\?"):
        read_table("clinicl.csv", id_column="id", folder=tmp_path)
    with pytest.raises(StudyError, match=r"no such file\. Check the folder"):
        read_table("nowhere/clinical.csv", id_column="id", folder=tmp_path)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file(refuse, content):
    ((row, _, text),) = refuse(content)
    assert row is None
    assert "the file is empty" in text


def test_a_table_without_rows(refuse):
    ((_, _, text),) = refuse("id,age\n")
    assert "the table has no rows below its header" in text


def test_a_file_truncated_within_its_last_line(refuse):
    ((row, _, text),) = refuse("id,age,crp\n1,60,2\n2,61\n")
    assert row == 3
    assert "the row has 2 cells, the header 3" in text
    assert "it is the last line: the file may be truncated" in text.lower()


def test_a_file_truncated_within_quotation_marks(refuse):
    ((row, _, text),) = refuse('id,note\n1,ok\n2,"cut\noff')
    assert row == 3
    assert "the file is truncated" in text


def test_rows_that_are_too_short_or_too_long(refuse):
    found = refuse("id,age\n1,60\n2\n3,61,7,\n4,62,\n5,63\n")
    assert [row for row, _, _ in found] == [3, 4]


def test_columns_named_twice_and_not_at_all(refuse):
    found = refuse("id,age,age,,sex\n1,2,3,4,5\n")
    assert [(row, column) for row, column, _ in found] == [(1, "age"), (1, None)]
    assert "positions 2 and 3" in found[0][2]
    assert "column 4 holds values and has no name" in found[1][2]


def test_a_second_header_of_units(refuse):
    ((row, _, text),) = refuse("id,age,crp\nid,years,mg/L\n1,60,2\n2,61,3\n3,62,4\n")
    assert row == 2
    assert "looks like a second header" in text
    assert "age: years, crp: mg/L" in text


def test_a_header_that_stands_again_where_two_files_were_joined(refuse):
    ((row, _, text),) = refuse("id,age\n1,60\nid,age\n2,61\n")
    assert row == 3
    assert "the header stands here again" in text


def test_an_absent_id_column_is_named_with_the_nearest(refuse):
    ((_, _, text),) = refuse("patient_id,age\n1,60\n", id_column="patientid")
    assert "Did you mean 'patient_id'?" in text


def test_rows_without_an_id(refuse):
    found = refuse("id,age\n1,60\n,61\nNA,62\n")
    assert [(row, column) for row, column, _ in found] == [(3, "id"), (4, "id")]


@pytest.mark.parametrize("ids", ["1.0 2.0", "1,0 2,0", "1.2E+07 3"])
def test_ids_that_became_decimals(refuse, ids):
    first, second = ids.split()
    ((row, column, text),) = refuse(f"id;age\n{first};60\n{second};61\n")
    assert (row, column) == (2, "id")
    assert "a program took them for numbers" in text


def test_a_workbook_or_archive_that_is_called_csv(refuse, tmp_path):
    for content in (workbook(tmp_path / "x.xlsx", [["id"], [1]]), gzip.compress(b"id\n1\n" * 50) + b"\x00"):
        assert any("this is not a text file" in text for _, _, text in refuse(content))


def test_a_utf_16_file_that_ends_within_a_character(refuse):
    assert any("this is not a text file" in text for _, _, text in refuse("id,age\n1,60".encode("utf-16") + b"\x00"))


def test_a_truncated_workbook(refuse, tmp_path):
    content = workbook(tmp_path / "x.xlsx", [["id", "age"]] + [[str(i), i] for i in range(100)])
    for part in (content[:20], content[: len(content) // 2], b""):
        assert any("the workbook cannot be read" in text for _, _, text in refuse(part, "ehr.xlsx"))


def test_merged_cells_are_all_named(refuse, tmp_path):
    rows = [["id", "age", "sex"], ["1", 60, "f"], ["2", 61, "m"], ["3", 62, "m"]]
    found = refuse(workbook(tmp_path / "x.xlsx", rows, ["A2:A3", "B4:C4"]), "ehr.xlsx")
    assert [row for row, _, text in found if "are merged" in text] == [2, 4]
    assert "the cells A2:A3 are merged" in found[0][2]
    assert (3, "id") in [(row, column) for row, column, _ in found]


def test_formula_errors_and_formulas_without_a_value_are_all_named(refuse, tmp_path):
    rows = [["id", "age", "bmi"], ["1", "#REF!", 20], ["2", 61, "=B3*2"], ["3", "#N/A", 22]]
    found = refuse(workbook(tmp_path / "x.xlsx", rows), "ehr.xlsx")
    assert [(row, column) for row, column, _ in found] == [(2, "age"), (3, "bmi")]
    assert "cell B2 shows the formula error #REF!" in found[0][2]
    assert "cell C3 is a formula without a stored value" in found[1][2]


def test_an_empty_workbook(refuse, tmp_path):
    assert any("the workbook is empty" in text for _, _, text in refuse(workbook(tmp_path / "x.xlsx", []), "ehr.xlsx"))


def test_a_truncated_parquet_file(refuse, tmp_path):
    pd.DataFrame({"id": ["1", "2"]}).to_parquet(tmp_path / "x.parquet")
    content = (tmp_path / "x.parquet").read_bytes()
    for part in (content[:-10], b"", b"id,age\n"):
        assert any("the Parquet file cannot be read" in text for _, _, text in refuse(part, "ehr.parquet"))


def test_an_ending_that_is_not_read(refuse):
    ((_, _, text),) = refuse(b"x", "ehr.sav")
    assert "tables that end in '.sav' are not read. Save the table as one of .csv" in text


def test_everything_wrong_with_one_file_is_said_at_once(refuse):
    found = refuse("id,age,age,\n1.0,60,2,x\n,61\n3,62,4,y\n", id_column="patient")
    texts = "\n".join(text for _, _, text in found)
    for fault in ("twice in the header", "has no name", "has 2 cells", "no column 'patient'"):
        assert fault in texts


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", "without a query"),
        ("SELECT * FROM patient", "no such table: patient"),
        ("SELECT id, FROM patients", "syntax error"),
        ("SELECT id, age, age FROM patients", "twice in the header"),
        ("SELECT id, age FROM patients WHERE age > 200", "no rows below its header"),
        ("SELECT age FROM patients", "no column 'id'"),
        ("DELETE FROM patients", "gives no table"),
    ],
)
def test_what_a_database_refuses_is_told_in_its_own_words(tmp_path, query, answer):
    with sqlite3.connect(tmp_path / "ehr.db") as database:
        database.execute("CREATE TABLE patients (id TEXT, age REAL)")
        database.executemany("INSERT INTO patients VALUES (?, ?)", [("007", 60), ("008", None)])
    database.close()
    with pytest.raises(StudyError, match=answer):
        read_table(f"sqlite:///ehr.db::{query}", id_column="id", folder=tmp_path)
    table = read_table("sqlite:///ehr.db::SELECT * FROM patients", id_column="id", folder=tmp_path)
    assert table.frame["id"].tolist() == ["007", "008"], "no query may change the database"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("sqlite:///absent.db::SELECT 1", "there is no SQLite file 'absent.db'"),
        ("nosuch://host/db::SELECT 1", "Can't load plugin"),
        ("postgresql+nosuch://me:secret@host/db::SELECT 1", "Can't load plugin"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(tmp_path, source, answer):
    with pytest.raises(StudyError, match=answer) as raised:
        read_table(source, id_column="id", folder=tmp_path)
    assert "secret" not in str(raised.value)
    assert not (tmp_path / "absent.db").exists()


def write_csv(folder, header, rows):
    (folder / "t.csv").write_text("\n".join(",".join(map(str, row)) for row in (header, *rows)) + "\n")
    return "t.csv"


def write_workbook(folder, header, rows):
    workbook(folder / "t.xlsx", [header, *rows])
    return "t.xlsx"


def write_parquet(folder, header, rows):
    columns = [pyarrow.array(column) for column in zip(*rows, strict=True)] or [pyarrow.array([], "string")] * len(
        header
    )
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(columns, names=header), folder / "t.parquet")
    return "t.parquet"


def write_database(folder, header, rows):
    names = [f"c{i}" for i in range(len(header))]
    with sqlite3.connect(folder / "t.db") as database:
        database.execute(f"CREATE TABLE t ({', '.join(names)})")
        database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(header))})", rows)
    database.close()
    chosen = ", ".join(f'{name} AS "{column}"' for name, column in zip(names, header, strict=True))
    return f"sqlite:///t.db::SELECT {chosen} FROM t"


WRITERS = [write_csv, write_workbook, write_parquet, write_database]
UNITS = [["id", "years", "mg/L"], ["1", "60", "2"], ["2", "61", "3"], ["3", "62", "4"]]
AGAIN = [["1", "60", "2"], ["id", "age", "crp"], ["2", "61", "3"]]
FAULTS = {
    "no rows": (["id", "age", "crp"], [], None, None, "no rows below its header"),
    "a column twice": (["id", "age", "age"], UNITS[1:], 1, "age", "twice in the header, at positions 2 and 3"),
    "a second header": (["id", "age", "crp"], UNITS, 2, None, "looks like a second header"),
    "the header again": (["id", "age", "crp"], AGAIN, 3, None, "the header stands here again"),
    "no id": (["id", "age", "crp"], [["1", "60", "2"], ["", "61", "3"]], 3, "id", "the row names no patient"),
    "no id column": (["case", "age", "crp"], UNITS[1:], None, None, "there is no column 'id' to tell the patients by"),
    "texts of decimals": (["id", "age"], [["1.0", "60"], ["2.0", "61"]], 2, "id", "2 patient ids are decimals"),
}


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__.removeprefix("write_"))
@pytest.mark.parametrize("fault", FAULTS)
def test_the_same_fault_is_told_alike_by_every_reader(tmp_path, writer, fault):
    header, rows, row, column, message = FAULTS[fault]
    source = writer(tmp_path, header, rows)
    with pytest.raises(StudyError, match=message) as raised:
        read_table(source, id_column="id", name="t", folder=tmp_path)
    [problem] = [problem for problem in raised.value.problems if message in problem.message]
    assert (problem.file, problem.row, problem.column) == ("t", row, column)
    assert str(tmp_path) not in str(raised.value)


@pytest.mark.parametrize("writer", [write_parquet, write_database])
def test_ids_that_are_stored_as_decimals_are_refused_where_the_source_knows_types(tmp_path, writer):
    source = writer(tmp_path, ["id", "age"], [[7.0, 60.5], [8.0, 61.5]])
    with pytest.raises(StudyError, match=r"row 2, column id: 2 patient ids are decimals \(7, 8\): a program took them"):
        read_table(source, id_column="id", folder=tmp_path)
    (tmp_path / "whole").mkdir()
    source = writer(tmp_path / "whole", ["id", "age"], [[7, 60.5], [8, 61.5]])
    assert read_table(source, id_column="id", folder=tmp_path / "whole").ids.tolist() == ["7", "8"]


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "t.db").write_bytes(b"id,age\n1,60\n" * 100)
    with pytest.raises(StudyError, match="the database answered: file is not a database"):
        read_table("sqlite:///t.db::SELECT * FROM t", id_column="id", folder=tmp_path)
