"""Studies whose tables are queries: SQLite and PostgreSQL, resumed only where the rows are the same."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
import yaml

from fusionkit.exceptions import StudyError
from fusionkit.study import Study
from tests.ehr.servers import postgres  # noqa: F401, a fixture

N = 40
QUERY = "SELECT * FROM patients ORDER BY patient_id"


def patients():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "patient_id": [f"{i:03d}" for i in range(7, 7 + N)],
            "age": rng.normal(60, 9, N).round(1),
            "crp": rng.lognormal(1, 1, N).round(2),
            "scan": "2021-03-10",
            "event": np.where(np.arange(N) % 2, "yes", "no"),
        }
    )


def make_study(folder, source, columns=("age", "crp")):
    content = {
        "title": "t",
        "outcome": {"table": source, "column": "event", "positive": "yes"},
        "modalities": {"ehr": {"table": source, "columns": list(columns)}},
        "models": ["lda"],
        "validation": {"folds": 2, "repeats": 1, "inner_folds": 2},
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(content))
    return Study.read(folder / "study.yaml")


@pytest.fixture
def sqlite(tmp_path):
    """A study on a SQLite file, and a function that changes the file."""

    def change(statement):
        with sqlite3.connect(tmp_path / "ehr.db") as database:
            database.execute(statement)
        database.close()

    with sqlite3.connect(tmp_path / "ehr.db") as database:
        patients().to_sql("patients", database, index=False)
    database.close()
    return make_study(tmp_path, f"sqlite:///ehr.db::{QUERY}"), change


def stop_at_the_second_fold(stage, done, total):
    if stage == "Nested cross-validation" and done == 1:
        raise KeyboardInterrupt


def interrupt(study, out):
    with pytest.raises(KeyboardInterrupt):
        study.run(out, n_jobs=1, progress=stop_at_the_second_fold)


@pytest.mark.slow
def test_a_run_is_resumed_while_the_query_gives_the_same_rows_and_not_after_one_has_changed(sqlite, tmp_path):
    study, change = sqlite
    interrupt(study, tmp_path / "out")
    change("CREATE TABLE unrelated (x)")
    seen = []
    study.run(tmp_path / "out", n_jobs=1, progress=lambda *where: seen.append(where))
    assert min(done for stage, done, _ in seen if stage == "Nested cross-validation") == 1, "it began anew"
    interrupt(study, tmp_path / "other")
    change("UPDATE patients SET crp = crp + 1 WHERE patient_id = '011'")
    with pytest.raises(StudyError, match="before its data or settings changed"):
        study.run(tmp_path / "other", n_jobs=1)
    again = study.run(tmp_path / "other", n_jobs=1, force=True)
    assert again.cohort.X.loc["011", "ehr__crp"] == patients().set_index("patient_id").loc["011", "crp"] + 1


@pytest.mark.slow
def test_the_rows_that_the_key_was_made_of_are_those_that_are_analysed(sqlite, tmp_path, monkeypatch):
    from fusionkit.study import run, tables

    study, _ = sqlite
    asked = []
    monkeypatch.setattr(tables, "read_table", lambda *_, **__: pytest.fail("the database was asked twice"))
    ask = run.ask_databases
    monkeypatch.setattr(run, "ask_databases", lambda *where: asked.append(ask(*where)) or asked[-1])
    assert len(study.run(tmp_path / "out", n_jobs=1).cohort.y) == N
    assert asked == [{}], "each answer is taken once, and let go"


@pytest.mark.slow
def test_a_database_that_fails_leaves_finished_folds_alone_and_is_told_with_all_else(sqlite, tmp_path):
    study, change = sqlite
    interrupt(study, tmp_path / "out")
    folds = sorted((tmp_path / "out" / ".fusionkit" / "folds").iterdir())
    change("ALTER TABLE patients RENAME TO persons")
    for force in (False, True):
        with pytest.raises(StudyError, match="no such table: patients"):
            study.run(tmp_path / "out", n_jobs=1, force=force)
    assert sorted((tmp_path / "out" / ".fusionkit" / "folds").iterdir()) == folds
    change("ALTER TABLE persons RENAME TO patients")
    study.run(tmp_path / "out", n_jobs=1)


def test_a_changed_sheet_of_a_workbook_is_not_resumed(tmp_path):
    with pd.ExcelWriter(tmp_path / "ehr.xlsx") as book:
        patients().to_excel(book, sheet_name="now", index=False)
        patients().to_excel(book, sheet_name="then", index=False)
    study = make_study(tmp_path, "ehr.xlsx::now")
    interrupt(study, tmp_path / "out")
    patients().assign(crp=1.0).to_excel(tmp_path / "ehr.xlsx", sheet_name="now", index=False)
    with pytest.raises(StudyError, match="before its data or settings changed"):
        study.run(tmp_path / "out", n_jobs=1)


@pytest.mark.slow
def test_a_study_on_a_postgresql_server_is_that_on_the_same_rows_in_a_file(postgres, tmp_path):  # noqa: F811
    sqlalchemy = pytest.importorskip("sqlalchemy")
    address = postgres.replace("fusion:secret@", "fusion@")
    engine = sqlalchemy.create_engine(address)
    with engine.begin() as connection:
        types = "patient_id text, age float8, crp float8, scan date, event text"
        connection.execute(sqlalchemy.text(f"CREATE TABLE cohort ({types})"))
        insert = "INSERT INTO cohort VALUES (:patient_id, :age, :crp, cast(:scan as date), :event)"
        connection.execute(sqlalchemy.text(insert), patients().to_dict("records"))
    engine.dispose()
    source = f"{address}::SELECT patient_id, age::float8, crp, scan, event FROM cohort ORDER BY patient_id"
    study = make_study(tmp_path, source)
    problems, cohort = study.check(n_jobs=1)
    assert problems == []
    patients().to_csv(tmp_path / "patients.csv", index=False)
    plain = make_study(tmp_path, "patients.csv").cohort(n_jobs=1)
    pd.testing.assert_frame_equal(cohort.X, plain.X)
    pd.testing.assert_series_equal(cohort.y, plain.y)
    study.run(tmp_path / "out", n_jobs=1)
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert results["cohort"]["n"] == N
    with pytest.raises(
        StudyError, match=r"query 'SELECT age FROM nothing': the database answered: relation \"nothing\""
    ):
        make_study(tmp_path, f"{address}::SELECT age FROM nothing").cohort()
