"""Buckets and their objects, in memory: the part of Cloud Storage's JSON API that is used."""

import base64
import json
import re
import uuid
from urllib.parse import quote

import google_crc32c

from mlops_landscape.standins.vertex.web import Answer, ApiError, Json, Request, Routes

PROJECT_NUMBER = "123456789012"


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and object of a ``gs://`` address.

    Raises
    ------
    ApiError
        If it is no such address.
    """
    if not uri.startswith("gs://"):
        raise ApiError(400, f"{uri!r} is not an address in Cloud Storage (gs://bucket/object)")
    bucket, _, name = uri.removeprefix("gs://").partition("/")
    return bucket, name


class Storage:
    """All buckets.

    Parameters
    ----------
    buckets
        Names of buckets that are there from the start.
    """

    def __init__(self, buckets: list[str]) -> None:
        self._buckets: dict[str, dict[str, bytes]] = {name: {} for name in buckets}
        self._policies: dict[str, Json] = {}
        self._uploads: dict[str, tuple[str, str]] = {}

    def add_routes(self, routes: Routes) -> None:
        """Answer the requests of ``google-cloud-storage``."""
        bucket, item = "/storage/v1/b/{bucket}", "/storage/v1/b/{bucket}/o/{object}"
        routes.add("POST", "/storage/v1/b", self._create_bucket)
        routes.add("GET", bucket, lambda r: self._bucket_json(r.found["bucket"]))
        routes.add("GET", bucket + "/iam", self._policy)
        routes.add("PUT", bucket + "/iam", self._set_policy)
        routes.add("GET", bucket + "/o", self._list)
        routes.add("GET", item, self._get)
        routes.add("DELETE", item, self._delete)
        routes.add("GET", "/download" + item, self._get)
        routes.add("POST", "/upload/storage/v1/b/{bucket}/o", self._upload)
        routes.add("PUT", "/upload/storage/v1/b/{bucket}/o", self._resume)

    def bucket(self, name: str) -> dict[str, bytes]:
        """Return the objects of a bucket by name."""
        if name not in self._buckets:
            raise ApiError(404, f"The specified bucket does not exist: {name}")
        return self._buckets[name]

    def read(self, uri: str) -> bytes:
        """Return the content of the object at `uri`."""
        bucket, name = split_uri(uri)
        objects = self.bucket(bucket)
        if name not in objects:
            raise ApiError(404, f"No such object: {bucket}/{name}")
        return objects[name]

    def write(self, uri: str, content: bytes) -> None:
        """Write an object."""
        bucket, name = split_uri(uri)
        self.bucket(bucket)[name] = content

    def below(self, uri: str) -> list[str]:
        """Return the addresses of all objects below the folder `uri`."""
        bucket, name = split_uri(uri.rstrip("/") + "/")
        return [f"gs://{bucket}/{n}" for n in sorted(self.bucket(bucket)) if n.startswith(name)]

    def _bucket_json(self, name: str) -> Json:
        self.bucket(name)
        return {
            "kind": "storage#bucket",
            "id": name,
            "name": name,
            "projectNumber": PROJECT_NUMBER,
            "location": "US-CENTRAL1",
            "storageClass": "STANDARD",
        }

    def _object_json(self, bucket: str, name: str, content: bytes) -> Json:
        checksum = google_crc32c.Checksum(content).digest()
        return {
            "kind": "storage#object",
            "bucket": bucket,
            "name": name,
            "generation": "1",
            "size": str(len(content)),
            "crc32c": base64.b64encode(checksum).decode(),
        }

    def _create_bucket(self, request: Request) -> Json:
        name = str(request.json.get("name", ""))
        if not name:
            raise ApiError(400, "a bucket needs a name")
        if name in self._buckets:
            raise ApiError(409, f"The bucket {name} exists already, and names are global.")
        self._buckets[name] = {}
        return self._bucket_json(name)

    def _policy(self, request: Request) -> Json:
        self.bucket(request.found["bucket"])
        return self._policies.get(request.found["bucket"], {"version": 1, "bindings": []})

    def _set_policy(self, request: Request) -> Json:
        self.bucket(request.found["bucket"])
        self._policies[request.found["bucket"]] = request.json
        return request.json

    def _list(self, request: Request) -> Json:
        strange = set(request.query) - {"prefix", "projection", "prettyPrint", "fields"}
        if strange:
            raise ApiError(501, f"the stand-in lists by prefix only, not by {sorted(strange)}")
        bucket, prefix = request.found["bucket"], request.query.get("prefix", "")
        items = [
            self._object_json(bucket, name, content)
            for name, content in sorted(self.bucket(bucket).items())
            if name.startswith(prefix)
        ]
        return {"kind": "storage#objects", "items": items}

    def _get(self, request: Request) -> Json | Answer:
        bucket, name = request.found["bucket"], request.found["object"]
        content = self.read(f"gs://{bucket}/{name}")
        about = self._object_json(bucket, name, content)
        if request.query.get("alt") != "media":
            return about
        headers = {
            "Content-Type": "application/octet-stream",
            "x-goog-hash": f"crc32c={about['crc32c']}",
            "x-goog-generation": "1",
        }
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if not asked or int(asked[1]) >= len(content):
            return Answer(content, headers)
        first = int(asked[1])
        last = min(int(asked[2] or len(content)), len(content) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
        return Answer(content[first : last + 1], headers, status=206)

    def _delete(self, request: Request) -> Answer:
        bucket, name = request.found["bucket"], request.found["object"]
        self.read(f"gs://{bucket}/{name}")
        del self._buckets[bucket][name]
        return Answer(status=204)

    def _upload(self, request: Request) -> Json | Answer:
        bucket, kind = request.found["bucket"], request.query.get("uploadType")
        self.bucket(bucket)
        if kind == "multipart":
            boundary = request.headers["content-type"].partition("boundary=")[2].strip("\"'")
            _, first, second, _ = request.body.split(b"--" + boundary.encode(), 3)
            about, content = (part.partition(b"\r\n\r\n")[2] for part in (first, second))
            return self._store(bucket, json.loads(about)["name"], content.removesuffix(b"\r\n"))
        if kind == "resumable":
            name = request.json.get("name") or request.query["name"]
            upload = uuid.uuid4().hex
            self._uploads[upload] = (bucket, name)
            host = request.headers["host"]
            address = f"http://{host}/upload/storage/v1/b/{quote(bucket)}/o?upload_id={upload}"
            return Answer(headers={"Location": address})
        raise ApiError(501, f"the stand-in knows multipart and resumable uploads, not {kind!r}")

    def _resume(self, request: Request) -> Json:
        where = self._uploads.pop(request.query.get("upload_id", ""), None)
        if where is None:
            raise ApiError(404, "there is no such upload")
        said = request.headers.get("content-range", "")
        whole = f"bytes 0-{len(request.body) - 1}/{len(request.body)}"
        if said and said != whole:
            raise ApiError(501, f"the stand-in takes an upload in one piece, not {said!r}")
        return self._store(*where, request.body)

    def _store(self, bucket: str, name: str, content: bytes) -> Json:
        self.bucket(bucket)[name] = content
        return self._object_json(bucket, name, content)
