"""What may stand in a study file: its keys, their types and defaults."""

import difflib
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from ..naming import check_modality_name
from .policies import PolicyKeys

__all__ = ["Events", "ImageModality", "OutcomeSpec", "RecordModality", "StudySpec", "Validation", "Variable"]


def _as_list(value):
    """A single item where a list is expected."""
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
Texts = Annotated[list[Text], BeforeValidator(_as_list)]
Names = Annotated[list[str], Field(min_length=1), BeforeValidator(_as_list)]
Counts = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1), BeforeValidator(_as_list)]
IdColumns = Annotated[
    Annotated[str, Tag("one column")] | Annotated[dict[str, str], Tag("column of each table")],
    Discriminator(lambda value: "column of each table" if isinstance(value, dict) else "one column"),
]
Spacing = Annotated[list[Annotated[float, Field(gt=0)]], Field(min_length=2, max_length=3), BeforeValidator(_as_floats)]
Take = Literal["nearest", "last", "first", "min", "max", "mean", "slope", "count"]
ColumnType = Annotated[
    Annotated[Literal["number", "integer", "category", "flag", "date"], Tag("name of a type")]
    | Annotated[list[Text], Field(min_length=2), Tag("list of levels")],
    Discriminator(lambda value: "list of levels" if isinstance(value, list) else "name of a type"),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OutcomeSpec(_Strict):
    """What is predicted.

    Parameters
    ----------
    table : str
        The table that holds it, relative to the study file.
    column : str
        Its column.
    positive : str or list of str
        The value or values that count as the event; every other value present is the other class.
    kind : {"binary"}, default='binary'
        The type of outcome.
    given_away_by : list of str, default=[]
        Columns that define or reveal the outcome; naming one of them as a feature is an error.
    trust : list of str, default=[]
        Features (``modality__column``) that may predict the outcome almost perfectly, because you know why.
    """

    table: str
    column: str
    positive: Annotated[Texts, Field(min_length=1)]
    kind: Literal["binary"] = "binary"
    given_away_by: Annotated[list[str], BeforeValidator(_as_list)] = []
    trust: Annotated[list[str], BeforeValidator(_as_list)] = []


class Variable(_Strict):
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
        The unit that values are converted to (UCUM).
    delta : bool, default=False
        Whether the distance to the anchor in days becomes a column too.
    """

    name: str | None = None
    window: Annotated[list[str], Field(min_length=2, max_length=2)]
    take: Take = "nearest"
    unit: str | None = None
    delta: bool = False


class Events(_Strict):
    """A long table with one row per measurement, such as laboratory values.

    Parameters
    ----------
    table : str
        The file, relative to the study file.
    anchor : str
        Column of the modality's table that holds the time of the scan.
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
    """

    table: str
    anchor: str
    variables: Annotated[dict[str, Variable], Field(min_length=1)]
    time: str = "time"
    name: str = "name"
    value: str = "value"
    unit: str = "unit"


class RecordModality(_Strict):
    """A modality that is a table: the health record, or features computed elsewhere.

    Parameters
    ----------
    table : str
        The file, relative to the study file.
    columns : list of str or dict of str to type, default={}
        Which columns are features. As a dict, each with its type: number, integer, category, flag, date, or the list
        of levels of an ordinal column in their order. As a list, types are inferred and reported.
    events : Events or None, default=None
        Columns made from a long table around the scan.
    select : bool, default=False
        Whether features go through the selection stage, as an image's do.
    """

    table: str
    columns: dict[str, ColumnType | None] = {}
    events: Events | None = None
    select: bool = False

    @field_validator("columns", mode="before")
    @classmethod
    def _without_types(cls, columns):
        return dict.fromkeys(columns) if isinstance(columns, list) else columns

    @model_validator(mode="after")
    def _something(self):
        if not self.columns and self.events is None:
            raise ValueError("names neither columns nor events; it would have no feature")
        return self

    @property
    def files(self):
        """The tables that it is read from: a tuple of str."""
        return (self.table,) if self.events is None else (self.table, self.events.table)


class ImageModality(_Strict):
    """A modality whose features are computed from images and masks.

    Parameters
    ----------
    images : str
        The table of images, relative to the study file, one row per patient.
    image : str, default='image'
        Its column with the path of the image, relative to that table.
    mask : str, default='mask'
        Its column with the path of the mask, relative to that table.
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

    images: str
    image: str = "image"
    mask: str = "mask"
    label: int | None = None
    settings: str | dict[str, Any] | None = None
    engine: Literal["native", "pyradiomics"] = "native"
    spacing_mm: Spacing | None = None
    colour: Literal["refuse", "luminance"] = "refuse"

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


class Validation(_Strict):
    """How the answer is validated.

    Parameters
    ----------
    folds : int, default=5
        Outer folds.
    repeats : int, default=5
        How often the patients are dealt anew.
    inner_folds : int, default=4
        Folds of the search inside each outer training set.
    seed : int, default=0
        One seed, one result.
    confidence : float, default=0.95
        Level of the intervals.
    """

    folds: Annotated[int, Field(ge=2)] = 5
    repeats: Annotated[int, Field(ge=1)] = 5
    inner_folds: Annotated[int, Field(ge=2)] = 4
    seed: Annotated[int, Field(ge=0)] = 0
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95


class StudySpec(PolicyKeys, BaseModel):
    """A study: tables and images in, the comparison to make.

    Parameters
    ----------
    title : str
        What the report is headed with.
    id : str or dict of str to str, default='patient_id'
        The column that names the patient: one name for every table, or table -> column.
    outcome : OutcomeSpec
        What is predicted.
    modalities : dict of str to RecordModality or ImageModality
        What it is predicted from.
    baseline : str or None, default=None
        The modality that fusion has to beat; the first record modality when None.
    groups : str or None, default=None
        Column of the outcome's table whose values never straddle a fold, such as a family; each patient when None.
    missing : list of str, default=[]
        Words that mean a missing value, beside the usual ones.
    missing_modality : {"require", "impute", "available"} or dict of str to such, default='require'
        What becomes of a patient who lacks a modality: left out, filled in, or analysed with what is there; one rule,
        or one for each modality (the others are required).
    max_missing : MaxMissing, default=MaxMissing(patient=None, column=None)
        Shares of missing values beyond which a patient or column is left out.
    pseudonymise : Pseudonymise or None, default=None
        Whether (true), and with which key, ids are replaced by keyed hashes in everything that is written.
    fusions : list of str or None, default=None
        Modalities, ``early``, ``late``, or early fusions of some (``ct+ehr``); each modality, early and late when None.
    models : list of str, default=['logistic']
        Models that the search chooses from, by name.
    selectors : list of str, default=['anova']
        Rankers that the search chooses from, by name.
    n_features : list of int, default=[5, 10, 20]
        How many features of an image modality the search may keep.
    validation : Validation, default=Validation(folds=5, repeats=5, inner_folds=4, seed=0, confidence=0.95)
        Folds, repeats and seed.
    """

    title: str
    id: IdColumns = "patient_id"
    outcome: OutcomeSpec
    modalities: Annotated[dict[str, Modality], Field(min_length=1)]
    baseline: str | None = None
    groups: str | None = None
    missing: Texts = []
    fusions: Names | None = None
    models: Names = ["logistic"]
    selectors: Names = ["anova"]
    n_features: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1), BeforeValidator(_as_list)] = [
        5,
        10,
        20,
    ]
    validation: Validation = Validation()

    @field_validator("models", "selectors", mode="after")
    @classmethod
    def _known(cls, names, info):
        from ..models import model_names
        from ..selection import RANKERS

        allowed = list(RANKERS) if info.field_name == "selectors" else model_names()
        for name in names:
            if name not in allowed:
                near = difflib.get_close_matches(name, allowed, 1, 0.5)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"{name!r} is none of {', '.join(allowed)}{hint}")
        return names

    @field_validator("modalities", mode="after")
    @classmethod
    def _names(cls, modalities):
        for name in modalities:
            if name in {"early", "late"}:
                raise ValueError(f"a modality cannot be called {name!r}, which is a fusion")
            check_modality_name(name)
        return modalities

    @model_validator(mode="after")
    def _references(self):
        known = list(self.modalities)
        if self.baseline is not None and self.baseline not in known:
            raise ValueError(f"baseline {self.baseline!r} is not one of the modalities {', '.join(known)}")
        for fusion in self.fusions or ():
            parts = fusion.split("+")
            if fusion not in {"early", "late"} and not set(parts) <= set(known):
                raise ValueError(
                    f"fusion {fusion!r} is neither early, late, nor made of the modalities {', '.join(known)}"
                )
        return self

    def id_of(self, table):
        """Return the column that names the patient in a table.

        Parameters
        ----------
        table : str
            The table as the study names it.

        Returns
        -------
        column : str
        """
        return self.id if isinstance(self.id, str) else self.id.get(table, "patient_id")

    @property
    def baseline_modality(self):
        """The modality that fusion has to beat: a str."""
        records = [name for name, modality in self.modalities.items() if isinstance(modality, RecordModality)]
        return self.baseline or (records or list(self.modalities))[0]

    @property
    def fusion_names(self):
        """What is compared: a list of str, the baseline first."""
        names = list(self.modalities)
        several = ["early", "late"] if len(names) > 1 else []
        listed = self.fusions or [*names, *several]
        return list(dict.fromkeys([self.baseline_modality, *listed]))
