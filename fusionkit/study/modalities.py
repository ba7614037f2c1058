"""What a modality may be in a study file: tables of the health record, or images with masks."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag, field_validator, model_validator

from ..ehr import Window, parse_duration
from .fields import STRICT, ColumnType, Names, Spacing, Take, Text

__all__ = ["Codes", "Events", "ImageModality", "Modality", "RecordModality", "Variable"]


class Variable(BaseModel):
    """One column made from a table of events.

    Parameters
    ----------
    name : str or None, default=None
        How the event is called in the table; the variable's own key when None.
    window : tuple of (str, str)
        From and to, relative to the anchor, such as ``[-3d, +1d]``.
    take : {"nearest", "last", "first", "min", "max", "mean", "slope", "count"}, default='nearest'
        Which value of the window.
    unit : str or None, default=None
        The unit that values are converted to (UCUM); the dictionary's when None.
    analyte : str or None, default=None
        What is measured, for mass to amount (mg/dL to mmol/L), where the event's name does not tell.
    delta : bool, default=False
        Whether the distance to the anchor in days becomes a column too.
    """

    model_config = STRICT

    name: str | None = None
    window: Annotated[list[Text], Field(min_length=2, max_length=2)]
    take: Take = "nearest"
    unit: str | None = None
    analyte: str | None = None
    delta: bool = False

    @field_validator("window", mode="after")
    @classmethod
    def _durations(cls, window):
        for end in window:
            parse_duration(end)
        return window

    @model_validator(mode="after")
    def _possible(self):
        Window(tuple(self.window), self.take, delta=self.delta)
        return self


class Events(BaseModel):
    """A long table with one row per measurement, such as laboratory values.

    Parameters
    ----------
    table : str
        The file, relative to the study file.
    anchor : str
        Column of the modality's table that holds the time of the scan, or the name of an image modality whose table
        has it.
    variables : dict of str to Variable
        The columns to be made.
    time : str, default='time'
        Its column with the time of the measurement.
    name : str, default='name'
        Its column with what was measured.
    value : str, default='value'
        Its column with the number.
    unit : str, default='unit'
        Its column with the unit; it may be absent.
    resolution : {"exact", "day"}, default='exact'
        Whether times are compared to the microsecond, or calendar days alone.
    """

    model_config = STRICT

    table: str
    anchor: str
    variables: Annotated[dict[str, Variable], Field(min_length=1)]
    time: str = "time"
    name: str = "name"
    value: str = "value"
    unit: str = "unit"
    resolution: Literal["exact", "day"] = "exact"


class Codes(BaseModel):
    """Yes/no columns made from a table of codes: diagnoses or medications, any number of rows per patient.

    Parameters
    ----------
    table : str
        The file, relative to the study file.
    into : {"chapters", "charlson", "elixhauser"} or str
        ICD-10 chapters, the comorbidities of an index and its score, or your own table with the columns ``code`` and
        ``class``; a code that ends in ``*`` stands for all that begin so.
    code : str, default='code'
        Its column with the code.
    separator : str or None, default=None
        What parts several codes in one cell, such as ``;``.
    time : str or None, default=None
        Its column with the date. Codes that are later than the scan or the outcome, or have no date, do not count.
    keep : list of str or None, default=None
        Which of the columns are wanted, such as ``[charlson]``; all when None.
    """

    model_config = STRICT

    table: str
    into: str
    code: str = "code"
    separator: str | None = None
    time: str | None = None
    keep: Names | None = None


class RecordModality(BaseModel):
    """A modality that is a table: the health record, or features computed elsewhere.

    Parameters
    ----------
    table : str
        The file, relative to the study file.
    columns : list of str or dict of str to type, default={}
        Which columns are features. As a dict, each with its type: number, integer, category, flag, text, date, or the
        list of levels of an ordinal column in their order. As a list, types are the dictionary's, or inferred. A date
        becomes days after the scan; a text becomes topics, learnt in the training folds.
    anchor : str or None, default=None
        Where the time of the scan stands, as for the events; theirs when None.
    events : Events or None, default=None
        Columns made from a long table around the scan.
    codes : dict of str to Codes, default={}
        Columns made from tables of codes, each named after its key.
    terms : dict of str to dict, default={}
        Text column -> feature -> the words that mean it, such as ``{note: {smoking: [smok*]}}``: yes where one is said
        and not denied.
    negations : dict of {"before", "after"} to list of str, default={}
        The words that deny a term, in place of the English ones.
    select : bool, default=False
        Whether features go through the selection stage, as an image's do.
    """

    model_config = STRICT

    table: str
    columns: dict[str, ColumnType | None] = {}
    anchor: str | None = None
    events: Events | None = None
    codes: dict[str, Codes] = {}
    terms: dict[str, Annotated[dict[str, Names], Field(min_length=1)]] = {}
    negations: dict[Literal["before", "after"], Names] = {}
    select: bool = False

    @field_validator("columns", mode="before")
    @classmethod
    def _without_types(cls, columns):
        return dict.fromkeys(columns) if isinstance(columns, list) else columns

    @model_validator(mode="after")
    def _something(self):
        if not (self.columns or self.events or self.codes or self.terms):
            raise ValueError("names neither columns nor events, codes or terms; it would have no feature")
        if self.select and "text" in self.columns.values():
            raise ValueError("select: true chooses among numbers; leave the text columns out, or use terms")
        return self

    @property
    def scan_time(self):
        """Where the time of the scan stands: a str or None."""
        return self.anchor or (self.events.anchor if self.events else None)

    @property
    def files(self):
        """The tables that it is read from: a tuple of str."""
        long = () if self.events is None else (self.events.table,)
        mappings = [c.into for c in self.codes.values() if c.into not in ("chapters", "charlson", "elixhauser")]
        return tuple(dict.fromkeys((self.table, *long, *(c.table for c in self.codes.values()), *mappings)))


class ImageModality(BaseModel):
    """A modality whose features are computed from images and masks.

    Parameters
    ----------
    images : str
        The table of images, relative to the study file, one row per patient; or per scan, if ``index`` says which
        counts.
    image : str, default='image'
        Its column with the path of the image, relative to that table.
    mask : str, default='mask'
        Its column with the path of the mask, relative to that table.
    time : str or None, default=None
        Its column with the time of the scan.
    index : str or None, default=None
        Which of a patient's scans counts: ``first``, ``last``, ``nearest to COLUMN`` or ``before COLUMN`` (the last one
        before), the column being a date in the outcome's table.
    label : int or None, default=None
        The mask's label; None takes the only one there is, or 1.
    settings : str, dict or None, default=None
        A pyradiomics parameter file, its content, or the name of a preset.
    engine : {"native", "pyradiomics"}, default='native'
        What computes the features.
    spacing_mm : float or list of float or None, default=None
        Voxel size (x, y[, z]; one number serves x and y) for images that do not carry it, such as PNG.
    colour : {"refuse", "luminance"}, default='refuse'
        What becomes of a colour picture whose channels differ, such as a tinted ultrasound frame.
    """

    model_config = STRICT

    images: str
    image: str = "image"
    mask: str = "mask"
    time: str | None = None
    index: str | None = None
    label: int | None = None
    settings: str | dict[str, Any] | None = None
    engine: Literal["native", "pyradiomics"] = "native"
    spacing_mm: Spacing | None = None
    colour: Literal["refuse", "luminance"] = "refuse"

    @field_validator("index", mode="after")
    @classmethod
    def _known(cls, index):
        if index is not None and not re.fullmatch(r"first|last|(nearest to|before) \S.*", index):
            raise ValueError(f"is one of first, last, nearest to COLUMN, before COLUMN; got {index!r}")
        return index

    @model_validator(mode="after")
    def _placed_in_time(self):
        if self.index is not None and self.time is None:
            raise ValueError("index needs the scans' times: name their column with 'time'")
        return self

    @property
    def index_rule(self):
        """Which scan counts, and the column it refers to: (str or None, str or None)."""
        take, _, column = (self.index or "").replace("nearest to", "nearest", 1).partition(" ")
        return take or None, column.strip() or None

    @property
    def files(self):
        """The table that it is read from: a tuple of str."""
        return (self.images,)


def _modality_kind(value):
    has_images = "images" in value if isinstance(value, dict) else isinstance(value, ImageModality)
    return "image modality" if has_images else "record modality"


Modality = Annotated[
    Annotated[ImageModality, Tag("image modality")] | Annotated[RecordModality, Tag("record modality")],
    Discriminator(_modality_kind),
]
