"""The methods paragraph says what was done, cites what was used, and nothing else."""

import re

import numpy as np
import pytest

from fusionkit.metrics import cv_estimate
from fusionkit.report.interval_words import interval_words
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


def test_the_rule_for_missing_modalities_and_the_limits_are_said_as_they_were(results):
    text, _ = text_of(results)
    assert "Patients without ehr or ct were left out. No limit was set on the share of missing values" in text
    results["study"] |= {"missing_modality": {"ct": "available"}, "max_missing": {"patient": 0.5, "column": 0.4}}
    text, _ = text_of(results)
    assert "Patients without ehr were left out. Columns missing in more than 40 % of the patients who had" in text
    assert "Patients who lacked more than 50 % of a modality's columns were left out." in text
    assert "Patients without ct" not in text  # nobody lacked it
    results["comparison"]["settings"]["missing_modality"] = {"ct": "available"}
    assert "Patients without ct were kept: the model of ct alone gave them the event rate" in text_of(results)[0]
    results["study"]["missing_modality"] = "impute"
    results["comparison"]["settings"]["missing_modality"] = {"ct": "impute"}
    text, _ = text_of(results)
    assert "Patients without ct were kept: every model filled the features in" in text
    assert "were left out. Columns" not in text
    results["study"]["missing_modality"] = "require"
    assert "Patients with an empty row in ct were kept" in text_of(results)[0]


def test_groups_and_repeats_are_said_as_they_were(results):
    results["comparison"]["settings"] |= {"grouped": True, "repeats": 1}
    results["comparison"]["interval"] = "corrected resampled t on the logit scale"  # what a single repeat gets
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


def test_the_intervals_are_described_as_they_were_made(results):
    text, references = text_of(results)
    assert "rest on DeLong's variance" in text
    assert any("DeLong ER" in line for line in references)
    results["comparison"]["interval"] = "corrected resampled t on the logit scale"
    text, references = text_of(results)
    assert "are corrected resampled t intervals" in text
    assert any("Nadeau" in line for line in references)
    assert not any("DeLong ER" in line for line in references)
    results["comparison"]["interval"] = "guessed"
    with pytest.raises(ValueError, match="no words for intervals made by 'guessed'"):
        text_of(results)


def test_every_method_that_the_metrics_use_has_words():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 20)
    folds = np.stack([rng.permutation(np.arange(40) % 4) for _ in range(2)])
    for method in ("instability", "corrected_t"):
        found = cv_estimate(y, y + rng.normal(size=(2, 40)), folds, method=method)
        assert interval_words({"interval": found.method}).reference
