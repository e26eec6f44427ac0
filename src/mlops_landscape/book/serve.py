"""Showing the built book over HTTP on this machine."""

import errno
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mlops_landscape.errors import SetupError
from mlops_landscape.servers import HOST


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line per file hides the one line that matters, the address."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a browser that leaves a page before it is loaded; say everything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def book_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server for `folder` on 127.0.0.1, bound but not yet serving.

    Parameters
    ----------
    folder
        The built HTML.
    port
        Port to use; 0 for a free one.

    Raises
    ------
    SetupError
        If the port is in use.
    """
    try:
        return _Server((HOST, port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SetupError(
            f"Port {port} is in use by another program. "
            "Mend: choose another, for example `make serve PORT=8123`."
        ) from None


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    """Let `server` answer in the background for the length of a ``with`` block.

    Yields
    ------
    str
        Its address, without a slash at the end.
    """
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def serve_book(folder: Path, port: int) -> None:
    """Serve `folder` until interrupted."""
    with book_server(folder, port) as server:
        print(f"Serving the book at http://{HOST}:{server.server_port}/  (Ctrl+C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
