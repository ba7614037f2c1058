"""Diagnosis and drug codes: ICD-10 to chapters, lists of codes to one yes/no column per class and patient."""

import re

import numpy as np
import pandas as pd

from ..exceptions import Problem

__all__ = ["ICD10_CHAPTERS", "class_flags", "expand_codes", "icd10_chapter", "icd10_chapter_flags", "normalise_code"]

_SHOWN = 5

ICD10_CHAPTERS = {
    "I": ("A00-B99", "infectious and parasitic diseases"),
    "II": ("C00-D49", "neoplasms"),
    "III": ("D50-D89", "blood and immune mechanism"),
    "IV": ("E00-E90", "endocrine, nutritional and metabolic diseases"),
    "V": ("F00-F99", "mental and behavioural disorders"),
    "VI": ("G00-G99", "nervous system"),
    "VII": ("H00-H59", "eye and adnexa"),
    "VIII": ("H60-H95", "ear and mastoid process"),
    "IX": ("I00-I99", "circulatory system"),
    "X": ("J00-J99", "respiratory system"),
    "XI": ("K00-K95", "digestive system"),
    "XII": ("L00-L99", "skin and subcutaneous tissue"),
    "XIII": ("M00-M99", "musculoskeletal system"),
    "XIV": ("N00-N99", "genitourinary system"),
    "XV": ("O00-O99", "pregnancy, childbirth and the puerperium"),
    "XVI": ("P00-P96", "perinatal period"),
    "XVII": ("Q00-Q99", "congenital malformations"),
    "XVIII": ("R00-R99", "symptoms and abnormal findings"),
    "XIX": ("S00-T98", "injury and poisoning"),
    "XX": ("V01-Y98", "external causes"),
    "XXI": ("Z00-Z99", "factors influencing health status"),
    "XXII": ("U00-U99", "codes for special purposes"),
}
"""Chapter -> its range of ICD-10 categories and its subject, after WHO, ICD-10 (2019); the upper ends of II (D49) and
XI (K95) are those of ICD-10-CM, whose few categories more belong to the same chapters."""

_CODE = re.compile(r"[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4}")


def normalise_code(code):
    """Return an ICD-10 code in capitals without its dot, or None if it is none.

    Parameters
    ----------
    code : str
        Such as ``"i21.0"``; a dagger, asterisk or exclamation mark at the end is dropped.

    Returns
    -------
    code : str or None

    Examples
    --------
    >>> from fusionkit.ehr import normalise_code
    >>> normalise_code("i21.0"), normalise_code("M01.3*"), normalise_code("angina")
    ('I210', 'M013', None)
    """
    plain = str(code).strip().upper().rstrip("*+!†").replace(".", "").replace("-", "").replace(" ", "")
    return plain if _CODE.fullmatch(plain) else None


def icd10_chapter(code):
    """Return the ICD-10 chapter of a code as its Roman numeral, or None if it belongs to none.

    Parameters
    ----------
    code : str
        With or without the dot.

    Returns
    -------
    chapter : str or None

    Examples
    --------
    >>> from fusionkit.ehr import icd10_chapter
    >>> icd10_chapter("I21.0"), icd10_chapter("D50"), icd10_chapter("H60.9")
    ('IX', 'III', 'VIII')
    """
    plain = normalise_code(code)
    if plain is None:
        return None
    for chapter, (span, _) in ICD10_CHAPTERS.items():
        first, last = span.split("-")
        if first <= plain[:3] <= last:
            return chapter
    return None


def icd10_chapter_flags(diagnoses, patients, *, before=None, name=None):
    """Return one yes/no column per ICD-10 chapter.

    Parameters
    ----------
    diagnoses : DataFrame
        Columns ``patient``, ``code`` and, for ``before``, ``time``; one row per diagnosis.
    patients : Index or sequence of str
        The patients wanted; one without a diagnosis has none.
    before : Series or None, default=None
        A time per patient, such as the scan's; later diagnoses do not count.
    name : str or None, default=None
        The file that messages name.

    Returns
    -------
    flags : DataFrame of float, shape (n_patients, 22)
        1.0 where the patient has a code of the chapter; columns ``icd10_I`` to ``icd10_XXII``.
    problems : list of Problem
    """
    flags, problems = class_flags(diagnoses, patients, icd10_chapter, list(ICD10_CHAPTERS), before=before, name=name)
    return flags.add_prefix("icd10_"), problems


def expand_codes(text):
    """Return the code prefixes that a published list names.

    Parameters
    ----------
    text : str
        Codes and ranges without dots, such as ``"I21 I252 C00-C03"``.

    Returns
    -------
    prefixes : tuple of str

    Examples
    --------
    >>> from fusionkit.ehr.codes import expand_codes
    >>> expand_codes("I21 I425-I427")
    ('I21', 'I425', 'I426', 'I427')
    """
    prefixes = []
    for part in text.split():
        first, _, last = part.partition("-")
        letter, width = first[0], len(first) - 1
        stop = int((last or first)[1:])
        prefixes += [f"{letter}{number:0{width}d}" for number in range(int(first[1:]), stop + 1)]
    return tuple(prefixes)


def class_flags(records, patients, classify, classes, *, before=None, name=None):
    """Return one yes/no column per class from a long list of codes or terms.

    Parameters
    ----------
    records : DataFrame
        Columns ``patient``, ``code`` and, for ``before``, ``time``.
    patients : Index or sequence of str
        The patients wanted.
    classify : callable or dict
        What gives the class (or classes, as a tuple) of a code, or None; a dict, as a user's table of medications gives
        it, is looked up without regard to case, a key that ends in ``*`` fits every code that begins so.
    classes : sequence of str
        The classes, in the order wanted.
    before : Series or None, default=None
        A time per patient; records that are later, or have no time, do not count.
    name : str or None, default=None
        The file that messages name.

    Returns
    -------
    flags : DataFrame of float, shape (n_patients, n_classes)
    problems : list of Problem
        A warning that lists the codes without a class.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import class_flags
    >>> drugs = pd.DataFrame({"patient": ["A", "A", "B"], "code": ["Ramipril", "C10AA05", "x"]})
    >>> flags, problems = class_flags(drugs, ["A", "B"], {"ramipril": "ace", "C10AA*": "statin"}, ["ace", "statin"])
    >>> flags.loc["A"].tolist(), problems[0].message
    ([1.0, 1.0], "1 of 3 codes belong to no class, such as 'x'")
    """
    classify = _look_up(classify) if isinstance(classify, dict) else classify
    patients = pd.Index(patients)
    row = patients.get_indexer(records["patient"])
    if before is not None:
        times = before.reindex(patients).to_numpy()[row]
        row = np.where((records["time"].to_numpy() <= times) & (row >= 0), row, -1)
    codes, uniques = pd.factorize(records["code"])
    found = [_as_tuple(classify(code)) for code in uniques]
    position = {label: i for i, label in enumerate(classes)}
    member = np.zeros((len(uniques) + 1, len(classes)), dtype=bool)
    for k, labels in enumerate(found):
        member[k, [position[label] for label in labels]] = True
    flags = np.zeros((len(patients), len(classes)))
    for i in range(len(classes)):
        flags[row[member[codes, i] & (row >= 0)], i] = 1.0
    lost = np.array([*(not labels for labels in found), False])
    unknown, count = list(uniques[lost[:-1]]), int(lost[codes].sum())
    problems = []
    if unknown:
        message = f"{count} of {len(codes)} codes belong to no class, such as {', '.join(map(repr, unknown[:_SHOWN]))}"
        problems.append(Problem(message, "Check that they are codes.", severity="warning", file=name, column="code"))
    return pd.DataFrame(flags, index=patients, columns=list(classes)), problems


def _as_tuple(label):
    if label is None:
        return ()
    return label if isinstance(label, tuple) else (label,)


def _look_up(table):
    """A function that finds a code's class in a user's table."""
    exact = {str(key).strip().casefold(): label for key, label in table.items()}
    stems = {key[:-1]: label for key, label in exact.items() if key.endswith("*")}

    def classify(code):
        text = str(code).strip().casefold()
        if text in exact:
            return exact[text]
        fitting = [stem for stem in stems if text.startswith(stem)]
        return stems[max(fitting, key=len)] if fitting else None

    return classify
