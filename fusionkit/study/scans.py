"""The scans of an image modality: one per patient, the index scan where there are several, and why it is the index."""

from dataclasses import replace

import pandas as pd

from ..ehr import choose_index_scan
from ..exceptions import Problem

__all__ = ["Scans"]

_SHOWN = 5


class Scans:
    """The index scan of each patient in every image modality, chosen once.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.

    Attributes
    ----------
    chosen : list of dict
        For each patient with several scans: modality, patient, n_scans, reason.
    """

    def __init__(self, tables):
        self.tables = tables
        self.chosen = []
        self._found = {}

    def of(self, name):
        """Return the index scans of an image modality.

        Parameters
        ----------
        name : str
            The modality.

        Returns
        -------
        scans : DataFrame or None
            Columns ``image, mask, row`` and perhaps ``time``, indexed by patient; None when the table cannot be used.
        """
        if name not in self._found:
            self._found[name] = self._read(name, self.tables.spec.modalities[name])
        return self._found[name]

    def times(self, name):
        """Return when the index scans of an image modality were made, or None when it is not known.

        Parameters
        ----------
        name : str
            The modality.

        Returns
        -------
        times : Series of datetime64 or None
        """
        scans = self.of(name)
        return scans["time"] if scans is not None and "time" in scans else None

    def _read(self, name, modality):
        tables = self.tables
        table = tables.read(modality.images)
        if table is None:
            return None
        wanted = {"image": modality.image, "mask": modality.mask}
        frame = {what: tables.column(table, column, f"a path of {name}") for what, column in wanted.items()}
        if modality.time is not None:
            known = tables.column(table, modality.time, f"the time of the {name} scans") is not None
            frame["time"] = tables.dates(table, modality.time) if known else None
        if any(column is None for column in frame.values()):
            return None
        frame = pd.DataFrame({**frame, "row": table.rows})
        take, column = modality.index_rule
        if take is None:
            way_out = "Keep one row per patient, or say which scan counts, such as 'index: first'."
            return tables.by_patient(table, frame, way_out)
        return self._choose(name, table, frame, take, column)

    def _choose(self, name, table, frame, take, column):
        """The index scans by a rule; the column is a date of the outcome's table."""
        frame = frame.assign(patient=table.ids.astype(object))
        clocks = {"scans": frame["time"]}
        if column is not None:
            source = self.tables.read(self.tables.spec.outcome.table)
            if source is None or self.tables.column(source, column, f"the date that scans of {name} refer to") is None:
                return None
            reference = self.tables.by_patient(source, self.tables.dates(source, column).to_frame())[column]
            clocks[column] = reference.reindex(frame["patient"]).set_axis(frame.index)
        days = self.tables.days(clocks, name=table.name)
        if days is None:
            return None
        scans = frame.assign(time=days["scans"], date=frame["time"])
        at = None
        if column is not None:
            at = days[column].groupby(frame["patient"]).first()
        chosen, problems = choose_index_scan(scans, take, reference=at, name=table.name)
        named = "the reference" if column is None else column
        self.tables.problems += [replace(p, message=p.message.replace("the reference", named)) for p in problems]
        chosen["reason"] = chosen["reason"].str.replace("the reference", named)
        several = chosen[chosen["n_scans"] > 1]
        self.chosen += [
            {"modality": name, "patient": patient, "n_scans": int(row.n_scans), "reason": row.reason}
            for patient, row in several.iterrows()
        ]
        if len(several):
            shown = f"{', '.join(map(str, several.index[:_SHOWN]))}{', ...' if len(several) > _SHOWN else ''}"
            rule = f"'index: {self.tables.spec.modalities[name].index}'"
            message = f"{len(several)} patients have several scans; one counts, as {rule} says ({shown})"
            self.tables.problems.append(Problem(message, severity="warning", file=table.name, column=name))
        chosen.index.name = "patient"
        return chosen.assign(time=chosen["date"])[["image", "mask", "time", "row"]]
