"""`python -m bench.search`, which is `make eval-search`: how well the search ranks and the matcher recognises."""

import sys
from pathlib import Path

from bench.apart import Step, apart


def main() -> int:
    def work(home: Path, step: Step) -> int:
        file = home / "figures.txt"
        step("bench_search", str(file))
        text = file.read_text(encoding="utf-8")
        print(text)
        return 1 if "BROKEN" in text else 0

    return apart("search", work)


if __name__ == "__main__":
    sys.exit(main())
