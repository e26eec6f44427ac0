"""Where jobs are done: by threads that watch processes of this machine, or by Dask's workers."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from mlops_landscape.errors import SetupError
from mlops_landscape.grading.job import Job, Outcome, do

_CONNECT = 15  # seconds until a scheduler that does not answer is given up
_RETRIES = 3


def do_here(jobs: Mapping[int, Job], workers: int) -> Iterator[tuple[int, Outcome | SetupError]]:
    """Do jobs on this machine, several at a time.

    Yields
    ------
    tuple
        The key of a job and its outcome, or why the machine could not do it, as they are done.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="grading") as pool:
        futures = {pool.submit(do, job): key for key, job in jobs.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], _result(future)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def do_elsewhere(
    jobs: Mapping[int, Job], scheduler: str
) -> Iterator[tuple[int, Outcome | SetupError]]:
    """Do jobs on the workers of a Dask cluster; what a worker that dies had begun, others do.

    Parameters
    ----------
    scheduler
        Address, as Dask prints it: ``tcp://10.0.0.5:8786``.

    Raises
    ------
    SetupError
        If no scheduler answers at that address, or it has no workers.
    """
    import distributed

    try:
        client = distributed.Client(scheduler, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SetupError(
            f"No Dask scheduler answers at {scheduler} ({error}). Mend: start one with "
            "`dask scheduler`, and workers with `dask worker`, in the course's environment."
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            raise SetupError(
                f"The Dask scheduler at {scheduler} has no workers. Mend: start some with "
                f"`dask worker {scheduler}`, in the course's environment."
            )
        futures = {
            client.submit(do, job, pure=False, retries=_RETRIES): key for key, job in jobs.items()
        }
        for future in distributed.as_completed(futures, loop=client.loop):
            yield futures[future], _result(future)


def _result(future: Any) -> Outcome | SetupError:  # noqa: ANN401
    try:
        outcome: Outcome = future.result()
    except SetupError as error:
        return error
    except Exception as error:  # of one job: the others go on
        return SetupError(f"The grader itself failed: {type(error).__name__}: {error}")
    return outcome
