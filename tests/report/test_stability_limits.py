"""The interval of the stability index, which is 1 at most."""

import numpy as np

from fusionkit.metrics import selection_stability
from fusionkit.report.stability import stability


def test_the_interval_of_a_stable_selection_ends_at_one(make_results):
    results = make_results(repeats=2, folds=3)
    results["cohort"]["modalities"]["ct"]["columns"] = 6
    chosen = np.zeros((6, 6))
    chosen[:, :2] = 1
    chosen[0, 2] = 1
    early = [row for row in results["comparison"]["folds"] if row["fusion"] == "early"]
    for row, kept in zip(early, chosen, strict=True):
        row["features"] = [f"ct__f{place}" for place in np.flatnonzero(kept)]
    found = selection_stability(chosen)
    assert found.high > 1
    row = next(row for row in stability(results)["rows"] if row["fusion"] == "early")
    assert row["range"] == f"{found.low:.2f} to 1.00"


def test_what_was_kept_everywhere_is_counted_in_any_number(make_results):
    caption = stability(make_results(repeats=1, folds=2))["figure"].caption
    assert caption.endswith("the repeats apart. Kept in all of them: 1 of 2 features.")
