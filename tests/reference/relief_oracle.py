"""scikit-rebate as the oracle of the Relief family, as it is and with its four slips mended.

Mended: a patient is not its own hit; equally near patients are taken in the order of rows; the categorical distance
on complete data is the number of differing features, as it is on incomplete data; the matrix of distances of
incomplete data is filled on both sides.
"""

import numpy as np
from skrebate import SURF, MultiSURF, ReliefF, SURFstar
from skrebate.scoring_utils import get_row_missing

PLAIN = {"ReliefFRanker": ReliefF, "SURFRanker": SURF, "SURFStarRanker": SURFstar, "MultiSURFRanker": MultiSURF}


class _Mended:
    def _distarray_missing(self, xc, xd, cdiffs):
        cindices = [np.flatnonzero(np.isnan(row)) for row in xc]
        dindices = [np.flatnonzero(np.isnan(row)) for row in xd]
        rows = [get_row_missing(xc, xd, cdiffs, i, cindices, dindices) for i in range(len(xc))]
        lower = np.array(rows)
        return lower + lower.T

    def _distarray_no_missing(self, xc, xd):
        cdiffs = np.array([self.attr[name][3] for name in self._headers if self.attr[name][0] == "continuous"])
        return self._distarray_missing(xc, xd, cdiffs)


class _MendedReliefF(_Mended, ReliefF):
    def _find_neighbors(self, inst):
        distances = self._distance_array[inst].copy()
        others = np.delete(np.arange(self._datalen), inst)
        others = others[np.argsort(distances[others], kind="stable")]
        if self._class_type == "continuous":
            group = (np.abs(self._y[others] - self._y[inst]) < self._labels_std).astype(int)
        else:
            group = self._y[others]
        taken = [others[group == g][: self.n_neighbors] for g in np.unique(group)]
        return np.sort(np.concatenate(taken))


def _mend(base):
    return type("Mended" + base.__name__, (_Mended, base), {})


MENDED = {name: _mend(base) for name, base in PLAIN.items()} | {"ReliefFRanker": _MendedReliefF}


def scores(name, X, y, mended=True, **settings):
    """Return the scores of the oracle of the ranker of this name."""
    X = np.array(X, dtype=float)
    return (MENDED if mended else PLAIN)[name](**settings).fit(X, np.array(y)).feature_importances_
