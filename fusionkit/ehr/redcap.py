"""The data dictionary that REDCap exports, read as ours."""

from ..exceptions import StudyError
from .reading import read_table

__all__ = ["is_redcap", "redcap_entries"]

_NAMES = ("Variable / Field Name", "field_name")
_COLUMNS = {
    "name": _NAMES,
    "field": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": (
        "Text Validation Type OR Show Slider Number",
        "text_validation_type_or_show_slider_number",
    ),
    "low": ("Text Validation Min", "text_validation_min"),
    "high": ("Text Validation Max", "text_validation_max"),
}
"""What we need -> its column in the file that REDCap offers for download, and in the one that its API gives."""

_TYPES = {
    **{"calc": "number", "slider": "number", "yesno": "flag", "truefalse": "flag", "notes": "text", "sql": "category"},
    **{"radio": "category", "dropdown": "category", "text": "text"},
}
_VALIDATED = {"number": "number", "integer": "integer", "date": "date", "datetime": "date"}
_NO_DATA = ("descriptive", "file", "signature")


def is_redcap(path, folder):
    """Return the name column of a REDCap data dictionary, or None if the file is none.

    Parameters
    ----------
    path : str or Path
        The file.
    folder : str, Path or None
        Where a relative path begins.

    Returns
    -------
    column : str or None
    """
    for column in _NAMES:
        try:
            read_table(path, id_column=column, missing=(), folder=folder)
        except StudyError:
            continue
        return column
    return None


def redcap_entries(table):
    """Return the lines of a REDCap data dictionary as those of our own.

    Radio buttons and lists become categories whose codes stand in the file; a checkbox becomes one flag per choice,
    named ``<field>___<code>`` as REDCap exports it; validated texts become numbers and dates. REDCap exports dates as
    YYYY-MM-DD whatever their validation shows. Fields without data (descriptions, files) are left out.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.

    Returns
    -------
    entries : list of (int, dict of str to str)
        The line, and the cells by column of :data:`DICTIONARY_COLUMNS`.
    """
    given = {ours: next((name for name in names if name in table.frame), None) for ours, names in _COLUMNS.items()}
    frame = table.frame.fillna("")
    entries = []
    for row, cells in zip(map(int, table.rows), frame.to_dict("records"), strict=True):
        cell = {ours: cells[theirs] if theirs else "" for ours, theirs in given.items()}
        if cell["field"] not in _NO_DATA:
            entries += [(row, entry) for entry in _translate(cell)]
    return entries


def _translate(cell):
    """The variables of one field: one, or one per choice of a checkbox."""
    blank = dict.fromkeys(("unit", "unit_in_file", "analyte", "low", "high", "levels", "missing", "loinc"), "")
    blank["defines_outcome"] = ""
    choices = [choice.partition(",")[::2] for choice in cell["choices"].split("|") if choice.strip()]
    choices = [(code.strip(), label.strip()) for code, label in choices]
    if cell["field"] == "checkbox":
        for code, label in choices:
            name = f"{cell['name']}___{code.lower().replace('-', '_')}"
            yield {**blank, "name": name, "label": f"{cell['label']}: {label}", "type": "flag"}
        return
    kind = _TYPES.get(cell["field"], "text")
    if cell["field"] == "text":
        kind = _VALIDATED.get(cell["validation"].partition("_")[0], "text")
    entry = {**blank, "name": cell["name"], "label": cell["label"], "type": kind}
    if kind == "category":
        entry["levels"] = " | ".join(f"{code}={label.replace('=', ':')}" for code, label in choices)
    if kind in {"number", "integer"}:
        entry |= {"low": cell["low"], "high": cell["high"]}
    yield entry
