"""The process that contained ones are forked from.

It has imported what they need, once. Where the machine lets it, it lives in a user, a mount and a
process namespace of its own: so it may mount what its children see, and when it ends, for whatever
reason, the kernel ends all of them.

It is told what to do on a Unix socket: one message an order, a letter and a path, with descriptors.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from mlops_landscape.sandbox import kernel
from mlops_landscape.sandbox.limits import Limits
from mlops_landscape.sandbox.view import HOME, Stage, View, environment

Send = Callable[[dict[str, Any]], None]
Task = Callable[[dict[str, Any], Path, Send], None]
"""Gets a request, the folder with the work, and a function that hands one message over."""

MOUNT, UNMOUNT, FORK, READY = b"M", b"U", b"F", b"R"
DONE: dict[str, Any] = {"done": True}
STARTED: dict[str, Any] = {"started": True}


def serve(control: socket.socket, namespaces: bool, prepare: Callable[[], Task]) -> None:
    """Be the host until the other end of `control` is closed.

    Parameters
    ----------
    control
        A ``SOCK_SEQPACKET`` socket.
    namespaces
        Whether to make namespaces.
    prepare
        Imports what tasks need and returns what runs them. It is called inside the namespaces,
        because a process that has threads, as many libraries start them, cannot make any.
    """
    if namespaces:
        kernel.own_user_namespace()
        kernel.unshare(kernel.NEW_PROCESSES)
        host = os.fork()
        if host:
            control.close()
            os.waitpid(host, 0)
            return
        kernel.die_with_parent(signal.SIGKILL)
    else:
        kernel.adopt_orphans()
    task = prepare()
    control.send(READY)
    _Host(control, namespaces, task).serve()


class _Host:
    def __init__(self, control: socket.socket, namespaces: bool, task: Task) -> None:
        self._control, self._namespaces, self._task = control, namespaces, task
        self._waiting: dict[int, int] = {}  # descriptor that a child's end is told on, by child
        self._processes = os.open("/proc/self/ns/pid", os.O_RDONLY)

    def serve(self) -> None:
        wakes, wakened = socket.socketpair()
        wakes.setblocking(False)
        wakened.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(wakes, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is wakes:
                        with contextlib.suppress(BlockingIOError):
                            wakes.recv(1024)
                        self._reap()
                    elif not self._obey():
                        return

    def _obey(self) -> bool:
        """Follow one order; return whether more may come."""
        order, descriptors, _, _ = socket.recv_fds(self._control, 4096, 4)
        if not order:
            return False
        path = Path(os.fsdecode(order[1:]))
        answer: list[int] = []
        try:
            if order[:1] == MOUNT:
                size = int(path.name.rpartition("-")[2])
                if self._namespaces:
                    Stage(path).mount(size)
                Stage(path).make_folders()
            elif order[:1] == UNMOUNT:
                if self._namespaces:
                    kernel.unmount(path)
            else:
                answer = [self._fork(*descriptors)]
        except OSError as error:
            self._control.send(f"{type(error).__name__}: {error}".encode())
        else:
            socket.send_fds(self._control, [READY], answer)
        for descriptor in [*descriptors[:3], *answer]:
            os.close(descriptor)
        return True

    def _fork(self, request: int, prints: int, sends: int, ends: int) -> int:
        """Fork one child; return a descriptor of it, by which it is watched and ended."""
        child = kernel.fork_apart(self._processes) if self._namespaces else os.fork()
        if child == 0:
            _become_foreign(self._task, self._namespaces, request, prints, sends)
        self._waiting[child] = ends
        return os.pidfd_open(child)

    def _reap(self) -> None:
        """Tell how children ended, and what processor time they and theirs had used."""
        with contextlib.suppress(ChildProcessError):
            while True:
                child, status, usage = os.wait4(-1, os.WNOHANG)
                if child == 0:
                    return
                ends = self._waiting.pop(child, None)
                if ends is not None:
                    end = {"status": status, "cpu": usage.ru_utime + usage.ru_stime}
                    with contextlib.suppress(BrokenPipeError):
                        os.write(ends, json.dumps(end).encode())
                    os.close(ends)


def _become_foreign(
    task: Task, namespaces: bool, request: int, prints: int, sends: int
) -> NoReturn:
    """Give up everything that foreign code must not have, then run the task."""

    def send(message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(sends, data) :]

    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        with os.fdopen(os.dup(request), "rb") as file:
            file.seek(0)
            asked = json.loads(file.read())
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, standard in ((nothing, 0), (prints, 1), (prints, 2)):
            os.dup2(descriptor, standard)
        sends = _close_others(sends)
        view = View.from_data(asked["view"])
        limits = Limits(**asked["limits"])
        view.fill()
        if namespaces:
            kernel.unshare(kernel.NEW_NETWORK | kernel.NEW_IPC)
            folder, home = view.enter(), HOME
            kernel.raise_loopback()
            kernel.drop_privileges()
        else:
            folder, home = view.stage.work, view.stage.temporary
            kernel.gain_no_privileges()
        os.environ.clear()
        os.environ.update(environment(folder, home))
        limits.impose()
        os.chdir(folder if view.writable else "/")
        # Neither the caller's folder nor the work's may offer modules to the checks.
        sys.path[:] = [entry for entry in sys.path if entry]
    except BaseException as error:
        send({"setup": f"{type(error).__name__}: {error}"})
        os._exit(1)
    send(STARTED)
    try:
        task(asked["task"], folder, send)
        sys.stdout.flush()
        sys.stderr.flush()
        send(DONE)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    # Not a normal end: MLflow would then close a run that the notebook left open, and the checks
    # should see it as the learner does while the notebook is open.
    os._exit(0)


def _close_others(kept: int) -> int:
    """Close all descriptors but the standard ones and `kept`; return its new number, 3."""
    if kept != 3:
        os.dup2(kept, 3)
    os.set_inheritable(3, False)
    os.closerange(4, max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 1)
    return 3
