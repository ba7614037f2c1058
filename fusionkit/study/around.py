"""What stands around the scan in time: measurements in windows, codes known by then, dates as days from it."""

from dataclasses import dataclass, replace

import pandas as pd

from ..ehr import Window, class_flags, coerce_columns, comorbidities, conversion, icd10_chapter_flags, window_events
from ..ehr.units import UnitError
from ..exceptions import Problem

__all__ = ["Anchors", "code_columns", "date_columns", "event_columns", "event_units", "late_scans"]

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Anchors:
    """What a modality's times refer to.

    Parameters
    ----------
    scans : Series of datetime64 or None
        When each patient was scanned; None where the modality names no scan.
    outcomes : Series of datetime64 or None
        When each patient's outcome became known; None where the study does not say.
    """

    scans: pd.Series | None
    outcomes: pd.Series | None


def event_columns(tables, name, modality, anchors):
    """Return columns made from the long table of events, and how many patients each width of a window would keep.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.
    name : str
        The modality.
    modality : RecordModality
        With events.
    anchors : Anchors
        The times of scans and outcomes.

    Returns
    -------
    features : DataFrame
        Indexed by patient.
    coverage : list of dict
        ``modality, variable, take, window`` (its ends in days), ``width_days`` (None: any time), ``widened_by_days``,
        ``n_patients, n_total``.
    """
    spec = modality.events
    table = tables.read(spec.table)
    if table is None or anchors.scans is None:
        return pd.DataFrame(), []
    found = [tables.column(table, column, "of the events") for column in (spec.time, spec.name, spec.value)]
    if any(column is None for column in found):
        return pd.DataFrame(), []
    windows = {variable: _window(tables, table, variable, chosen) for variable, chosen in spec.variables.items()}
    try:
        features, widths, problems = window_events(
            _long(tables, table, spec, windows),
            anchors.scans,
            windows,
            outcomes=anchors.outcomes,
            resolution=spec.resolution,
            timezone=tables.spec.timezone,
            name=table.name,
            out_of_range=tables.spec.out_of_range,
        )
    except ValueError as error:
        tables.tell_clock(error, table.name)
        return pd.DataFrame(), []
    tables.problems += problems
    return features, list(_coverage(name, windows, widths, len(anchors.scans)))


def _long(tables, table, spec, windows):
    """The events that are wanted, typed, a row each; codes for missing of the dictionary are missing."""
    wanted = table.frame[spec.name].isin([window.event for window in windows.values()]).to_numpy()
    used = replace(table, frame=table.frame[wanted].reset_index(drop=True), rows=table.rows[wanted])
    values = used.frame[spec.value]
    for variable, window in windows.items():
        described = _described(tables, variable, window.event)
        if described is not None and described.missing:
            values = values.mask((used.frame[spec.name] == window.event) & values.isin(described.missing))
    used = replace(used, frame=used.frame.assign(**{spec.value: values}))
    typed, problems = coerce_columns(used, {spec.value: "number"})
    tables.problems += problems
    long = {
        "patient": used.ids,
        "time": tables.dates(used, spec.time),
        "name": used.frame[spec.name],
        "value": typed[spec.value],
        "row": used.rows,
    }
    if spec.unit in table.frame.columns:
        long["unit"] = used.frame[spec.unit]
    return pd.DataFrame(long)


def _described(tables, variable, event):
    """What the dictionary says of a variable, or of the measurement behind it; None where it is silent."""
    return tables.dictionary.get(variable) or tables.dictionary.get(event)


def event_units(tables, events):
    """Return the unit of each column made from events, where the study file or the dictionary states it.

    Parameters
    ----------
    tables : Tables
        The study's tables.
    events : Events
        What is measured.

    Returns
    -------
    units : dict of str to str
        A slope is per day; a count has no unit.
    """
    units = {}
    for variable, chosen in events.variables.items():
        described = _described(tables, variable, chosen.name or variable)
        unit = chosen.unit or (described and described.unit)
        if unit and chosen.take != "count":
            units[variable] = f"{unit}/d" if chosen.take == "slope" else unit
        if chosen.delta:
            units[f"{variable}__delta_days"] = "d"
    return units


def _window(tables, table, variable, chosen):
    """The window of one variable; unit, range and analyte from the dictionary where it describes the variable."""
    event = chosen.name or variable
    described = _described(tables, variable, event)
    unit, analyte, limits = chosen.unit, chosen.analyte, {}
    if described is not None:
        unit, analyte = unit or described.unit, analyte or described.analyte or None
        limits = {"low": described.low, "high": described.high}
        if described.unit and unit != described.unit:
            try:
                factor, offset = conversion(described.unit, unit, analyte or event)
            except UnitError as error:
                message = f"the study file wants {unit}, {tables.spec.dictionary} says {described.unit}: {error}"
                tables.problems.append(Problem(message, "Correct one of them.", file=table.name, column=variable))
                limits = {}
            limits = {side: None if x is None else x * factor + offset for side, x in limits.items()}
    return Window(tuple(chosen.window), chosen.take, unit, chosen.delta, event, analyte, **limits)


def _coverage(name, windows, widths, n_total):
    for row in widths.itertuples():
        start, stop = windows[row.column].days
        width = stop - start + 2 * row.widened_by_days
        yield {
            "modality": name,
            "variable": row.column,
            "take": windows[row.column].take,
            "window": [start, stop],
            "width_days": width if width < float("inf") else None,
            "widened_by_days": row.widened_by_days if width < float("inf") else None,
            "n_patients": int(row.patients),
            "n_total": n_total,
        }


def code_columns(tables, key, codes, anchors, patients):
    """Return yes/no columns made from a table of diagnoses or medications.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.
    key : str
        What the columns' names begin with.
    codes : Codes
        Where the codes stand and what becomes of them.
    anchors : Anchors
        Codes that are later than the scan or the outcome do not count.
    patients : Index
        The patients wanted; one without a code has none of the classes.

    Returns
    -------
    features : DataFrame
        Indexed by patient.
    """
    table = tables.read(codes.table)
    wanted = [column for column in (codes.code, codes.time) if column is not None]
    if table is None or any(tables.column(table, column, f"of the codes {key}") is None for column in wanted):
        return pd.DataFrame(index=patients)
    records = pd.DataFrame({"patient": table.ids, "code": table.frame[codes.code]})
    before = None
    if codes.time is not None:
        records["time"], before = _times_of_codes(tables, table, codes, anchors)
    if codes.separator:
        records = records.assign(code=records["code"].str.split(codes.separator, regex=False)).explode("code")
    records = records[records["code"].notna()]
    records["code"] = records["code"].str.strip()
    made = _CODES.get(codes.into, _user_classes)(tables, records[records["code"] != ""], patients, codes, before)
    if made is None:
        return pd.DataFrame(index=patients)
    flags, problems = made
    tables.problems += [replace(p, file=table.name, column=codes.code) for p in problems]
    absent = [column for column in codes.keep or () if column not in flags]
    if absent:
        message = f"'keep' names {', '.join(absent)}, which {codes.into} does not give"
        way_out = f"It gives {', '.join(flags.columns[:12])}{', ...' if len(flags.columns) > 12 else ''}."
        tables.problems.append(Problem(message, way_out, file=table.name, column=key))
        return pd.DataFrame(index=patients)
    flags = flags if codes.keep is None else flags[codes.keep]
    return flags.rename(columns=lambda column: column if column == key else f"{key}_{column}")


def _times_of_codes(tables, table, codes, anchors):
    """The day of every row, and the last day on which a code of each patient counts."""
    times = tables.dates(table, codes.time)
    sides = {
        what: series.reindex(table.ids.astype(object)).set_axis(times.index)
        for what, series in (("scans", anchors.scans), ("outcomes", anchors.outcomes))
        if series is not None
    }
    days = tables.days({"codes": times, **sides}, resolution="day", name=table.name)
    if days is None or not sides:
        return pd.Series(0.0, index=times.index), None
    limit = pd.concat([days[what] for what in sides], axis=1).min(axis=1)
    return days["codes"], limit.groupby(table.ids.astype(object)).first()


def _user_classes(tables, records, patients, codes, before):
    """Classes by the user's own table of code and class."""
    mapping = tables.read(codes.into, id_column="code")
    if mapping is None or tables.column(mapping, "class", f"the classes of {codes.table}") is None:
        return None
    pairs = mapping.frame[["code", "class"]].dropna()
    table = pairs.groupby("code")["class"].agg(lambda labels: tuple(dict.fromkeys(labels))).to_dict()
    return class_flags(records, patients, table, list(dict.fromkeys(pairs["class"])), before=before)


_CODES = {
    "chapters": lambda tables, records, patients, codes, before: icd10_chapter_flags(records, patients, before=before),
    **{
        index: lambda tables, records, patients, codes, before: comorbidities(
            records, patients, codes.into, before=before
        )
        for index in ("charlson", "elixhauser")
    },
}


def date_columns(tables, table, dates, anchors):
    """Return dates as days after the scan; without those that are later than the outcome, which are told.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.
    table : Table
        Where the dates stand.
    dates : DataFrame of datetime64
        Columns of dates, indexed by patient.
    anchors : Anchors
        The times of scans and outcomes.

    Returns
    -------
    features : DataFrame
        Columns ``<name>_days``.
    """
    features = pd.DataFrame(index=dates.index)
    for column in dates:
        if anchors.scans is None:
            message = "is a date, which a model cannot use by itself"
            way_out = "Name the time of the scan with 'anchor', so that it becomes days after the scan."
            tables.problems.append(Problem(message, way_out, file=table.name, column=column))
            continue
        sides = {"scans": anchors.scans, "outcomes": anchors.outcomes}
        times = {what: series.reindex(dates.index) for what, series in sides.items() if series is not None}
        days = tables.days({column: dates[column], **times}, resolution="day", name=table.name)
        if days is None:
            continue
        known = days[column]
        if "outcomes" in days:
            late = (known > days["outcomes"]).to_numpy()
            tables.problems += [_late(table, column, patient) for patient in dates.index[late]]
            known = known.mask(late)
        features[f"{column}_days"] = known - days["scans"]
    return features


def _late(table, column, patient):
    message = "this date is later than the outcome and is not used: it would be leakage"
    way_out = "Leave the column out if it can be known only afterwards."
    return Problem(message, way_out, severity="warning", patient=str(patient), file=table.name, column=column)


def late_scans(tables, name, anchors):
    """Add an error for every patient whose scan is later than the outcome.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.
    name : str
        The modality.
    anchors : Anchors
        The times of scans and outcomes.
    """
    if anchors.scans is None or anchors.outcomes is None:
        return
    outcomes = anchors.outcomes.reindex(anchors.scans.index)
    days = tables.days({"scans": anchors.scans, "outcomes": outcomes}, resolution="day")
    if days is not None:
        for patient in anchors.scans.index[(days["scans"] > days["outcomes"]).to_numpy()]:
            message = "the scan is later than the outcome: what it shows would be leakage"
            way_out = "Correct the date, or leave the patient out."
            tables.problems.append(Problem(message, way_out, patient=str(patient), column=name))
