"""Seeded synthetic cohorts and phantoms whose truth is known, and the loader of the sample that fusionkit ships."""

from .outcome import EFFECTS, bayes_auc
from .phantoms import make_phantom
from .sample import Sample, load_sample, load_sample_path, write_sample
from .synthetic import SyntheticCohort, make_synthetic_cohort

__all__ = [
    "EFFECTS",
    "Sample",
    "SyntheticCohort",
    "bayes_auc",
    "load_sample",
    "load_sample_path",
    "make_phantom",
    "make_synthetic_cohort",
    "write_sample",
]
