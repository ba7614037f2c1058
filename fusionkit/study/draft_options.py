"""What a drafted study file shows as comments: the keys that a user may want, each with a value that is valid."""

__all__ = ["commented_options"]

_OPTIONS = {
    "outcome": (
        ("date: COLUMN", "when it became known: whatever is later is refused as leakage"),
        ("given_away_by: [COLUMN]", "columns that define or reveal it, which may not be features"),
        ("trust: [ehr__COLUMN]", "features that may predict it almost perfectly, because you know why"),
    ),
    "record": (
        ("anchor: COLUMN", "the time of the scan, where no events say it: dates become days from it"),
        (
            "codes: {{dx: {{table: diagnoses.csv, code: icd10, into: charlson}}}}",
            "or elixhauser, chapters, a table of your own with the columns code and class",
        ),
        ("terms: {{COLUMN: {{smoker: ['smok*', tobacco]}}}}", "yes where a text says a word and does not deny it"),
        ("negations: {{before: [kein, ohne]}}", "the words that deny a term, in place of the English ones"),
        ("select: true", "its features are ranked and selected, as an image's are"),
    ),
    "record without events": (
        (
            "events: {{table: labs.csv, anchor: COLUMN, variables: {{crp: {{window: [-3d, +1d], unit: mg/L}}}}}}",
            "measurements around the scan; init --events drafts them",
        ),
    ),
    "events": (("resolution: day", "where times are dates: calendar days are compared"),),
    "images": (
        ("time: COLUMN", "when the scan was made"),
        ("index: first", "with time: the scan that counts; or last, nearest to COLUMN, before COLUMN"),
        ("label: 1", "the mask's label, where it has several"),
        ("settings: params.yaml", "a pyradiomics parameter file"),
        ("engine: pyradiomics", "the original, where it is installed"),
        ("spacing_mm: [0.1, 0.1]", "for pictures that do not carry the size of their pixels"),
        ("colour: luminance", "for colour pictures, such as tinted ultrasound frames"),
    ),
    "study": (
        ("missing: [k.A., '-9']", "words for 'no value' in any column, beside NA, '.', not available and their like"),
        ("out_of_range: missing", "or exclude, keep; the study stops and asks when not given"),
        ("missing_modality: available", "or impute; a patient who lacks one is left out when not given"),
        ("max_missing: {{patient: 0.5, column: 0.4}}", "shares beyond which a patient or a column is left out"),
        ("same_person: {{sex: sex}}", "compared wherever two tables, or DICOM headers, have it"),
        ("timezone: Europe/Madrid", "of times that state none"),
        ("pseudonymise: true", "ids become keyed hashes in everything that is written"),
        ("groups: COLUMN", "patients of one value, such as a family, never straddle a fold"),
        ("subgroups: [{subgroup}]", "performance is told for each of its values"),
        ("baseline: ehr", "what fusion has to beat; the first record when not given"),
        ("fusions: [{fusions}]", "all of them when not given"),
        ("models: [logistic, random_forest]", "what the search chooses from"),
        ("selectors: [anova, mrmr]", "how it ranks image features"),
        ("n_features: [3, 6, 12]", "how many of them it may keep"),
        ("importance: false", "a shorter run, which does not tell what the models lean on"),
    ),
}
"""Part of the study file -> pairs of a key with its value, as YAML, and what it is for."""


def commented_options(part, indent=0, **names):
    """Return the optional keys of a part of the study file, one commented line each.

    Parameters
    ----------
    part : {"outcome", "record", "record without events", "events", "images", "study"}
        Where they stand.
    indent : int, default=0
        Spaces before each line.
    **names : str
        What the keys name of this study.

    Returns
    -------
    lines : str
    """
    options = [(key.format(**names), why) for key, why in _OPTIONS[part]]
    width = max(len(key) for key, _ in options)
    return "".join(f"{' ' * indent}# {key:<{width}}   # {why}\n" for key, why in options)
