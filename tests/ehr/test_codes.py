"""Codes become chapters, comorbidities and classes as published; notes become topics and terms."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.ehr import (
    COMORBIDITIES,
    class_flags,
    comorbidities,
    icd10_chapter,
    icd10_chapter_flags,
    normalise_code,
)
from fusionkit.ehr.codes import expand_codes

EVERY_CODE = [
    f"{letter}{n:02d}{digit}"
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for n in range(100)
    for digit in ["", *"0123456789"]
]
COVERED = {
    "charlson": [23, 34, 33, 133, 57, 181, 59, 44, 49, 25, 25, 32, 42, 913, 11, 44, 44],
    "elixhauser": [34, 44, 120, 25, 33, 11, 44, 32, 162, 181, 15, 35, 45, 30, 83, 8, 44, 79, 44, 770]
    + [111, 49, 11, 89, 23, 1, 35, 42, 90, 80, 29],
}
"""How many codes of three and four places each list of Quan (2005) covers, in their order, as the package comorbidipy
0.5.0 (MIT), written independently from the same paper, has them; the lists themselves were compared and are equal."""


@pytest.mark.parametrize("index", COVERED)
def test_the_lists_cover_what_an_independent_transcription_covers(index):
    lists = [expand_codes(codes) for codes in COMORBIDITIES[index].values()]
    counted = [sum(code.startswith(prefixes) for code in EVERY_CODE) for prefixes in lists]
    assert counted == COVERED[index]


@pytest.mark.parametrize(
    ("code", "chapter"),
    [("A09", "I"), ("C34.1", "II"), ("D48.9", "II"), ("D50.0", "III"), ("E11.9", "IV"), ("F32", "V"), ("G40", "VI")]
    + [
        ("H59.9", "VII"),
        ("H60", "VIII"),
        ("I21.0", "IX"),
        ("J18.9", "X"),
        ("K93", "XI"),
        ("L40", "XII"),
        ("M99.9", "XIII"),
    ]
    + [
        ("N18", "XIV"),
        ("O80", "XV"),
        ("P07", "XVI"),
        ("Q21", "XVII"),
        ("R52", "XVIII"),
        ("S72.0", "XIX"),
        ("T98", "XIX"),
    ]
    + [
        ("V01", "XX"),
        ("Y98", "XX"),
        ("Z99", "XXI"),
        ("U07.1", "XXII"),
        ("i21.0", "IX"),
        ("W19XXXA", "XX"),
        ("T99", None),
        ("x", None),
    ],
)
def test_a_code_belongs_to_its_chapter(code, chapter):
    assert icd10_chapter(code) == chapter


def test_codes_are_written_in_many_ways():
    assert {normalise_code(code) for code in ("I21.0", "i210", " I21.0 ", "I21.0*", "I21.0†")} == {"I210"}
    assert [normalise_code(code) for code in ("angina", "", "410.9", "I2", None)] == [None] * 5


def diagnoses_of(**codes):
    pairs = [(patient, code) for patient, listed in codes.items() for code in listed.split()]
    return pd.DataFrame(pairs, columns=["patient", "code"])


@pytest.mark.parametrize(
    ("codes", "charlson", "updated"),
    [
        ("I21.0 I50.0 J44.9", 3, 3),
        ("E11.9", 1, 0),
        ("E11.9 E11.2", 2, 1),
        ("C50.9", 2, 2),
        ("C50.9 C78.0", 6, 6),
        ("K70.3 K72.9", 3, 4),
        ("B20 G81.9 N18.5 F00", 6 + 2 + 2 + 1, 4 + 2 + 1 + 2),
        ("Z00.0 R10", 0, 0),
    ],
)
def test_the_charlson_index_is_the_sum_of_published_weights(codes, charlson, updated):
    table, problems = comorbidities(diagnoses_of(A=codes), ["A"])
    assert problems == []
    assert table.loc["A", ["charlson", "charlson_quan2011"]].tolist() == [charlson, updated]


def test_the_highest_scores_are_those_of_the_papers():
    """Everything at once, the graver forms only: 29 by the weights of 1987; Quan (2011) states a range of 0 to 24."""
    everything = " ".join(expand_codes(codes)[0] for codes in COMORBIDITIES["charlson"].values())
    table, _ = comorbidities(diagnoses_of(A=everything), ["A", "B"])
    assert table.loc["A", ["charlson", "charlson_quan2011"]].tolist() == [29, 24]
    assert (table.loc["B"] == 0).all()


def test_elixhauser_follows_van_walraven():
    table, _ = comorbidities(
        diagnoses_of(A="I50.9 I48 C78 C50 E66.0 I10 I11.0", B="K70.3 F32.9"), ["A", "B"], "elixhauser"
    )
    assert table.loc["A", "elixhauser"] == 7 + 5 + 12 - 4
    assert table.loc["A", ["solid_tumour", "hypertension"]].tolist() == [0.0, 0.0]
    assert table.loc["B", "elixhauser"] == 11 - 3
    assert table.loc["B", "alcohol"] == 1.0


def test_diagnoses_after_the_scan_do_not_count():
    diagnoses = diagnoses_of(A="I21.0 C78.0", B="C78.0")
    diagnoses["time"] = pd.to_datetime(["2020-01-01", "2020-03-01", None])
    before = pd.Series(pd.Timestamp("2020-02-01"), index=["A", "B"])
    table, _ = comorbidities(diagnoses, ["A", "B"], before=before)
    assert table["charlson"].tolist() == [1.0, 0.0]


def test_what_is_no_code_is_listed():
    flags, (problem,) = icd10_chapter_flags(diagnoses_of(A="I21 angina", B="?"), ["A", "B", "C"], name="dx.csv")
    assert flags.shape == (3, 22)
    assert flags.loc["A"].sum() == flags.loc["A", "icd10_IX"] == 1.0
    assert (flags.loc[["B", "C"]] == 0).all(axis=None)
    assert problem.severity == "warning"
    assert "2 of 3 codes belong to no class, such as 'angina', '?'" in problem.message


def test_medications_follow_the_users_table():
    table = {"C09A*": "ace", "C09": "raas", "ramipril": "ace", "C09AA05": "ramipril"}
    drugs = diagnoses_of(A="C09AA01 aspirin", B="RAMIPRIL", C="c09aa05 c09")
    flags, _ = class_flags(drugs, list("ABC"), table, ["ace", "raas", "ramipril"])
    assert flags.to_numpy().tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 1]]


def test_an_unknown_index_is_refused():
    with pytest.raises(ValueError, match="index is 'charlson' or 'elixhauser'; got 'quan'"):
        comorbidities(diagnoses_of(A="I21"), ["A"], "quan")


def test_many_diagnoses_are_classified_as_one_by_one():
    rng = np.random.default_rng(0)
    n = 200_000
    codes = np.array([code for code in EVERY_CODE if len(code) == 4])[rng.integers(0, 26_000, n)]
    diagnoses = pd.DataFrame({"patient": rng.integers(0, 5000, n).astype(str), "code": codes})
    table, _ = comorbidities(diagnoses, np.arange(5000).astype(str))
    present = diagnoses[diagnoses["code"].str.startswith(expand_codes(COMORBIDITIES["charlson"]["dementia"]))]
    assert table["dementia"].sum() == present["patient"].nunique()
