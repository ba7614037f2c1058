"""Whether intervals and verdicts keep their promises, by simulation, beside what the naive practice would have said.

    python benchmarks/honesty.py [--cohorts 500] [--noise-cohorts 100] [--only gain noise ...] [--store honesty.jsonl]

Finished cohorts are kept in the store, one line each; a stopped run goes on where it was, and the tables of
``docs/honesty.md`` are printed at the end from what the store holds. Every cohort has its own seed.

Honest: selection inside the training folds, and the intervals of the report. Naive: features selected on all patients,
then cross-validated, once, with the standard deviation of the folds over the root of their number as standard error.
True means: the mean true AUC of the models fitted in that very cross-validation, or the difference of two such means.
"""

import argparse
import json
import platform
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from scipy import stats
from simulated_cohorts import Population, draw_cohort
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit import __version__
from fusionkit.cohort import Cohort, Outcome
from fusionkit.metrics import corrected_resampled_interval, cv_difference, cv_estimate, fold_values
from fusionkit.model_selection import compare_fusions
from fusionkit.report.verdict import judge_difference
from fusionkit.selection import AnovaRanker

SETTINGS = {
    "gain": Population(100, 0.75, 0.70),
    "gain, 60 patients": Population(60, 0.75, 0.70, prevalence=0.5),
    "gain, 20 % events": Population(100, 0.75, 0.70, prevalence=0.2),
    "gain, 200 patients": Population(200, 0.75, 0.70),
    "gain, 2 repeats": Population(100, 0.75, 0.70, n_repeats=2),
    "gain, 10 repeats": Population(100, 0.75, 0.70, n_repeats=10),
    "gain, 10 folds": Population(200, 0.70, 0.65, n_folds=10, n_repeats=3),
    "gain, 500 patients": Population(500, 0.75, 0.60, prevalence=0.2),
    "strong record": Population(100, 0.90, 0.65),
    "images repeat the record": Population(100, 0.75, 0.5, correlation=0.7),
    "images repeat the record, 200 patients": Population(200, 0.85, 0.5, correlation=0.5),
    "images are noise": Population(100, 0.75, 0.5),
    "images are noise, 200 patients": Population(200, 0.70, 0.5),
    "5 of 50 images' features selected, noise": Population(100, 0.75, 0.5, n_image=50, n_selected=5),
    "5 of 50 images' features selected, gain": Population(100, 0.75, 0.70, n_image=50, n_selected=5),
    "10 of 200 selected, noise, 200 patients": Population(200, 0.70, 0.5, n_image=200, n_selected=10),
    "two equal modalities": Population(100, 0.70, 0.70, n_image=5, n_informative=5),
    "nothing predicts": Population(100, 0.5, 0.5),
    "support vector machine, gain": Population(100, 0.75, 0.70, model="svm", n_repeats=3),
    "support vector machine, noise": Population(100, 0.75, 0.5, model="svm", n_repeats=3),
    "support vector machine, 60 patients": Population(60, 0.8, 0.6, prevalence=0.5, model="svm", n_repeats=3),
    "random forest, gain": Population(100, 0.75, 0.70, model="random forest", n_repeats=3),
    "nearest neighbours, gain": Population(100, 0.75, 0.70, model="neighbours", n_repeats=3),
}
"""Name -> who the patients are; 5 x 5 folds, 35 % events and logistic regression unless it says otherwise."""

MODELS = ("ehr", "image", "early", "late")
DIFFERENCES = (("early", "ehr"), ("late", "ehr"), ("image", "ehr"))
NO_GAIN = 0.002
"""A mean true gain up to this is none: the mean over 500 cohorts of two equal models may be as far from zero."""
EITHER = "early or late - ehr"
NOISE = {"n": 80, "p": 1000, "n_kept": 20}
PRACTICES = {"honest": "the report's", "corrected t": "corrected resampled t", "naive": "naive practice"}


def honest_intervals(cohort):
    """Value, limits and truth of every model and difference, as the report makes them."""
    found = {name: cv_estimate(cohort.y, cohort.scores[name], cohort.folds) for name in MODELS}
    for one, other in DIFFERENCES:
        pair = cohort.scores[one], cohort.scores[other]
        found[f"{one} - {other}"] = cv_difference(cohort.y, *pair, cohort.folds).difference
    return _with_truth(found, cohort)


def values_by_fold(cohort):
    """AUC of every test fold, of every model, and its differences."""
    values = {name: fold_values(cohort.y, cohort.scores[name], cohort.folds) for name in MODELS}
    values.update({f"{one} - {other}": values[one] - values[other] for one, other in DIFFERENCES})
    return values


def corrected_intervals(cohort, values):
    """The same by the corrected resampled t."""
    n_test = cohort.y.size / (cohort.folds.max() + 1)
    sizes = {"n_train": cohort.y.size - n_test, "n_test": n_test}
    found = {
        name: corrected_resampled_interval(value, scale="logit" if name in MODELS else "identity", **sizes)
        for name, value in values.items()
    }
    return _with_truth(found, cohort)


def naive_intervals(cohort, values):
    """The same by the naive practice: one cross-validation, standard deviation of the folds over the root of k."""
    first = {name: truth[:1] for name, truth in cohort.truth.items()}
    found = {}
    for name, value in values.items():
        once = value[: cohort.folds.max() + 1]
        half = 1.96 * once.std(ddof=1) / np.sqrt(once.size)
        found[name] = [once.mean(), once.mean() - half, once.mean() + half, _truth(first, name)]
    return found


def _truth(truth, name):
    one, _, other = name.partition(" - ")
    return float(np.mean(truth[one]) - (np.mean(truth[other]) if other else 0))


def _with_truth(found, cohort):
    return {name: [got.value, got.low, got.high, _truth(cohort.truth, name)] for name, got in found.items()}


def honest_cohort(population, seed):
    """The report's intervals of one cohort alone."""
    cohort = draw_cohort(population, np.random.default_rng(seed))
    return _row(cohort, {"honest": honest_intervals(cohort)})


def _row(cohort, found):
    return {"n": int(cohort.y.size), "n_events": int(cohort.y.sum()), "found": found}


def coverage_cohort(population, seed):
    """All intervals of one cohort, by practice; the naive one selects features on the same cohort's every patient."""
    cohort = draw_cohort(population, np.random.default_rng(seed))
    values = values_by_fold(cohort)
    found = {"honest": honest_intervals(cohort), "corrected t": corrected_intervals(cohort, values)}
    if population.n_selected is not None:
        leaky = draw_cohort(replace(population, leaky=True, n_repeats=1), np.random.default_rng(seed))
        found["naive"] = naive_intervals(leaky, values_by_fold(leaky))
    else:
        found["naive"] = naive_intervals(cohort, values)
    return _row(cohort, found)


def noise_cohort(seed, *, n, p, n_kept):
    """AUC of pure noise: nested cross-validation of every fusion, and selection on all patients before it."""
    rng = np.random.default_rng(seed)
    patients = [f"P{i:03}" for i in range(n)]
    columns = [f"ehr__{i}" for i in range(5)] + [f"ct__{i}" for i in range(p)]
    X = pd.DataFrame(rng.standard_normal((n, len(columns))), index=patients, columns=columns)
    y = pd.Series(np.arange(n) % 2, index=patients)
    kinds = {"ehr": "record", "ct": "image"}
    cohort = Cohort(X, y, Outcome("event", ("no", "yes")), pd.Series(patients, index=patients), kinds)
    with config_context(assume_finite=True, skip_parameter_validation=True):  # thousands of small fits
        nested = compare_fusions(cohort, n_repeats=1, n_features=(n_kept,), inner_folds=3, random_state=seed[-1])
    images = X.filter(like="ct__")
    kept = images.loc[:, AnovaRanker(n_features_to_select=n_kept).fit(images, y).get_support()]
    folds = StratifiedKFold(5, shuffle=True, random_state=seed[-1])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    scores = cross_val_predict(model, kept, y, cv=folds, method="decision_function")
    fold = np.empty(n, dtype=int)
    for number, (_, test) in enumerate(folds.split(kept, y)):
        fold[test] = number
    table = nested.estimates()
    return {
        "nested": dict(zip(table["fusion"], table["auc"], strict=True)),
        "naive": float(fold_values(y, scores, fold).mean()),
    }


def read_store(path):
    """Finished cohorts by (setting, cohort)."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {(row["setting"], row["cohort"]): row for row in rows}


def key_of(name, number, seed=0):
    """What the random numbers of one cohort come from."""
    return [seed, zlib.crc32(name.encode()), number]


def any_cohort(name, key):
    """What the store keeps of one cohort of a setting."""
    return noise_cohort(key, **NOISE) if name == "noise" else coverage_cohort(SETTINGS[name], key)


def run(path, wanted, seed, compute=any_cohort):
    """Compute what is missing of ``wanted``, a list of (setting, number of cohorts), and keep it in the store."""
    done = read_store(path)
    with path.open("a") as store:
        for name, n_cohorts in wanted:
            for number in range(n_cohorts):
                if (name, number) in done:
                    continue
                key = key_of(name, number, seed)
                store.write(json.dumps({"setting": name, "cohort": number, "key": key, **compute(name, key)}) + "\n")
                store.flush()
            print(f"{name}: {n_cohorts} cohorts", file=sys.stderr, flush=True)


def arrays_of(rows, practice):
    """value, low, high and truth of one practice, (n_cohorts, n_quantities, 4), and the quantities' names."""
    names = list(rows[0]["found"][practice])
    return np.array([[row["found"][practice][name] for name in names] for row in rows]), names


def coverage_of(rows, practice):
    """Share of cohorts whose interval holds the truth, of each quantity: a dict."""
    found, names = arrays_of(rows, practice)
    _, low, high, truth = np.moveaxis(found, 2, 0)
    return dict(zip(names, ((low <= truth) & (truth <= high)).mean(axis=0).tolist(), strict=True))


def average_coverage_of(rows, practice):
    """The same for the truth averaged over cohorts: what the procedure achieves with so many patients."""
    found, names = arrays_of(rows, practice)
    _, low, high, truth = np.moveaxis(found, 2, 0)
    mean = truth.mean(axis=0)
    return dict(zip(names, ((low <= mean) & (mean <= high)).mean(axis=0).tolist(), strict=True))


def mean_truth_of(rows, practice):
    """Mean true value of each quantity: a dict."""
    found, names = arrays_of(rows, practice)
    return dict(zip(names, found[..., 3].mean(axis=0).tolist(), strict=True))


def gains_of(rows, practice):
    """Share of cohorts where the report's rule calls each comparison a gain, and either fusion: a dict."""
    names = [f"{one} - {other}" for one, other in DIFFERENCES]

    def gain(row, name):
        _, low, high, _ = row["found"][practice][name]
        return judge_difference({"low": low, "high": high, "n": row["n"], "n_events": row["n_events"]}) == "gain"

    called = np.array([[gain(row, name) for name in names] for row in rows])
    fusions = called[:, [name.startswith(("early", "late")) for name in names]]
    return {**dict(zip(names, called.mean(axis=0).tolist(), strict=True)), EITHER: float(fusions.any(axis=1).mean())}


def _span(shares):
    shares = [100 * share for share in shares]
    return f"{min(shares):.1f} to {max(shares):.1f}"


def coverage_table(by_setting):
    """Markdown lines: how often, in percent, the intervals hold the truth; lowest and highest figure."""
    yield "| Population (cohorts) | AUC, honest | difference, honest | AUC, naive | difference, naive |"
    yield "|---|---|---|---|---|"
    for name, rows in by_setting.items():
        cells = []
        for practice in ("honest", "naive"):
            shares = coverage_of(rows, practice)
            cells.append(_span([shares[model] for model in MODELS]))
            cells.append(_span([share for quantity, share in shares.items() if quantity not in MODELS]))
        yield f"| {name} ({len(rows)}) | {' | '.join(cells)} |"


def refutes_promise(share, n_cohorts):
    """Tell whether so many cohorts refute that the true coverage lies in 93 to 97 %: a binomial test at 5 %."""
    held = round(share * n_cohorts)
    too_narrow, too_wide = stats.binom.cdf(held, n_cohorts, 0.93), stats.binom.sf(held - 1, n_cohorts, 0.97)
    return min(too_narrow, too_wide) < 0.05


def practice_table(by_setting):
    """Markdown lines: the ways to make an interval over all settings, for either meaning of the truth."""
    outside = "outside 93-97 (beyond chance)"
    yield f"| Interval | Truth | AUC: lowest, mean, highest | {outside} | difference | {outside} |"
    yield "|---|---|---|---|---|---|"
    for practice, label in PRACTICES.items():
        for meaning, shares_of in (("these models", coverage_of), ("average cohort", average_coverage_of)):
            cells = []
            for of_model in (True, False):
                figures = [
                    (share, len(rows))
                    for rows in by_setting.values()
                    for quantity, share in shares_of(rows, practice).items()
                    if (quantity in MODELS) == of_model
                ]
                shares = np.array([100 * share for share, _ in figures])
                outside = int(((shares < 93) | (shares > 97)).sum())
                cells.append(f"{shares.min():.1f}, {shares.mean():.1f}, {shares.max():.1f}")
                cells.append(f"{outside} of {len(shares)} ({sum(refutes_promise(*figure) for figure in figures)})")
            yield f"| {label} | {meaning} | {' | '.join(cells)} |"


def gain_table(by_setting):
    """Markdown lines: how often a gain is claimed where the mean true gain is zero or below."""
    yield "| Population (cohorts) | Comparison | mean true gain | called a gain, honest | corrected t | naive |"
    yield "|---|---|---|---|---|---|"
    for name, rows in by_setting.items():
        truth = mean_truth_of(rows, "honest")
        truth[EITHER] = max(truth["early - ehr"], truth["late - ehr"])
        gains = {practice: gains_of(rows, practice) for practice in PRACTICES}
        for quantity in gains["honest"]:
            if truth[quantity] <= NO_GAIN:
                cells = " | ".join(f"{100 * gains[practice][quantity]:.1f} %" for practice in PRACTICES)
                yield f"| {name} ({len(rows)}) | {quantity} | {truth[quantity]:+.3f} | {cells} |"


def noise_table(rows):
    """Markdown lines: AUC of pure noise."""
    yield f"| {NOISE['n']} patients, {NOISE['p']} features, {len(rows)} cohorts | mean AUC | standard error |"
    yield "|---|---|---|"
    columns = {f"nested, {name}": [row["nested"][name] for row in rows] for name in rows[0]["nested"]}
    columns[f"naive: {NOISE['n_kept']} features selected on all patients"] = [row["naive"] for row in rows]
    for name, values in columns.items():
        yield f"| {name} | {np.mean(values):.3f} | {np.std(values, ddof=1) / np.sqrt(len(values)):.3f} |"


def tables(done):
    """Markdown lines of all tables."""
    by_setting = {name: [row for key, row in done.items() if key[0] == name] for name in SETTINGS}
    by_setting = {name: rows for name, rows in by_setting.items() if rows}
    if by_setting:
        for table in (coverage_table, practice_table, gain_table):
            yield from table(by_setting)
            yield ""
    noise = [row for key, row in done.items() if key[0] == "noise"]
    if noise:
        yield from noise_table(noise)


def provenance(done, script="honesty.py"):
    """One sentence: what made the figures."""
    seeds = sorted({row["key"][0] for row in done.values()})
    return (
        f"Made by `benchmarks/{script}` with fusionkit {__version__}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, scikit-learn {sklearn.__version__}; seed {', '.join(map(str, seeds))}."
    )


def make_parser(description, store, cohorts):
    """The command line: a parser with what every simulation asks."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cohorts", type=int, default=cohorts)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="how the names of the wanted settings begin")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path, default=Path(store))
    return parser


def wanted_of(sizes, only):
    """The settings with their numbers of cohorts whose names begin as asked, all when None."""
    return [(name, size) for name, size in sizes.items() if only is None or name.startswith(tuple(only))]


def main():
    parser = make_parser(__doc__, "honesty.jsonl", 500)
    parser.add_argument("--noise-cohorts", type=int, default=100)
    arguments = parser.parse_args()
    sizes = {**dict.fromkeys(SETTINGS, arguments.cohorts), "noise": arguments.noise_cohorts}
    run(arguments.store, wanted_of(sizes, arguments.only), arguments.seed)
    done = read_store(arguments.store)
    print("\n".join([*tables(done), "", provenance(done)]))


if __name__ == "__main__":
    main()
