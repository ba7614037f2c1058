"""How long does a report take: summary, page, figures and every other format, from the results of a finished run.

Run it with:  python benchmarks/report.py [RUN_FOLDER]
Without a folder, the demo is run first. Target: the whole report of the demo under 10 s of processor time on one core.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from fusionkit.report import write_report
from fusionkit.report.checklist import CHECKLISTS, checklist_document
from fusionkit.report.write import FORMATS, write_document

TARGET = 10.0


def clocked(work):
    """Seconds of processor time that the work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(run, out):
    """Print one line per format, and all together."""
    results = json.loads((run / "results.json").read_text(encoding="utf-8"))
    predictions = pd.read_parquet(run / "predictions.parquet")
    total = 0.0
    for ending in FORMATS:
        path = out / f"report.{ending}"
        seconds = clocked(lambda path=path: write_report(results, predictions, path, figures=path.suffix == ".html"))
        with_figures = ", with every figure as SVG and CSV" if ending == "html" else ""
        print(f"{f'report.{ending}{with_figures}':52} {seconds:6.2f} s   {path.stat().st_size / 1024:6.0f} kB")
        total += seconds
    seconds = clocked(
        lambda: [
            write_document(checklist_document(name, results), out / f"{name}.{ending}")
            for name in CHECKLISTS
            for ending in FORMATS
        ]
    )
    print(f"{f'{len(CHECKLISTS)} checklists in {len(FORMATS)} formats':52} {seconds:6.2f} s")
    print(f"{'all together':52} {total + seconds:6.2f} s   (target {TARGET:g} s)")


def main():
    """Measure the run that was named, or the demo."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        run = Path(sys.argv[1]) if len(sys.argv) > 1 else out / "demo"
        if len(sys.argv) == 1:
            command = [sys.executable, "-m", "fusionkit", "demo", "--no-open", "--out", str(run)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        measure(run, out)


if __name__ == "__main__":
    main()
