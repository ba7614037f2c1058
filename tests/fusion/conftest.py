"""Cohorts of two and three modalities, whole and with modalities that some patients lack."""

import numpy as np
import pandas as pd
import pytest

COLUMNS = ["ct__1", "ct__2", "mr__1", "mr__2", "ehr__1", "ehr__2", "ehr__3"]
SIGNAL = np.array([1.0, 0, 0.5, 0, 0.8, 0.3, 0])


def make_cohort(n=90, n_classes=2, seed=0, absent=0.0):
    """n patients with signal in all three modalities; a share of them lacks ct, and another share mr."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    X = pd.DataFrame(
        rng.normal(size=(n, 7)) + y[:, None] * SIGNAL, columns=COLUMNS, index=[f"P{i:03}" for i in range(n)]
    )
    for modality in ("ct", "mr"):
        X.loc[rng.uniform(size=n) < absent, [c for c in COLUMNS if c.startswith(modality)]] = np.nan
    return X, y


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def gaps():
    return make_cohort(absent=0.3)
