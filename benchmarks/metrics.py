"""How fast the metrics are: seconds of the calls that a report makes.

    python benchmarks/metrics.py

Whether their intervals keep their promise is measured by ``benchmarks/honesty.py``.
"""

import time

import numpy as np
from scipy.special import expit
from simulated_cohorts import stratified_folds

from fusionkit.metrics import auc, auc_delong, calibration_intervals, cv_difference, cv_estimate, paired_bootstrap


def speed():
    """Seconds of the calls that a report makes, by the clock and of the processor, best of three after a warm-up."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 250)
    folds = stratified_folds(y, 10, 5, rng)
    scores = {name: 0.8 * y + rng.normal(size=(10, 500)) for name in ("ehr", "fusion")}
    risk = expit(scores["ehr"][0] - 0.4)
    many = rng.normal(size=100_000)
    calls = {
        "paired_bootstrap, 2 models, 10 repeats x 500 patients, 2,000 resamples": lambda: paired_bootstrap(
            y, scores, folds, baseline="ehr", random_state=0
        ),
        "paired_bootstrap, 1 model, 500 patients, 2,000 resamples": lambda: paired_bootstrap(
            y, {"ehr": scores["ehr"][0]}, random_state=0
        ),
        "calibration_intervals, all ten metrics, 500 patients, 2,000 resamples": lambda: calibration_intervals(
            y, risk, random_state=0
        ),
        "cv_estimate, 10 repeats x 500 patients": lambda: cv_estimate(y, scores["ehr"], folds),
        "cv_difference, 10 repeats x 500 patients": lambda: cv_difference(y, scores["fusion"], scores["ehr"], folds),
        "auc, 100,000 patients": lambda: auc(many > 1, many + 1),
        "auc_delong, 100,000 patients": lambda: auc_delong(many > 1, many + 1),
    }
    for name, call in calls.items():
        call()
        clock, processor = [], []
        for _ in range(3):
            start = time.perf_counter(), time.process_time()
            call()
            clock.append(time.perf_counter() - start[0])
            processor.append(time.process_time() - start[1])
        print(f"{min(clock):8.4f} s  {min(processor):8.4f} s CPU  {name}")


if __name__ == "__main__":
    speed()
