"""From the results of a study to a page that a clinician reads and a reviewer accepts."""

from .page import render_report
from .verdict import Verdict, make_verdict
from .write import write_report

__all__ = ["Verdict", "make_verdict", "render_report", "write_report"]
