"""Invented studies, as plain as results.json: a builder that every test bends to its case."""

import copy
import functools

import numpy as np
import pandas as pd
import pytest

from fusionkit.metrics import feasibility

computed_once = functools.cache(feasibility)
"""Nearly every test starts from the plan of the same few studies."""

MODALITIES = {
    "ehr": {"kind": "record", "columns": 12, "source": "clinical.csv"},
    "ct": {"kind": "image", "columns": 93, "source": "images.csv"},
}


def make_predictions(fusions, n=74, n_events=33, repeats=5, folds=5, seed=0):
    """Out-of-fold predictions that get better from fusion to fusion."""
    rng = np.random.default_rng(seed)
    y = np.r_[np.ones(n_events, int), np.zeros(n - n_events, int)]
    patients = [f"P{i:03d}" for i in range(n)]
    base = 0.8 * y + rng.normal(size=n)
    frames = []
    for repeat in range(repeats):
        fold = np.empty(n, int)
        for label in (0, 1):
            at = rng.permutation(np.flatnonzero(y == label))
            fold[at] = np.arange(at.size) % folds
        for i, fusion in enumerate(fusions):
            score = 1 / (1 + np.exp(-(base + 0.25 * i * y + 0.5 * rng.normal(size=n) - 0.5)))
            at = {"fusion": fusion, "repeat": repeat, "fold": fold, "patient": patients}
            frames.append(pd.DataFrame({**at, "y_true": y, "y_score": score, "y_pred": (score > 0.5).astype(int)}))
    return pd.concat(frames, ignore_index=True)


def make_results(differences=None, *, n=74, n_events=33, modalities=None, repeats=5, folds=5):
    """Results of a study; ``differences`` is {fusion: (difference, low, high)} against the first modality."""
    modalities = copy.deepcopy(modalities or MODALITIES)
    names = list(modalities)
    baseline = names[0]
    if differences is None:
        differences = dict.fromkeys(names[1:], (0.02, -0.06, 0.10))
        differences |= {"early": (0.03, -0.01, 0.07), "late": (0.01, -0.04, 0.06)}
    size = {"n": n, "n_events": n_events}
    rows = [{"fusion": baseline, "auc": 0.70, "low": 0.58, "high": 0.80, **size}]
    rows += [
        {"fusion": f, "auc": 0.70 + d, "low": 0.6 + d, "high": 0.8 + d, **size} for f, (d, *_) in differences.items()
    ]
    images = [name for name in names if modalities[name]["kind"] == "image"]
    searched = [row["fusion"] for row in rows if row["fusion"] != "late"]
    n_folds = repeats * folds
    selected = [
        {"fusion": fusion, "feature": f"{image}__original_glcm_Feature{i}", "times": n_folds - i, "of": n_folds}
        for fusion in searched
        for image in images
        if fusion in {image, "early"}
        for i in range(min(24, n_folds))
    ] + [
        {"fusion": f, "feature": "ehr__age", "times": n_folds, "of": n_folds} for f in searched if f in {"ehr", "early"}
    ]

    def params(fusion, fold):
        if fusion == "late":
            return {}
        mine = images if fusion == "early" else [image for image in images if image == fusion]
        chosen = {f"fuse__{image}__select": "AnovaRanker" for image in mine}
        chosen |= {f"fuse__{image}__select__n_features_to_select": (5, 10, 10)[fold % 3] for image in mine}
        return {"model": "LogisticRegression", "model__C": 0.1, **chosen}

    def kept(fusion, place):
        """Features chosen in one training set, in keeping with the numbers of ``selected``."""
        return [row["feature"] for row in selected if row["fusion"] == fusion and place < row["times"]]

    fold_rows = [
        {"fusion": row["fusion"], "repeat": r, "fold": f, "n_train": n - n // folds, "n_test": n // folds}
        | {"params": params(row["fusion"], f), "features": kept(row["fusion"], r * folds + f)}
        for row in rows
        for r in range(repeats)
        for f in range(folds)
    ]
    study_modalities = {
        name: {"images": facts["source"], "engine": "native", "settings": None}
        if facts["kind"] == "image"
        else {"table": facts["source"], "columns": {"age": "number"}, "events": None, "select": False}
        for name, facts in modalities.items()
    }
    return {
        "fusionkit": {"format": 1, "version": "0.1.0"},
        "study": {
            "title": "Malignancy of lung nodules",
            "id": "patient_id",
            "outcome": {"table": "clinical.csv", "column": "malignant", "positive": ["yes"], "kind": "binary"}
            | {"given_away_by": ["histology"], "trust": []},
            "modalities": study_modalities,
            "baseline": None,
            "groups": None,
            "missing": [],
            "missing_modality": "require",
            "max_missing": {"patient": None, "column": None},
            "fusions": None,
            "models": ["logistic"],
            "selectors": ["anova"],
            "n_features": [5, 10, 20],
            "validation": {"folds": folds, "repeats": repeats, "inner_folds": 4, "seed": 0, "confidence": 0.95},
        },
        "seed": 0,
        "feasibility": copy.deepcopy(
            computed_once(n, n_events, sum(facts["columns"] for facts in modalities.values()))
        ),
        "cohort": {
            "outcome": {"name": "malignant", "negative": "no", "positive": "yes"},
            **size,
            "n_groups": n,
            "modalities": modalities,
            "flow": [
                *({"label": f"in {facts['source']}", "n": n + 4} for facts in modalities.values()),
                {"label": "in any source", "n": n + 6},
                {"label": "left out", "n": 6},
                {"label": "analysed", "n": n},
            ],
            "excluded": [
                {"patient": f"P{100 + i}", "reason": reason, "way_out": "Add the row.", "place": "images.csv, row 7"}
                for i, reason in enumerate(
                    ["not in images.csv."] * 3 + ["the mask has no voxel."] * 2 + ["no outcome."]
                )
            ],
            "warnings": [],
        },
        "comparison": {
            "baseline": baseline,
            "confidence": 0.95,
            "interval": "instability-inflated influence variance",
            "settings": {
                "models": ["logistic"],
                "selectors": ["anova"],
                "n_features": [5, 10, 20],
                "inner_folds": 4,
                "missing_modality": {},
                "random_state": 0,
                "repeats": repeats,
                "folds": folds,
                "splits": "9f" * 32,
                "grouped": False,
            },
            "estimates": rows,
            "differences": [
                {"fusion": f, "baseline": baseline, "difference": d, "low": low, "high": high, **size}
                for f, (d, low, high) in differences.items()
            ],
            "selected": [{**row, "share": row["times"] / row["of"]} for row in selected],
            "folds": fold_rows,
        },
        "versions": {"python": "3.11.7", "numpy": "2.4.0", "scikit-learn": "1.9.0"},
    }


@pytest.fixture
def results():
    """A study with two modalities and no reliable gain; the test's own copy."""
    return make_results()


@pytest.fixture(scope="session")
def predictions():
    """Out-of-fold predictions of that study; not to be changed."""
    return make_predictions(["ehr", "ct", "early", "late"])


@pytest.fixture(scope="session", name="make_results")
def _make_results():
    return make_results


@pytest.fixture(scope="session", name="make_predictions")
def _make_predictions():
    return make_predictions
