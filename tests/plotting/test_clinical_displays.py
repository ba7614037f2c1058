"""Precision-recall, decision curves, stability, missingness and the ladder show numbers that others compute too."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from fusionkit.metrics import net_benefit, selection_frequency
from fusionkit.plotting import (
    DecisionCurveDisplay,
    MissingnessDisplay,
    PrecisionRecallDisplay,
    PredictionLadderDisplay,
    StabilityDisplay,
)


def out_of_fold(n=60, repeats=3, decimals=6, seed=0):
    rng = np.random.default_rng(seed)
    y = (np.arange(n) % 3 == 0).astype(int)
    frames = [
        pd.DataFrame(
            {
                "fusion": fusion,
                "repeat": repeat,
                "patient": [f"P{i}" for i in range(n)],
                "y_true": y,
                "y_score": (1 / (1 + np.exp(1 - 1.5 * y - rng.normal(size=n)))).round(decimals),
            }
        )
        for repeat in range(repeats)
        for fusion in ("ehr", "early")
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("decimals", [6, 1])
def test_mean_precision_is_scikit_learns_average_precision_averaged_over_repeats(decimals):
    predictions = out_of_fold(decimals=decimals)
    curves = PrecisionRecallDisplay.from_predictions(predictions).frame()
    for fusion, curve in curves.groupby("fusion"):
        mine = predictions[predictions["fusion"] == fusion].groupby("repeat")
        expected = np.mean([average_precision_score(part["y_true"], part["y_score"]) for _, part in mine])
        assert curve["precision"].mean() == pytest.approx(expected, abs=1e-12)
        assert (curve["low"] <= curve["precision"] + 1e-12).all()
        assert (curve["precision"] <= curve["high"] + 1e-12).all()


def test_points_of_one_repeat_lie_on_scikit_learns_curve():
    predictions = out_of_fold(repeats=1)
    mine = predictions[predictions["fusion"] == "ehr"]
    curve = PrecisionRecallDisplay.from_predictions(mine).frame()
    precision, recall, _ = precision_recall_curve(mine["y_true"], mine["y_score"])
    theirs = {(round(r, 9), round(p, 9)) for r, p in zip(recall, precision, strict=True)}
    assert {(round(row.recall, 9), round(row.precision, 9)) for row in curve.itertuples()} <= theirs


def test_curves_that_cannot_be_averaged_are_refused():
    predictions = out_of_fold()
    with pytest.raises(ValueError, match="ehr: there is no event"):
        PrecisionRecallDisplay.from_predictions(predictions.assign(y_true=0))
    with pytest.raises(ValueError, match="ehr: the repeats differ in their events"):
        PrecisionRecallDisplay.from_predictions(predictions.iloc[1:])
    with pytest.raises(ValueError, match="y_score NaN"):
        PrecisionRecallDisplay.from_predictions(predictions.assign(y_score=np.nan))


def test_net_benefit_is_averaged_over_repeats_beside_treating_all_and_none():
    predictions = out_of_fold()
    curves = DecisionCurveDisplay.from_predictions(predictions, thresholds=[0.1, 0.3, 0.6]).frame()
    mine = predictions[predictions["fusion"] == "early"].groupby("repeat")
    expected = np.mean([net_benefit(part["y_true"], part["y_score"], [0.1, 0.3, 0.6]) for _, part in mine], axis=0)
    by_strategy = {name: part["net_benefit"].to_numpy() for name, part in curves.groupby("strategy")}
    assert list(dict.fromkeys(curves["strategy"])) == ["ehr", "early", "treat all", "treat none"]
    np.testing.assert_allclose(by_strategy["early"], expected, atol=1e-12)
    share = 1 / 3
    odds = np.array([0.1, 0.3, 0.6]) / (1 - np.array([0.1, 0.3, 0.6]))
    np.testing.assert_allclose(by_strategy["treat all"], share - (1 - share) * odds, atol=1e-12)
    assert (by_strategy["treat none"] == 0).all()


def test_scores_beyond_probabilities_have_no_decision_curve():
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        DecisionCurveDisplay.from_predictions(out_of_fold().assign(y_score=2.0))


def test_the_map_of_selections_gives_their_frequencies():
    rng = np.random.default_rng(1)
    chosen = rng.random((6, 9)) < 0.4
    folds = [
        {"repeat": i // 3, "fold": i % 3, "features": [f"ct__f{j}" for j in np.flatnonzero(row)]}
        for i, row in enumerate(chosen)
    ]
    display = StabilityDisplay.from_folds(folds[::-1], top=4)
    table = display.frame()
    expected = pd.Series(selection_frequency(chosen.astype(int)), [f"ct__f{j}" for j in range(9)])
    expected = expected[expected > 0]
    pd.testing.assert_series_equal(table["share"].sort_index(), expected, check_names=False)
    assert table["share"].is_monotonic_decreasing
    assert table.columns[1] == "repeat 0, fold 0"
    assert len(display.ax_.get_yticklabels()) == 4
    filled = sum(patch.get_path().codes.tolist().count(1) for patch in display.ax_.patches)
    assert filled == 4 * 6


def test_features_may_be_kept_out_of_the_map():
    folds = [{"repeat": 0, "fold": 0, "features": ["ct__a", "ehr__age"]}]
    table = StabilityDisplay.from_folds(folds, keep=lambda name: name.startswith("ct__")).frame()
    assert list(table.index) == ["ct__a"]
    with pytest.raises(ValueError, match="no feature was chosen"):
        StabilityDisplay.from_folds(folds, keep=lambda name: False)


def test_patterns_of_missing_data_come_most_frequent_first():
    patterns = [{"pattern": ["ct"], "n": 14, "n_events": 9}, {"pattern": [], "n": 60, "n_events": 20}]
    display = MissingnessDisplay(patterns, columns=["ehr", "ct"]).plot()
    assert display.frame().to_dict("records") == [
        {"ehr": 1, "ct": 1, "n": 60, "n_events": 20},
        {"ehr": 1, "ct": 0, "n": 14, "n_events": 9},
    ]
    texts = [text.get_text().strip() for text in display.ax_.texts]
    assert texts == ["60 patients, 20 events", "14 patients, 9 events"]
    assert [line.get_markerfacecolor() == "none" for line in display.ax_.lines] == [False, False, False, True]


def test_the_ladder_counts_who_moved_rightly():
    predictions = out_of_fold()
    table = PredictionLadderDisplay.from_predictions(predictions, "ehr", "early").frame()
    risks = predictions.pivot_table(index="patient", columns="fusion", values="y_score")
    np.testing.assert_allclose(
        table.set_index("patient")["change"].sort_index(), (risks["early"] - risks["ehr"]).sort_index(), atol=1e-12
    )
    up = table["change"] > 0
    assert ((table["moved"] == "rightly") == (up == (table["y_true"] == 1))).all()
    with pytest.raises(ValueError, match="no patient has predictions of both ehr and late"):
        PredictionLadderDisplay.from_predictions(predictions, "ehr", "late")
