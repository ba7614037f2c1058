"""What a run can say to an item of a checklist: evidence that it holds, or a draft; nothing where it is silent.

Each fact takes the results and returns (status, text, where), or None. A fact is evidence only if the results
themselves show it; whatever depends on how the study was planned, or needs a reason, is at most a draft.
"""

import json
import re
import textwrap

from .feasibility import feasibility
from .interval_words import interval_words
from .methods import methods_text
from .numbers import count, is_number, listed, percent
from .references import SELECTORS, words_of
from .verdict import make_verdict

__all__ = ["DRAFT", "EVIDENCE", "FACTS", "YOURS"]

EVIDENCE, DRAFT, YOURS = "evidence", "draft", "yours to answer"
"""The three kinds of answer."""

_LONGEST = 700
"""Signs of an answer at most."""


def _said(status, text, where):
    return (status, textwrap.shorten(text, _LONGEST, placeholder=" …"), where) if text else None


def _modalities(results, kind):
    facts = results["cohort"].get("modalities") or {}
    return [name for name, one in facts.items() if one.get("kind") == kind]


def _settings(results):
    return results["comparison"].get("settings") or {}


def _sources(results):
    return (results.get("study") or {}).get("modalities") or {}


def _image_settings(results):
    """Extraction settings that the study file spells out: {modality: settings}."""
    return {
        name: source["settings"]
        for name, source in _sources(results).items()
        if "images" in source and isinstance(source.get("settings"), dict)
    }


def _sentences(results, *beginnings):
    """Sentences of the methods paragraph that begin so."""
    sentences, _ = methods_text(results)
    said = " ".join(sentence for sentence in sentences if sentence.startswith(beginnings))
    return re.sub(r" \[[\d, ]+\]", "", said)  # the numbers of references mean nothing outside the paragraph


def _methods(status, *beginnings):
    """A fact told by the methods paragraph; evidence only for a run that recorded its settings."""

    def fact(results):
        known = status != EVIDENCE or _settings(results)
        return _said(status, _sentences(results, *beginnings) if known else "", "Methods")

    return fact


def _title(results):
    title = (results.get("study") or {}).get("title")
    return _said(DRAFT, f"{title}. Name modality, outcome, population and design." if title else "", "title")


def _abstract(results):
    cohort = results["cohort"]
    said = " ".join(make_verdict(results).sentences)
    return _said(
        DRAFT, f"{count(cohort['n'], 'patient')}, {count(cohort['n_events'], 'event')}. {said}", "Verdict, Patients"
    )


def _objective(results):
    baseline, outcome = results["comparison"]["baseline"], results["cohort"]["outcome"]["name"]
    added = [name for name in results["cohort"].get("modalities") or {} if name != baseline]
    text = f"To develop models of {outcome}, and to find whether adding {listed(added)} to {baseline} improves them."
    return _said(DRAFT, text if added else "", "Verdict")


def _outcome(results):
    outcome = results["cohort"]["outcome"]
    text = f"{outcome['name']}: {outcome['positive']}, against {outcome['negative']}. Say how and when it was assessed."
    return _said(DRAFT, text, "Patients")


def _from_sources(results):
    facts = results["cohort"].get("modalities") or {}
    files = [f"{name} from {one['source']}" for name, one in facts.items() if one.get("source")]
    return _said(DRAFT, f"{listed(files)}. Say where these data come from." if files else "", "Patients")


def _columns(results):
    parts = []
    for name, source in _sources(results).items():
        columns = [*(source.get("columns") or {}), *((source.get("events") or {}).get("variables") or {})]
        parts += [f"{name}: {', '.join(columns)}"] if columns else []
    return _said(DRAFT, f"{'; '.join(parts)}. Add definitions, units and times." if parts else "", "Settings")


def _n_features(results):
    facts = results["cohort"].get("modalities") or {}
    sizes = [f"{name} {one['columns']}" for name, one in facts.items() if is_number(one.get("columns"))]
    return _said(EVIDENCE, f"Columns by modality: {', '.join(sizes)}." if sizes else "", "Patients")


def _sample_size(results):
    return _said(DRAFT, " ".join(feasibility(results)["sentences"]), "Patients: what this number of patients allows")


def _setting(*keys, status=EVIDENCE, absent=""):
    """A fact on some keys of the spelled-out extraction settings."""

    def fact(results):
        found = []
        for name, settings in _image_settings(results).items():
            flat = {**settings, **(settings.get("setting") or {})}
            chosen = {key: flat[key] for key in keys if key in flat}
            found += [f"{name}: {json.dumps(chosen, ensure_ascii=False)}"] if chosen else []
        if found:
            return _said(status, f"{'; '.join(found)}.", "Settings: study file")
        return _said(DRAFT, absent if _modalities(results, "image") else "", "Settings: study file")

    return fact


def _extraction(results):
    images = [name for name in _modalities(results, "image") if name in _sources(results)]
    version = (results.get("fusionkit") or {}).get("version", "")
    text = _sentences(results, "Image features of")
    return _said(EVIDENCE, f"{text} Version: fusionkit {version}." if images and text else "", "Methods, Settings")


def _all_settings(results):
    spelled = _image_settings(results)
    complete = spelled and set(spelled) == set(_modalities(results, "image"))
    text = f"{listed(spelled)}: all settings that differ from the defaults stand in the study file." if complete else ""
    return _said(EVIDENCE, text, "Settings: study file")


def _standard_software(results):
    engines = {source.get("engine") for source in _sources(results).values() if "images" in source}
    if engines == {"pyradiomics"}:
        return _said(EVIDENCE, "Features were computed with pyradiomics.", "Methods")
    text = "fusionkit's own engine follows pyradiomics; `fusionkit features` lists where it departs from IBSI."
    return _said(DRAFT, text if engines else "", "Methods")


def _missing(results):
    handled = _sentences(results, "Patients with", "Columns missing", "No limit", "All features of", "Features of")
    told = "missingness" in results and "missing_values" in results
    text = handled if told else f"{handled} Add how much is missing."
    return _said(EVIDENCE if told and handled else DRAFT, text if handled else "", "Methods, Missing data")


def _balance(results):
    cohort = results["cohort"]
    share = percent(round(cohort["n_events"] / cohort["n"], 3))
    text = f"{cohort['n_events']} of {cohort['n']} patients ({share}) had the event. Say what was done about it."
    return _said(DRAFT, text, "Patients")


def _selection(results):
    selectors = _settings(results).get("selectors") or []
    if not _modalities(results, "image") or not selectors:
        return None
    rankers, sizes = (
        listed(words_of(SELECTORS, selectors), "or"),
        listed(_settings(results).get("n_features") or [], "or"),
    )
    return _said(EVIDENCE, f"Inside each training set: ranked by {rankers}; the best {sizes} kept.", "Methods")


def _redundancy(results):
    only = _settings(results).get("selectors") == ["mrmr"] and _modalities(results, "image")
    return _said(EVIDENCE, "mRMR ranks features by relevance less redundancy." if only else "", "Methods")


def _split(results):
    splits = _settings(results).get("splits")
    text = _sentences(results, "Performance was estimated by nested")
    return _said(
        EVIDENCE, f"{text} Fingerprint of the splits: {str(splits)[:12]}." if splits and text else "", "Methods"
    )


def _testing(results):
    text = "Internal only: nested cross-validation inside this cohort. There was no external test."
    return _said(EVIDENCE, text if _settings(results).get("folds") else "", "Methods")


def _no_test_set(results):
    text = "Nested cross-validation inside the cohort; no separate dataset. Judge whether that is enough here."
    return _said(DRAFT, text if _settings(results).get("folds") else "", "Methods")


def _measures(results):
    text = (
        "AUC, precision-recall curves, calibration plot, slope and intercept, net benefit; paired differences in AUC. "
        "Add why these suit the purpose."
    )
    return _said(DRAFT, text, "Discrimination, Calibration, Clinical use")


def _with_interval(rows):
    return [row for row in rows or [] if is_number(row.get("low")) and is_number(row.get("high"))]


def _uncertainty(results):
    comparison = results["comparison"]
    found = _with_interval(comparison["estimates"])
    complete = len(found) == len(comparison["estimates"]) and comparison.get("interval")
    level = percent(comparison.get("confidence", 0.95))
    text = f"{level} confidence intervals of every AUC. {interval_words(comparison).note}" if complete else ""
    return _said(EVIDENCE, text, "Discrimination")


def _performance(results):
    rows = _with_interval(results["comparison"]["estimates"])
    said = "; ".join(f"{row['fusion']} {row['auc']:.3f} ({row['low']:.3f} to {row['high']:.3f})" for row in rows)
    return _said(EVIDENCE, f"Out-of-fold AUC: {said}." if said else "", "Discrimination, Calibration")


def _comparison(results):
    rows = _with_interval(results["comparison"].get("differences"))
    text = f"Paired differences against {results['comparison']['baseline']} on the same folds, with intervals."
    return _said(EVIDENCE, text if rows else "", "Discrimination")


def _non_radiomic(results):
    baseline, rows = results["comparison"]["baseline"], _with_interval(results["comparison"].get("differences"))
    fair = baseline in _modalities(results, "record") and _modalities(results, "image")
    return _said(
        EVIDENCE, " ".join(make_verdict(results).sentences) if fair and rows else "", "Verdict, Discrimination"
    )


def _added_value(results):
    answer = _non_radiomic(results)
    baseline = results["comparison"]["baseline"]
    text = f"{answer[1]} Say whether {baseline} alone stands for clinical practice." if answer else ""
    return _said(DRAFT, text, "Verdict, Discrimination")


def _multivariable(results):
    both = _modalities(results, "record") and _modalities(results, "image")
    early = "early" in [row["fusion"] for row in results["comparison"]["estimates"]]
    text = "Early fusion puts record and image features into one model."
    return _said(EVIDENCE, text if both and early else "", "Methods, Discrimination")


def _gold_standard(results):
    baseline = results["comparison"]["baseline"]
    text = f"Compared with {baseline}. Say whether that is the present standard of care."
    return _said(DRAFT, text if baseline in _modalities(results, "record") else "", "Discrimination")


def _entry(key, text, where, status=EVIDENCE):
    return lambda results: _said(status, text if results.get(key) else "", where)


def _interpretation(results):
    if results.get("importance"):
        return _said(EVIDENCE, "Importance of features or modalities by permutation.", "Selected features: Importance")
    text = "The features kept most often are listed; say what they may mean."
    return _said(DRAFT, text if results["comparison"].get("selected") else "", "Selected features")


def _feature_statistics(results):
    chosen = _modalities(results, "image") and results["comparison"].get("selected")
    text = "How often each feature was kept, and how stable the selection was. Add distributions and repeatability."
    return _said(DRAFT, text if chosen else "", "Selected features")


def _flow(results):
    steps = results["cohort"].get("flow") or []
    cohort = results["cohort"]
    said = listed(f"{step['label']}: {step['n']}" for step in steps)
    return _said(EVIDENCE, f"{said}; {cohort['n_events']} with the event." if steps else "", "Patients")


def _analysis_sizes(results):
    folds, cohort = results["comparison"].get("folds") or [], results["cohort"]
    sizes = {key: sorted({row[key] for row in folds if is_number(row.get(key))}) for key in ("n_train", "n_test")}
    if not all(sizes.values()):
        return None
    train, test = (f"{some[0]} to {some[-1]}" if len(some) > 1 else str(some[0]) for some in sizes.values())
    text = f"{cohort['n']} patients, {cohort['n_events']} events; each model trained on {train}, tested on {test}."
    return _said(EVIDENCE, text, "Discrimination")


def _performance_subgroups(results):
    status, text, where = _performance(results) or (YOURS, "", "")
    if status == EVIDENCE and not results.get("subgroups"):
        return _said(DRAFT, f"{text} Add key subgroups.", where)
    return _said(status, text, f"{where}, Robustness")


def _findings(results):
    return _said(DRAFT, " ".join(make_verdict(results).sentences), "Verdict")


def _limitations(results):
    return _said(DRAFT, " ".join(make_verdict(results).cautions), "Verdict")


def _code(results):
    version = (results.get("fusionkit") or {}).get("version", "")
    text = f"Made with fusionkit {version}, seed {results.get('seed')}. Share the study file and results.json."
    return _said(DRAFT, text, "Settings")


def _utility(results):
    text = "Net benefit against the baseline, treating all and treating none."
    return _said(EVIDENCE, text if _settings(results) else "", "Clinical use")


def _fixed(text, where="Methods"):
    return lambda results: _said(DRAFT, text, where)


def _for_images(text, where="Settings"):
    return lambda results: _said(DRAFT, text if _modalities(results, "image") else "", where)


_PREPARED = ("All features of", "Features of")
_FUSED = ("Early fusion joined", "Late fusion", "Other late", "Another late", "What late")
_BUILT = (*_FUSED, "The classifier", "Candidate classifiers")
_VOXELS = ("resampledPixelSpacing", "interpolator")
_PREPARATION = ("normalize", "normalizeScale", "removeOutliers", "resegmentRange", *_VOXELS)
_UNPREPARED = "The settings name no normalisation, resegmentation or resampling. Add what was done before."
_DEVELOPED = "Not applicable: models were developed, with internal validation only."

FACTS = {
    "abstract": _abstract,
    "added_value": _added_value,
    "algorithm": _methods(EVIDENCE, *_BUILT, "Analyses were made"),
    "analysis_sizes": _analysis_sizes,
    "balance": _balance,
    "building": _methods(EVIDENCE, *_BUILT, "Inside each training set"),
    "calibration": _methods(EVIDENCE, "Calibration was judged"),
    "calibration_points": _methods(DRAFT, "Calibration was judged"),
    "classical": _fixed("Say which of the candidate models is a simple one, and how it did."),
    "cluster_results": _entry("subgroups", "See whether the subgroups are clusters.", "Robustness", DRAFT),
    "clusters": lambda results: _said(
        DRAFT, _sentences(results, "Performance was estimated") if _settings(results).get("grouped") else "", "Methods"
    ),
    "code": _code,
    "comparison": _comparison,
    "confounders": _entry("audit", "See the audit; say how confounders were handled.", "Robustness", DRAFT),
    "defaults": _for_images("All settings that the study file does not name were left at their defaults."),
    "discretisation": _setting("binWidth", "binCount", absent="Grey levels were binned by the default settings."),
    "extraction": _extraction,
    "extraction_settings": _all_settings,
    "feature_classes": _setting("featureClass", absent="All classes that are on by default."),
    "feature_statistics": _feature_statistics,
    "findings": _findings,
    "first_predictors": _columns,
    "flow": _flow,
    "gold_standard": _gold_standard,
    "guideline": _fixed("This list was filled in from the run and completed by the authors.", "this document"),
    "image_types": _setting("imageType", absent="The image types that are on by default."),
    "interpretation": _interpretation,
    "keywords": _fixed("Machine learning; multimodal fusion; prediction model; radiomics; validation.", "title"),
    "limitations": _limitations,
    "measures": _measures,
    "measures_and_matrix": _fixed(
        "AUC, precision-recall curves, net benefit. Add a confusion matrix at the threshold that you mean to use.",
        "Discrimination, Clinical use",
    ),
    "missing": _missing,
    "missing_in_use": _methods(DRAFT, *_PREPARED),
    "model_selection": _methods(EVIDENCE, "Inside each training set"),
    "multivariable": _multivariable,
    "n_features": _n_features,
    "no_evaluation_data": _fixed(_DEVELOPED),
    "no_test_set": _no_test_set,
    "no_updating": _fixed(_DEVELOPED),
    "non_radiomic": _non_radiomic,
    "non_radiomic_results": _non_radiomic,
    "not_deep": _fixed("Not applicable: features are handcrafted and no network was trained end to end."),
    "objective": _objective,
    "outcome": _outcome,
    "continuous_risk": _fixed("The risk is given as a probability; no cut-off was analysed.", "Calibration"),
    "output": _fixed("The probability of the event. Say which threshold is meant to be used, if any."),
    "performance": _performance,
    "performance_subgroups": _performance_subgroups,
    "predictions": _fixed("Out-of-fold probabilities of every patient.", "predictions.parquet"),
    "predictors": _columns,
    "preparation": _methods(DRAFT, *_PREPARED),
    "preprocessing": _setting(*_PREPARATION, absent=_UNPREPARED),
    "preprocessing_draft": _setting(*_PREPARATION, status=DRAFT, absent=_UNPREPARED),
    "record_predictors": _columns,
    "redundancy": _redundancy,
    "resampling": _setting("resampledPixelSpacing", "interpolator", absent="The settings ask for no voxel size."),
    "sample_size": _sample_size,
    "scaling": _methods(EVIDENCE, *_PREPARED),
    "scaling_and_selection": _methods(EVIDENCE, *_PREPARED),
    "selection": _selection,
    "settings_shared": _for_images("All settings stand in results.json: share it."),
    "sources": _from_sources,
    "split": _split,
    "standard_software": _standard_software,
    "table_one": _entry("table_one", "The table of characteristics.", "Patients"),
    "testing": _testing,
    "title": _title,
    "tuning": _methods(EVIDENCE, "Inside each training set"),
    "uncertainty": _uncertainty,
    "utility": _utility,
}
"""Name of a fact -> the function that finds it in the results."""
