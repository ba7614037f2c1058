"""The estimators that are compared: a search for every modality, for early fusion, and late fusion of the searches."""

from functools import partial

from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from ..ehr import make_record_encoder
from ..fusion import LateFusionClassifier, make_early_fusion
from ..fusion.absence import AvailableModalityClassifier
from ..models import make_model, model_grid
from ..naming import modality_columns
from ..selection import make_ranker
from .absence import mark_absence
from .search import FusionSearchCV

__all__ = ["LATE_FUSIONS", "check_fusion_name", "late_from_fitted", "make_fusions", "reuse_fitted"]

_RULES = {
    "mean": {},
    **{voting: {"voting": voting} for voting in ("median", "max", "min", "product", "majority", "rank")},
    "score": {"weights": "score"},
    "optimised": {"weights": "optimised"},
    "calibrated": {"calibration": "sigmoid"},
    "stacking": {"voting": "stacking"},
}
_IMAGES_FIRST = "late:images_first"
LATE_FUSIONS = {
    f"{late}{ending}": settings
    for late in ("late", _IMAGES_FIRST)
    for ending, settings in {"": {}, **{f":{rule}": settings for rule, settings in _RULES.items()}}.items()
}
"""Name of a late fusion -> what it asks of LateFusionClassifier; "images_first" fuses the images by the same rule
before the record joins them."""


def check_fusion_name(fusion, kinds):
    """Return a fusion's name if :func:`make_fusions` can make it.

    Parameters
    ----------
    fusion : str
        A modality, ``"early"``, ``"a+b"`` for the early fusion of some modalities, or a late fusion: ``"late"`` (the
        mean), or with its rule behind a colon, such as ``"late:median"`` or ``"late:images_first:stacking"``.
    kinds : dict of str to {"image", "record"}
        The modalities.

    Returns
    -------
    fusion : str
        The same name.

    Raises
    ------
    ValueError
        If it is none of these, or fuses images first where there are not two of them.

    Examples
    --------
    >>> from fusionkit.model_selection.fusions import check_fusion_name
    >>> check_fusion_name("late:stacking", {"ct": "image", "ehr": "record"})
    'late:stacking'
    """
    parts = fusion.split("+")
    known = fusion == "early" or fusion in LATE_FUSIONS or (set(parts) <= set(kinds) and len(set(parts)) == len(parts))
    if not known:
        if fusion.startswith("late"):
            raise ValueError(f"late fusion {fusion!r} is none of {', '.join(LATE_FUSIONS)}")
        raise ValueError(f"fusion {fusion!r} is neither 'early', 'late', nor made of the modalities {', '.join(kinds)}")
    images = [name for name, kind in kinds.items() if kind == "image"]
    if fusion.startswith(_IMAGES_FIRST) and not 2 <= len(images) < len(kinds):
        raise ValueError(
            f"fusion {fusion!r} needs two image modalities or more, and a record; the study has {', '.join(kinds)}"
        )
    return fusion


def make_image_selector(ranker):
    """Return the pipeline of an image modality: impute, scale, select.

    Parameters
    ----------
    ranker : Ranker
        What chooses the features.

    Returns
    -------
    pipeline : Pipeline
        With the steps ``impute`` (median), ``scale`` (z-score) and ``select``.
    """
    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    return Pipeline([("impute", impute), ("scale", StandardScaler()), ("select", ranker)])


def make_fusions(
    kinds,
    fusions,
    *,
    models=("logistic",),
    selectors=("anova",),
    n_features=(5, 10, 20),
    transformers=None,
    inner_folds=4,
    grouped=False,
    scoring="roc_auc",
    n_columns=None,
    absent=None,
    random_state=0,
):
    """Return one estimator per fusion; each chooses selector, number of features, model and hyperparameters itself.

    Parameters
    ----------
    kinds : dict of str to {"image", "record"}
        Modality -> whether its features are selected (image) or encoded (record).
    fusions : sequence of str
        A modality's name, ``"early"``, ``"a+b"`` for the early fusion of some modalities, or a late fusion:
        ``"late"`` is the mean, and others have their rule behind a colon, see :data:`LATE_FUSIONS`.
    models : sequence of str, default=('logistic',)
        Names in :mod:`fusionkit.models`; the search chooses among them.
    selectors : sequence of str, default=('anova',)
        Names in :mod:`fusionkit.selection`; the search chooses among them.
    n_features : sequence of int, default=(5, 10, 20)
        How many features of an image modality may be kept; the search chooses.
    transformers : dict of str to transformer or None, default=None
        Your own transformer of a modality instead of selection or encoding; it is not searched.
    inner_folds : int, default=4
        Folds of the search, and of the out-of-fold predictions that a late fusion learns from.
    grouped : bool, default=False
        Whether inner folds keep groups together; then ``fit`` needs ``groups``.
    scoring : str or callable, default='roc_auc'
        What the search maximises; the weights of ``"late:score"`` follow it too.
    n_columns : dict of str to int or None, default=None
        Columns of each modality; larger numbers of features are not tried.
    absent : dict of str to {"available", "impute"} or None, default=None
        The modalities that some patients lack, and how they are treated, as :func:`absence_rules` tells.
    random_state : int, default=0
        Seed of folds, selectors and models.

    Returns
    -------
    estimators : dict of str to classifier
        Unfitted, in the order of ``fusions``.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    for fusion in fusions:
        check_fusion_name(fusion, kinds)
    splitter = StratifiedGroupKFold if grouped else StratifiedKFold
    inner = splitter(inner_folds, shuffle=True, random_state=random_state)
    absent = absent or {}

    def search(names):
        branches, grids = {}, [{}]
        for name in names:
            if transformers and name in transformers:
                branches[name] = transformers[name]
            elif kinds[name] == "record":
                branches[name] = make_record_encoder()
            else:
                branches[name] = make_image_selector(make_ranker(selectors[0], random_state=random_state))
                limit = (n_columns or {}).get(name, max(n_features))
                ks = sorted({min(k, limit) for k in n_features})
                options = [
                    {
                        f"fuse__{name}__select": [make_ranker(selector, random_state=random_state)],
                        f"fuse__{name}__select__n_features_to_select": ks,
                    }
                    for selector in selectors
                ]
                grids = [{**grid, **option} for grid in grids for option in options]
        choices = [_with_probability(model, random_state) for model in models]
        grid = [{**option, "model": [model], **parameters} for option in grids for model, parameters in choices]
        pipeline = make_early_fusion(branches, choices[0][0])
        filled = [name for name in names if name in absent and not (len(names) == 1 and absent[name] == "available")]
        mark_absence(pipeline, [name for name in filled if kinds[name] == "image"])  # a record's encoder marks gaps
        return FusionSearchCV(pipeline, grid, scoring=scoring, cv=inner)

    def late(members, **settings):
        return LateFusionClassifier(members, cv=inner, **settings)

    def estimator(fusion):
        if fusion not in LATE_FUSIONS:
            model = search(list(kinds) if fusion == "early" else fusion.split("+"))
            alone = absent.get(fusion) == "available"
            return AvailableModalityClassifier(model, modality_columns(fusion)) if alone else model
        settings = LATE_FUSIONS[fusion]
        settings = {**settings, "scoring": scoring} if settings.get("weights") == "score" else settings
        seen = {name: kinds if absent.get(name) == "impute" else [name] for name in kinds}
        members = [(name, search([name]), modality_columns(*seen[name])) for name in kinds]
        if fusion.startswith(_IMAGES_FIRST):
            images = [member for member in members if kinds[member[0]] == "image"]
            columns = modality_columns(*(name for image, _, _ in images for name in seen[image]))
            records = [member for member in members if member not in images]
            members = [("images", late(images, **settings), columns), *records]
        return late(members, **settings)

    return {fusion: estimator(fusion) for fusion in fusions}


def _with_probability(name, random_state):
    """A model by name that gives probabilities, calibrated on inner folds where it has none, and its grid."""
    model, prefix = make_model(name, random_state=random_state), "model__"
    if not hasattr(model, "predict_proba"):
        model, prefix = CalibratedClassifierCV(model, ensemble=False), "model__estimator__"
    return model, model_grid(name, prefix=prefix)


class _Reusing(LateFusionClassifier):
    """A late fusion that takes over what others were fitted for on the same patients; its result is the same."""

    def __sklearn_clone__(self):
        return late_from_fitted(super().__sklearn_clone__(), self._fitted)

    def _whole(self, name, estimator, present):
        if not present.all():  # the other one was fitted on all patients, this member learns from those who have it
            return estimator
        if isinstance(estimator, LateFusionClassifier):
            return late_from_fitted(estimator, self._fitted)
        return FrozenEstimator(self._fitted[name]) if name in self._fitted else estimator

    def _predict_out_of_fold(self, *args):
        for other in self._fitted.values():
            if isinstance(other, LateFusionClassifier) and other.out_of_fold_ is not None and self._spoke_alike(other):
                return other.out_of_fold_
        return super()._predict_out_of_fold(*args)

    def _spoke_alike(self, other):
        return repr(self.cv) == repr(other.cv) and _voices(self) == _voices(other)


def _voices(late):
    """The members' names; of one that is a late fusion itself its members too, and its rule."""
    return [
        (name, (member.voting, member.weights, member.calibration, _voices(member)))
        if isinstance(member, LateFusionClassifier)
        else name
        for name, member, _ in late.estimators
    ]


def late_from_fitted(late, fitted):
    """Return the same late fusion, which takes over what is fitted already; fitting it gives the same result.

    A member is taken over where all patients have its modality, and the out-of-fold predictions from a late fusion that
    made them; everything else is fitted.

    Parameters
    ----------
    late : LateFusionClassifier
        As made by :func:`make_fusions`.
    fitted : dict of str to classifier
        What the same call of :func:`make_fusions` made, by name, fitted on the very patients that `late` is to be
        fitted on.

    Returns
    -------
    late : LateFusionClassifier
    """
    reusing = _Reusing(**late.get_params(deep=False))
    reusing._fitted = dict(fitted)
    return reusing


def reuse_fitted(estimators):
    """Return the estimators for :func:`nested_cross_validate`, so that late fusions take over what is fitted before.

    Parameters
    ----------
    estimators : dict of str to classifier
        As made by :func:`make_fusions`.

    Returns
    -------
    estimators : dict of str to classifier or callable
        The modalities alone first, so that the late fusions find them fitted; a callable takes the dict of fitted ones.
    """
    late = {name: one for name, one in estimators.items() if isinstance(one, LateFusionClassifier)}
    others = {name: one for name, one in estimators.items() if name not in late}
    return {**others, **{name: partial(late_from_fitted, one) for name, one in late.items()}}
