"""Columns that give the outcome away are named; honest ones are not."""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from fusionkit.cohort import screen_columns


def names(X, y, **options):
    return [problem.column for problem in screen_columns(pd.DataFrame(X), y, **options)]


def test_perfect_columns_in_either_direction_are_named():
    y = np.repeat([0, 1], 20)
    rng = np.random.default_rng(0)
    X = {
        "up": y + rng.uniform(0, 0.5, 40),
        "down": -y - rng.uniform(0, 0.5, 40),
        "level": np.where(y, "bad", "good"),
        "noise": rng.normal(size=40),
    }
    assert names(X, y) == ["up", "down", "level"]


def test_the_threshold_is_the_auc():
    rng = np.random.default_rng(1)
    y = np.repeat([0, 1], 100)
    x = y * 2.4 + rng.normal(size=200)
    area = roc_auc_score(y, x)
    assert 0.93 < area < 0.999
    assert names({"x": x}, y, threshold=area - 1e-9) == ["x"]
    assert names({"x": x}, y, threshold=area) == []


def test_a_column_of_unique_words_proves_nothing():
    y = np.repeat([0, 1], 20)
    assert names({"free text": [f"word {i}" for i in range(40)]}, y) == []


def test_missing_values_are_left_out_and_few_values_are_not_judged():
    y = np.repeat([0, 1], 20)
    mostly = np.where(np.arange(40) % 4 == 0, y + 0.0, np.nan)
    few = np.where(np.isin(np.arange(40), [0, 39]), y + 0.0, np.nan)
    assert names({"mostly": mostly, "few": few}, y) == ["mostly"]
