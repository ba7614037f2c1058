"""The verdict says what the interval says, and never more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionkit.report import make_verdict
from fusionkit.report.verdict import judge_difference


def study(make_results, early, late=None, **changes):
    differences = {"early": early} if late is None else {"early": early, "late": late}
    return make_results(differences, **changes)


def test_no_reliable_gain_reads_as_the_journal_would_print_it(make_results):
    verdict = make_verdict(study(make_results, (0.03, -0.01, 0.07), (0.01, -0.04, 0.06)))
    assert verdict.finding == "unclear"
    assert verdict.headline == "No reliable gain in this cohort"
    assert verdict.sentences == (
        "Adding ct to ehr by early fusion changed the AUC by +0.03 (95 % CI −0.01 to 0.07; 74 patients, 33 events): "
        "no reliable gain in this cohort.",
        "Late fusion changed it by +0.01 (95 % CI −0.04 to 0.06): no reliable gain either.",
    )


@pytest.mark.parametrize(
    ("row", "finding", "headline", "first", "second"),
    [
        ((0.06, 0.02, 0.10), "gain", "A gain in this cohort", "lies above zero.", ": a gain too."),
        ((-0.06, -0.10, -0.02), "harm", "A loss in this cohort", "lies below zero.", ": a loss too."),
        ((0.02, -0.10, 0.14), "too few", "Too few patients to tell", "too few patients to tell.", ": again too few"),
        (
            (0.02, None, None),
            "undefined",
            "No conclusion possible",
            "nothing can be concluded without an interval.",
            "without an interval.",
        ),
    ],
)
def test_each_finding_has_its_words(make_results, row, finding, headline, first, second):
    verdict = make_verdict(study(make_results, row, row))
    assert (verdict.finding, verdict.headline) == (finding, headline)
    assert verdict.sentences[0].endswith(first)
    assert second in verdict.sentences[1]


def test_a_missing_interval_is_told_with_its_reason(make_results):
    results = study(make_results, (0.0, None, None))
    results["comparison"]["differences"][0]["reason"] = "one class has a single patient"
    assert (
        make_verdict(results)
        .sentences[0]
        .endswith("nothing can be concluded without an interval, because one class has a single patient.")
    )


def test_early_and_late_are_judged_apart(make_results):
    verdict = make_verdict(study(make_results, (0.06, 0.02, 0.10), (-0.06, -0.10, -0.02)))
    assert verdict.finding == "mixed"
    assert verdict.headline == "A gain by early fusion, a loss by late fusion"
    verdict = make_verdict(study(make_results, (0.03, -0.01, 0.07), (0.06, 0.02, 0.10)))
    assert verdict.headline == "No reliable gain by early fusion, a gain by late fusion"
    assert "too" not in verdict.sentences[1]


@pytest.mark.parametrize("n_events", [9, 65])
def test_fewer_than_ten_patients_of_a_class_are_too_few_whatever_the_interval(make_results, n_events):
    assert make_verdict(study(make_results, (0.06, 0.02, 0.10), n_events=n_events)).finding == "too few"


def test_a_gain_of_uncertain_size_says_so(make_results):
    [sentence] = make_verdict(study(make_results, (0.15, 0.01, 0.29))).sentences
    assert sentence.endswith("lies above zero, though its size is uncertain.")


def test_a_limit_close_to_zero_keeps_its_sign(make_results):
    [sentence] = make_verdict(study(make_results, (0.03, -0.002, 0.062))).sentences
    assert "+0.030 (95 % CI −0.002 to 0.062;" in sentence
    [sentence] = make_verdict(study(make_results, (0.03, 0.0004, 0.062))).sentences
    assert "95 % CI 0.0004 to 0.0620;" in sentence


def test_a_single_modality_never_makes_the_headline_when_there_is_a_fusion(make_results):
    verdict = make_verdict(make_results({"ct": (0.2, 0.15, 0.25), "early": (0.0, -0.05, 0.05)}))
    assert verdict.finding == "unclear"
    assert len(verdict.sentences) == 1


def test_modalities_are_compared_where_there_is_no_fusion(make_results):
    [sentence] = make_verdict(make_results({"ct": (0.06, 0.02, 0.10)})).sentences
    assert sentence.startswith("Using ct instead of ehr changed the AUC by +0.06")


def test_a_partial_fusion_names_what_it_adds(make_results):
    kinds = {"ehr": {"kind": "record"}, "ct": {"kind": "image"}, "mr": {"kind": "image"}}
    kinds = {name: {**facts, "columns": 9, "source": f"{name}.csv"} for name, facts in kinds.items()}
    verdict = make_verdict(make_results({"ehr+mr": (0.06, 0.02, 0.10), "ct+mr": (0, -0.05, 0.05)}, modalities=kinds))
    assert verdict.sentences[0].startswith("Adding mr to ehr by early fusion")
    assert verdict.sentences[1].startswith("Early fusion of ct and mr changed it")
    verdict = make_verdict(make_results({"early": (0.06, 0.02, 0.10)}, modalities=kinds))
    assert verdict.sentences[0].startswith("Adding ct and mr to ehr by early fusion")


def test_a_study_of_one_modality_concludes_nothing_about_another(make_results):
    verdict = make_verdict(make_results({}, modalities={"ehr": {"kind": "record", "columns": 9, "source": "a.csv"}}))
    assert verdict.finding == "alone"
    assert verdict.sentences[0] == "ehr alone reached an AUC of 0.70 (95 % CI 0.58 to 0.80; 74 patients, 33 events)."
    assert "does not say whether" in verdict.sentences[1]


def test_trust_and_warnings_stand_beside_the_verdict(results):
    assert len(make_verdict(results).cautions) == 1
    results["study"]["outcome"]["trust"] = ["ehr__psa", "ct__volume"]
    results["cohort"]["warnings"] = [{"place": "a.csv", "message": "alone reaches an AUC of 0.96.", "way_out": ""}]
    cautions = make_verdict(results).cautions
    assert cautions[0].startswith("The study file trusts ehr__psa and ct__volume")
    assert cautions[1] == "1 warning about the data deserves a look: see Patients."


def test_a_model_at_chance_is_called_so(results):
    results["comparison"]["estimates"][0]["low"] = 0.46
    assert any("AUC of ehr alone cannot be told from chance" in caution for caution in make_verdict(results).cautions)


def test_the_rule_counts_the_comparisons(results):
    assert "not adjusted for the 3 comparisons" in make_verdict(results).rule


@given(
    low=st.floats(-1, 1) | st.just(math.nan),
    width=st.floats(0, 1),
    n=st.integers(20, 500),
    share=st.floats(0.01, 0.99),
)
def test_a_gain_is_claimed_only_when_the_whole_interval_is_above_zero(low, width, n, share):
    n_events = round(share * n)
    finding = judge_difference({"low": low, "high": low + width, "n": n, "n_events": n_events})
    if finding == "gain":
        assert low > 0
        assert min(n_events, n - n_events) >= 10
    if finding == "harm":
        assert low + width < 0
    if finding == "unclear":
        assert low <= 0 <= low + width
        assert width <= 0.2 + 1e-9


def test_too_few_repeats_are_said_beside_the_verdict(make_results):
    said = {repeats: " ".join(make_verdict(make_results(repeats=repeats)).cautions) for repeats in (1, 2, 3)}
    assert "dealt into folds once only" in said[1]
    assert "dealt into folds" not in said[2]
    assert "dealt into folds" not in said[3]


def test_every_model_and_selector_of_a_study_has_words_for_the_methods():
    from fusionkit.models import model_names
    from fusionkit.report.references import MODELS, SELECTORS
    from fusionkit.selection import RANKERS

    assert set(model_names()) <= set(MODELS)
    assert set(RANKERS) <= set(SELECTORS)
