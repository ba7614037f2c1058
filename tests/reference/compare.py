"""How far the native engine is from the stored values of pyradiomics, at worst.

    python -m tests.reference.compare FOLDER_OF_REAL_DATA [parameter file ...]

Prints the largest relative difference of every feature class on every image type, over all cases and parameter files,
as a table in Markdown. Differences of at most the absolute floor of ``agreement`` count as none. Takes a few minutes.
"""

import gzip
import json
import sys
from functools import cache
from pathlib import Path

from fusionkit.radiomics import extract_features, read_settings
from fusionkit.radiomics.catalogue import FEATURE_CLASSES
from fusionkit.radiomics.setting_rules import IMAGE_TYPES
from tests.radiomics.agreement import FLOOR, relative_difference
from tests.reference.cases import CASES, PARAMETERS, SETTING, VALUES

__all__ = ["cell_of", "native_features", "stored_features", "worst_differences"]


@cache
def stored_features(parameters):
    """pyradiomics's features under a parameter file: case -> name -> value."""
    return json.loads(gzip.decompress((VALUES / f"{parameters.stem}.json.gz").read_bytes()))


def native_features(folder, case, parameters):
    """The native engine's features of a case under a parameter file."""
    image, mask, label = CASES[case]
    document = read_settings(parameters).to_dict()
    document["setting"] = {**document.get("setting", {}), **SETTING}
    return extract_features(folder / image, folder / mask, document, label=label)


def cell_of(name):
    """Image type and feature class that a feature belongs to; the MCC, of lesser precision, stands for itself."""
    prefix, feature_class, feature = name.split("_", 2)
    start = prefix.replace("-", "").lower()
    image_type = next(known for known in sorted(IMAGE_TYPES, key=len)[::-1] if start.startswith(known.lower()))
    return image_type, "MCC" if feature == "MCC" else feature_class


def worst_differences(ours, theirs, worst):
    """Raise the entries of ``worst``, cell -> (relative difference, feature), to those of one case."""
    for name in theirs:
        apart = 0.0 if abs(ours[name] - theirs[name]) <= FLOOR else relative_difference(ours[name], theirs[name])
        cell = cell_of(name)
        worst[cell] = max(worst.get(cell, (0.0, name)), (apart, name))
    return worst


def main(folder, names):
    worst = {}
    for parameters in PARAMETERS:
        if names and parameters.stem not in names:
            continue
        for case in CASES:
            theirs = stored_features(parameters)[case]
            worst_differences(native_features(folder, case, parameters), theirs, worst)
    classes = [*FEATURE_CLASSES, "MCC"]
    print("| image type |", " | ".join(classes), "|")
    print("| --- |", " | ".join(["---"] * len(classes)), "|")
    for image_type in IMAGE_TYPES:
        cells = [worst.get((image_type, feature_class)) for feature_class in classes]
        print(f"| {image_type} |", " | ".join("" if cell is None else f"{cell[0]:.0e}" for cell in cells), "|")
    print("\nThe largest:")
    for apart, name in sorted(worst.values(), reverse=True)[:8]:
        print(f"- {name}: {apart:.1e}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
