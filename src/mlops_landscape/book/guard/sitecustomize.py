"""Refuses connections to other machines, in every Python process that a chapter starts.

The build puts this folder on PYTHONPATH while chapters run. So a cell, a tool or its telemetry
that asks another host fails the build here, instead of later at a reader who has no network.
Code below Python (gRPC's own resolver, a shell's curl) is not seen; the course starts none.
"""

import ipaddress
import sys
from typing import Any

_LOCAL_NAMES = {"localhost", "localhost.localdomain", "", "0.0.0.0", "::", "testserver"}


def _is_local(host: object) -> bool:
    if host is None or host in _LOCAL_NAMES:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback or text in _LOCAL_NAMES
    except ValueError:
        import socket

        return text in _LOCAL_NAMES or text == socket.gethostname()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect":
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket is on this machine
            return
        host = address[0]
    else:
        return
    if not _is_local(host):
        raise ConnectionRefusedError(
            f"this course runs without a network, and something asked for {host!r}"
        )


sys.addaudithook(_watch)
