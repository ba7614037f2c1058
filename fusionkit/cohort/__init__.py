"""Patients, their features and outcome, and how they came to be the ones that are analysed."""

from .audit import Audit, FlowStep
from .cohort import Cohort, Outcome
from .identity import compare_identifiers
from .linkage import link_cohort
from .screening import screen_columns

__all__ = ["Audit", "Cohort", "FlowStep", "Outcome", "compare_identifiers", "link_cohort", "screen_columns"]
