"""Write the report of a study to files: the page, Markdown, JSON, Word, and every figure with its numbers."""

from pathlib import Path

from .data import render_csv, render_json
from .document import report_document
from .markdown import render_markdown
from .page import render_page
from .summary import drawings, summarise
from .word import render_word

__all__ = ["FORMATS", "write_document", "write_report"]

FORMATS = ("html", "md", "json", "docx")
"""What a report can be written as: the ending of the file's name."""


def write_report(results, predictions, path, *, figures=None):
    """Write the report of a study, in the format that the file's name ends with.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.
    path : path-like
        The file to write: ``.html``, ``.md``, ``.json`` or ``.docx``.
    figures : bool or None, default=None
        Whether to write every figure as SVG, and its numbers as CSV, into the folder ``figures`` beside the file; None
        writes them for Markdown only, which shows them from there.

    Returns
    -------
    path : Path
        The file written.

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, the predictions lack a column, or the ending is another one.
    ImportError
        If the file is one for Word and python-docx, of the extra ``word``, is not installed.
    """
    path = Path(path)
    _format(path)
    summary = summarise(results, predictions)
    if path.suffix == ".html":
        _write(path, render_page("template.html", **summary))
    else:
        write_document(report_document(summary), path)
    if figures or (figures is None and path.suffix == ".md"):
        _write_figures(drawings(summary), path.parent / "figures")
    return path


def write_document(document, path):
    """Write a document, in the format that the file's name ends with.

    Parameters
    ----------
    document : Document
        What to write.
    path : path-like
        The file to write: ``.html``, ``.md``, ``.json`` or ``.docx``.

    Returns
    -------
    path : Path
        The file written.

    Raises
    ------
    ValueError
        If the ending is another one.
    ImportError
        If the file is one for Word and python-docx, of the extra ``word``, is not installed.
    """
    path = Path(path)
    ending = _format(path)
    if ending == "docx":
        path.write_bytes(render_word(document))
    elif ending == "html":
        _write(path, render_page("document.html", document=document))
    else:
        _write(path, {"md": render_markdown, "json": render_json}[ending](document))
    return path


def _format(path):
    ending = path.suffix.removeprefix(".")
    if ending not in FORMATS:
        raise ValueError(f"{path.name}: a report ends in {', '.join(f'.{name}' for name in FORMATS)}")
    return ending


def _write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_figures(figures, folder):
    """Every figure as SVG, and what it shows as CSV."""
    folder.mkdir(exist_ok=True)
    for figure in figures:
        _write(folder / f"{figure.name}.svg", figure.file_svg())
        _write(folder / f"{figure.name}.csv", render_csv(figure.display))
