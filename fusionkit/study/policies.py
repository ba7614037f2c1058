"""Keys of a study file about what is missing and what stays private."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag, model_validator

from ..ehr.ranges import OutOfRange
from .fields import STRICT

__all__ = ["MaxMissing", "PolicyKeys", "Pseudonymise"]

Rule = Literal["require", "impute", "available"]
Rules = Annotated[
    Annotated[Rule, Tag("one rule")] | Annotated[dict[str, Rule], Tag("rule of each modality")],
    Discriminator(lambda value: "rule of each modality" if isinstance(value, dict) else "one rule"),
]


def _as_float(value):
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_as_float)]


class MaxMissing(BaseModel):
    """How much may be missing.

    Parameters
    ----------
    patient : float or None, default=None
        Largest share (0 to 1) of a modality's columns that a patient may lack; with more, the patient is left out.
    column : float or None, default=None
        Largest share (0 to 1) of the patients with the modality who may lack a column; with more, it is not used.
    """

    model_config = STRICT

    patient: Share | None = None
    column: Share | None = None


class Pseudonymise(BaseModel):
    """How ids are replaced in everything that is written.

    Parameters
    ----------
    key : str or None, default=None
        File of the secret key, relative to the study file; made if absent. None keeps it in the run's ``.fusionkit``.
    lookup : bool, default=False
        Whether a table of pseudonyms and ids is written beside the key.
    """

    model_config = STRICT

    key: str | None = None
    lookup: bool = False


def _as_pseudonymise(value):
    return {True: {}, False: None}[value] if isinstance(value, bool) else value


class PolicyKeys(BaseModel):
    """The keys, for the study's schema to inherit.

    Parameters
    ----------
    missing_modality : {"require", "impute", "available"} or dict of str to such, default='require'
        What becomes of a patient who lacks a modality: left out, filled in, or analysed with what is there; one rule,
        or one for each modality (the others are required).
    max_missing : MaxMissing, default=MaxMissing(patient=None, column=None)
        Shares of missing values beyond which a patient or column is left out.
    out_of_range : {"stop", "exclude", "missing", "keep"}, default='stop'
        What becomes of a number outside the dictionary's range: the study stops and asks, its patient is left out, the
        value counts as missing, or it is used as it is. Each is listed, whatever the rule.
    pseudonymise : Pseudonymise or None, default=None
        Whether (true), and with which key, ids are replaced by keyed hashes in everything that is written.
    """

    missing_modality: Rules = "require"
    max_missing: MaxMissing = MaxMissing()
    out_of_range: OutOfRange = "stop"
    pseudonymise: Annotated[Pseudonymise | None, BeforeValidator(_as_pseudonymise)] = None

    @model_validator(mode="after")
    def _rules_name_modalities(self):
        modalities = getattr(self, "modalities", {})
        named = self.missing_modality if isinstance(self.missing_modality, dict) else {}
        unknown = [name for name in named if name not in modalities]
        if unknown:
            raise ValueError(
                f"missing_modality names {', '.join(unknown)}, which is not one of the modalities "
                f"{', '.join(modalities)}"
            )
        return self

    @property
    def rules(self):
        """The rule of each modality: a dict of str to {"require", "impute", "available"}."""
        named = self.missing_modality
        return {
            name: named.get(name, "require") if isinstance(named, dict) else named
            for name in getattr(self, "modalities", {})
        }
