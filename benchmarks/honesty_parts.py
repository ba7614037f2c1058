"""Whether the intervals of what a model leans on, of what a modality adds and of calibration hold the truth.

    python benchmarks/honesty_parts.py [--cohorts 300] [--only gain ...] [--store honesty_parts.jsonl]

As ``honesty.py``, with its populations, its store and its seeds; prints the tables of the section "The parts" of
``docs/honesty.md``. Every interval comes from the function that the report calls.

True means, for out-of-fold figures: what the models fitted in that very cross-validation would have on new patients
without end, averaged over the fits (risks: each new patient gets the risk of one of a repeat's models). The normal
populations give it exactly, the risks by quadrature. Distances from the calibration curve are those at the risks of the
cohort's own patients, from the curve that new patients without end would have.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from honesty import SETTINGS, make_parser, provenance, read_store, run, wanted_of
from scipy import stats
from scipy.special import expit
from simulated_cohorts import draw_cohort

from fusionkit.metrics import calibration_intervals, corrected_resampled_interval, fold_values
from fusionkit.metrics._logistic import resampled_logistic
from fusionkit.metrics.calibration import summarised
from fusionkit.model_selection import (
    FusionComparison,
    NestedResult,
    PermutationExaminer,
    calibration_table,
    importance_table,
    modality_ablation,
    modality_shapley,
)
from fusionkit.model_selection.splits import Split

__all__ = ["CROSS_VALIDATED", "ERRORS", "NEW_PATIENTS", "coverage_of", "parts_cohort"]

CROSS_VALIDATED = (
    *("gain", "gain, 60 patients", "gain, 20 % events", "gain, 200 patients", "gain, 2 repeats", "gain, 10 folds"),
    *("strong record", "images repeat the record", "images are noise", "nothing predicts"),
)
"""Populations of ``honesty.py`` whose cross-validation is looked into."""

RISKS = {"perfect risks": (0.0, 1.0), "a little too extreme": (0.1, 0.85)}
RISKS.update({"too extreme and too low": (0.4, 0.6), "too low": (0.5, 1.0), "too modest": (0.0, 1.5)})
"""Name -> intercept and slope of the true log odds in the predicted ones."""

NEW_PATIENTS = {f"{name}, {n} patients": (n, *line) for n in (100, 200, 500) for name, line in RISKS.items()}
"""Name -> independent patients and the line; their predicted log odds are normal, mean -0.8, standard deviation 1.2."""

NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
NODE_WEIGHTS = NODE_WEIGHTS / NODE_WEIGHTS.sum()

ERRORS = ("ici", "e50", "e90", "emax")
MODEL = "early"
MODALITIES = ("ehr", "image")
LOOKED_AT = ("ehr__0", "image__9")
"""Single features whose importance is looked at: one of the record, and one of the images that has no signal."""


def true_importance(population, weights, block):
    """Mean over linear models of the AUC lost when new patients' columns of a block, a mask, are shuffled."""
    mine, others = weights[:, 1:] * block, weights[:, 1:] * ~block
    shift, shuffled = others @ population.shift, mine @ population.shift
    within, own, rest = (
        np.einsum("ij,jk,ik->i", weight, population.covariance, weight) for weight in (weights[:, 1:], mine, others)
    )
    swapped = population.prevalence * (1 - population.prevalence)  # one of a pair gets an event's block, the other not
    after = sum(
        share * stats.norm.cdf((shift + step * shuffled) / np.sqrt(2 * (own + rest)))
        for step, share in ((-1, swapped), (0, 1 - 2 * swapped), (1, swapped))
    )
    return float(np.mean(stats.norm.cdf((shift + shuffled) / np.sqrt(2 * within)) - after))


def true_scores(odds, event, weight):
    """Calibration metrics of a population given as points with predicted log odds, outcome and weight."""
    risk, prevalence = expit(odds), weight @ event
    brier = weight @ (risk - event) ** 2
    ones = np.ones_like(odds)
    line = resampled_logistic(np.column_stack([ones, odds]), event, 0.0, weight[None])[0][0]
    return {
        "brier": brier,
        "scaled_brier": 1 - brier / (prevalence * (1 - prevalence)),
        "log_loss": weight @ np.logaddexp(0, np.where(event, -odds, odds)),
        "observed_expected": prevalence / (weight @ risk),
        "intercept": resampled_logistic(ones[:, None], event, odds, weight[None])[0][0, 0],
        "slope": line[1],
    }


def true_calibration(population, weights, odds):
    """Calibration of the risks of one repeat's linear models; ``odds`` (n,) are those of the cohort's patients."""
    spread = np.sqrt(np.einsum("ij,jk,ik->i", weights[:, 1:], population.covariance, weights[:, 1:]))
    centre = weights[:, :1] + np.outer(weights[:, 1:] @ population.shift, [0, 1])  # (n_models, classes)
    share = np.array([1 - population.prevalence, population.prevalence]) / len(weights)
    points = centre[..., None] + spread[:, None, None] * NODES
    weight = share[:, None] * np.broadcast_to(NODE_WEIGHTS, points.shape)
    event = np.broadcast_to([[False], [True]], points.shape)
    density = share * stats.norm.pdf(odds[:, None, None], centre, spread[:, None])
    events = density[..., 1].sum(axis=1)
    errors = summarised(np.abs(expit(odds) - events / density.sum(axis=(1, 2))))
    return {**true_scores(points.ravel(), event.ravel(), weight.ravel()), **errors}


@dataclass(frozen=True)
class LinearModel:
    """Weights as a fitted classifier of tables."""

    weights: np.ndarray

    def predict_proba(self, X):
        """Risk of either class."""
        risk = expit(self.weights[0] + X.to_numpy() @ self.weights[1:])
        return np.column_stack([1 - risk, risk])


def examined_folds(cohort, population):
    """What the permutation examiner says of the early fusion in every fold.

    Of each modality one feature stands alone; the others, each times its weight, are added up to one column, which
    changes no risk, whatever is shuffled.
    """
    columns = [*LOOKED_AT, "ehr__others", "image__others"]
    blocks, alone = _blocks(population), [_blocks(population)[name] for name in LOOKED_AT]
    others = [blocks[kind] & ~np.any(alone, axis=0) for kind in MODALITIES]
    examine, rows = PermutationExaminer(), []
    for place, weights in enumerate(cohort.weights[MODEL]):
        repeat, label = divmod(place, population.n_folds)
        test = cohort.folds[repeat] == label
        patients = cohort.X[test]
        parts = [patients[:, block] for block in alone] + [
            patients @ (weights[1:] * block)[:, None] for block in others
        ]
        model = LinearModel(np.r_[weights[0], [weights[1:][block].item() for block in alone], 1, 1])
        split = Split(repeat, label, np.flatnonzero(~test), np.flatnonzero(test))
        found = examine(model, pd.DataFrame(np.hstack(parts), columns=columns), cohort.y[test], split)
        rows += [{"fusion": MODEL, "repeat": repeat, "fold": label, **row} for row in found]
    return pd.DataFrame(rows)


def _blocks(population):
    """Which of the features belong to a modality, or are one: masks by name."""
    names = [f"ehr__{i}" for i in range(population.n_ehr)] + [f"image__{i}" for i in range(population.n_image)]
    found = {name: np.array(names) == name for name in LOOKED_AT}
    return {**found, **{kind: np.array([name.startswith(kind) for name in names]) for kind in MODALITIES}}


def compared(cohort, examined=None):
    """The simulated cross-validation as the comparison that the library makes."""
    predictions, folds = [], []
    for name, scores in cohort.scores.items():
        for repeat, (fold, odds) in enumerate(zip(cohort.folds, scores, strict=True)):
            at = {"fusion": name, "repeat": repeat, "fold": fold, "patient": np.arange(cohort.y.size)}
            predictions.append(pd.DataFrame({**at, "y_true": cohort.y, "y_score": expit(odds)}))
            sizes = np.bincount(fold)
            at = {"fusion": name, "repeat": repeat, "fold": np.arange(sizes.size)}
            folds.append(pd.DataFrame({**at, "n_train": cohort.y.size - sizes, "n_test": sizes}))
    predictions, folds = (pd.concat(parts, ignore_index=True) for parts in (predictions, folds))
    patients = pd.Series(np.arange(cohort.y.size))
    return FusionComparison(
        NestedResult(predictions, folds, "", examined), "ehr", {"modalities": list(MODALITIES)}, patients
    )


def _limits(row, value):
    return [float(row[value]), float(row["low"]), float(row["high"])]


def contributions(cohort, comparison):
    """Value, limits and truth of Shapley values, beside them by the corrected resampled t, and of ablation."""
    found, truth = {}, {name: float(np.mean(values)) for name, values in cohort.truth.items()}
    by_fold = {name: fold_values(cohort.y, scores, cohort.folds) for name, scores in cohort.scores.items()}
    sizes = comparison.nested.folds[["n_train", "n_test"]].mean()
    shares, losses = (table(comparison).set_index("modality") for table in (modality_shapley, modality_ablation))
    for mine, other in (MODALITIES, MODALITIES[::-1]):
        share = (truth[mine] - 0.5 + truth[MODEL] - truth[other]) / 2
        t = corrected_resampled_interval((by_fold[mine] - 0.5 + by_fold[MODEL] - by_fold[other]) / 2, **sizes)
        found[f"shapley {mine}"] = [*_limits(shares.loc[mine], "shapley"), share]
        found[f"shapley, corrected t {mine}"] = [t.value, t.low, t.high, share]
        found[f"ablation {mine}"] = [*_limits(losses.loc[mine], "loss"), truth[MODEL] - truth[other]]
    return found


def cross_validated_cohort(population, key):
    """Value, limits and truth of every importance, contribution and calibration metric of one cohort."""
    cohort = draw_cohort(population, np.random.default_rng(key))
    comparison = compared(cohort, examined_folds(cohort, population))
    found, importance = {}, importance_table(comparison.nested).set_index("name")
    for name, block in _blocks(population).items():
        true = true_importance(population, cohort.weights[MODEL], block)
        found[f"importance {name}"] = [*_limits(importance.loc[name], "importance"), true]
    found.update(contributions(cohort, comparison))
    risks = {name: _mean_calibration(population, cohort, name) for name in cohort.scores}
    for _, row in calibration_table(comparison, n_resamples=200, random_state=key[-1]).iterrows():
        true = risks[row["fusion"]][row["metric"]]
        found[f"{row['metric']} {row['fusion']}"] = [*_limits(row, "value"), float(true)]
    return found


def _mean_calibration(population, cohort, name):
    """True calibration of one model's out-of-fold risks, averaged over repeats."""
    models = cohort.weights[name].reshape(population.n_repeats, population.n_folds, -1)
    found = [true_calibration(population, *given) for given in zip(models, cohort.scores[name], strict=True)]
    return pd.DataFrame(found).mean()


def new_patients_cohort(n, intercept, slope, key):
    """Value, limits and truth of every calibration metric of given risks of independent patients."""
    rng = np.random.default_rng(key)
    odds = rng.normal(-0.8, 1.2, n)
    curve = expit(intercept + slope * odds)
    event = rng.random(n) < curve
    points = -0.8 + 1.2 * NODES
    ahead = expit(intercept + slope * points)
    weight = np.concatenate([NODE_WEIGHTS * ahead, NODE_WEIGHTS * (1 - ahead)])
    truth = true_scores(np.tile(points, 2), np.repeat([True, False], NODES.size), weight)
    truth.update(summarised(np.abs(expit(odds) - curve)))
    found = calibration_intervals(event, expit(odds), n_resamples=400, random_state=rng)
    return {name: [got.value, got.low, got.high, float(truth[name])] for name, got in found.items()}


def parts_cohort(name, key):
    """What the store keeps of one cohort."""
    if name in NEW_PATIENTS:
        return {"found": new_patients_cohort(*NEW_PATIENTS[name], key)}
    return {"found": cross_validated_cohort(SETTINGS[name], key)}


def coverage_of(rows):
    """Share of the cohorts with an interval whose interval holds the truth, mean width and number, by quantity."""
    found = {}
    for name in rows[0]["found"]:
        _, low, high, truth = np.array([row["found"][name] for row in rows]).T
        there = np.isfinite(low)
        held = (low <= truth + 1e-12) & (truth <= high)
        found[name] = (float(held[there].mean()), float((high - low)[there].mean()), int(there.sum()))
    return found


def _kinds(quantities):
    """The quantities by what they are of: one of each modality, feature or model."""
    kinds = {}
    for quantity in quantities:
        kinds.setdefault(quantity.rpartition(" ")[0] or quantity, []).append(quantity)
    return kinds


def coverage_table(by_setting):
    """Markdown lines: how often, in percent, the intervals hold the truth; lowest to highest figure of a kind."""
    found = {name: coverage_of(rows) for name, rows in by_setting.items()}
    kinds = _kinds(next(iter(found.values())))
    yield f"| Population (cohorts) | {' | '.join(kinds)} |"
    yield f"|---|{'---|' * len(kinds)}"
    for name, shares in found.items():
        cells = [sorted({f"{100 * shares[one][0]:.1f}" for one in kind}, key=float) for kind in kinds.values()]
        cells = [cell[0] if len(cell) == 1 else f"{cell[0]} to {cell[-1]}" for cell in cells]
        yield f"| {name} ({len(by_setting[name])}) | {' | '.join(cells)} |"


def summary_table(by_setting):
    """Markdown lines: lowest, mean and highest coverage over the populations, and the intervals' mean width."""
    found = {name: coverage_of(rows) for name, rows in by_setting.items()}
    yield "| Interval of | lowest, mean, highest | below 93 | above 97 | mean width | without interval |"
    yield "|---|---|---|---|---|---|"
    for kind, quantities in _kinds(next(iter(found.values()))).items():
        cells = [shares[one] for shares in found.values() for one in quantities]
        share, width, there = np.array(cells).T
        share = np.round(100 * share, 6)
        without = len(quantities) * sum(map(len, by_setting.values())) - int(there.sum())
        span = f"{share.min():.1f}, {share.mean():.1f}, {share.max():.1f}"
        below, above = (share < 93).sum(), (share > 97).sum()
        yield f"| {kind} | {span} | {below} of {share.size} | {above} | {width.mean():.3f} | {without} |"


def tables(done):
    """Markdown lines of all tables."""
    for names in (CROSS_VALIDATED, NEW_PATIENTS):
        by_setting = {name: [row for key, row in done.items() if key[0] == name] for name in names}
        by_setting = {name: rows for name, rows in by_setting.items() if rows}
        if by_setting:
            for table in (coverage_table, summary_table):
                yield from table(by_setting)
                yield ""


def main():
    arguments = make_parser(__doc__, "honesty_parts.jsonl", 300).parse_args()
    sizes = dict.fromkeys([*CROSS_VALIDATED, *NEW_PATIENTS], arguments.cohorts)
    run(arguments.store, wanted_of(sizes, arguments.only), arguments.seed, parts_cohort)
    done = read_store(arguments.store)
    print("\n".join([*tables(done), provenance(done, "honesty_parts.py")]))


if __name__ == "__main__":
    main()
