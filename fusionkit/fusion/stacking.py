"""The table that a final estimator is fitted on: what each member says of each patient, and who is absent."""

from dataclasses import dataclass

import numpy as np

__all__ = ["MemberTable"]


@dataclass(frozen=True)
class MemberTable:
    """How the members' predictions become a table without gaps.

    Parameters
    ----------
    filling : array of shape (n_members, n_outputs)
        What stands for an absent member: the training patients' mean.
    flagged : array of bool of shape (n_members,)
        Whether a training patient lacks the member; then a column says who does.
    """

    filling: np.ndarray
    flagged: np.ndarray

    @classmethod
    def learn(cls, said):
        """Return the table's rules, learned from out-of-fold predictions (n_members, n_patients, n_outputs)."""
        absent = np.isnan(said[:, :, 0]) & ~np.isnan(said[:, :, 0]).all(axis=0)
        return cls(np.nanmean(said, axis=1), absent.any(axis=1))

    def fill(self, said):
        """Return the table (n_patients, n_columns): each member's outputs in turn, then who is absent."""
        columns = [np.where(np.isnan(mine), mean, mine) for mine, mean in zip(said, self.filling, strict=True)]
        absent = np.isnan(said[self.flagged, :, 0]).astype(float).T
        return np.hstack([*columns, absent])
