"""``python -m fusionkit.datasets FOLDER`` writes a synthetic cohort."""

import argparse

from .sample import write_sample

__all__ = ["main"]


def main(arguments=None):
    """Write a synthetic cohort, as asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m fusionkit.datasets", description=write_sample.__doc__.split("\n")[0]
    )
    parser.add_argument("folder", help="a folder that does not exist yet, or is empty")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same files (default: 0)")
    parser.add_argument("--n", type=int, default=80, help="number of patients (default: 80)")
    options = parser.parse_args(arguments)
    try:
        folder = write_sample(options.folder, n_patients=options.n, random_state=options.seed)
    except (FileExistsError, ValueError) as error:
        parser.error(str(error))
    print(f"{options.n} patients written to {folder}")


if __name__ == "__main__":
    main()
