"""METRICS: how sound the method of a study of radiomics is (30 items whose weights sum to 100 %).

The items were compared with the definitions of the publication, the weights of items 1 to 23 with its table 1, and all
thirty with the calculator of its authors (metricsscore.github.io), which rounds them to three decimals, and with those
of a published rating program (josegcpa/auto-metrics), which has four.
"""

from .checklist_items import Checklist, Item

__all__ = ["METRICS"]

_ITEMS = {
    "Study design": [
        ("A guideline or checklist for radiomics was followed", 0.0368, "guideline"),
        ("Criteria that give a representative sample", 0.0735, ""),
        ("A reference standard of high quality, clearly defined", 0.0919, "outcome"),
    ],
    "Imaging data": [
        ("Images of more than one centre", 0.0438, ""),
        ("Images as clinical practice makes them", 0.0292, ""),
        ("Acquisition protocol with its parameters", 0.0438, ""),
        ("Time between imaging and reference standard", 0.0292, ""),
    ],
    "Segmentation": [
        ("Segmentation clearly described (where there is one)", 0.0337, ""),
        ("Formal evaluation of fully automatic segmentation (where there is one)", 0.0225, ""),
        ("Test masks by a single reader or an automatic tool (where there is segmentation)", 0.0112, ""),
    ],
    "Image processing and feature extraction": [
        ("Suitable preparation of images, clearly described", 0.0622, "preprocessing_draft"),
        ("Standardised software for handcrafted features", 0.0311, "standard_software"),
        ("Parameters of the extraction, or that defaults were used", 0.0415, "extraction_settings"),
    ],
    "Feature processing": [
        ("Features that are not robust removed (tabular data)", 0.0200, ""),
        ("Redundant features removed (tabular data)", 0.0200, "redundancy"),
        ("Number of features fits the number of patients (tabular data)", 0.0300, "sample_size"),
        ("Robustness of end-to-end deep learning (where there is any)", 0.0200, "not_deep"),
    ],
    "Preparation for modelling": [
        ("Data divided properly, without leaks", 0.0599, "split"),
        ("Confounders handled", 0.0300, "confounders"),
    ],
    "Metrics and comparison": [
        ("Measures of performance that suit the task", 0.0352, "measures_and_matrix"),
        ("Uncertainty considered", 0.0234, "uncertainty"),
        ("Calibration assessed", 0.0176, "calibration"),
        ("Images of one kind only, or proof that one kind is worse", 0.0117, ""),
        ("Comparison with an approach without radiomics, or proof of added value", 0.0293, "added_value"),
        ("Comparison with simple or classical statistical models", 0.0176, "classical"),
    ],
    "Testing": [
        ("Internal testing", 0.0375, "no_test_set"),
        ("External testing", 0.0749, ""),
    ],
    "Open science": [
        ("Data available", 0.0075, ""),
        ("Code available", 0.0075, "code"),
        ("Model available", 0.0075, ""),
    ],
}


def _items():
    number = 0
    for section, rows in _ITEMS.items():
        for text, weight, fact in rows:
            number += 1
            yield Item(str(number), section, text, fact, weight, weight)


METRICS = Checklist(
    "METRICS",
    "METhodological RadiomICs Score",
    "Kocak B, Akinci D'Antonoli T, Mercaldo N, et al. Insights Imaging 2024;15:8. doi:10.1186/s13244-023-01572-w",
    tuple(_items()),
    "The items are in our own words. The published score leaves out items that do not apply, and divides by the "
    "weight of the others.",
    "weight",
)
"""The checklist."""
