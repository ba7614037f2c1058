"""No leak by the ordinary path: shuffled labels score like chance."""

import numpy as np
import pytest

from fusionkit.cohort import Cohort
from fusionkit.datasets import load_sample_path
from fusionkit.model_selection import compare_fusions
from fusionkit.study import Study


@pytest.mark.slow
def test_twenty_shuffled_outcomes_of_the_demo_score_like_chance():
    """The demo with its first ranker and model, selection and search included: mean AUCs lie between .45 and .55."""
    study = Study.read(load_sample_path() / "study.yaml")
    cohort = study.cohort(n_jobs=2)
    spec, rng, areas = study.spec, np.random.default_rng(0), []
    for seed in range(20):
        shuffled = cohort.y.sample(frac=1, random_state=rng.integers(2**31)).set_axis(cohort.y.index)
        permuted = Cohort(cohort.X, shuffled, cohort.outcome, cohort.groups, cohort.kinds)
        comparison = compare_fusions(
            permuted,
            fusions=spec.fusion_names,
            models=spec.models[:1],
            selectors=spec.selectors[:1],
            n_features=spec.n_features,
            n_splits=spec.validation.folds,
            n_repeats=1,
            inner_folds=spec.validation.inner_folds,
            random_state=seed,
            n_jobs=2,
        )
        areas.append(comparison.estimates().set_index("fusion")["auc"])
    mean = sum(areas) / len(areas)
    assert set(mean.index) == {"ehr", "ct", "early", "late"}
    assert mean.between(0.45, 0.55).all(), mean
