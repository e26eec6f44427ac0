"""An endpoint: unpack the model, start a server, wait for /ping, pass invocations on."""

import shutil
import sys
import tarfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from mlops_landscape.servers import HOST, free_port
from mlops_landscape.standins.sagemaker.cloud import Cloud, Refusal
from mlops_landscape.standins.sagemaker.container import Container

PATIENCE = 60
"""Seconds until a container must answer /ping, if the endpoint's configuration says nothing."""

SERVER = Path(__file__).with_name("serving.py")
"""What a scikit-learn image brings: the program that it runs for ``serve``."""

PASSED_ON = ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")


def check(variants: list[Mapping[str, Any]]) -> None:
    """Refuse configurations that cannot be served here.

    Raises
    ------
    Refusal
    """
    if len(variants) != 1:
        raise Refusal("one production variant an endpoint is known here, not " + str(len(variants)))
    variant = variants[0]
    if variant.get("ServerlessConfig") or variant.get("ManagedInstanceScaling"):
        raise Refusal("only fixed instances are known here: no serverless, no managed scaling")
    if variant.get("InitialInstanceCount", 1) != 1:
        raise Refusal("this stand-in has one machine: InitialInstanceCount must be 1")
    if not variant.get("InstanceType"):
        raise Refusal("a production variant needs an InstanceType, such as ml.m5.large")


class EndpointRun:
    """One endpoint and the server behind it.

    Parameters
    ----------
    record
        moto's record of the endpoint, which DescribeEndpoint reads.
    variant
        The production variant of its configuration.
    model
        The model's container: ``Image``, ``ModelDataUrl``, ``Environment``.
    cloud
        S3 and logs of the region.
    folder
        A folder that does not exist yet; it is gone when the endpoint is.
    """

    def __init__(
        self,
        record: Any,  # noqa: ANN401
        variant: Mapping[str, Any],
        model: Mapping[str, Any],
        cloud: Cloud,
        folder: Path,
    ) -> None:
        self._record, self._variant, self._model = record, variant, model
        self._cloud, self._folder = cloud, folder
        self._closed = False
        record.endpoint_status = "Creating"
        folder.mkdir(parents=True)
        self.port = free_port()
        self.container = Container(
            folder,
            {
                **(model.get("Environment") or {}),
                "SM_MODEL_DIR": "/opt/ml/model",
                "SAGEMAKER_BIND_TO_PORT": str(self.port),
            },
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def variant(self) -> str:
        """Name of the production variant that answers."""
        return str(self._variant["VariantName"])

    @property
    def url(self) -> str:
        """Where the container answers /ping and /invocations."""
        return f"http://{HOST}:{self.port}"

    def close(self) -> None:
        """End the server."""
        self._closed = True
        self.container.kill()
        self._thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Hand a request to the container and return its answer.

        Raises
        ------
        Refusal
            If the endpoint is not in service.
        """
        if self._record.endpoint_status != "InService":
            raise Refusal(
                f"Endpoint {self._record.endpoint_name} is {self._record.endpoint_status}, "
                "not InService"
            )
        passed = {name: headers[name] for name in PASSED_ON if name in headers}
        return requests.post(f"{self.url}/invocations", data=body, headers=passed, timeout=60)

    def _fail(self, reason: str) -> None:
        self._record.failure_reason = reason
        self._record.endpoint_status = "Failed"

    def _run(self) -> None:
        try:
            archive = self._folder / "model.tar.gz"
            self._cloud.fetch(self._model["ModelDataUrl"], archive)
            with tarfile.open(archive, "r:gz") as tar:
                tar.extractall(self.container.root / "model", filter="data")
            archive.unlink()
            self._start()
        except (Refusal, tarfile.TarError) as error:
            self._fail(f"The model data could not be loaded: {error}")
        except Exception as error:
            self._fail(f"InternalServerError of the stand-in: {type(error).__name__}: {error}")
            raise

    def _start(self) -> None:
        name, variant = self._record.endpoint_name, self.variant
        code = self.container.root / "model/code"
        if code.is_dir():
            self.container.adopt(code)
        log = self._cloud.log(f"/aws/sagemaker/Endpoints/{name}", f"{variant}/i-standin")
        self.container.start([sys.executable, str(SERVER)], log.add)
        patience = self._variant.get("ContainerStartupHealthCheckTimeoutInSeconds", PATIENCE)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self.container.ended() and not self._closed:
            if self._healthy():
                self._record.endpoint_status = "InService"
                return
            time.sleep(0.1)
        if not self._closed:
            self.container.kill()
            self._fail(
                f"The primary container for production variant {variant} did not pass the ping "
                "health check. Please check CloudWatch logs for this endpoint."
            )

    def _healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/ping", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False
