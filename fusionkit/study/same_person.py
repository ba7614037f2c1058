"""Is it the same patient in every source: second identifiers of tables, and of the DICOM headers of the images."""

import pandas as pd

from ..cohort import compare_identifiers
from ..exceptions import Problem
from .modalities import ImageModality

__all__ = ["compare_same_person"]

_TAGS = {"sex": "0010|0040", "birth": "0010|0030"}
"""What a name begins with -> the DICOM tag that says it: PatientSex, and PatientBirthDate, of which the year counts."""


def compare_same_person(tables, scans):
    """Compare the second identifiers of a study wherever two tables, or a table and DICOM headers, have them.

    Parameters
    ----------
    tables : Tables
        The study's tables; an error for every patient of whom two sources differ is added to its problems.
    scans : Scans
        The index scans. Where they are DICOM, sex and year of birth are read from their headers; a date of birth is
        neither kept nor told.
    """
    spec = tables.spec
    for what, columns in spec.same_person.items():
        sides = {}
        for source in spec.tables if isinstance(columns, str) else columns:
            table = tables.read(source)
            column = columns if isinstance(columns, str) else columns[source]
            if table is None or (isinstance(columns, str) and column not in table.frame):
                continue
            values = tables.column(table, column, f"the {what} of same_person")
            if values is not None:
                sides[table.name] = pd.DataFrame({"patient": table.ids, "value": values, "row": table.rows})
        sides |= _headers(tables, scans, what)
        if len(sides) < 2:
            message = f"same_person: {what} stands in {len(sides)} source(s); there is nothing to compare it with"
            way_out = "Name its column in each table, such as {clinical.csv: sex, images.csv: PatientSex}."
            tables.problems.append(Problem(message, way_out, severity="warning"))
        tables.problems += compare_identifiers(what, sides)


def _headers(tables, scans, what):
    """Modality, in words -> what the DICOM headers of its index scans say; without those that say nothing."""
    tag = next((tag for begin, tag in _TAGS.items() if what.startswith(begin)), None)
    pictures = [name for name, m in tables.spec.modalities.items() if isinstance(m, ImageModality)]
    sides = {}
    for name in pictures if tag is not None else ():
        cases = scans.of(name)
        if cases is None:
            continue
        folder = (tables.folder / tables.spec.modalities[name].images).parent
        values = [None if pd.isna(path) else _read_tag(folder / path, tag) for path in cases["image"]]
        side = pd.DataFrame({"patient": cases.index, "value": values, "row": cases["row"].to_numpy()})
        if side["value"].notna().any():
            sides[f"the DICOM headers of {name}"] = side
    return sides


def _read_tag(path, tag):
    """The text of a tag of a DICOM file, or of the first file of a series that has it; None where there is none."""
    from ..imaging.read import read_header

    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        reader = read_header(file)
        if reader is not None and reader.HasMetaDataKey(tag):
            return reader.GetMetaData(tag).strip() or None
    return None
