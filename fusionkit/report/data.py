"""A document as JSON, and the tables of figures as CSV that no spreadsheet takes for formulas."""

import csv
import io
import json
import math

from .._tables import neutralise
from .document import Bullets, Table
from .figures import Drawing

__all__ = ["render_csv", "render_json"]


def render_json(document):
    """Return a document as JSON: sections of paragraphs, lists, tables and figures with the numbers drawn.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    text : str
        Undefined numbers are null.
    """
    content = {
        "title": document.title,
        "made_by": document.made_by,
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _block(block):
    if isinstance(block, Table):
        return {"kind": "table", "title": block.title, "columns": block.columns, "rows": block.rows, "note": block.note}
    if isinstance(block, Bullets):
        return {"kind": "list", "items": list(block.items), "ordered": block.ordered}
    if isinstance(block, Drawing):
        columns, rows = _numbers(block.display)
        text = {"name": block.name, "title": block.title, "caption": block.caption}
        return {"kind": "figure", **text, "columns": columns, "rows": [list(map(_plain, row)) for row in rows]}
    return {"kind": "paragraph", "text": str(block)}


def _plain(value):
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _numbers(display):
    """Column names and rows of what a display drew, a named index first."""
    frame = display.frame()
    frame = frame.reset_index() if frame.index.name else frame
    return [str(name) for name in frame.columns], frame.itertuples(index=False, name=None)


def render_csv(display):
    """Return what a display drew as CSV; text that a spreadsheet would take for a formula is neutralised.

    Parameters
    ----------
    display : Display
        Has ``frame()``.

    Returns
    -------
    text : str
    """
    columns, rows = _numbers(display)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([neutralise(cell, spare_numbers=False) for cell in row] for row in (columns, *rows))
    return out.getvalue()
