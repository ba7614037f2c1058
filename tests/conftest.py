"""Where the real data lie, without which tests that need them are skipped; and a collection without detours."""

import gc
import locale
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What collecting imports and makes stays until the end: no search for garbage looks at it, then or later."""
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return collected


@pytest.fixture(autouse=True)
def same_locale():
    """ITK leaves the locale at C where it has written a DICOM file: text would be read as ASCII from then on."""
    before = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture(scope="session")
def real_data():
    """The folder of real data with known answers; skips the test where it is absent."""
    folder = Path(os.environ.get("FUSIONKIT_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip("real data absent: set FUSIONKIT_DATA to the folder that holds radiomics_cases, heart, ...")
    return folder
