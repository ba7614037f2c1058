"""Native engine against pyradiomics, one core, from files to features: seconds, peak memory, and their ratios.

    python benchmarks/radiomics.py [job ...]

Without a job, all of them; those on real cases need FUSIONKIT_DATA, the folder that holds ``radiomics_cases``. Seconds
are the processor's, so that a busy machine changes little; each engine runs in a process of its own, which is warmed up
on a small case and then measured (on Linux) once for pyradiomics, best of three for the native engine.
"""

import json
import os
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
"""Job -> case, parameter file, and the ratio of times that this project promises at least."""


def paths(case, folder):
    """Image and mask of a case; a sphere is made, in a volume of 512 x 512 x 200 voxels."""
    if not case.startswith("sphere"):
        data = Path(os.environ["FUSIONKIT_DATA"]) / "radiomics_cases"
        return data / f"{case}_image.nrrd", data / f"{case}_label.nrrd"
    image, mask = folder / f"{case}_image.nii.gz", folder / f"{case}_mask.nii.gz"
    if not mask.exists():
        make_sphere(float(case.rpartition(" ")[2]), image, mask)
    return image, mask


def make_sphere(radius, image_path, mask_path):
    import numpy as np
    import SimpleITK as sitk
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(0)
    shape = (200, 512, 512)
    noise = gaussian_filter(rng.normal(0, 1, shape).astype(np.float32), 1.5)
    volume = (noise / noise.std() * 120 + 40).astype(np.int16)
    z, y, x = np.ogrid[:200, :512, :512]
    roi = (z - 100) ** 2 + (y - 260) ** 2 + (x - 250) ** 2 <= radius**2
    for array, path in ((volume, image_path), (roi.astype(np.uint8), mask_path)):
        picture = sitk.GetImageFromArray(array)
        picture.SetSpacing((0.8, 0.8, 1.5))
        sitk.WriteImage(picture, str(path), True)


def measure(engine, image, mask, document):
    """Run in the child: warm up, then print seconds and peak megabytes."""
    import numpy as np
    import SimpleITK as sitk

    from fusionkit.radiomics import extract_features

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    small = sitk.GetImageFromArray(np.random.default_rng(0).integers(0, 400, (12, 14, 16)).astype(np.int16))
    roi = sitk.GetImageFromArray(np.pad(np.ones((6, 8, 10), np.uint8), 3))
    extract_features(small, roi, {**document, "setting": {}}, engine=engine)
    seconds = []
    for _ in range(1 if engine == "pyradiomics" else 3):
        start = time.process_time()
        features = extract_features(image, mask, document, engine=engine)
        seconds.append(time.process_time() - start)
    print(json.dumps({"s": min(seconds), "mb": peak_mb(), "n": len(features)}))


def peak_mb():
    """Peak memory of this process alone; getrusage would count that of the process that started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def run(engine, image, mask, document):
    # -P: this file's name must not hide pyradiomics's package, which is called radiomics too
    command = [sys.executable, "-P", __file__, "--measure", engine, str(image), str(mask), json.dumps(document)]
    environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main(jobs):
    heads = ("native s", "pyradiomics s", "ratio", "promised", "native MB", "pyradiomics MB", "ratio")
    print(" " * 26, *(f"{head:>14}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        for job in jobs or JOBS:
            case, document, promised = JOBS[job]
            image, mask = paths(case, Path(folder))
            native, theirs = (run(engine, image, mask, document) for engine in ("native", "pyradiomics"))
            ratio, memory = theirs["s"] / native["s"], theirs["mb"] / native["mb"]
            row = (native["s"], theirs["s"], ratio, promised, native["mb"], theirs["mb"], memory)
            print(f"{job:26}", *(f"{value:14.4g}" for value in row), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:5], json.loads(sys.argv[5]))
    else:
        main(sys.argv[1:])
