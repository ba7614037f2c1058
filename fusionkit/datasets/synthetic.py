"""A synthetic cohort in memory: images, record and outcome, made from a seed and a known truth."""

from dataclasses import dataclass
from functools import cache
from numbers import Integral

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.utils import check_random_state

from .ct import SCANNERS, make_ct
from .outcome import INTERCEPT, bayes_auc, check_effects, draw_latents, linear_predictor
from .record import make_clinical, make_labs

__all__ = ["GENERATOR_VERSION", "SyntheticCohort", "make_synthetic_cohort"]

GENERATOR_VERSION = 1
"""Raised whenever the same seed gives other data."""

SHARE_SITE_B = 0.4
SHARE_WITHOUT_IMAGE = 0.075


@dataclass(frozen=True)
class SyntheticCohort:
    """The data of a synthetic cohort, with the truth behind it.

    Parameters
    ----------
    clinical : DataFrame of shape (n_patients, 8)
        One row per patient; the outcome is ``malignant``, with ``yes`` as the positive class.
    labs : DataFrame of shape (n_values, 5)
        One row per laboratory value: ``patient_id``, ``time``, ``name``, ``value``, ``unit``.
    images : dict
        Patient -> (image, mask, spacing_mm): int16 Hounsfield units and uint8 mask of shape (20, 36, 36), axes
        zyx, and the spacing along (z, y, x) in mm. Patients without an image are absent.
    truth : dict
        Seed, effects, intercept, best possible AUCs, and each patient's latent texture, linear predictor and
        probability; plain numbers and text, ready for JSON.
    """

    clinical: pd.DataFrame
    labs: pd.DataFrame
    images: dict
    truth: dict


def make_synthetic_cohort(n_patients=80, *, random_state=0, effects=None):
    """Return patients from two sites whose outcome depends on lesion texture and on the record, by known amounts.

    A malignant lesion is drawn from a logistic model of four independent standard scores without interaction:
    the texture of the lesion, age, C-reactive protein, performance status. See ``EFFECTS`` for the coefficients
    and :func:`bayes_auc` for what could be reached at best. Sex, smoking, the other laboratory values, the site,
    the size, shape and mean density of the lesion, and what is missing have no effect.

    Parameters
    ----------
    n_patients : int, default=80
        At least 4. Three in forty have no image (six of eighty).
    random_state : int, default=0
        Seed; the same seed gives the same cohort on every machine. It is kept in the truth, so it is a number.
    effects : mapping or None, default=None
        Log odds per standard deviation that replace those in ``EFFECTS``, such as ``{"texture": 0}`` for images
        that say nothing.

    Returns
    -------
    cohort : SyntheticCohort

    Raises
    ------
    TypeError
        If n_patients or random_state is not a whole number.
    ValueError
        If n_patients is below 4, random_state is negative, or effects names no latent variable.

    Examples
    --------
    >>> from fusionkit.datasets import make_synthetic_cohort
    >>> cohort = make_synthetic_cohort(n_patients=8, random_state=3)
    >>> list(cohort.clinical)[:5]
    ['patient_id', 'site', 'age', 'sex', 'performance_status']
    >>> image, mask, spacing_mm = cohort.images["P001"]
    >>> image.shape, mask.dtype.name
    ((20, 36, 36), 'uint8')
    """
    _check_whole("n_patients", n_patients, 4)
    _check_whole("random_state", random_state, 0)
    effects = check_effects(effects)
    draws = check_random_state(random_state)
    latents = draw_latents(n_patients, draws)
    log_odds = linear_predictor(latents, effects)
    y_true = draws.uniform(size=n_patients) < expit(log_odds)
    site = np.where(draws.uniform(size=n_patients) < SHARE_SITE_B, "B", "A")
    clinical = make_clinical(latents, site, y_true, draws)
    labs = make_labs(clinical, latents, draws)
    images = _make_images(clinical, latents, draws)
    truth = _truth(random_state, effects, clinical, latents, log_odds)
    return SyntheticCohort(clinical=clinical, labs=labs, images=images, truth=truth)


def _check_whole(name, value, least):
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}")


def _make_images(clinical, latents, draws):
    n_patients = len(clinical)
    absent = set(draws.choice(n_patients, size=round(SHARE_WITHOUT_IMAGE * n_patients), replace=False))
    seeds = draws.randint(2**31 - 1, size=n_patients)
    images = {}
    for row, (patient, site) in enumerate(zip(clinical["patient_id"], clinical["site"], strict=True)):
        if row not in absent:
            pair = make_ct(latents["texture"].iloc[row], SCANNERS[site], check_random_state(seeds[row]))
            images[patient] = (*pair, SCANNERS[site].spacing_mm)
    return images


def _truth(seed, effects, clinical, latents, log_odds):
    per_patient = pd.DataFrame(
        {"texture": latents["texture"], "linear_predictor": log_odds, "probability": expit(log_odds)}
    ).round(6)
    best = {name: round(value, 4) for name, value in _best_of(tuple(effects.items())).items()}
    return {
        "generator_version": GENERATOR_VERSION,
        "random_state": int(seed),
        "n_patients": len(clinical),
        "outcome": "malignant",
        "positive_class": "yes",
        "intercept": INTERCEPT,
        "log_odds_per_standard_deviation": effects,
        "interactions": [],
        "prevalence": best.pop("prevalence"),
        "bayes_auc": best,
        "patients": dict(zip(clinical["patient_id"], per_patient.to_dict("records"), strict=True)),
    }


@cache
def _best_of(effects):
    """What could be reached with these effects, simulated once a session: it does not depend on the cohort."""
    return bayes_auc(dict(effects))
