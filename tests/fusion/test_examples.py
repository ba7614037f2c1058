"""The examples in the docstrings run as printed."""

import doctest
import importlib
import pkgutil

import pytest

import fusionkit.fusion as fusion

MODULES = [info.name for info in pkgutil.iter_modules(fusion.__path__, "fusionkit.fusion.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_as_printed(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
