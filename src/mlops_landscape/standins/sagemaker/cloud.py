"""The stand-in's own S3 and CloudWatch Logs, as its jobs and endpoints use them."""

import time
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError


class Refusal(Exception):
    """A call that SageMaker, or this stand-in of it, does not accept; the text says why."""


def parts(uri: str) -> tuple[str, str]:
    """Return bucket and key of an address such as ``s3://bucket/some/key``."""
    split = urlsplit(uri)
    if split.scheme != "s3" or not split.netloc:
        raise Refusal(f"{uri!r} is not an address in S3; it has the form s3://bucket/key")
    return split.netloc, split.path.lstrip("/")


class Cloud:
    """S3 and CloudWatch Logs of one region.

    Parameters
    ----------
    url
        Where the stand-in itself answers.
    region
        Such as ``eu-central-1``.
    """

    def __init__(self, url: str, region: str) -> None:
        session = boto3.Session("standin", "standin", region_name=region)
        self._s3: Any = session.client("s3", endpoint_url=url)
        self._logs: Any = session.client("logs", endpoint_url=url)

    def download(self, prefix: str, folder: Path) -> None:
        """Copy every object below `prefix` into `folder`.

        Raises
        ------
        Refusal
            If there is no such bucket, or nothing in it under that prefix.
        """
        bucket, key = parts(prefix)
        try:
            pages = list(
                self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            )
        except ClientError as error:
            raise Refusal(f"{prefix}: {error.response['Error']['Message']}") from None
        found = [each["Key"] for page in pages for each in page.get("Contents", [])]
        files = [each for each in found if not each.endswith("/")]
        if not files:
            raise Refusal(
                f'No S3 objects found under S3 URL "{prefix}" given in input data source.'
            )
        start = key if key.endswith("/") else key.rpartition("/")[0]
        for each in files:
            name = each.removeprefix(key if each.startswith(key + "/") else start).lstrip("/")
            place = folder / PurePosixPath(name)
            if not place.resolve().is_relative_to(folder.resolve()):
                raise Refusal(f"the key {each!r} leads out of its channel")
            place.parent.mkdir(parents=True, exist_ok=True)
            self._s3.download_file(bucket, each, str(place))

    def fetch(self, uri: str, file: Path) -> None:
        """Copy one object.

        Raises
        ------
        Refusal
            If it does not exist.
        """
        bucket, key = parts(uri)
        try:
            self._s3.download_file(bucket, key, str(file))
        except ClientError as error:
            raise Refusal(f"{uri}: {error.response['Error']['Message']}") from None

    def upload(self, file: Path, uri: str) -> None:
        """Copy a file to S3."""
        bucket, key = parts(uri)
        try:
            self._s3.upload_file(str(file), bucket, key)
        except (ClientError, boto3.exceptions.S3UploadFailedError) as error:
            raise Refusal(f"{uri}: {error}") from None

    def log(self, group: str, stream: str) -> "Log":
        """Return a new stream of CloudWatch Logs, and its group if that is new too."""
        for create, asked in (
            (self._logs.create_log_group, {"logGroupName": group}),
            (
                self._logs.create_log_stream,
                {"logGroupName": group, "logStreamName": stream},
            ),
        ):
            try:
                create(**asked)
            except self._logs.exceptions.ResourceAlreadyExistsException:
                continue
        return Log(self._logs, group, stream)


class Log:
    """One stream of CloudWatch Logs, which keeps what it was told besides."""

    def __init__(self, client: Any, group: str, stream: str) -> None:  # noqa: ANN401
        self._client = client
        self._where = {"logGroupName": group, "logStreamName": stream}
        self.lines: list[str] = []

    def add(self, line: str) -> None:
        """Add a line now. CloudWatch refuses empty ones, so a space stands for them."""
        self.lines.append(line)
        event = {"timestamp": int(time.time() * 1000), "message": line or " "}
        self._client.put_log_events(**self._where, logEvents=[event])
