"""MLflow stores without the second of CPU that each new process pays for its first one.

MLflow builds the tables of a new SQLite store by replaying every migration it has ever had. Here
they are made once, by MLflow, and a new store begins as a copy of them. What MLflow and SQLAlchemy
load or work out when they are first used, they have then done too.
"""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any


def make_stores_quickly() -> None:
    """Let MLflow, in this process and its children, copy the tables of new SQLite stores."""
    from mlflow.store.db import utils
    from mlflow.store.model_registry import sqlalchemy_store as registry
    from mlflow.store.tracking import sqlalchemy_store as tracking
    from sqlalchemy import create_engine

    with tempfile.TemporaryDirectory(prefix="fresh-store-") as folder:
        file = Path(folder) / "mlflow.db"
        engine = create_engine(f"sqlite:///{file}")
        utils._initialize_tables(engine)
        engine.dispose()
        with sqlite3.connect(file) as made:
            tables = made.serialize()
        made.close()
    by_migration = utils._initialize_tables

    def initialize(engine: Any) -> None:  # noqa: ANN401
        if engine.dialect.name != "sqlite" or not utils._is_empty_database(engine):
            by_migration(engine)
            return
        utils._logger.info("Creating initial MLflow database tables...")
        with sqlite3.connect(":memory:") as source:
            source.deserialize(tables)
            connection = engine.raw_connection()
            try:
                source.backup(connection.driver_connection)
            finally:
                connection.close()
        source.close()

    for module in (utils, registry, tracking):
        if hasattr(module, "_initialize_tables"):
            module._initialize_tables = initialize
    # Read from the migrations that are installed, which do not change meanwhile.
    utils._get_latest_schema_revision = cache(utils._get_latest_schema_revision)


def rehearse() -> None:
    """Log to a store, find it again and throw it away, so that children need load nothing more.

    Through a client of its own: what `mlflow.set_experiment` and its like would set stays unset.
    """
    from mlflow import MlflowClient

    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        uri = f"sqlite:///{folder}/mlflow.db"
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        experiment = client.create_experiment("rehearsal", artifact_location=f"file://{folder}")
        run = client.create_run(experiment, run_name="rehearsal")
        client.log_param(run.info.run_id, "parameter", 1)
        client.log_metric(run.info.run_id, "metric", 1.0, step=1)
        client.set_tag(run.info.run_id, "tag", "text")
        client.set_terminated(run.info.run_id)
        client.search_experiments()
        client.search_runs(
            [experiment], "attributes.run_name = 'rehearsal'", order_by=["metrics.m"]
        )
        client.get_metric_history(run.info.run_id, "metric")
        client.search_registered_models()
        client._tracking_client.store.engine.dispose()
