"""The features of a record modality: typed columns, texts, terms, codes and measurements, one row per patient."""

import pandas as pd

from ..ehr import TEXT_SUFFIX, find_terms
from ..exceptions import Problem
from .around import Anchors, code_columns, date_columns, event_columns, event_units, late_scans
from .modalities import ImageModality

__all__ = ["record_features", "record_units"]


def record_features(tables, name, modality, scans, outcomes):
    """Return the features of a record modality, without prefix.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.
    name : str
        The modality.
    modality : RecordModality
        What it is made of.
    scans : Scans
        The index scans, for a modality whose anchor is an image modality.
    outcomes : Series of datetime64 or None
        When each patient's outcome became known.

    Returns
    -------
    features : DataFrame
        Indexed by patient; free text in columns that end in ``__text``.
    coverage : list of dict
        How many patients each width of each window would keep.
    """
    table = tables.read(modality.table)
    if table is None:
        return pd.DataFrame(), []
    _refuse_give_aways(tables, name, modality, table)
    anchors = Anchors(_scan_times(tables, modality, table, scans), outcomes)
    late_scans(tables, name, anchors)
    parts = [_columns(tables, name, modality, table, anchors), _terms(tables, name, modality, table)]
    patients = parts[0].index
    parts += [code_columns(tables, key, codes, anchors, patients) for key, codes in modality.codes.items()]
    measured, coverage = event_columns(tables, name, modality, anchors) if modality.events else (pd.DataFrame(), [])
    parts.append(measured.reindex(patients))
    features = pd.concat(parts, axis=1)
    for column in features.columns[features.columns.duplicated()].unique():
        message = f"two features of {name} would be called '{column}'"
        tables.problems.append(Problem(message, "Rename one of them in the study file.", file=table.name))
    return features.loc[:, ~features.columns.duplicated()], coverage


def record_units(tables, modality, features):
    """Return the unit of each feature of a record modality, where the study file or the dictionary states it.

    Parameters
    ----------
    tables : Tables
        The study's tables.
    modality : RecordModality
        What it is made of.
    features : DataFrame
        As :func:`record_features` gives them.

    Returns
    -------
    units : dict of str to str
        Feature, without prefix -> unit as it is written there.
    """
    units = {} if modality.events is None else event_units(tables, modality.events)
    for column in modality.columns:
        described = tables.dictionary.get(column)
        if described is not None and described.unit and described.type in {"number", "integer"}:
            units[column] = described.unit
        elif column not in features and f"{column}_days" in features:
            units[f"{column}_days"] = "d"
    return units


def _refuse_give_aways(tables, name, modality, table):
    """Errors for features that are the outcome or define it, as the study file or the dictionary says."""
    spec = tables.spec.outcome
    defining = {column for column, variable in tables.dictionary.items() if variable.defines_outcome}
    used = {*modality.columns, *modality.terms, *(modality.events.variables if modality.events else ())}
    for column in sorted(used):
        if table.name == spec.table and column == spec.column:
            message = "is the outcome itself"
        elif column in spec.given_away_by:
            message = "gives the outcome away, as 'outcome: given_away_by' says"
        elif column in defining:
            message = f"gives the outcome away, as {tables.spec.dictionary} says in 'defines_outcome'"
        else:
            continue
        way_out = f"Take it out of the columns of {name}."
        tables.problems.append(Problem(message, way_out, file=table.name, column=column))


def _scan_times(tables, modality, table, scans):
    """When each patient was scanned: a column of the modality's table, or the index scan of an image modality."""
    anchor = modality.scan_time
    if anchor is None:
        return None
    if anchor not in table.frame and isinstance(tables.spec.modalities.get(anchor), ImageModality):
        times = scans.times(anchor)
        if times is None and scans.of(anchor) is not None:
            message = f"the anchor of its record is {anchor}, whose scans have no time"
            way_out = f"Name the column with 'time' in the modality {anchor}."
            tables.problems.append(Problem(message, way_out, file=tables.spec.modalities[anchor].images))
        return times
    if tables.column(table, anchor, "the time of the scan") is None:
        return None
    return tables.by_patient(table, tables.dates(table, anchor).to_frame())[anchor]


def _columns(tables, name, modality, table, anchors):
    """The table's own columns by type: dates as days after the scan, texts under a name that says so."""
    types = {c: t for c, t in modality.columns.items() if tables.column(table, c, f"a feature of {name}") is not None}
    frame, variables = tables.typed(table, types)
    for column, variable in list(variables.items()):
        if variable.type == "text" and types[column] is None and column not in tables.dictionary:
            message = "is free text, or has too many different values for a category"
            way_out = f"Declare it: 'columns: {{{column}: category}}' or text, or leave it out."
            tables.problems.append(Problem(message, way_out, file=table.name, column=column))
            frame = frame.drop(columns=column)
        elif variable.type == "code":
            frame[column] = frame[column].astype("category")
    features = tables.by_patient(table, frame)
    dates = [c for c in features if variables[c].type.startswith("date")]
    texts = {c: f"{c}{TEXT_SUFFIX}" for c in features if variables[c].type == "text"}
    own = features.drop(columns=dates).rename(columns=texts)
    return own.join(date_columns(tables, table, features[dates], anchors)) if dates else own


def _terms(tables, name, modality, table):
    """A yes/no column for each term that is said in a text and not denied."""
    found = {}
    for column, terms in modality.terms.items():
        texts = tables.column(table, column, f"a text of {name}")
        if texts is not None:
            flags = find_terms(texts, terms, modality.negations or None)
            found.update({f"{column}_{term}": flags[term] for term in flags})
    return tables.by_patient(table, pd.DataFrame(found, index=table.frame.index))
