"""A study file, checked, run and reported."""

from .draft import draft_study
from .file import read_study_file
from .run import Study, StudyResult, read_cohort
from .schema import StudySpec

__all__ = ["Study", "StudyResult", "StudySpec", "draft_study", "read_cohort", "read_study_file"]
