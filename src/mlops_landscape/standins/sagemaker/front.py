"""The door: every request comes here, is refused, answered, or passed on to moto."""

import io
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment
from xml.sax.saxutils import escape

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sagemaker.models import sagemaker_backends
from werkzeug.wrappers import Request, Response

from mlops_landscape.standins.sagemaker import hosting, training
from mlops_landscape.standins.sagemaker.cloud import Cloud, Refusal

SERVICES = {"s3", "iam", "sts", "logs", "sagemaker"}

ACTIONS = {
    *("CreateTrainingJob", "DescribeTrainingJob", "ListTrainingJobs", "StopTrainingJob"),
    *("CreateModel", "DescribeModel", "ListModels", "DeleteModel"),
    *("CreateModelPackageGroup", "DescribeModelPackageGroup", "ListModelPackageGroups"),
    *("CreateModelPackage", "DescribeModelPackage", "UpdateModelPackage", "ListModelPackages"),
    *("DeleteModelPackage", "DeleteModelPackageGroup"),
    *("CreateEndpointConfig", "DescribeEndpointConfig", "ListEndpointConfigs"),
    *("CreateEndpoint", "DescribeEndpoint", "ListEndpoints", "DeleteEndpoint"),
    *("DeleteEndpointConfig", "AddTags", "ListTags", "DeleteTags"),
}
"""Calls of SageMaker that do here what they do on AWS."""

IAM_ACTIONS = {
    *("CreateRole", "GetRole", "ListRoles", "DeleteRole"),
    *("PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy"),
    *("AttachRolePolicy", "ListAttachedRolePolicies", "DetachRolePolicy"),
}
"""Calls of IAM: roles are kept and policies recorded, but no policy is ever enforced."""

PRINCIPAL = "sagemaker.amazonaws.com"
IMAGE = "sagemaker-scikit-learn"
NO_ACCELERATOR = ("m4", "m5", "m5d", "m6i", "m7i", "c4", "c5", "c6i", "c7i", "r5", "t2", "t3")


def _refused(
    message: str, code: str = "ValidationException", status: int = 400, *, xml: bool = False
) -> Response:
    if xml:  # the older services, IAM and STS, speak XML
        error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
        body = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
        return Response(body, status, content_type="text/xml")
    body = json.dumps({"__type": code, "message": message})
    headers = {"x-amzn-errortype": code}
    return Response(body, status, headers, content_type="application/x-amz-json-1.1")


class Front:
    """The WSGI application.

    Parameters
    ----------
    url
        Where it is served; jobs and endpoints reach its S3 there.
    scratch
        Folder for what runs.
    """

    def __init__(self, url: str, scratch: Path) -> None:
        self._url, self._scratch = url, scratch
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._clouds: dict[str, Cloud] = {}
        self._jobs: dict[tuple[str, str], training.TrainingRun] = {}
        self._endpoints: dict[tuple[str, str], hosting.EndpointRun] = {}
        self._count = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """End every job and endpoint."""
        for job in self._jobs.values():
            job.container.kill()
            job.join()
        for endpoint in self._endpoints.values():
            endpoint.close()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = _refused(str(refusal), xml="form" in (request.content_type or ""))
        return response(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.path == "/" and request.method == "GET" and not request.authorization:
            return Response("a local stand-in of Amazon SageMaker AI\n")
        region, service = self._scope(request)
        if service not in SERVICES:
            raise Refusal(
                f"the service {service!r} is unknown to this stand-in; it knows "
                + ", ".join(sorted(SERVICES))
            )
        if service == "iam":
            self._check_iam(request)
        if service != "sagemaker":
            return self._recorded(request)
        if request.path.startswith("/endpoints/"):
            return self._invoke(request, region)
        action = request.headers.get("X-Amz-Target", "").removeprefix("SageMaker.")
        if action not in ACTIONS:
            raise Refusal(f"SageMaker's {action or request.path} is unknown to this stand-in")
        asked = json.loads(request.get_data() or b"{}")
        own = getattr(self, "_" + action, None)
        if own:
            return own(request, region, asked)
        answer = self._recorded(request)
        if action.startswith("Describe") and answer.status_code == 200:
            # moto describes what nobody asked for as empty (a network without subnets), and the
            # SDK rejects that; AWS leaves it out.
            told = {
                key: value for key, value in json.loads(answer.get_data()).items() if value != {}
            }
            answer.set_data(json.dumps(told))
        return answer

    @staticmethod
    def _scope(request: Request) -> tuple[str, str]:
        """Return region and service that a request was signed for."""
        signed = request.headers.get("Authorization", "")
        try:
            scope = signed.split("Credential=")[1].split(",")[0].split("/")
            return scope[2], scope[3]
        except IndexError:
            raise Refusal("this request is not signed; every call to AWS is") from None

    def _recorded(self, request: Request) -> Response:
        """Let moto do it: what is left is a matter of records."""
        # Whoever has read the body before must not leave moto waiting for it.
        request.environ["wsgi.input"] = io.BytesIO(request.get_data())
        return Response.from_app(self._moto, request.environ)

    def _tables(self, region: str) -> Any:  # noqa: ANN401
        return sagemaker_backends[DEFAULT_ACCOUNT_ID][region]

    def _cloud(self, region: str) -> Cloud:
        with self._lock:
            if region not in self._clouds:
                self._clouds[region] = Cloud(self._url, region)
            return self._clouds[region]

    def _folder(self) -> Path:
        with self._lock:
            self._count += 1
            return self._scratch / str(self._count)

    @staticmethod
    def _check_iam(request: Request) -> None:
        action = parse_qs(request.get_data(as_text=True)).get("Action", [""])[0]
        if action not in IAM_ACTIONS:
            raise Refusal(f"IAM's {action} is unknown to this stand-in, which enforces no policy")

    def _check_role(self, arn: str) -> None:
        roles = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].get_roles()
        policies = [role.assume_role_policy_document for role in roles if role.arn == arn]
        if not policies or PRINCIPAL not in (policies[0] or ""):
            raise Refusal(
                f"Could not assume role {arn}. Please ensure that the role exists and allows "
                f"principal '{PRINCIPAL}' to assume the role."
            )

    @staticmethod
    def _check_image(image: str) -> None:
        if image.rpartition("/")[2].partition(":")[0] != IMAGE:
            raise Refusal(
                f"the image {image!r} cannot run here: no container engine. Only {IMAGE} is "
                "known; it stands for the Python that runs this stand-in"
            )

    @staticmethod
    def _check_machine(instance: str) -> None:
        if not instance.startswith("ml.") or instance.split(".")[1] not in NO_ACCELERATOR:
            raise Refusal(
                f"the instance type {instance!r} is unknown to this stand-in; it knows "
                + ", ".join(f"ml.{family}.*" for family in NO_ACCELERATOR)
            )

    def _CreateTrainingJob(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        name = asked["TrainingJobName"]
        if name in self._tables(region).training_jobs:
            return _refused(f"Training job names must be unique: {name}", "ResourceInUse")
        self._check_role(asked["RoleArn"])
        self._check_image(asked["AlgorithmSpecification"].get("TrainingImage", ""))
        self._check_machine(asked["ResourceConfig"].get("InstanceType", ""))
        training.check(asked)
        answer = self._recorded(request)
        if answer.status_code == 200:
            record = self._tables(region).training_jobs[name]
            run = training.TrainingRun(record, asked, self._cloud(region), self._folder())
            self._jobs[region, name] = run
        return answer

    def _StopTrainingJob(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        name = asked["TrainingJobName"]
        record = self._tables(region).training_jobs.get(name)
        if record is None:
            raise Refusal(f"Requested resource not found: {name}")
        if record.training_job_status != "InProgress":
            raise Refusal(f"The job {name} is {record.training_job_status} and cannot be stopped")
        self._jobs[region, name].stop()
        return Response(b"", 200, content_type="application/x-amz-json-1.1")

    def _CreateModel(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        self._check_role(asked["ExecutionRoleArn"])
        model = asked.get("PrimaryContainer")
        if not model or not model.get("Image") or not model.get("ModelDataUrl"):
            raise Refusal("a model needs a PrimaryContainer with Image and ModelDataUrl here")
        self._check_image(model["Image"])
        return self._recorded(request)

    def _CreateEndpointConfig(
        self, request: Request, region: str, asked: dict[str, Any]
    ) -> Response:
        hosting.check(asked["ProductionVariants"])
        self._check_machine(asked["ProductionVariants"][0]["InstanceType"])
        if asked.get("DataCaptureConfig"):
            raise Refusal("requests are not captured here: leave out the DataCaptureConfig")
        return self._recorded(request)

    def _CreateEndpoint(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        name, tables = asked["EndpointName"], self._tables(region)
        if name in tables.endpoints:
            raise Refusal(f"Cannot create already existing endpoint {name!r}")
        configuration = tables.endpoint_configs.get(asked["EndpointConfigName"])
        if configuration is None:
            raise Refusal(f"Could not find endpoint configuration {asked['EndpointConfigName']!r}.")
        variant = configuration.production_variants[0]
        model = tables._models.get(variant["ModelName"])
        if model is None:
            raise Refusal(f"Could not find model {variant['ModelName']!r}.")
        answer = self._recorded(request)
        if answer.status_code == 200:
            self._endpoints[region, name] = hosting.EndpointRun(
                tables.endpoints[name],
                variant,
                model.primary_container,
                self._cloud(region),
                self._folder(),
            )
        return answer

    def _DeleteEndpoint(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        answer = self._recorded(request)
        running = self._endpoints.pop((region, asked["EndpointName"]), None)
        if running:
            running.close()
        return answer

    def _DeleteModelPackage(self, request: Request, region: str, asked: dict[str, Any]) -> Response:
        """Moto has no such call; its tables are all there is to change."""
        tables, name = self._tables(region), asked["ModelPackageName"]
        name = tables.model_package_name_mapping.get(name, name)
        package = tables.model_packages.pop(name, None)
        if package is None:
            raise Refusal(f"ModelPackage {name} does not exist.")
        return Response(b"", 200, content_type="application/x-amz-json-1.1")

    def _DeleteModelPackageGroup(
        self, request: Request, region: str, asked: dict[str, Any]
    ) -> Response:
        tables, name = self._tables(region), asked["ModelPackageGroupName"]
        if name not in tables.model_package_groups:
            raise Refusal(f"ModelPackageGroup {name} does not exist.")
        held = [p for p in tables.model_packages.values() if p.model_package_group_name == name]
        if held:
            raise Refusal(
                f"Model Package Group {name} cannot be deleted because it still contains "
                "Model Packages."
            )
        del tables.model_package_groups[name]
        return Response(b"", 200, content_type="application/x-amz-json-1.1")

    def _invoke(self, request: Request, region: str) -> Response:
        _, _, name, what = request.path.split("/", 3)
        endpoint = self._endpoints.get((region, name))
        if endpoint is None or what != "invocations":
            raise Refusal(f"Endpoint {name} of account {DEFAULT_ACCOUNT_ID} not found.")
        heard = endpoint.invoke(request.get_data(), request.headers)
        kind = heard.headers.get("Content-Type", "application/octet-stream")
        if heard.status_code == 200:
            headers = {"x-Amzn-Invoked-Production-Variant": endpoint.variant}
            return Response(heard.content, 200, headers, content_type=kind)
        family = "client" if heard.status_code < 500 else "server"
        answer = {
            "OriginalStatusCode": heard.status_code,
            "OriginalMessage": heard.text,
            "LogStreamArn": f"arn:aws:logs:{region}:{DEFAULT_ACCOUNT_ID}:log-group:"
            f"/aws/sagemaker/Endpoints/{name}",
            "message": f"Received {family} error ({heard.status_code}) from primary with message "
            f'"{heard.text}". See the log group /aws/sagemaker/Endpoints/{name}.',
        }
        headers = {"x-amzn-errortype": "ModelError"}
        return Response(json.dumps(answer), 424, headers, content_type="application/json")
