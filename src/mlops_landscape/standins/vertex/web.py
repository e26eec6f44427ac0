"""Requests, routes and errors: the little of a web framework that the stand-in needs."""

import json
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]

_STATUS = {
    400: "INVALID_ARGUMENT",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """A refusal, which the client receives in the form that Google's services give it.

    Parameters
    ----------
    code
        HTTP status.
    message
        What is wrong, for a person.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def body(self) -> Json:
        """Return the JSON body of the answer."""
        status = _STATUS.get(self.code, "FAILED_PRECONDITION")
        return {"error": {"code": self.code, "message": self.message, "status": status}}


@dataclass(frozen=True)
class Request:
    """A request, with what the route's pattern found in its path."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    found: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        """The body as JSON; an empty body is an empty object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise ApiError(400, f"the body is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise ApiError(400, "the body is not a JSON object")
        return value


@dataclass(frozen=True)
class Answer:
    """An answer that is not simply status 200 with a JSON body."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


Handler = Callable[[Request], Json | Answer]


@dataclass(frozen=True)
class Route:
    """A method and a path such as ``/v1/{location}/models/{model}`` that is answered."""

    method: str
    path: str
    handler: Handler
    pattern: re.Pattern[str]


# A location is "projects/p/locations/l"; a name may hold no slash; an object's name may.
_PARTS = {"location": r"projects/[^/]+/locations/[^/]+", "object": r".+"}


class Routes:
    """All that the stand-in answers."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, method: str, path: str, handler: Handler) -> None:
        """Answer `method` on `path` with `handler`; ``{name}`` in the path is one of its parts."""
        pattern = re.sub(
            r"\\{(\w+)\\}",
            lambda part: f"(?P<{part[1]}>{_PARTS.get(part[1], '[^/:]+')})",
            re.escape(path),
        )
        self._routes.append(Route(method, path, handler, re.compile(pattern + "$")))

    def answer(self, request: Request) -> Json | Answer:
        """Answer `request`.

        Raises
        ------
        ApiError
            With status 501 if no route fits; the message lists what is known.
        """
        for route in self._routes:
            match = route.pattern.match(request.path)
            if match and route.method == request.method:
                found = {name: unquote(part) for name, part in match.groupdict().items()}
                return route.handler(
                    Request(
                        request.method,
                        request.path,
                        request.query,
                        request.headers,
                        request.body,
                        found,
                    )
                )
        known = "\n".join(f"  {route.method} {route.path}" for route in self._routes)
        raise ApiError(
            501,
            f"the stand-in does not know {request.method} {request.path}. It is not the cloud: "
            f"it answers only what this course uses. It knows:\n{known}",
        )


class Web(ThreadingHTTPServer):
    """The HTTP server; one thread a request."""

    daemon_threads = True

    def __init__(self, port: int, routes: Routes) -> None:
        super().__init__(("127.0.0.1", port), _Talk)
        self.routes = routes

    @property
    def url(self) -> str:
        """``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Talk(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def _do(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            answer = self.server.routes.answer(request)
        except ApiError as error:
            answer = Answer(json.dumps(error.body()).encode(), status=error.code)
        except Exception:
            # A fault of the stand-in: the caller learns it, the log has the rest.
            traceback.print_exc()
            error = ApiError(500, f"the stand-in failed:\n{traceback.format_exc(limit=-1)}")
            answer = Answer(json.dumps(error.body()).encode(), status=500)
        if isinstance(answer, dict):
            answer = Answer(json.dumps(answer).encode())
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json"} | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do
