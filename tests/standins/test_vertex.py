"""The stand-in of Vertex AI, asked by Google's own clients: what works, and what is refused."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform, storage
from kfp import compiler, dsl
from kfp.dsl import Dataset, Output

from mlops_landscape.servers import Server, serve
from mlops_landscape.standins.vertex.containers import parse_image
from mlops_landscape.standins.vertex.rehearse import rehearse
from mlops_landscape.standins.vertex.run_pipeline import typed

TRAINING, SERVING = "training:1", "serving:1"
LOCATION = "projects/flights/locations/us-central1"

# A model is a number, a prediction that number plus the instance.
SERVER = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
from google.cloud import storage

place = os.environ["AIP_STORAGE_URI"].rstrip("/") + "/model.json"
model = json.loads(storage.Blob.from_uri(place, client=storage.Client()).download_as_bytes())


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200 if self.path == os.environ["AIP_HEALTH_ROUTE"] else 404, {})

    def do_POST(self):
        assert self.path == os.environ["AIP_PREDICT_ROUTE"]
        instances = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["instances"]
        if instances == ["list"]:
            self.answer(200, [1])
        elif not all(isinstance(one, int | float) for one in instances):
            self.answer(422, {"error": "numbers, please"})
        else:
            self.answer(200, {"predictions": [model + one for one in instances]})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


HTTPServer(("127.0.0.1", int(os.environ["AIP_HTTP_PORT"])), Server).serve_forever()
"""

# Writes down what it was given, and a model: the sum of its training rows, if it has any.
SCRIPT = """
import csv, io, json, os, sys
from google.cloud import storage

client = storage.Client()
given = {k: v for k, v in os.environ.items() if k.startswith(("AIP_", "CLOUD_ML", "CLUSTER"))}
model = float(sys.argv[1])
if "AIP_TRAINING_DATA_URI" in given:
    bucket, _, prefix = given["AIP_TRAINING_DATA_URI"].removeprefix("gs://").partition("/")
    for blob in client.list_blobs(bucket, prefix=prefix.partition("*")[0]):
        rows = csv.DictReader(io.StringIO(blob.download_as_text()))
        model += sum(float(row["x"]) for row in rows)
for name, content in {"model.json": model, "given.json": given}.items():
    place = given["AIP_MODEL_DIR"] + name
    storage.Blob.from_uri(place, client=client).upload_from_string(json.dumps(content))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vertex")
    (path / "server.py").write_text(SERVER)
    (path / "script.py").write_text(SCRIPT)
    return path


@pytest.fixture(scope="module")
def cloud(folder: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "mlops_landscape.standins.vertex", "--port", "{port}"]
    images = [
        *("--image", f"{TRAINING}={sys.executable}"),
        *("--image", f"{SERVING}={sys.executable} {folder / 'server.py'}"),
        *("--image", f"broken:1={sys.executable} -c raise(SystemExit('no_model'))"),
    ]
    with (
        pytest.MonkeyPatch.context() as patch,
        serve([*command, *images, "--bucket", "ready"]) as server,
    ):
        patch.setenv("STORAGE_EMULATOR_HOST", server.url)
        patch.setenv("NO_GCE_CHECK", "true")
        aiplatform.init(
            project="flights",
            location="us-central1",
            staging_bucket="gs://ready",
            credentials=AnonymousCredentials(),
            api_transport="rest",
            api_endpoint=server.url,
        )
        yield server


@pytest.fixture(scope="module")
def client(cloud: Server) -> storage.Client:
    return storage.Client(project="flights")


def finished(job: Any) -> str:  # noqa: ANN401
    """Wait for a job, and return how it ended."""
    deadline = time.monotonic() + 120
    while job.state.name not in ("PIPELINE_STATE_SUCCEEDED", "PIPELINE_STATE_FAILED"):
        assert time.monotonic() < deadline, f"the job is {job.state.name} after two minutes"
        time.sleep(0.2)
    return str(job.state.name.removeprefix("PIPELINE_STATE_"))


def submitted(folder: Path, script: str = "script.py", **settings: Any) -> Any:  # noqa: ANN401
    """Submit a job that registers a model."""
    keys = ("container_uri", "requirements", "labels")
    made = {key: settings.pop(key) for key in keys if key in settings}
    job = aiplatform.CustomTrainingJob(
        display_name="job",
        script_path=str(folder / script),
        model_serving_container_image_uri=SERVING,
        **({"container_uri": TRAINING} | made),
    )
    job.submit(**({"model_display_name": "sums", "args": ["1"]} | settings))
    return job


@pytest.fixture(scope="module")
def model(cloud: Server, folder: Path) -> aiplatform.Model:
    job = submitted(folder, labels={"case": "flights"})
    assert finished(job) == "SUCCEEDED"
    return job.get_model()


def test_objects_come_back_byte_for_byte(client: storage.Client) -> None:
    bucket = client.create_bucket("bytes")
    content = bytes(range(256)) * 3 + b"\r\n--\r\n\r\n"
    bucket.blob("a folder/ü?.bin").upload_from_string(content)
    assert bucket.blob("a folder/ü?.bin").download_as_bytes() == content
    assert bucket.blob("a folder/ü?.bin").download_as_bytes(start=3, end=7) == content[3:8]
    large = bucket.blob("large", chunk_size=None)
    large.upload_from_string(b"x" * 9_000_000)  # above 8 MB the client takes the resumable way
    assert large.size == 9_000_000
    assert [blob.name for blob in bucket.list_blobs(prefix="a ")] == ["a folder/ü?.bin"]
    large.delete()
    assert not large.exists()


def test_what_storage_does_not_know_it_refuses(client: storage.Client) -> None:
    with pytest.raises(exceptions.NotFound, match="does not exist: nowhere"):
        client.get_bucket("nowhere")
    with pytest.raises(exceptions.Conflict, match="names are global"):
        client.create_bucket("ready")
    with pytest.raises(exceptions.NotFound, match="No such object"):
        client.bucket("ready").blob("nothing").download_as_bytes()
    with pytest.raises(exceptions.MethodNotImplemented, match="lists by prefix only"):
        list(client.list_blobs("ready", delimiter="/"))


def test_an_unknown_call_is_answered_501_with_what_is_known(cloud: Server) -> None:
    answer = requests.get(f"{cloud.url}/v1/{LOCATION}/tensorboards", timeout=10)
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (501, "UNIMPLEMENTED")
    assert f"does not know GET /v1/{LOCATION}/tensorboards" in error["message"]
    assert "POST /v1/{location}/trainingPipelines" in error["message"]
    with pytest.raises(exceptions.MethodNotImplemented, match="batchPredictionJobs"):
        aiplatform.BatchPredictionJob.list()


def test_a_job_runs_its_package_under_the_contract(
    model: aiplatform.Model, client: storage.Client
) -> None:
    blob = storage.Blob.from_uri(f"{model.uri}/given.json", client=client)
    given = json.loads(blob.download_as_bytes())
    assert given["AIP_MODEL_DIR"] == f"{model.uri}/"
    assert given["CLOUD_ML_PROJECT_ID"].isdigit()
    assert json.loads(given["CLUSTER_SPEC"])["task"]["type"] == "workerpool0"
    assert "AIP_TRAINING_DATA_URI" not in given
    packages = [b.name for b in client.list_blobs("ready") if b.name.endswith(".tar.gz")]
    assert any("aiplatform_custom_trainer_script" in name for name in packages)


def test_a_data_set_is_split_by_its_column(
    cloud: Server, folder: Path, client: storage.Client
) -> None:
    text = "x,part\n1,training\n2,validation\n10,training\n"
    client.bucket("ready").blob("rows.csv").upload_from_string(text)
    dataset = aiplatform.TabularDataset.create(
        display_name="rows", gcs_source="gs://ready/rows.csv"
    )
    job = submitted(folder, dataset=dataset, predefined_split_column_name="part")
    assert finished(job) == "SUCCEEDED"
    place = job.get_model().uri
    blob = storage.Blob.from_uri(f"{place}/model.json", client=client)
    assert json.loads(blob.download_as_bytes()) == 1 + 1 + 10

    no_such = submitted(folder, dataset=dataset, predefined_split_column_name="role")
    assert finished(no_such) == "FAILED"
    assert "has no column 'role'" in no_such.error.message


@pytest.mark.parametrize(
    ("script", "settings", "code", "message"),
    [
        ("raise ValueError('in vain')", {}, 3, "non-zero status of 1"),
        ("raise ValueError('in vain')", {}, 3, "ValueError: in vain"),
        ("print('no model')", {}, 5, "There are no files under"),
        ("", {"container_uri": "gcr.io/old:latest"}, 5, 'Image "gcr.io/old:latest" not found'),
        ("", {"requirements": ["no-such-thing>=3"]}, 3, "requires no-such-thing>=3"),
    ],
)
def test_a_failing_job_says_why(
    cloud: Server, folder: Path, script: str, settings: dict[str, Any], code: int, message: str
) -> None:
    (folder / "failing.py").write_text(script)
    job = submitted(folder, "failing.py", **settings)
    assert finished(job) == "FAILED"
    assert job.error.code == code
    assert message in job.error.message


def test_two_machines_and_automl_are_refused(cloud: Server, folder: Path) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match="replica_count must be 1"):
        submitted(folder, replica_count=2)
    body = {"trainingTaskDefinition": "gs://google/automl_tables_1.0.0.yaml"}
    answer = requests.post(f"{cloud.url}/v1/{LOCATION}/trainingPipelines", json=body, timeout=10)
    assert answer.status_code == 501
    assert "custom training only" in answer.text


def test_versions_aliases_and_filters(
    model: aiplatform.Model, cloud: Server, tmp_path: Path
) -> None:
    (tmp_path / "model.json").write_text("100")
    second = aiplatform.Model.upload(
        display_name="sums",
        artifact_uri=str(tmp_path),
        serving_container_image_uri=SERVING,
        parent_model=model.resource_name,
        is_default_version=False,
        version_aliases=["challenger"],
    )
    assert (second.version_id, second.version_aliases) == ("2", ["challenger"])
    assert aiplatform.Model(model.resource_name).version_id == "1"
    registry = model.versioning_registry
    registry.add_version_aliases(["default"], version="2")
    assert aiplatform.Model(model.resource_name).version_id == "2"
    assert registry.get_version_info("1").version_aliases == []
    registry.add_version_aliases(["default"], version="1")
    found = aiplatform.Model.list(filter="labels.case=flights")
    assert [entry.resource_name for entry in found] == [model.resource_name]
    with pytest.raises(exceptions.MethodNotImplemented, match="by display_name or one label only"):
        aiplatform.Model.list(filter="create_time>0")
    with pytest.raises(exceptions.NotFound):
        aiplatform.Model(f"{model.resource_name}@nobody")
    with pytest.raises(exceptions.NotFound, match="There are no files under"):
        aiplatform.Model.upload(
            display_name="x", artifact_uri="gs://ready/empty", serving_container_image_uri=SERVING
        )


def test_an_endpoint_predicts_shares_traffic_and_refuses(
    model: aiplatform.Model, cloud: Server
) -> None:
    endpoint = model.deploy(machine_type="n1-standard-2")
    assert endpoint.predict(instances=[1, 2.5]).predictions == [2.0, 3.5]
    model.deploy(endpoint=endpoint, machine_type="n1-standard-2", traffic_percentage=20)
    answered = [endpoint.predict(instances=[1]).deployed_model_id for _ in range(10)]
    assert sorted(map(answered.count, set(answered))) == [2, 8]

    with pytest.raises(exceptions.GoogleAPICallError, match="numbers, please") as refusal:
        endpoint.predict(instances=["one"])
    assert refusal.value.code == 422
    with pytest.raises(exceptions.InternalServerError, match="Invalid response"):
        endpoint.predict(instances=["list"])
    with pytest.raises(exceptions.BadRequest, match="larger than 1,500,000 bytes"):
        endpoint.predict(instances=["x" * 1_600_000])
    with pytest.raises(exceptions.BadRequest, match="undeploy first"):
        model.delete()
    with pytest.raises(exceptions.BadRequest, match="undeploy them first"):
        endpoint.delete()
    endpoint.undeploy_all()
    with pytest.raises(exceptions.BadRequest, match="no model that takes traffic"):
        endpoint.predict(instances=[1])
    endpoint.delete()
    assert aiplatform.Endpoint.list() == []


def test_a_server_that_never_is_ready_stops_the_deployment(cloud: Server, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("1")
    broken = aiplatform.Model.upload(
        display_name="broken", artifact_uri=str(tmp_path), serving_container_image_uri="broken:1"
    )
    with pytest.raises(exceptions.BadRequest, match=r"(?s)exited with status 1.*no_model"):
        broken.deploy(machine_type="n1-standard-2")


def test_a_pipeline_job_runs_the_compiled_file(
    cloud: Server, client: storage.Client, tmp_path: Path
) -> None:
    @dsl.component(base_image="python:3.11")
    def double(number: int) -> int:
        assert number < 1000, "too large"
        return 2 * number

    @dsl.component(base_image="python:3.11")
    def note(number: int, file: Output[Dataset]):  # noqa: ANN202
        with open(file.path, "w") as written:  # noqa: PTH123
            written.write(str(number))

    @dsl.pipeline(name="doubling")
    def doubling(number: int = 1) -> None:
        with dsl.If(double(number=number).output > 10):
            note(number=number)

    compiled = tmp_path / "doubling.yaml"
    compiler.Compiler().compile(doubling, str(compiled))

    def run(number: int, bucket: str) -> aiplatform.PipelineJob:
        job = aiplatform.PipelineJob(
            display_name="doubling",
            template_path=str(compiled),
            pipeline_root=f"gs://{bucket}/runs",
            parameter_values={"number": number},
        )
        # A new bucket and an account: else the SDK asks a second service who owns the bucket.
        job.submit(service_account="pipelines@flights.iam.gserviceaccount.com")
        return job

    taken = run(7, "pipelines-1")
    assert finished(taken) == "SUCCEEDED"
    assert [task.task_name for task in taken.task_details] == ["double", "note"]
    files = {blob.name.rpartition("/")[2]: blob for blob in client.list_blobs("pipelines-1")}
    assert files["file"].download_as_bytes() == b"7"
    failed = run(1000, "pipelines-2")
    assert finished(failed) == "FAILED"
    with pytest.raises(RuntimeError, match="double"):
        failed.wait()


def test_whole_numbers_come_back_whole() -> None:
    kinds = {"n": {"parameterType": "NUMBER_INTEGER"}, "x": {"parameterType": "NUMBER_DOUBLE"}}
    spec = {"root": {"inputDefinitions": {"parameters": kinds}}}
    values = typed(spec, {"n": 3.0, "x": 3.0, "s": "3.0"})
    assert values == {"n": 3, "x": 3.0, "s": "3.0"}
    assert isinstance(values["n"], int)


def test_it_ends_with_its_containers_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mlops_landscape.standins.vertex", "--port", "{port}"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (folder / "long.py").write_text(
        f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    inputs = {
        "worker_pool_specs": [
            {
                "replica_count": 1,
                "container_spec": {
                    "image_uri": "any",
                    "command": [sys.executable, str(folder / "long.py")],
                },
            }
        ],
        "base_output_directory": {"output_uri_prefix": "gs://ready/out"},
    }
    job = {"trainingTaskDefinition": "custom_task_1.0.0.yaml", "trainingTaskInputs": inputs}
    env = {"TMPDIR": str(scratch)}
    with serve([*command, "--bucket", "ready"], env=env) as server:
        url = f"{server.url}/v1/{LOCATION}/trainingPipelines"
        assert requests.post(url, json=job, timeout=10).status_code == 200
        deadline = time.monotonic() + 30
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < deadline, "the job did not start"
            time.sleep(0.1)
        pid = int((tmp_path / "pid").read_text())
        assert list(scratch.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIG_DFL)
    assert list(scratch.iterdir()) == []


def test_an_image_needs_a_command() -> None:
    assert parse_image("eu.pkg.dev/a/b:1=python 'my server.py'") == (
        "eu.pkg.dev/a/b:1",
        ["python", "my server.py"],
    )
    with pytest.raises(ValueError, match="is not URI=COMMAND"):
        parse_image("serving:1=")


def test_a_rehearsal_writes_down_what_was_answered(tmp_path: Path) -> None:
    server = tmp_path / "server.py"
    server.write_text(
        "import os\nfrom http.server import BaseHTTPRequestHandler, HTTPServer\n"
        "class S(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200 if self.path == '/ok' else 404); self.end_headers()\n"
        "    def do_POST(self):\n"
        "        self.send_response(200); self.end_headers(); self.wfile.write(b'text')\n"
        "HTTPServer(('127.0.0.1', int(os.environ['AIP_HTTP_PORT'])), S).serve_forever()\n"
    )
    told = {"storage": tmp_path, "predict": "/p", "requests": {"a": {}}, "patience": 2}
    heard = rehearse([sys.executable, str(server)], health="/ok", **told)
    assert heard == {
        "healthy": True,
        "problem": "",
        "answers": {"a": {"status": 200, "body": "text"}},
    }
    deaf = rehearse([sys.executable, str(server)], health="/other", **told)
    assert not deaf["healthy"]
    assert "GET /other answers 404, not 200" in deaf["problem"]
    gone = rehearse([sys.executable, "-c", "raise SystemExit(3)"], health="/ok", **told)
    assert "it exited with status 3" in gone["problem"]
