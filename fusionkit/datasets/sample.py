"""The sample on disk: written from the generator, found wherever fusionkit is installed, read as it was made."""

import gzip
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import SimpleITK as sitk

from .synthetic import make_synthetic_cohort

__all__ = ["Sample", "load_sample", "load_sample_path", "write_sample"]

MISSING_TEXT = "not available"
"""What the clinics write, beside nothing at all, where they have no value."""

README = """\
# A synthetic cohort of {n_patients} patients

Made by a computer; no patient is behind it. {n_images} small CT-like volumes with a lesion mask, a clinical table and
laboratory values from two sites, and the truth that they were made from.

| file | what |
| --- | --- |
| clinical.csv | one row per patient; the outcome is `malignant` (yes, no); a missing value is blank or "{missing}" |
| labs.csv | one row per laboratory value, before and after the scan; site B writes some rows in another unit |
| images.csv | patient, image and mask, relative to this folder; {n_absent} patients have no image |
| images/ | NIfTI: volumes in Hounsfield units, lesion masks of 0 and 1 |
| truth.json | the coefficients, each patient's true log odds, and the best AUC that any model could reach |

The outcome follows a logistic model of lesion texture, age, C-reactive protein and performance status. At best,
a model reaches an AUC of {record:.2f} on the record, {image:.2f} on the image and {both:.2f} on both; one that learns
from so few patients stays below.

Made again, in a new folder, by

    python -m fusionkit.datasets FOLDER --seed {seed} --n {n_patients}

Licence: CC0 1.0, no rights reserved.
"""


@dataclass(frozen=True)
class Sample:
    """The sample as it lies on disk.

    Parameters
    ----------
    folder : Path
        Where it lies.
    clinical, labs : DataFrame
        The tables, as in :class:`SyntheticCohort`; what was not written down is NaN.
    images : DataFrame of shape (n_images, 3)
        ``patient_id``, ``image`` and ``mask``, the last two as full paths.
    truth : dict
        As in :class:`SyntheticCohort`.
    """

    folder: Path
    clinical: pd.DataFrame
    labs: pd.DataFrame
    images: pd.DataFrame
    truth: dict


def write_sample(folder, *, n_patients=80, random_state=0):
    """Write a synthetic cohort as the files that a study begins with, the same bytes for the same seed.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist yet, or is empty.
    n_patients : int, default=80
        As in :func:`make_synthetic_cohort`.
    random_state : int, default=0
        As in :func:`make_synthetic_cohort`.

    Returns
    -------
    folder : Path
        With ``clinical.csv``, ``labs.csv``, ``images.csv``, ``images/``, ``truth.json`` and ``README.md``.

    Raises
    ------
    FileExistsError
        If the folder holds something already.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} exists and is not an empty folder: name another one, or empty it")
    cohort = make_synthetic_cohort(n_patients, random_state=random_state)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    _write_table(_as_exported(cohort.clinical), folder / "clinical.csv")
    _write_table(cohort.labs, folder / "labs.csv")
    _write_table(_write_images(cohort.images, folder), folder / "images.csv")
    _write_text(json.dumps(cohort.truth, indent=1) + "\n", folder / "truth.json")
    _write_text(_readme(cohort), folder / "README.md")
    return folder


def load_sample_path():
    """Return the folder of the sample that comes with fusionkit.

    Returns
    -------
    folder : Path
        ``data_samples`` inside the installed package, or beside it in a checkout.

    Raises
    ------
    FileNotFoundError
        If this installation came without the sample.

    Examples
    --------
    >>> from fusionkit.datasets import load_sample_path
    >>> (load_sample_path() / "clinical.csv").is_file()
    True
    """
    package = Path(__file__).resolve().parents[1]
    places = [package / "data_samples", package.parent / "data_samples"]
    for place in places:
        if (place / "clinical.csv").is_file():
            return place
    raise FileNotFoundError(
        f"this installation of fusionkit came without its sample (looked in {places[0]} and {places[1]}): make it with "
        f"python -m fusionkit.datasets FOLDER, or install fusionkit again"
    )


def load_sample():
    """Return the sample that comes with fusionkit: tables, paths of the images, truth.

    Returns
    -------
    sample : Sample

    Raises
    ------
    FileNotFoundError
        If this installation came without the sample.

    Examples
    --------
    >>> from fusionkit.datasets import load_sample
    >>> sample = load_sample()
    >>> len(sample.clinical), len(sample.images)
    (80, 74)
    """
    folder = load_sample_path()
    images = pd.read_csv(folder / "images.csv")
    for column in ["image", "mask"]:
        images[column] = [str(folder / relative) for relative in images[column]]
    return Sample(
        folder=folder,
        clinical=pd.read_csv(
            folder / "clinical.csv", na_values=[MISSING_TEXT], dtype={"age": float, "performance_status": float}
        ),
        labs=pd.read_csv(folder / "labs.csv"),
        images=images,
        truth=json.loads((folder / "truth.json").read_text(encoding="utf-8")),
    )


def _as_exported(clinical):
    """The clinical table as text: whole numbers without a point, missing values blank or spelled out in turn."""
    written = clinical.astype({"age": "Int64", "performance_status": "Int64"}).astype(object)
    for column in ["performance_status", "smoker"]:
        missing = np.flatnonzero(written[column].isna())
        written.loc[missing[::2], column] = MISSING_TEXT
    return written


def _write_images(images, folder):
    """Write every volume with its mask, and return the table of their relative paths."""
    rows = []
    for patient, (image, mask, spacing_mm) in images.items():
        names = {"image": f"images/{patient}_ct.nii.gz", "mask": f"images/{patient}_lesion.nii.gz"}
        _write_nifti(image, spacing_mm, folder / names["image"])
        _write_nifti(mask, spacing_mm, folder / names["mask"])
        rows.append({"patient_id": patient, **names})
    return pd.DataFrame(rows)


def _write_nifti(voxels, spacing_mm, path):
    """Write a compressed volume without the time stamp and the file name that gzip would add."""
    picture = sitk.GetImageFromArray(voxels)
    picture.SetSpacing([float(step) for step in reversed(spacing_mm)])
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "volume.nii"
        sitk.WriteImage(picture, plain)
        path.write_bytes(gzip.compress(plain.read_bytes(), compresslevel=9, mtime=0))


def _write_table(table, path):
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _write_text(text, path):
    path.write_bytes(text.encode("utf-8"))


def _readme(cohort):
    return README.format(
        n_patients=len(cohort.clinical),
        n_images=len(cohort.images),
        n_absent=len(cohort.clinical) - len(cohort.images),
        missing=MISSING_TEXT,
        seed=cohort.truth["random_state"],
        **cohort.truth["bayes_auc"],
    )
