"""What the README says about the chapters: seconds, longest cell, and peak memory of each.

Runs each chapter in a scratch folder as the build does, one after the other, and adds up the
resident memory of the kernel and everything it started, five times a second (pages that processes
share are counted once for each, so the peak is an upper bound).

Usage: ``make bench``, or ``python benchmarks/chapters.py tools/dvc …`` for some.
"""

import argparse
import tempfile
import threading
import time

import jupytext
import psutil
from nbclient import NotebookClient
from nbformat import NotebookNode

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.catalogue.changes import load_changes
from mlops_landscape.paths import BOOK

TOOLS = ("mlflow", "dvc", "kubeflow", "airflow", "sagemaker", "vertex-ai")


class Memory(threading.Thread):
    """Watches the memory of everything below this process, until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.over = threading.Event()

    def run(self) -> None:
        """Sample until `over` is set."""
        while not self.over.wait(0.2):
            total = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.peak = max(self.peak, total)


def measure(chapter: str) -> tuple[float, float, int, float]:
    """Return wall seconds, seconds of the longest cell, number of cells, and peak memory in GB."""
    notebook = jupytext.read(BOOK / f"{chapter}.md")
    slowest = [0.0]
    began = [0.0]

    def on_start(cell: NotebookNode, cell_index: int) -> None:
        began[0] = time.perf_counter()

    def on_end(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        slowest[0] = max(slowest[0], time.perf_counter() - began[0])

    memory = Memory()
    memory.start()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="chapter-") as folder:
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            resources={"metadata": {"path": folder}},
            on_cell_start=on_start,
            on_cell_executed=on_end,
        )
        client.execute()
    seconds = time.perf_counter() - start
    memory.over.set()
    memory.join()
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    return seconds, slowest[0], cells, memory.peak / 1e9


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    catalogue = load_catalogue()
    every = [
        *(f"lifecycle/{category.id}" for category in catalogue.categories),
        *(f"stages/{stage.id}" for stage in catalogue.stages),
        *(f"tools/{name}" for name in TOOLS),
    ]
    parser.add_argument("chapters", nargs="*", default=every)
    pairs = [change.chapter for change in load_changes()]
    print("| chapter | cells | seconds | longest cell, s | peak memory, GB | then and now |")
    print("|---|---|---|---|---|---|")
    for chapter in parser.parse_args().chapters:
        seconds, slowest, cells, peak = measure(chapter)
        print(
            f"| {chapter} | {cells} | {seconds:.0f} | {slowest:.0f} | {peak:.1f} "
            f"| {pairs.count(chapter)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
