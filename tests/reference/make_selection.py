"""Write selection.json: what scikit-rebate, mrmr_selection and BorutaPy say about the cases of selection_cases.py.

Run from the root of the project: ``python -m tests.reference.make_selection``. Made with scikit-rebate 0.8.4,
mrmr_selection 0.2.8 and Boruta 0.4.3.
"""

import json
from pathlib import Path

import mrmr
import numpy as np
import pandas as pd
from boruta import BorutaPy
from sklearn.ensemble import RandomForestClassifier

from tests.reference.relief_oracle import PLAIN, scores
from tests.reference.selection_cases import CASES


def relief(X, y):
    settings = {"ReliefFRanker": {"n_neighbors": 10}}
    return {name: scores(name, X, y, **settings.get(name, {})).tolist() for name in PLAIN}


def mrmr_order(X, y, regression):
    select = mrmr.mrmr_regression if regression else mrmr.mrmr_classif
    picked, relevance, _ = select(
        pd.DataFrame(X), pd.Series(y), K=X.shape[1], n_jobs=1, show_progress=False, return_scores=True
    )
    return {"order": [int(i) for i in picked], "relevance": relevance.tolist()}


def boruta_choice(X, y):
    noise = np.random.default_rng(0).normal(size=X.shape)
    forest = RandomForestClassifier(max_depth=4)
    fitted = BorutaPy(forest, n_estimators=10, max_iter=16, random_state=3).fit(np.hstack([X, noise]), y)
    return {"confirmed": fitted.support_.tolist(), "tentative": fitted.support_weak_.tolist()}


def main():
    found = {"relief": {}, "mrmr": {}, "boruta": boruta_choice(*CASES["three classes"])}
    for case, (X, y) in CASES.items():
        found["relief"][case] = relief(X, y)
        found["mrmr"][case] = mrmr_order(X, y, case == "regression")
    Path(__file__).with_name("selection.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
