"""What may stand in a study file: its keys, their types and defaults."""

import difflib
import re
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    field_validator,
    model_validator,
)

from ..naming import check_modality_name
from .fields import STRICT, Counts, Names, Texts, as_list
from .modalities import Modality, RecordModality
from .policies import PolicyKeys

__all__ = ["OutcomeSpec", "StudySpec", "Validation"]

ColumnOfTables = Annotated[
    Annotated[str, Tag("one column")] | Annotated[dict[str, str], Tag("column of each table")],
    Discriminator(lambda value: "column of each table" if isinstance(value, dict) else "one column"),
]


class OutcomeSpec(BaseModel):
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
    date : str or None, default=None
        Its column with the date on which the outcome became known; what is later is refused as leakage.
    """

    model_config = STRICT

    table: str
    column: str
    positive: Annotated[Texts, Field(min_length=1)]
    kind: Literal["binary"] = "binary"
    given_away_by: Annotated[list[str], BeforeValidator(as_list)] = []
    trust: Annotated[list[str], BeforeValidator(as_list)] = []
    date: str | None = None


class Validation(BaseModel):
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

    model_config = STRICT

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
    dictionary : str or None, default=None
        The data dictionary: type, unit, range and levels of columns, as ``fusionkit init`` drafts it, or REDCap's. It
        stands beside the tables or beside the study file.
    timezone : str or None, default=None
        The zone of times that state none, such as ``Europe/Madrid``.
    same_person : dict of str to (str or dict of str to str), default={}
        A second identifier, compared wherever two tables have it: ``sex``, ``birth_year`` or another name -> its
        column in every table that has it, or table -> column. Sex and year of birth are compared with the headers of
        DICOM images too.
    missing_modality : {"require", "impute", "available"} or dict of str to such, default='require'
        What becomes of a patient who lacks a modality: left out, filled in, or analysed with what is there; one rule,
        or one for each modality (the others are required).
    max_missing : MaxMissing, default=MaxMissing(patient=None, column=None)
        Shares of missing values beyond which a patient or column is left out.
    out_of_range : {"stop", "exclude", "missing", "keep"}, default='stop'
        What becomes of a number outside the dictionary's range: the study stops and asks, its patient is left out, the
        value counts as missing, or it is used as it is. Each is listed, whatever the rule.
    pseudonymise : Pseudonymise or None, default=None
        Whether (true), and with which key, ids are replaced by keyed hashes in everything that is written.
    fusions : list of str or None, default=None
        Modalities, ``early``, early fusions of some (``ct+ehr``), ``late`` (the mean), or late fusion by another rule
        (``late:median``, ``late:stacking`` ...); each modality, early and late when None.
    models : list of str, default=['logistic']
        Models that the search chooses from, by name.
    selectors : list of str, default=['anova']
        Rankers that the search chooses from, by name.
    n_features : list of int, default=[5, 10, 20]
        How many features of an image modality the search may keep.
    subgroups : list of str, default=[]
        Features (``modality__column``), such as ``ehr__sex``, by which performance is told; numbers are cut in thirds.
    importance : bool, default=True
        Whether features and modalities are shuffled to tell what the models lean on; a run is shorter without.
    validation : Validation, default=Validation(folds=5, repeats=5, inner_folds=4, seed=0, confidence=0.95)
        Folds, repeats and seed.
    """

    model_config = STRICT

    title: str
    id: ColumnOfTables = "patient_id"
    outcome: OutcomeSpec
    modalities: Annotated[dict[str, Modality], Field(min_length=1)]
    baseline: str | None = None
    groups: str | None = None
    missing: Texts = []
    dictionary: str | None = None
    timezone: str | None = None
    same_person: dict[str, ColumnOfTables] = {}
    fusions: Names | None = None
    models: Names = ["logistic"]
    selectors: Names = ["anova"]
    n_features: Counts = [5, 10, 20]
    subgroups: Annotated[list[str], BeforeValidator(as_list)] = []
    importance: bool = True
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

    @field_validator("timezone", mode="after")
    @classmethod
    def _zone(cls, timezone):
        zones = zoneinfo.available_timezones()
        if timezone is not None and timezone not in zones:
            near = difflib.get_close_matches(timezone, sorted(zones), 1, 0.5)
            raise ValueError(f"{timezone!r} is no time zone; did you mean {near[0] if near else 'Europe/Madrid'!r}?")
        return timezone

    @field_validator("modalities", mode="after")
    @classmethod
    def _names(cls, modalities):
        for name in modalities:
            if name in {"early", "late"}:
                raise ValueError(f"a modality cannot be called {name!r}, which is a fusion")
            check_modality_name(name)
        return modalities

    @model_validator(mode="after")
    def _no_password(self):
        for table in self.tables:
            if re.search(r"://[^/@:]*:[^/@]+@", table.partition("::")[0]):
                way_out = "leave it to the driver's own file or variable, such as ~/.pgpass or PGPASSWORD"
                raise ValueError(f"a database password has no place in a study file: {way_out}")
        return self

    @model_validator(mode="after")
    def _references(self):
        known = list(self.modalities)
        if self.baseline is not None and self.baseline not in known:
            raise ValueError(f"baseline {self.baseline!r} is not one of the modalities {', '.join(known)}")
        from ..model_selection import check_fusion_name

        for fusion in self.fusions or ():
            check_fusion_name(fusion, self.kinds)
        return self

    _home: Path | None = PrivateAttr(default=None)

    def dictionary_file(self, folder):
        """Return where the data dictionary stands: beside the tables or, if it is not there, beside the study file.

        Parameters
        ----------
        folder : Path
            What the study's paths are relative to.

        Returns
        -------
        path : Path or None
        """
        if self.dictionary is None:
            return None
        beside = folder / self.dictionary
        return beside if self._home is None or beside.is_file() else self._home / self.dictionary

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
    def tables(self):
        """Every table that the study names, its dictionary apart: a tuple of str."""
        named = (self.outcome.table, *(name for modality in self.modalities.values() for name in modality.files))
        return tuple(dict.fromkeys(named))

    @property
    def kinds(self):
        """Whether each modality's features are selected or encoded: a dict of str to {"image", "record"}."""
        encoded = {name for name, m in self.modalities.items() if isinstance(m, RecordModality) and not m.select}
        return {name: "record" if name in encoded else "image" for name in self.modalities}

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
