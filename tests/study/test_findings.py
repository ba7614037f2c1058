"""What a run tells beside its comparison stands in its results, in the shape that the report reads."""

import json

import pytest

from fusionkit.exceptions import StudyError
from fusionkit.study import Study


@pytest.fixture
def results(folder, edit, tmp_path):
    edit("study.yaml", "n_features: [2, 4]\n", "n_features: [2, 4]\nsubgroups: [ehr__sex]\n")
    Study.read(folder / "study.yaml").run(tmp_path / "out", n_jobs=1)
    return json.loads((tmp_path / "out" / "results.json").read_text())


def test_findings_of_a_run(results):
    assert results["feasibility"]["n"] == results["cohort"]["n"]
    assert results["feasibility"]["n_candidates"] == sum(m["columns"] for m in results["cohort"]["modalities"].values())
    [crp] = results["coverage"]
    assert crp["measurement"] == "ehr__crp"
    assert crp["window"] == "-30 to +1 days"
    counts = [int(text.split(" of ")[0]) for key, text in crp.items() if key not in {"measurement", "window"}]
    assert counts == sorted(counts)
    assert {row["name"] for row in results["importance"] if row["kind"] == "modality"} == {"ehr", "ct"}
    shares = {row["modality"]: row["shapley"] for row in results["contribution"]}
    full = results["contribution"][0]["full"]
    assert sum(shares.values()) == pytest.approx(full - 0.5, abs=1e-12)
    assert {(row["attribute"], row["subgroup"]) for row in results["subgroups"]} >= {("ehr__sex", "female")}


def test_a_subgroup_that_is_no_feature_is_refused_by_its_nearest_name(folder, edit):
    edit("study.yaml", "n_features: [2, 4]\n", "n_features: [2, 4]\nsubgroups: [ehr__sxe]\n")
    with pytest.raises(StudyError, match="Did you mean 'ehr__sex'"):
        Study.read(folder / "study.yaml").cohort()
