"""A document as Markdown (CommonMark with tables): what users wrote stays text."""

import re

from ..plotting.style import plain_text
from .document import Bullets, Table
from .figures import Drawing

__all__ = ["render_markdown"]

_SIGNS = re.compile(r"([\\`*_\[\]|~$@])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BLOCK = re.compile(r"^(?:[#+=-]|\d+(?=[.)](?:\s|$)))")


def render_markdown(document, figures="figures"):
    """Return a document as Markdown.

    Parameters
    ----------
    document : Document
        What to write.
    figures : str, default='figures'
        The folder that holds the figures, relative to the document.

    Returns
    -------
    text : str
    """
    parts = [f"# {_text(document.title)}"]
    for section in document.sections:
        parts.append(f"## {_text(section.heading)}")
        parts += [_block(block, figures) for block in section.blocks]
    parts.append(f"Made by {_text(document.made_by)}. A research result, not a medical device.")
    return "\n\n".join(parts) + "\n"


def _block(block, figures):
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Bullets):
        marks = [f"{place}." if block.ordered else "-" for place in range(1, len(block.items) + 1)]
        return "\n".join(f"{mark} {_paragraph(item)}" for mark, item in zip(marks, block.items, strict=True))
    if isinstance(block, Drawing):
        image = f"![{_text(block.title)}. {_text(block.description)}]({figures}/{block.name}.svg)"
        return f"{image}\n\n*{_text(block.caption)}*"
    return _paragraph(block)


def _table(table):
    numeric = list(table.numeric) or [False] * len(table.columns)
    lines = [
        f"**{_text(table.title)}**\n",
        _row(table.columns),
        _row(["---:" if number else "---" for number in numeric], raw=True),
        *map(_row, table.rows),
    ]
    return "\n".join(lines) + (f"\n\n{_paragraph(table.note)}" if table.note else "")


def _row(cells, raw=False):
    return f"| {' | '.join(cell if raw else _text(cell) for cell in cells)} |"


def _text(text):
    """One line in which no sign has a meaning of its own, and no address becomes a link."""
    text = "".join(_ENTITIES.get(sign, sign) for sign in _SIGNS.sub(r"\\\1", plain_text(text)))
    text = text.replace("://", r"\://").replace("www.", r"www\.")
    return text


def _paragraph(text):
    """Text at the beginning of a line, where some signs would begin a heading, a list or a rule."""
    return _BLOCK.sub(lambda hit: f"{hit[0]}\\" if hit[0].isdigit() else f"\\{hit[0]}", _text(text))
