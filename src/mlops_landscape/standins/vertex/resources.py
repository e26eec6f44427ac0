"""Named resources (``projects/…/locations/…/models/…``), and long-running operations."""

import datetime
import itertools
import re
import threading
from collections.abc import Mapping
from typing import Any

from mlops_landscape.standins.vertex.web import ApiError, Json, Request, Routes

PENDING_SECONDS = 0.6
"""How long a job waits, where the service looks for a machine. The SDK relies on some delay: it
asks for the state right after creating a job, and an early failure would break its `submit`."""

_TYPES = "type.googleapis.com/google.cloud.aiplatform.v1."
_FILTER = re.compile(r'(display_name|labels\.[\w-]+)\s*=\s*"?([^"]*)"?')


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")


class Resources:
    """Everything that has a name, by name. All access is under one lock."""

    def __init__(self) -> None:
        self._all: dict[str, Json] = {}
        self._ids = itertools.count(1)
        self.lock = threading.RLock()

    def new_id(self) -> str:
        """Return an id that nothing has yet."""
        with self.lock:
            return str(next(self._ids))

    def create(self, parent: str, kind: str, body: Mapping[str, Any], key: str = "") -> Json:
        """Add a resource ``<parent>/<kind>/<id>``.

        Parameters
        ----------
        parent
            Its location.
        kind
            Its collection, such as ``models``.
        body
            What the client sent.
        key
            Its id; a new one by default.

        Returns
        -------
        dict
            The resource itself, to be changed under `lock`.
        """
        with self.lock:
            name = f"{parent}/{kind}/{key or self.new_id()}"
            if name in self._all:
                raise ApiError(409, f"{name} exists already")
            when = now()
            self._all[name] = {**body, "name": name, "createTime": when, "updateTime": when}
            return self._all[name]

    def get(self, name: str) -> Json:
        """Return the resource `name`, to be changed under `lock`."""
        if name not in self._all:
            raise ApiError(404, f"{name} was not found")
        return self._all[name]

    def listed(self, parent: str, kind: str, query: Mapping[str, str]) -> list[Json]:
        """Return the resources of a collection that fit the request's filter, newest first."""
        wanted = query.get("filter", "").strip()
        match = _FILTER.fullmatch(wanted)
        if wanted and not match:
            raise ApiError(
                501, f"the stand-in filters by display_name or one label only, not by {wanted!r}"
            )
        with self.lock:
            found = [
                resource
                for name, resource in self._all.items()
                if name.startswith(f"{parent}/{kind}/")
            ]
        if match:
            key, value = match[1], match[2]
            label = key.removeprefix("labels.")
            found = [
                resource
                for resource in found
                if (
                    resource.get("displayName")
                    if key == "display_name"
                    else resource.get("labels", {}).get(label)
                )
                == value
            ]
        return found[::-1]

    def delete(self, name: str) -> None:
        """Forget the resource `name`."""
        with self.lock:
            self.get(name)
            del self._all[name]

    def operation(self, parent: str, response: str, value: Json) -> Json:
        """Return an operation that is already done.

        Parameters
        ----------
        parent
            Location that it belongs to.
        response
            Type of the result, such as ``UploadModelResponse``, or empty if there is none.
        value
            The result.
        """
        kind = _TYPES + response if response else "type.googleapis.com/google.protobuf.Empty"
        return {
            "name": f"{parent}/operations/{self.new_id()}",
            "done": True,
            "response": {"@type": kind, **value},
        }

    def add_routes(self, routes: Routes, kinds: list[str]) -> None:
        """Answer GET and list for each of `kinds`."""
        for kind in kinds:
            routes.add("GET", f"/v1/{{location}}/{kind}/{{id}}", self._get_one(kind))
            routes.add("GET", f"/v1/{{location}}/{kind}", self._list(kind))

    def _get_one(self, kind: str) -> Any:  # noqa: ANN401
        return lambda r: self.get(f"{r.found['location']}/{kind}/{r.found['id']}")

    def _list(self, kind: str) -> Any:  # noqa: ANN401
        def answer(request: Request) -> Json:
            return {kind: self.listed(request.found["location"], kind, request.query)}

        return answer
