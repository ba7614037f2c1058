"""The house keeps its shape: layers, docstrings, public names and a quick import."""

import ast
import configparser
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fusionkit

PACKAGE = Path(fusionkit.__file__).parent

FLOORS = [
    ["_version", "exceptions", "_validation", "_optional", "_store", "_tables", "naming"],
    ["imaging", "ehr", "metrics"],
    ["radiomics", "images2d", "cohort", "selection", "harmonise", "fusion", "models", "plotting", "datasets"],
    ["model_selection"],
    ["studies"],
    ["bundle"],
    ["report"],
    ["study"],
    ["cli"],
]
"""Lowest first; a part imports from lower floors only. The last floor of the design is a chain, one part a step."""

LEVEL = {part: level for level, floor in enumerate(FLOORS) for part in floor}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path):
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported_parts(path):
    """Parts of fusionkit that a module imports, wherever in the module the import stands."""
    here = ("fusionkit", *path.relative_to(PACKAGE).with_suffix("").parts)
    package = here[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            targets = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            stem = base + (node.module.split(".") if node.module else [])
            targets = [stem + [alias.name] for alias in node.names]
        else:
            continue
        for target in targets:
            if target[0] == "fusionkit" and len(target) > 1:
                yield target[1]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_part_imports_from_lower_floors_only(path):
    part = part_of(path)
    if part in {"__init__", "__main__"}:
        return
    assert part in LEVEL, f"{part} has no floor in the design"
    for other in imported_parts(path):
        if other in {part, "__version__"}:
            continue
        assert other in LEVEL, f"{path.name} imports fusionkit.{other}, which has no floor"
        assert LEVEL[other] < LEVEL[part], f"{part} (floor {LEVEL[part]}) imports {other} (floor {LEVEL[other]})"


def test_the_layer_test_sees_a_breach(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    (tmp_path / "naming.py").write_text("def f():\n    from .radiomics.extractor import x\n")
    assert list(imported_parts(tmp_path / "naming.py")) == ["radiomics"]


def public_objects():
    for info in pkgutil.walk_packages(fusionkit.__path__, "fusionkit."):
        if ".data_samples" in info.name or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            here = getattr(thing, "__module__", None) == info.name
            if here and (inspect.isclass(thing) or inspect.isfunction(thing)):
                yield f"{info.name}.{name}", thing


PUBLIC = dict(public_objects())


def documented_defaults(docstring):
    """``{parameter: default text}`` for every ``name : type, default=...`` line."""
    found = {}
    for names, default in re.findall(r"^\s*([\w, *]+?) : .*?default=(.+?)\s*$", docstring, re.M):
        for name in names.split(","):
            found[name.strip(" *")] = default
    return found


@pytest.mark.parametrize("name", PUBLIC, ids=str)
def test_docstring_defaults_equal_the_signature(name):
    thing = PUBLIC[name]
    assert inspect.getdoc(thing), f"{name} has no docstring"
    try:
        signature = inspect.signature(thing)
    except ValueError:
        return
    if inspect.isclass(thing) and (issubclass(thing, (Exception, tuple)) and thing.__init__ is Exception.__init__):
        return
    documented = documented_defaults(inspect.getdoc(thing))
    for parameter in signature.parameters.values():
        if parameter.default is inspect.Parameter.empty or parameter.name.startswith("_"):
            continue
        assert parameter.name in documented, f"{name}: parameter {parameter.name} states no default"
        text = documented[parameter.name].replace('"', "'")
        actual = getattr(parameter.default, "__name__", None) or repr(parameter.default)
        assert text == actual, f"{name}: {parameter.name} is documented as {text}, the signature says {actual}"


def test_every_public_name_resolves():
    for name in fusionkit.__all__:
        assert getattr(fusionkit, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing_of_this_name'"):
        fusionkit.nothing_of_this_name


def test_every_package_is_installed():
    settings = configparser.ConfigParser()
    settings.read(PACKAGE.parent / "setup.cfg")
    listed = set(settings["options"]["packages"].split())
    there = {".".join(p.parent.relative_to(PACKAGE.parent).parts) for p in PACKAGE.rglob("__init__.py")}
    assert listed == there | {"fusionkit.data_samples"}


def test_import_is_light():
    """``import fusionkit`` loads nothing heavy; the half second is measured in benchmarks/startup.py."""
    heavy = ["matplotlib", "SimpleITK", "numba", "sklearn", "pandas", "numpy", "scipy", "xgboost"]
    code = f"import sys, fusionkit; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert out.stdout.strip() == "[]"
