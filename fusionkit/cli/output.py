"""What the command line prints: progress with time left, problems as a list, and the result."""

from dataclasses import replace

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

__all__ = ["Narrator", "console", "show_coverage", "show_problems", "show_result"]

console = Console()


class Narrator:
    """Progress bars with the time left on a terminal; one line per stage where there is none."""

    def __init__(self):
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks = {}

    def __enter__(self):
        if console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, *problem):
        if console.is_terminal:
            self._bars.stop()

    def say(self, text):
        """Print one line."""
        console.print(escape(text), highlight=False, soft_wrap=True)

    def __call__(self, stage, done, total):
        """Show how far a stage is."""
        new = stage not in self._tasks
        if new:
            self._tasks[stage] = self._bars.add_task(escape(stage), total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)
        if not console.is_terminal:
            if new:
                since = f", {done} of them kept from before" if done else ""
                self.say(f"{stage}: {total} to do{since}")
            if done == total:
                self.say(f"{stage}: done")


def show_problems(problems):
    """Print each problem with its place and the way out, errors first; what is said of many patients, once."""
    marks = {"error": "[bold red]error[/]  ", "warning": "[yellow]warning[/]"}
    alike = {}
    for problem in problems:
        alike.setdefault(replace(problem, patient=None), []).append(problem.patient)
    for severity in marks:
        for problem, patients in alike.items():
            if problem.severity == severity:
                named = [patient for patient in patients if patient is not None]
                one = replace(problem, patient=", ".join(named) or None)
                text = str(one).replace(f"patient {one.patient}", f"patient{'s' * (len(named) > 1)} {one.patient}", 1)
                console.print(f"{marks[severity]} {escape(text)}", highlight=False, soft_wrap=True)
    errors = sum(problem.severity == "error" for problem in problems)
    if problems:
        console.print(f"{errors} error(s), {len(problems) - errors} warning(s)", highlight=False)


def show_coverage(coverage):
    """Print how many patients each window would keep, and how many if it were wider."""
    if not coverage:
        return
    widenings = list(dict.fromkeys(row["widened_by_days"] for row in coverage))
    table = Table(title="Patients with a value in the window, and in a wider one", title_justify="left")
    table.add_column("measurement")
    table.add_column("window, days")
    for days in widenings:
        table.add_column("any time" if days is None else f"+{days:g} d" if days else "as it is", justify="right")
    rows = {}
    for row in coverage:
        rows.setdefault((f"{row['modality']}__{row['variable']}", *row["window"]), []).append(row)
    for (name, start, stop), found in rows.items():
        counts = [
            f"{row['n_patients']}/{row['n_total']}" if i == 0 else str(row["n_patients"]) for i, row in enumerate(found)
        ]
        table.add_row(escape(name), f"{start:+g} to {stop:+g}", *counts)
    console.print(table)


def _interval(row, style):
    """Both limits, or that there are none: of a perfect AUC, for instance, the interval is undefined."""
    return "undefined" if row["low"] is None else f"{row['low']:{style}} to {row['high']:{style}}"


def show_result(result):
    """Print the AUC of every fusion, its difference from the baseline, and where the report is."""
    from ..report import make_verdict

    found = result.results["comparison"]
    differences = {row["fusion"]: row for row in found["differences"]}
    level = f"{found['confidence']:.0%} CI"
    table = Table(title=f"Cross-validated AUC ({level})", title_justify="left")
    for column in ("fusion", "AUC", level, f"difference from {found['baseline']}", level):
        table.add_column(escape(column))
    for row in found["estimates"]:
        cells = [escape(row["fusion"]), f"{row['auc']:.3f}", _interval(row, ".3f")]
        if row["fusion"] in differences:
            other = differences[row["fusion"]]
            cells += [f"{other['difference']:+.3f}", _interval(other, "+.3f")]
        table.add_row(*cells)
    console.print(table)
    cohort = result.results["cohort"]
    left_out = len({row["patient"] for row in cohort["excluded"]})
    said = f"{cohort['n']} patients, {cohort['n_events']} events; {left_out} patients left out"
    if cohort["warnings"]:
        said += f"; {len(cohort['warnings'])} warning(s), which the report lists"
    console.print(said, highlight=False)
    verdict = make_verdict(result.results)
    console.print(f"[bold]{escape(verdict.headline)}.[/] {escape(' '.join(verdict.sentences))}", highlight=False)
    console.print(f"Report: [bold]{escape(str(result.folder / 'report.html'))}[/]", highlight=False)
