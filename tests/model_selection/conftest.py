"""A small cohort in memory, with signal in both modalities."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.cohort import Cohort, Outcome
from fusionkit.model_selection import compare_fusions

QUICK = {"n_splits": 3, "n_repeats": 2, "inner_folds": 2, "n_features": (2, 4)}
"""Options of a comparison that is run in a few seconds."""


def make_cohort(n=60, *, groups=None, seed=0, effect=1.0):
    """n patients, 12 image features and a record with a category and gaps."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    ct = rng.normal(size=(n, 12))
    ct[:, 3] += effect * y
    ct[:, 7] -= effect * y
    X = pd.DataFrame(ct, columns=[f"ct__f{i}" for i in range(12)], index=[f"P{i:03}" for i in range(n)])
    X.insert(0, "ehr__age", np.where(rng.uniform(size=n) < 0.1, np.nan, 60 + 10 * rng.normal(size=n) + 8 * effect * y))
    X.insert(1, "ehr__sex", pd.Categorical(rng.choice(["female", "male"], n)))
    groups = X.index if groups is None else groups
    return Cohort(
        X,
        pd.Series(y, index=X.index),
        Outcome("event", ("no", "yes")),
        pd.Series(list(groups), index=X.index),
        {"ehr": "record", "ct": "image"},
    )


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture(scope="session")
def comparison():
    """The four fusions of that cohort, compared; not to be changed."""
    return compare_fusions(make_cohort(), **QUICK)
