"""The cohort: one table of features, the outcome, and where both came from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .._store import fingerprint
from ..naming import modality_columns, split_name
from .audit import Audit
from .missingness import missing_values, missingness_patterns
from .page import cohort_html
from .storage import load_cohort_parts, save_cohort
from .summary import summarise_cohort

__all__ = ["Cohort", "Outcome"]


NO_AUDIT = Audit(())


@dataclass(frozen=True)
class Outcome:
    """What is predicted.

    Parameters
    ----------
    name : str
        The outcome's column.
    labels : tuple of str
        Label of each code in ``Cohort.y``; the last is the positive class of a binary outcome.
    kind : {"binary"}, default="binary"
        The type of outcome.
    """

    name: str
    labels: tuple
    kind: str = "binary"

    def __post_init__(self):
        if self.kind != "binary":
            raise ValueError(f"kind is 'binary' (the outcomes that can be analysed today); got {self.kind!r}")
        if len(self.labels) != 2:
            raise ValueError(
                f"a binary outcome has two labels; {self.name!r} has {len(self.labels)} "
                f"({', '.join(map(str, self.labels[:6]))}): say which one is positive, the rest is negative"
            )


@dataclass(frozen=True, eq=False)
class Cohort:
    """Patients ready for analysis: features, outcome, groups, and the audit of how they were gathered.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_features)
        Features, indexed by patient id, columns named ``<modality>__<feature>``.
    y : Series of shape (n_patients,)
        Outcome as integer codes into ``outcome.labels``, with the same index.
    outcome : Outcome
        What the codes mean.
    groups : Series of shape (n_patients,)
        Rows of one group never straddle a fold: the patient, or the site.
    kinds : dict of str to {"image", "record"}
        What each modality is: an image's features are selected, a record's are encoded.
    audit : Audit, default=Audit(flow=(), problems=())
        The flow of patients and what was found.
    units : dict of str to str or None, default=None
        Unit of the columns of which it is known, as the study writes it; kept as an empty dict when None.

    Raises
    ------
    ValueError
        If indices differ, a patient stands twice, a column has no modality or the outcome has one class only.
    """

    X: pd.DataFrame
    y: pd.Series
    outcome: Outcome
    groups: pd.Series
    kinds: dict
    audit: Audit = NO_AUDIT
    units: dict | None = None

    def __post_init__(self):
        object.__setattr__(self, "units", dict(self.units or {}))
        if not (self.X.index.equals(self.y.index) and self.X.index.equals(self.groups.index)):
            raise ValueError("X, y and groups are indexed by the same patients in the same order")
        doubled = self.X.index[self.X.index.duplicated()]
        if len(doubled):
            raise ValueError(f"a patient stands once in X; doubled: {', '.join(map(str, doubled[:5]))}")
        unknown = set(self.modalities) ^ set(self.kinds)
        if unknown:
            raise ValueError(f"kinds names the modalities of X, no more and no less; differing: {sorted(unknown)}")
        classes = np.unique(self.y)
        if len(classes) < 2:
            label = self.outcome.labels[int(classes[0])] if len(classes) else "none"
            raise ValueError(f"outcome {self.outcome.name!r} has one class only among the analysed patients ({label})")

    @property
    def modalities(self):
        """Names of the modalities, in the order of their columns: a tuple of str."""
        return tuple(dict.fromkeys(split_name(column)[0] for column in self.X.columns))

    @property
    def n_events(self):
        """Patients of the positive class: an int."""
        return int((self.y == 1).sum())

    def columns(self, modality):
        """Return the columns of one modality.

        Parameters
        ----------
        modality : str
            One of ``modalities``.

        Returns
        -------
        columns : list of str
        """
        return modality_columns(modality)(self.X)

    def summary(self, *, modalities=None, median=None, p_values=False):
        """Return Table 1: every variable overall and by outcome, with standardised differences and missing counts.

        Parameters
        ----------
        modalities : sequence of str or None, default=None
            Which modalities are shown; the record modalities when None.
        median : sequence of str or None, default=None
            The columns (``ehr__crp``) shown by their median, instead of the rule of :func:`summarise_cohort`.
        p_values : bool, default=False
            Whether differences are tested.

        Returns
        -------
        summary : CohortSummary
            ``frame()`` has the numbers, ``table()`` the texts; it prints, and shows in a notebook, as a table.
        """
        return summarise_cohort(self, modalities=modalities, median=median, p_values=p_values)

    def missingness(self):
        """Return the patterns of modalities that patients have.

        Returns
        -------
        patterns : DataFrame
            Indexed by pattern ("ehr + ct"), the most frequent first: a column of bool per modality, n, n_events and
            share (0 to 1). A patient lacks a modality when all its columns are missing.
        """
        return missingness_patterns(self.X, self.y)

    def missing_values(self):
        """Return how much of each column is missing.

        Returns
        -------
        table : DataFrame
            Indexed by column: modality, n_missing, share (of all patients) and share_of_present (of the patients who
            have the modality; NaN when nobody has).
        """
        return missing_values(self.X)

    def save(self, folder, *, force=False):
        """Write the cohort as a folder of Parquet and JSON, without pickle and without paths.

        Parameters
        ----------
        folder : path-like
            A folder that does not exist yet, or is empty.
        force : bool, default=False
            Whether another saved cohort in it may be replaced.

        Returns
        -------
        folder : Path

        Raises
        ------
        StudyError
            If the folder holds something else, or a saved cohort without ``force``.
        """
        return save_cohort(self, folder, force=force)

    @classmethod
    def load(cls, folder):
        """Return a cohort as it was saved, to the last digit, type and level.

        Parameters
        ----------
        folder : path-like
            As :meth:`save` wrote it.

        Returns
        -------
        cohort : Cohort

        Raises
        ------
        StudyError
            If the folder is not a saved cohort, is of a newer format, or a file is missing or damaged.
        """
        parts = load_cohort_parts(folder)
        return cls(**(parts | {"outcome": Outcome(**parts["outcome"])}))

    def _repr_html_(self):
        return cohort_html(self)

    def fingerprint(self):
        """Return a digest of features, outcome and groups: 64 hexadecimal digits."""
        hashes = pd.util.hash_pandas_object(self.X.assign(**{"": self.y, " ": self.groups.astype(str)}))
        return fingerprint([list(map(str, self.X.columns)), hashes.astype(str).tolist()])

    def __repr__(self):
        sizes = ", ".join(f"{name} ({len(self.columns(name))})" for name in self.modalities)
        return (
            f"Cohort of {len(self.y)} patients, {self.n_events} with {self.outcome.name} = {self.outcome.labels[1]}; "
            f"features: {sizes}"
        )
