"""The true model behind the synthetic cohort: latent variables, their effects on the outcome, the best possible AUC."""

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.utils import check_random_state

__all__ = ["EFFECTS", "INTERCEPT", "bayes_auc", "check_effects", "draw_latents", "linear_predictor"]

EFFECTS = {"texture": 1.5, "age": 0.8, "crp": 0.85, "performance_status": 0.7}
"""Log odds of a malignant lesion per standard deviation of each latent variable. There is no interaction."""

INTERCEPT = -0.3
"""Log odds of a malignant lesion where every latent variable is at its mean; gives a prevalence near .45."""

AGE = (62.0, 11.0)
"""Mean and standard deviation, years; the age is rounded and kept within 30 to 90."""

LOG_CRP = (np.log(8.0), 0.9)
"""Mean and standard deviation of the natural logarithm of C-reactive protein in mg/L."""

PERFORMANCE_STATUS = (0.40, 0.35, 0.18, 0.07)
"""How often each performance status, 0 to 3, occurs."""

MODALITIES = {"record": ("age", "crp", "performance_status"), "image": ("texture",)}
"""Which latent variables each modality shows."""


def check_effects(effects):
    """Return the true effects, with those given replacing the usual ones.

    Parameters
    ----------
    effects : mapping or None
        Latent variable -> log odds per standard deviation. What is not named keeps its value in ``EFFECTS``.

    Returns
    -------
    effects : dict
        One finite float for each key of ``EFFECTS``, in its order.

    Raises
    ------
    ValueError
        If a key is no latent variable, or a value is not a finite number.
    """
    given = dict(effects or {})
    unknown = sorted(map(str, set(given) - set(EFFECTS)))
    if unknown:
        raise ValueError(f"effects: the latent variables are {', '.join(EFFECTS)}; got {', '.join(unknown)}")
    for name, value in given.items():
        if not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
            raise ValueError(f"effects: the effect of {name} must be a finite number of log odds; got {value!r}")
    return {name: float(given.get(name, usual)) for name, usual in EFFECTS.items()}


def draw_latents(n_patients, random_state):
    """Return what is true of each patient before anything is measured.

    Parameters
    ----------
    n_patients : int
        Number of rows.
    random_state : numpy.random.RandomState
        Source of the draws; advanced by the call.

    Returns
    -------
    latents : DataFrame of shape (n_patients, 7)
        ``texture``, ``age``, ``crp`` and ``performance_status`` as standard scores, then the last three in
        their own units: ``age_years``, ``crp_mg_per_l``, ``performance_status_grade``.
    """
    texture = random_state.normal(size=n_patients)
    years = np.clip(np.round(random_state.normal(*AGE, size=n_patients)), 30, 90)
    crp = random_state.normal(size=n_patients)
    grades = np.arange(len(PERFORMANCE_STATUS))
    grade = random_state.choice(grades, size=n_patients, p=PERFORMANCE_STATUS)
    mean_grade = grades @ PERFORMANCE_STATUS
    sd_grade = np.sqrt((grades - mean_grade) ** 2 @ PERFORMANCE_STATUS)
    return pd.DataFrame(
        {
            "texture": texture,
            "age": (years - AGE[0]) / AGE[1],
            "crp": crp,
            "performance_status": (grade - mean_grade) / sd_grade,
            "age_years": years.astype(int),
            "crp_mg_per_l": np.exp(LOG_CRP[0] + LOG_CRP[1] * crp),
            "performance_status_grade": grade,
        }
    )


def linear_predictor(latents, effects, *, names=None):
    """Return the true log odds of a malignant lesion, of all latent variables or of some.

    Parameters
    ----------
    latents : DataFrame of shape (n_patients, ...)
        As :func:`draw_latents` returns it.
    effects : dict
        As :func:`check_effects` returns it.
    names : sequence of str or None, default=None
        The latent variables that count; None for all.

    Returns
    -------
    log_odds : ndarray of shape (n_patients,)
        Intercept included.
    """
    names = list(effects if names is None else names)
    return INTERCEPT + latents[names].to_numpy() @ np.array([effects[name] for name in names])


def bayes_auc(effects=None, *, n_draws=100_000, random_state=0):
    """Return the best AUC that any model could reach on record, image and both, and the true prevalence.

    The figures hold for a reader who sees the latent variables without error. Measured variables carry noise
    (scanner, laboratory, missing values), so a model of them stays below, however many patients it learns from.

    Parameters
    ----------
    effects : mapping or None, default=None
        Log odds per standard deviation that replace those in ``EFFECTS``.
    n_draws : int, default=100000
        Number of simulated patients. Each counts as a case with its true probability and as a control with the
        rest, so the outcome itself adds no noise: at the default, the Monte Carlo error is below .003.
    random_state : int, RandomState instance or None, default=0
        Seed of the simulation.

    Returns
    -------
    best : dict
        ``{"record": AUC, "image": AUC, "both": AUC, "prevalence": share of malignant lesions}``. The latent
        variables are independent and have no interaction, so the linear predictor of each part is the best
        possible score for that part.

    Examples
    --------
    >>> from fusionkit.datasets import bayes_auc
    >>> {part: round(value, 2) for part, value in bayes_auc().items()}
    {'record': 0.74, 'image': 0.76, 'both': 0.86, 'prevalence': 0.45}
    """
    effects = check_effects(effects)
    latents = draw_latents(n_draws, check_random_state(random_state))
    probability = expit(linear_predictor(latents, effects))
    y_true = np.repeat([1, 0], n_draws)
    weight = np.concatenate([probability, 1 - probability])

    def auc(names):
        y_score = linear_predictor(latents, effects, names=names)
        return float(roc_auc_score(y_true, np.tile(y_score, 2), sample_weight=weight))

    parts = {**MODALITIES, "both": tuple(effects)}
    return {part: auc(names) for part, names in parts.items()} | {"prevalence": float(probability.mean())}
