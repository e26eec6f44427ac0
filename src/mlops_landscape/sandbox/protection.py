"""What this machine can do to contain a submission, found out by trying."""

import os
import sys
from functools import cache

from mlops_landscape.sandbox import kernel

WITHOUT_NAMESPACES = (
    "Submissions could open connections to other hosts: this machine offers no network namespaces.",
    "Submissions could read the instructor's files, other submissions and hidden checks, and write "
    "wherever the instructor may: this machine offers no mount namespaces.",
    "Submissions could see and end other processes: this machine offers no process namespaces.",
)
"""What the report says where the kernel does not let a user make namespaces."""


@cache
def missing() -> tuple[str, ...]:
    """Return the protections that this machine lacks, one sentence each; empty if it has all.

    The reason is most often a container without the right to make namespaces, or a system that
    reserves them for root (``kernel.apparmor_restrict_unprivileged_userns`` on Ubuntu).
    """
    if not sys.platform.startswith("linux") or not _namespaces_work():
        return WITHOUT_NAMESPACES
    return ()


def _namespaces_work() -> bool:
    """Try everything that `View.enter` needs in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            kernel.own_user_namespace()
            kernel.unshare(kernel.NEW_PROCESSES | kernel.NEW_NETWORK | kernel.NEW_IPC)
            first = os.fork()
            if first == 0:
                os._exit(_try_view())
            os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]))
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _try_view() -> int:
    import tempfile
    from pathlib import Path

    from mlops_landscape.sandbox.view import Stage, View

    try:
        top = Path(tempfile.gettempdir())
        stage = Stage(top)
        stage.mount(16)
        stage.make_folders()
        View(stage, writable=True).enter()
        kernel.raise_loopback()
        kernel.drop_privileges()
    except OSError:
        return 1
    return 0
