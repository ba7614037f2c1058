"""How long the evidence beside the AUC takes: importance, explanation, audit, subgroups, external validation, plan.

    python benchmarks/verdict.py

One cohort of 200 patients, 1,240 image features and 12 of the record; an early fusion that selects 20 features. What
permutation importance saves shows in the line below it: a single one of the predictions that it does without.
"""

import time

import numpy as np
import pandas as pd

from fusionkit.cohort import Cohort, Outcome
from fusionkit.metrics import plan_study
from fusionkit.model_selection import (
    audit_cohort,
    explain_patient,
    external_validate,
    make_fusions,
    permutation_importance,
    subgroup_performance,
)


def make_cohort(n, seed, n_image=1240, n_record=12):
    """Patients with a weak signal in both modalities."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 3 == 0).astype(int)
    image, record = rng.normal(size=(n, n_image)), rng.normal(size=(n, n_record))
    image[:, :10] += 0.6 * y[:, None]
    record[:, :3] += 0.5 * y[:, None]
    names = [*(f"ct__f{i}" for i in range(n_image)), *(f"ehr__x{i}" for i in range(n_record))]
    X = pd.DataFrame(np.hstack([image, record]), columns=names, index=[f"P{i:04}" for i in range(n)])
    y, patients = pd.Series(y, X.index), pd.Series(X.index, X.index)
    return Cohort(X, y, Outcome("event", ("no", "yes")), patients, {"ct": "image", "ehr": "record"})


def make_predictions(n, n_repeats=10, n_folds=5, seed=0):
    """Out-of-fold risks of one model."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3 == 0
    frames = []
    for repeat in range(n_repeats):
        risk = 1 / (1 + np.exp(0.9 - 1.2 * y - rng.normal(size=n)))
        at = {"repeat": repeat, "fold": rng.permutation(n) % n_folds, "patient": [f"P{i:04}" for i in range(n)]}
        frames.append(pd.DataFrame({**at, "y_true": y.astype(int), "y_score": risk}))
    return pd.concat(frames, ignore_index=True)


def main():
    """Print one line per call: seconds by the clock and of the processor, best of three after a warm-up."""
    home, away = make_cohort(200, 0), make_cohort(500, 1)
    model = make_fusions(home.kinds, ["early"], n_features=(20,), inner_folds=2)["early"].fit(home.X, home.y)
    held_out, y = away.X.iloc[:40], away.y.iloc[:40].to_numpy()
    sites = pd.DataFrame({"site": np.arange(500) % 4, "age": away.X["ehr__x5"]}, index=away.X.index)
    predictions = make_predictions(500)
    calls = {
        "permutation importance, all 1,252 features and 2 modalities, 10 shuffles, 40 test patients": lambda: (
            permutation_importance(model, held_out, y)
        ),
        "one shuffle of one feature, predicted by the whole pipeline; scikit-learn makes 12,520 of these": lambda: (
            model.predict_proba(held_out.assign(ct__f0=held_out["ct__f0"].to_numpy()[::-1]))
        ),
        "one patient explained, 32 features, background of 100": lambda: explain_patient(model, home.X, "P0007"),
        "audit of 500 patients x 1,252 features": lambda: audit_cohort(away, attributes=sites),
        "two attributes, 7 subgroups, 10 repeats x 500 patients": lambda: subgroup_performance(predictions, sites),
        "external validation in 500 patients, with drift": lambda: external_validate(model, away, reference=home.X),
        "plan of a study": lambda: plan_study(n=120, n_events=40, n_candidates=30),
    }
    for name, call in calls.items():
        call()
        clock, processor = [], []
        for _ in range(3):
            start = time.perf_counter(), time.process_time()
            call()
            clock.append(time.perf_counter() - start[0])
            processor.append(time.process_time() - start[1])
        print(f"{min(clock):8.3f} s  {min(processor):8.3f} s CPU  {name}", flush=True)


if __name__ == "__main__":
    main()
