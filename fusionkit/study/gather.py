"""From the files that a study names to its cohort: read, check, extract, join, and list everything that is wrong."""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from ..cohort import Outcome, link_cohort, screen_columns
from ..ehr import DEFAULT_MISSING, Window, coerce_columns, infer_types, read_table, window_events
from ..ehr.table import nearest_name
from ..exceptions import Problem, StudyError
from ..naming import join_name
from .images import extract_cases
from .missing import kept_without
from .schema import ImageModality

__all__ = ["Gathered", "gather_study"]


@dataclass(eq=False)
class Gathered:
    """What the files hold, before it is joined.

    Parameters
    ----------
    modalities : dict of str to DataFrame
        Features of each modality, indexed by patient.
    y : Series
        0 or 1 by patient.
    outcome : Outcome
        What the codes mean.
    groups : Series or None
        Group by patient.
    kinds : dict of str to {"image", "record"}
        What each modality is.
    sources : dict of str to str
        The file that each side comes from.
    problems : list of Problem
        Everything found.
    """

    modalities: dict
    y: pd.Series
    outcome: Outcome
    groups: pd.Series | None
    kinds: dict
    sources: dict
    problems: list

    def link(self, **rules):
        """Return the Cohort of the patients who have what is required; ``rules`` as in :func:`link_cohort`."""
        return link_cohort(
            self.modalities,
            self.y,
            self.outcome,
            kinds=self.kinds,
            groups=self.groups,
            problems=self.problems,
            sources=self.sources,
            **rules,
        )


def gather_study(spec, folder, *, images="features", pseudonyms=None, n_jobs=None, store=None, progress=None):
    """Read every table and image that a study names.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder : path-like
        What the study's paths are relative to.
    images : {"features", "check"}, default='features'
        Whether image features are computed, or images and masks only read and checked.
    pseudonyms : Pseudonyms or None, default=None
        What replaces the ids of patients as soon as a table is read.
    n_jobs : int or None, default=None
        Images worked on at once.
    store : JsonStore or None, default=None
        Keeps each image's features by content and settings, so that nothing is computed twice.
    progress : callable or None, default=None
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    gathered : Gathered
        With the problems of single patients and the warnings.

    Raises
    ------
    StudyError
        If something concerns the study as a whole (a missing file or column, an outcome with one class); all problems
        found are listed. With ``images="features"`` it comes before any image is read, and a feature that gives the
        outcome away is among the reasons.
    """
    reader = _Reader(spec, Path(folder), pseudonyms)
    outcome, y, groups = reader.outcome()
    sources, kinds, features = {"outcome": spec.outcome.table}, {}, {}
    pictures = {name: m for name, m in spec.modalities.items() if isinstance(m, ImageModality)}
    for name, modality in spec.modalities.items():
        sources[name] = modality.files[0]
        kinds[name] = "image" if name in pictures or modality.select else "record"
        if name not in pictures:
            features[name] = reader.record(name, modality)
            reader.screen(name, features[name], y, refuse=images == "features")
    if reader.fatal and images == "features":
        raise StudyError(reader.problems)
    for name, modality in pictures.items():
        features[name] = _image_features(reader, name, modality, images, n_jobs, store, progress)
    if reader.fatal:
        raise StudyError(reader.problems)
    return Gathered({name: features[name] for name in kinds}, y, outcome, groups, kinds, sources, reader.problems)


class _Reader:
    """Reads each file once and collects what is wrong with it."""

    def __init__(self, spec, folder, pseudonyms=None):
        self.spec = spec
        self.pseudonyms = pseudonyms
        self.folder = folder
        self.problems = []
        self._tables = {}
        self._doubled_reported = set()

    @property
    def fatal(self):
        return any(p.severity == "error" and p.patient is None for p in self.problems)

    def table(self, name):
        """The table of that name with one row per patient, or None when it cannot be read."""
        if name not in self._tables:
            try:
                words = (*DEFAULT_MISSING, *self.spec.missing)
                table = read_table(name, id_column=self.spec.id_of(name), missing=words, name=name, folder=self.folder)
                self.problems += table.problems
                table = table if self.pseudonyms is None else self.pseudonyms.of_table(table)
            except StudyError as error:
                self.problems += error.problems
                table = None
            self._tables[name] = table
        return self._tables[name]

    def column(self, table, column, what):
        """The column if the table has it; otherwise None and a problem with the nearest name."""
        if column in table.frame.columns:
            return table.frame[column]
        way_out = nearest_name(column, table.frame.columns)
        self.problems.append(Problem(f"has no column {column!r} ({what})", way_out, file=table.name))
        return None

    def by_patient(self, table, frame):
        """The frame indexed by patient; patients with several rows are reported and left out."""
        ids = table.ids
        self._report_doubled(table, ids)
        usable = ids.notna() & ~ids.duplicated(keep=False)
        return frame.loc[usable].set_axis(pd.Index(ids[usable].astype(object), name="patient"))

    def _report_doubled(self, table, ids):
        if table.name in self._doubled_reported:
            return
        self._doubled_reported.add(table.name)
        rows = pd.Series(table.rows, index=ids.index)
        for row in rows[ids.isna()]:
            message = "has no patient id; the row is not used"
            self.problems.append(Problem(message, "Fill in the id.", "warning", file=table.name, row=int(row)))
        for patient, lines in rows[ids.notna() & ids.duplicated(keep=False)].groupby(ids):
            shown = ", ".join(map(str, lines[:5]))
            message = f"stands in {len(lines)} rows ({shown}); which one counts?"
            way_out = "Keep one row per patient."
            self.problems.append(
                Problem(message, way_out, patient=str(patient), file=table.name, column=table.id_column)
            )

    def outcome(self):
        spec = self.spec.outcome
        nothing = Outcome(spec.column, ("no", "yes")), pd.Series(dtype=int), None
        table = self.table(spec.table)
        values = None if table is None else self.column(table, spec.column, "the outcome")
        if values is None:
            return nothing
        frame = self.by_patient(table, pd.DataFrame({"y": values, "row": table.rows}))
        for patient, row in frame.loc[frame["y"].isna(), "row"].items():
            where = {"file": table.name, "row": int(row), "column": spec.column}
            self.problems.append(
                Problem("the outcome is missing", "Fill it in; the patient is left out.", patient=patient, **where)
            )
        known = frame["y"].dropna().astype(str)
        positive = known.isin(spec.positive)
        levels = known.value_counts()
        if not positive.any() or positive.all():
            shown = ", ".join(f"{level!r} ({n})" for level, n in levels[:10].items())
            which = "no patient is" if not positive.any() else "every patient is"
            message = f"{which} positive ({' or '.join(spec.positive)}); the values are {shown}"
            way_out = "Correct 'outcome: positive' in the study file, or bring patients of both classes."
            self.problems.append(Problem(message, way_out, file=table.name, column=spec.column))
            return nothing
        others = [str(level) for level in levels.index if level not in spec.positive]
        outcome = Outcome(spec.column, (" or ".join(others), " or ".join(spec.positive)), spec.kind)
        return outcome, positive.astype(int), self.groups(table)

    def groups(self, table):
        if self.spec.groups is None:
            return None
        values = self.column(table, self.spec.groups, "the groups that never straddle a fold")
        if values is None:
            return None
        groups = self.by_patient(table, values.to_frame())[self.spec.groups]
        return groups.where(groups.notna(), "patient " + groups.index.astype(str))

    def record(self, name, modality):
        """Typed features of a record modality, indexed by patient."""
        table = self.table(modality.table)
        if table is None:
            return pd.DataFrame()
        self._refuse_give_aways(name, modality, table)
        present = [c for c in modality.columns if self.column(table, c, f"a feature of {name}") is not None]
        inferred = infer_types(table, [c for c in present if modality.columns[c] is None])
        types = {column: modality.columns[column] or inferred[column] for column in present}
        for column, kind in inferred.items():
            if kind == "text":
                message = "is free text, or has too many different values for a category"
                way_out = f"Declare it: 'columns: {{{column}: category}}', or leave it out."
                self.problems.append(Problem(message, way_out, file=table.name, column=column))
                types.pop(column)
        frame, problems = coerce_columns(table, types)
        self.problems += problems
        features = self.by_patient(table, frame)
        if modality.events is not None:
            features = features.join(self._events(name, modality, table))
        return features

    def screen(self, name, features, y, *, refuse):
        """Warn of each feature that alone gives the outcome away; an error when refused."""
        shared = features.index.intersection(y.index)
        columns = [c for c in features.columns if join_name(name, c) not in self.spec.outcome.trust]
        X = features.loc[shared, columns].add_prefix(join_name(name, ""))
        for leak in screen_columns(X, y.loc[shared], file=self.spec.modalities[name].table):
            way_out = f"{leak.way_out} If you know why it is so good, name it under 'outcome: trust: [{leak.column}]'."
            self.problems.append(replace(leak, way_out=way_out, severity="error" if refuse else "warning"))

    def _refuse_give_aways(self, name, modality, table):
        spec = self.spec.outcome
        same_table = table.name == spec.table
        for column in modality.columns:
            if same_table and column == spec.column:
                message, way_out = "is the outcome itself", f"Take it out of the columns of {name}."
            elif column in spec.given_away_by:
                message = "gives the outcome away, as 'outcome: given_away_by' says"
                way_out = f"Take it out of the columns of {name}."
            else:
                continue
            self.problems.append(Problem(message, way_out, file=table.name, column=column))

    def _events(self, name, modality, table):
        """Columns made from the long table of events around each patient's scan."""
        spec = modality.events
        events = self.table(spec.table)
        anchors = self.column(table, spec.anchor, "the time of the scan")
        if events is None or anchors is None:
            return pd.DataFrame()
        found = [self.column(events, column, "of the events") for column in (spec.time, spec.name, spec.value)]
        if any(column is None for column in found):
            return pd.DataFrame()
        windows = {
            variable: Window(tuple(c.window), c.take, unit=c.unit, delta=c.delta, event=c.name or variable)
            for variable, c in spec.variables.items()
        }
        wanted = events.frame[spec.name].isin([window.event for window in windows.values()]).to_numpy()
        used = replace(events, frame=events.frame[wanted].reset_index(drop=True), rows=events.rows[wanted])
        typed, problems = coerce_columns(used, {spec.value: "number", spec.time: "date"})
        self.problems += problems
        dates, problems = coerce_columns(table, {spec.anchor: "date"})
        self.problems += problems
        long = pd.DataFrame(
            {
                "patient": used.ids,
                "time": typed[spec.time],
                "name": used.frame[spec.name],
                "value": typed[spec.value],
                "row": used.rows,
            }
        )
        if spec.unit in events.frame.columns:
            long["unit"] = used.frame[spec.unit]
        anchors = self.by_patient(table, dates)[spec.anchor]
        columns, _, problems = window_events(long, anchors, windows, name=events.name)
        self.problems += problems
        return columns


def _image_features(reader, name, modality, images, n_jobs, store, progress):
    """Features of every image of a modality, indexed by patient; a case that fails is a problem of that patient."""
    from ..radiomics import RadiomicsSettings

    table = reader.table(modality.images)
    try:
        settings = RadiomicsSettings(_settings_source(modality.settings, reader.folder))
    except (ValueError, TypeError, OSError) as error:
        way_out = "Correct it in the study file, or in the parameter file that it names."
        reader.problems.append(Problem(f"settings of {name}: {error}", way_out))
        settings = None
    if table is None or settings is None:
        return pd.DataFrame()
    paths = [reader.column(table, column, f"a path of {name}") for column in (modality.image, modality.mask)]
    if any(column is None for column in paths):
        return pd.DataFrame()
    cases = reader.by_patient(table, pd.DataFrame({"image": paths[0], "mask": paths[1], "row": table.rows}))
    if images == "check":
        one_feature = {"imageType": {"Original": {}}, "featureClass": {"firstorder": ["Mean"]}}
        settings = RadiomicsSettings({**settings.to_dict(), **one_feature})
    stage = f"{'Checking' if images == 'check' else 'Reading'} {name} images"
    outcomes = extract_cases(
        cases,
        (reader.folder / modality.images).parent,
        settings,
        engine=modality.engine,
        label=modality.label,
        spacing_mm=modality.spacing_mm,
        colour=modality.colour,
        n_jobs=n_jobs,
        store=store,
        progress=None if progress is None else partial(progress, stage),
    )
    rows, remarks, keeps = {}, {}, reader.spec.rules[name] != "require"
    for patient, outcome in zip(cases.index, outcomes, strict=True):
        if outcome.features is None:
            where = {"patient": patient, "file": modality.images, "row": int(cases.loc[patient, "row"])}
            problem = Problem(outcome.reason, outcome.way_out, **where, column=name)
            reader.problems.append(kept_without(problem) if outcome.absent and keeps else problem)
        else:
            rows[patient] = outcome.features
        for remark in outcome.remarks:
            remarks.setdefault(re.sub(r"[\d.]+", "#", remark), []).append((patient, remark))
    reader.problems += [_shared_remark(name, said) for said in remarks.values() if images == "features"]
    if not rows and len(cases):
        reader.problems.append(Problem(f"no image of {name} could be used", "See the patients' reasons."))
    return pd.DataFrame.from_dict(rows, orient="index")


def _shared_remark(name, said):
    """One warning for what was remarked of several patients' images, with the first one's figures."""
    patients = [patient for patient, _ in said]
    shown = f"{', '.join(patients[:5])}{', ...' if len(patients) > 5 else ''}"
    who = f"image of {shown}" if len(patients) == 1 else f"{len(patients)} images ({shown}), the first"
    return Problem(f"{who}: {said[0][1]}", severity="warning", column=name)


def _settings_source(settings, folder):
    if isinstance(settings, str) and Path(settings).suffix in {".yaml", ".yml", ".json"}:
        return folder / settings
    return settings
