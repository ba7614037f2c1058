"""Everything that a report says, once: the views of all sections, from which each format is written."""

import json

from .calibration import calibration
from .clinical_use import clinical_use
from .coverage import coverage
from .evidence import discrimination
from .feasibility import feasibility
from .features import features
from .figures import Drawing
from .importance import importance
from .methods import methods_text
from .numbers import listed
from .patients import patients
from .records import entry_tables, missingness
from .stability import stability
from .verdict import make_verdict

__all__ = ["drawings", "summarise"]


def summarise(results, predictions):
    """Return the views of all sections of a report.

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
    summary : dict
        title, facts, verdict, the view of each section, methods, references, settings, validation, versions, seed and
        made_by.

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, or the predictions lack a column.
    """
    _check(results, predictions)
    sentences, references = methods_text(results)
    return {
        "title": (results.get("study") or {}).get("title") or "Does imaging add to the record?",
        "facts": _facts(results),
        "verdict": make_verdict(results),
        "patients": patients(results),
        "feasibility": feasibility(results),
        "coverage": coverage(results),
        "missingness": missingness(results),
        "evidence": discrimination(results, predictions),
        "calibration": calibration(results, predictions),
        "clinical": clinical_use(results, predictions),
        "features": features(results),
        "importance": importance(results),
        "stability": stability(results),
        "entries": {place: entry_tables(results, place) for place in ("patients", "features", "robustness")},
        "methods": sentences,
        "references": references,
        "settings": list(_flat(results.get("study") or {})),
        "validation": list(_flat(results["comparison"].get("settings") or {})),
        "versions": [(name, str(version)) for name, version in (results.get("versions") or {}).items()],
        "seed": results.get("seed"),
        "made_by": f"fusionkit {(results.get('fusionkit') or {}).get('version', '')}".strip(),
    }


def drawings(summary):
    """Return all figures of a summary, in the order of the report.

    Parameters
    ----------
    summary : dict
        What :func:`summarise` returned.

    Returns
    -------
    figures : list of Drawing
    """
    return list(_drawings(summary))


def _drawings(part):
    if isinstance(part, Drawing):
        yield part
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _drawings(inner)


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
