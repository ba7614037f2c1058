"""The promise of the intervals, by simulation with known true AUCs, as ``benchmarks/metrics.py coverage`` makes it."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "metrics.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("benchmarks_metrics", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gain, n = 100", "no gain, n = 100", "nothing predicts, n = 100"])
def test_over_500_cohorts_the_intervals_cover_and_no_false_gain_is_claimed(benchmark, name):
    got = benchmark.coverage(benchmark.SCENARIOS[name], 500, seed=1, methods=("report",))["report"]
    for what in ("EHR AUC", "fusion AUC", "difference"):
        assert 0.93 <= got[what] <= 0.985, what
    if name != "gain, n = 100":
        assert got["called better"] <= 0.05


def test_the_simulated_models_are_those_of_sklearn_and_their_auc_is_known(benchmark):
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from fusionkit.metrics import auc

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 4)), np.arange(80) % 2
    training = np.ones((2, 80))
    training[1, :20] = 0
    got = benchmark.fit_logistic(X, y, training, np.ones((2, 4), dtype=bool))
    expected = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(X[20:], y[20:])
    np.testing.assert_allclose(got[1, 1:], expected.coef_[0], atol=1e-5)
    shift = np.array([1.0, 0.5, 0.0, 0.0])
    many = rng.normal(size=(100_000, 4)) + (np.arange(100_000) % 2)[:, None] * shift
    weights = np.array([1.0, -0.3, 0.2, 0.0])
    true = benchmark.stats.norm.cdf(weights @ shift / np.sqrt(2) / np.linalg.norm(weights))
    assert auc(np.arange(100_000) % 2, many @ weights) == pytest.approx(true, abs=0.005)
