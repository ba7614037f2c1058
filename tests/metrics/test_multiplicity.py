"""Adjusted p values agree with statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from fusionkit.metrics import benjamini_hochberg, holm


@pytest.mark.parametrize("n_tests", [1, 2, 3, 8, 30])
@pytest.mark.parametrize("decimals", [1, 2, 16])
def test_both_agree_with_statsmodels_also_with_ties(n_tests, decimals):
    p_values = np.round(np.random.default_rng(n_tests).random(n_tests) ** 2, decimals)
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1], atol=1e-14)
    np.testing.assert_allclose(benjamini_hochberg(p_values), multipletests(p_values, method="fdr_bh")[1], atol=1e-14)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_what_is_no_p_value_is_refused(adjust):
    with pytest.raises(ValueError, match=r"p_values has 1 of 2 values outside \[0, 1\]"):
        adjust([0.5, 1.2])
    with pytest.raises(ValueError, match="NaN"):
        adjust([0.5, np.nan])
