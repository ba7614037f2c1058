"""One self-contained HTML page: summary dict -> template -> string."""

import json
import re
from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from ..plotting.style import PALETTE
from .evidence import calibration, discrimination
from .features import features
from .methods import methods_text
from .numbers import listed
from .patients import patients
from .verdict import make_verdict

__all__ = ["render_report", "write_report"]

_ROLES = {color: role for role, color in PALETTE.items()}


def render_report(results, predictions):
    """Return the report of a study as one HTML page that needs no network.

    The same results give the same bytes: the page holds no time, no path and no random id.

    Parameters
    ----------
    results : dict
        The content of ``results.json``; at least ``cohort`` (outcome, n, n_events) and ``comparison`` (baseline,
        estimates).
    predictions : DataFrame
        Tidy out-of-fold predictions: fusion, repeat, fold, patient, y_true (0 or 1), y_score (probability). Without
        rows, the curves are left out.

    Returns
    -------
    html : str

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, or the predictions lack a column.
    """
    _check(results, predictions)
    sentences, references = methods_text(results)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["breakable"] = _breakable
    environment.filters["role"] = lambda color: _ROLES.get(color, "muted")
    here = files(__package__)
    template = environment.from_string((here / "template.html").read_text(encoding="utf-8"))
    html = template.render(
        style=Markup((here / "template.css").read_text(encoding="utf-8")),
        svg=Markup,
        title=(results.get("study") or {}).get("title") or "Does imaging add to the record?",
        facts=_facts(results),
        verdict=make_verdict(results),
        patients=patients(results),
        evidence=discrimination(results, predictions),
        calibration=calibration(results, predictions),
        features=features(results),
        methods=sentences,
        references=references,
        settings=list(_flat(results.get("study") or {})),
        validation=list(_flat(results["comparison"].get("settings") or {})),
        versions=(results.get("versions") or {}).items(),
        seed=results.get("seed"),
        made_by=f"fusionkit {(results.get('fusionkit') or {}).get('version', '')}".strip(),
    )
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", html)


def write_report(results, predictions, path):
    """Write the report of a study.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    predictions : DataFrame
        Tidy out-of-fold predictions.
    path : path-like
        The file to write.

    Returns
    -------
    path : Path
        The file written.

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, or the predictions lack a column.
    """
    path = Path(path)
    path.write_text(render_report(results, predictions), encoding="utf-8", newline="\n")
    return path


def _check(results, predictions):
    needed = {"cohort": ("outcome", "n", "n_events"), "comparison": ("baseline", "estimates")}
    missing = [
        f"{part}.{key}"
        for part, keys in needed.items()
        for key in keys
        if (results.get(part) or {}).get(key) in (None, [])
    ]
    if missing:
        raise ValueError(f"results lacks {', '.join(missing)}: pass the content of results.json of a finished run")
    columns = ["fusion", "repeat", "fold", "patient", "y_true", "y_score"]
    absent = [column for column in columns if column not in predictions.columns]
    if absent:
        raise ValueError(f"predictions lacks the column {', '.join(absent)}: pass predictions.parquet of the same run")


def _breakable(text):
    """A name or path that a narrow table may break after its signs."""
    return escape(text).replace("_", Markup("_<wbr>")).replace("/", Markup("/<wbr>"))


def _facts(results):
    """The strip of key facts below the title: (name, value)."""
    cohort, settings = results["cohort"], results["comparison"].get("settings") or {}
    share = f"{100 * cohort['n_events'] / cohort['n']:.0f} %"
    facts = [("Patients", f"{cohort['n']:,}"), ("Events", f"{cohort['n_events']:,} ({share})")]
    sizes = [f"{name} {facts.get('columns', '')}".strip() for name, facts in (cohort.get("modalities") or {}).items()]
    if sizes:
        facts.append(("Features", " · ".join(sizes[:4]) + (f" · {len(sizes) - 4} more" if len(sizes) > 4 else "")))
    if settings.get("folds"):
        facts.append(("Validation", f"nested, {settings['folds']} folds × {settings.get('repeats', 1)}"))
    return facts


def _flat(value, key=""):
    """(dotted key, text) for everything in a nested dict."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
        yield key, listed([_plain(item) for item in value]) or "none"
    else:
        yield key, _plain(value)


def _plain(value):
    if value is None or value == {} or value == []:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
