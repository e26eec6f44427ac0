"""The host that submissions are forked from: it has imported the tools, once.

A fresh kernel costs 8 to 10 seconds of CPU for each notebook that uses MLflow, nearly all of it
imports. Forking a process that has them takes milliseconds.

It is started by `run`, as ``python -m mlops_landscape.exercises.warm DESCRIPTOR yes|no``.
"""

import gc
import importlib
import logging
import os
import socket
import sys
from pathlib import Path

from mlops_landscape.sandbox.host import Task, serve

_TOOLS = (
    "alembic.command",
    "git",
    "IPython.core.interactiveshell",
    "matplotlib.pyplot",
    "mlflow.sklearn",
    "mlflow.tracing.processor.base_mlflow",
    "mlflow.store.model_registry.sqlalchemy_store",
    "mlflow.store.tracking.sqlalchemy_store",
    "mlops_landscape.exercises.notebook",
    "mlops_landscape.exercises.source",
    "pandas",
    "plotly.graph_objects",
    "pyarrow.parquet",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "skops.io",
)
"""What notebooks and checks import; what is not here, each of them imports for itself."""


def prepare() -> Task:
    """Import the tools, and do once what each notebook would do again; return what runs tasks."""
    # Before the import: MLflow starts to report to its makers when it is imported.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MPLBACKEND"] = "agg"
    # Threads do not survive a fork.
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for module in _TOOLS:
        importlib.import_module(module)
    from mlops_landscape.exercises.attempt import make_shell, run_task
    from mlops_landscape.exercises.fresh_store import make_stores_quickly, rehearse

    # What this process says for itself is of no use to whoever grades.
    logging.disable(logging.INFO)
    make_stores_quickly()
    rehearse()
    make_shell()
    logging.disable(logging.NOTSET)
    gc.collect()
    gc.freeze()  # what the collector does not look at stays shared with the children
    return run_task


def main() -> None:
    """Be the host until the grader ends."""
    control = socket.socket(fileno=int(sys.argv[1]))
    # `-m` puts the caller's folder first, which may hold anything.
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry) != Path.cwd()]
    serve(control, sys.argv[2] == "yes", prepare)


if __name__ == "__main__":
    main()
