"""Units of measurement: UCUM codes and the spellings that laboratories use, converted or refused."""

import difflib
import functools
import re
from pathlib import Path

import numpy as np
import pandas as pd

from .analytes import ANALYTES, find_analyte

__all__ = ["UnitError", "conversion", "convert", "ucum_code"]

_SPELLINGS = {
    **{"g/l": "g/L", "g/L": "g/L", "G/L": "10*9/L", "T/L": "10*12/L", "K/uL": "10*3/uL", "M/uL": "10*6/uL"},
    **{"IU/L": "[iU]/L", "IU/mL": "[iU]/mL", "mIU/L": "m[iU]/L", "mIU/mL": "m[iU]/mL", "uIU/mL": "u[iU]/mL"},
    **{"kIU/L": "k[iU]/L", "UI/L": "[iU]/L", "mmHg": "mm[Hg]", "cmH2O": "cm[H2O]", "°C": "Cel", "degC": "Cel"},
    **{"C": "Cel", "°F": "[degF]", "degF": "[degF]", "F": "[degF]", "bpm": "/min", "beats/min": "/min"},
    **{"breaths/min": "/min", "years": "a", "year": "a", "yr": "a", "y": "a", "months": "mo", "weeks": "wk"},
    **{"days": "d", "day": "d", "hours": "h", "hour": "h", "minutes": "min", "mEq/L": "meq/L", "mEq/l": "meq/L"},
    **{"mOsm/kg": "mosm/kg", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]"},
    **{"ft": "[ft_i]", "oz": "[oz_av]", "cc": "cm3", "cells/uL": "/uL", "cells/mm3": "/mm3", "percent": "%"},
    **{"mL/min/1.73m2": "mL/min/{1.73_m2}", "ml/min/1.73m2": "mL/min/{1.73_m2}", "ratio": "1", "": "1"},
    **{
        "pH": "{pH}",
        "[pH]": "{pH}",
        "sec": "s",
        "seconds": "s",
        "mcg/L": "ug/L",
        "mcg/mL": "ug/mL",
        "mcg/dL": "ug/dL",
        "mcg": "ug",
        "gm/dL": "g/dL",
    },
}
"""Plain spelling -> UCUM code, for what is not UCUM as it stands. ``C`` and ``F`` are degrees here, never coulomb or
farad; ``G/L`` is giga per litre, never gauss."""

_ARBITRARY = re.compile(r"\[(?:[iI]U|[^\]]*'U|[CPF]FU|B?AU|EU|Lf|PNU|[LH]PF)\]")
_COMMON = (
    *("mg/dL", "mg/L", "g/L", "g/dL", "ug/L", "ug/dL", "ug/mL", "ng/mL", "ng/L", "pg/mL", "mmol/L", "umol/L", "nmol/L"),
    *("pmol/L", "mmol/mol", "U/L", "U/mL", "ukat/L", "[iU]/L", "m[iU]/L", "10*9/L", "10*12/L", "10*3/uL", "meq/L", "%"),
    *("mosm/kg", "mm[Hg]", "kPa", "Cel", "[degF]", "fL", "pg", "kg", "cm", "mm", "kg/m2", "a", "mo", "wk", "/min"),
)
"""Units that a misspelt one is compared with."""


class UnitError(ValueError):
    """A unit that is not known, or two units that cannot be converted into each other."""


@functools.cache
def _registry():
    """A pint registry of our own with the UCUM units, and how it reads a code; takes about a second, on first use."""
    import pint
    import ucumvert

    registry = pint.UnitRegistry()
    registry.load_definitions(Path(ucumvert.__file__).parent / "pint_ucum_defs.txt")
    transform = ucumvert.UcumToPintTransformer(ureg=registry).transform
    parser = ucumvert.get_ucum_parser()
    return registry, lambda code: transform(ucumvert.parse_ucum(code, parser))


def ucum_code(unit):
    """Return the UCUM code of a unit as a laboratory may write it.

    Parameters
    ----------
    unit : str
        A UCUM code or a plain spelling, such as ``"µg/L"``, ``"G/L"``, ``"x10^9/L"`` or ``"mmHg"``.

    Returns
    -------
    code : str

    Raises
    ------
    UnitError
        If the unit is not known; the message suggests close ones.

    Examples
    --------
    >>> from fusionkit.ehr.units import ucum_code
    >>> ucum_code("µg/L"), ucum_code("x10^9/L"), ucum_code("mmHg")
    ('ug/L', '10*9/L', 'mm[Hg]')
    """
    return "1" if str(unit) in {"", "1"} else _parse_unit(str(unit))[0]


@functools.cache
def _parse_unit(unit):
    """UCUM code and pint quantity of a unit."""
    from lark.exceptions import LarkError
    from pint.errors import PintError

    plain = unit.strip().replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3").replace("·", ".")
    plain = re.sub(r"\s*([/.^*])\s*", r"\1", plain)
    code = _SPELLINGS.get(plain, plain)
    code = re.sub(r"^(?:x ?|× ?|\* ?)?10(?:\^|e|E|\*\*?)\+?(\d+)", r"10*\1", code)
    registry, parse = _registry()  # outside: a registry that cannot be made is no unknown unit
    try:
        quantity = parse(code)
        if not hasattr(quantity, "dimensionality"):  # an annotation alone, such as {score}
            quantity = registry.Quantity(1.0, "")
    except (LarkError, PintError):
        raise UnitError(f"the unit {unit!r} is not known. {_suggest(plain)}") from None
    return code, quantity


def _suggest(plain):
    """Close units, first those that differ by case only."""
    known = list(dict.fromkeys([*_COMMON, *_SPELLINGS]))
    same = [code for code in known if code and code.casefold() == plain.casefold()]
    folded = {code.casefold(): code for code in reversed(_COMMON)}
    near = [folded[code] for code in difflib.get_close_matches(plain.casefold(), folded, n=3, cutoff=0.5)]
    close = same or near
    return (
        f"Did you mean {' or '.join(close)}?" if close else "Write it as a UCUM code, such as mg/dL, mmol/L or 10*9/L."
    )


@functools.cache
def conversion(unit_from, unit_to, analyte=None):
    """Return what turns a value in one unit into another: ``value * factor + offset``.

    Parameters
    ----------
    unit_from, unit_to : str
        UCUM codes or plain spellings.
    analyte : str or None, default=None
        What was measured, for mass to amount (mg/dL to mmol/L); a name or alias of
        :data:`fusionkit.ehr.analytes.ANALYTES`, or ``"hba1c"`` (% NGSP to mmol/mol IFCC, Hoelzel et al. 2004).

    Returns
    -------
    factor, offset : float

    Raises
    ------
    UnitError
        If a unit is not known, the two measure different things, or the analyte is needed and not known.

    Examples
    --------
    >>> from fusionkit.ehr import conversion
    >>> factor, offset = conversion("mg/dL", "mmol/L", "glucose")
    >>> round(factor, 4), offset
    (0.0555, 0.0)
    """
    if _is_hba1c(analyte) and {ucum_code(unit_from), ucum_code(unit_to)} == {"%", "mmol/mol"}:
        slope, shift = 10.93, -23.50
        return (slope, shift) if ucum_code(unit_from) == "%" else (1 / slope, -shift / slope)
    (_, source), (_, target) = _parse_unit(str(unit_from)), _parse_unit(str(unit_to))
    if ucum_code(unit_from) == ucum_code(unit_to):
        return 1.0, 0.0
    if _arbitrary(unit_from) != _arbitrary(unit_to):
        raise UnitError(f"{unit_from} cannot be converted to {unit_to}: an arbitrary unit has no physical size")
    bridge = _bridge(source, target, unit_from, unit_to, analyte)
    registry, _ = _registry()
    if source.dimensionality == registry.kelvin.dimensionality:
        low, high = (registry.Quantity(x, source.units).to(target.units).magnitude for x in (0.0, 100.0))
        return (high - low) / 100.0, low
    return float((source * bridge / target).to_base_units().magnitude), 0.0


def _is_hba1c(analyte):
    return str(analyte).casefold().replace("_", "").replace(" ", "") in {"hba1c", "a1c", "glycatedhaemoglobin"}


def _arbitrary(unit):
    """The arbitrary units in a unit, such as [iU]: counts of nothing physical, which convert only to themselves."""
    return {atom.replace("[IU]", "[iU]") for atom in _ARBITRARY.findall(ucum_code(unit))}


def _bridge(source, target, unit_from, unit_to, analyte):
    """The molar mass to the power that makes both sides agree, 1 if they already do."""
    registry, _ = _registry()
    ratio = dict(target.dimensionality / source.dimensionality)
    if not ratio:
        return 1.0
    power = ratio.pop("[substance]", 0)
    if power not in {1, -1} or ratio != {"[mass]": -power}:
        raise UnitError(f"{unit_from} cannot be converted to {unit_to}: they measure different things")
    found = None if analyte is None else find_analyte(analyte)
    if found is None:
        told = "which was not named" if analyte is None else f"and {analyte!r} is not in its table"
        near = difflib.get_close_matches(str(analyte).casefold(), ANALYTES, 1, 0.6)
        known = f"{near[0]}?" if near else f"one of {', '.join(ANALYTES)}"
        way_out = f"Name it under 'analyte' ({known}), or give the values in one unit."
        raise UnitError(f"{unit_from} to {unit_to} needs the molar mass of the analyte, {told}. {way_out}")
    return registry.Quantity(found.molar_mass, "g/mol") ** -power


def convert(values, unit_from, unit_to, *, analyte=None):
    """Return the values in another unit.

    Parameters
    ----------
    values : float or array-like of float
        In ``unit_from``; NaN stays NaN.
    unit_from, unit_to : str
        UCUM codes or plain spellings (``mg/dL``, ``µg/L``, ``G/L``, ``mmHg``).
    analyte : str or None, default=None
        What was measured; needed between mass and amount.

    Returns
    -------
    converted : float, ndarray or Series
        As the values came.

    Raises
    ------
    UnitError
        If a unit is not known or the two cannot be converted.

    Examples
    --------
    >>> from fusionkit.ehr import convert
    >>> round(convert(1.0, "mg/dL", "µmol/L", analyte="creatinine"), 1)
    88.4
    >>> round(convert(98.6, "°F", "°C"), 6)
    37.0
    """
    factor, offset = conversion(unit_from, unit_to, analyte)
    if not isinstance(values, pd.Series):
        values = np.asarray(values, dtype=float)
    converted = values * factor + offset
    return float(converted) if np.ndim(converted) == 0 else converted
