"""Pipeline jobs: the compiled pipeline, run by the local runner of kfp in a process of its own."""

import json
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from mlops_landscape.standins.vertex.containers import Containers
from mlops_landscape.standins.vertex.resources import PENDING_SECONDS, Resources, now
from mlops_landscape.standins.vertex.storage import Storage
from mlops_landscape.standins.vertex.web import ApiError, Json, Request, Routes


class Pipelines:
    """Pipeline jobs, each in a thread of its own."""

    def __init__(self, resources: Resources, storage: Storage, containers: Containers) -> None:
        self._resources = resources
        self._storage = storage
        self._containers = containers

    def add_routes(self, routes: Routes) -> None:
        """Answer the requests about pipeline jobs."""
        routes.add("POST", "/v1/{location}/pipelineJobs", self._create)
        self._resources.add_routes(routes, ["pipelineJobs"])

    def _create(self, request: Request) -> Json:
        body, parent = request.json, request.found["location"]
        if "pipelineSpec" not in body:
            raise ApiError(501, "the stand-in runs a pipelineSpec that is part of the request only")
        self._storage.below(body["runtimeConfig"]["gcsOutputDirectory"])
        job = self._resources.create(
            parent,
            "pipelineJobs",
            {**body, "state": "PIPELINE_STATE_PENDING"},
            request.query.get("pipelineJobId", ""),
        )
        answer = dict(job)
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        return answer

    def _change(self, job: Json, **values: Any) -> None:  # noqa: ANN401
        with self._resources.lock:
            job.update(values, updateTime=now())

    def _run(self, job: Json) -> None:
        time.sleep(PENDING_SECONDS)
        self._change(job, state="PIPELINE_STATE_RUNNING", startTime=now())
        try:
            tasks, error = self._execute(job)
        except Exception:
            tasks, error = [], f"the stand-in failed:\n{traceback.format_exc(limit=-1)}"
        result: Json = {"jobDetail": {"taskDetails": tasks}, "endTime": now()}
        if error:
            result["error"] = {"code": 9, "message": error}
        state = "PIPELINE_STATE_FAILED" if error else "PIPELINE_STATE_SUCCEEDED"
        self._change(job, state=state, **result)

    def _execute(self, job: Json) -> tuple[list[Json], str]:
        folder = tempfile.TemporaryDirectory(prefix="vertex-")
        root = Path(folder.name) / "root"
        root.mkdir()
        config = job["runtimeConfig"]
        order = {"spec": job["pipelineSpec"], "parameters": config.get("parameterValues", {})}
        (Path(folder.name) / "order.json").write_text(json.dumps(order))
        runner = [sys.executable, "-m", "mlops_landscape.standins.vertex.run_pipeline"]
        # A step's packages are looked for here and nowhere else: the stand-in installs nothing.
        env = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        container = self._containers.start(runner, env, folder)
        try:
            status = container.process.wait()
            tasks = self._collect(root, config["gcsOutputDirectory"].rstrip("/"))
            said = container.last_words(3)
        finally:
            container.stop()
        return tasks, said if status else ""

    def _collect(self, root: Path, bucket: str) -> list[Json]:
        """Copy what the tasks wrote into the bucket; return a detail for each task that ran."""
        tasks = []
        for path in sorted(root.rglob("*")):
            if path.is_file():
                address = path.relative_to(root).as_posix()
                self._storage.write(f"{bucket}/{address}", path.read_bytes())
        # <root>/<pipeline>-<time>/<task>/…
        for task in sorted(root.glob("*/*"), key=lambda path: path.stat().st_mtime):
            if task.is_dir():
                done = any(task.rglob("executor_output.json"))
                state = "SUCCEEDED" if done else "FAILED"
                name = {"taskId": self._resources.new_id(), "taskName": task.name}
                tasks.append({**name, "state": state})
        return tasks
