"""The rules that combine what the members say: arrays in, arrays out, NaN where a member is absent for a patient."""

import numpy as np

__all__ = ["RULES", "WEIGHTED", "combine"]


def _mean(said, weights):
    """Weighted mean of the members that are there; equal weights where all of those have weight zero."""
    shares = np.where(np.isnan(said[:, :, 0]), 0.0, weights[:, None])
    silent = shares.sum(axis=0) == 0
    shares[:, silent] = ~np.isnan(said[:, silent, 0])
    return np.einsum("mn,mnk->nk", shares, np.nan_to_num(said)) / shares.sum(axis=0)[:, None]


def _product(said, weights):
    with np.errstate(divide="ignore"):
        logs = np.nansum(np.log(said), axis=0)
    return np.exp(logs - np.where(np.isneginf(logs), 0, logs).max(axis=1, keepdims=True)) * ~np.isneginf(logs)


def _majority(said, weights):
    votes = np.arange(said.shape[2]) == said.argmax(axis=2)[..., None]
    return _mean(np.where(np.isnan(said), np.nan, votes), weights)


RULES = {
    "mean": _mean,
    "median": lambda said, weights: np.nanmedian(said, axis=0),
    "max": lambda said, weights: np.nanmax(said, axis=0),
    "min": lambda said, weights: np.nanmin(said, axis=0),
    "product": _product,
    "majority": _majority,
}
"""Rule -> function of what the members say, (members, patients, outputs), and the weights."""

WEIGHTED = {"mean": ("score", "optimised"), "majority": ("score",), "rank": ("score",)}
"""Votes that take weights -> the weights that they can learn."""


def combine(voting, said, weights):
    """Return what the members say together.

    Parameters
    ----------
    voting : str
        A rule of :data:`RULES`.
    said : array of shape (n_members, n_patients, n_outputs)
        Probabilities, or predictions with one output; NaN where a member is absent, never all members of a patient.
    weights : array of shape (n_members,)
        Non-negative; only the votes of :data:`WEIGHTED` heed them.

    Returns
    -------
    together : array of shape (n_patients, n_outputs)

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.fusion.rules import combine
    >>> said = np.array([[[0.2, 0.8]], [[0.6, 0.4]], [[np.nan, np.nan]]])  # three members, one patient
    >>> combine("mean", said, np.array([3.0, 1.0, 1.0])).round(2).tolist()
    [[0.3, 0.7]]
    """
    return RULES[voting](said, weights)
