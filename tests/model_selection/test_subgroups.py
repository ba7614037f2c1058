"""Performance of parts of the patients: true to the predictions, corrected for many looks, small cells hidden."""

import doctest

import numpy as np
import pandas as pd
import pytest

from fusionkit.metrics import cramers_v, holm, observed_expected_ratio, subgroup_auc, subgroup_difference
from fusionkit.model_selection import (
    make_bands,
    outcome_associations,
    subgroup_performance,
    subgroups,
)


def predictions(n=150, repeats=3, seed=0, fusion="early"):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3 == 0
    frames = []
    for repeat in range(repeats):
        score = 1 / (1 + np.exp(-(1.2 * y - 0.9 + rng.normal(size=n))))
        at = {
            "fusion": fusion,
            "repeat": repeat,
            "fold": rng.permutation(n) % 5,
            "patient": [f"P{i}" for i in range(n)],
        }
        frames.append(
            pd.DataFrame({**at, "y_true": y.astype(int), "y_score": score}).sample(frac=1, random_state=repeat)
        )
    return pd.concat(frames, ignore_index=True)


def attributes(n=150, seed=1):
    rng = np.random.default_rng(seed)
    table = {
        "site": np.where(np.arange(n) < 4, "rare <b>", rng.choice(["A", "B", "C"], n)),
        "sex": np.where(rng.random(n) < 0.1, None, rng.choice(["female", "male"], n)),
        "age": rng.normal(60, 12, n).round(),
    }
    return pd.DataFrame(table, index=[f"P{i}" for i in range(n)])


@pytest.fixture(scope="module")
def table():
    return subgroup_performance(predictions(), attributes())


def arrays():
    wide = predictions().pivot(index="repeat", columns="patient")  # noqa: PD010
    return wide["y_true"].iloc[0].to_numpy(), wide["y_score"].to_numpy(), wide["fold"].to_numpy(), wide["fold"].columns


def test_every_row_is_the_metric_of_its_patients(table):
    y, scores, folds, patients = arrays()
    site = attributes().loc[patients, "site"].to_numpy()
    row = table.query("attribute == 'site' and subgroup == 'B'").iloc[0]
    area, gap = (f(y, scores, folds, site == "B") for f in (subgroup_auc, subgroup_difference))
    ratio = observed_expected_ratio(y[site == "B"], scores[:, site == "B"].mean(axis=0))
    assert row[["auc", "auc_low", "auc_high"]].tolist() == [area.value, area.low, area.high]
    assert row[["observed_expected", "oe_low", "oe_high"]].tolist() == [ratio.value, ratio.low, ratio.high]
    assert row[["difference", "p_value"]].tolist() == [gap.difference.value, gap.p_value]
    assert (row["n"], row["n_events"]) == ((site == "B").sum(), y[site == "B"].sum())


def test_p_values_are_corrected_for_all_differences_looked_at(table):
    tested = table.dropna(subset=["p_value"])
    assert tested["p_holm"].tolist() == holm(tested["p_value"]).tolist()
    assert tested.groupby("attribute").size().to_dict() == {"age": 3, "sex": 3, "site": 3}


def test_small_cells_are_suppressed_with_their_counts(table):
    row = table.query("subgroup == 'rare <b>'").iloc[0]
    assert row[["n", "n_events", "auc", "observed_expected", "difference"]].isna().all()
    assert row["auc_reason"] == "suppressed: fewer than 10 patients"


def test_numbers_are_cut_and_gaps_are_a_level(table):
    ages = table.query("attribute == 'age'")["subgroup"].tolist()
    assert len(ages) == 3
    assert sum(age.startswith("below") for age in ages) == 1
    assert table.query("attribute == 'sex'")["subgroup"].tolist() == ["female", "male", "not known"]


def test_two_levels_have_one_difference_and_one_level_has_none():
    both = subgroup_performance(predictions(), attributes()[["site"]].replace({"C": "B", "rare <b>": "B"}))
    assert both["difference"].notna().tolist() == [True, False]
    one = subgroup_performance(predictions(), attributes()[["site"]].assign(site="A"))
    assert one["difference"].isna().all()
    assert one["auc"].notna().all()


def test_the_order_of_rows_does_not_matter(table):
    shuffled = subgroup_performance(predictions().sample(frac=1, random_state=9), attributes().sample(frac=1))
    pd.testing.assert_frame_equal(shuffled, table)


def test_bands_are_in_words():
    ages = pd.Series([34.0, 50, 64.9, 65, np.nan])
    assert make_bands(ages, edges=[65, 50]).tolist() == [
        *("below 50", "50 to 65", "50 to 65", "65 and above", "not known"),
    ]
    assert make_bands(pd.Series([np.nan, np.nan])).tolist() == ["not known"] * 2
    assert make_bands(pd.Series(range(9))).value_counts().tolist() == [3, 3, 3]


def test_associations_are_cramers_v_with_holms_correction():
    table, y = attributes(), pd.Series(np.arange(150) % 3 == 0, [f"P{i}" for i in range(150)]).astype(int)
    table["scanner"] = np.where(y, "new", "old")
    found = outcome_associations(y, table).set_index("attribute")
    assert found.loc["scanner", "cramers_v"] > 0.99
    assert found["p_holm"].tolist() == holm(found["p_value"]).tolist()
    assert found.loc["sex", "n"] == table["sex"].notna().sum()
    assert found.loc["site", "p_value"] == cramers_v(table["site"], y).p_value


def test_what_does_not_fit_is_refused():
    two = pd.concat([predictions(), predictions(fusion="ehr")])
    with pytest.raises(ValueError, match="pass one model's rows"):
        subgroup_performance(two, attributes())
    with pytest.raises(ValueError, match="attributes lacks 1 patients, such as P7"):
        subgroup_performance(predictions(), attributes().drop(index="P7"))
    broken = predictions()
    broken.loc[3, "y_score"] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        subgroup_performance(broken, attributes())


def test_examples_run():
    assert doctest.testmod(subgroups).failed == 0
