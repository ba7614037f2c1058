"""What is installed, what is missing, and the command that mends it."""

import importlib.metadata
import os
import platform

from packaging.requirements import Requirement
from rich.markup import escape
from rich.table import Table

from .._optional import EXTRAS
from .._version import __version__

__all__ = ["examine"]


def examine(console):
    """Print the state of this installation.

    Parameters
    ----------
    console : rich.console.Console
        Where to print.

    Returns
    -------
    healthy : bool
        Whether everything that fusionkit needs is there; extras may be missing.
    """
    table = Table(title=f"fusionkit {__version__}, Python {platform.python_version()}, {platform.system()}")
    for column in ("package", "needed", "installed", "mend it with"):
        table.add_column(column)
    requirements = _requirements()
    healthy = bool(requirements)
    for requirement in requirements:
        version = _version(requirement.name)
        good = version is not None and requirement.specifier.contains(version, prereleases=True)
        healthy &= good
        mend = "" if good else f'pip install "{requirement.name}{requirement.specifier}"'
        table.add_row(requirement.name, str(requirement.specifier), version or "[red]missing[/]", mend)
    for package, (extra, what) in EXTRAS.items():
        version = _version(what)
        mend = "" if version else escape(f'pip install "fusionkit[{extra}]"')
        table.add_row(f"{what} (extra)", f"for {package}", version or "not installed", mend)
    console.print(table)
    if not requirements:
        console.print("[red]fusionkit runs from a folder and is not installed:[/] pip install .")
    console.print(f"{os.cpu_count()} cores; sample data: {_sample()}", highlight=False)
    console.print("[green]Everything needed is there.[/]" if healthy else "[red]Something needed is missing.[/]")
    return healthy


def _requirements():
    """The requirements of the installed fusionkit, without extras."""
    try:
        lines = importlib.metadata.requires("fusionkit") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = [Requirement(line) for line in lines]
    return [r for r in found if r.marker is None or r.marker.evaluate({"extra": ""})]


def _version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sample():
    from ..datasets import load_sample_path

    try:
        load_sample_path()
    except FileNotFoundError:
        return "missing: install fusionkit again"
    return "there"
