"""The commands and their options; heavy packages are loaded only by the command that needs them."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .._version import __version__
from ..exceptions import StudyError
from .output import Narrator, console, show_coverage, show_problems, show_result

__all__ = ["app", "main"]


class Engine(StrEnum):
    """What computes radiomics features."""

    native = "native"
    pyradiomics = "pyradiomics"


class OutcomeKind(StrEnum):
    """What is predicted."""

    binary = "binary"
    continuous = "continuous"
    survival = "survival"


class Format(StrEnum):
    """What a report can be written as."""

    html = "html"
    md = "md"
    json = "json"
    docx = "docx"


class ReportingList(StrEnum):
    """Checklists that can be filled in from a run."""

    clear = "clear"
    tripod_ai = "tripod-ai"
    metrics = "metrics"
    rqs = "rqs"


app = typer.Typer(
    name="fusionkit",
    help="Does imaging add to the health record, by how much, and can I trust it?",
    epilog="Exit status: 0 all is well, 1 the study cannot be run or has errors, 2 wrong usage, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="rich",
)

StudyFile = Annotated[Path, typer.Argument(help="The study file (YAML).", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Output folder; beside the study file when not given.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="What the study's paths are relative to; its own folder when not given.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace the results in the output folder.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", help="Processes; -1 uses every core.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Instead of the study file's seed.")]
Strict = Annotated[bool, typer.Option("--strict", help="Let one unusable patient stop the study.")]


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)] = False,
):
    if version:
        console.print(f"fusionkit {__version__}", highlight=False)
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder.")] = Path("fusionkit-demo"),
    force: Force = False,
    jobs: Jobs = -1,
    seed: Seed = None,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report in a browser.")] = True,
):
    """Run the main job on the embedded sample: 80 made-up patients with CT, record and laboratory values."""
    from ..datasets import load_sample_path

    with Narrator() as progress:
        progress.say("The sample: 80 synthetic patients, CT with a lesion mask, clinical table, laboratory values")
        result = _run(load_sample_path() / "study.yaml", out, progress, force=force, n_jobs=jobs, seed=seed)
    show_result(result)
    if open_report and sys.stdout.isatty():
        typer.launch(str(result.folder / "report.html"))


@app.command()
def run(
    study: StudyFile,
    out: Out = None,
    data: Data = None,
    force: Force = False,
    strict: Strict = False,
    jobs: Jobs = -1,
    seed: Seed = None,
):
    """Run a study: read, extract, join, compare, report. A stopped run goes on where it was."""
    out = out or study.parent / f"{study.stem}-results"
    with Narrator() as progress:
        result = _run(study, out, progress, data=data, force=force, strict=strict, n_jobs=jobs, seed=seed)
    show_result(result)


@app.command()
def report(
    run_folder: Annotated[Path, typer.Argument(help="The output folder of a finished run.", show_default=False)],
    ending: Annotated[Format, typer.Option("--format", "-f", help="What to write.")] = Format.html,
    checklist: Annotated[
        ReportingList | None, typer.Option(help="Fill in this checklist from the run, instead of the report.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; in the folder when not given.")] = None,
):
    """Write the report of a finished run in another format, with every figure, or a checklist filled in from it."""
    from .report import report_run

    report_run(run_folder, ending.value, checklist and checklist.value, out)


@app.command()
def check(study: StudyFile, data: Data = None, jobs: Jobs = -1):
    """Read everything that a study names and list all that is wrong, without running it."""
    with Narrator() as progress:
        from ..study import Study

        problems, cohort = Study.read(study, folder=data).check(n_jobs=jobs, progress=progress)
    show_problems(problems)
    if cohort is not None:
        show_coverage(cohort.audit.coverage)
        console.print(f"\n{cohort!r}", highlight=False)
    errors = sum(problem.severity == "error" for problem in problems)
    if cohort is None:
        console.print("[bold red]The study cannot be run as it stands.[/]")
    elif errors:
        n = cohort.audit.excluded["patient"].nunique()
        console.print(f"The study can be run; {n} {'patient is' if n == 1 else 'patients are'} left out.")
    else:
        console.print("[green]No errors.[/]")
    raise typer.Exit(1 if errors else 0)


@app.command()
def init(
    clinical: Annotated[Path, typer.Argument(help="The clinical table, one row per patient.", show_default=False)],
    outcome: Annotated[
        str | None, typer.Option(help="Column to predict; candidates are listed when not given.")
    ] = None,
    positive: Annotated[list[str] | None, typer.Option(help="Value of the event; repeat for several.")] = None,
    images: Annotated[Path | None, typer.Option(help="Table of images: patient id, image, mask.")] = None,
    events: Annotated[
        Path | None, typer.Option(help="Long table of measurements: patient id, time, name, value, unit.")
    ] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Patient id column; guessed when not given.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The study file to write.")] = Path("study.yaml"),
    dictionary: Annotated[
        Path | None,
        typer.Option(help="The data dictionary to write; dictionary.csv beside the study file if not given."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the study file and the dictionary.")] = False,
):
    """Draft a commented study file and a data dictionary from your tables, for you to correct."""
    from .._tables import write_csv
    from ..study import draft_study

    dictionary = dictionary or out.parent / "dictionary.csv"
    names = {"images": images, "events": events, "id_column": id_column, "out": out, "dictionary": dictionary}
    draft = draft_study(clinical, outcome=outcome, positive=positive, **names)
    there = [path for path in (out, dictionary) if path.exists() and not force]
    if there:
        from ..exceptions import Problem

        options = {out: "--out", dictionary: "--dictionary"}
        raise StudyError(
            [
                Problem(
                    "exists already",
                    f"Choose another with {options[path]}, or replace both with --force.",
                    file=path.name,
                )
                for path in there
            ]
        )
    write_csv(draft.dictionary, dictionary)
    out.write_text(draft.study, encoding="utf-8")
    said = f"Wrote {out} and {dictionary}. Correct both, then: [bold]fusionkit check {out}[/]"
    console.print(said, highlight=False, soft_wrap=True)


@app.command()
def doctor():
    """Tell what is installed, what is missing, and the command that mends it."""
    from .doctor import examine

    healthy = examine(console)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def extract(
    images: Annotated[Path, typer.Argument(help="Table with the columns Image, Mask and perhaps Label.")],
    params: Annotated[str | None, typer.Option("--params", "-p", help="pyradiomics parameter file, or preset.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Features: .csv or .parquet.")] = Path("features.csv"),
    jobs: Jobs = -1,
    engine: Annotated[Engine, typer.Option(help="What computes the features.")] = Engine.native,
    force: Annotated[bool, typer.Option("--force", help="Replace the features file.")] = False,
):
    """Compute radiomics features of many images, as pyradiomics does; failures go to a table of their own."""
    from .extract import extract_table

    with Narrator() as progress:
        failed = extract_table(images, params, out, engine=engine.value, n_jobs=jobs, force=force, progress=progress)
    raise typer.Exit(1 if failed else 0)


@app.command()
def plan(
    n: Annotated[int | None, typer.Option("--n", help="Patients.")] = None,
    events: Annotated[int | None, typer.Option("--events", help="Patients with the event.")] = None,
    candidates: Annotated[
        int | None, typer.Option("--candidates", help="Candidate features, before any selection.")
    ] = None,
    outcome: Annotated[OutcomeKind, typer.Option("--outcome", help="Type of outcome.")] = OutcomeKind.binary,
    prevalence: Annotated[
        float | None, typer.Option("--prevalence", help="Share of events, where no cohort says it.")
    ] = None,
    auc: Annotated[float | None, typer.Option("--auc", help="Expected AUC.")] = None,
    r2: Annotated[float | None, typer.Option("--r2", help="Expected R2 (Cox-Snell for events), instead.")] = None,
    mean: Annotated[float | None, typer.Option("--mean", help="Mean of a continuous outcome.")] = None,
    sd: Annotated[float | None, typer.Option("--sd", help="Its standard deviation.")] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Events per unit of time (survival).")] = None,
    horizon: Annotated[float | None, typer.Option("--horizon", help="Time of prediction (survival).")] = None,
    follow_up: Annotated[float | None, typer.Option("--follow-up", help="Mean follow-up (survival).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
):
    """Tell how many features your patients can afford, and how many patients your features need."""
    from .plan import show_plan

    facts = {"n": n, "n_events": events, "n_candidates": candidates, "prevalence": prevalence, "auc": auc, "r2": r2}
    facts |= {"mean": mean, "sd": sd, "rate": rate, "horizon": horizon, "mean_follow_up": follow_up}
    show_plan(outcome.value, as_json=as_json, **facts)


@app.command()
def features(
    feature_class: Annotated[str | None, typer.Argument(help="Such as glcm; all classes when not given.")] = None,
):
    """List the radiomics features: name, IBSI code, unit, and where the definition departs from IBSI's."""
    from .extract import show_catalogue

    show_catalogue(feature_class)


def _run(study, out, progress, *, data=None, **options):
    progress.say("Loading scikit-learn, pandas and the study")
    from ..study import Study

    return Study.read(study, folder=data).run(out, progress=progress, **options)


def main():
    """Run the command line; errors of the study are printed as a list, without a traceback."""
    try:
        app()
    except StudyError as error:
        show_problems(error.problems)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("\nStopped. The same command goes on where it was.")
        sys.exit(130)
