"""The native engine against pyradiomics, fastrad and nyxus, from files to features on one core.

    python benchmarks/radiomics.py [--python-fastrad PATH] [--python-nyxus PATH] [job ...]

Without a job, all of them; those on real cases need FUSIONKIT_DATA, the folder that holds ``radiomics_cases``. Each
engine runs in a process of its own, which is warmed up on a small case and then measured, best of three for the native
engine and once for the others: the processor's seconds, so that a busy machine changes little, and (on Linux) the peak
memory. A ratio is what the engine takes against the native one.

fastrad and nyxus are measured on the original image only, since they filter no volume, and where the interpreter given
(by default this one) has them. They are no replacement for pyradiomics's numbers: nyxus has other grey levels, more
features and IBSI's names; fastrad reads neither NRRD nor NIfTI, so it is given bare arrays, which spares it inflating.

Two more jobs measure the wall clock: ``processes``, a batch by one and by two processes, each warmed up, in turns, of
which the medians are compared, since a shared machine's speed changes by a third from one turn to the next; and
``start``, a new process from its beginning to the features of a small case, with compiled code on disk and without.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILTERED = {"imageType": {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0, 2.0, 3.0, 4.0, 5.0]}}}

JOBS = {
    "brain1 original": ("brain1", {}, 7),
    "lung2 original": ("lung2", {}, 7),
    "200,000 voxels original": ("sphere of 36", {}, 18),
    "2,000,000 voxels original": ("sphere of 78", {}, 45),
    "brain1 filtered": ("brain1", FILTERED, 20),
    "lung2 filtered": ("lung2", FILTERED, 60),
    "200,000 voxels filtered": ("sphere of 36", FILTERED, 55),
}
"""Job -> case, parameter file, and the ratio of times that this project promises at least against pyradiomics."""

LIMIT_S = 900
"""What fastrad and nyxus may take, of the wall clock."""


def case_files(case, kind, folder):
    """Image and mask of a case in the format of an engine: as they are, or copies that hold the same voxels."""
    if kind == "any" and not case.startswith(("sphere", "small")):
        data = Path(os.environ["FUSIONKIT_DATA"]) / "radiomics_cases"
        return data / f"{case}_image.nrrd", data / f"{case}_label.nrrd"
    suffix = "npz" if kind == "arrays" else "nii.gz"
    files = folder / f"{case}_image.{suffix}", folder / f"{case}_mask.{suffix}"
    if not files[1].exists():
        for picture, path in zip(_pictures(case, folder), files, strict=True):
            _write(picture, path)
    return files


def _pictures(case, folder):
    import numpy as np
    import SimpleITK as sitk

    if case == "small":
        voxels = np.random.default_rng(0).integers(0, 400, (12, 14, 16)).astype(np.int16)
        return sitk.GetImageFromArray(voxels), sitk.GetImageFromArray(np.pad(np.ones((6, 8, 10), np.uint8), 3))
    if case.startswith("sphere") and not (folder / f"{case}_mask.nii.gz").exists():
        return make_sphere(float(case.rpartition(" ")[2]))
    return tuple(sitk.ReadImage(str(path)) for path in case_files(case, "any", folder))


def make_sphere(radius):
    """A volume of 512 x 512 x 200 voxels of smooth noise, and a sphere in it."""
    import numpy as np
    import SimpleITK as sitk
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    shape = (200, 512, 512)
    noise = gaussian_filter(rng.normal(0, 1, shape).astype(np.float32), 1.5)
    volume = (noise / noise.std() * 120 + 40).astype(np.int16)
    z, y, x = np.ogrid[:200, :512, :512]
    roi = (z - 100) ** 2 + (y - 260) ** 2 + (x - 250) ** 2 <= radius**2
    pictures = sitk.GetImageFromArray(volume), sitk.GetImageFromArray(roi.astype(np.uint8))
    for picture in pictures:
        picture.SetSpacing((0.8, 0.8, 1.5))
    return pictures


def _write(picture, path):
    import numpy as np
    import SimpleITK as sitk

    if path.suffix == ".npz":
        np.savez(path, voxels=sitk.GetArrayViewFromImage(picture), spacing_mm=picture.GetSpacing()[::-1])
    else:
        sitk.WriteImage(picture, str(path), True)


def _native():
    import SimpleITK as sitk

    from fusionkit.radiomics import extract_features

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    return extract_features


def _pyradiomics():
    import logging

    import SimpleITK as sitk
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    logging.getLogger("radiomics").setLevel(logging.CRITICAL)

    def extract(image, mask, document):
        return RadiomicsFeatureExtractor(document, additionalInfo=False).execute(image, mask)

    return extract


def _fastrad():
    import warnings

    import numpy as np
    import torch
    from fastrad import FeatureExtractor, FeatureSettings, Mask, MedicalImage

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)

    def extract(image, mask, document):
        with np.load(image) as stored:
            voxels, spacing = (
                torch.from_numpy(stored["voxels"].astype(np.float32)),
                tuple(stored["spacing_mm"].tolist()),
            )
        with np.load(mask) as stored:
            region = torch.from_numpy(stored["voxels"])
        extractor = FeatureExtractor(FeatureSettings(device="cpu"))
        return extractor.extract(MedicalImage(voxels, spacing), Mask(region, spacing))

    return extract


def _nyxus():
    from nyxus import Nyxus3D

    classes = ("ALL_INTENSITY", "ALL_MORPHOLOGY", "GLCM", "GLRLM", "GLSZM", "GLDM", "NGTDM")
    calculator = Nyxus3D([f"*3D_{name}*" for name in classes], n_feature_calc_threads=1, use_gpu_device=-1)

    def extract(image, mask, document):
        row = calculator.featurize_files([image], [mask], False)
        return [name for name in row.columns if name.startswith("3")]

    return extract


ENGINES = {
    "native": (_native, "any"),
    "pyradiomics": (_pyradiomics, "any"),
    "fastrad": (_fastrad, "arrays"),
    "nyxus": (_nyxus, "nifti"),
}
"""Engine -> what gives its function of image, mask and parameter file, and the format of its files."""


def measure(engine, small, files, document):
    """Run in the child: warm up, then print seconds, peak megabytes and how many features there are."""
    try:
        extract = ENGINES[engine][0]()
    except ImportError as error:
        print(json.dumps({"absent": f"not installed ({error.name})"}))
        return
    extract(*small, {**document, "setting": {}})
    seconds = []
    for _ in range(3 if engine == "native" else 1):
        start = time.process_time()
        features = extract(*files, document)
        seconds.append(time.process_time() - start)
    print(json.dumps({"s": min(seconds), "mb": peak_mb(), "n": len(features)}))


def peak_mb():
    """Peak memory of this process alone; getrusage would count that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def run(arguments, python=sys.executable, limit_s=None, **more):
    """What a child with these arguments prints, as JSON, or why it printed nothing."""
    # -P: this file's name must not hide pyradiomics's package, which is called radiomics too
    command = [python, "-P", __file__, "--child", json.dumps(arguments, default=str)]
    environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"), **more}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=limit_s)
    except subprocess.TimeoutExpired:
        return {"absent": f"stopped after {limit_s} s"}
    if done.returncode and limit_s is None:
        raise SystemExit(done.stderr)
    if done.returncode:
        return {"absent": f"failed: {(done.stderr.splitlines() or [f'signal {-done.returncode}'])[-1]}"}
    return json.loads(done.stdout.splitlines()[-1])


def compare_engines(job, pythons, folder):
    """Print one row per engine."""
    case, document, promised = JOBS[job]
    native = None
    for engine, (_, kind) in ENGINES.items():
        ours = engine in ("native", "pyradiomics")
        if not ours and document:
            continue
        files = {"small": case_files("small", kind, folder), "files": case_files(case, kind, folder)}
        child = {"measure": engine, **files, "document": document}
        got = run(child) if ours else run(child, pythons[engine], LIMIT_S)
        native = native or got
        print(f"{job:26} {engine:12}", end="")
        if "absent" in got:
            print(f" {got['absent']}", flush=True)
            continue
        print(f" {got['n']:8} {got['s']:9.3f}", f"{got['s'] / native['s']:7.1f}", end="")
        print(
            f" {promised if engine == 'pyradiomics' else '':>8} {got['mb']:7.0f} {got['mb'] / native['mb']:7.2f}",
            flush=True,
        )


def compare_processes(folder):
    """Print the wall clock of a batch by one and by two processes."""
    for job, copies in (("lung2 filtered", 24), ("200,000 voxels filtered", 8)):
        case, document, _ = JOBS[job]
        rows = []
        for copy in range(copies):
            row = [folder / f"{copy}_{file.name}" for file in case_files(case, "any", folder)]
            for file, path in zip(case_files(case, "any", folder), row, strict=True):
                shutil.copy(file, path)
            rows.append(row)
        got = run({"processes": rows, "document": document})
        one, two = (statistics.median(got[n_jobs]) for n_jobs in ("1", "2"))
        print(
            f"{copies} x {job:22} one process {one:.2f} s, two {two:.2f} s, ratio {one / two:.2f} (promised 1.9); "
            f"turn by turn {', '.join(f'{a / b:.2f}' for a, b in zip(got['1'], got['2'], strict=True))}",
            flush=True,
        )


def measure_processes(rows, document):
    import pandas as pd

    from fusionkit.radiomics import RadiomicsExtractor

    table = pd.DataFrame(rows, columns=["Image", "Mask"])
    extractors = {n_jobs: RadiomicsExtractor(document, n_jobs=n_jobs) for n_jobs in (1, 2)}
    seconds = {n_jobs: [] for n_jobs in extractors}
    for turn in range(8):  # the first warms both up
        for n_jobs, extractor in extractors.items():
            start = time.perf_counter()
            extractor.transform(table)
            if turn:
                seconds[n_jobs].append(time.perf_counter() - start)
    print(json.dumps(seconds))


def compare_starts(folder):
    """Print the wall clock of a new process that computes one small case, its code compiled before or not."""
    child = {"start": case_files("small", "any", folder)}
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        run(child, NUMBA_CACHE_DIR=str(folder / "compiled"))
        seconds.append(time.perf_counter() - start)
    print(
        f"start to first features: {min(seconds[1:]):.2f} s with compiled code (promised 3), {seconds[0]:.1f} s without"
    )


def measure_start(image, mask):
    from fusionkit.radiomics import extract_features

    print(len(extract_features(image, mask)))


def main(jobs, pythons):
    print(f"{'':26} {'':12} {'features':>8} {'seconds':>9} {'ratio':>7} {'promised':>8} {'MB':>7} {'ratio':>7}")
    others = {"processes": compare_processes, "start": compare_starts}
    with tempfile.TemporaryDirectory() as folder:
        for job in jobs or [*JOBS, *others]:
            if job in others:
                others[job](Path(folder))
            else:
                compare_engines(job, pythons, Path(folder))


def child(arguments):
    if "measure" in arguments:
        measure(arguments["measure"], arguments["small"], arguments["files"], arguments["document"])
    elif "processes" in arguments:
        measure_processes(arguments["processes"], arguments["document"])
    else:
        measure_start(*arguments["start"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python-fastrad", default=sys.executable, metavar="PATH")
    parser.add_argument("--python-nyxus", default=sys.executable, metavar="PATH")
    parser.add_argument("--child", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("jobs", nargs="*", metavar="job", help=", ".join([*JOBS, "processes", "start"]))
    options = parser.parse_args()
    if options.child:
        child(options.child)
    else:
        main(options.jobs, {"fastrad": options.python_fastrad, "nyxus": options.python_nyxus})
