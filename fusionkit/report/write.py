"""Write the report of a study to a file."""

from pathlib import Path

from .page import render_report

__all__ = ["write_report"]


def write_report(results, predictions, path):
    """Write the report of a study.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.
    path : path-like
        The file to write.

    Returns
    -------
    path : Path
        The file written.

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, or the predictions lack a column.
    """
    path = Path(path)
    path.write_text(render_report(results, predictions), encoding="utf-8", newline="\n")
    return path
