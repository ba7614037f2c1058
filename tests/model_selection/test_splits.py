"""Splits: every patient tested once per repeat, groups whole, leaks refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionkit.model_selection.splits import Split, check_splits, make_splits, splits_fingerprint


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(20, 60),
    folds=st.integers(2, 5),
    repeats=st.integers(1, 3),
    seed=st.integers(0, 99),
    grouped=st.booleans(),
)
def test_each_patient_is_tested_once_per_repeat_and_groups_stay_whole(n, folds, repeats, seed, grouped):
    y = np.arange(n) % 2
    groups = np.arange(n) // 2 if grouped else None
    splits = make_splits(y, groups, n_splits=folds, n_repeats=repeats, random_state=seed)
    assert len(splits) == folds * repeats
    for repeat in range(repeats):
        tested = np.concatenate([split.test for split in splits if split.repeat == repeat])
        assert sorted(tested) == list(range(n))
    for split in splits:
        assert sorted([*split.train, *split.test]) == list(range(n))
        if grouped:
            assert not set(groups[split.train]) & set(groups[split.test])


def test_folds_are_stratified():
    y = np.repeat([0, 1], [60, 20])
    assert {int(y[split.test].sum()) for split in make_splits(y, n_splits=5)} == {4}


def test_one_seed_one_division_and_another_seed_another():
    y = np.arange(40) % 2
    patients = [f"P{i}" for i in range(40)]
    prints = [splits_fingerprint(make_splits(y, random_state=seed), patients) for seed in (0, 0, 7)]
    assert prints[0] == prints[1] != prints[2]
    assert splits_fingerprint(make_splits(y), patients[::-1]) != prints[0]


def test_bare_pairs_are_numbered_by_repeat():
    pairs = [([2, 3], [0, 1]), ([0, 1], [2, 3]), ([1, 2], [0, 3]), ([0, 3], [1, 2])]
    numbered = check_splits(pairs, [0, 1, 0, 1])
    assert [(split.repeat, split.fold) for split in numbered] == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("y", "groups", "options", "message"),
    [
        ([0, 0, 0, 0], None, {}, "one class only"),
        ([0] * 9 + [1] * 3, None, {}, "class 1 has 3 patients, fewer than the 5 folds: use n_splits=3"),
        ([0, 1] * 6, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4], {"n_splits": 6}, "has 5 groups, fewer than the 6 folds"),
        ([0, 1] * 6, None, {"n_splits": 1}, "n_splits is at least 2"),
    ],
)
def test_impossible_folds_are_refused_with_a_way_out(y, groups, options, message):
    with pytest.raises(ValueError, match=message):
        make_splits(y, groups, **options)


@pytest.mark.parametrize(
    ("train", "test", "groups", "message"),
    [
        ([0, 1, 2], [2, 3], None, "repeat 0, fold 0: the same rows"),
        ([0, 1], [2, 3], [0, 1, 1, 2], "a group stands in training and test"),
        ([0, 1, 3], [2], None, "a class is missing from the test patients"),
    ],
)
def test_leaking_or_useless_splits_are_refused(train, test, groups, message):
    with pytest.raises(ValueError, match=message):
        check_splits([Split(0, 0, np.array(train), np.array(test))], [0, 1, 0, 1], groups)
