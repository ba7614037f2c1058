"""A PostgreSQL server for the tests that need one; they are skipped, with the reason, where there is none."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def _server_programs():
    """The folder of initdb and pg_ctl, or None."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="module")
def postgres():
    """The address of a PostgreSQL server that listens on a socket of its own and ends with the tests."""
    pytest.importorskip("pg8000", reason="the PostgreSQL driver pg8000 is not installed")
    programs = _server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (initdb and pg_ctl are not found)")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if os.geteuid() == 0 and user not in {entry.pw_name for entry in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user 'postgres'")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    shutil.chown(folder, user)
    run = {"check": True, "capture_output": True, "user": user, "cwd": folder, "timeout": 120}
    data, options = folder / "data", f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run([programs / "initdb", "-D", data, "-A", "trust", "-U", "fusion", "-E", "UTF8", "--no-sync"], **run)
    subprocess.run([programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"], **run)
    try:
        yield f"postgresql+pg8000://fusion:secret@/postgres?unix_sock={folder}/.s.PGSQL.5432"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **run)
        shutil.rmtree(folder)
