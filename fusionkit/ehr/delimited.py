"""Text tables (CSV, TSV): encoding, delimiter and the line of every record."""

import codecs
import csv
import io
import re
from collections import Counter

from ..exceptions import Problem
from .table import RawTable

__all__ = ["read_delimited"]

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 100
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_DECLARED = re.compile(r'"?sep=([,;\t|])"?[ \t]*(?=[\r\n]|\Z)')
"""A first line that tells Excel the delimiter; other programs would take it for the header."""


def read_delimited(path, *, name):
    """Return header, records and lines of a text table; the delimiter and the encoding are found out.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name for messages.

    Returns
    -------
    raw : RawTable
        Its problems name a guessed encoding (a warning), records of the wrong length and a truncated end (errors).
    """
    text, problems = _decode(path.read_bytes(), name)
    if not text.strip():
        if not problems:
            problems = [Problem("the file is empty", "Check the export.", file=name)]
        return RawTable([], [], [], problems)
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _sniff(text)
    lines, records = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        begun = 0
        for record in reader:
            if any(cell.strip() for cell in record):
                lines.append(begun + 1)
                records.append(record)
            begun = reader.line_num
    except csv.Error as error:
        way_out = "A quotation mark is open or out of place, or the file is truncated."
        problems.append(Problem(f"the line cannot be read: {error}", way_out, file=name, row=begun + 1))
    if declared and records:
        del lines[0], records[0]
    if not records:
        return RawTable([], [], [], problems or [Problem("the file is empty", "Check the export.", file=name)])
    header, body = records[0], records[1:]
    body, found = _level(body, lines[1:], len(header), name)
    return RawTable(header, body, lines[1:], [*problems, *found], delimiter)


def _decode(content, name):
    """The text of a file: UTF-8 or what its byte-order mark says, else Windows-1252 with a warning."""
    encoding = next((known for mark, known in _BOMS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\x00" not in content and encoding == "utf-8":
            line = content[: error.start].count(b"\n") + 1
            text = content.decode("cp1252", errors="replace").replace("\ufffd", "?")
            message = "the file is not UTF-8; it was read as Latin-1 (Windows-1252)"
            way_out = "Check the accents in this line, or save the file as UTF-8."
            return text, [Problem(message, way_out, severity="warning", file=name, row=line)]
        text = "\x00"
    if "\x00" in text:
        message = "this is not a text file, though its name says so"
        return "", [Problem(message, "Excel, Parquet and SQL are read by their own endings.", file=name)]
    return text, []


def _sniff(text):
    """The delimiter that cuts the first lines into the same number of cells, the more the better."""
    sample = text.splitlines()[:_SAMPLE_LINES]
    scores = {}
    for delimiter in _DELIMITERS:
        try:
            widths = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
        except csv.Error:
            continue
        width, agreeing = Counter(widths).most_common(1)[0]
        scores[delimiter] = (widths[0] > 1, round(agreeing / len(widths), 1) if width > 1 else 0.0, widths[0])
    return max(scores, key=scores.get, default=",")


def _level(body, lines, width, name):
    """Records cut or filled to the header's length; a problem for each that held other than empty cells."""
    problems = []
    for i, (record, line) in enumerate(zip(body, lines, strict=True)):
        if len(record) == width:
            continue
        if len(record) < width or any(cell.strip() for cell in record[width:]):
            way_out = "A delimiter is missing, or stands unquoted inside a cell."
            if i == len(body) - 1 and len(record) < width:
                way_out = "It is the last line: the file may be truncated."
            message = f"the row has {len(record)} cells, the header {width}"
            problems.append(Problem(message, way_out, file=name, row=line))
        body[i] = (record + [""] * width)[:width]
    return body, problems
