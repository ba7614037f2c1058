"""The column that says who lacks a modality is no feature that a selector chose."""

import pytest

from fusionkit.report.features import features
from fusionkit.report.stability import stability


@pytest.fixture
def marked(make_results):
    """The same study, whose early fusion was given ``ct__absent`` beside what was chosen in every training set."""
    results = make_results()
    comparison = results["comparison"]
    comparison["settings"]["missing_modality"] = {"ct": "available"}
    for row in comparison["folds"]:
        row["features"] += ["ct__absent"] * (row["fusion"] == "early")
    comparison["selected"].append({"fusion": "early", "feature": "ct__absent", "times": 25, "of": 25, "share": 1.0})
    return results


def test_a_mark_of_absence_is_not_listed_as_chosen(make_results, marked):
    assert features(marked)["fusions"] == features(make_results())["fusions"]


def test_a_mark_of_absence_makes_the_selection_no_more_stable(make_results, marked):
    plain, found = stability(make_results()), stability(marked)
    assert found["rows"] == plain["rows"]
    assert found["figure"].caption == plain["figure"].caption


def test_the_index_is_told_where_every_candidate_was_chosen_once(marked):
    marked["cohort"]["modalities"]["ct"]["columns"] = 24
    assert [row["fusion"] for row in stability(marked)["rows"]] == ["ct", "early"]
