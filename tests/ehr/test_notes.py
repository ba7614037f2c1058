"""Free text: topics are learnt in the fold, terms are found unless they are denied."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from fusionkit.ehr import TextEncoder, find_terms
from tests.contract import parametrize_with_checks

NOTES = pd.DataFrame(
    {
        "ehr__note": [
            *("spiculated mass in the left upper lobe", "ground glass nodule left lobe", "no mass seen", "clear lungs"),
            *("mass with cavitation in the right lobe", "nodule right upper lobe", None, "left nodule stable"),
        ]
    },
    dtype="str",
)


@parametrize_with_checks([TextEncoder()])
def test_it_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


def test_topics_are_those_of_scikit_learns_own_parts():
    encoded = TextEncoder(n_components=3).set_output(transform="pandas").fit_transform(NOTES)
    weights = TfidfVectorizer(min_df=2, sublinear_tf=True).fit_transform(NOTES["ehr__note"].fillna(""))
    expected = TruncatedSVD(3, random_state=0).fit_transform(weights)
    assert encoded.columns.tolist() == ["ehr__note_topic1", "ehr__note_topic2", "ehr__note_topic3"]
    np.testing.assert_allclose(encoded, expected, rtol=0, atol=1e-12)


def test_test_texts_cannot_change_what_was_fitted():
    encoder = TextEncoder(n_components=2).fit(NOTES[:5])
    both = encoder.transform(NOTES[5:])
    np.testing.assert_array_equal(encoder.transform(NOTES[5:6]), both[:1])
    assert encoder.transform(pd.DataFrame({"ehr__note": ["words that training never had"]})).tolist() == [[0.0, 0.0]]


def test_small_folds_give_fewer_topics_and_none_without_words():
    assert TextEncoder(n_components=50).fit(NOTES).transform(NOTES).shape[1] <= len(NOTES)
    empty = pd.DataFrame({"a": [None, None, None], "b": ["left mass", "left mass", None]}, dtype="str")
    encoder = clone(TextEncoder(n_components=2)).fit(empty)
    assert encoder.get_feature_names_out().tolist() == ["b_topic1", "b_topic2"]
    assert encoder.transform(empty).shape == (3, 2)


def test_other_columns_are_refused():
    encoder = TextEncoder().fit(NOTES)
    with pytest.raises(ValueError, match="feature names should match"):
        encoder.transform(NOTES.rename(columns={"ehr__note": "x"}))


@pytest.mark.parametrize(
    ("text", "metastasis"),
    [
        ("Liver metastases.", 1),
        ("No liver metastases.", 0),
        ("no evidence of hepatic or pulmonary metastasis", 0),
        ("Metastases were ruled out", 0),
        ("metastasis is unlikely", 0),
        ("No pain. Metastases in the liver", 1),
        ("no pain but metastases in the liver", 1),
        ("No metastasis in the lung; metastasis in the liver", 1),
        ("Nodule, knotty, metastatic", 1),
        ("paranormal", 0),
        ("", 0),
    ],
)
def test_a_term_counts_unless_it_is_denied(text, metastasis):
    found = find_terms(pd.Series([text], index=["A"]), {"metastasis": ["metasta*", "mets"]})
    assert found.loc["A", "metastasis"] == metastasis


def test_a_missing_text_says_nothing_and_negations_may_be_the_users():
    texts = pd.Series(["kein Tumor", "Tumor", None])
    found = find_terms(texts, {"tumour": ["tumor"]}, {"before": ["kein", "keine"]})
    np.testing.assert_array_equal(found["tumour"], [0.0, 1.0, np.nan])
    assert find_terms(texts, {"tumour": ["tumor"]})["tumour"].iloc[0] == 1.0
