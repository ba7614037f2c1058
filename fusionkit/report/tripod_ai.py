"""TRIPOD+AI: what a study of a prediction model reports (27 items with 52 sub-items).

Numbers, applicability and meanings were compared with a copy of the published checklist (version of 11 January 2024);
the texts are our own.
"""

from .checklist_items import Checklist, Item

__all__ = ["TRIPOD_AI"]

_ITEMS = {
    "Title": [("1", "That a prediction model is developed or evaluated, for whom, for which outcome", "title")],
    "Abstract": [("2", "A summary by the list for abstracts of the same guideline", "abstract")],
    "Introduction": [
        ("3a", "Clinical context, diagnostic or prognostic, reasons, existing models", ""),
        ("3b", "Target population, purpose in the course of care, intended users", ""),
        ("3c", "Known inequalities in health between groups of society", ""),
        ("4", "Aims: development, evaluation, or both", "objective"),
    ],
    "Methods": [
        ("5a", "Sources of the data for development and evaluation, why these, how representative", "sources"),
        ("5b", "Dates of recruitment and of the end of follow-up", ""),
        ("6a", "Setting, number and place of centres", ""),
        ("6b", "Who could take part", ""),
        ("6c", "Treatments received, and how they were handled", ""),
        ("7", "Preparation and quality checks of the data, also across groups", "preparation"),
        ("8a", "Outcome and horizon: definition, assessment, reasons", "outcome"),
        ("8b", "Who judged the outcome, where judgement is needed", ""),
        ("8c", "Blinding of the assessment of the outcome", ""),
        ("9a", "How the first set of predictors was chosen", "first_predictors"),
        ("9b", "Definition of all predictors, how and when measured, blinding", "predictors"),
        ("9c", "Who judged predictors, where judgement is needed", ""),
        ("10", "How the number of patients came about, and whether it suffices", "sample_size"),
        ("11", "How missing data were handled, and why data were left out", "missing"),
        ("12a", "How the data were used and divided", "split"),
        ("12b", "How predictors entered: scaling, transformation, form", "scaling_and_selection"),
        ("12c", "Kind of model, all steps of building, tuning, internal validation", "building"),
        ("12d", "Differences between clusters such as hospitals, and how they were handled", "clusters"),
        ("12e", "All measures and plots of performance, and of comparison", "measures"),
        ("12f", "Updating of the model after evaluation", "no_updating"),
        ("12g", "How predictions were computed in the evaluation", "predictions"),
        ("13", "What was done about imbalance of classes, and recalibration after it", "balance"),
        ("14", "What was done for fairness, and why", ""),
        ("15", "What the model puts out, and how thresholds were found", "output"),
        ("16", "Differences between development and evaluation data", "no_evaluation_data"),
        ("17", "Ethics committee, and consent or its waiver", ""),
    ],
    "Open science": [
        ("18a", "Funding and the role of the funders", ""),
        ("18b", "Conflicts of interest", ""),
        ("18c", "Where the protocol is, or that there is none", ""),
        ("18d", "Registration, or that there is none", ""),
        ("18e", "Availability of the data", ""),
        ("18f", "Availability of the code", "code"),
    ],
    "Patient and public involvement": [("19", "Involvement of patients and the public, or that there was none", "")],
    "Results": [
        ("20a", "Flow of participants, with and without the outcome", "flow"),
        ("20b", "Characteristics overall and by source, with missing data", "table_one"),
        ("20c", "Comparison of evaluation data with development data", "no_evaluation_data"),
        ("21", "Participants and events in each analysis", "analysis_sizes"),
        ("22", "The full model, so that others can predict with it", ""),
        ("23a", "Performance with confidence intervals, also for key subgroups", "performance_subgroups"),
        ("23b", "Differences in performance between clusters", "cluster_results"),
        ("24", "Results of updating", "no_updating"),
    ],
    "Discussion": [
        ("25", "Interpretation, fairness included, beside earlier studies", "findings"),
        ("26", "Limitations and what they do to the conclusions", "limitations"),
        ("27a", "How poor or missing input is to be handled in use", "missing_in_use"),
        ("27b", "What users have to do, and the expertise that it takes", ""),
        ("27c", "Next steps, with a view to applicability", ""),
    ],
}

TRIPOD_AI = Checklist(
    "TRIPOD+AI",
    "Transparent Reporting of a multivariable prediction model for Individual Prognosis Or Diagnosis + AI",
    "Collins GS, Moons KGM, Dhiman P, et al. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378",
    tuple(Item(number, section, text, fact) for section, rows in _ITEMS.items() for number, text, fact in rows),
    "The items are in our own words: read them beside the publication before you submit. Items 12f, 12g, 20c and "
    "24 are for evaluations of a model on other data.",
)
"""The checklist."""
