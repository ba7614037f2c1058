"""The estimators that are compared: a search for every modality, for early fusion, and late fusion of the searches."""

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

__all__ = ["late_from_fitted", "make_fusions"]


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
        A modality's name, ``"early"``, ``"late"``, or ``"a+b"`` for the early fusion of some modalities.
    models : sequence of str, default=('logistic',)
        Names in :mod:`fusionkit.models`; the search chooses among them.
    selectors : sequence of str, default=('anova',)
        Names in :mod:`fusionkit.selection`; the search chooses among them.
    n_features : sequence of int, default=(5, 10, 20)
        How many features of an image modality may be kept; the search chooses.
    transformers : dict of str to transformer or None, default=None
        Your own transformer of a modality instead of selection or encoding; it is not searched.
    inner_folds : int, default=4
        Folds of the search.
    grouped : bool, default=False
        Whether inner folds keep groups together; then ``fit`` needs ``groups``.
    scoring : str or callable, default='roc_auc'
        What the search maximises.
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

    def estimator(fusion):
        if fusion == "late":
            seen = {name: kinds if absent.get(name) == "impute" else [name] for name in kinds}
            return LateFusionClassifier([(name, search([name]), modality_columns(*seen[name])) for name in kinds])
        names = list(kinds) if fusion == "early" else fusion.split("+")
        unknown = [name for name in names if name not in kinds]
        if unknown:
            raise ValueError(
                f"fusion {fusion!r} is neither 'early', 'late', nor made of the modalities {', '.join(kinds)}"
            )
        if len(names) == 1 and absent.get(fusion) == "available":
            return AvailableModalityClassifier(search(names), modality_columns(fusion))
        return search(names)

    return {fusion: estimator(fusion) for fusion in fusions}


def _with_probability(name, random_state):
    """A model by name that gives probabilities, calibrated on inner folds where it has none, and its grid."""
    model, prefix = make_model(name, random_state=random_state), "model__"
    if not hasattr(model, "predict_proba"):
        model, prefix = CalibratedClassifierCV(model, ensemble=False), "model__estimator__"
    return model, model_grid(name, prefix=prefix)


def late_from_fitted(late, fitted):
    """Return the same late fusion with members that are fitted already, so that fitting it costs nothing.

    Parameters
    ----------
    late : LateFusionClassifier
        As made by :func:`make_fusions`.
    fitted : dict of str to classifier
        Fitted classifiers by name; members that are not among them stay unfitted.

    Returns
    -------
    late : LateFusionClassifier
    """
    members = [
        (name, FrozenEstimator(fitted[name]) if name in fitted else member, columns)
        for name, member, columns in late.estimators
    ]
    return LateFusionClassifier(members, voting=late.voting, weights=late.weights)
