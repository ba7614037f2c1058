"""The methods paragraph says what was done, cites what was used, and nothing else."""

import re

import pytest

from fusionkit.report.methods import methods_text
from fusionkit.report.references import MODELS, REFERENCES, SELECTORS


def text_of(results):
    sentences, references = methods_text(results)
    return " ".join(sentences), references


def test_the_paragraph_holds_the_numbers_of_the_run(results):
    text, _ = text_of(results)
    for part in [
        "in 74 patients with 33 events; 6 patients were left out",
        "5 folds, repeated 5 times",
        "4 stratified inner folds chose the number of features kept and the hyperparameters by the highest AUC",
        "the F statistic of an analysis of variance; the best 5, 10 or 20 were kept",
        "paired differences against ehr",
        "models trained on 4/5 of the cohort",
        "fusionkit 0.1.0, scikit-learn 1.9.0 and Python 3.11.7",
    ]:
        assert part in text


def test_every_reference_is_cited_and_every_citation_has_one_in_order(results):
    results["comparison"]["settings"] |= {"models": ["svm_rbf", "random_forest"], "selectors": ["relief", "rfe"]}
    text, references = text_of(results)
    cited = [int(number) for group in re.findall(r"\[([\d, ]+)\]", text) for number in group.split(", ")]
    assert list(dict.fromkeys(cited)) == list(range(1, len(references) + 1))
    assert "chose the ranking method, the number of features kept, the classifier and its hyperparameters" in text


def test_references_follow_the_methods(results):
    _, before = text_of(results)
    assert not [line for line in before if "ReliefF" in line or "Random forests" in line]
    results["comparison"]["settings"] |= {"models": ["random_forest"], "selectors": ["relief"]}
    text, after = text_of(results)
    assert [line for line in after if "ReliefF" in line]
    assert "ranked by ReliefF [2]" in text


def test_a_study_without_images_or_late_fusion_mentions_neither(make_results):
    modalities = {name: {"kind": "record", "columns": 3, "source": "heart.csv"} for name in ("clinical", "ecg")}
    text, references = text_of(make_results({"early": (0.05, 0.01, 0.09)}, modalities=modalities))
    for word in ("Image features", "ranked by", "Late fusion", "number of features"):
        assert word not in text
    assert not [line for line in references if "Kittler" in line or "Griethuysen" in line]


def test_groups_and_repeats_are_said_as_they_were(results):
    results["comparison"]["settings"] |= {"grouped": True, "repeats": 1}
    results["study"]["groups"] = "family"
    text, _ = text_of(results)
    assert "with all patients of one family in the same fold" in text
    assert "4 stratified and grouped inner folds" in text
    assert "repeat" not in text


def test_the_engine_is_named(results):
    results["study"]["modalities"]["ct"]["engine"] = "pyradiomics"
    assert "computed from the masked images with pyradiomics [1]" in text_of(results)[0]


@pytest.mark.parametrize("table", [SELECTORS, MODELS], ids=["selectors", "models"])
def test_every_reference_that_a_method_points_to_is_there(table):
    assert {key for _, key in table.values() if key} <= set(REFERENCES)


def test_a_method_without_words_is_called_by_its_name(results):
    results["comparison"]["settings"] |= {"models": ["newest"], "selectors": ["latest"]}
    text, _ = text_of(results)
    assert "The classifier was newest." in text
    assert "ranked by latest;" in text
