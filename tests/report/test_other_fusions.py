"""Studies that compare other fusions than early fusion and the mean: what the verdict and the methods say of them."""

import pandas as pd
import pytest

from fusionkit.model_selection.fusions import LATE_FUSIONS
from fusionkit.report import make_verdict
from fusionkit.report.checklist_facts import FACTS
from fusionkit.report.clinical_use import clinical_use
from fusionkit.report.document import Bullets, Document, Section
from fusionkit.report.features import features
from fusionkit.report.markdown import render_markdown
from fusionkit.report.methods import methods_text

GAIN, LOSS, NONE = (0.05, 0.01, 0.09), (-0.05, -0.09, -0.01), (0.0, -0.04, 0.04)
IMAGES = {
    "ehr": {"kind": "record", "columns": 12, "source": "clinical.csv"},
    "ct": {"kind": "image", "columns": 93, "source": "ct.csv"},
    "mr": {"kind": "image", "columns": 93, "source": "mr.csv"},
}


def methods_of(results):
    return " ".join(methods_text(results)[0])


@pytest.mark.parametrize("name", [name for name in LATE_FUSIONS if name != "late"])
def test_the_methods_say_what_each_late_fusion_does(make_results, name):
    text = methods_of(make_results({name: NONE}, modalities=IMAGES))
    in_two_steps = "images_first" in name
    assert ("combined the probabilities of the image models, and then the result with those" in text) is in_two_steps
    assert ("combined the probabilities predicted by one model per modality by" in text) is not in_two_steps
    assert ":" not in text.partition("ate fusion")[2].partition(".")[0]
    assert "images_first" not in text


def test_only_a_late_fusion_that_learns_is_said_to_learn(make_results):
    learns = "What late fusion learns was learned from out-of-fold predictions of the training patients."
    assert learns not in methods_of(make_results({"late": NONE, "late:median": NONE, "late:max": NONE}))
    assert learns in methods_of(make_results({"late:median": NONE, "late:stacking": NONE}))


def test_other_late_fusions_stand_beside_the_mean(make_results):
    text = methods_of(make_results({"late": NONE, "late:median": NONE, "late:majority": NONE}))
    assert "Late fusion averaged the probabilities predicted by one model per modality [" in text
    assert "Other late fusions combined the probabilities predicted by one model per modality by their median" in text


def test_the_checklists_tell_of_every_late_fusion(make_results):
    _, text, _ = FACTS["algorithm"](make_results({"late:stacking": NONE}))
    assert "by a logistic regression on them (stacking)" in text


def test_fusions_that_the_verdict_does_not_judge_are_named(make_results):
    verdict = make_verdict(make_results({"late:median": GAIN, "late:stacking": LOSS, "late:max": NONE}))
    assert len(verdict.sentences) == 2
    assert verdict.cautions[0] == "Compared too, but not judged here: late fusion (max); see Discrimination."
    many = make_verdict(make_results(dict.fromkeys(LATE_FUSIONS, NONE), modalities=IMAGES))
    assert "late fusion (mean), late fusion (median), late fusion (max) and 20 more; see Discrim" in many.cautions[0]


def test_single_modalities_beside_early_and_late_fusion_need_no_mention(results):
    assert not any("not judged" in caution for caution in make_verdict(results).cautions)


def test_images_first_is_written_as_words(make_results):
    verdict = make_verdict(make_results({"late:images_first:optimised": GAIN}, modalities=IMAGES))
    assert verdict.sentences[0].startswith(
        "Adding ct and mr to ehr by late fusion (images first, optimised) changed the AUC by +0.05"
    )


def test_a_second_modality_is_used_instead(make_results):
    verdict = make_verdict(make_results({"ct": GAIN, "mr": LOSS}, modalities=IMAGES))
    assert verdict.sentences[0].startswith("Using ct instead of ehr changed the AUC by +0.05")
    assert verdict.sentences[1].startswith("Using mr instead changed it by −0.05")


def test_against_a_fusion_nothing_is_added(make_results):
    results = make_results({"ct": NONE, "late": GAIN})
    results["comparison"]["baseline"] = "early"
    for row in results["comparison"]["differences"]:
        row["baseline"] = "early"
    [sentence] = make_verdict(results).sentences
    assert sentence.startswith("Using late fusion instead of early fusion changed the AUC by +0.05")


def test_the_ranges_of_net_benefit_are_told_in_rising_order(make_results):
    """Early fusion alone is right about patients with these risks; the baseline calls everyone 0.5."""
    risks = [0.05, 0.15, 0.25, 0.45, 0.65, 0.95]
    rows = [
        {"fusion": fusion, "repeat": 0, "fold": 0, "patient": f"{risk}{y}{i}", "y_true": y}
        | {"y_score": (risk if y else risk - 0.03) if fusion == "early" else 0.5, "y_pred": 0}
        for fusion in ("ehr", "early")
        for risk in risks
        for y in (0, 1)
        for i in range(1 + 3 * y)
    ]
    sentence = clinical_use(make_results({"early": NONE}), pd.DataFrame(rows))["sentence"]
    told = sentence.partition("at thresholds of ")[2].partition(". No interval")[0]
    lows = [int(part.split(" %")[0]) for part in told.replace(" and ", ", ").split(", ")]
    assert lows == sorted(lows)
    assert len(lows) >= 2


def test_references_keep_their_numbers_in_markdown():
    document = Document("t", [Section("References", [Bullets(["Kittler 1998", "Varma 2006"], ordered=True)])], "m")
    assert "1. Kittler 1998\n2. Varma 2006\n" in render_markdown(document)


def test_one_other_late_fusion_is_told_in_the_singular(make_results):
    text = methods_of(make_results({"late": NONE, "late:max": NONE}))
    assert "Another late fusion combined the probabilities predicted by one model per modality by their maximum" in text


def test_nothing_is_said_of_a_modality_that_no_model_used(make_results):
    results = make_results({})
    text = methods_of(results)
    assert "Features of ct" not in text
    assert "number of features kept" not in text
    assert "Nogueira" not in text
    assert all("selected anew" not in sentence for sentence in features(results)["intro"])
    assert "Features of ct were standardised" in methods_of(make_results({"ct": NONE}))
    assert "Features of ct were standardised" in methods_of(make_results({"ehr+ct": NONE}))
