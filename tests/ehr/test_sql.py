"""Tables from real databases: a SQLite file, and a PostgreSQL server that the test starts for itself."""

import sqlite3

import pytest

from fusionkit.ehr import read_table
from fusionkit.exceptions import StudyError
from tests.ehr.servers import postgres  # noqa: F401, a fixture

ROWS = [("007", 61, 1.25, "2020-03-04"), ("008", None, None, None), ("010", 63, 80.0, "2020-03-06")]


def check_rows(table):
    assert table.frame["id"].tolist() == ["007", "008", "010"]
    assert table.frame["age"].fillna("-").tolist() == ["61", "-", "63"]
    assert table.frame["crp"].fillna("-").tolist() == ["1.25", "-", "80"]
    assert table.frame["seen"].fillna("-").tolist() == ["2020-03-04", "-", "2020-03-06"]
    assert table.rows.tolist() == [2, 3, 4]
    assert table.name == "query"


def test_a_sqlite_file_is_read_from_its_folder(tmp_path):
    with sqlite3.connect(tmp_path / "ehr.db") as database:
        database.execute("CREATE TABLE patients (id TEXT, age INTEGER, crp REAL, seen TEXT)")
        database.executemany("INSERT INTO patients VALUES (?, ?, ?, ?)", ROWS)
    database.close()
    query = "SELECT * FROM patients WHERE seen IS NULL OR seen != '12:30:00' ORDER BY id"
    check_rows(read_table(f"sqlite:///ehr.db::{query}", id_column="id", folder=tmp_path))
    check_rows(read_table(f"sqlite:///{tmp_path}/ehr.db::SELECT * FROM patients", id_column="id"))


@pytest.mark.slow
def test_a_postgresql_server_is_read_and_not_changed(postgres):  # noqa: F811
    sqlalchemy = pytest.importorskip("sqlalchemy")
    engine = sqlalchemy.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE patients (id text, age int, crp float8, seen date)"))
        insert = sqlalchemy.text("INSERT INTO patients VALUES (:id, :age, :crp, cast(:seen as date))")
        connection.execute(insert, [dict(zip(("id", "age", "crp", "seen"), row, strict=True)) for row in ROWS])
    engine.dispose()
    select = f"{postgres}::SELECT * FROM patients ORDER BY id"
    check_rows(read_table(select, id_column="id"))
    with pytest.raises(StudyError, match="gives no table"):
        read_table(f"{postgres}::DELETE FROM patients", id_column="id")
    check_rows(read_table(select, id_column="id"))


@pytest.mark.slow
def test_what_postgresql_answers_is_told_without_the_password(postgres):  # noqa: F811
    with pytest.raises(StudyError, match='the database answered: relation "patient" does not exist') as raised:
        read_table(f"{postgres}::SELECT * FROM patient", id_column="id")
    assert "secret" not in str(raised.value)
    with pytest.raises(StudyError, match="the database answered") as raised:
        read_table(f"{postgres.replace('PGSQL', 'NONE')}::SELECT 1 AS id", id_column="id")
    assert "secret" not in str(raised.value)
