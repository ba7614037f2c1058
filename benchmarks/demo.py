"""How long, and with how much memory, does the main job take: the demo from a new installation, and the help text.

Run it with:  python benchmarks/demo.py
Targets on 2 cores: demo under 120 s and 1 GB with compiled code not yet cached, report included; ``fusionkit --help``
under 0.6 s; ``import fusionkit`` under 0.5 s.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time


def timed(*command, **environment):
    """Seconds and peak memory (MB, of the largest process) of a command."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    """Print one line per measurement."""
    python = sys.executable
    for name, code, target in [("import fusionkit", "import fusionkit", 0.5), ("python alone", "pass", None)]:
        best = min(timed(python, "-c", code)[0] for _ in range(5))
        print(f"{name:32} {best:6.2f} s" + (f"   (target {target} s)" if target else ""))
    best = min(timed(python, "-m", "fusionkit", "--help")[0] for _ in range(5))
    print(f"{'fusionkit --help':32} {best:6.2f} s   (target 0.6 s)")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "warm"):
            seconds, peak = timed(
                python,
                *("-m", "fusionkit", "demo", "--no-open", "--jobs", "2", "--out", f"{folder}/{name}"),
                NUMBA_CACHE_DIR=f"{folder}/numba",
            )
            print(f"{f'fusionkit demo, {name}':32} {seconds:6.1f} s   {peak:5.0f} MB   (target 120 s, 1024 MB)")


if __name__ == "__main__":
    main()
