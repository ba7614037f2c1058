"""A report or checklist as plain sections of text, tables and figures, for formats without a layout of their own."""

from dataclasses import dataclass

__all__ = ["Bullets", "Document", "Section", "Table", "report_document"]


@dataclass(frozen=True)
class Table:
    """A table of text.

    Parameters
    ----------
    title : str
        What stands above it.
    columns : list of str
        The header.
    rows : list of list of str
        The cells.
    note : str, default=''
        What stands below it.
    numeric : list of bool, default=()
        Whether each column is aligned as numbers; none is when empty.
    """

    title: str
    columns: list
    rows: list
    note: str = ""
    numeric: list = ()


@dataclass(frozen=True)
class Bullets:
    """A list.

    Parameters
    ----------
    items : list of str
        Its entries.
    ordered : bool, default=False
        Whether they are numbered.
    """

    items: list
    ordered: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Parameters
    ----------
    heading : str
        The heading.
    blocks : list of str, Table, Bullets or Drawing
        Paragraphs, tables, lists and figures.
    """

    heading: str
    blocks: list


@dataclass(frozen=True)
class Document:
    """A title and its sections.

    Parameters
    ----------
    title : str
        The title.
    sections : list of Section
        In reading order.
    made_by : str
        The program and its version.
    """

    title: str
    sections: list
    made_by: str


def report_document(summary):
    """Return the report of a study as a document.

    Parameters
    ----------
    summary : dict
        What :func:`fusionkit.report.summary.summarise` returned.

    Returns
    -------
    document : Document
    """
    verdict, evidence, clinical = summary["verdict"], summary["evidence"], summary["clinical"]
    entries = {place: [_entry(view) for view in views] for place, views in summary["entries"].items()}
    plots = [plot["figure"] for plot in summary["calibration"]["plots"]]
    sections = [
        Section(f"Verdict: {verdict.headline}", [" ".join(verdict.sentences), Bullets(verdict.cautions), verdict.rule]),
        Section("Patients", [*_patients(summary), *entries["patients"]]),
        Section("Values around the scan", _drawn(summary["coverage"])),
        Section("Missing data", [summary["missingness"]["sentence"], *_drawn(summary["missingness"])]),
        Section("What this number of patients allows", _feasibility(summary["feasibility"])),
        Section("Discrimination", _discrimination(evidence)),
        Section("Calibration", [*plots, summary["calibration"]["caption"]] if plots else []),
        Section("Clinical use", _clinical(clinical)),
        Section("Selected features", [*_features(summary), summary["importance"], *entries["features"]]),
        Section("Robustness", entries["robustness"]),
        Section("Methods, ready to paste", [" ".join(summary["methods"])]),
        Section("References", [Bullets(summary["references"], ordered=True)]),
        Section("Settings and versions", _record(summary)),
    ]
    sections = [Section(part.heading, [block for block in part.blocks if block]) for part in sections]
    return Document(summary["title"], [part for part in sections if part.blocks], summary["made_by"])


def _entry(view):
    more = f"{view['more']} more rows stand in results.json." if view["more"] else ""
    return Table(view["title"], view["columns"], view["rows"], f"{more} {view['note']}".strip(), view["numeric"])


def _patients(summary):
    view = summary["patients"]
    yield view["summary"]
    yield view["figure"]
    if view["modalities"]:
        keys = ("name", "kind", "source", "columns")
        rows = [[str(row.get(key, "")) for key in keys] for row in view["modalities"]]
        yield Table("Modalities", ["Modality", "Kind", "Source", "Columns"], rows)
    if view["excluded"]:
        keys = ("patient", "reason", "way_out", "place")
        rows = [[str(row.get(key, "")) for key in keys] for row in view["excluded"]]
        more = f"{view['more_excluded']} more rows stand in results.json." if view["more_excluded"] else ""
        title = f"Patients left out ({view['n_excluded']}), with every reason found"
        yield Table(title, ["Patient", "Reason", "Way out", "Where"], rows, more)
    if view["warnings"]:
        rows = [[str(row.get(key, "")) for key in ("place", "message", "way_out")] for row in view["warnings"]]
        more = f"{view['more_warnings']} more rows stand in results.json." if view["more_warnings"] else ""
        yield Table("Warnings", ["Where", "Warning", "Way out"], rows, more)


def _drawn(view):
    return [view["figure"], _entry(view["table"]) if view["table"] else None]


def _feasibility(view):
    if not view["rows"]:
        return []
    columns = ["If a model reaches an AUC of", "Candidate columns supported", "Patients needed for all candidates"]
    columns.append("Width of the AUC's 95 % interval")
    rows = [[row[key] for key in ("auc", "largest", "needed", "width")] for row in view["rows"]]
    return [" ".join(view["sentences"]), Table("Sample size", columns, rows, numeric=[True] * 4)]


def _discrimination(evidence):
    columns = ["Model", "AUC", f"{evidence['level']} CI", "Patients", "Events"]
    keys = ["fusion", "auc", "interval", "n", "n_events"]
    if evidence["compared"]:
        columns += ["Difference", f"{evidence['level']} CI", "Reading"]
        keys += ["difference", "difference_interval", "finding"]
    rows = [[str(row[key]) for key in keys] for row in evidence["rows"]]
    numeric = [key not in {"fusion", "finding"} for key in keys]
    title = f"AUC of every model, with differences against {evidence['baseline']}"
    yield Table(title, columns, rows, evidence["intervals"], numeric)
    yield from (evidence[key] for key in ("aucs", "differences", "roc", "precision_recall"))


def _clinical(clinical):
    if clinical["figure"] is None:
        return
    yield clinical["sentence"]
    yield clinical["figure"]
    rows = [[row["strategy"], *row["values"]] for row in clinical["rows"]]
    numeric = [False, *(True for _ in clinical["thresholds"])]
    yield Table("Net benefit by threshold", ["Strategy", *clinical["thresholds"]], rows, numeric=numeric)
    yield clinical["ladder"]


def _features(summary):
    view, stability = summary["features"], summary["stability"]
    yield " ".join(view["intro"])
    for fusion in view["fusions"]:
        rows = [[str(row["feature"]), f"{row['times']} of {row['of']}"] for row in fusion["rows"]]
        rest = f"{fusion['rest']} further features were chosen at least once." if fusion["rest"] else ""
        yield Table(fusion["label"], ["Feature", "Chosen"], rows, rest, [False, True])
    yield stability["figure"]
    if stability["rows"]:
        keys = ("label", "modality", "candidates", "kept", "index", "range")
        rows = [[str(row[key]) for key in keys] for row in stability["rows"]]
        columns = ["Model", "Modality", "Candidates", "Kept", "Stability", "95 % CI"]
        yield Table("Stability of the selection (Nogueira)", columns, rows)
    rows = [
        [fusion["label"], choice["setting"], ", ".join(f"{one['value']} ({one['times']})" for one in choice["values"])]
        for fusion in view["searched"]
        for choice in fusion["choices"]
    ]
    yield Table("What the search chose", ["Model", "Setting", "Chosen"], rows) if rows else None


def _record(summary):
    titles = {"settings": "Study file, defaults filled in", "validation": "Validation", "versions": "Versions"}
    for key, title in titles.items():
        if summary[key]:
            yield Table(title, ["Setting", "Value"], [[name, value] for name, value in summary[key]])
    yield f"Seed: {summary['seed']}."
