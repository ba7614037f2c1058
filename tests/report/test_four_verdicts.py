"""From scores with a known truth to the sentence that a clinician reads: gain, no gain, harm, too few patients."""

import re

import numpy as np
import pytest

from fusionkit.metrics import cv_difference, cv_estimate
from fusionkit.report import make_verdict, render_report


def study_of(make_results, *, n, n_events, baseline, fused, seed=0, repeats=5, folds=5):
    """Results of models whose log odds hold the outcome with these strengths, and shared noise."""
    rng = np.random.default_rng(seed)
    y = (np.arange(n) < n_events).astype(int)
    own = {name: rng.normal(size=n) for name in ("shared", "late")}
    scores = {
        "ehr": baseline * y + own["shared"],
        "early": fused * y + own["shared"],
        "late": fused * y + 0.9 * own["shared"] + 0.2 * own["late"],
    }
    deal = []
    for _ in range(repeats):
        fold = np.empty(n, int)
        for label in (0, 1):
            at = rng.permutation(np.flatnonzero(y == label))
            fold[at] = np.arange(at.size) % folds
        deal.append(fold)
    deal = np.stack(deal)
    noisy = {name: np.stack([score + 0.1 * rng.normal(size=n) for _ in deal]) for name, score in scores.items()}
    differences, estimates = {}, {}
    for name, score in noisy.items():
        estimates[name] = cv_estimate(y, score, deal)
        if name != "ehr":
            found = cv_difference(y, score, noisy["ehr"], deal).difference
            differences[name] = (found.value, found.low, found.high)
    results = make_results(differences, n=n, n_events=n_events)
    for row in results["comparison"]["estimates"]:
        found = estimates[row["fusion"]]
        row.update({"auc": found.value, "low": found.low, "high": found.high})
    return results


CASES = {
    "gain": ({"n": 200, "n_events": 80, "baseline": 0.8, "fused": 2.0}, "A gain in this cohort"),
    "unclear": ({"n": 200, "n_events": 80, "baseline": 1.0, "fused": 1.0}, "No reliable gain in this cohort"),
    "harm": ({"n": 200, "n_events": 80, "baseline": 2.0, "fused": 0.8}, "A loss in this cohort"),
    "too few": ({"n": 60, "n_events": 8, "baseline": 0.8, "fused": 2.0}, "Too few patients to tell"),
}


@pytest.mark.parametrize("finding", CASES)
def test_the_verdict_is_true_to_the_truth_behind_the_scores(make_results, predictions, finding):
    truth, headline = CASES[finding]
    results = study_of(make_results, **truth)
    verdict = make_verdict(results)
    assert (verdict.finding, verdict.headline) == (finding, headline)
    for row, sentence in zip(results["comparison"]["differences"], verdict.sentences, strict=True):
        numbers = re.search(r"by (\S+) \(95 % CI (\S+) to ([^;)]+)", sentence).groups()
        for key, text in zip(("difference", "low", "high"), numbers, strict=True):
            digits = len(text.partition(".")[2])
            assert float(text.replace("−", "-")) == pytest.approx(row[key], abs=0.5 * 10**-digits + 1e-12)
            assert row[key] * float(text.replace("−", "-")) > 0
    html = render_report(results, predictions.iloc[:0])  # without curves, the page is written in no time
    assert f'class="verdict {finding.replace(" ", "-")}"' in html
    assert f'<h2 id="verdict-heading">{headline}</h2>' in html
