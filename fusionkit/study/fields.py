"""How single entries of a study file are read: one item as a list of one, numbers as the text that a table holds."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag

__all__ = ["STRICT", "ColumnType", "Counts", "Names", "Spacing", "Take", "Text", "Texts", "as_list"]


def as_list(value):
    """Return a single item as a list of one; a list as it is."""
    return value if isinstance(value, list) else [value]


def _as_floats(value):
    """A single voxel size as that of two axes, and whole numbers as floats."""
    values = value if isinstance(value, list) else [value, value]
    return [float(item) if isinstance(item, int) and not isinstance(item, bool) else item for item in values]


def _as_text(value):
    """A YAML scalar as it stands in a table: 1 and 1.0 are '1'."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (int, float)) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Texts = Annotated[list[Text], BeforeValidator(as_list)]
Names = Annotated[list[str], Field(min_length=1), BeforeValidator(as_list)]
Counts = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1), BeforeValidator(as_list)]
Spacing = Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=2, max_length=3), BeforeValidator(_as_floats)]
Take = Literal["nearest", "last", "first", "min", "max", "mean", "slope", "count"]
_TypeName = Literal[
    "number",
    "integer",
    "category",
    "flag",
    "text",
    "date",
    "date:YYYY-MM-DD",
    "date:YYYYMMDD",
    "date:DD.MM.YYYY",
    "date:DD/MM/YYYY",
    "date:MM/DD/YYYY",
    "date:DD Mon YYYY",
]
ColumnType = Annotated[
    Annotated[_TypeName, Tag("name of a type")] | Annotated[list[Text], Field(min_length=2), Tag("list of levels")],
    Discriminator(lambda value: "list of levels" if isinstance(value, list) else "name of a type"),
]


STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
"""How every part of a study file is read: unknown keys are refused, nothing is converted silently."""
