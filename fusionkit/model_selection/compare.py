"""The headline: each modality alone, early and late fusion on identical splits, with paired differences."""

from dataclasses import dataclass

import pandas as pd

from .._store import fingerprint
from ..metrics import cv_difference, cv_estimate
from .absence import absence_rules
from .fusions import make_fusions, reuse_fitted
from .nested import NestedResult, nested_cross_validate
from .splits import check_splits, make_splits

__all__ = ["FusionComparison", "compare_fusions"]


@dataclass(frozen=True, eq=False)
class FusionComparison:
    """Out-of-fold predictions of every fusion, and what follows from them.

    Parameters
    ----------
    nested : NestedResult
        Predictions and folds.
    baseline : str
        The fusion that the others are compared with.
    settings : dict
        What was searched and how it was validated.
    groups : Series
        Group of each patient, for intervals that resample groups.
    """

    nested: NestedResult
    baseline: str
    settings: dict
    groups: pd.Series

    @property
    def predictions(self):
        """Tidy out-of-fold predictions: a DataFrame, see :class:`NestedResult`."""
        return self.nested.predictions

    @property
    def fusions(self):
        """Names of what was compared: a list of str."""
        return list(dict.fromkeys(self.predictions["fusion"]))

    def estimates(self, *, confidence=0.95):
        """Return the cross-validated AUC of every fusion.

        Parameters
        ----------
        confidence : float, default=0.95
            Level of the interval.

        Returns
        -------
        table : DataFrame
            fusion, auc, low, high, reason (why there is no interval, where it is NaN), n, n_events, method (how the
            interval was made).
        """
        y, folds, scores = self._arrays()
        rows = []
        for fusion in self.fusions:
            found = cv_estimate(y, scores[fusion], folds, groups=self._groups, confidence=confidence)
            rows.append({"fusion": fusion, "auc": found.value, **_limits(found)})
        return pd.DataFrame(rows).assign(n=len(y), n_events=int(y.sum()), method=found.method)

    def differences(self, *, confidence=0.95):
        """Return the paired difference in AUC of every fusion against the baseline.

        Parameters
        ----------
        confidence : float, default=0.95
            Level of the interval.

        Returns
        -------
        table : DataFrame
            fusion, baseline, difference, low, high, reason (why there is no interval, where it is NaN), n, n_events.
        """
        y, folds, scores = self._arrays()
        rows = []
        for fusion in self.fusions:
            if fusion == self.baseline:
                continue
            pair = scores[fusion], scores[self.baseline]
            found = cv_difference(y, *pair, folds, groups=self._groups, confidence=confidence).difference
            at = {"fusion": fusion, "baseline": self.baseline}
            rows.append({**at, "difference": found.value, **_limits(found)})
        return pd.DataFrame(rows).assign(n=len(y), n_events=int(y.sum()))

    def selected(self):
        """Return how often each feature reached the final model.

        Returns
        -------
        table : DataFrame
            fusion, feature, times, of (number of outer folds), share; the most frequent first.
        """
        rows = []
        for fusion, folds in self.nested.folds.groupby("fusion", sort=False):
            counts = folds["features"].explode().dropna().value_counts()
            rows += [
                {"fusion": fusion, "feature": feature, "times": int(times), "of": len(folds)}
                for feature, times in counts.items()
            ]
        table = pd.DataFrame(rows, columns=["fusion", "feature", "times", "of"])
        table["share"] = table["times"] / table["of"]
        order = {fusion: i for i, fusion in enumerate(self.fusions)}
        return table.sort_values(
            ["fusion", "times", "feature"],
            key=lambda column: column.map(order) if column.name == "fusion" else column,
            ascending=[True, False, True],
            ignore_index=True,
        )

    @property
    def _groups(self):
        return self.groups.to_numpy() if self.groups.nunique() < len(self.groups) else None

    def _arrays(self):
        """y (n,), fold ids (repeats, n) and scores {fusion: (repeats, n)}, patients in one order."""
        patients = self.groups.index
        first = self.predictions[self.predictions["fusion"] == self.fusions[0]]
        y = first.drop_duplicates("patient").set_index("patient")["y_true"].loc[patients].to_numpy()

        def wide(frame, values):
            return frame.set_index(["repeat", "patient"])[values].unstack()[patients].to_numpy()  # noqa: PD010

        scores = {name: wide(frame, "y_score") for name, frame in self.predictions.groupby("fusion")}
        return y, wide(first, "fold"), scores


def compare_fusions(
    cohort,
    *,
    fusions=None,
    baseline=None,
    models=("logistic",),
    selectors=("anova",),
    n_features=(5, 10, 20),
    transformers=None,
    cv=None,
    n_splits=5,
    n_repeats=5,
    inner_folds=4,
    missing_modality="available",
    random_state=0,
    n_jobs=None,
    store=None,
    progress=None,
    examine=None,
):
    """Compare modalities and their fusions by nested cross-validation on identical splits.

    Parameters
    ----------
    cohort : Cohort
        Patients, features, outcome and groups.
    fusions : sequence of str or None, default=None
        Modalities, ``"early"``, ``"late"``, or ``"a+b"`` for the early fusion of some; each modality, early and late
        when None.
    baseline : str or None, default=None
        What the others are compared with; the first record modality when None.
    models : sequence of str, default=('logistic',)
        Models that the search chooses from, by name.
    selectors : sequence of str, default=('anova',)
        Rankers that the search chooses from, by name.
    n_features : sequence of int, default=(5, 10, 20)
        How many features of an image modality may be kept.
    transformers : dict of str to transformer or None, default=None
        Your own transformer of a modality.
    cv : splitter, iterable or None, default=None
        Outer folds of your own; repeated stratified grouped folds when None.
    n_splits : int, default=5
        Outer folds.
    n_repeats : int, default=5
        How often the patients are dealt anew.
    inner_folds : int, default=4
        Folds of the search inside each outer training set.
    missing_modality : {"available", "impute"} or dict of str to such, default='available'
        What is done for patients who lack a modality, all its columns missing; one rule, or one for each modality. With
        "available" its own model learns from those who have it and gives the others the event rate, and late fusion
        uses what is there; with "impute" every model fills it in. Early fusion fills it in either way, marked by a
        column. All models are judged on all patients.
    random_state : int, default=0
        One seed, one result, whatever ``n_jobs`` is.
    n_jobs : int or None, default=None
        Outer folds worked on at once.
    store : JsonStore or None, default=None
        Keeps finished folds, so that a stopped run goes on where it was.
    progress : callable or None, default=None
        Called as ``progress(done, total)`` after each fold.
    examine : callable or None, default=None
        Looks at every fitted model with its test patients, as in :func:`nested_cross_validate`; see
        :class:`PermutationExaminer`.

    Returns
    -------
    comparison : FusionComparison

    Raises
    ------
    ValueError
        If a name is unknown, there is nothing to choose from, or the cohort is too small for the folds.
    """
    records = [name for name in cohort.modalities if cohort.kinds[name] == "record"]
    baseline = baseline or (records or list(cohort.modalities))[0]
    default = [*cohort.modalities, *(["early", "late"] if len(cohort.modalities) > 1 else [])]
    _check_lists(models=models, selectors=selectors, n_features=n_features)
    if isinstance(fusions, str):
        raise ValueError(f"fusions is a list, such as ['early', 'late']; got {fusions!r}")
    names = list(dict.fromkeys([baseline, *(default if fusions is None else fusions)]))
    grouped = cohort.groups.nunique() < len(cohort.groups)
    groups = cohort.groups if grouped else None
    if cv is None:
        splits = make_splits(cohort.y, groups, n_splits=n_splits, n_repeats=n_repeats, random_state=random_state)
    else:
        pairs = cv.split(cohort.X, cohort.y, groups) if hasattr(cv, "split") else cv
        splits = check_splits(pairs, cohort.y, groups)
    absent = absence_rules(cohort, missing_modality, splits, inner_folds=inner_folds)
    searched = {
        "models": list(models),
        "selectors": list(selectors),
        "n_features": [int(k) for k in n_features],
        "inner_folds": int(inner_folds),
        "missing_modality": absent,
        "random_state": int(random_state),
    }
    estimators = make_fusions(
        {name: cohort.kinds[name] for name in cohort.modalities},
        names,
        models=models,
        selectors=selectors,
        n_features=n_features,
        transformers=transformers,
        inner_folds=inner_folds,
        grouped=grouped,
        n_columns={name: len(cohort.columns(name)) for name in cohort.modalities},
        absent=absent,
        random_state=random_state,
    )
    own = {name: repr(transformer) for name, transformer in (transformers or {}).items()}
    nested = nested_cross_validate(
        reuse_fitted(estimators),
        cohort.X,
        cohort.y,
        splits=splits,
        groups=groups,
        n_jobs=n_jobs,
        store=store,
        store_key=fingerprint([cohort.fingerprint(), searched, names, own]),
        progress=progress,
        examine=examine,
    )
    counts = {
        "repeats": len({s.repeat for s in splits}),
        "folds": len({s.fold for s in splits}),
        "splits": nested.fingerprint,
    }
    settings = {**searched, **counts, "grouped": bool(grouped), "modalities": list(cohort.modalities)}
    return FusionComparison(nested, baseline, settings, cohort.groups)


def _limits(found):
    """An interval's columns of a table."""
    return {"low": found.low, "high": found.high, "reason": found.reason}


def _check_lists(**choices):
    """Refuse what the search cannot choose from, before it begins."""
    for name, values in choices.items():
        if isinstance(values, str) or not len(values):
            raise ValueError(f"{name} is a list of one entry or more for the search to choose from; got {values!r}")
    wrong = [k for k in choices["n_features"] if k < 1 or k != int(k)]
    if wrong:
        raise ValueError(f"n_features counts the features of a modality to be kept, 1 or more; got {wrong}")
