"""The output folder of a run: what it may overwrite, and what it keeps so that a stopped run goes on."""

import json
import shutil
from pathlib import Path

from .._store import JsonStore
from ..exceptions import Problem, StudyError

__all__ = ["RunFolder"]

OUTPUTS = ("report.html", "results.json", "predictions.parquet")


class RunFolder:
    """An output folder with the results on top and the work in ``.fusionkit/``.

    Parameters
    ----------
    path : path-like
        The folder; made when absent.
    key : str
        Digest of everything that the run depends on; a folder of another key is not touched.
    force : bool, default=False
        Whether finished or foreign results in it may be replaced. Computed image features are kept.

    Attributes
    ----------
    resumed : bool
        Whether the folder holds the beginning of this very run.
    cases, folds : JsonStore
        Image features by content, and finished outer folds.

    Raises
    ------
    StudyError
        If the folder is a file, holds other files, a finished run, or the beginning of another study's run, without
        ``force``. A run that was refused before its first fold has begun nothing.
    """

    def __init__(self, path, key, *, force=False):
        self.path = Path(path)
        self.work = self.path / ".fusionkit"
        self.cases = JsonStore(self.work / "cases")
        self.folds = JsonStore(self.work / "folds")
        self._key = key
        if self.path.is_file():
            raise StudyError([Problem(f"{self.path.name} is a file", "Choose another folder with --out.")])
        state = self._state()
        self.resumed = state == {"key": key, "finished": False}
        refusal = self._refusal(state)
        if refusal and not force:
            raise StudyError([Problem(*refusal)])
        if force:
            self._clear()
        self._write(finished=False)

    def finish(self):
        """Mark the run as finished."""
        self._write(finished=True)

    def _state(self):
        try:
            return json.loads((self.work / "run.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except json.JSONDecodeError:
            return {"key": None, "finished": False}

    def _refusal(self, state):
        if self.resumed or not self.path.is_dir() or (state is None and not any(self.path.iterdir())):
            return None
        if state is not None and not self._worth_keeping():
            return None
        if state is None:
            what, instead = "holds other files", "write into it all the same with --force"
        elif state["key"] == self._key:
            what, instead = "holds this study's finished run", "run it again with --force"
        else:
            what = "holds a run of another study, or of this one before its data or settings changed"
            instead = "replace its results with --force (image features are kept)"
        return f"the output folder {self.path.name} {what}", f"Choose another folder with --out, or {instead}."

    def _worth_keeping(self):
        """Whether there are results or finished folds; image features are kept by content, whoever computed them."""
        folds = self.folds.folder
        return any((self.path / name).exists() for name in OUTPUTS) or (folds.is_dir() and any(folds.iterdir()))

    def _clear(self):
        for name in OUTPUTS:
            (self.path / name).unlink(missing_ok=True)
        if self.folds.folder.is_dir():
            shutil.rmtree(self.folds.folder)

    def _write(self, *, finished):
        self.work.mkdir(parents=True, exist_ok=True)
        draft = self.work / "run.json.part"
        draft.write_text(json.dumps({"key": self._key, "finished": finished}), encoding="utf-8")
        draft.replace(self.work / "run.json")
