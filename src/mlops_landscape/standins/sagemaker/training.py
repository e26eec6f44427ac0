"""A training job: fetch the channels, run the container, keep what it left."""

import json
import re
import shutil
import subprocess
import tarfile
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlops_landscape.standins.sagemaker.cloud import Cloud, Refusal
from mlops_landscape.standins.sagemaker.container import Container

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
HOST = "algo-1"
CODE_CHANNELS = ("code", "sm_drivers")
"""The channels in which the SDK puts scripts. All others hold data, which is not touched."""


def check(request: Mapping[str, Any]) -> None:
    """Refuse what cannot be done honestly here.

    Raises
    ------
    Refusal
        It says what, and what would be accepted.
    """
    algorithm = request["AlgorithmSpecification"]
    if not algorithm.get("ContainerEntrypoint"):
        raise Refusal(
            "this job has no ContainerEntrypoint and would run the program `train` of its image; "
            "there is no image here. Give ModelTrainer a source_code, which brings one"
        )
    if algorithm["TrainingInputMode"] != "File":
        raise Refusal("only TrainingInputMode File is known here")
    resources = request["ResourceConfig"]
    if resources.get("InstanceCount", 1) != 1 or resources.get("InstanceGroups"):
        raise Refusal("this stand-in has one machine: InstanceCount must be 1")
    if request.get("EnableManagedSpotTraining"):
        raise Refusal("there are no spot machines here that could be taken away from a job")
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"].get("S3DataSource", {})
        if source.get("S3DataType") != "S3Prefix":
            raise Refusal(
                f"channel {channel['ChannelName']!r}: only an S3DataSource with S3DataType "
                "S3Prefix is known here"
            )
        if channel.get("CompressionType", "None") != "None":
            raise Refusal(f"channel {channel['ChannelName']!r}: compressed channels are unknown")


def metrics(lines: list[str], definitions: list[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the last value of each metric that its regular expression finds in the log."""
    found = []
    for definition in definitions:
        values = [hit for line in lines for hit in re.findall(definition["Regex"], line)]
        if values:
            found.append(
                {
                    "MetricName": definition["Name"],
                    "Value": float(values[-1]),
                    "Timestamp": datetime.now(UTC),
                }
            )
    return found


def _pack(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, arcname=path.name)


class TrainingRun:
    """One training job that is being done, in a thread of its own.

    Parameters
    ----------
    record
        moto's record of the job, which DescribeTrainingJob reads; it is kept up to date.
    request
        What CreateTrainingJob was asked.
    cloud
        S3 and logs of the job's region.
    folder
        A folder that does not exist yet; it is gone when the job is over.
    """

    def __init__(
        self,
        record: Any,  # noqa: ANN401
        request: Mapping[str, Any],
        cloud: Cloud,
        folder: Path,
    ) -> None:
        self._record, self._request = record, request
        self._cloud, self._folder = cloud, folder
        self._stopped = False
        # moto calls every job completed from the start, with metrics of its own invention.
        self._definitions = list(request["AlgorithmSpecification"].get("MetricDefinitions", []))
        record.algorithm_specification["MetricDefinitions"] = self._definitions
        record.final_metric_data_list = []
        record.secondary_status_transitions = []
        record.training_end_time = record.model_artifacts = None
        self._move("InProgress", "Starting", "Preparing the job")
        folder.mkdir(parents=True)
        self.container = Container(
            folder,
            {
                **(request.get("Environment") or {}),
                "TRAINING_JOB_NAME": record.training_job_name,
                "TRAINING_JOB_ARN": record.arn,
            },
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the job, as StopTrainingJob does."""
        self._stopped = True
        self._move("Stopping", "Stopping", "Asked to stop")
        self.container.kill()

    def join(self) -> None:
        """Wait until the job is over."""
        self._thread.join()

    def _move(self, status: str, secondary: str, message: str) -> None:
        now = datetime.now(UTC)
        steps = self._record.secondary_status_transitions
        if steps:
            steps[-1]["EndTime"] = now
        steps.append({"Status": secondary, "StartTime": now, "StatusMessage": message})
        self._record.secondary_status = secondary
        self._record.last_modified_time = now
        # Last: whoever waits for the status reads the rest as soon as it changes.
        self._record.training_job_status = status

    def _fail(self, reason: str) -> None:
        self._record.failure_reason = self.container.outside(reason)[:1024]
        self._move("Failed", "Failed", "The job failed")

    def _run(self) -> None:
        try:
            self._work()
        except Refusal as refusal:
            self._fail(f"ClientError: {refusal}")
        except Exception as error:
            # A job that nobody ends would be waited for without end.
            self._fail(f"InternalServerError of the stand-in: {type(error).__name__}: {error}")
            raise
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _work(self) -> None:
        request, record, root = self._request, self._record, self.container.root
        self._move("InProgress", "Downloading", "Downloading input data")
        self._prepare(root)
        self._move("InProgress", "Training", "The container runs")
        began = time.monotonic()
        record.training_start_time = datetime.now(UTC)
        log = self._cloud.log(LOG_GROUP, f"{record.training_job_name}/{HOST}-{int(time.time())}")
        algorithm = request["AlgorithmSpecification"]
        self.container.start(
            [*algorithm["ContainerEntrypoint"], *algorithm.get("ContainerArguments", [])], log.add
        )
        too_long = False
        try:
            code = self.container.wait(request["StoppingCondition"]["MaxRuntimeInSeconds"])
        except subprocess.TimeoutExpired:
            too_long = True
            self.container.kill()
            code = self.container.wait()
        record.training_end_time = datetime.now(UTC)
        seconds = max(1, round(time.monotonic() - began))
        record.training_time_in_seconds = record.billable_time_in_seconds = seconds
        record.final_metric_data_list = metrics(log.lines, self._definitions)
        ended_early = too_long or self._stopped
        if code != 0 and not ended_early:
            told = root / "output/failure"
            said = told.read_text(errors="replace").strip() if told.is_file() else ""
            self._keep(root)
            self._fail(f"AlgorithmError: {said}, exit code: {code}")
            return
        self._move("InProgress", "Uploading", "Uploading the model")
        self._keep(root)
        if too_long:
            self._move("Stopped", "MaxRuntimeExceeded", "It ran longer than it may")
        elif self._stopped:
            self._move("Stopped", "Stopped", "Stopped as asked")
        else:
            self._move("Completed", "Completed", "Done")

    def _prepare(self, root: Path) -> None:
        """Put everything where the contract says the container finds it."""
        request = self._request
        channels = request.get("InputDataConfig") or []
        for channel in channels:
            name = channel["ChannelName"]
            folder = root / "input/data" / name
            folder.mkdir()
            try:
                self._cloud.download(channel["DataSource"]["S3DataSource"]["S3Uri"], folder)
            except Refusal as refusal:
                raise Refusal(f"Data download failed: {refusal}") from None
            if name in CODE_CHANNELS:
                self.container.adopt(folder)
        instance = request["ResourceConfig"]["InstanceType"]
        files = {
            "hyperparameters.json": request.get("HyperParameters") or {},
            "inputdataconfig.json": {
                channel["ChannelName"]: {
                    "TrainingInputMode": "File",
                    "S3DistributionType": "FullyReplicated",
                    "RecordWrapperType": "None",
                }
                for channel in channels
            },
            "resourceconfig.json": {
                "current_host": HOST,
                "current_instance_type": instance,
                "current_group_name": "homogeneousCluster",
                "hosts": [HOST],
                "instance_groups": [
                    {
                        "instance_group_name": "homogeneousCluster",
                        "instance_type": instance,
                        "hosts": [HOST],
                    }
                ],
                "network_interface_name": "eth0",
            },
        }
        for name, content in files.items():
            (root / "input/config" / name).write_text(json.dumps(content))

    def _keep(self, root: Path) -> None:
        """Put what the container left into S3."""
        target = self._request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        place = f"{target}/{self._record.training_job_name}/output"
        for folder, name in (("model", "model.tar.gz"), ("output/data", "output.tar.gz")):
            if any((root / folder).iterdir()):
                archive = self._folder / name
                _pack(root / folder, archive)
                self._cloud.upload(archive, f"{place}/{name}")
                if folder == "model":
                    self._record.model_artifacts = {"S3ModelArtifacts": f"{place}/{name}"}
