"""Details are told of a model that the verdict judges."""

from types import SimpleNamespace

import pytest

from fusionkit.study.findings import told_fusion


@pytest.mark.parametrize(
    ("fusions", "told"),
    [
        (["ehr", "ct", "early", "late"], "early"),
        (["ehr", "ct", "late", "late:max"], "late"),
        (["ehr", "ct", "ehr+ct"], "ehr+ct"),
        (["ehr"], "ehr"),
    ],
    ids=str,
)
def test_early_fusion_comes_first_then_late_then_the_last(fusions, told):
    assert told_fusion(SimpleNamespace(fusions=fusions, baseline="ehr")) == told
