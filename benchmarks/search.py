"""FusionSearchCV beside GridSearchCV, on one machine in one run: the ratios of their times, and the scores compared.

python benchmarks/search.py               the full grid: 720 candidates x 5 folds (the references take long)
python benchmarks/search.py --folds 1     the same grid on the first fold only
python benchmarks/search.py --quick       two k and two values per model
python benchmarks/search.py --jobs 2      adds the time with two workers
python benchmarks/search.py --plain-only  leaves out the references with a memory

Plain GridSearchCV would take hours on the full grid and is timed on subsets of 24 fits in the first fold:

- for each selector the 24 of its six k and the four C of the support vector machine, a part of the grid as it stands;
- 24 mixed ones, four for each selector, with every model and every k in turn: the hardest subset for a plan, as hardly
  anything is shared. Beside it stand the same 24 searched alone, and the full grid's time per fit.

GridSearchCV is timed on the mixed ones with fusionkit's rankers, where the scores must be equal, and on all with the
rankers of the packages that a user would take otherwise (scikit-rebate, scikit-learn), where they are not compared:
scikit-rebate gives its columns in another order.
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
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, f_classif, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from skrebate import ReliefF
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
OF_LIBRARIES = {
    "anova": (SelectKBest(f_classif), "k"),
    "relief": (ReliefF(n_neighbors=10), "n_features_to_select"),
    "rfe": (RFE(LogisticRegression(max_iter=1000)), "n_features_to_select"),
    "mutual information": (SelectKBest(partial(mutual_info_classif, random_state=0)), "k"),
    "gini": (SelectFromModel(RandomForestClassifier(200, random_state=0), threshold=-np.inf), "max_features"),
    "pca": (PCA(svd_solver="full"), "n_components"),
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


def few_candidates(selectors=SELECTORS):
    """Return 24 of the grid's candidates: four per selector; models, values and k take turns."""
    few = []
    for place, (selector, parameter) in enumerate(selectors.values()):
        for turn in range(4):
            model, values_of = MODELS[(4 * place + turn) % len(MODELS)]
            few.append(
                {
                    "fuse__ct__select": [selector],
                    f"fuse__ct__select__{parameter}": [KS[(4 * place + turn) % len(KS)]],
                    "model": [model],
                    **{f"model__{name}": [values[(place + turn) % 4]] for name, values in values_of.items()},
                }
            )
    return few


def compare_blocks(one_fold, X, y):
    """Print for each selector the ratio on 24 fits, its six k and four C, and the ratio of all of them together."""
    totals = np.zeros(2)
    for name in SELECTORS:
        own, plain = (
            timed(search(early_fusion(), grid(selectors={name: selectors[name]})[:1], **one_fold), X, y)
            for search, selectors in ((FusionSearchCV, SELECTORS), (GridSearchCV, OF_LIBRARIES))
        )
        report(f"{name}, six k and four C: GridSearchCV, the libraries' ranker", plain, own, False)
        totals += own[2], plain[2]
    print(f"all six selectors, six k and four C: ratio {totals[1] / totals[0]:.1f} (processor)", flush=True)


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


def report(name, reference, own, same_scores):
    """Print one line: the reference's time beside the own search's on the same candidates, or per fit on others."""
    (theirs, their_clock, their_busy), (ours, our_clock, our_busy) = reference, own
    n_theirs = len(theirs.cv_results_["params"]) * theirs.n_splits_
    n_ours = len(ours.cv_results_["params"]) * ours.n_splits_
    scale = n_ours / n_theirs
    text = f"{name}, {n_theirs} fits: processor {their_busy:.1f} s, clock {their_clock:.1f} s"
    per_fit = "" if n_ours == n_theirs else f" per fit of {n_ours}"
    text += f"; ratio{per_fit} {their_busy * scale / our_busy:.1f} (processor), {their_clock * scale / our_clock:.1f}"
    if same_scores:
        expected, actual = scores(theirs), scores(ours)
        worst = max(np.abs(actual[params][: len(row)] - row).max() for params, row in expected.items())
        text += f", worst difference {worst:.1e}"
    print(text, flush=True)


def remembered(grid_of, settings, X, y):
    """Time GridSearchCV with the memory of Pipeline, in a folder that is empty at first."""
    with tempfile.TemporaryDirectory() as folder:
        remembering = early_fusion().set_params(memory=folder, fuse__ct__memory=folder)
        return timed(GridSearchCV(remembering, grid_of, **settings), X, y)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two k and two values per model")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds")
    parser.add_argument("--jobs", type=int, default=1, help="adds a run with this number of workers")
    parser.add_argument("--own-only", action="store_true", help="time FusionSearchCV alone")
    parser.add_argument("--plain-only", action="store_true", help="leave out the references with a memory")
    parser.add_argument("--no-libraries", action="store_true", help="leave out the libraries' rankers with a memory")
    arguments = parser.parse_args()
    X, y = cohort()
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[: arguments.folds]
    settings = {"cv": folds, "scoring": "roc_auc", "refit": False}
    one_fold = {**settings, "cv": folds[:1]}
    size = ([10, 40], 2) if arguments.quick else (KS, 4)
    full = grid(*size)
    for n_jobs in {1, arguments.jobs}:  # compiles and caches the kernels, and starts the workers
        FusionSearchCV(early_fusion(), grid([5], 1), cv=2, n_jobs=n_jobs).fit(X[:60], y[:60])
    own = timed(FusionSearchCV(early_fusion(), full, **settings), X, y)
    few = timed(FusionSearchCV(early_fusion(), few_candidates(), **one_fold), X, y)
    for name, (search, clock, busy) in [("full grid", own), ("24 candidates", few)]:
        n_fits = len(search.cv_results_["params"]) * search.n_splits_
        print(f"FusionSearchCV, {name}, {n_fits} fits: processor {busy:.1f} s, clock {clock:.1f} s", flush=True)
    if arguments.jobs > 1:
        parallel = timed(FusionSearchCV(early_fusion(), full, n_jobs=arguments.jobs, **settings), X, y)
        print(f"{arguments.jobs} workers: clock {parallel[1]:.1f} s, {own[1] / parallel[1]:.2f}x", flush=True)
    if arguments.own_only:
        return
    compare_blocks(one_fold, X, y)
    for whose, selectors in [("fusionkit's", SELECTORS), ("the libraries'", OF_LIBRARIES)]:
        plain = timed(GridSearchCV(early_fusion(), few_candidates(selectors), **one_fold), X, y)
        report(f"GridSearchCV, {whose} rankers", plain, few, selectors is SELECTORS)
        report(f"GridSearchCV, {whose} rankers", plain, own, False)
        if not arguments.plain_only and not (arguments.no_libraries and selectors is OF_LIBRARIES):
            reference = remembered(grid(*size, selectors), settings, X, y)
            report(
                f"GridSearchCV(Pipeline(memory=...)), {whose} rankers",
                reference,
                own,
                selectors is SELECTORS,
            )


if __name__ == "__main__":
    main()
