"""Where the real data lie: tests that need them are skipped, with the reason, where they are absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data with known answers; skips the test where it is absent."""
    folder = Path(os.environ.get("FUSIONKIT_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip("real data absent: set FUSIONKIT_DATA to the folder that holds radiomics_cases, heart, ...")
    return folder
