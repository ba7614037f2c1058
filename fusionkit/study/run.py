"""A study from its file to its report."""

import importlib.metadata
import json
import logging
import platform
from dataclasses import dataclass, replace
from pathlib import Path

from .._store import file_digest, fingerprint
from .._version import __version__
from ..cohort import Cohort
from ..ehr.table import nearest_name
from ..exceptions import Problem, StudyError
from ..model_selection import FusionComparison, PermutationExaminer, compare_fusions
from .file import read_study_file
from .findings import cohort_feasibility, duplicate_warnings, findings, plain_records
from .folder import RunFolder
from .missing import comparison_rules, link_study, missingness_entries
from .private import gather_privately, hide_folders, study_pseudonyms, write_lookup
from .schema import StudySpec
from .tables import ask_databases

__all__ = ["Study", "StudyResult", "read_cohort"]

_LOGGER = logging.getLogger("fusionkit")

_PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "xgboost", "SimpleITK", "numba", "matplotlib")


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What a finished study leaves behind.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    cohort : Cohort
        The analysed patients.
    comparison : FusionComparison
        The out-of-fold predictions and what follows from them.
    folder : Path
        Where report.html, results.json and predictions.parquet lie.
    """

    results: dict
    cohort: Cohort
    comparison: FusionComparison
    folder: Path


@dataclass(frozen=True)
class Study:
    """A study file and the folder that its paths are relative to.

    Parameters
    ----------
    spec : StudySpec
        The checked content of the file.
    folder : Path
        Where the file lies.
    """

    spec: StudySpec
    folder: Path

    @classmethod
    def read(cls, path, *, folder=None):
        """Return the study that a file describes.

        Parameters
        ----------
        path : path-like
            A study file (YAML).
        folder : path-like or None, default=None
            What the study's paths are relative to; the file's own folder when None.

        Returns
        -------
        study : Study

        Raises
        ------
        StudyError
            If the file is wrong; everything found is listed.
        """
        return cls(read_study_file(path), Path(folder or Path(path).parent))

    def check(self, *, n_jobs=None, progress=None):
        """Return everything that is wrong or suspicious, without running the study.

        Parameters
        ----------
        n_jobs : int or None, default=None
            Images read at once.
        progress : callable or None, default=None
            Called as ``progress(stage, done, total)``.

        Returns
        -------
        problems : list of Problem
            Errors of the study, errors of single patients, and warnings; empty when all is well.
        cohort : Cohort or None
            Who would be analysed; None when the study cannot be run.
        """
        shared = {"n_jobs": n_jobs, "progress": progress}
        try:
            cohort, _ = self._linked(study_pseudonyms(self.spec, self.folder), images="check", **shared)
        except StudyError as error:
            return error.problems, None
        return list(cohort.audit.problems), cohort

    def cohort(self, *, strict=False, n_jobs=None, store=None, progress=None):
        """Return the cohort: features read and extracted, patients joined, everyone accounted for.

        Parameters
        ----------
        strict : bool, default=False
            Whether one unusable patient stops the study.
        n_jobs : int or None, default=None
            Images worked on at once.
        store : JsonStore or None, default=None
            Keeps image features.
        progress : callable or None, default=None
            Called as ``progress(stage, done, total)``.

        Returns
        -------
        cohort : Cohort

        Raises
        ------
        StudyError
            If the study cannot be run, a feature gives the outcome away, or ``strict`` and a patient is unusable.
        """
        pseudonyms = study_pseudonyms(self.spec, self.folder)
        return self._cohort(pseudonyms, strict, n_jobs=n_jobs, store=store, progress=progress)[0]

    def _cohort(self, pseudonyms, strict, **options):
        """The cohort, and the digests of its images and masks."""
        cohort, digests = self._linked(pseudonyms, **options)
        unusable = [p for p in cohort.audit.problems if p.severity == "error"]
        if strict and unusable:
            raise StudyError(unusable)
        return cohort, digests

    def _linked(self, pseudonyms, **options):
        gathered = gather_privately(self.spec, self.folder, pseudonyms, **options)
        cohort = link_study(self.spec, gathered, written_as=pseudonyms and pseudonyms.written_as)
        unknown = [column for column in self.spec.subgroups if column not in cohort.X.columns]
        if unknown:
            way_out = f"Features are named <modality>__<column>. {nearest_name(unknown[0], cohort.X.columns)}"
            raise StudyError([Problem(f"subgroups names {', '.join(unknown)}, which is no feature", way_out)])
        problems = (*cohort.audit.problems, *duplicate_warnings(cohort, gathered.digests))
        return replace(cohort, audit=replace(cohort.audit, problems=problems)), gathered.digests

    def run(self, out, *, force=False, strict=False, n_jobs=None, seed=None, progress=None):
        """Run the study and write ``report.html``, ``results.json`` and ``predictions.parquet``.

        A run that was stopped goes on where it was and gives the same result.

        Parameters
        ----------
        out : path-like
            The output folder.
        force : bool, default=False
            Whether results in the folder may be replaced.
        strict : bool, default=False
            Whether one unusable patient stops the study.
        n_jobs : int or None, default=None
            Images and folds worked on at once; the result does not depend on it.
        seed : int or None, default=None
            Instead of the study file's seed.
        progress : callable or None, default=None
            Called as ``progress(stage, done, total)``.

        Returns
        -------
        result : StudyResult

        Raises
        ------
        StudyError
            If the study cannot be run or the folder may not be used.
        """
        spec, validation = self.spec, self.spec.validation
        seed = validation.seed if seed is None else seed
        tell = progress or (lambda stage, done, total: None)
        from ..report import write_report

        answers = ask_databases(spec, self.folder)
        if any(problem.severity == "error" for answer in answers.values() for problem in answer.problems):
            self._linked(study_pseudonyms(spec, self.folder), answers=answers)  # refuses, with all else that is wrong
        folder = RunFolder(out, self._key(seed, answers), force=force)
        pseudonyms = study_pseudonyms(spec, self.folder, folder.work)
        options = {"n_jobs": n_jobs, "store": folder.cases, "progress": progress, "answers": answers}
        cohort, digests = self._cohort(pseudonyms, strict, **options)
        write_lookup(spec, self.folder, folder.work, pseudonyms)
        facts = cohort_feasibility(cohort)
        for sentence in facts["warnings"]:
            _LOGGER.warning(sentence)
        comparison = compare_fusions(
            cohort,
            fusions=spec.fusion_names,
            baseline=spec.baseline_modality,
            models=spec.models,
            selectors=spec.selectors,
            n_features=spec.n_features,
            n_splits=validation.folds,
            n_repeats=validation.repeats,
            inner_folds=validation.inner_folds,
            missing_modality=comparison_rules(spec),
            random_state=seed,
            n_jobs=n_jobs,
            store=folder.folds,
            examine=PermutationExaminer(random_state=seed) if spec.importance else None,
            progress=lambda done, total: tell("Nested cross-validation", done, total),
        )
        tell("Writing the report", 0, 1)
        results = hide_folders(self._results(cohort, comparison, facts, digests, seed))
        (folder.path / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
        comparison.predictions.to_parquet(folder.path / "predictions.parquet", index=False)
        write_report(results, comparison.predictions, folder.path / "report.html")
        folder.finish()
        tell("Writing the report", 1, 1)
        return StudyResult(results, cohort, comparison, folder.path)

    def _key(self, seed, answers):
        """Digest of what the run depends on: settings, tables, seed and version; images are kept by content.

        Of a database's answer the rows count, in their order: it decides who is dealt into which fold.
        """
        spec = self.spec
        names = set(spec.tables)
        names |= {m.settings for m in spec.modalities.values() if isinstance(getattr(m, "settings", None), str)}
        paths = {name: self.folder / name.partition("::")[0] for name in names}
        files = {name: file_digest(path) for name, path in paths.items() if path.is_file()}
        dictionary = spec.dictionary_file(self.folder)
        if dictionary is not None and dictionary.is_file():
            files[spec.dictionary] = file_digest(dictionary)
        files |= {source: fingerprint([answer.header, answer.records]) for source, answer in answers.items()}
        return fingerprint([spec.model_dump(mode="json"), files, seed, __version__])

    def _results(self, cohort, comparison, facts, digests, seed):
        confidence = self.spec.validation.confidence
        estimates = comparison.estimates(confidence=confidence)
        return {
            "fusionkit": {"format": 1, "version": __version__},
            "study": self.spec.model_dump(mode="json"),
            "seed": seed,
            "cohort": _cohort_facts(cohort, self.spec),
            **missingness_entries(cohort, comparison, confidence),
            **findings(cohort, comparison, self.spec, facts, digests),
            "comparison": {
                "baseline": comparison.baseline,
                "confidence": confidence,
                "settings": comparison.settings,
                "interval": estimates["method"].iloc[0],
                "estimates": plain_records(estimates.drop(columns="method")),
                "differences": plain_records(comparison.differences(confidence=confidence)),
                "selected": comparison.selected().to_dict("records"),
                "folds": comparison.nested.folds.to_dict("records"),
            },
            "versions": {
                "python": platform.python_version(),
                **{package: importlib.metadata.version(package) for package in _PACKAGES if _installed(package)},
            },
        }


def _cohort_facts(cohort, spec):
    negative, positive = cohort.outcome.labels
    modalities = {}
    for name in cohort.modalities:
        source = spec.modalities[name]
        modalities[name] = {
            "kind": cohort.kinds[name],
            "columns": len(cohort.columns(name)),
            "source": " and ".join(dict.fromkeys(source.files)),
        }
    return {
        "outcome": {"name": cohort.outcome.name, "negative": negative, "positive": positive},
        "n": len(cohort.y),
        "n_events": cohort.n_events,
        "n_groups": int(cohort.groups.nunique()),
        "modalities": modalities,
        "flow": [{"label": step.label, "n": step.n} for step in cohort.audit.flow],
        "excluded": cohort.audit.excluded.to_dict("records"),
        "index_scans": list(cohort.audit.index_scans),
        "warnings": [{"place": p.place, "message": p.message, "way_out": p.way_out} for p in cohort.audit.warnings],
    }


def _installed(package):
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def read_cohort(path, *, strict=False, n_jobs=None, progress=None):
    """Return the cohort that a study file describes, ready for scikit-learn.

    Parameters
    ----------
    path : path-like
        A study file (YAML).
    strict : bool, default=False
        Whether one unusable patient stops the reading.
    n_jobs : int or None, default=None
        Images worked on at once.
    progress : callable or None, default=None
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    cohort : Cohort

    Raises
    ------
    StudyError
        If the study cannot be read; everything found is listed.
    """
    return Study.read(path).cohort(strict=strict, n_jobs=n_jobs, progress=progress)
