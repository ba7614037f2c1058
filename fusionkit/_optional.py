"""Import a package that an extra brings, or say how to install it."""

import importlib

EXTRAS = {
    "optuna": ("optuna", "optuna"),
    "docx": ("word", "python-docx"),
    "radiomics": ("pyradiomics", "pyradiomics-cuda"),
    "shap": ("shap", "shap"),
    "sqlalchemy": ("sql", "SQLAlchemy"),
}
"""Importable package -> (the extra of fusionkit that installs it, the distribution's name)."""


def import_optional(package, purpose):
    """Return the package, or raise an ImportError that names the extra.

    Parameters
    ----------
    package : str
        The name as it is imported, such as ``"radiomics"``.
    purpose : str
        What it is needed for, such as ``"engine='pyradiomics'"``.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If the package is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        extra, _ = EXTRAS[package.partition(".")[0]]
        raise ImportError(
            f"{purpose} needs the package '{package}', which is not installed: pip install 'fusionkit[{extra}]'"
        ) from error
