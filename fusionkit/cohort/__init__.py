"""Patients, their features and outcome, and how they came to be the ones that are analysed."""

from .audit import Audit, FlowStep
from .cohort import Cohort, Outcome
from .identity import compare_identifiers
from .linkage import link_cohort
from .missingness import missing_values, missingness_by_patient, missingness_patterns, modality_presence
from .screening import screen_columns
from .summary import CohortSummary, summarise_cohort

__all__ = [
    "Audit",
    "Cohort",
    "CohortSummary",
    "FlowStep",
    "Outcome",
    "compare_identifiers",
    "link_cohort",
    "missing_values",
    "missingness_by_patient",
    "missingness_patterns",
    "modality_presence",
    "screen_columns",
    "summarise_cohort",
]
