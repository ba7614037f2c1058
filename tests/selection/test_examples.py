"""The examples in the docstrings run as printed."""

import doctest
import importlib
import pkgutil

import pytest

import fusionkit.selection as selection

MODULES = [info.name for info in pkgutil.iter_modules(selection.__path__, "fusionkit.selection.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_as_printed(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
