"""The command that writes the report of a finished run once more: in another format, or as a filled checklist."""

import json

import pandas as pd

from ..exceptions import Problem, StudyError
from .output import console

__all__ = ["report_run"]


def report_run(folder, ending, checklist, out):
    """Write the report of a run with its figures, or a filled checklist, and say where it is.

    Parameters
    ----------
    folder : Path
        The output folder of a finished run.
    ending : {"html", "md", "json", "docx"}
        What to write.
    checklist : {"clear", "tripod-ai", "metrics", "rqs"} or None
        The checklist to fill in, instead of the report.
    out : Path or None
        The file to write; in the run's folder when None.

    Returns
    -------
    path : Path
        The file written.

    Raises
    ------
    StudyError
        If the folder holds no finished run, or the format needs a package that is not installed.
    """
    results = _read(folder)
    name = f"checklist-{checklist}" if checklist else "report"
    path = out or folder / f"{name}.{ending}"
    if path.suffix != f".{ending}":
        raise StudyError([Problem(f"cannot write {ending} to {path.name}", f"End its name in .{ending}.")])
    from ..report.checklist import checklist_document
    from ..report.write import write_document, write_report

    try:
        if checklist:
            write_document(checklist_document(checklist, results), path)
        else:
            write_report(results, pd.read_parquet(folder / "predictions.parquet"), path, figures=True)
    except ImportError as error:
        raise StudyError([Problem(str(error), "Install it, or choose another --format.")]) from None
    console.print(f"Wrote {path}", highlight=False, markup=False, soft_wrap=True)
    if not checklist:
        console.print(f"Figures: {path.parent / 'figures'}", highlight=False, markup=False, soft_wrap=True)
    return path


def _read(folder):
    lacking = [name for name in ("results.json", "predictions.parquet") if not (folder / name).is_file()]
    if lacking:
        way_out = "Name the output folder of a finished run: fusionkit run STUDY --out FOLDER."
        raise StudyError([Problem(f"{folder.name or folder} holds no {' and no '.join(lacking)}", way_out)])
    try:
        return json.loads((folder / "results.json").read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        way_out = "Run the study again with --force."
        raise StudyError([Problem(f"results.json cannot be read: {error}", way_out, file="results.json")]) from None
