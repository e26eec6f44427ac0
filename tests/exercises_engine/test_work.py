"""Work is read as data and from copies."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from mlops_landscape.exercises.work import Work, take_answers

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion


def test_answers_are_taken_as_data() -> None:
    namespace = {"a": np.float64(0.5), "b": (1, np.int64(2)), "c": "x", "other": 1}
    assert take_answers(["a", "b", "c", "missing"], namespace) == {
        "a": {"value": 0.5},
        "b": {"value": [1, 2]},
        "c": {"value": "x"},
    }


@pytest.mark.parametrize("value", [pd.DataFrame({"a": [1]}), object(), {1, 2}, np.zeros(2)])
def test_what_is_not_data_gives_a_sentence(value: object) -> None:
    taken = take_answers(["a"], {"a": value})
    with (
        Work(Path(), taken) as work,
        pytest.raises(AssertionError, match="the variable `a` cannot be handed over"),
    ):
        work.answer("a")


def test_an_endless_list_gives_a_sentence() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert "cannot be handed over" in take_answers(["a"], {"a": endless})["a"]["problem"]


def test_a_missing_variable_gives_a_sentence() -> None:
    with Work(Path(), {}) as work, pytest.raises(AssertionError, match="has no variable `a`"):
        work.answer("a")


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be one" * 30])
def test_a_store_that_is_none_gives_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mlflow.db").write_bytes(content)
    with (
        Work(tmp_path, {}) as work,
        pytest.raises(AssertionError, match="is not a store that MLflow can read"),
    ):
        work.mlflow.search_experiments()
    assert (tmp_path / "mlflow.db").read_bytes() == content


def test_a_database_of_something_else_gives_a_sentence(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute("create table flights (late integer)")
    database.close()
    before = (tmp_path / "mlflow.db").read_bytes()
    with Work(tmp_path, {}) as work, pytest.raises(AssertionError, match="is not a store"):
        work.mlflow.search_experiments()
    assert (tmp_path / "mlflow.db").read_bytes() == before


def test_looking_at_a_store_many_times_leaves_no_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/mlflow.db").create_experiment("flights")

    def look() -> int:
        with Work(tmp_path, {}) as work:
            assert work.mlflow.get_experiment_by_name("flights") is not None
        return len(list(Path("/proc/self/fd").iterdir()))

    assert look() == look() == look()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no file gate.yaml"),
        ("components: [", "gate.yaml is not YAML"),
        ("", "is not a pipeline that kfp has compiled"),
        ("- a\n- b\n", "is not a pipeline that kfp has compiled"),
        ("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n", "is not a pipeline that kfp"),
    ],
)
def test_what_is_no_compiled_pipeline_gives_a_sentence(
    tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "gate.yaml").write_text(content)
    with Work(tmp_path, {}) as work, pytest.raises(AssertionError, match=said):
        work.pipeline("gate.yaml")


def test_a_compiled_pipeline_is_read_as_data(tmp_path: Path) -> None:
    from kfp import compiler, dsl

    @dsl.container_component
    def echo(text: str) -> dsl.ContainerSpec:
        return dsl.ContainerSpec(image="alpine", command=["echo", text])

    @dsl.pipeline(name="small")
    def small(text: str = "hello") -> None:
        echo(text=text)

    compiler.Compiler().compile(small, str(tmp_path / "gate.yaml"))
    with Work(tmp_path, {}) as work:
        spec = work.pipeline("gate.yaml")
    assert spec["pipelineInfo"]["name"] == "small"
    assert spec["root"]["inputDefinitions"]["parameters"]["text"]["defaultValue"] == "hello"


def _version(source: str) -> "ModelVersion":
    from mlflow.entities.model_registry import ModelVersion

    return ModelVersion("late-flights", "2", 0, source=source)


LOGGED = "m-0123456789abcdef0123456789abcdef"


def test_what_mlflow_wrote_about_a_model_is_read_wherever_the_folder_lies(tmp_path: Path) -> None:
    written = tmp_path / f"mlruns/1/models/{LOGGED}/artifacts/MLmodel"
    written.parent.mkdir(parents=True)
    written.write_text("artifact_path: /elsewhere/mlruns\nsignature: null\n")
    with Work(tmp_path, {}) as work:
        assert work.model(_version(f"models:/{LOGGED}"))["signature"] is None


@pytest.mark.parametrize(
    ("source", "content", "sentence"),
    [
        (f"models:/{LOGGED}", None, "the model of version 2 of `late-flights` is not in the"),
        ("models:/../../../secrets", "a: 1", "is not in the folder mlruns"),
        ("", "a: 1", "is not in the folder mlruns"),
        (f"models:/{LOGGED}", "a: [", "is not YAML"),
        (f"models:/{LOGGED}", "text", "holds no keys"),
    ],
)
def test_a_model_that_cannot_be_read_gives_a_sentence(
    tmp_path: Path, source: str, content: str | None, sentence: str
) -> None:
    written = tmp_path / f"mlruns/1/models/{LOGGED}/artifacts/MLmodel"
    if content is not None:
        written.parent.mkdir(parents=True)
        written.write_text(content)
    with Work(tmp_path, {}) as work, pytest.raises(AssertionError, match=sentence):
        work.model(_version(source))
