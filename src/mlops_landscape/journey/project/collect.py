"""Write the flights of a month to data/.

It is what the operations department exports each month.

python collect.py 2013-01 2013-02
"""

import sys
from pathlib import Path

from mlops_landscape.flights import load_flights


def collect(month: str, folder: Path) -> Path:
    """Write the flights of `month`, such as 2013-01; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{month}.parquet"
    unfinished = file.with_suffix(".unfinished")
    load_flights([int(month[-2:])]).to_parquet(unfinished, index=False)
    unfinished.replace(file)  # either the whole month is there, or nothing
    return file


if __name__ == "__main__":
    for month in sys.argv[1:]:
        print(collect(month, Path("data")))
