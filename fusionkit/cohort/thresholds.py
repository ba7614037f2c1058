"""How much may be missing: columns and patients with too many gaps are left out, by name and reason.

Which columns go is decided once, before the folds, from which values are missing and nothing else: neither the outcome
nor any value is looked at, and all analysed patients count alike, whatever their outcome. So the decision cannot carry
the outcome into a model; what it sees of the test patients is that a value is missing, never what it would have been.
"""

from ..exceptions import Problem

__all__ = ["drop_sparse_columns", "sparse_patients"]


def drop_sparse_columns(tables, limit):
    """Return the tables without the columns in which too much is missing, and a warning for each of these.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Modality -> features of the analysed patients; a row without any value is a patient who lacks the modality, and
        does not count.
    limit : float or None
        Largest share (0 to 1) of the patients who have the modality in whom a column may be missing; None drops none.

    Returns
    -------
    tables : dict of str to DataFrame
    problems : list of Problem
        A warning per column left out; an error where a modality has no column left.
    """
    if limit is None:
        return tables, []
    kept, problems = {}, []
    for name, table in tables.items():
        present = table.notna().any(axis=1)
        share = table[present].isna().mean() if present.any() else table.isna().mean() * 0.0
        sparse = share > limit
        for column in table.columns[sparse]:
            message = (
                f"is missing in {100 * share[column]:.0f} % of the {present.sum()} patients who have {name}, more than "
                f"the {100 * limit:g} % of 'max_missing: column', and is not used"
            )
            way_out = "Complete it, or allow more."
            problems.append(Problem(message, way_out, severity="warning", column=f"{name}__{column}"))
        if sparse.all():
            message = f"no column of {name} is left: each is missing in more than {100 * limit:g} % of its patients"
            problems.append(Problem(message, "Allow more under 'max_missing: column', or leave the modality out."))
        kept[name] = table.loc[:, ~sparse]
    return kept, problems


def sparse_patients(tables, limit, required=()):
    """Return an error for every patient of whom too much of a modality is missing.

    A patient who lacks the modality as a whole is meant only where it is required; elsewhere that is for the rule of
    missing modalities to say.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Modality -> features of the analysed patients.
    limit : float or None
        Largest share (0 to 1) of a modality's columns that may be missing; None leaves nobody out.
    required : collection of str, default=()
        The modalities that every patient has to have.

    Returns
    -------
    problems : list of Problem
    """
    problems = []
    for name, table in tables.items() if limit is not None else ():
        share = table.isna().mean(axis=1)
        for patient in table.index[(share > limit) & ((share < 1) | (name in required))]:
            message = f"more than {100 * limit:g} % of the columns of {name} are missing"
            way_out = "Complete them, or allow more under 'max_missing: patient'."
            problems.append(Problem(message, way_out, patient=patient, column=name))
    return problems
