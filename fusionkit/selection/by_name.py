"""The rankers by the names that study files use."""

import difflib

from sklearn.svm import LinearSVC

from .elimination import RFERanker
from .gini import GiniCoefficientRanker, GiniRanker
from .l1 import L1Ranker
from .mrmr import MRMRRanker
from .mutual_information import MutualInformationRanker
from .relief import MultiSURFRanker, ReliefFRanker, SURFRanker
from .univariate import AnovaRanker, PearsonRanker, SpearmanRanker

__all__ = ["RANKERS", "make_ranker"]

RANKERS = {
    "anova": lambda seed: AnovaRanker(),
    "pearson": lambda seed: PearsonRanker(),
    "spearman": lambda seed: SpearmanRanker(),
    "mrmr": lambda seed: MRMRRanker(),
    "mutual_information": lambda seed: MutualInformationRanker(random_state=seed),
    "l1": lambda seed: L1Ranker(random_state=seed),
    "gini_coefficient": lambda seed: GiniCoefficientRanker(),
    "gini": lambda seed: GiniRanker(n_estimators=200, random_state=seed),
    "relief": lambda seed: ReliefFRanker(),
    "surf": lambda seed: SURFRanker(),
    "multisurf": lambda seed: MultiSURFRanker(),
    "rfe": lambda seed: RFERanker(estimator=LinearSVC(C=0.1, random_state=seed), step=0.1),
}
"""Name -> function of a seed that returns a fresh ranker."""


def make_ranker(name, *, random_state=0):
    """Return a fresh ranker by name.

    Parameters
    ----------
    name : str
        Which ranker: a key of ``RANKERS``.
    random_state : int or None, default=0
        Seed of those that draw.

    Returns
    -------
    ranker : Ranker

    Raises
    ------
    ValueError
        If there is no such ranker; the nearest name is given.

    Examples
    --------
    >>> from fusionkit.selection import make_ranker
    >>> make_ranker("relief")
    ReliefFRanker()
    """
    if name not in RANKERS:
        near = difflib.get_close_matches(str(name), RANKERS, 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"a selector is one of {', '.join(RANKERS)}; got {name!r}{hint}")
    return RANKERS[name](random_state)
