"""One feature of each correlated cluster, against pandas' correlations."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from fusionkit.selection import CorrelationFilter


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def wide():
    """600 columns in families, so that more than one block is visited."""
    rng = np.random.default_rng(0)
    families = rng.normal(size=(50, 40))
    return pd.DataFrame(families[:, rng.integers(0, 40, 600)] + 0.4 * rng.normal(size=(50, 600)))


def expected_clusters(frame, order, threshold, method):
    r = frame.corr(method=method).abs().to_numpy()
    leaders, clusters = [], np.arange(len(r))
    for column in order:
        leader = next((other for other in leaders if r[column, other] > threshold), None)
        if leader is None:
            leaders.append(column)
        else:
            clusters[column] = leader
    return clusters


@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_clusters_are_those_of_pandas_correlations(cancer, wide, method, threshold):
    for frame in (cancer[0], wide):
        fitted = CorrelationFilter(threshold, method=method).fit(frame)
        expected = expected_clusters(frame, range(frame.shape[1]), threshold, method)
        assert np.array_equal(fitted.clusters_, expected)


def test_no_two_features_kept_correlate_above_the_threshold(cancer):
    for keep in ("first", "variance", "outcome"):
        kept = CorrelationFilter(0.7, keep=keep).set_output(transform="pandas").fit(*cancer).transform(cancer[0])
        r = kept.corr().abs().to_numpy()
        assert 3 < kept.shape[1] < 20
        assert r[np.triu_indices_from(r, 1)].max() <= 0.7


def test_the_outcome_or_the_variance_chooses_who_leads(cancer):
    X, y = cancer
    by_outcome = X.corrwith(y).abs().sort_values(ascending=False, kind="stable").index
    by_variance = X.var().sort_values(ascending=False, kind="stable").index
    for keep, order in (("outcome", by_outcome), ("variance", by_variance)):
        fitted = CorrelationFilter(0.7, keep=keep).fit(X, y)
        expected = expected_clusters(X, X.columns.get_indexer(order), 0.7, "pearson")
        assert np.array_equal(fitted.clusters_, expected)


def test_a_constant_column_leads_itself():
    X = np.random.default_rng(0).normal(size=(20, 3))
    X[:, 1] = 0.1
    assert list(CorrelationFilter(0.5).fit(X[:, [0, 1, 0]]).clusters_) == [0, 1, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "kendall"}, "method is one of 'pearson', 'spearman'; got 'kendall'"),
        ({"keep": "last"}, "keep is one of 'first', 'variance', 'outcome'; got 'last'"),
        ({"threshold": 1.2}, r"threshold is a correlation in \[0, 1\]; got 1.2"),
        ({"keep": "outcome"}, "keep='outcome' needs the outcome"),
    ],
)
def test_wrong_arguments_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        CorrelationFilter(**settings).fit(np.eye(4))
