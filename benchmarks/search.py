"""FusionSearchCV beside GridSearchCV, on one machine in one run: the ratios of their times, and the scores compared.

python benchmarks/search.py               the full grid: 720 candidates x 5 folds (the references take long)
python benchmarks/search.py --folds 1     the same grid on the first fold only
python benchmarks/search.py --quick       two k and two values per model
python benchmarks/search.py --jobs 2      adds the time with two workers
"""

import argparse
import tempfile
import time
from functools import partial

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE, SelectKBest, f_classif, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

from fusionkit.model_selection import FusionSearchCV
from fusionkit.naming import modality_columns
from fusionkit.selection import AnovaRanker, GiniRanker, MutualInformationRanker, ReliefFRanker, RFERanker

SELECTORS = {
    "anova": (AnovaRanker(), "n_features_to_select"),
    "relief": (ReliefFRanker(), "n_features_to_select"),
    "rfe": (RFERanker(step=1), "n_features_to_select"),
    "mutual information": (MutualInformationRanker(random_state=0), "n_features_to_select"),
    "gini": (GiniRanker(n_estimators=200, random_state=0), "n_features_to_select"),
    "pca": (PCA(svd_solver="full"), "n_components"),
}
OF_SCIKIT_LEARN = {
    **SELECTORS,
    "anova": (SelectKBest(f_classif), "k"),
    "rfe": (RFE(LogisticRegression(max_iter=1000)), "n_features_to_select"),
    "mutual information": (SelectKBest(partial(mutual_info_classif, random_state=0)), "k"),
}
KS = [5, 10, 20, 40, 80, 120]
MODELS = [
    (SVC(), {"C": [0.1, 1.0, 10.0, 100.0]}),
    (RandomForestClassifier(random_state=0), {"n_estimators": [50, 100, 200, 400]}),
    (LogisticRegression(max_iter=5000), {"C": [0.01, 0.1, 1.0, 10.0]}),
    (KNeighborsClassifier(), {"n_neighbors": [3, 5, 9, 15]}),
    (XGBClassifier(max_depth=3, n_jobs=1, random_state=0), {"n_estimators": [50, 100, 200, 400]}),
]


def cohort(n=200, n_imaging=1200, n_record=40):
    """Return a table of two modalities and a binary outcome."""
    X, y = make_classification(n, n_imaging + n_record, n_informative=20, n_redundant=100, random_state=0)
    names = [f"ct__{i}" for i in range(n_imaging)] + [f"ehr__{i}" for i in range(n_record)]
    return pd.DataFrame(X, columns=names), y


def early_fusion():
    """Return the pipeline that is searched over: imaging scaled and selected, the record scaled, then the model."""
    imaging = Pipeline([("scale", StandardScaler()), ("select", AnovaRanker())])
    branches = [("ct", imaging, modality_columns("ct")), ("ehr", StandardScaler(), modality_columns("ehr"))]
    fuse = ColumnTransformer(branches, verbose_feature_names_out=False)
    return Pipeline([("fuse", fuse), ("model", SVC())])


def grid(ks=KS, n_values=4, selectors=SELECTORS):
    """Return every selector with every k, with every model and its values."""
    return [
        {
            "fuse__ct__select": [selector],
            f"fuse__ct__select__{parameter}": ks,
            "model": [model],
            **{f"model__{name}": values[:n_values] for name, values in values_of.items()},
        }
        for selector, parameter in selectors.values()
        for model, values_of in MODELS
    ]


def few_candidates(candidates, n=24):
    """Return some candidates of a grid, drawn with a seed, as a grid of its own."""
    drawn = np.random.default_rng(0).choice(len(candidates), n, replace=False)
    return [{name: [value] for name, value in candidates[i].items()} for i in sorted(drawn)]


def timed(search, X, y):
    """Return the fitted search, its seconds on the clock, and its seconds of processor time.

    On a machine that others use too, the ratio of processor times is the one to trust.
    """
    start, busy = time.perf_counter(), time.process_time()
    search.fit(X, y)
    return search, time.perf_counter() - start, time.process_time() - busy


def scores(search):
    """Return each candidate's scores, by its parameters as text."""
    keys = [key for key in search.cv_results_ if key.startswith("split")]
    table = np.column_stack([search.cv_results_[key] for key in keys])
    names = [str(sorted(params.items(), key=str)) for params in search.cv_results_["params"]]
    return dict(zip(names, table, strict=True))


def report(name, reference, own):
    """Print one line: the reference's time for as many fits as the own search had, beside the own time."""
    (theirs, their_clock, their_busy), (ours, our_clock, our_busy) = reference, own
    n_theirs = len(theirs.cv_results_["params"]) * theirs.n_splits_
    n_ours = len(ours.cv_results_["params"]) * ours.n_splits_
    scale, expected, actual = n_ours / n_theirs, scores(theirs), scores(ours)
    worst = max(np.abs(actual[params][: len(row)] - row).max() for params, row in expected.items())
    clock, busy = their_clock * scale, their_busy * scale
    print(
        f"{name}, {n_theirs} of {n_ours} fits: clock {clock:.1f} s = {clock / our_clock:.1f}x, "
        f"processor {busy:.1f} s = {busy / our_busy:.1f}x, worst difference {worst:.1e}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two k and two values per model")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds")
    parser.add_argument("--jobs", type=int, default=1, help="adds a run with this number of workers")
    parser.add_argument("--of-sklearn", action="store_true", help="scikit-learn's selectors where it has them")
    parser.add_argument("--own-only", action="store_true", help="time FusionSearchCV alone")
    arguments = parser.parse_args()
    X, y = cohort()
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[: arguments.folds]
    settings = {"cv": folds, "scoring": "roc_auc", "refit": False}
    selectors = OF_SCIKIT_LEARN if arguments.of_sklearn else SELECTORS
    full = grid([10, 40], 2, selectors) if arguments.quick else grid(selectors=selectors)
    FusionSearchCV(early_fusion(), grid([5], 1), cv=2).fit(X[:60], y[:60])  # compiles and caches the kernels
    own = timed(FusionSearchCV(early_fusion(), full, **settings), X, y)
    n_fits = len(own[0].cv_results_["params"]) * own[0].n_splits_
    print(f"FusionSearchCV, {n_fits} fits: clock {own[1]:.1f} s, processor {own[2]:.1f} s", flush=True)
    if arguments.jobs > 1:
        parallel = timed(FusionSearchCV(early_fusion(), full, n_jobs=arguments.jobs, **settings), X, y)
        print(f"{arguments.jobs} workers: clock {parallel[1]:.1f} s, {own[1] / parallel[1]:.2f}x", flush=True)
    if arguments.own_only:
        return
    few = few_candidates(own[0].cv_results_["params"])
    report("GridSearchCV", timed(GridSearchCV(early_fusion(), few, **{**settings, "cv": folds[:1]}), X, y), own)
    with tempfile.TemporaryDirectory() as folder:
        remembering = early_fusion().set_params(memory=folder, fuse__ct__memory=folder)
        report("GridSearchCV(Pipeline(memory=...))", timed(GridSearchCV(remembering, full, **settings), X, y), own)


if __name__ == "__main__":
    main()
