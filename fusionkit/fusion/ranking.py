"""Ranked vote: members are compared by where a patient stands among the training patients, not by probabilities."""

from dataclasses import dataclass

import numpy as np

from .rules import combine

__all__ = ["RankVote", "positions"]


def positions(said, reference):
    """Return where each number stands among the training patients' numbers of the same member and output.

    The position is the mid-distribution function: the share of the training patients who have less, plus half the
    share of those who have as much. It is a function of the training patients alone, so that nobody's position depends
    on who else is predicted at the same time. Numbers that agree to twelve decimals are ties.

    Parameters
    ----------
    said, reference : arrays of shape (n_members, n_patients, n_outputs)
        What is placed, and the out-of-fold predictions of the training patients; NaN where a member is absent.

    Returns
    -------
    placed : array of the shape of ``said``
        0 to 1; NaN stays NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.fusion.ranking import positions
    >>> trained = np.array([0.1, 0.2, 0.2, 0.9]).reshape(1, 4, 1)
    >>> positions(np.array([0.0, 0.2, 0.5]).reshape(1, 3, 1), trained).ravel().tolist()
    [0.0, 0.5, 0.75]
    """
    said, reference = np.round(said, 12), np.round(reference, 12)
    placed = np.full(said.shape, np.nan)
    for member in range(said.shape[0]):
        for output in range(said.shape[2]):
            known = reference[member, :, output]
            known = np.sort(known[~np.isnan(known)])
            there = ~np.isnan(said[member, :, output])
            values = said[member, there, output]
            below, upto = (np.searchsorted(known, values, side=side) for side in ("left", "right"))
            placed[member, there, output] = (below + upto) / (2 * len(known))
    return placed


@dataclass(frozen=True)
class RankVote:
    """Borda's count over patients: the mean of the positions that the members give, turned into class probabilities.

    A mean of positions varies less than a position does, so it is placed once more, among the means of the training
    patients, and linearly between them: patients keep the order of their mean positions. The last position times the
    class's share of the training patients, scaled to sum to one, is the vote.

    Parameters
    ----------
    said : array of shape (n_members, n_patients, n_classes)
        Out-of-fold probabilities of the training patients; NaN where a member is absent.
    means : array of shape (n_patients, n_classes)
        The training patients' mean positions.
    weights : array of shape (n_members,)
        Weights of the members in the mean.
    shares : array of shape (n_classes,)
        Each class's share of the training patients.
    """

    said: np.ndarray
    means: np.ndarray
    weights: np.ndarray
    shares: np.ndarray

    @classmethod
    def learn(cls, said, weights, shares):
        """Return the vote, learned from out-of-fold probabilities, the members' weights and the class shares."""
        said = said[:, ~np.isnan(said[:, :, 0]).all(axis=0)]
        return cls(said, combine("mean", positions(said, said), weights), weights, shares)

    def vote(self, said):
        """Return the vote (n_patients, n_classes) on what the members say (n_members, n_patients, n_classes)."""
        means = combine("mean", positions(said, self.said), self.weights)
        placed = np.column_stack([_between(*pair) for pair in zip(means.T, self.means.T, strict=True)])
        return placed * self.shares


def _between(values, known):
    """Positions (0 to 1) among known values strictly between 0 and 1, linear from one to the next."""
    levels, counts = np.unique(known.round(12), return_counts=True)
    middles = (np.cumsum(counts) - counts / 2) / len(known)
    return np.interp(values, np.concatenate([[0.0], levels, [1.0]]), np.concatenate([[0.0], middles, [1.0]]))
