"""What a learner left behind, as the checks see it: a folder and answers, both only read."""

import contextlib
import json
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import yaml

from mlops_landscape.exercises.repository import Repository

if TYPE_CHECKING:  # importing MLflow takes seconds; only checks that look at runs pay for it
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

STORE = "mlflow.db"
_LOGGED_MODEL = re.compile(r"models:/(m-[0-9a-f]{32})")


def as_data(value: Any) -> Any:  # noqa: ANN401
    """Return `value` as JSON would carry it: text, numbers, booleans, None, lists and dicts.

    Raises
    ------
    TypeError, ValueError, RecursionError
        If JSON cannot carry it. NumPy's and pandas' scalars are carried as Python numbers.
    """

    def scalar(other: Any) -> Any:  # noqa: ANN401
        if getattr(other, "ndim", None) == 0 and hasattr(other, "item"):
            return other.item()
        raise TypeError(f"it is a {type(other).__name__}")

    return json.loads(json.dumps(value, default=scalar))


def take_answers(names: Iterable[str], namespace: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Copy the named variables out of a notebook's namespace, as data.

    Returns
    -------
    dict
        By name, for those that exist: ``{"value": ...}``, or ``{"problem": sentence}`` for one
        that cannot be handed over.
    """
    taken: dict[str, dict[str, Any]] = {}
    for name in names:
        if name not in namespace:
            continue
        try:
            taken[name] = {"value": as_data(namespace[name])}
        except (TypeError, ValueError, RecursionError) as error:
            taken[name] = {
                "problem": f"the variable `{name}` cannot be handed over ({error}); an answer is "
                "text, a number, or a list or dict of these"
            }
    return taken


class Work:
    """The work that the checks look at.

    Parameters
    ----------
    folder
        The learner's folder. Nothing in it is changed, and no file is added.
    answers
        As :func:`take_answers` returns them.
    """

    def __init__(self, folder: Path, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.folder = folder
        self._answers = answers
        self._scratch: list[tempfile.TemporaryDirectory[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def answer(self, name: str) -> Any:  # noqa: ANN401
        """Return the value of the variable `name`.

        Raises
        ------
        AssertionError
            If the notebook has no such variable, or if its value is not data.
        """
        given = self._answers.get(name)
        assert given is not None, f"the notebook has no variable `{name}`"
        assert "problem" not in given, given["problem"]
        return given["value"]

    def repository(self, name: str) -> Repository:
        """Return the Git repository in the folder `name`; see :class:`Repository`."""
        return Repository(self.folder / name, name)

    def pipeline(self, name: str) -> dict[str, Any]:
        """Return the compiled Kubeflow pipeline in the file `name`, as data.

        Raises
        ------
        AssertionError
            If there is no such file, or no compiled pipeline in it.
        """
        file = self.folder / name
        assert file.is_file(), f"there is no file {name} in the folder of the notebook"
        try:
            # A second document, if there is one, holds what is for Kubernetes only.
            spec = next(yaml.safe_load_all(file.read_text(encoding="utf-8")), None)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0]
            raise AssertionError(f"{name} is not YAML: {reason}") from None
        parts = {"components", "deploymentSpec", "pipelineInfo", "root"}
        compiled = isinstance(spec, dict) and parts <= spec.keys()
        assert compiled, f"{name} is not a pipeline that kfp has compiled"
        return dict(spec)

    @cached_property
    def mlflow(self) -> "MlflowClient":
        """A client of a copy of the folder's MLflow store.

        Opening the store itself would not be harmless: MLflow may migrate it.

        Raises
        ------
        AssertionError
            If there is no store, or none that MLflow can read.
        """
        store = self.folder / STORE
        assert store.is_file(), f"there is no file {STORE} in the folder of the notebook"
        from mlflow import MlflowClient

        scratch = tempfile.TemporaryDirectory(prefix="checked-store-")
        self._scratch.append(scratch)
        # SQLite keeps what is not yet in the database beside it.
        for file in (store, *self.folder.glob(f"{STORE}-*")):
            shutil.copyfile(file, Path(scratch.name) / file.name)
        copy = Path(scratch.name) / STORE
        try:
            # MLflow would make its tables in any database that has none of them.
            with contextlib.closing(sqlite3.connect(copy)) as database:
                database.execute("SELECT 1 FROM experiments LIMIT 1")
            client = MlflowClient(
                tracking_uri=f"sqlite:///{copy}", registry_uri=f"sqlite:///{copy}"
            )
            client.search_experiments(max_results=1)
        except Exception as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise AssertionError(f"{STORE} is not a store that MLflow can read: {reason}") from None
        return client

    def model(self, version: "ModelVersion") -> dict[str, Any]:
        """Return what MLflow wrote beside the model of a registered version, its ``MLmodel``.

        The model itself is not loaded.

        Raises
        ------
        AssertionError
            If the model is not in the folder, or MLflow did not write about it.
        """
        named = _LOGGED_MODEL.fullmatch(version.source or "")
        # The store names it with a full path, which is another one where the work is checked.
        pattern = f"mlruns/*/models/{named[1]}/artifacts/MLmodel" if named else ""
        found = next(self.folder.glob(pattern), None) if pattern else None
        what = f"version {version.version} of `{version.name}`"
        assert found is not None, f"the model of {what} is not in the folder mlruns"
        try:
            content = yaml.safe_load(found.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0]
            raise AssertionError(f"the MLmodel of {what} is not YAML: {reason}") from None
        assert isinstance(content, dict), f"the MLmodel of {what} holds no keys"
        return content

    def close(self) -> None:
        """Give back what looking at the work took."""
        client = self.__dict__.pop("mlflow", None)
        if client is not None:
            # MLflow keeps a connection pool for each store it has ever opened, for good: without
            # this every check() in a notebook would leave an open file behind.
            client._tracking_client.store.engine.dispose()
        for scratch in self._scratch:
            scratch.cleanup()
        self._scratch.clear()
