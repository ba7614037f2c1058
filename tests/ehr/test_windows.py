"""Values around the scan: the rules for ties, zones, units and leakage, held against a plain reference."""

import datetime
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionkit.ehr import Window, parse_duration, window_events
from fusionkit.ehr.takes import TAKES

from .reference import window_one

SCAN = pd.Timestamp("2020-03-10 12:00")


def events_of(*rows, unit=None):
    """Rows of (patient, hours after the scan, value)."""
    frame = pd.DataFrame(rows, columns=["patient", "hours", "value"])
    frame["time"] = SCAN + pd.to_timedelta(frame.pop("hours"), unit="h")
    frame["name"] = "crp"
    return frame if unit is None else frame.assign(unit=unit)


def anchors_of(*patients):
    return pd.Series(SCAN, index=list(patients))


def crp(events, patients=("A",), *, take="nearest", window=("-3d", "+1d"), **options):
    """The crp column as a list, and the problems."""
    settings = {key: options.pop(key) for key in ("unit", "delta", "analyte", "event") if key in options}
    windows = {"crp": Window(window, take=take, **settings)}
    features, _, problems = window_events(events, anchors_of(*patients), windows, **options)
    return features["crp"].tolist(), problems


HAND_WORKED = [(-80, 9.0), (-72, 1.0), (-24, 5.0), (-6, 3.0), (6, 7.0), (24, 2.0), (25, 8.0)]


@pytest.mark.parametrize(
    ("take", "value", "delta_days"),
    [
        ("nearest", 3.0, -0.25),
        ("first", 1.0, -3.0),
        ("last", 2.0, 1.0),
        ("min", 1.0, -3.0),
        ("max", 7.0, 0.25),
        ("mean", 18 / 5, None),
        ("count", 5.0, None),
    ],
)
def test_a_hand_worked_patient(take, value, delta_days):
    """The window is closed: -72 h and +24 h are in, -80 h and +25 h are out; -6 h and +6 h tie and the earlier wins."""
    events = events_of(*[("A", hours, value) for hours, value in HAND_WORKED])
    window = Window(("-3d", "+1d"), take=take, delta=delta_days is not None)
    features, _, problems = window_events(events, anchors_of("A"), {"crp": window})
    assert problems == []
    assert features["crp"].tolist() == [pytest.approx(value, abs=1e-12)]
    assert (delta_days is None) == ("crp__delta_days" not in features)
    if delta_days is not None:
        assert features["crp__delta_days"].tolist() == [delta_days]


@pytest.mark.parametrize(("take", "sign"), [("min", -1), ("max", 1)])
def test_of_equal_extremes_the_nearest_counts_and_then_the_earlier(take, sign):
    rows = [("A", -48, 9), ("A", 12, 9), ("A", 0, 1), ("B", -12, 9), ("B", 12, 9), ("B", 0, 1)]
    events = events_of(*[(patient, hours, float(sign * value)) for patient, hours, value in rows])
    windows = {"crp": Window(("-3d", "+1d"), take=take, delta=True)}
    features, _, _ = window_events(events, anchors_of("A", "B"), windows)
    assert features["crp__delta_days"].tolist() == [0.5, -0.5]


def test_the_slope_is_per_day_and_needs_two_instants():
    events = events_of(("A", -48, 10.0), ("A", -24, 14.0), ("A", 0, 12.0), ("B", -24, 5.0), ("B", -24, 5.0))
    slope, _ = crp(events, ("A", "B", "C"), take="slope")
    assert slope[0] == pytest.approx(np.polyfit([-2, -1, 0], [10, 14, 12], 1)[0], abs=1e-12)
    assert np.isnan(slope[1:]).all()


def test_values_at_one_instant_are_averaged_and_said_aloud_if_they_differ():
    events = events_of(("A", -1, 2.0), ("A", -1, 4.0), ("B", -1, 5.0), ("B", -1, 5.0))
    values, (problem,) = crp(events, ("A", "B"))
    assert values == [3.0, 5.0]
    assert crp(events, ("A", "B"), take="count")[0] == [1.0, 1.0]
    assert problem.severity == "warning"
    assert "1 times several values stand at one instant; their mean is taken (patients A)" in problem.message


def test_a_patient_without_a_value_is_missing_and_counts_zero():
    events = events_of(("A", 100, 1.0))
    assert np.isnan(crp(events, ("A", "B"))[0]).all()
    assert crp(events, ("A", "B"), take="count")[0] == [0.0, 0.0]


near, far = st.integers(-5, 5).map(lambda steps: 24 * steps), st.integers(-480, 480)
moments = st.one_of(near, near, near, far)
values = st.integers(-3, 3).map(float)
zones = st.sampled_from([None, "UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe"])


@pytest.mark.parametrize("take", TAKES)
@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("AAAABD"), moments, values, st.sampled_from(["crp", "crp", "crp", "urea"])),
        min_size=5,
        max_size=40,
    ),
    outcome=st.one_of(st.none(), near),
    start=st.integers(-3, 0),
    width=st.integers(0, 4),
    zone=zones,
    change=st.sampled_from(["2020-03-29", "2020-10-25", "2020-03-08", "2020-11-01", "2020-04-05", "2020-06-15"]),
    order=st.randoms(use_true_random=False),
)
def test_it_equals_the_plain_reference_through_ties_zones_and_daylight_saving(
    rows, outcome, start, width, zone, change, take, order
):
    """Six-hour steps and quarters of an hour, around days on which clocks change; ties in time and in value."""
    zone = zone and zoneinfo.ZoneInfo(zone)
    scan = datetime.datetime.fromisoformat(change + "T03:00").replace(tzinfo=datetime.UTC)
    quarter = datetime.timedelta(minutes=15)

    def at(steps):
        instant = scan + steps * quarter
        return instant.astimezone(zone) if zone else instant.replace(tzinfo=None)

    order.shuffle(rows)
    events = pd.DataFrame([(p, at(s), n, v) for p, s, v, n in rows], columns=["patient", "time", "name", "value"])
    dtype = f"datetime64[us, {zone}]" if zone else "datetime64[us]"
    events = events.astype({"time": dtype, "value": float, "patient": "str", "name": "str"})
    anchors = pd.Series([at(0)] * 4, index=list("ABCD"), dtype=dtype)
    anchors["D"] = pd.NaT
    outcomes = None if outcome is None else pd.Series([at(outcome)], index=["A"], dtype=dtype)
    windows = {"crp": Window((start, start + width), take=take, delta=take not in ("mean", "slope", "count"))}
    features, coverage, _ = window_events(events, anchors, windows, outcomes=outcomes)
    utc = datetime.UTC if zone else None
    for patient in "ABCD":
        mine = [(scan.replace(tzinfo=utc) + s * quarter, v) for p, s, v, n in rows if (p, n) == (patient, "crp")]
        known = scan.replace(tzinfo=utc) + outcome * quarter if outcome is not None and patient == "A" else None
        when = None if patient == "D" else scan.replace(tzinfo=utc)
        value, delta = window_one(mine, when, known, start, start + width, take)
        np.testing.assert_allclose(features.loc[patient, "crp"], value, rtol=1e-12, atol=1e-9)
        if "crp__delta_days" in features:
            np.testing.assert_allclose(features.loc[patient, "crp__delta_days"], delta, rtol=0, atol=1e-12)
    inside = sum(
        any(start * 96 <= s <= (start + width) * 96 for p, s, _, n in rows if (p, n) == (patient, "crp"))
        for patient in "ABC"
    )
    assert coverage.loc[coverage["widened_by_days"] == 0, "patients"].tolist() == [inside]


def test_three_days_are_72_hours_also_when_clocks_change():
    """In Madrid the clocks went forward on 2020-03-29: 12:00 three calendar days before is only 71 hours away."""
    times = pd.to_datetime(["2020-03-27 12:00", "2020-03-27 10:30"])
    events = pd.DataFrame({"patient": ["A", "B"], "time": times, "name": "crp", "value": [1.0, 2.0]})
    anchors = pd.Series(pd.Timestamp("2020-03-30 12:00"), index=["A", "B"])
    windows = {"crp": Window(("-3d", 0), delta=True)}
    features, _, problems = window_events(events, anchors, windows, timezone="Europe/Madrid")
    assert problems == []
    assert features["crp__delta_days"].iloc[0] == pytest.approx(-71 / 24)
    assert np.isnan(features["crp"].iloc[1])
    assert window_events(events, anchors, windows)[0]["crp"].iloc[0] == 1.0


def test_hours_that_a_change_of_clocks_doubles_or_skips_are_said_aloud():
    times = pd.to_datetime(["2020-10-25 02:30", "2020-03-29 02:30"])
    events = pd.DataFrame({"patient": ["A", "B"], "time": times, "name": "crp", "value": [1.0, 2.0]})
    anchors = pd.Series(pd.to_datetime(["2020-10-25 02:30Z", "2020-03-29 02:30Z"]), index=["A", "B"])
    windows = {"crp": Window((-1, 1), delta=True)}
    features, _, (problem,) = window_events(events, anchors, windows, timezone="Europe/Madrid")
    assert "2 times of events fall into a change of daylight saving in Europe/Madrid" in problem.message
    np.testing.assert_allclose(features["crp__delta_days"] * 24, [-2.0, -1.5])


def test_times_with_and_without_a_zone_do_not_meet_unless_the_zone_is_named():
    events = events_of(("A", -1, 2.0))
    anchors = anchors_of("A").dt.tz_localize("Europe/Madrid")
    with pytest.raises(ValueError, match="events: without zone, scans: with zone"):
        window_events(events, anchors, {"crp": Window((-1, 1))})
    features, _, _ = window_events(events, anchors, {"crp": Window((-1, 1))}, timezone="Europe/Madrid")
    assert features["crp"].tolist() == [2.0]


def test_calendar_days_are_compared_where_a_date_has_no_time():
    """A scan at noon and a laboratory value of the same date, which stands at midnight."""
    events = pd.DataFrame({"patient": ["A"], "time": [SCAN.normalize()], "name": "crp", "value": [4.0]})
    windows = {"crp": Window((0, "+1d"), delta=True)}
    missed, _, (problem,) = window_events(events, anchors_of("A"), windows)
    assert np.isnan(missed["crp"].iloc[0])
    assert "the times of events are dates, which count as midnight" in problem.message
    features, _, problems = window_events(events, anchors_of("A"), windows, resolution="day")
    assert problems == []
    assert features.iloc[0].tolist() == [4.0, 0.0]


def test_times_may_be_days_since_enrolment():
    events = pd.DataFrame({"patient": ["A", "A"], "time": [10.5, 14.0], "name": "crp", "value": [1.0, 2.0]})
    windows = {"crp": Window(("-3d", "+1d"), delta=True)}
    features, _, _ = window_events(events, pd.Series({"A": 13.0}), windows)
    assert features.iloc[0].tolist() == [2.0, 1.0]
    with pytest.raises(ValueError, match="events: number, scans: without zone"):
        window_events(events, anchors_of("A"), windows)


def test_values_in_other_units_are_converted_row_by_row():
    events = events_of(("A", 0, 1.2), ("B", 0, 15.0), ("C", 0, 8.0)).assign(unit=["mg/dL", "mg/L", "µg/mL"])
    assert crp(events, ("A", "B", "C"), unit="mg/L")[0] == pytest.approx([12.0, 15.0, 8.0], rel=1e-12)


def test_mass_becomes_amount_by_the_events_name():
    events = events_of(("A", 0, 1.0), unit="mg/dL").assign(name="creatinine")
    features, _, _ = window_events(
        events, anchors_of("A"), {"kidney": Window((0, 0), unit="µmol/L", event="creatinine")}
    )
    assert features["kidney"].tolist() == [pytest.approx(88.4, rel=1e-3)]


def test_a_unit_that_cannot_be_converted_is_a_problem_with_patients_and_no_value():
    events = events_of(("A", 0, 1.0), ("B", 0, 2.0)).assign(unit=["mg/L", "mgl"])
    values, (problem,) = crp(events, ("A", "B"), unit="mg/L")
    assert values[0] == 1.0
    assert np.isnan(values[1])
    assert problem.severity == "error"
    assert "'mgl' is not known. Did you mean mg/L" in problem.message
    assert "(patients B)" in problem.message


def test_several_units_without_a_wanted_one_are_refused():
    values, (problem,) = crp(events_of(("A", 0, 1.0), ("B", 0, 2.0)).assign(unit=["mg/L", "mg/dL"]), ("A", "B"))
    assert np.isnan(values).all()
    assert "mg/L (1), mg/dL (1)" in problem.message


def test_absent_units_are_said_aloud():
    _, (problem,) = crp(events_of(("A", 0, 1.0)), unit="mg/L")
    assert "taken to be in mg/L" in problem.message
    values, (problem,) = crp(
        events_of(("A", 0, 1.0), ("B", 0, 1.0)).assign(unit=["mg/L", None]), ("A", "B"), unit="mg/L"
    )
    assert np.isnan(values[1])
    assert "1 values state no unit and were withheld (patients B)" in problem.message


def test_two_units_that_no_column_tells_apart_are_suspected():
    rng = np.random.default_rng(0)
    patients = [f"P{i}" for i in range(40)]
    events = events_of(*[(patient, 0, value) for patient, value in zip(patients, rng.normal(100, 12, 40), strict=True)])
    events.loc[[3, 5], "value"] /= 18.016
    _, (problem,) = crp(events.assign(name="glucose"), patients, event="glucose")
    assert problem.severity == "warning"
    assert "mg/dL and mmol/L of glucose" in problem.message
    assert "(patients P3, P5)" in problem.message


def test_values_after_the_outcome_are_withheld_as_leakage():
    events = events_of(("A", 0, 1.0), ("A", 1, 9.0), ("B", 1, 9.0)).assign(row=[2, 3, 4])
    outcomes = pd.Series({"A": SCAN})
    values, (problem,) = crp(events, ("A", "B"), take="last", outcomes=outcomes, name="labs.csv")
    assert values == [1.0, 9.0]
    assert (problem.patient, problem.file, problem.row, problem.column) == ("A", "labs.csv", 3, "crp")
    assert "1 values in the window are later than the outcome" in problem.message


def test_events_that_cannot_be_placed_are_counted():
    events = events_of(("A", 0, 1.0), ("X", 0, 2.0), ("A", 0, 3.0))
    events.loc[2, "time"] = pd.NaT
    values, problems = crp(events)
    assert values == [1.0]
    assert "1 of 3 events belong to no patient with a scan (patients X)" in problems[0].message
    assert "1 of 3 events have no time (patients A)" in problems[1].message


def test_a_scan_without_a_time_is_that_patients_problem():
    anchors = anchors_of("A", "B")
    anchors["B"] = pd.NaT
    features, _, (problem,) = window_events(events_of(("A", 0, 1.0), ("B", 0, 1.0)), anchors, {"crp": Window((0, 0))})
    assert problem.patient == "B"
    assert np.isnan(features.loc["B", "crp"])


def test_a_measurement_that_no_event_has_is_named_with_the_nearest():
    events = events_of(("A", 0, 1.0))
    features, _, (problem,) = window_events(events, anchors_of("A"), {"c_rp": Window((0, 0))})
    assert problem.severity == "error"
    assert "Did you mean 'crp'?" in problem.way_out
    assert features["c_rp"].isna().all()


def test_coverage_says_how_many_patients_a_wider_window_keeps():
    events = events_of(("A", 0, 1.0), ("B", -96, 1.0), ("C", 24 * 20, 1.0))
    _, coverage, _ = window_events(events, anchors_of(*"ABCD"), {"crp": Window(("-3d", "+1d"))})
    kept = dict(zip(coverage["widened_by_days"], coverage["patients"], strict=True))
    assert kept == {0: 1, 1: 2, 3: 2, 7: 2, 14: 2, 30: 3, 90: 3, 365: 3, np.inf: 3}
    assert coverage["share"].iloc[0] == 0.25


@pytest.mark.parametrize(
    ("text", "days"), [("-3d", -3), ("+1d", 1), ("12h", 0.5), ("90min", 0.0625), ("-2w", -14), (7, 7)]
)
def test_durations_are_a_number_and_a_unit(text, days):
    assert parse_duration(text) == pytest.approx(days, abs=1e-15)


@pytest.mark.parametrize("text", ["3 months", "d", "--3d", "", None])
def test_other_durations_are_refused(text):
    with pytest.raises(ValueError, match="such as '-3d' or"):
        parse_duration(text)


def test_a_window_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="from the earlier to the later end"):
        Window(("+1d", "-1d"))
    with pytest.raises(ValueError, match="take is one of nearest, last"):
        Window((0, 1), take="median")
    with pytest.raises(ValueError, match="delta=True needs one value"):
        Window((0, 1), take="mean", delta=True)


def test_tables_that_do_not_fit_are_refused():
    events, windows = events_of(("A", 0, 1.0)), {"crp": Window((0, 0))}
    with pytest.raises(ValueError, match="there is no name"):
        window_events(events.drop(columns="name"), anchors_of("A"), windows)
    with pytest.raises(ValueError, match="twice or more: A"):
        window_events(events, anchors_of("A", "A"), windows)
    with pytest.raises(ValueError, match="anchors name no patient"):
        window_events(events, anchors_of(), windows)
    with pytest.raises(ValueError, match="use coerce_columns"):
        window_events(events.astype({"time": "str"}), anchors_of("A"), windows)


def test_an_implausible_value_of_the_window_is_an_error_of_its_patient_after_conversion():
    anchors = pd.Series(pd.to_datetime(["2020-03-02"] * 12), index=[f"P{i}" for i in range(12)])
    events = pd.DataFrame({"patient": anchors.index, "time": anchors.to_numpy(), "name": "crp", "value": 1.0})
    events["unit"], events["row"] = "mg/dL", range(2, 14)
    events.loc[3, "value"] = 60.0
    far = events.iloc[[5]].assign(time=pd.Timestamp("2010-01-01"), value=9999.0)
    window = Window(("-3d", "+1d"), unit="mg/L", low=0.0, high=500.0)
    features, _, problems = window_events(pd.concat([events, far]), anchors, {"crp": window}, name="labs.csv")
    assert [str(problem) for problem in problems] == [
        "labs.csv, row 5, column crp, patient P3: 600 is not within 0..500 mg/L. Correct it or delete the line."
    ]
    assert features["crp"].tolist() == [10.0] * 3 + [600.0] + [10.0] * 8
    narrow = Window(("-3d", "+1d"), unit="mg/L", high=5.0)
    _, _, [problem] = window_events(events, anchors, {"crp": narrow}, name="labs.csv")
    assert (problem.severity, problem.patient) == ("error", None)
    assert problem.message.startswith("12 of 12 values are not within ..5 mg/L, such as 10")
