"""Comorbidities from ICD-10 codes: the indices of Charlson and of Elixhauser."""

import pandas as pd

from .codes import class_flags, expand_codes, normalise_code

__all__ = ["COMORBIDITIES", "COMORBIDITY_WEIGHTS", "comorbidities"]

_PVD = "I70 I71 I731 I738 I739 I771 I790 I792 K551 K558 K559 Z958 Z959"
_HEART_FAILURE = "I099 I110 I130 I132 I255 I420 I425-I429 I43 I50 P290"
_PARALYSIS = "G041 G114 G801 G802 G81 G82 G830-G834 G839"
_LUNG = "I278 I279 J40-J47 J60-J67 J684 J701 J703"
_RENAL = "I120 I131 N18 N19 N250 Z490-Z492 Z940 Z992"
_HIV = "B20-B22 B24"
_METASTASES = "C77-C80"
_SOLID = "C00-C26 C30-C34 C37-C41 C43 C45-C58 C60-C76"


def _diabetes(digits):
    """Codes E10 to E14 with these fourth digits."""
    return " ".join(f"E{kind}{digit}" for kind in range(10, 15) for digit in digits)


COMORBIDITIES = {
    "charlson": {
        "myocardial_infarction": "I21 I22 I252",
        "heart_failure": _HEART_FAILURE,
        "peripheral_vascular": _PVD,
        "cerebrovascular": "G45 G46 H340 I60-I69",
        "dementia": "F00-F03 F051 G30 G311",
        "chronic_pulmonary": _LUNG,
        "rheumatic": "M05 M06 M315 M32-M34 M351 M353 M360",
        "peptic_ulcer": "K25-K28",
        "mild_liver": "B18 K700-K703 K709 K713-K715 K717 K73 K74 K760 K762-K764 K768 K769 Z944",
        "diabetes": _diabetes("01689"),
        "diabetes_complicated": _diabetes("23457"),
        "paralysis": _PARALYSIS,
        "renal": f"{_RENAL} N032-N037 N052-N057",
        "cancer": f"{_SOLID} C81-C85 C88 C90-C97",
        "severe_liver": "I850 I859 I864 I982 K704 K711 K721 K729 K765-K767",
        "metastatic_cancer": _METASTASES,
        "hiv": _HIV,
    },
    "elixhauser": {
        "heart_failure": _HEART_FAILURE,
        "arrhythmia": "I441-I443 I456 I459 I47-I49 R000 R001 R008 T821 Z450 Z950",
        "valvular": "A520 I05-I08 I091 I098 I34-I39 Q230-Q233 Z952-Z954",
        "pulmonary_circulation": "I26 I27 I280 I288 I289",
        "peripheral_vascular": _PVD,
        "hypertension": "I10",
        "hypertension_complicated": "I11-I13 I15",
        "paralysis": _PARALYSIS,
        "neurological": "G10-G13 G20-G22 G254 G255 G312 G318 G319 G32 G35-G37 G40 G41 G931 G934 R470 R56",
        "chronic_pulmonary": _LUNG,
        "diabetes": _diabetes("019"),
        "diabetes_complicated": _diabetes("2345678"),
        "hypothyroidism": "E00-E03 E890",
        "renal": _RENAL,
        "liver": "B18 I85 I864 I982 K70 K711 K713-K715 K717 K72-K74 K760 K762-K769 Z944",
        "peptic_ulcer": "K257 K259 K267 K269 K277 K279 K287 K289",
        "hiv": _HIV,
        "lymphoma": "C81-C85 C88 C96 C900 C902",
        "metastatic_cancer": _METASTASES,
        "solid_tumour": f"{_SOLID} C97",
        "rheumatic": "L940 L941 L943 M05 M06 M08 M120 M123 M30 M310-M313 M32-M35 M45 M461 M468 M469",
        "coagulopathy": "D65-D68 D691 D693-D696",
        "obesity": "E66",
        "weight_loss": "E40-E46 R634 R64",
        "electrolytes": "E222 E86 E87",
        "blood_loss_anaemia": "D500",
        "deficiency_anaemia": "D508 D509 D51-D53",
        "alcohol": "F10 E52 G621 I426 K292 K700 K703 K709 T51 Z502 Z714 Z721",
        "drugs": "F11-F16 F18 F19 Z715 Z722",
        "psychosis": "F20 F22-F25 F28 F29 F302 F312 F315",
        "depression": "F204 F313-F315 F32 F33 F341 F412 F432",
    },
}
"""Index -> comorbidity -> ICD-10 codes, after the enhanced coding of Quan H et al. (2005) Coding algorithms for
defining comorbidities in ICD-9-CM and ICD-10 administrative data, Med Care 43:1130-1139."""

COMORBIDITY_WEIGHTS = {
    "charlson": {
        **dict.fromkeys(("myocardial_infarction", "heart_failure", "peripheral_vascular", "cerebrovascular"), 1),
        **dict.fromkeys(("dementia", "chronic_pulmonary", "rheumatic", "peptic_ulcer", "mild_liver", "diabetes"), 1),
        **dict.fromkeys(("diabetes_complicated", "paralysis", "renal", "cancer"), 2),
        **{"severe_liver": 3, "metastatic_cancer": 6, "hiv": 6},
    },
    "charlson_quan2011": {
        **{"heart_failure": 2, "dementia": 2, "chronic_pulmonary": 1, "rheumatic": 1, "mild_liver": 2},
        **{"diabetes_complicated": 1, "paralysis": 2, "renal": 1, "cancer": 2, "severe_liver": 4},
        **{"metastatic_cancer": 6, "hiv": 4},
    },
    "elixhauser": {
        **{"heart_failure": 7, "arrhythmia": 5, "valvular": -1, "pulmonary_circulation": 4, "peripheral_vascular": 2},
        **{"paralysis": 7, "neurological": 6, "chronic_pulmonary": 3, "renal": 5, "liver": 11, "lymphoma": 9},
        **{"metastatic_cancer": 12, "solid_tumour": 4, "coagulopathy": 3, "obesity": -4, "weight_loss": 6},
        **{"electrolytes": 5, "blood_loss_anaemia": -2, "deficiency_anaemia": -2, "drugs": -7, "depression": -3},
    },
}
"""Score -> weight of each comorbidity, 0 where it has none: Charlson ME et al. (1987) J Chronic Dis 40:373-383; Quan H
et al. (2011) Am J Epidemiol 173:676-682; van Walraven C et al. (2009) Med Care 47:626-633 for Elixhauser."""

_HIERARCHY = {
    "charlson": {"diabetes": "diabetes_complicated", "mild_liver": "severe_liver", "cancer": "metastatic_cancer"},
    "elixhauser": {
        "diabetes": "diabetes_complicated",
        "hypertension": "hypertension_complicated",
        "solid_tumour": "metastatic_cancer",
    },
}
"""A milder form does not count where the graver one is present."""

_PREFIXES = {
    index: {prefix: tuple(k for k, codes in table.items() if prefix in expand_codes(codes)) for prefix in prefixes}
    for index, table in COMORBIDITIES.items()
    for prefixes in [sorted({prefix for codes in table.values() for prefix in expand_codes(codes)})]
}
"""Index -> code of three or four places -> the comorbidities that list it."""


def comorbidities(diagnoses, patients, index="charlson", *, before=None, name=None):
    """Return one yes/no column per comorbidity, and the index.

    Parameters
    ----------
    diagnoses : DataFrame
        Columns ``patient``, ``code`` (ICD-10, with or without the dot) and, for ``before``, ``time``.
    patients : Index or sequence of str
        The patients wanted; one without a diagnosis has no comorbidity.
    index : {"charlson", "elixhauser"}, default="charlson"
        Which list of comorbidities.
    before : Series or None, default=None
        A time per patient, such as the scan's; later diagnoses do not count.
    name : str or None, default=None
        The file that messages name.

    Returns
    -------
    table : DataFrame of float, shape (n_patients, n_comorbidities + 1 or 2)
        1.0 where the comorbidity is present; the milder form of one is 0.0 where the graver is present. Then the sums
        of weights: ``charlson`` (1987) and ``charlson_quan2011``, or ``elixhauser`` (van Walraven 2009).
    problems : list of Problem
        A warning that lists codes that are not ICD-10.

    Raises
    ------
    ValueError
        If the index is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import comorbidities
    >>> diagnoses = pd.DataFrame({"patient": ["A", "A", "A"], "code": ["I50.0", "E11.9", "E11.2"]})
    >>> table, _ = comorbidities(diagnoses, ["A", "B"])
    >>> table.loc["A", table.loc["A"] > 0].to_dict()
    {'heart_failure': 1.0, 'diabetes_complicated': 1.0, 'charlson': 3.0, 'charlson_quan2011': 3.0}
    """
    if index not in COMORBIDITIES:
        raise ValueError(f"index is 'charlson' or 'elixhauser'; got {index!r}")
    prefixes, names = _PREFIXES[index], list(COMORBIDITIES[index])

    def classify(code):
        plain = normalise_code(code)
        if plain is None:
            return None
        found = {k for width in (3, 4) for k in prefixes.get(plain[:width], ())}
        return tuple(found) or ("other",)

    flags, problems = class_flags(diagnoses, patients, classify, [*names, "other"], before=before, name=name)
    flags = flags[names]
    for milder, graver in _HIERARCHY[index].items():
        flags[milder] = flags[milder] * (1 - flags[graver])
    for score, weights in COMORBIDITY_WEIGHTS.items():
        if score.startswith(index):
            flags[score] = flags[names] @ pd.Series(weights, dtype=float).reindex(names, fill_value=0.0)
    return flags, problems
