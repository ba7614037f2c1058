"""Checklists are complete, and tick nothing that the run cannot prove."""

import copy

import pytest

from fusionkit.report.checklist import CHECKLISTS, answer_checklist, checklist_document
from fusionkit.report.checklist_facts import DRAFT, EVIDENCE, FACTS, YOURS
from fusionkit.report.markdown import render_markdown


def answers(name, results):
    return {answer.item.number: answer for answer in answer_checklist(name, results)}


def bare_of(results):
    """The least that a report is made from."""
    return {
        "cohort": {key: results["cohort"][key] for key in ("outcome", "n", "n_events")},
        "comparison": {key: results["comparison"][key] for key in ("baseline", "estimates")},
    }


def test_the_checklists_have_the_published_numbers_of_items():
    assert len(CHECKLISTS["clear"].items) == 58
    assert [item.number for item in CHECKLISTS["clear"].items] == [str(i) for i in range(1, 59)]
    tripod = [item.number for item in CHECKLISTS["tripod-ai"].items]
    assert len(tripod) == len(set(tripod)) == 52
    assert list(dict.fromkeys(int(number.rstrip("abcdefg")) for number in tripod)) == list(range(1, 28))
    assert len(CHECKLISTS["metrics"].items) == 30
    assert sum(item.worth for item in CHECKLISTS["metrics"].items) == pytest.approx(1.0, abs=1e-12)
    assert len(CHECKLISTS["rqs"].items) == 16
    assert sum(item.worth for item in CHECKLISTS["rqs"].items) == 36


def test_the_weights_of_metrics_are_those_of_its_categories():
    """By the publication, study design weighs most, then imaging data; segmentation and open science weigh least."""
    weights = {}
    for item in CHECKLISTS["metrics"].items:
        weights[item.section] = weights.get(item.section, 0) + item.worth
    order = sorted(weights, key=lambda name: -round(weights[name], 4))
    assert order == [
        "Study design",
        "Imaging data",
        "Image processing and feature extraction",
        "Metrics and comparison",
        "Testing",
        "Feature processing",
        "Preparation for modelling",
        "Segmentation",
        "Open science",
    ]


def test_the_weights_of_metrics_are_those_of_its_authors_calculator():
    """metricsscore.github.io rounds the published weights to three decimals."""
    published = [37, 74, 92, 44, 29, 44, 29, 34, 22, 11, 62, 31, 41, 20, 20, 30, 20, 60, 30, 35, 23, 18, 12, 29, 18]
    published += [37, 75, 7, 7, 7]
    ours = [1000 * item.worth for item in CHECKLISTS["metrics"].items]
    assert ours == pytest.approx(published, abs=0.5 + 1e-9)


@pytest.mark.parametrize("name", CHECKLISTS)
def test_every_fact_is_known_and_every_answer_has_its_place(name, results):
    for item in CHECKLISTS[name].items:
        assert not item.fact or item.fact in FACTS
        assert item.text
        assert item.proven <= item.worth
    for answer in answer_checklist(name, results):
        assert answer.status in {EVIDENCE, DRAFT, YOURS}
        assert bool(answer.text) == bool(answer.where) == (answer.status != YOURS)


def test_every_fact_is_used():
    used = {item.fact for checklist in CHECKLISTS.values() for item in checklist.items}
    assert set(FACTS) <= used


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_run_that_shows_little_proves_little(name, results):
    bare = bare_of(results)
    for row in bare["comparison"]["estimates"]:
        row.update({"low": None, "high": None})
    found = {a.item.fact for a in answer_checklist(name, bare) if a.status == EVIDENCE}
    assert found == set()


@pytest.mark.parametrize(
    ("part", "lost"),
    [
        ("interval", {"40": EVIDENCE}),
        ("differences", {"41": EVIDENCE, "42": EVIDENCE, "48": EVIDENCE}),
        ("settings", {"15": EVIDENCE, "38": EVIDENCE}),
    ],
)
def test_without_the_part_of_the_run_that_proves_it_an_item_is_no_evidence(results, part, lost):
    assert {number: answers("clear", results)[number].status for number in lost} == lost
    results["comparison"][part] = {} if part == "settings" else None
    assert all(answers("clear", results)[number].status != EVIDENCE for number in lost)


def test_optional_entries_turn_open_items_into_evidence(results):
    assert answers("clear", results)["44"].status == YOURS
    assert answers("clear", results)["43"].status == DRAFT
    results["table_one"] = [{"variable": "age", "all": "61"}]
    results["importance"] = [{"modality": "ct", "importance": 0.1}]
    results |= {"missingness": [{"pattern": [], "n": 74, "n_events": 33}], "missing_values": []}
    assert {answers("clear", results)[number].status for number in ("29", "43", "44")} == {EVIDENCE}


def test_ethics_and_acquisition_are_never_answered_by_a_run(results):
    results |= {key: [{"a": 1}] for key in ("table_one", "importance", "audit", "subgroups", "coverage")}
    clear, tripod, rqs = (answers(name, results) for name in ("clear", "tripod-ai", "rqs"))
    assert {clear[number].status for number in ("8", "10", "11", "16", "19", "20", "53", "57")} == {YOURS}
    assert {tripod[number].status for number in ("5b", "6a", "17", "18a", "18b", "19", "22")} == {YOURS}
    assert {rqs[number].status for number in ("1", "2", "3", "4", "11", "15")} == {YOURS}


def test_a_run_without_images_claims_nothing_on_image_features(make_results):
    modalities = {name: {"kind": "record", "columns": 3, "source": "heart.csv"} for name in ("clinical", "ecg")}
    found = answers("clear", make_results(modalities=modalities))
    assert {found[number].status for number in ("21", "22", "23", "24", "25", "26", "28", "33", "46", "55")} == {YOURS}
    assert found["42"].status == YOURS


def test_settings_of_the_extraction_are_quoted_where_the_study_spells_them_out(results):
    assert answers("clear", results)["23"].status == DRAFT
    changed = copy.deepcopy(results)
    changed["study"]["modalities"]["ct"]["settings"] = {"setting": {"binWidth": 25}, "imageType": {"Original": {}}}
    found = answers("clear", changed)
    assert (found["23"].status, found["23"].text) == (EVIDENCE, 'ct: {"binWidth": 25}.')
    assert found["24"].status == EVIDENCE
    assert found["22"].status == DRAFT


def test_points_and_weights_count_evidence_only(results):
    text = render_markdown(checklist_document("rqs", results))
    proven = sum(answer.worth for answer in answer_checklist("rqs", results))
    assert proven == 8
    assert "worth 8 points of 36" in text
    assert "This is no score of the study" in text
    weight = sum(answer.worth for answer in answer_checklist("metrics", results))
    assert f"worth {100 * weight:.4g} % of the weight" in render_markdown(checklist_document("metrics", results))


def test_unknown_checklists_are_named_with_those_there_are(results):
    with pytest.raises(ValueError, match="no checklist 'stard'; there are clear, tripod-ai, metrics, rqs"):
        checklist_document("stard", results)
