"""CLEAR: what a study of radiomics reports (58 items).

Numbers, sections and meanings were compared with the online checklist of its authors, version 1.0; the texts are our
own.
"""

from .checklist_items import Checklist, Item

__all__ = ["CLEAR"]

_ITEMS = {
    "Title": [("A title that says radiomics, and how", "title")],
    "Abstract": [("A structured summary that stands on its own", "abstract")],
    "Keywords": [("Keywords by which radiomics studies are found", "keywords")],
    "Introduction": [
        ("The clinical or scientific question and what is known of it", ""),
        ("Why radiomics may help with it", ""),
        ("The aims of the study", "objective"),
    ],
    "Methods: study design": [
        ("Which reporting guidelines were followed", "guideline"),
        ("Ethics: approval, consent, protection of data", ""),
        ("How the number of patients came about", "sample_size"),
        ("Kind of study: prospective or retrospective, cohort or case-control", ""),
        ("Who could take part: inclusion, exclusion, way of selection", ""),
        ("A chart of the technical steps", ""),
    ],
    "Methods: data": [
        ("Source of the data: private, public, which part from where", "sources"),
        ("Whether the data were used in earlier publications", ""),
        ("How the data were divided for training and testing", "split"),
        ("How the images were acquired", ""),
        ("Predictors that are not radiomic, and their definitions", "record_predictors"),
        ("The reference standard, that is the outcome", "outcome"),
    ],
    "Methods: segmentation": [
        ("How regions were segmented", ""),
        ("Who segmented, with what experience", ""),
    ],
    "Methods: image preparation": [
        ("Steps of image preparation with their settings", "preprocessing"),
        ("Resampling of voxels and its settings", "resampling"),
        ("Discretisation of grey levels and its settings", "discretisation"),
        ("Image types: original, filtered, transformed", "image_types"),
    ],
    "Methods: feature extraction": [
        ("Software, version and settings of the extraction", "extraction"),
        ("Classes of features", "feature_classes"),
        ("How many features, by source", "n_features"),
        ("That all other settings were left as they are by default", "defaults"),
    ],
    "Methods: data preparation": [
        ("How much is missing, and how that was handled", "missing"),
        ("Balance of the classes, and what was done about it", "balance"),
        ("Reliability of segmentation and its effect on features", ""),
        ("Scaling of features, inside training data", "scaling"),
        ("Reduction of the number of features", "selection"),
    ],
    "Methods: modelling": [
        ("Algorithms, their software and architecture", "algorithm"),
        ("Training and tuning", "tuning"),
        ("How confounders were looked for and handled", "confounders"),
        ("How the final model was chosen", "model_selection"),
    ],
    "Methods: evaluation": [
        ("Kind of testing: internal or external", "testing"),
        ("Measures of performance, and why these", "measures"),
        ("Measures of uncertainty", "uncertainty"),
        ("How performances were compared statistically", "comparison"),
        ("Comparison with methods without radiomics, and combined ones", "non_radiomic"),
        ("What makes the models interpretable", "interpretation"),
    ],
    "Results": [
        ("Characteristics of the patients", "table_one"),
        ("Chart of who was included and left out", "flow"),
        ("Statistics of the features that were kept", "feature_statistics"),
        ("Performance, in training, validation and test data", "performance"),
        ("Results beside non-radiomic and combined approaches, clinical utility included", "non_radiomic_results"),
    ],
    "Discussion": [
        ("The main findings in short", "findings"),
        ("Earlier work, and how this study differs", ""),
        ("What follows for practice", ""),
        ("Strengths and limitations", "limitations"),
    ],
    "Open science": [
        ("Images and segmentations shared (recommended, not essential)", ""),
        ("Feature data shared", ""),
        ("Settings of image preparation and extraction shared", "settings_shared"),
        ("Source code of the modelling shared", "code"),
        ("Final model shared", ""),
        ("A tool ready for use shared (recommended, not essential)", ""),
    ],
}


def _items():
    number = 0
    for section, rows in _ITEMS.items():
        for text, fact in rows:
            number += 1
            yield Item(str(number), section, text, fact)


CLEAR = Checklist(
    "CLEAR",
    "CheckList for EvaluAtion of Radiomics research",
    "Kocak B, Baessler B, Bakas S, et al. Insights Imaging 2023;14:75. doi:10.1186/s13244-023-01415-8",
    tuple(_items()),
    "The items are in our own words: read them beside the publication before you submit.",
)
"""The checklist."""
