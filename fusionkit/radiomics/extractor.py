"""Images and masks in, a table of features out: a plain function for one case, a transformer for many."""

import functools
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.parallel import Parallel, delayed

from ..exceptions import CaseError, DataWarning
from ..imaging.read import read_image
from .case import read_case
from .diagnostics import describe_case
from .names import expected_names
from .native_engine import compute_native
from .pyradiomics_engine import compute_pyradiomics
from .settings import read_settings

__all__ = ["RadiomicsExtractor", "extract_features"]

ENGINES = ("native", "pyradiomics")

GREY_LEVELS = (16, 128)
"""Grey levels between which texture is commonly computed (Tixier et al., Journal of Nuclear Medicine 2012)."""


def extract_features(
    image,
    mask,
    settings=None,
    *,
    label=None,
    engine="native",
    ibsi=False,
    colour="refuse",
    spacing_mm=None,
):
    """Return the radiomics features of one region in one image.

    Parameters
    ----------
    image, mask : str, Path or SimpleITK.Image
        Files that SimpleITK reads, a folder with a DICOM series for the image, or images in memory.
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        A parameter file of pyradiomics, its content, or the name of a preset; None takes pyradiomics's defaults.
    label : int or None, default=None
        The region's value in the mask; None takes the settings', and where they name none, 1 or the only value that
        the mask has.
    engine : {"native", "pyradiomics"}, default="native"
        Our own kernels, or pyradiomics itself (extra ``pyradiomics``).
    ibsi : bool, default=False
        Give IBSI's value where pyradiomics's definition differs from it; the native engine only.
    colour : {"refuse", "luminance"}, default="refuse"
        What to do with a picture whose channels differ: refuse it, or take its luminance.
    spacing_mm : sequence of float or None, default=None
        The voxel's size as (x, y) or (x, y, z) in millimetres, in place of the files'; PNG and JPEG seldom know
        theirs.

    Returns
    -------
    features : dict of str to float
        Such as ``"original_glcm_Contrast"``. NaN stands for a feature that is undefined for this region.

    Raises
    ------
    CaseError
        If this image or mask cannot be used; the message says why and what to do.

    Examples
    --------
    >>> import numpy as np, SimpleITK as sitk
    >>> from fusionkit.radiomics import extract_features
    >>> image = sitk.GetImageFromArray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10))
    >>> mask = sitk.GetImageFromArray(np.pad(np.ones((4, 4, 4), np.uint8), 3))
    >>> features = extract_features(image, mask, {"featureClass": {"firstorder": ["Mean", "Maximum"]}})
    >>> features
    {'original_firstorder_Mean': 499.5, 'original_firstorder_Maximum': 666.0}
    """
    _check_engine(engine, ibsi)
    settings = read_settings(settings)
    features = _extract(image, mask, settings, label, engine, ibsi, colour, spacing_mm)
    _warn_of_grey_levels(["this case"], [features], settings)
    return features


def _extract(image, mask, settings, label, engine, ibsi, colour, spacing_mm=None):
    slab = engine == "native"
    image, mask, label = read_case(image, mask, settings, label, colour=colour, spacing_mm=spacing_mm, slab=slab)
    if engine == "pyradiomics":
        return compute_pyradiomics(image, mask, label, settings)
    return compute_native(image, mask, label, settings, ibsi=ibsi)


def _check_engine(engine, ibsi):
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(map(repr, ENGINES))}; got {engine!r}")
    if ibsi and engine != "native":
        raise ValueError("ibsi=True needs engine='native': pyradiomics has its own definitions only")


class RadiomicsExtractor(TransformerMixin, BaseEstimator):
    """Turn a table of image and mask files into a table of radiomics features.

    It learns nothing from the patients, so it may be used before the data are split.

    Parameters
    ----------
    settings : None, str, Path, mapping or RadiomicsSettings, default=None
        As for :func:`extract_features`.
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
        compute = self._cached()
        options = (settings.to_dict(), self.engine, self.ibsi, self.colour)
        done = Parallel(n_jobs=self.n_jobs)(
            delayed(_compute_group)(compute, group, options, self.on_error) for group in _by_image(_rows(X))
        )
        outcomes = [outcome for group in done for outcome in group]
        self.errors_ = _error_table(X.index, outcomes)
        features = [{} if isinstance(outcome, CaseError) else outcome for outcome in outcomes]
        _warn_of_grey_levels(X.index, features, settings)
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
        _check_engine(self.engine, self.ibsi)
        if self.on_error not in ("raise", "record"):
            raise ValueError(f"on_error must be 'raise' or 'record'; got {self.on_error!r}")
        if not isinstance(X, pd.DataFrame):
            raise TypeError(f"X must be a DataFrame with the columns Image and Mask; got {type(X).__name__}")
        missing = [column for column in ("Image", "Mask") if column not in X.columns]
        if missing:
            raise ValueError(
                f"X has no column {' and no column '.join(missing)}; it has {', '.join(map(str, X.columns))}"
            )
        return read_settings(self.settings)

    def _cached(self):
        if self.memory is None:
            return _compute_row
        memory = self.memory if isinstance(self.memory, joblib.Memory) else joblib.Memory(self.memory, verbose=0)
        return memory.cache(_compute_row, ignore=["read"])


def _rows(X):
    """The table's rows as tuples (patient, image, mask, label or None)."""
    labels = X["Label"] if "Label" in X.columns else [None] * len(X)
    return [
        (patient, image, mask, None if pd.isna(label) else int(label))
        for patient, image, mask, label in zip(X.index, X["Image"], X["Mask"], labels, strict=True)
    ]


def _by_image(rows):
    """Neighbouring rows on one image make a group, so that the image is read once."""
    groups = []
    for row in rows:
        if groups and isinstance(row[1], str | Path) and groups[-1][-1][1] == row[1]:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _compute_group(compute, group, options, on_error):
    """The outcome of each row of a group: its features, or the error that says why there are none."""
    read = functools.cache(read_image) if len(group) > 1 else None
    outcomes = []
    for patient, image, mask, label in group:
        stamps = _stamp(image), _stamp(mask)
        try:
            outcomes.append(compute(image, mask, label, *options, stamps, read))
        except CaseError as error:
            if on_error == "raise":
                raise CaseError(f"patient {patient}: {error.reason}", error.way_out) from error
            outcomes.append(error)
    return outcomes


def _compute_row(image, mask, label, document, engine, ibsi, colour, stamps, read):
    """One row's features. `stamps` tells the cache that a file has changed; `read` keeps the image of several rows."""
    if read is not None:
        image = read(image, colour=colour)
    settings = read_settings(document)
    features = _extract(image, mask, settings, label, engine, ibsi, colour)
    if document.get("setting", {}).get("additionalInfo"):
        features |= describe_case(image, mask, settings, label=label, colour=colour)
    return features


def _stamp(source):
    """What changes when a file does, its size and its time; for a folder, those of its files."""
    if not isinstance(source, str | Path):
        return None
    path = Path(source)
    files = sorted(path.iterdir()) if path.is_dir() else [path] * path.exists()
    return [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]


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


def _warn_of_grey_levels(index, features, settings):
    """A preset's bins may not suit the images: too few grey levels hide texture, too many leave the matrices empty."""
    setting = settings.setting
    if settings.preset is None or setting["binCount"] is not None:
        return
    outside = {}
    for patient, row in zip(index, features, strict=True):
        ends = [row.get(f"original_firstorder_{end}", np.nan) for end in ("Minimum", "Maximum")]
        levels = np.floor(ends[1] / setting["binWidth"]) - np.floor(ends[0] / setting["binWidth"]) + 1
        if levels < GREY_LEVELS[0] or levels > GREY_LEVELS[1]:
            outside[patient] = int(levels)
    if outside:
        some = ", ".join(f"{patient} ({levels})" for patient, levels in list(outside.items())[:5])
        warnings.warn(
            f"{len(outside)} of {len(features)} cases have fewer than {GREY_LEVELS[0]} or more than {GREY_LEVELS[1]} "
            f"grey levels with bins of {setting['binWidth']:g}: {some}. Copy the preset and choose another binWidth.",
            DataWarning,
            stacklevel=3,
        )


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
