"""Molar masses of common laboratory analytes: what turns mg/dL into mmol/L."""

from dataclasses import dataclass

__all__ = ["ANALYTES", "Analyte", "find_analyte"]


@dataclass(frozen=True)
class Analyte:
    """A substance that laboratories report by mass or by amount.

    Parameters
    ----------
    name : str
        Its English name.
    molar_mass : float
        Grams per mole, from the formula and the standard atomic weights.
    formula : str
        What is counted as one particle.
    aliases : tuple of str, default=()
        Other names, lower case.
    """

    name: str
    molar_mass: float
    formula: str
    aliases: tuple = ()


ANALYTES = {
    analyte.name: analyte
    for analyte in (
        Analyte("ammonia", 17.031, "NH3", ("nh3",)),
        Analyte("bilirubin", 584.67, "C33H36N4O6", ("total_bilirubin", "direct_bilirubin", "bili", "tbil")),
        Analyte("calcium", 40.078, "Ca", ("ca", "ionised_calcium", "ionized_calcium")),
        Analyte("chloride", 35.45, "Cl", ("cl",)),
        Analyte(
            "cholesterol", 386.66, "C27H46O", ("total_cholesterol", "ldl", "hdl", "ldl_cholesterol", "hdl_cholesterol")
        ),
        Analyte("cortisol", 362.47, "C21H30O5"),
        Analyte("creatinine", 113.12, "C4H7N3O", ("crea", "creat", "serum_creatinine")),
        Analyte("folate", 441.40, "C19H19N7O6", ("folic_acid",)),
        Analyte("glucose", 180.16, "C6H12O6", ("glu", "fasting_glucose", "blood_glucose")),
        Analyte("haemoglobin", 16114.0, "one haem chain, Hb(Fe)", ("hemoglobin", "hb", "hgb")),
        Analyte("iron", 55.845, "Fe", ("fe",)),
        Analyte("lactate", 90.08, "C3H6O3", ("lactic_acid", "lac")),
        Analyte("magnesium", 24.305, "Mg", ("mg",)),
        Analyte("phosphate", 30.974, "P (inorganic phosphorus)", ("phosphorus", "phosphor", "po4")),
        Analyte("potassium", 39.098, "K", ("k",)),
        Analyte("sodium", 22.990, "Na", ("na",)),
        Analyte("testosterone", 288.43, "C19H28O2"),
        Analyte("thyroxine", 776.87, "C15H11I4NO4", ("t4", "free_t4", "ft4")),
        Analyte("triglycerides", 885.7, "C57H104O6, triolein", ("triglyceride", "tg")),
        Analyte("triiodothyronine", 650.97, "C15H12I3NO4", ("t3", "free_t3", "ft3")),
        Analyte("urate", 168.11, "C5H4N4O3", ("uric_acid",)),
        Analyte("urea", 60.056, "CH4N2O"),
        Analyte("urea_nitrogen", 28.014, "N2 of one urea", ("bun", "blood_urea_nitrogen")),
        Analyte("vitamin_b12", 1355.4, "C63H88CoN14O14P", ("b12", "cobalamin")),
        Analyte("vitamin_d", 400.64, "C27H44O2, 25-hydroxyvitamin D3", ("25_oh_d", "calcidiol", "25_hydroxyvitamin_d")),
    )
}
"""Name -> analyte. The factors that follow agree to 0.5 % with the published tables of laboratories' SI units: Young DS
(1987) Implementation of SI units for clinical laboratory data, Ann Intern Med 106:114-129; a test compares them."""

_BY_NAME = {alias: analyte for analyte in ANALYTES.values() for alias in (analyte.name, *analyte.aliases)}


def find_analyte(name):
    """Return the analyte of this name or alias, or None.

    Parameters
    ----------
    name : str
        Compared without regard to case; spaces and dashes count as underscores.

    Returns
    -------
    analyte : Analyte or None

    Examples
    --------
    >>> from fusionkit.ehr.analytes import find_analyte
    >>> find_analyte("Uric acid").name
    'urate'
    """
    return _BY_NAME.get(str(name).strip().casefold().replace(" ", "_").replace("-", "_"))
