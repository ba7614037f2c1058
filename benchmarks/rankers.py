"""How fast the rankers are beside the packages they replace: one run, one core, ratios printed.

``python benchmarks/rankers.py`` compares; ``--scale`` adds the large tables, each in a process of its own with the
memory it took; ``--only WORD`` picks the lines whose name contains the word.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.feature_selection import RFE, mutual_info_classif, mutual_info_regression  # noqa: E402
from sklearn.svm import SVC  # noqa: E402

from fusionkit import selection  # noqa: E402

__all__ = ["compare", "scale"]

COLUMNS = 1240
STEPS = (5, 10, 20, 40, 80, 160)
"""The six numbers of features of the grid."""


def table(n_samples, n_features, seed=0):
    """Return features, of which ten carry the outcome, and two classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n_samples)
    X = rng.normal(size=(n_samples, n_features))
    X[:, :10] += 0.7 * y[:, None]
    return X, y


def seconds(function, repeats):
    """Return the least processor time of several calls."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def relief_pair(name, n_samples):
    import skrebate

    X, y = table(n_samples, COLUMNS)
    settings = {"n_neighbors": 10} if name == "ReliefF" else {}
    peer = getattr(skrebate, name)(**settings)
    return getattr(selection, f"{name}Ranker")(**settings), (X, y), lambda: peer.fit(X.copy(), y), 1


def mrmr_pair(n_samples, k=50):
    import mrmr

    X, y = table(n_samples, COLUMNS)
    frame, outcome = pd.DataFrame(X), pd.Series(y)
    ours = selection.MRMRRanker(n_features_ranked=k)
    return ours, (X, y), lambda: mrmr.mrmr_classif(frame, outcome, K=k, n_jobs=1, show_progress=False), 1


def information_pair(n_samples, task="classification"):
    X, y = table(n_samples, COLUMNS)
    reference = mutual_info_classif if task == "classification" else mutual_info_regression
    y = y if task == "classification" else X[:, 0] + X[:, 1] ** 2
    ours = selection.MutualInformationRanker(task=task, random_state=0)
    return ours, (X, y), lambda: reference(X, y, random_state=0), 2


def elimination_pair(n_samples, n_features=COLUMNS, step=0.05):
    X, y = table(n_samples, n_features)
    model = SVC(kernel="linear")

    def peer():
        for k in STEPS:
            RFE(model, n_features_to_select=k, step=step).fit(X, y)

    return selection.RFERanker(estimator=model, step=step), (X, y), peer, 1


PAIRS = {
    **{
        f"{name}, {n} x {COLUMNS}, against scikit-rebate": (relief_pair, name, n)
        for n in (200, 500)
        for name in ("ReliefF", "SURF", "MultiSURF")
    },
    f"mRMR, first 50 of {COLUMNS}, 200, against mrmr_selection": (mrmr_pair, 200),
    f"mutual information, 200 x {COLUMNS}, against scikit-learn": (information_pair, 200),
    f"mutual information, 500 x {COLUMNS}, against scikit-learn": (information_pair, 500),
    f"mutual information, regression, 200 x {COLUMNS}, against scikit-learn": (information_pair, 200, "regression"),
    f"RFE over six numbers, 200 x {COLUMNS}, step 0.05, against scikit-learn": (elimination_pair, 200),
    "RFE over six numbers, 200 x 240, step 1, against scikit-learn": (elimination_pair, 200, 240, 1),
}
SCALE = {
    "ReliefF, 10,000 x 1,000": (lambda: selection.ReliefFRanker(), 10_000, 1_000),
    "MultiSURF, 10,000 x 1,000": (lambda: selection.MultiSURFRanker(), 10_000, 1_000),
    "SURF, 10,000 x 1,000": (lambda: selection.SURFRanker(), 10_000, 1_000),
    "ANOVA, 20,000 x 1,000": (lambda: selection.AnovaRanker(), 20_000, 1_000),
    "mutual information, 20,000 x 1,000": (lambda: selection.MutualInformationRanker(random_state=0), 20_000, 1_000),
    "mRMR, all ranked, 20,000 x 1,000": (lambda: selection.MRMRRanker(), 20_000, 1_000),
    "ANOVA, 500 x 20,000": (lambda: selection.AnovaRanker(), 500, 20_000),
    "mutual information, 500 x 20,000": (lambda: selection.MutualInformationRanker(random_state=0), 500, 20_000),
    "mRMR, first 200, 500 x 20,000": (lambda: selection.MRMRRanker(n_features_ranked=200), 500, 20_000),
    "mRMR, all ranked, 500 x 20,000": (lambda: selection.MRMRRanker(), 500, 20_000),
}


def compare(only=""):
    """Print our time, the peer's and the ratio, line by line."""
    print(f"{'':75s} {'ours':>10s} {'peer':>10s} {'ratio':>7s}")
    for name, (pair, *arguments) in PAIRS.items():
        if only not in name:
            continue
        ranker, data, peer, repeats = pair(*arguments)
        ranker.fit(*data)
        ours = seconds(lambda ranker=ranker, data=data: ranker.fit(*data), 5 if repeats else 1)
        theirs = seconds(peer, repeats)
        print(f"{name:75s} {ours * 1000:8.1f}ms {theirs:9.2f}s {theirs / ours:6.0f}x", flush=True)


def scale(only=""):
    """Print time and peak memory of the large tables, each in its own process."""
    for name in SCALE:
        if only in name:
            subprocess.run([sys.executable, __file__, "--one", name], check=True)


def one(name):
    """Rank one large table and print what it took."""
    make, n_samples, n_features = SCALE[name]
    ranker = make()
    ranker.fit(*table(60, 20))
    X, y = table(n_samples, n_features)
    start = time.process_time()
    ranker.fit(X, y)
    taken, peak = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = int((ranker.ranking_[:10] <= 10).sum())
    print(f"{name:75s} {taken:9.1f}s {peak:6.2f} GB peak, {found} of 10 planted features found", flush=True)


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", action="store_true", help="add the large tables")
    parser.add_argument("--only", default="", help="lines whose name contains this")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.one:
        return one(arguments.one)
    compare(arguments.only)
    if arguments.scale:
        scale(arguments.only)
    return None


if __name__ == "__main__":
    main()
