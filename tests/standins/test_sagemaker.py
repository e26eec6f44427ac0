"""The stand-in of SageMaker against the real clients: boto3, and the SDK's own driver."""

import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mlops_landscape.servers import Server, serve

IMAGE = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
BUCKET = "standin-test"
PROGRAM = [sys.executable, "-m", "mlops_landscape.standins.sagemaker", "--port", "{port}"]

INFERENCE = """\
def model_fn(folder):
    return float(open(folder + "/factor").read())
def input_fn(body, kind):
    return float(body)
def predict_fn(number, factor):
    return number * factor
def output_fn(product, accept):
    return str(product), "text/plain"
"""


class Aws:
    """Clients of one stand-in, and what every test needs: a role, a bucket."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = boto3.Session("nobody", "nothing", region_name="eu-central-1")
        self.sagemaker, self.runtime, self.s3 = (
            self.client(name) for name in ("sagemaker", "sagemaker-runtime", "s3")
        )
        self.iam, self.logs = self.client("iam"), self.client("logs")
        trust = json.dumps({"Principal": {"Service": "sagemaker.amazonaws.com"}})
        made = self.iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust)
        self.role = made["Role"]["Arn"]
        where = {"LocationConstraint": "eu-central-1"}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        self.s3.put_object(Bucket=BUCKET, Key="data/in/n.txt", Body=b"21")

    def client(self, name: str) -> Any:  # noqa: ANN401
        """Return a client that asks once: a refusal shall not be asked for again."""
        quick = Config(retries={"max_attempts": 0}, read_timeout=60)
        return self.session.client(name, endpoint_url=self.server.url, config=quick)

    def job(self, name: str, script: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return a request for a job that runs `script` with bash."""
        self.s3.put_object(Bucket=BUCKET, Key=f"{name}/code/run.sh", Body=script.encode())
        channels = {"in": "data/in", "code": f"{name}/code"}
        return {
            "TrainingJobName": name,
            "RoleArn": self.role,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["/bin/bash"],
                "ContainerArguments": ["/opt/ml/input/data/code/run.sh"],
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
            },
            "InputDataConfig": [
                {
                    "ChannelName": channel,
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": f"s3://{BUCKET}/{prefix}",
                        }
                    },
                }
                for channel, prefix in channels.items()
            ],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            **changes,
        }

    def run(self, name: str, script: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        """Run a job to its end and return its description."""
        self.sagemaker.create_training_job(**self.job(name, script, **changes))
        return self.ended(name)

    def ended(self, name: str) -> dict[str, Any]:
        """Return the description of a job, once it is over."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            told = self.sagemaker.describe_training_job(TrainingJobName=name)
            if told["TrainingJobStatus"] in {"Completed", "Failed", "Stopped"}:
                return dict(told)
            time.sleep(0.1)
        raise TimeoutError(name)

    def model(self, name: str, files: dict[str, str], folder: Path) -> None:
        """Create a model from an archive of these files, and its endpoint configuration."""
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        with tarfile.open(folder / "model.tar.gz", "w:gz") as tar:
            for file in files:
                tar.add(folder / file, arcname=file)
        self.s3.upload_file(str(folder / "model.tar.gz"), BUCKET, f"{name}.tar.gz")
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=self.role,
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/{name}.tar.gz"},
        )
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant(name)]
        )

    def endpoint(self, name: str) -> dict[str, Any]:
        """Create an endpoint and return its description once it is no longer being created."""
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            told = self.sagemaker.describe_endpoint(EndpointName=name)
            if told["EndpointStatus"] != "Creating":
                return dict(told)
            time.sleep(0.1)
        raise TimeoutError(name)


def variant(model: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    plain = {"VariantName": "V", "ModelName": model, "InstanceType": "ml.m5.large"}
    return {**plain, "InitialInstanceCount": 1, **changes}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with serve(PROGRAM) as server:
        yield Aws(server)


def test_a_job_works_under_the_contract(aws: Aws) -> None:
    told = aws.run(
        "good",
        "echo 'loss=3.0;'; echo 'loss=0.25;'; cp /opt/ml/input/data/in/n.txt /opt/ml/model/\n"
        "grep -q depth /opt/ml/input/config/hyperparameters.json || exit 7\n"
        'test -z "$AWS_ACCESS_KEY_ID" || exit 8\n'
        "cat $HOME/none\n",
        HyperParameters={"depth": "3"},
        Tags=[{"Key": "project", "Value": "flights"}],
    )
    # The last command fails, so the job does: with its metrics, and without another's code.
    assert told["TrainingJobStatus"] == "Failed"
    assert told["FailureReason"] == "AlgorithmError: , exit code: 1"
    assert told["FinalMetricDataList"][0]["Value"] == 0.25
    tags = aws.sagemaker.list_tags(ResourceArn=told["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "project", "Value": "flights"}]


def test_the_artefact_is_what_the_model_folder_held(aws: Aws, tmp_path: Path) -> None:
    told = aws.run("artefact", "cp /opt/ml/input/data/in/n.txt /opt/ml/model/; echo /opt/ml")
    assert told["TrainingJobStatus"] == "Completed"
    steps = [step["Status"] for step in told["SecondaryStatusTransitions"]]
    assert steps == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert told["ModelArtifacts"]["S3ModelArtifacts"] == (
        f"s3://{BUCKET}/out/artefact/output/model.tar.gz"
    )
    aws.s3.download_file(BUCKET, "out/artefact/output/model.tar.gz", str(tmp_path / "m"))
    with tarfile.open(tmp_path / "m") as tar:
        assert tar.getnames() == ["n.txt"]
    group = {"logGroupName": "/aws/sagemaker/TrainingJobs"}
    stream = aws.logs.describe_log_streams(**group, logStreamNamePrefix="artefact/")
    name = stream["logStreams"][0]["logStreamName"]
    events = aws.logs.get_log_events(**group, logStreamName=name)["events"]
    assert [event["message"] for event in events] == ["/opt/ml"], "the private folder shows"
    assert not Path("/opt/ml/model").exists()


def test_a_failing_job_says_what_its_failure_file_says(aws: Aws) -> None:
    told = aws.run("bad", "echo 'no flights' > /opt/ml/output/failure; exit 3")
    assert told["FailureReason"] == "AlgorithmError: no flights, exit code: 3"


def test_missing_data_fail_the_job(aws: Aws) -> None:
    request = aws.job("empty", "true")
    source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source["S3Uri"] = f"s3://{BUCKET}/nothing"
    aws.sagemaker.create_training_job(**request)
    assert "No S3 objects found" in aws.ended("empty")["FailureReason"]


def test_a_job_is_stopped_when_asked_or_when_it_takes_too_long(aws: Aws) -> None:
    aws.sagemaker.create_training_job(**aws.job("slow", "sleep 1000 & wait"))
    while aws.sagemaker.describe_training_job(TrainingJobName="slow")["SecondaryStatus"] != (
        "Training"
    ):
        time.sleep(0.1)
    aws.sagemaker.stop_training_job(TrainingJobName="slow")
    assert aws.ended("slow")["TrainingJobStatus"] == "Stopped"
    late = aws.run("late", "sleep 1000", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert late["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert not any("sleep" in child.name() for child in family(aws.server))


def family(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.process.pid).children(recursive=True)


def test_an_endpoint_answers_over_http_and_goes_when_deleted(aws: Aws, tmp_path: Path) -> None:
    aws.model("double", {"factor": "2", "code/inference.py": INFERENCE}, tmp_path)
    assert aws.endpoint("double")["EndpointStatus"] == "InService"
    answer = aws.runtime.invoke_endpoint(EndpointName="double", Body=b"21")
    assert answer["Body"].read() == b"42.0"
    assert answer["ContentType"] == "text/plain"
    assert answer["InvokedProductionVariant"] == "V"
    with pytest.raises(aws.runtime.exceptions.ModelError) as raised:
        aws.runtime.invoke_endpoint(EndpointName="double", Body=b"many")
    assert raised.value.response["OriginalStatusCode"] == 500
    assert "could not convert string" in raised.value.response["OriginalMessage"]

    assert family(aws.server)
    aws.sagemaker.delete_endpoint(EndpointName="double")
    assert not family(aws.server)
    with pytest.raises(ClientError, match="not found"):
        aws.runtime.invoke_endpoint(EndpointName="double", Body=b"21")


def test_a_model_that_cannot_serve_fails_its_endpoint(aws: Aws, tmp_path: Path) -> None:
    aws.model("mute", {"factor": "2"}, tmp_path)
    told = aws.endpoint("mute")
    assert told["EndpointStatus"] == "Failed"
    assert "did not pass the ping health check" in told["FailureReason"]
    where = {"logGroupName": "/aws/sagemaker/Endpoints/mute", "logStreamName": "V/i-standin"}
    said = aws.logs.get_log_events(**where)["events"][0]["message"]
    assert said == "the model's archive has no code/inference.py"
    with pytest.raises(ClientError, match="is Failed, not InService"):
        aws.runtime.invoke_endpoint(EndpointName="mute", Body=b"21")
    aws.sagemaker.delete_endpoint(EndpointName="mute")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"RoleArn": "arn:aws:iam::123456789012:role/Nobody"}, "Could not assume role"),
        ({"EnableManagedSpotTraining": True}, "no spot machines"),
        (
            {"ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1}},
            "'ml.p4d.24xlarge' is unknown",
        ),
        (
            {"ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2}},
            "InstanceCount must be 1",
        ),
        (
            {
                "AlgorithmSpecification": {
                    "TrainingImage": "1.dkr.ecr.eu-central-1.amazonaws.com/pytorch:2",
                    "TrainingInputMode": "File",
                }
            },
            "no container engine",
        ),
        (
            {"AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"}},
            "no ContainerEntrypoint",
        ),
    ],
)
def test_a_job_that_cannot_be_done_here_is_refused(
    aws: Aws, changes: dict[str, Any], words: str
) -> None:
    if "ResourceConfig" in changes:
        changes["ResourceConfig"]["VolumeSizeInGB"] = 1
    with pytest.raises(ClientError, match=words) as raised:
        aws.sagemaker.create_training_job(**aws.job("refused", "true", **changes))
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert "refused" not in str(aws.sagemaker.list_training_jobs()["TrainingJobSummaries"])


def test_a_name_is_used_once(aws: Aws) -> None:
    aws.run("once", "true")
    with pytest.raises(aws.sagemaker.exceptions.ResourceInUse, match="must be unique"):
        aws.sagemaker.create_training_job(**aws.job("once", "true"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"InitialInstanceCount": 2}, "InitialInstanceCount must be 1"),
        ({"InstanceType": "ml.g5.xlarge"}, "'ml.g5.xlarge' is unknown"),
    ],
)
def test_an_endpoint_configuration_that_cannot_be_served_is_refused(
    aws: Aws, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClientError, match=words):
        aws.sagemaker.create_endpoint_config(
            EndpointConfigName="refused", ProductionVariants=[variant("m", **changes)]
        )


def test_endpoints_without_their_parts_are_refused(aws: Aws) -> None:
    with pytest.raises(ClientError, match="Could not find endpoint configuration 'none'"):
        aws.sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="none")


def test_unknown_calls_are_named(aws: Aws) -> None:
    with pytest.raises(ClientError, match="SageMaker's ListPipelines is unknown"):
        aws.sagemaker.list_pipelines()
    with pytest.raises(ClientError, match="IAM's ListUsers is unknown"):
        aws.iam.list_users()
    with pytest.raises(ClientError, match="the service 'lambda' is unknown"):
        aws.client("lambda").list_functions()


def test_a_model_package_group_goes_only_when_it_is_empty(aws: Aws) -> None:
    aws.sagemaker.create_model_package_group(ModelPackageGroupName="g")
    arn = aws.sagemaker.create_model_package(
        ModelPackageGroupName="g", ModelApprovalStatus="PendingManualApproval"
    )["ModelPackageArn"]
    with pytest.raises(ClientError, match="still contains"):
        aws.sagemaker.delete_model_package_group(ModelPackageGroupName="g")
    aws.sagemaker.delete_model_package(ModelPackageName=arn)
    aws.sagemaker.delete_model_package_group(ModelPackageGroupName="g")
    assert aws.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_the_sdk_trains_and_nothing_is_left(tmp_path: Path) -> None:
    """The SDK in a process of its own: it reads its settings from the environment."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/train.py").write_text(
        "import os, pathlib, sys\n"
        "folder = pathlib.Path(os.environ['SM_MODEL_DIR'])\n"
        "(folder / 'options').write_text(' '.join(sys.argv[1:]))\n"
    )
    (tmp_path / "sdk.yaml").write_text(
        "SchemaVersion: '1.0'\nSageMaker: {PythonSDK: {Modules: {TelemetryOptOut: true}}}\n"
    )
    script = f"""
from sagemaker.core.helper.session_helper import Session
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, SourceCode
trainer = ModelTrainer(
    training_image={IMAGE!r}, role="arn:aws:iam::123456789012:role/R", base_job_name="sdk",
    sagemaker_session=Session(default_bucket={BUCKET!r}), hyperparameters={{"depth": 3}},
    source_code=SourceCode(source_dir="code", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1))
trainer.train(wait=False, logs=False)
job = trainer._latest_training_job
job.wait(poll=1)
job.refresh()
print(job.model_artifacts.s3_model_artifacts)
"""
    with serve(PROGRAM) as server:
        aws = Aws(server)
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={
                **os.environ,
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_SECRET_ACCESS_KEY": "nothing",
                "AWS_DEFAULT_REGION": "eu-central-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "SAGEMAKER_VALIDATE_ROLE": "false",
                "SAGEMAKER_USER_CONFIG_OVERRIDE": str(tmp_path / "sdk.yaml"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        uri = done.stdout.strip().splitlines()[-1]
        aws.s3.download_file(BUCKET, uri.split(f"{BUCKET}/")[1], str(tmp_path / "m"))
        with tarfile.open(tmp_path / "m") as tar:
            file = tar.extractfile("options")
            assert file is not None
            assert file.read() == b"--depth 3"
        running = psutil.Process(server.process.pid)
    assert not running.is_running()


def test_whoever_leaves_takes_jobs_and_endpoints_along(tmp_path: Path) -> None:
    with serve(PROGRAM) as server:
        aws = Aws(server)
        aws.model("double", {"factor": "2", "code/inference.py": INFERENCE}, tmp_path)
        aws.endpoint("double")
        aws.sagemaker.create_training_job(**aws.job("long", "sleep 1000"))
        deadline = time.monotonic() + 30
        while not any(child.name() == "sleep" for child in family(server)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        left = family(server)
    assert len(left) >= 2
    _, alive = psutil.wait_procs(left, timeout=5)
    assert not alive
