"""From the files that a study names to its cohort: read, check, extract, join, and list everything that is wrong."""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from ..cohort import Outcome, link_cohort, screen_columns
from ..exceptions import Problem, StudyError
from ..naming import join_name
from .images import extract_cases
from .missing import kept_without
from .modalities import ImageModality
from .outcome import read_groups, read_outcome, read_outcome_dates
from .record import record_features, record_units
from .same_person import compare_same_person
from .scans import Scans
from .tables import Tables

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
    coverage, index_scans : list of dict
        As in :class:`fusionkit.cohort.Audit`.
    units : dict of str to str
        Unit of the columns of which it is known, named as in the cohort.
    digests : DataFrame of str
        Digests of the voxels, by patient: a column for each image modality's images and masks.
    """

    modalities: dict
    y: pd.Series
    outcome: Outcome
    groups: pd.Series | None
    kinds: dict
    sources: dict
    problems: list
    coverage: list
    index_scans: list
    units: dict
    digests: pd.DataFrame

    def link(self, **rules):
        """Return the Cohort of the patients who have what is required; ``rules`` as in :func:`link_cohort`."""
        cohort = link_cohort(
            self.modalities,
            self.y,
            self.outcome,
            kinds=self.kinds,
            groups=self.groups,
            problems=self.problems,
            sources=self.sources,
            **rules,
        )
        audit = replace(cohort.audit, coverage=tuple(self.coverage), index_scans=tuple(self.index_scans))
        units = {column: unit for column, unit in self.units.items() if column in cohort.X.columns}
        return replace(cohort, audit=audit, units=units)


def gather_study(
    spec, folder, *, images="features", pseudonyms=None, answers=None, n_jobs=None, store=None, progress=None
):
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
    answers : dict of str to RawTable or None, default=None
        What databases have answered already; they are asked when None.
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
    tables = Tables(spec, folder, pseudonyms, answers)
    outcome, y = read_outcome(tables)
    groups, outcomes, scans = read_groups(tables), read_outcome_dates(tables), Scans(tables)
    sources, kinds, features, coverage, units = {"outcome": spec.outcome.table}, {}, {}, [], {}
    pictures = {name: m for name, m in spec.modalities.items() if isinstance(m, ImageModality)}
    for name, modality in spec.modalities.items():
        sources[name] = modality.files[0]
        kinds[name] = spec.kinds[name]
        if name in pictures:
            scans.of(name)
            continue
        features[name], found = record_features(tables, name, modality, scans, outcomes)
        coverage += found
        stated = record_units(tables, modality, features[name])
        units |= {join_name(name, column): unit for column, unit in stated.items()}
        _screen(tables, name, features[name], y, refuse=images == "features")
    compare_same_person(tables, scans)
    tables.hold_against_dictionary(_measured(spec))
    if tables.fatal and images == "features":
        raise StudyError(tables.problems)
    digests = {}
    for name, modality in pictures.items():
        shared = {"n_jobs": n_jobs, "store": store}
        features[name], found = _image_features(tables, scans.of(name), name, modality, images, progress, **shared)
        digests |= {f"{name} {kind}": found[kind] for kind in found}
    if tables.fatal:
        raise StudyError(tables.problems)
    features = {name: features[name] for name in kinds}
    found = {"problems": tables.problems, "coverage": coverage, "index_scans": scans.chosen, "units": units}
    found["digests"] = pd.DataFrame(digests)
    return Gathered(features, y, outcome, groups, kinds, sources, **found)


def _screen(tables, name, features, y, *, refuse):
    """Warn of each feature that alone gives the outcome away; an error when refused."""
    shared = features.index.intersection(y.index)
    columns = [c for c in features.columns if join_name(name, c) not in tables.spec.outcome.trust]
    X = features.loc[shared, columns].add_prefix(join_name(name, ""))
    for leak in screen_columns(X, y.loc[shared], file=tables.spec.modalities[name].table):
        way_out = f"{leak.way_out} If you know why it is so good, name it under 'outcome: trust: [{leak.column}]'."
        tables.problems.append(replace(leak, way_out=way_out, severity="error" if refuse else "warning"))


def _measured(spec):
    """The names of events, which a dictionary may describe as well as columns."""
    events = [modality.events for modality in spec.modalities.values() if getattr(modality, "events", None)]
    pairs = [(key, variable.name) for one in events for key, variable in one.variables.items()]
    return {name for pair in pairs for name in pair if name is not None}


def _image_features(tables, cases, name, modality, images, progress, **options):
    """Features and digests of every index scan, by patient; a case that fails is a problem of that patient."""
    from ..radiomics import RadiomicsSettings

    try:
        settings = RadiomicsSettings(_settings_source(modality.settings, tables.folder))
    except (ValueError, TypeError, OSError) as error:
        way_out = "Correct it in the study file, or in the parameter file that it names."
        tables.problems.append(Problem(f"settings of {name}: {error}", way_out))
        settings = None
    if cases is None or settings is None:
        return pd.DataFrame(), pd.DataFrame()
    if images == "check":
        one_feature = {"imageType": {"Original": {}}, "featureClass": {"firstorder": ["Mean"]}}
        settings = RadiomicsSettings({**settings.to_dict(), **one_feature})
    stage = f"{'Checking' if images == 'check' else 'Reading'} {name} images"
    outcomes = extract_cases(
        cases[["image", "mask"]],
        (tables.folder / modality.images).parent,
        settings,
        engine=modality.engine,
        label=modality.label,
        spacing_mm=modality.spacing_mm,
        colour=modality.colour,
        voxel_digests=True,
        progress=None if progress is None else partial(progress, stage),
        **options,
    )
    rows, digests, remarks, keeps = {}, {}, {}, tables.spec.rules[name] != "require"
    for patient, outcome in zip(cases.index, outcomes, strict=True):
        if outcome.features is None:
            where = {"patient": patient, "file": modality.images, "row": int(cases.loc[patient, "row"])}
            problem = Problem(outcome.reason, outcome.way_out, **where, column=name)
            tables.problems.append(kept_without(problem) if outcome.absent and keeps else problem)
        else:
            rows[patient], digests[patient] = outcome.features, outcome.digests
        for remark in outcome.remarks:
            remarks.setdefault(re.sub(r"[\d.]+", "#", remark), []).append((patient, remark))
    tables.problems += [_shared_remark(name, said) for said in remarks.values() if images == "features"]
    if not rows and len(cases):
        tables.problems.append(Problem(f"no image of {name} could be used", "See the patients' reasons."))
    return pd.DataFrame.from_dict(rows, orient="index"), pd.DataFrame.from_dict(digests, orient="index")


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
