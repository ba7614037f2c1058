"""Make the reference values with pyradiomics itself; nothing of fusionkit takes part.

    python tests/reference/make.py FOLDER_OF_REAL_DATA [parameter file ...]

One file per parameter file is written to ``values/``; what is stored already is kept, so an interrupted run goes on
where it stopped, and deleting a file makes it anew. pyradiomics's LBP3D needs scipy before 1.15 and trimesh. All of it
takes an hour.
"""

import gzip
import json
import logging
import sys
import warnings
from pathlib import Path

from cases import CASES, PARAMETERS, SETTING, VALUES

warnings.simplefilter("ignore")


def main(folder, names):
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    logging.getLogger("radiomics").setLevel(logging.CRITICAL)
    for case, (image, mask, label) in CASES.items():
        for parameters in PARAMETERS:
            if names and parameters.stem not in names:
                continue
            path = VALUES / f"{parameters.stem}.json.gz"
            values = json.loads(gzip.decompress(path.read_bytes())) if path.exists() else {}
            if case in values:
                continue
            extractor = RadiomicsFeatureExtractor(str(parameters), additionalInfo=False, **SETTING)
            try:
                result = extractor.execute(source(folder / image), str(folder / mask), label=label)
                values[case] = {name: float(value) for name, value in result.items()}
            except ValueError as error:
                values[case] = {"refused": str(error)}
            VALUES.mkdir(exist_ok=True)
            path.write_bytes(gzip.compress(json.dumps(values, sort_keys=True).encode(), mtime=0))
            print(case, parameters.stem, len(values[case]), flush=True)


def source(path):
    """The path, or the image of a folder with a DICOM series, which older versions of SimpleITK do not open by name."""
    if path.is_file():
        return str(path)
    import SimpleITK as sitk

    return sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(path)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
