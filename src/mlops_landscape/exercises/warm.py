"""Imported once by the process that the notebooks of `run` are forked from.

Importing these takes seconds, forking a process that has them takes milliseconds.
"""

import os

# Before the import: MLflow starts to report to its makers when it is imported.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MPLBACKEND", "agg")

import alembic.command  # noqa: F401
import IPython.core.interactiveshell  # noqa: F401
import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
import pandas  # noqa: F401

import mlops_landscape.exercises.notebook
import mlops_landscape.exercises.source  # noqa: F401
