"""A study file, checked, run and reported."""

from .draft import StudyDraft, draft_study
from .file import read_study_file
from .images import CaseOutcome, extract_cases
from .run import Study, StudyResult, read_cohort
from .schema import StudySpec

__all__ = [
    "CaseOutcome",
    "Study",
    "StudyDraft",
    "StudyResult",
    "StudySpec",
    "draft_study",
    "extract_cases",
    "read_cohort",
    "read_study_file",
]
