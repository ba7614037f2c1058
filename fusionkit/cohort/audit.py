"""What happened to the patients between the source tables and the analysis."""

from dataclasses import dataclass, field

import pandas as pd

__all__ = ["Audit", "FlowStep"]


@dataclass(frozen=True)
class FlowStep:
    """One box of the flow of patients.

    Parameters
    ----------
    label : str
        What this box counts, such as "in clinical.csv".
    n : int
        Patients in it.
    """

    label: str
    n: int


@dataclass(frozen=True)
class Audit:
    """The flow of patients, who was left out and why, and what deserves a second look.

    Parameters
    ----------
    flow : tuple of FlowStep
        From the sources to the analysed cohort.
    problems : tuple of Problem, default=()
        Everything found. Patients named by an error are not in the cohort; warnings leave them in.
    coverage : tuple of dict, default=()
        How many patients each width of a window would keep: ``modality, variable, take, window, width_days,
        widened_by_days, n_patients, n_total``; a width of None is any time.
    index_scans : tuple of dict, default=()
        For each patient with several scans, which one counts: ``modality, patient, n_scans, reason``.
    """

    flow: tuple
    problems: tuple = ()
    coverage: tuple = field(default=(), repr=False)
    index_scans: tuple = field(default=(), repr=False)

    @property
    def excluded(self):
        """Patients left out: a DataFrame with patient, reason, way_out and place, one row per reason."""
        rows = [
            {"patient": p.patient, "reason": p.message, "way_out": p.way_out, "place": _place(p)}
            for p in self.problems
            if p.severity == "error" and p.patient is not None
        ]
        frame = pd.DataFrame(rows, columns=["patient", "reason", "way_out", "place"], dtype=object)
        return frame.sort_values("patient", kind="stable", ignore_index=True)

    @property
    def warnings(self):
        """Problems that leave the result standing: a list of Problem."""
        return [problem for problem in self.problems if problem.severity == "warning"]


def _place(problem):
    row = f"row {problem.row}" if problem.row is not None else None
    return ", ".join(part for part in (problem.file, row, problem.column) if part)
