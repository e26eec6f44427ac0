"""Running the chapters: in parallel, each in a scratch folder, all failures in one list."""

import contextlib
import logging
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import JupyterCacheAbstract, ProjectNb
from jupyter_cache.executors.base import ExecutorRunResult
from jupyter_cache.executors.basic import (
    ExecutionWorkerTempMProc,
    JupyterExecutorTempMproc,
    ProcessData,
)
from jupyter_cache.executors.utils import ExecutionResult, copy_assets, single_nb_execution

from mlops_landscape import environments
from mlops_landscape.book.chapters import Chapter
from mlops_landscape.book.inputs import inputs_key, shows_what_ran
from mlops_landscape.book.ran import record_runs
from mlops_landscape.errors import BuildError, SetupError
from mlops_landscape.paths import BUILD, REPOSITORY

CACHE = BUILD / ".jupyter_cache"
CELL_TIMEOUT = 300  # seconds; no cell of the course takes a third of it
GUARD = Path(__file__).parent / "guard"


class ChapterError(BuildError):
    """Cells failed; the message lists every one with its chapter, code and traceback."""


@dataclass(frozen=True)
class RunSummary:
    """What running the chapters came to.

    Attributes
    ----------
    ran, cached
        Docnames of the chapters that were run now, and of those whose outputs were still valid.
    seconds
        Wall time of the whole.
    """

    ran: list[str]
    cached: list[str]
    seconds: float


def _docname(uri: str) -> str:
    return Path(uri).relative_to(REPOSITORY).with_suffix("").as_posix()


class _Worker(ExecutionWorkerTempMProc):
    """jupyter-cache's worker, with a line when a chapter ends and no network for its cells."""

    @property
    def logger(self) -> logging.Logger:
        # The base class reports failing cells here, at length; failures are listed at the end.
        return logging.getLogger("mlops_landscape.run")

    def __call__(self, data: ProcessData) -> tuple[int, str]:
        start = time.perf_counter()
        # Cells only reach this machine: see guard/sitecustomize.py. Kernels inherit this.
        os.environ["PYTHONPATH"] = os.pathsep.join(
            part for part in (str(GUARD), os.environ.get("PYTHONPATH", "")) if part
        )
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # kernels would start 3 times slower
        os.environ[environments.IN_BUILD] = "1"  # nothing is downloaded any more
        outcome: tuple[int, str] = super().__call__(data)
        word = "ran" if outcome[0] == 0 else "FAILED"
        seconds = time.perf_counter() - start
        print(f"  {word:<6} {_docname(data.uri):<40} {seconds:6.1f} s", flush=True)
        return outcome

    @staticmethod
    def execute(project_nb: ProjectNb, data: ProcessData) -> ExecutionResult:
        # A kernel of ipykernel 7 says on its standard error that it uses TCP; nobody asked.
        with (
            Path(os.devnull).open("w") as silence,
            _stderr_to(silence.fileno()),
            tempfile.TemporaryDirectory() as folder,
        ):
            copy_assets(project_nb.uri, project_nb.assets, folder)
            # A %%bash cell sends its output in pieces of 100 bytes. Joined here they are what was
            # printed; MyST-NB, which joins them too, would break the line at each seam.
            return single_nb_execution(
                project_nb.nb,
                cwd=folder,
                timeout=data.timeout,
                allow_errors=data.allow_errors,
                coalesce_streams=True,
            )


@contextlib.contextmanager
def _stderr_to(descriptor: int) -> Iterator[None]:
    kept = os.dup(2)
    os.dup2(descriptor, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class _Executor(JupyterExecutorTempMproc):
    """jupyter-cache's parallel executor, in temporary folders, with our worker.

    The base class gives each process a fixed share of neighbouring chapters, so that the last one
    works long after the others are done. Here whoever is free takes the next one, and the long ones
    come first.
    """

    def run_and_cache(
        self,
        *,
        filter_uris: list[str] | None = None,
        filter_pks: list[int] | None = None,
        timeout: int | None = CELL_TIMEOUT,
        allow_errors: bool = False,
        force: bool = False,
    ) -> ExecutorRunResult:
        """Run what is in the project and not in the cache; see the base class."""
        records = self.get_records(filter_uris, filter_pks, clear_tracebacks=True)
        records.sort(key=lambda record: Path(record.uri).stat().st_size, reverse=True)
        waiting = [
            ProcessData(record.pk, record.uri, self.cache, timeout, allow_errors)
            for record in records
        ]
        with multiprocessing.Pool() as pool:
            results = list(pool.imap_unordered(_Worker(), waiting, chunksize=1))
        done: dict[int, list[str]] = {0: [], 1: [], 2: []}
        for outcome, uri in results:
            done[outcome].append(uri)
        return ExecutorRunResult(succeeded=done[0], excepted=done[1], errored=done[2])


def run_chapters(chapters: list[Chapter], cache_folder: Path = CACHE) -> RunSummary:
    """Run the chapters whose outputs are not in the cache, over all cores.

    Pages that show what the chapters ran are run after them.

    Parameters
    ----------
    chapters
        Pages of the book; those that are not notebooks are passed over.
    cache_folder
        The jupyter-cache that the pages are rendered from afterwards.

    Raises
    ------
    ChapterError
        If any cell of any chapter fails. The other chapters have run and are kept.
    """
    start = time.perf_counter()
    cache = _open_cache(cache_folder)
    make_environments(chapters)
    after = [chapter for chapter in chapters if shows_what_ran(chapter)]
    before = [chapter for chapter in chapters if chapter not in after]
    ran, cached = _run(before, cache)
    record_runs(before, cache)
    more_ran, more_cached = _run(after, cache)
    return RunSummary(ran + more_ran, cached + more_cached, time.perf_counter() - start)


def make_environments(chapters: list[Chapter]) -> None:
    """Make the environments of their own that chapters call by name, those that are missing.

    Raises
    ------
    SetupError
        If one cannot be made and the variable ``CI`` is set. Elsewhere it is said, and the cells
        that need it say that they were not run.
    """
    code = "\n".join(cell for chapter in chapters if chapter.is_executed for cell in chapter.code)

    def make(name: str) -> None:
        try:
            environments.environment(name)
        except SetupError as error:
            if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
                raise
            print(error, file=sys.stderr)

    # For whoever watches, uv draws its progress: one after the other.
    at_once = 1 if sys.stderr.isatty() else os.cpu_count()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(make, sorted(environments.named_in(code))))


def _run(chapters: list[Chapter], cache: JupyterCacheAbstract) -> tuple[list[str], list[str]]:
    """Run those chapters that are not in the cache; return which were run, and which were not."""
    waiting, cached = [], []
    for chapter in chapters:
        if not chapter.is_executed:
            continue
        try:
            cache.match_cache_notebook(chapter.notebook(inputs_key(chapter)))
            cached.append(chapter)
        except KeyError:
            waiting.append(chapter)
    for record in cache.list_project_records():
        cache.remove_nb_from_project(record.pk)
    for chapter in waiting:
        cache.add_nb_to_project(
            str(chapter.path), read_data={"name": "mlops_chapter", "type": "plugin"}
        )
    if waiting:
        print(
            f"Running {len(waiting)} of {len(waiting) + len(cached)} chapters "
            f"on {os.cpu_count()} cores; {len(cached)} unchanged",
            flush=True,
        )
        logger = logging.getLogger("mlops_landscape.run")
        logger.setLevel(logging.CRITICAL)
        _Executor(cache, logger=logger).run_and_cache(timeout=CELL_TIMEOUT)
    failures = _failures(cache)
    if failures:
        raise ChapterError("\n\n".join(failures))
    return [chapter.docname for chapter in waiting], [chapter.docname for chapter in cached]


def _open_cache(folder: Path) -> JupyterCacheAbstract:
    """Open the cache at `folder`, making it anew if an interrupted build left it unusable."""
    cache = get_cache(folder)
    try:
        cache.list_project_records()
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        cache = get_cache(folder)
        cache.list_project_records()
    cache.change_cache_limit(2000)
    return cache


def _failures(cache: JupyterCacheAbstract) -> list[str]:
    failures = []
    for record in cache.list_project_records():
        if record.traceback:
            failures.append(f"{_docname(record.uri)}: {_readable(record.traceback)}")
        else:
            try:
                cache.get_cached_project_nb(record.uri)
            except KeyError:
                failures.append(f"{_docname(record.uri)}: was not run to its end")
    return failures


def _readable(traceback: str) -> str:
    """Return the part of nbclient's `traceback` that is about the cell: its code and its error."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    marker = "An error occurred while executing the following cell:"
    if marker in text:
        return "a cell failed:\n" + text.split(marker, 1)[1].strip()
    return text.strip().splitlines()[-1]
