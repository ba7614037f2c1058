"""The record encoder learns in the fold, agrees with scikit-learn's own parts, and keeps the columns' names."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from fusionkit.ehr import RecordEncoder, make_record_encoder
from fusionkit.naming import modality_columns
from tests.contract import parametrize_with_checks


@parametrize_with_checks([RecordEncoder()])
def test_it_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


def record(n=60, seed=0, gaps=0.15):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "ehr__age": rng.normal(60, 10, n).round(),
            "ehr__crp": rng.lognormal(1, 1, n),
            "ehr__stage": rng.integers(0, 4, n).astype(float),
            "ehr__site": rng.choice(["north", "south", "west"], n),
            "ehr__sex": pd.Categorical(rng.choice(["female", "male"], n)),
        }
    )
    return X.mask(rng.random(X.shape) < gaps)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_scikit_learns_own_parts(seed):
    X, new = record(seed=seed), record(seed=seed + 100)
    numbers, levels = ["ehr__age", "ehr__crp", "ehr__stage"], ["ehr__site", "ehr__sex"]
    reference = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (OneHotEncoder(sparse_output=False, handle_unknown="ignore"), levels),
        verbose_feature_names_out=False,
    )
    reference = reference.set_output(transform="pandas").fit(X.astype({"ehr__sex": object}))
    encoder = make_record_encoder(min_frequency=1).fit(X)
    for table in (X, new):
        expected = reference.transform(table.astype({"ehr__sex": object}))
        expected = expected.rename(columns={"ehr__site_nan": "ehr__site_missing", "ehr__sex_nan": "ehr__sex_missing"})
        for name in numbers:
            expected[f"{name}_missing"] = table[name].isna().astype(float)
        got = encoder.transform(table)
        assert set(expected) - set(got) == {"ehr__sex_female"}, "of two levels one column says it all"
        pd.testing.assert_frame_equal(got, expected[got.columns], rtol=0, atol=1e-12)


def test_names_follow_the_columns_in_their_order():
    encoder = make_record_encoder().fit(record())
    assert encoder.get_feature_names_out().tolist() == [
        *("ehr__age", "ehr__age_missing", "ehr__crp", "ehr__crp_missing", "ehr__stage", "ehr__stage_missing"),
        *(
            "ehr__site_north",
            "ehr__site_south",
            "ehr__site_west",
            "ehr__site_missing",
            "ehr__sex_male",
            "ehr__sex_missing",
        ),
    ]


def test_a_gap_is_marked_only_where_training_had_one():
    train = pd.DataFrame({"age": [50.0, 60.0, 70.0], "crp": [1.0, None, 3.0], "sex": ["f", "m", "m"]})
    new = pd.DataFrame({"age": [None], "crp": [None], "sex": [None]}).astype({"age": float, "crp": float})
    encoder = make_record_encoder(scale=False).fit(train)
    assert encoder.transform(new).to_dict("list") == {"age": [60.0], "crp": [2.0], "crp_missing": [1.0], "sex_m": [0.0]}


def test_a_level_that_training_did_not_have_is_all_zeros():
    train = pd.DataFrame({"site": ["a", "b", "c"] * 5})
    encoded = make_record_encoder().fit(train).transform(pd.DataFrame({"site": ["d", None, "a"]}))
    assert encoded.to_numpy().tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_rare_levels_are_joined_if_there_are_two():
    train = pd.DataFrame({"site": ["a"] * 6 + ["b"] * 5 + ["c", "d", "d"], "arm": ["x"] * 6 + ["y"] * 6 + ["z"] * 2})
    encoder = make_record_encoder(min_frequency=5).fit(train)
    names = ["site_a", "site_b", "site_infrequent", "arm_x", "arm_y", "arm_z"]
    assert encoder.get_feature_names_out().tolist() == names
    assert encoder.transform(train)["site_infrequent"].tolist() == [0] * 11 + [1] * 3


def test_a_column_without_values_in_training_does_not_crash_and_stays_silent():
    train = pd.DataFrame({"a": [np.nan] * 3, "b": [1.0, 2.0, 3.0], "c": pd.Series([None] * 3, dtype="str")})
    encoder = make_record_encoder().fit(train)
    assert encoder.get_feature_names_out().tolist() == ["a", "b", "c_missing"]
    new = pd.DataFrame({"a": [7.0, 8.0], "b": [2.0, 2.0], "c": ["x", None]})
    assert encoder.transform(new).to_numpy().tolist() == [[0, 0, 0], [0, 0, 1]]


def test_test_rows_cannot_change_what_was_fitted():
    X = record(80)
    encoder = make_record_encoder().fit(X[:50])
    alone = encoder.transform(X[50:55])
    pd.testing.assert_frame_equal(encoder.transform(X[50:]).iloc[:5], alone)
    pd.testing.assert_frame_equal(encoder.transform(X[50:].iloc[::-1]).iloc[::-1], encoder.transform(X[50:]))


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "boolean", "float32", "int8", "bool"])
def test_every_numeric_dtype_is_a_number(dtype):
    train = pd.DataFrame({"a": pd.Series([0, 1, 1, 0], dtype=dtype)})
    assert make_record_encoder(scale=False).fit_transform(train)["a"].tolist() == [0.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string"])
def test_every_kind_of_text_is_levels(dtype):
    train = pd.DataFrame({"a": pd.Series(["x", "y", None, "z"], dtype=dtype)})
    encoded = make_record_encoder(min_frequency=1).fit_transform(train)
    assert encoded.columns.tolist() == ["a_x", "a_y", "a_z", "a_missing"]
    assert encoded.to_numpy().tolist() == np.eye(4)[[0, 1, 3, 2]].tolist()


NOTES = ["mass in the left lobe", "no mass seen", "left lobe clear", None, "mass, left lobe", "clear"] * 5


@pytest.mark.parametrize("dtype", ["str", "object", "string"])
def test_free_text_becomes_the_scores_of_scikit_learns_own_parts_scaled(dtype):
    X = record(30, gaps=0.0)[["ehr__age"]].assign(ehr__note__text=pd.Series(NOTES, dtype=dtype))
    encoder = make_record_encoder(n_topics=3).fit(X)
    names = ["ehr__age", "ehr__note_topic1", "ehr__note_topic2", "ehr__note_topic3"]
    assert encoder.get_feature_names_out().tolist() == names
    texts = [text or "" for text in NOTES]
    reference = make_pipeline(
        TfidfVectorizer(strip_accents="unicode", min_df=2, sublinear_tf=True),
        TruncatedSVD(3, random_state=0),
        StandardScaler(),
    )
    np.testing.assert_allclose(encoder.transform(X)[names[1:]], reference.fit_transform(texts), atol=1e-9)
    raw = make_record_encoder(n_topics=3, scale=False).fit_transform(X)[names[1:]]
    np.testing.assert_allclose(raw, reference[:-1].transform(texts), atol=1e-9)


def test_words_are_learnt_in_training_alone_and_a_silent_column_gives_no_topic():
    train = pd.DataFrame({"note__text": NOTES[:12], "empty__text": pd.Series([None] * 12, dtype="str")})
    encoder = make_record_encoder(n_topics=2).fit(train)
    assert encoder.get_feature_names_out().tolist() == ["note_topic1", "note_topic2"]
    unknown, silent = "unheard of", None
    new = pd.DataFrame({"note__text": [unknown, silent], "empty__text": ["now there is one", None]})
    first, second = encoder.transform(new).to_numpy()
    np.testing.assert_array_equal(first, second)
    assert "unheard" not in encoder.texts_.vectorizers_[0].vocabulary_
    assert clone(encoder).get_params()["n_topics"] == 2


def test_it_works_cloned_in_a_column_transformer_and_in_cross_validation():
    X = record(100)
    X["ct__volume"] = np.arange(100.0)
    y = np.arange(100) % 2
    parts = make_column_transformer(
        (make_record_encoder(), modality_columns("ehr")),
        ("passthrough", modality_columns("ct")),
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    encoded = clone(parts).fit_transform(X)
    assert encoded.columns[0] == "ehr__age"
    assert encoded.columns[-1] == "ct__volume"
    assert not encoded.isna().any(axis=None)
    scores = cross_val_score(make_pipeline(clone(parts), LogisticRegression(max_iter=1000)), X, y, cv=5)
    assert np.isfinite(scores).all()


def test_what_cannot_be_encoded_is_refused_by_name():
    with pytest.raises(TypeError, match="column 'seen' holds dates"):
        make_record_encoder().fit(pd.DataFrame({"seen": pd.to_datetime(["2020-01-01"])}))
    with pytest.raises(ValueError, match="infinity in column crp"):
        make_record_encoder().fit(pd.DataFrame({"age": [1.0, 2.0], "crp": [1.0, np.inf]}))
    with pytest.raises(ValueError, match="two columns would be called age_missing"):
        make_record_encoder().fit(pd.DataFrame({"age": [1.0, np.nan], "age_missing": [0, 1]}))
    encoder = make_record_encoder().fit(pd.DataFrame({"age": [1.0, 2.0]}))
    with pytest.raises(ValueError, match="held numbers in training holds something else now"):
        encoder.transform(pd.DataFrame({"age": ["old"]}))
