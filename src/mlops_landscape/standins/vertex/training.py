"""Data sets and training pipelines: a job's own package, run under the training contract.

The contract of Vertex AI is environment variables. Where to read (``AIP_TRAINING_DATA_URI`` and
so on) and where to write (``AIP_MODEL_DIR``) are addresses in Cloud Storage; on the real machines
the same buckets can also be read as files below ``/gcs``, which would need root here and is
therefore not offered. The script uses the storage client, which works in both places.
"""

import csv
import io
import json
import os
import re
import tarfile
import tempfile
import threading
import time
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from mlops_landscape.standins.vertex.containers import Container, Containers, expanded
from mlops_landscape.standins.vertex.registry import Registry
from mlops_landscape.standins.vertex.resources import PENDING_SECONDS, Resources, now
from mlops_landscape.standins.vertex.storage import PROJECT_NUMBER, Storage
from mlops_landscape.standins.vertex.web import ApiError, Json, Request, Routes

SPLITS = ("training", "validation", "test")
_CUSTOM = "custom_task"


class Training:
    """Training pipelines, each in a thread of its own."""

    def __init__(
        self, resources: Resources, storage: Storage, containers: Containers, registry: Registry
    ) -> None:
        self._resources = resources
        self._storage = storage
        self._containers = containers
        self._registry = registry

    def add_routes(self, routes: Routes) -> None:
        """Answer the requests about data sets and training pipelines."""
        routes.add("POST", "/v1/{location}/datasets", self._create_dataset)
        routes.add("POST", "/v1/{location}/trainingPipelines", self._create)
        self._resources.add_routes(routes, ["datasets", "trainingPipelines"])

    def _create_dataset(self, request: Request) -> Json:
        body, parent = request.json, request.found["location"]
        for uri in _sources(body):
            self._storage.read(uri)
        dataset = self._resources.create(parent, "datasets", body)
        return self._resources.operation(parent, "Dataset", dataset)

    def _create(self, request: Request) -> Json:
        body, parent = request.json, request.found["location"]
        if _CUSTOM not in body.get("trainingTaskDefinition", ""):
            raise ApiError(
                501,
                "the stand-in runs custom training only. AutoML searches for a model with "
                "Google's own programs, which exist nowhere else.",
            )
        pools = [pool for pool in body["trainingTaskInputs"]["worker_pool_specs"] if pool]
        if len(pools) != 1 or int(pools[0].get("replica_count", 1)) != 1:
            raise ApiError(501, "the stand-in has one machine: replica_count must be 1")
        job = self._resources.create(
            parent, "trainingPipelines", {**body, "state": "PIPELINE_STATE_PENDING"}
        )
        answer = dict(job)
        threading.Thread(target=self._run, args=(parent, job), daemon=True).start()
        return answer

    def _run(self, parent: str, job: Json) -> None:
        time.sleep(PENDING_SECONDS)
        self._change(job, state="PIPELINE_STATE_RUNNING", startTime=now())
        try:
            model = self._train(parent, job)
        except ApiError as error:
            # 3 and 5 are gRPC's INVALID_ARGUMENT and NOT_FOUND.
            self._fail(job, 5 if error.code == 404 else 3, error.message)
        except Exception:
            self._fail(job, 13, f"the stand-in failed:\n{traceback.format_exc(limit=-1)}")
        else:
            uploaded = {"modelToUpload": model} if model else {}
            self._change(job, state="PIPELINE_STATE_SUCCEEDED", endTime=now(), **uploaded)

    def _change(self, job: Json, **values: Any) -> None:  # noqa: ANN401
        with self._resources.lock:
            job.update(values, updateTime=now())

    def _fail(self, job: Json, code: int, message: str) -> None:
        error = {"code": code, "message": message}
        self._change(job, error=error, endTime=now(), state="PIPELINE_STATE_FAILED")

    def _train(self, parent: str, job: Json) -> Json | None:
        # The SDK sends the inputs of a custom task in snake case, unlike everything else.
        inputs = job["trainingTaskInputs"]
        prefix = inputs["base_output_directory"]["output_uri_prefix"].rstrip("/")
        pool = next(pool for pool in inputs["worker_pool_specs"] if pool)
        env = {
            "AIP_MODEL_DIR": f"{prefix}/model/",
            "AIP_CHECKPOINT_DIR": f"{prefix}/checkpoints/",
            "AIP_TENSORBOARD_LOG_DIR": f"{prefix}/logs/",
            "CLOUD_ML_PROJECT_ID": PROJECT_NUMBER,
            "CLOUD_ML_JOB_ID": job["name"].rpartition("/")[2],
            "CLUSTER_SPEC": json.dumps(
                {
                    "cluster": {"workerpool0": ["127.0.0.1:2222"]},
                    "task": {"type": "workerpool0", "index": 0},
                }
            ),
            **self._export(parent, job, prefix),
        }
        container = self._start(pool, env)
        try:
            status = container.process.wait()
            log = container.last_words(40)
        finally:
            container.stop()
        if status:
            raise ApiError(
                400,
                f"The replica workerpool0-0 exited with a non-zero status of {status}. "
                "Vertex AI names the address of the log here; the stand-in shows its end:\n"
                + "\n".join(log.splitlines()[-4:]),
            )
        if not job.get("modelToUpload"):
            return None
        artifacts = f"{prefix}/model"
        if not self._storage.below(artifacts):
            raise ApiError(404, f'There are no files under "{artifacts}" to copy.')
        uploaded = {**job["modelToUpload"], "artifactUri": artifacts}
        return self._registry.add(
            parent, uploaded, job.get("parentModel", ""), job.get("modelId", "")
        )

    def _start(self, pool: Json, env: dict[str, str]) -> Container:
        package = pool.get("python_package_spec")
        spec = package or pool["container_spec"]
        env |= {pair["name"]: pair["value"] for pair in spec.get("env", [])}
        if package is None:
            command = spec.get("command") or self._containers.entrypoint(spec["image_uri"])
            words = expanded([*command, *spec.get("args", [])], env)
            return self._containers.start(words, env)
        command = self._containers.entrypoint(package["executor_image_uri"])
        folder = tempfile.TemporaryDirectory(prefix="vertex-")
        try:
            roots = [
                unpack(self._storage.read(uri), Path(folder.name))
                for uri in package["package_uris"]
            ]
        except BaseException:
            folder.cleanup()
            raise
        paths = [*map(str, roots), os.environ.get("PYTHONPATH", "")]
        env["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        words = [*command, "-m", package["python_module"], *package.get("args", [])]
        return self._containers.start(words, env, folder)

    def _export(self, parent: str, job: Json, prefix: str) -> dict[str, str]:
        """Write the rows of the job's data set to one file a split, as the service does."""
        wanted = job.get("inputDataConfig")
        if not wanted:
            return {}
        key = wanted.get("predefinedSplit", {}).get("key")
        if not key:
            raise ApiError(
                501, "the stand-in splits by a column only: give predefined_split_column_name"
            )
        dataset = self._resources.get(f"{parent}/datasets/{wanted['datasetId']}")
        rows: dict[str, list[list[str]]] = {split: [] for split in SPLITS}
        header: list[str] = []
        for uri in _sources(dataset):
            reader = csv.reader(io.StringIO(self._storage.read(uri).decode()))
            header = next(reader)
            if key not in header:
                raise ApiError(400, f"{uri} has no column {key!r} to split by")
            where = header.index(key)
            for row in reader:
                if row[where] not in rows:
                    raise ApiError(400, f"{key} is {row[where]!r}; it must be one of {SPLITS}")
                rows[row[where]].append(row)
        when = re.sub(r"\W", "-", now())
        folder = f"{prefix}/dataset-{wanted['datasetId']}-tables-{when}"
        env = {"AIP_DATA_FORMAT": "csv"}
        for split, of_split in rows.items():
            text = io.StringIO()
            csv.writer(text).writerows([header, *of_split])
            self._storage.write(f"{folder}/{split}-00000-of-00001.csv", text.getvalue().encode())
            env[f"AIP_{split.upper()}_DATA_URI"] = f"{folder}/{split}-*.csv"
        return env


def _sources(dataset: Json) -> list[str]:
    config = dataset.get("metadata", {}).get("inputConfig", {})
    if "gcsSource" not in config:
        raise ApiError(501, "the stand-in takes data sets of CSV files only: give gcs_source")
    uris = config["gcsSource"]["uri"]
    return [uris] if isinstance(uris, str) else list(uris)


def unpack(source: bytes, folder: Path) -> Path:
    """Unpack a source distribution, if this environment has what it requires.

    The service would install it and its requirements; the stand-in installs nothing.

    Returns
    -------
    pathlib.Path
        The folder below `folder` that holds its modules.

    Raises
    ------
    ApiError
        If it is no source distribution, or if a requirement is not there.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(source)) as archive:
            archive.extractall(folder, filter="data")
            root = folder / archive.getnames()[0].partition("/")[0]
    except tarfile.TarError as error:
        raise ApiError(400, f"the package is not a source distribution: {error}") from None
    for listed in root.glob("*.egg-info/requires.txt"):
        # What follows a line such as [extra] is optional.
        for line in listed.read_text().partition("[")[0].split():
            _check_installed(line)
    return root


def _check_installed(line: str) -> None:
    requirement = Requirement(line)
    try:
        there = version(requirement.name)
    except PackageNotFoundError:
        there = ""
    if not there or not requirement.specifier.contains(there, prereleases=True):
        raise ApiError(
            400,
            f"the package requires {line}, but here is {there or 'nothing of that name'}. "
            "Vertex AI would install it; the stand-in installs nothing.",
        )
