"""The methods paragraph, written from what was done, with numbered references."""

from .interval_words import interval_words
from .numbers import count, fixed, listed, percent
from .references import MODELS, REFERENCES, SELECTORS, cited, references_of, words_of
from .verdict import used_modalities

__all__ = ["methods_text"]


def methods_text(results):
    """Return the paragraph and its references.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    sentences : list of str
        Ready to paste; ``[1]`` refers to the list.
    references : list of str
        In the order of their numbers.
    """
    keys = cited(results)

    def cite(*wanted):
        numbers = sorted(keys.index(key) + 1 for key in wanted if key in keys)
        return f" [{', '.join(map(str, numbers))}]" if numbers else ""

    parts = [_patients(results), *_missing(results), *_features(results, cite), *_fusion(results, cite)]
    parts += _search(results, cite)
    parts += [*_validation(results, cite), _software(results, cite)]
    return parts, [REFERENCES[key] for key in keys]


def _patients(results):
    cohort = results["cohort"]
    outcome = cohort["outcome"]
    left_out = sum(step["n"] for step in cohort.get("flow") or [] if step["label"] == "left out")
    others = f"; {count(left_out, 'patient was', 'patients were')} left out, for the reasons listed" if left_out else ""
    return (
        f"We predicted {outcome['name']} ({outcome['positive']}, against {outcome['negative']}) in "
        f"{count(cohort['n'], 'patient')} with {count(cohort['n_events'], 'event')}{others}."
    )


_KEPT = {
    "available": "were kept: the model of {what} alone gave them the event rate of its training patients, late fusion "
    "used the models of what was there, and early fusion filled the features in, beside an indicator that said so.",
    "impute": "were kept: every model filled the features in like single missing values, early fusion beside an "
    "indicator that said so.",
}
"""Rule for a modality that some patients lack -> what was done."""


def _missing(results):
    """What became of patients who lack a modality, and how much else might be missing."""
    study, names = results.get("study") or {}, list(results["cohort"].get("modalities") or {})
    rule = study.get("missing_modality") or {}
    rules = {name: rule.get(name, "require") if isinstance(rule, dict) else rule for name in names}
    required = [name for name in names if rules[name] == "require"]
    if "missing_modality" in study and required:
        yield f"Patients without {listed(required, 'or')} were left out."
    for name, used in ((results["comparison"].get("settings") or {}).get("missing_modality") or {}).items():
        who = f"Patients without {name}" if rules[name] != "require" else f"Patients with an empty row in {name}"
        yield f"{who} {_KEPT[used].format(what=name)}"
    limits = study.get("max_missing")
    if limits is not None:
        yield from _limits(limits)


def _limits(limits):
    column, patient = limits.get("column"), limits.get("patient")
    if column is not None:
        yield f"Columns missing in more than {percent(column)} of the patients who had the modality were not used."
    if patient is not None:
        yield f"Patients who lacked more than {percent(patient)} of a modality's columns were left out."
    if column is None and patient is None:
        yield "No limit was set on the share of missing values of a column or patient."


def _kinds(results):
    modalities = used_modalities(results)
    return {
        kind: [name for name, facts in modalities.items() if facts.get("kind") == kind] for kind in ("image", "record")
    }


def _features(results, cite):
    """How features were made and prepared, by kind of modality."""
    sources = (results.get("study") or {}).get("modalities") or {}
    kinds, settings = _kinds(results), results["comparison"].get("settings") or {}
    for name, source in sources.items():
        if "images" in source:
            own = "fusionkit's own engine, which follows the definitions of pyradiomics"
            made_by = "pyradiomics" if source.get("engine") == "pyradiomics" else own
            yield f"Image features of {name} were computed from the masked images with {made_by}{cite('radiomics')}."
    if kinds["record"]:
        yield (
            f"All features of {listed(kinds['record'])} entered the models: numbers were standardised, with missing "
            f"values replaced by the training median and marked by an indicator; categories were one-hot coded."
        )
    if kinds["image"]:
        selectors = settings.get("selectors") or []
        rankers = listed(words_of(SELECTORS, selectors), "or") or "a selector"
        rankers += cite(*references_of(SELECTORS, selectors))
        sizes = listed(settings.get("n_features") or [], "or")
        yield (
            f"Features of {listed(kinds['image'])} were standardised, missing values replaced by the training median, "
            f"and ranked by {rankers}; the best {sizes or 'ones'} were kept."
        )


_IMAGES_FIRST = "images_first"
_RULES = {
    "": "by their mean",
    "mean": "by their mean",
    "median": "by their median",
    "max": "by their maximum",
    "min": "by their minimum",
    "product": "by their product",
    "majority": "by majority vote",
    "rank": "by the mean of their ranks among the training patients",
    "score": "by their mean, weighted by how far the out-of-fold AUC of each is above chance",
    "optimised": "by their mean, with the weights of the least out-of-fold log loss",
    "calibrated": "by their mean, after Platt scaling of each",
    "stacking": "by a logistic regression on them (stacking)",
}
"""Rule of a late fusion -> how it combines probabilities."""

_LEARNED = {"rank", "score", "optimised", "calibrated", "stacking"}


def _fusion(results, cite):
    fusions = [row["fusion"] for row in results["comparison"]["estimates"]]
    if "early" in fusions or any("+" in name for name in fusions):
        yield "Early fusion joined the prepared features of the modalities in one model."
    if "late" in fusions:
        yield f"Late fusion averaged the probabilities predicted by one model per modality{cite('late')}."
    rules = [name.partition(":")[2] for name in fusions if name.startswith("late:")]
    at_once = [rule for rule in rules if not rule.startswith(_IMAGES_FIRST)]
    if at_once:
        others = "Other late fusions" if len(at_once) > 1 else "Another late fusion"
        which = others if "late" in fusions else "Late fusion"
        words = listed((_RULES[rule] for rule in at_once), "or")
        yield f"{which} combined the probabilities predicted by one model per modality {words}{cite('late')}."
    in_two_steps = [rule.removeprefix(_IMAGES_FIRST).removeprefix(":") for rule in rules if rule not in at_once]
    if in_two_steps:
        words = listed((_RULES[rule] for rule in in_two_steps), "or")
        yield (
            f"Late fusion of the images first combined the probabilities of the image models, and then the result "
            f"with those of the record models, both {words}{cite('late')}."
        )
    if not _LEARNED.isdisjoint([*at_once, *in_two_steps]):
        yield "What late fusion learns was learned from out-of-fold predictions of the training patients."


def _search(results, cite):
    settings = results["comparison"].get("settings") or {}
    models, selectors = settings.get("models") or [], settings.get("selectors") or []
    if models:
        which = "The classifier was" if len(models) == 1 else "Candidate classifiers were"
        yield f"{which} {listed(words_of(MODELS, models))}{cite(*references_of(MODELS, models))}."
    chosen = []
    if _kinds(results)["image"]:
        chosen += ["the ranking method"] if len(selectors) > 1 else []
        chosen += ["the number of features kept"] if len(settings.get("n_features") or []) > 1 else []
    chosen += ["the hyperparameters"] if len(models) == 1 else ["the classifier", "its hyperparameters"]
    kind = "stratified and grouped" if settings.get("grouped") else "stratified"
    yield (
        f"Inside each training set, a grid search with {settings.get('inner_folds', 'several')} {kind} inner folds "
        f"chose {listed(chosen)} by the highest AUC."
    )


def _validation(results, cite):
    comparison = results["comparison"]
    settings, level = comparison.get("settings") or {}, percent(comparison.get("confidence", 0.95))
    group = (results.get("study") or {}).get("groups") or "group"
    grouped = f", with all patients of one {group} in the same fold" if settings.get("grouped") else ""
    folds, repeats = settings.get("folds"), settings.get("repeats")
    dealt = f"{folds} folds" if repeats == 1 else f"{folds} folds, repeated {repeats} times with patients dealt anew"
    yield (
        f"Performance was estimated by nested cross-validation{cite('nested')} ({dealt}), stratified by outcome"
        f"{grouped}; all models were compared on identical folds, and everything that learns from patients was fitted "
        f"on training patients only (seed {results.get('seed')})."
    )
    adjusted = (
        " Intervals were not adjusted for multiple comparisons." if len(comparison.get("differences") or []) > 1 else ""
    )
    share = f"{folds - 1}/{folds}" if isinstance(folds, int) and folds > 1 else "a part"
    words = interval_words(comparison)
    made = words.methods.format(cite=cite(words.reference) if words.reference else "")
    yield (
        f"Discrimination is the area under the ROC curve (AUC), computed in each test fold and averaged. {level} "
        f"confidence intervals (CI) {made}, on the logit scale for "
        f"AUCs and plain for paired differences against {comparison['baseline']}; they describe the mean performance, "
        f"on new patients of the same population, of models trained on {share} of the cohort.{adjusted}"
    )
    averaged = "" if repeats == 1 else " averaged over repeats"
    mean = "" if repeats == 1 else ", averaged over repeats"
    yield (
        f"Calibration was judged from out-of-fold probabilities{averaged}, in groups of equal size with Wilson "
        f"intervals{cite('wilson')}, and by calibration slope, intercept and ICI{mean}, with intervals from a "
        f"bootstrap of the patients: percentiles of slope and intercept, and of the ICI the distance between resampled "
        f"curves. Clinical utility is the net benefit "
        f"at thresholds from 1 to 99 %, against {comparison['baseline']}, treating all and treating none"
        f"{cite('utility')}."
    )
    if _kinds(results)["image"]:
        yield f"Stability of the selection is Nogueira's index over the training sets{cite('stability')}."
    if results.get("feasibility"):
        yield (
            f"The number of candidate columns was set against Riley's criteria of sample size{cite('sample_size')} for "
            f"an assumed Cox-Snell R2 of {fixed(results['feasibility']['r2'], 2)}."
        )


def _software(results, cite):
    versions = results.get("versions") or {}
    named = [
        f"{name} {versions[key]}"
        for key, name in (("scikit-learn", "scikit-learn"), ("python", "Python"))
        if key in versions
    ]
    version = (results.get("fusionkit") or {}).get("version", "")
    return f"Analyses were made with {listed([f'fusionkit {version}'.strip(), *named])}{cite('sklearn')}."
