"""Sample weights and members that are pipelines, as most members are."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from fusionkit.fusion import LateFusionClassifier
from fusionkit.naming import modality_columns


@pytest.fixture
def weighted():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 4)), columns=["ct__a", "ct__b", "ehr__a", "ehr__b"])
    return X, (X["ct__a"] + rng.normal(size=60) > 0).astype(int), 1.0 + np.arange(60) % 3


def late(model):
    return LateFusionClassifier(
        [(name, make_pipeline(MinMaxScaler(), model), modality_columns(name)) for name in ("ct", "ehr")]
    )


def test_without_metadata_routing_a_pipeline_is_refused_with_the_way_out(weighted):
    X, y, weight = weighted
    with pytest.raises(TypeError, match=r"member 'ct' \(Pipeline\).*enable_metadata_routing=True.*set_fit_request"):
        late(LogisticRegression()).fit(X, y, sample_weight=weight)


def test_the_way_out_weighs_as_repeating_the_patients_does(weighted):
    X, y, weight = weighted
    with config_context(enable_metadata_routing=True):
        model = LogisticRegression(tol=1e-10, max_iter=5000).set_fit_request(sample_weight=True)
        given = late(model).fit(X, y, sample_weight=weight).predict_proba(X)
    rows = np.repeat(np.arange(60), weight.astype(int))
    repeated = late(LogisticRegression(tol=1e-10, max_iter=5000)).fit(X.iloc[rows], y.iloc[rows])
    np.testing.assert_allclose(given, repeated.predict_proba(X), rtol=0, atol=1e-6)
