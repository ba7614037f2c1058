"""Early fusion: each modality through its own transformer, the results side by side, one model on top."""

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from ..naming import modality_columns

__all__ = ["make_early_fusion"]


def make_early_fusion(modalities, model, *, sampler=None, memory=None):
    """Return a scikit-learn Pipeline that concatenates the modalities' features and fits one model on them.

    It is a plain ``Pipeline`` of two steps, ``fuse`` (a ``ColumnTransformer`` with one branch per modality) and
    ``model``, so every parameter can be searched as usual: ``fuse__ct__relieffranker__n_features_to_select``,
    ``model__C``. With one modality it is that modality's own model. The review by which this toolkit is guided calls
    this type I fusion when the transformers keep original features and type II when they extract new ones.

    Parameters
    ----------
    modalities : dict of str to transformer
        Modality name -> what is done to its columns (selection, imputation, encoding), or ``"passthrough"``. The
        columns are those named ``<modality>__<feature>`` in the DataFrame that is fitted.
    model : classifier or regressor
        What is fitted on the concatenated features.
    sampler : imbalanced-learn sampler or None, default=None
        Rebalances the training patients after selection. Then the result is imbalanced-learn's Pipeline, with the step
        ``sampler`` between. Off by default, because rebalancing damages calibration.
    memory : str, joblib.Memory or None, default=None
        Where fitted transformers are cached, as in ``Pipeline``.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline or imblearn.pipeline.Pipeline

    Raises
    ------
    ValueError
        If no modality is given or a name cannot be a column prefix.

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
    """
    if not modalities:
        raise ValueError("modalities is empty: give at least one modality, such as {'ct': StandardScaler()}")
    branches = [(name, transformer, modality_columns(name)) for name, transformer in modalities.items()]
    fuse = ColumnTransformer(branches, verbose_feature_names_out=False)
    if sampler is None:
        return Pipeline([("fuse", fuse), ("model", model)], memory=memory)
    from imblearn.pipeline import Pipeline as SamplingPipeline

    return SamplingPipeline([("fuse", fuse), ("sampler", sampler), ("model", model)], memory=memory)
