"""Early fusion: each modality through its own transformer, the results side by side, one model on top."""

from sklearn.base import clone, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import f_classif, f_regression
from sklearn.pipeline import Pipeline

from ..naming import modality_columns
from .blocks import BlockScaler, ModalityBudget
from .checking import EarlyFusionCheck

__all__ = ["make_early_fusion"]


def make_early_fusion(modalities, model, *, budget=None, scale_blocks=False, sampler=None, memory=None):
    """Return a scikit-learn Pipeline that concatenates the modalities' features and fits one model on them.

    It is a plain ``Pipeline`` of the steps ``check`` (refuses unfit input), ``fuse`` (a ``ColumnTransformer`` with one
    branch per modality) and ``model``, so every parameter can be searched as usual:
    ``fuse__ct__relieffranker__n_features_to_select``, ``model__C``. With one modality it is that modality's own model.

    The review by which this toolkit is guided tells two types of early fusion apart, and the transformers decide which
    one it is. Type I joins the original features: ``"passthrough"``, or imputation and scaling alone. Type II joins
    extracted features: a projection (``PCA``), a selection, or an encoder as the last step of a branch; then
    ``fuse`` concatenates what these give.

    Parameters
    ----------
    modalities : dict of str to transformer
        Modality name -> what is done to its columns (selection, imputation, encoding), or ``"passthrough"``. The
        columns are those named ``<modality>__<feature>`` in the DataFrame that is fitted.
    model : classifier or regressor
        What is fitted on the concatenated features.
    budget : dict of str to int or None, default=None
        Modality -> the most features that it may bring, so that a thousand radiomics columns do not drown ten clinical
        ones: those of the highest F statistic, as the branch's last selection (:class:`ModalityBudget`, the step
        ``budget``: ``fuse__ct__budget__n_features``). A modality that is not named brings all of its features.
    scale_blocks : bool, default=False
        Whether each modality's features are divided by the root of their total variance (:class:`BlockScaler`), so that
        all modalities weigh alike however many columns they have.
    sampler : imbalanced-learn sampler or None, default=None
        Rebalances the training patients after selection. Then the result is imbalanced-learn's Pipeline, with the step
        ``sampler`` between. Off by default, because rebalancing damages calibration. ``check`` looks at the sampler as
        given here; a search over its neighbours starts from one that fits the smallest class.
    memory : str, joblib.Memory or None, default=None
        Where fitted transformers are cached, as in ``Pipeline``.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline or imblearn.pipeline.Pipeline
        A branch with a budget or block scaling is a Pipeline: the transformer's own steps, or else the step
        ``features``, followed by ``budget`` and ``scale_block``.

    Raises
    ------
    ValueError
        If no modality is given, a name cannot be a column prefix, or a budget is no count or for no modality. At
        ``fit``, if a modality has no column or fewer than its budget, a column holds infinite values, or a class is too
        small for the sampler.

    References
    ----------
    Huang SC, Pareek A, Seyyedi S, Banerjee I, Lungren MP. Fusion of medical imaging and electronic health records using
    deep learning: a systematic review and implementation guidelines. npj Digit Med 2020;3:136 (types I and II).

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import StandardScaler
    >>> from fusionkit import make_early_fusion
    >>> X = pd.DataFrame({"ct__mean": [1.0, 2, 3, 4], "ct__sd": [2.0, 1, 2, 1], "ehr__age": [50.0, 60, 55, 70]})
    >>> model = make_early_fusion({"ct": StandardScaler(), "ehr": "passthrough"}, LogisticRegression())
    >>> model.fit(X, [0, 0, 1, 1])[:-1].get_feature_names_out().tolist()
    ['ct__mean', 'ct__sd', 'ehr__age']
    >>> branches = {"ct": StandardScaler(), "ehr": StandardScaler()}
    >>> frugal = make_early_fusion(branches, LogisticRegression(), budget={"ct": 1}, scale_blocks=True)
    >>> frugal.fit(X, [0, 0, 1, 1])[:-1].get_feature_names_out().tolist()
    ['ct__mean', 'ehr__age']
    """
    if not modalities:
        raise ValueError("modalities is empty: give at least one modality, such as {'ct': StandardScaler()}")
    _check_budget(budget or {}, modalities)
    score_func = f_regression if is_regressor(model) else f_classif
    branches = []
    for name, transformer in modalities.items():
        due = [("budget", ModalityBudget(budget[name], score_func))] if name in (budget or {}) else []
        due += [("scale_block", BlockScaler())] if scale_blocks else []
        branches.append((name, _followed_by(transformer, due), modality_columns(name)))
    fuse = ColumnTransformer(branches, verbose_feature_names_out=False)
    check = EarlyFusionCheck(tuple(modalities), budget, None if sampler is None else _seeded(sampler))
    if sampler is None:
        return Pipeline([("check", check), ("fuse", fuse), ("model", model)], memory=memory)
    from imblearn.pipeline import Pipeline as SamplingPipeline

    steps = [("check", check), ("fuse", fuse), ("sampler", sampler), ("model", model)]
    return SamplingPipeline(steps, memory=memory)


def _check_budget(budget, modalities):
    for name, n_features in budget.items():
        if name not in modalities:
            raise ValueError(f"budget names {name!r}, which is none of the modalities {', '.join(modalities)}")
        if isinstance(n_features, bool) or not isinstance(n_features, int) or n_features < 1:
            raise ValueError(f"budget[{name!r}] is a number of features, 1 or more; got {n_features!r}")


def _seeded(sampler):
    """A copy that is looked at but never samples: its seed must not keep a search from sharing what comes after it."""
    seeds = {name: 0 for name in sampler.get_params() if name.rpartition("__")[2] == "random_state"}
    return clone(sampler).set_params(**seeds)


def _followed_by(transformer, due):
    """The transformer and what is due after it, as one Pipeline; the transformer itself where nothing is."""
    if not due:
        return transformer
    if type(transformer) is Pipeline:
        return Pipeline([*transformer.steps, *due], memory=transformer.memory, verbose=transformer.verbose)
    return Pipeline([("features", transformer), *due])
