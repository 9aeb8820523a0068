"""`python -m bench.form [--data FOLDER] [SECTION ...]`, which is `make bench-form`: print what was measured."""

import argparse
import importlib
from pathlib import Path

from bench.form.data import DATA

SECTIONS = ("counting", "judging", "speed")
"""Each a module of this package with `report(data)`; imported when asked for, as only speed needs a pose model."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.form", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all if none is named"
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the data to measure with")
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if not options.data.is_dir():
        parser.error(f"there is no folder {options.data}")
    for name in options.sections or SECTIONS:
        print(importlib.import_module(f"bench.form.{name}").report(options.data), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
