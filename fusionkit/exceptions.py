"""The errors and warnings that a caller may want to catch, and the record of one problem found in the input."""

from dataclasses import dataclass

__all__ = ["CaseError", "DataWarning", "Problem", "StudyError"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input: where it stands, what it is, and the way out.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence without the place and without a full stop.
    way_out : str, default=""
        What the user can do about it.
    severity : {"error", "warning"}, default="error"
        An error concerns the patient it names, or the whole study when it names none; a warning leaves the
        result standing.
    patient : str or None, default=None
        The patient concerned.
    file : str or None, default=None
        The file, relative to the study's folder (never an absolute path).
    row : int or None, default=None
        The line in the file, counted as a text editor does (the header is line 1).
    column : str or None, default=None
        The column, or the key in a study file.
    """

    message: str
    way_out: str = ""
    severity: str = "error"
    patient: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None

    @property
    def place(self):
        """Where the problem stands, such as ``labs.csv, row 12, column crp, patient P007``; may be empty."""
        is_study_file = str(self.file).endswith((".yaml", ".yml"))
        row, column = ("line", "key") if is_study_file else ("row", "column")
        parts = [
            self.file,
            f"{row} {self.row}" if self.row is not None else None,
            f"{column} {self.column}" if self.column is not None else None,
            f"patient {self.patient}" if self.patient is not None else None,
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self):
        text = f"{self.place}: {self.message}" if self.place else self.message
        return _sentences(text, self.way_out)


def _sentences(what, way_out):
    """Both as sentences, whether or not the first has its full stop."""
    return f"{what}{'' if what.endswith(('.', '?', '!')) else '.'} {way_out}".rstrip()


class CaseError(ValueError):
    """One patient's image or mask cannot be used; the other patients are not affected.

    Parameters
    ----------
    reason : str
        What is wrong with this case, in one sentence.
    way_out : str, default=""
        What the user can do about it.

    Attributes
    ----------
    reason, way_out : str
        The arguments, kept apart so that they can be tabulated.
    """

    def __init__(self, reason, way_out=""):
        self.reason = reason
        self.way_out = way_out
        super().__init__(_sentences(reason, way_out))

    def __reduce__(self):
        return type(self), (self.reason, self.way_out)


class StudyError(ValueError):
    """The study cannot be run as it stands; every problem found is listed.

    Parameters
    ----------
    problems : sequence of Problem
        All problems found, not only the first.

    Attributes
    ----------
    problems : list of Problem
        The argument, as a list.
    """

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self):
        return type(self), (self.problems,)


class DataWarning(UserWarning):
    """The result stands, but something in the data deserves a second look."""
