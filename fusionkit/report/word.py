"""A document for Word (.docx), to be edited further; figures are pictures, their SVG lies in the folder beside."""

import io

from .._optional import import_optional
from ..plotting.style import plain_text
from .document import Bullets, Table
from .figures import Drawing

__all__ = ["render_word"]

_MAX_WIDTH_CM = 15.5
_CM_PER_INCH = 2.54


def render_word(document):
    """Return a document as the bytes of a Word file.

    Parameters
    ----------
    document : Document
        What to write.

    Returns
    -------
    docx : bytes

    Raises
    ------
    ImportError
        If python-docx, of the extra ``word``, is not installed.
    """
    docx = import_optional("docx", "a report for Word (.docx)")
    file = docx.Document()
    file.core_properties.title = plain_text(document.title)[:255]
    file.core_properties.author = document.made_by
    file.core_properties.comments = ""
    file.add_heading(plain_text(document.title), level=0)
    for section in document.sections:
        file.add_heading(plain_text(section.heading), level=1)
        for block in section.blocks:
            _add(docx, file, block)
    file.add_paragraph(f"Made by {document.made_by}. A research result, not a medical device.")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _add(docx, file, block):
    if isinstance(block, Table):
        _add_table(docx, file, block)
    elif isinstance(block, Bullets):
        for item in block.items:
            file.add_paragraph(plain_text(item), style="List Number" if block.ordered else "List Bullet")
    elif isinstance(block, Drawing):
        width = min(_MAX_WIDTH_CM, block.display.figure_.get_figwidth() * _CM_PER_INCH)
        file.add_picture(io.BytesIO(block.png()), width=docx.shared.Cm(width))
        _describe(file.inline_shapes[len(file.inline_shapes) - 1], block)
        file.add_paragraph(plain_text(block.caption), style="Caption")
    else:
        file.add_paragraph(plain_text(block))


def _describe(picture, drawing):
    """The description for those who do not see the picture."""
    properties = picture._inline.docPr
    properties.set("title", plain_text(drawing.title))
    properties.set("descr", plain_text(drawing.description))


def _add_table(docx, file, table):
    heading = file.add_paragraph()
    heading.add_run(plain_text(table.title)).bold = True
    heading.paragraph_format.keep_with_next = True
    grid = file.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Light Grid Accent 1")
    numeric = list(table.numeric) or [False] * len(table.columns)
    for line, cells in zip(grid.rows, [table.columns, *table.rows], strict=True):
        for cell, text, number in zip(line.cells, cells, numeric, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(plain_text(text)).font.size = docx.shared.Pt(8.5)
            if number:
                paragraph.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    file.add_paragraph(plain_text(table.note))
