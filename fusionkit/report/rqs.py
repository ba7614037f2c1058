"""RQS: the radiomics quality score (16 items, at most 36 points, some items with negative points).

Items and points were compared with the tables of two published reviews that applied the score (PMC8002585 and
PMC11364578), which agree; the total runs from -8 to 36 points.
"""

from .checklist_items import Checklist, Item

__all__ = ["RQS"]

_ITEMS = [
    ("Imaging", "Image protocol well documented (+1), or public (+1)", 2, "", 0),
    ("Imaging", "Several segmentations, and features that withstand them", 1, "", 0),
    ("Imaging", "Phantom study on all scanners", 1, "", 0),
    ("Imaging", "Imaging at several points in time", 1, "", 0),
    ("Features", "Features reduced or tests adjusted (+3; neither: -3)", 3, "selection", 3),
    ("Features", "Multivariable analysis with features that are not radiomic", 1, "multivariable", 1),
    ("Features", "Relation to biology shown and discussed", 1, "", 0),
    ("Model", "Cut-offs analysed, or the risk reported as a continuous number", 1, "continuous_risk", 0),
    ("Model", "Discrimination with its significance (+1), and resampling (+1)", 2, "uncertainty", 2),
    ("Model", "Calibration with its significance (+1), and resampling (+1)", 2, "calibration_points", 0),
    ("Evidence", "Prospective study, registered in a trial database", 7, "", 0),
    ("Evidence", "Validation: none -5, own site +2, another +3, two or a signature +4, three +5", 5, "no_test_set", 0),
    ("Evidence", "Comparison with the present gold standard", 2, "gold_standard", 0),
    ("Evidence", "Potential clinical utility, as by decision curves", 2, "utility", 2),
    ("Evidence", "Analysis of cost-effectiveness", 1, "", 0),
    ("Evidence", "Open science: scans, segmentations, code, features and calculations (+1 each)", 4, "code", 0),
]  # fmt: skip

RQS = Checklist(
    "RQS",
    "Radiomics quality score",
    "Lambin P, Leijenaar RTH, Deist TM, et al. Nat Rev Clin Oncol 2017;14:749-762. doi:10.1038/nrclinonc.2017.141",
    tuple(Item(str(i), *row[:2], row[3], row[2], row[4]) for i, row in enumerate(_ITEMS, 1)),
    "The items are in our own words: read them beside the publication before you quote a score.",
    "points",
)
"""The checklist."""
