"""Images and masks in, a table of features out: scikit-learn's way to many cases."""

import warnings

import joblib
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from ..exceptions import CaseError, DataWarning
from .batch import compute_group, compute_row, group_by_image
from .extract import check_engine, warn_of_grey_levels
from .names import expected_names
from .settings import read_settings

__all__ = ["RadiomicsExtractor"]


class RadiomicsExtractor(TransformerMixin, BaseEstimator):
    """Turn a table of image and mask files into a table of radiomics features.

    It learns nothing from the patients, so it may be used before the data are split.

    Parameters
    ----------
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        As for :func:`~fusionkit.radiomics.extract_features`.
    engine : {"native", "pyradiomics"}, default="native"
        Our own kernels, or pyradiomics itself.
    n_jobs : int or None, default=None
        Processes that share the cases; None is one, unless a joblib context says otherwise, -1 is all processors.
    memory : str, Path, joblib.Memory or None, default=None
        A folder that keeps each case's features, so that only new cases are computed again; a changed file or setting
        makes a new case.
    ibsi : bool, default=False
        Give IBSI's value where pyradiomics's definition differs from it.
    on_error : {"raise", "record"}, default="raise"
        What a case that cannot be used does: stop, or leave a row of NaN and an entry in ``errors_``.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ: refuse it, or take its luminance.

    Attributes
    ----------
    errors_ : DataFrame
        Of the last :meth:`transform`: one row per failed case, with the columns patient, reason and way_out.
    diagnostics_ : DataFrame of shape (n_cases, n_diagnostics)
        Of the last :meth:`transform`: what pyradiomics calls diagnostics, where the parameter file says
        ``additionalInfo: true``; else without columns.
    feature_names_out_ : list of str
        The columns of the last :meth:`transform`.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> from fusionkit.radiomics import RadiomicsExtractor
    >>> extractor = RadiomicsExtractor({"featureClass": {"firstorder": ["Mean"]}}, on_error="record")
    >>> table = pd.DataFrame({"Image": ["scan.nrrd"], "Mask": ["mask.nrrd"]}, index=["P001"])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     features = extractor.transform(table)
    >>> extractor.errors_.loc[0, "reason"]
    'scan.nrrd does not exist.'
    """

    def __init__(
        self,
        settings=None,
        *,
        engine="native",
        n_jobs=None,
        memory=None,
        ibsi=False,
        on_error="raise",
        colour="refuse",
    ):
        self.settings = settings
        self.engine = engine
        self.n_jobs = n_jobs
        self.memory = memory
        self.ibsi = ibsi
        self.on_error = on_error
        self.colour = colour

    def fit(self, X, y=None):
        """Check the settings and the table; nothing is learned.

        Parameters
        ----------
        X : DataFrame
            With the columns Image and Mask, and optionally Label.
        y : None, default=None
            Ignored.

        Returns
        -------
        self : RadiomicsExtractor
        """
        self._check(X)
        return self

    def transform(self, X):
        """Return the features of every row.

        Parameters
        ----------
        X : DataFrame of shape (n_cases, n_columns)
            With the columns Image and Mask (paths or SimpleITK images), and optionally Label (a missing label is left
            to the settings).

        Returns
        -------
        features : DataFrame of shape (n_cases, n_features)
            Floats, with the index of X.

        Raises
        ------
        CaseError
            If a case cannot be used and ``on_error="raise"``; the message names the row.
        """
        settings = self._check(X)
        options = (settings.to_dict(), self.engine, self.ibsi, self.colour)
        outcomes = self._outcomes(_rows(X), options)
        self.errors_ = _error_table(X.index, outcomes)
        features = [{} if isinstance(outcome, CaseError) else outcome for outcome in outcomes]
        warn_of_grey_levels(X.index, features, settings)
        self.diagnostics_ = _diagnostics(X.index, features)
        self.feature_names_out_ = _columns(features, settings)
        return pd.DataFrame(features, index=X.index, columns=self.feature_names_out_, dtype=float)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the features.

        Parameters
        ----------
        input_features : None, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str
            Of the last :meth:`transform`, or those that volumes will have.
        """
        names = getattr(self, "feature_names_out_", None)
        if names is None:
            names = expected_names(read_settings(self.settings))
        return pd.Index(names, dtype=object).to_numpy()

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags

    def _check(self, X):
        check_engine(self.engine, self.ibsi)
        if self.on_error not in ("raise", "record"):
            raise ValueError(f"on_error must be 'raise' or 'record'; got {self.on_error!r}")
        if not isinstance(X, pd.DataFrame):
            raise TypeError(f"X must be a DataFrame with the columns Image and Mask; got {type(X).__name__}")
        missing = [column for column in ("Image", "Mask") if column not in X.columns]
        if missing:
            raise ValueError(
                f"X has no column {' and no column '.join(missing)}; it has {', '.join(map(str, X.columns))}"
            )
        twice = [column for column in ("Image", "Mask", "Label") if list(X.columns).count(column) > 1]
        if twice:
            raise ValueError(f"X has the column {twice[0]} more than once; rename or leave out all but one")
        return read_settings(self.settings)

    def _outcomes(self, rows, options):
        """The features of each row, or why it has none, in the order of the rows."""
        compute, groups = self._cached(), group_by_image(rows)
        # one group at a time: joblib would bind quick ones into bundles, and the last bundle keeps the others waiting
        done = joblib.Parallel(n_jobs=self.n_jobs, batch_size=1)(
            joblib.delayed(compute_group)(compute, [rows[place] for place in group], options, self.on_error)
            for group in groups
        )
        outcomes = [None] * len(rows)
        for group, of_group in zip(groups, done, strict=True):
            for place, outcome in zip(group, of_group, strict=True):
                outcomes[place] = outcome
        return outcomes

    def _cached(self):
        if self.memory is None:
            return compute_row
        memory = self.memory if isinstance(self.memory, joblib.Memory) else joblib.Memory(self.memory, verbose=0)
        return memory.cache(compute_row, ignore=["readings"])


def _rows(X):
    """The table's rows as tuples (patient, image, mask, label), each None where the table has nothing."""
    columns = [
        X[name].astype(object).where(X[name].notna(), None) if name in X.columns else [None] * len(X)
        for name in ("Image", "Mask", "Label")
    ]
    return list(zip(X.index, *columns, strict=True))


def _error_table(index, outcomes):
    """One row for each case that failed, and a warning that says how many they are."""
    failed = [(patient, case) for patient, case in zip(index, outcomes, strict=True) if isinstance(case, CaseError)]
    if failed:
        patient, error = failed[0]
        warnings.warn(
            f"{len(failed)} of {len(outcomes)} cases could not be used and are NaN; errors_ lists them. "
            f"The first is patient {patient}: {error.reason}",
            DataWarning,
            stacklevel=3,
        )
    rows = [(patient, error.reason, error.way_out) for patient, error in failed]
    return pd.DataFrame(rows, columns=["patient", "reason", "way_out"])


def _diagnostics(index, rows):
    """Move the diagnostics of each row to a table of their own."""
    moved = [{name: row.pop(name) for name in list(row) if name.startswith("diagnostics_")} for row in rows]
    return pd.DataFrame(moved, index=index)


def _columns(features, settings):
    """All features that any case has, in the order of the fullest; if no case has any, what volumes would have."""
    names = dict.fromkeys(max(features, key=len, default={}) or expected_names(settings))
    for row in features:
        names.update(dict.fromkeys(row))
    return list(names)
