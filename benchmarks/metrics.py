"""How fast the metrics are, and whether their intervals keep their promise.

    python benchmarks/metrics.py speed
    python benchmarks/metrics.py coverage [--cohorts 500]

``coverage`` draws cohorts whose models have a known true AUC: patients of either class are normal, so that a linear
score with weights w on a shift d has the AUC ``Phi(w d / (sqrt(2) |w|))``. Each cohort goes through repeated
cross-validation with logistic regression. True means: the mean true AUC of the models fitted in that cohort's
cross-validation.
"""

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit

from fusionkit.metrics import auc, auc_delong, cv_difference, cv_estimate, delong_test, paired_bootstrap


@dataclass(frozen=True)
class Scenario:
    """A population and a study design: what the record carries, and what the images add."""

    n: int
    ehr_auc: float
    image_auc: float
    n_image: int = 10
    n_informative: int = 4
    n_selected: int | None = None
    n_ehr: int = 5
    prevalence: float = 0.35
    n_repeats: int = 5
    n_folds: int = 5

    @property
    def shift(self):
        """Distance of the classes' means, feature by feature, in standard deviations."""

        def spread(auc, n_informative, n_features):
            distance = math.sqrt(2) * stats.norm.ppf(auc)
            return np.r_[
                np.full(n_informative, distance / math.sqrt(n_informative)), np.zeros(n_features - n_informative)
            ]

        image = spread(self.image_auc, self.n_informative, self.n_image)
        return np.r_[spread(self.ehr_auc, self.n_ehr, self.n_ehr), image]


SCENARIOS = {
    "gain, n = 100": Scenario(100, 0.75, 0.70),
    "gain, n = 200": Scenario(200, 0.75, 0.70),
    "strong record, n = 100": Scenario(100, 0.88, 0.65),
    "no gain, n = 100": Scenario(100, 0.75, 0.5),
    "no gain, n = 200": Scenario(200, 0.75, 0.5),
    "no gain, 5 of 50 selected, n = 100": Scenario(100, 0.75, 0.5, n_image=50, n_selected=5),
    "nothing predicts, n = 100": Scenario(100, 0.5, 0.5),
}


def stratified_folds(y, n_repeats, n_folds, rng):
    """Test fold of every patient in every repeat, (n_repeats, n), with the classes spread evenly."""
    folds = np.empty((n_repeats, y.size), dtype=int)
    for row in folds:
        for label in (0, 1):
            members = rng.permutation(np.flatnonzero(y == label))
            row[members] = (np.arange(members.size) + rng.integers(n_folds)) % n_folds
    return folds


def fit_logistic(X, y, training, usable, penalty=1.0):
    """Ridge logistic regressions on many training sets of one cohort at once, by Newton's method.

    ``training`` is (n_fits, n) and ``usable`` (n_fits, n_features), both 0 or 1; returns weights with the intercept
    first, (n_fits, 1 + n_features).
    """
    design = np.column_stack([np.ones(len(X)), X])
    ridge = np.column_stack([np.full(len(training), 1e-6), np.where(usable, penalty, 1e8)])
    weights = np.zeros((len(training), design.shape[1]))
    diagonal = np.arange(design.shape[1])
    for _ in range(8):
        risk = expit(weights @ design.T)
        gradient = (training * (y - risk)) @ design - ridge * weights
        curvature = design.T @ ((training * np.maximum(risk * (1 - risk), 1e-6))[..., None] * design)
        curvature[:, diagonal, diagonal] += ridge
        weights += np.linalg.solve(curvature, gradient[..., None])[..., 0]
    return weights


def select_features(X, y, training, n_selected):
    """The features whose class means differ most in each training set, as 0 and 1, (n_fits, n_features)."""
    events, others = training * y, training * (1 - y)
    gap = np.abs(events @ X / events.sum(axis=1, keepdims=True) - others @ X / others.sum(axis=1, keepdims=True))
    chosen = np.zeros(gap.shape, dtype=bool)
    np.put_along_axis(chosen, np.argsort(-gap, axis=1)[:, :n_selected], True, axis=1)
    return chosen


def simulate_cohort(scenario, rng):
    """One cohort: y_true, folds, and for EHR and fusion the out-of-fold scores and the true AUC of their models."""
    shift, n_ehr = scenario.shift, scenario.n_ehr
    while True:
        y = (rng.random(scenario.n) < scenario.prevalence).astype(int)
        if 2 * scenario.n_folds <= y.sum() <= scenario.n - 2 * scenario.n_folds:
            break
    X = rng.standard_normal((scenario.n, shift.size)) + y[:, None] * shift
    folds = stratified_folds(y, scenario.n_repeats, scenario.n_folds, rng)
    training = np.array([fold != label for fold in folds for label in range(scenario.n_folds)], dtype=float)
    usable = np.ones((len(training), shift.size), dtype=bool)
    if scenario.n_selected is not None:
        usable[:, n_ehr:] = select_features(X[:, n_ehr:], y, training, scenario.n_selected)
    fit_of = np.arange(scenario.n_repeats)[:, None] * scenario.n_folds + folds
    models = {}
    for name, columns in (("ehr", slice(0, n_ehr)), ("fusion", slice(None))):
        weights = fit_logistic(X[:, columns], y, training, usable[:, columns])
        scores = weights @ np.column_stack([np.ones(scenario.n), X[:, columns]]).T
        direction = weights[:, 1:]
        true = stats.norm.cdf(direction @ shift[columns] / (math.sqrt(2) * np.linalg.norm(direction, axis=1)))
        models[name] = scores[fit_of, np.arange(scenario.n)], true.mean()
    return y, folds, models


METHODS = {
    "report": lambda y, scores, folds: cv_estimate(y, scores, folds),
    "corrected t": lambda y, scores, folds: cv_estimate(y, scores, folds, method="corrected_t"),
    "DeLong, scores averaged": lambda y, scores, folds: auc_delong(y, scores.mean(axis=0)),
}
DIFFERENCES = {
    "report": lambda y, a, b, folds: cv_difference(y, a, b, folds).difference,
    "corrected t": lambda y, a, b, folds: cv_difference(y, a, b, folds, method="corrected_t").difference,
    "DeLong, scores averaged": lambda y, a, b, folds: delong_test(y, a.mean(axis=0), b.mean(axis=0)).difference,
}


def coverage(scenario, n_cohorts, seed=0, methods=tuple(METHODS)):
    """Share of intervals that hold the truth, and of cohorts in which fusion is called better, by method."""
    rng = np.random.default_rng(seed)
    tallies = {name: [] for name in methods}
    for _ in range(n_cohorts):
        y, folds, models = simulate_cohort(scenario, rng)
        (ehr, true_ehr), (fusion, true_fusion) = models["ehr"], models["fusion"]
        for name in methods:
            one, two = METHODS[name](y, ehr, folds), METHODS[name](y, fusion, folds)
            gain = DIFFERENCES[name](y, fusion, ehr, folds)
            tallies[name].append(
                (
                    one.low <= true_ehr <= one.high,
                    two.low <= true_fusion <= two.high,
                    gain.low <= true_fusion - true_ehr <= gain.high,
                    gain.low > 0,
                    gain.high - gain.low,
                )
            )
    columns = ("EHR AUC", "fusion AUC", "difference", "called better", "width of difference")
    return {name: dict(zip(columns, np.mean(rows, axis=0).tolist(), strict=True)) for name, rows in tallies.items()}


def speed():
    """Seconds of the calls that a report makes, by the clock and of the processor, best of three after a warm-up."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 250)
    folds = stratified_folds(y, 10, 5, rng)
    scores = {name: 0.8 * y + rng.normal(size=(10, 500)) for name in ("ehr", "fusion")}
    many = rng.normal(size=100_000)
    calls = {
        "paired_bootstrap, 2 models, 10 repeats x 500 patients, 2,000 resamples": lambda: paired_bootstrap(
            y, scores, folds, baseline="ehr", random_state=0
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "coverage"])
    parser.add_argument("--cohorts", type=int, default=500)
    arguments = parser.parse_args()
    if arguments.what == "speed":
        speed()
        return
    for name, scenario in SCENARIOS.items():
        for method, shares in coverage(scenario, arguments.cohorts).items():
            numbers = "  ".join(f"{column} {share:.3f}" for column, share in shares.items())
            print(f"{name:36s} {method:24s} {numbers}", flush=True)


if __name__ == "__main__":
    main()
