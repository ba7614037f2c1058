"""How an estimate reads."""

from fusionkit.metrics import Comparison, Estimate


def test_an_estimate_reads_as_a_paper_prints_it():
    estimate = Estimate(0.73137, 0.63012, 0.83262, 113, 41, "DeLong")
    assert str(estimate) == "0.731 (95 % CI 0.630 to 0.833)"
    assert str(Estimate(0.5, 0.4, 0.6, 10, 5, "x", confidence=0.9)) == "0.500 (90 % CI 0.400 to 0.600)"


def test_what_is_undefined_reads_as_such():
    nan = float("nan")
    assert str(Estimate(nan, nan, nan, 3, 0, "x", reason="nobody is ill")) == "undefined, because nobody is ill"
    assert str(Estimate(1.0, nan, nan, 3, 1, "x", reason="all agree")) == "1.000 (no interval, because all agree)"


def test_a_comparison_reads_with_its_p_value():
    difference = Estimate(0.03, -0.01, 0.07, 100, 40, "x")
    assert str(Comparison(difference, 0.8, 0.77, 1.4, 9.0, 0.1614)) == "0.030 (95 % CI -0.010 to 0.070), p = 0.161"
    assert str(Comparison(difference, 0.8, 0.77, 1.4, 9.0, float("nan"))) == "0.030 (95 % CI -0.010 to 0.070)"
