"""Which modalities a patient has, and how much of each column is missing."""

import numpy as np
import pandas as pd

from ..naming import split_name

__all__ = ["missing_values", "missingness_by_patient", "missingness_patterns", "modality_presence"]


def missing_shares(X):
    """Return which share (0 to 1) of each modality's columns every patient lacks: a DataFrame, a column per modality.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_columns)
        Columns named ``<modality>__<feature>``.
    """
    missing, modalities = X.isna().to_numpy(), np.array([split_name(column)[0] for column in X.columns])
    return pd.DataFrame(
        {name: missing[:, modalities == name].mean(axis=1) for name in dict.fromkeys(modalities.tolist())},
        index=X.index,
    )


def modality_presence(X):
    """Return which modalities each patient has.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_columns)
        Columns named ``<modality>__<feature>``.

    Returns
    -------
    presence : DataFrame of bool, shape (n_patients, n_modalities)
        False where all columns of the modality are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.cohort.missingness import modality_presence
    >>> X = pd.DataFrame({"ehr__age": [60.0, 70.0], "ct__mean": [1.0, None]}, index=["P1", "P2"])
    >>> modality_presence(X)
         ehr     ct
    P1  True   True
    P2  True  False
    """
    return missing_shares(X) < 1


def missingness_by_patient(X):
    """Return, patient by patient, which modalities are complete, in part or absent.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_features)
        Columns named ``<modality>__<feature>``.

    Returns
    -------
    patterns : Series of str
        Such as "ehr in part, ct absent"; "complete" where nothing is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.cohort import missingness_by_patient
    >>> X = pd.DataFrame({"ehr__age": [60.0, 50], "ehr__crp": [5.0, None], "ct__volume": [1.0, None]})
    >>> missingness_by_patient(X).tolist()
    ['complete', 'ehr in part, ct absent']
    """
    texts = pd.Series("", index=X.index, dtype=object)
    for modality, share in missing_shares(X).items():
        states = np.select([share == 1, share > 0], [f", {modality} absent", f", {modality} in part"], "")
        texts = texts + states.astype(object)
    return texts.str.removeprefix(", ").replace("", "complete")


def pattern_names(presence):
    """Return the pattern of each patient: a Series of str such as "ehr + ct", "none" where nothing is there."""
    names = np.array(presence.columns, dtype=object)
    return pd.Series(
        [" + ".join(names[row]) or "none" for row in presence.to_numpy()], index=presence.index, dtype=object
    )


def missingness_patterns(X, y):
    """Return the patterns of modalities that patients have.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_columns)
        Columns named ``<modality>__<feature>``.
    y : Series of shape (n_patients,)
        0 or 1.

    Returns
    -------
    patterns : DataFrame
        Indexed by pattern, the most frequent first: a column of bool per modality, n, n_events, share (0 to 1).
    """
    presence = modality_presence(X)
    table = presence.assign(n=1, n_events=(y == 1).astype(int), pattern=pattern_names(presence))
    how = {**dict.fromkeys(presence.columns, "first"), "n": "sum", "n_events": "sum"}
    table = table.groupby("pattern", sort=False).agg(how).sort_values("n", ascending=False, kind="stable")
    return table.assign(share=table["n"] / len(X))


def missing_values(X):
    """Return how much of each column is missing.

    Parameters
    ----------
    X : DataFrame of shape (n_patients, n_columns)
        Columns named ``<modality>__<feature>``.

    Returns
    -------
    table : DataFrame
        Indexed by column: modality, n_missing, share, and share_of_present, among the patients who have the modality.
    """
    presence, missing = modality_presence(X), X.isna()
    modalities = [split_name(column)[0] for column in X.columns]
    n_present = presence.sum().reindex(modalities).to_numpy()
    n_missing = missing.sum().to_numpy()
    n_there = n_missing - (len(X) - n_present)
    share_of_present = np.divide(n_there, n_present, out=np.full(len(n_there), np.nan), where=n_present > 0)
    return pd.DataFrame(
        {
            "modality": modalities,
            "n_missing": n_missing,
            "share": n_missing / len(X),
            "share_of_present": share_of_present,
        },
        index=pd.Index(X.columns, name="column"),
    )
