"""What each feature is: class, full name, IBSI code, unit, and where its definition departs from IBSI."""

from dataclasses import dataclass
from difflib import get_close_matches

from fusionkit.radiomics._catalogue_table import TABLE

__all__ = ["FEATURES", "FEATURE_CLASSES", "Feature", "check_enabled", "feature_names"]


@dataclass(frozen=True)
class Feature:
    """One line of the catalogue.

    Parameters
    ----------
    feature_class : str
        pyradiomics's name of the class, such as ``"glcm"``.
    name : str
        pyradiomics's name of the feature, such as ``"Contrast"``.
    full_name : str
        What the feature is called in words: IBSI's name where it has one.
    ibsi_code : str or None
        IBSI's permanent four-letter code; None where IBSI does not define the feature.
    unit : str
        ``"1"`` for a number without a unit, ``"intensity"`` for the unit of the image, ``"level"`` for grey levels.
    departure : str, default=""
        Where pyradiomics's definition, which is the default here, departs from IBSI's.
    on_request : bool, default=False
        Whether the feature is computed only when it is named: pyradiomics calls it deprecated.
    """

    feature_class: str
    name: str
    full_name: str
    ibsi_code: str | None
    unit: str
    departure: str = ""
    on_request: bool = False

    @property
    def key(self):
        """Class and name as they stand in a result, such as ``"glcm_Contrast"``."""
        return f"{self.feature_class}_{self.name}"


_BY_CLASS = {feature_class: [Feature(feature_class, *row) for row in rows] for feature_class, rows in TABLE.items()}

FEATURES = {feature.key: feature for features in _BY_CLASS.values() for feature in features}
"""Every feature by its key, in the order in which results list them."""

FEATURE_CLASSES = tuple(TABLE)
"""The names of the feature classes, in pyradiomics's spelling."""


def feature_names(feature_class, *, on_request=False):
    """Return the names of the features of a class.

    Parameters
    ----------
    feature_class : str
        One of :data:`FEATURE_CLASSES`.
    on_request : bool, default=False
        Whether to add those that are computed only when named.

    Returns
    -------
    names : list of str

    Raises
    ------
    ValueError
        If there is no such class.

    Examples
    --------
    >>> from fusionkit.radiomics.catalogue import feature_names
    >>> feature_names("ngtdm")
    ['Busyness', 'Coarseness', 'Complexity', 'Contrast', 'Strength']
    """
    _check_known("feature class", feature_class, FEATURE_CLASSES)
    return [feature.name for feature in _BY_CLASS[feature_class] if on_request or not feature.on_request]


def check_enabled(enabled):
    """Return the wanted features with every name written out.

    Parameters
    ----------
    enabled : mapping of str to list of str or None
        As in a parameter file's ``featureClass``: None or an empty list stands for the whole class.

    Returns
    -------
    wanted : dict of str to list of str

    Raises
    ------
    ValueError
        If a class or a feature is unknown; the nearest valid names are given.
    """
    wanted = {}
    for feature_class, names in enabled.items():
        valid = feature_names(feature_class, on_request=True)
        for name in names or ():
            _check_known(f"feature of class {feature_class!r}", name, valid)
        wanted[feature_class] = list(dict.fromkeys(names)) if names else feature_names(feature_class)
    return wanted


def _check_known(kind, name, valid):
    if name not in valid:
        near = get_close_matches(str(name), valid, n=3, cutoff=0.4) or list(valid)
        raise ValueError(f"there is no {kind} {name!r}; the nearest are {', '.join(map(repr, near))}")
