"""A modality that a patient lacks: its model learns from those who have it and knows nothing of the others."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold

from fusionkit import modality_columns
from fusionkit.fusion.absence import AbsenceIndicator, AvailableModalityClassifier
from tests.contract import parametrize_with_checks


@parametrize_with_checks([AbsenceIndicator(), AvailableModalityClassifier(LogisticRegression(), slice(0, None))])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def patients():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3 == 0
    X = pd.DataFrame({"ct__a": rng.normal(size=60) + y, "ct__b": rng.normal(size=60), "ehr__age": rng.normal(size=60)})
    lacking = np.arange(60) % 4 == 1
    X.loc[lacking, ["ct__a", "ct__b"]] = np.nan
    return X, y.astype(int), lacking


def test_it_learns_from_those_who_have_the_modality_and_gives_the_others_the_event_rate(patients):
    X, y, lacking = patients
    ct = X[["ct__a", "ct__b"]]
    model = AvailableModalityClassifier(LogisticRegression(), modality_columns("ct")).fit(ct, y)
    alone = LogisticRegression().fit(ct[~lacking], y[~lacking])
    probability = model.predict_proba(ct)
    np.testing.assert_array_equal(probability[~lacking], alone.predict_proba(ct[~lacking]))
    np.testing.assert_allclose(probability[lacking], [[1 - y.mean(), y.mean()]] * lacking.sum(), rtol=1e-12)
    assert (model.predict(ct)[lacking] == 0).all()


def test_a_search_inside_shows_what_it_chose_and_is_given_groups_of_its_patients(patients):
    X, y, _ = patients
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=StratifiedGroupKFold(3))
    model = AvailableModalityClassifier(search, modality_columns("ct"))
    assert model.cv is search.cv
    assert not hasattr(AvailableModalityClassifier(LogisticRegression(), modality_columns("ct")), "cv")
    assert not hasattr(model, "best_params_")
    model.fit(X[["ct__a", "ct__b"]], y, groups=np.arange(60))
    assert model.best_params_ in ({"C": 0.1}, {"C": 1.0})
    assert model.best_params_["C"] == model.best_estimator_.C


def test_one_class_among_those_who_have_the_modality_is_refused(patients):
    X, y, _ = patients
    X = X.assign(ct__a=X["ct__a"].where(y == 0), ct__b=X["ct__b"].where(y == 0))
    with pytest.raises(ValueError, match="who have the modality are not of all 2 classes"):
        AvailableModalityClassifier(LogisticRegression(), modality_columns("ct")).fit(X, y)


def test_the_indicator_is_named_after_the_modality_and_marks_whole_absence_only():
    X = pd.DataFrame({"ct__a": [1.0, np.nan, np.nan], "ct__b": [np.nan, np.nan, 2.0]})
    marked = AbsenceIndicator("ct").set_output(transform="pandas").fit(X).transform(X)
    assert marked.columns.tolist() == ["ct__absent"]
    assert marked["ct__absent"].tolist() == [0, 1, 0]
