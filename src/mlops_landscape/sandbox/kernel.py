"""The calls to Linux that Python has no name for; each raises OSError with the kernel's reason.

Sources: the manual pages unshare(2), mount(2), mount_setattr(2), pivot_root(2), prctl(2),
capabilities(7), user_namespaces(7) and netdevice(7).
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
from pathlib import Path

NEW_MOUNTS = 0x00020000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PROCESSES = 0x20000000
NEW_NETWORK = 0x40000000

_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000
NO_SET_UID, NO_DEVICES = 0x2, 0x4
_DETACH = 0x2
_AT_CURRENT_FOLDER, _AT_RECURSIVE = -100, 0x8000
_MOUNT_SETATTR = 442  # the same number on every architecture
_ATTRIBUTE_READ_ONLY, _ATTRIBUTE_NO_SET_UID = 0x1, 0x2
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
_CAPABILITY_VERSION_3 = 0x20080522
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _INTERFACE_UP = 0x8913, 0x8914, 0x1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(function: str, *arguments: object) -> None:
    if getattr(_libc, function)(*arguments) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def unshare(namespaces: int) -> None:
    """Leave the namespaces named by the flags `namespaces` for new ones."""
    _call("unshare", namespaces)


def fork_apart(own_processes: int) -> int:
    """Fork a child that is the first process of a new process namespace.

    Parameters
    ----------
    own_processes
        Descriptor of ``/proc/self/ns/pid``. The caller must be the master of that namespace, or
        the kernel lets it fork one such child and no more.

    Returns
    -------
    int
        0 in the child; in the parent the child's number in the parent's namespace.
    """
    unshare(NEW_PROCESSES)
    child = os.fork()
    if child:
        _call("setns", own_processes, NEW_PROCESSES)
    return child


def own_user_namespace() -> None:
    """Enter a user namespace in which this process may mount, under the user's own id.

    The process must have one thread only.
    """
    user, group = os.geteuid(), os.getegid()
    unshare(NEW_USER | NEW_MOUNTS)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    # What is mounted from here on does not show outside.
    _call("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None)


def mount(kind: str, target: Path, options: str = "", flags: int = NO_SET_UID) -> None:
    """Mount a file system of the given kind, such as ``tmpfs``, on the folder `target`."""
    _call("mount", kind.encode(), bytes(target), kind.encode(), flags, options.encode())


def unmount(target: Path) -> None:
    """Take away what is mounted on `target`, as soon as nothing uses it any more."""
    _call("umount2", bytes(target), _DETACH)


def bind(source: Path, target: Path, writable: bool = False) -> None:
    """Show the file or folder `source` at the existing path `target` too."""
    _call("mount", bytes(source), bytes(target), None, _BIND | _RECURSIVE, None)
    attributes = _ATTRIBUTE_NO_SET_UID | (0 if writable else _ATTRIBUTE_READ_ONLY)
    # Not a mount with the flag for "remount": that one is refused where the source carries
    # restrictions of its own, and does not reach what is mounted below it.
    packed = struct.pack("4Q", attributes, 0, 0, 0)
    _call(
        "syscall",
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_long(_AT_CURRENT_FOLDER),
        bytes(target),
        ctypes.c_ulong(_AT_RECURSIVE),
        packed,
        ctypes.c_ulong(len(packed)),
    )


def change_root(root: Path) -> None:
    """Make the mount point `root` the root of this mount namespace; the old one is gone."""
    os.chdir(root)
    # The old root is put on top of the new one and taken away from there: pivot_root(2), NOTES.
    _call("pivot_root", b".", b".")
    _call("umount2", b".", _DETACH)
    os.chdir("/")


def die_with_parent(sign: int) -> None:
    """Ask to be sent the signal `sign` when the parent process ends."""
    _call("prctl", _PR_SET_PDEATHSIG, sign, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def drop_privileges() -> None:
    """Give up every capability, for good and for every program that is started."""
    for capability in range(64):
        try:
            _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
        except OSError as error:
            if error.errno == errno.EINVAL:  # past the last one that this kernel knows
                break
            raise
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("capset", struct.pack("II", _CAPABILITY_VERSION_3, 0), struct.pack("6I", *(0,) * 6))


def gain_no_privileges() -> None:
    """Make sure that no program started from here gains rights, as set-user-id programs do."""
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def raise_loopback() -> None:
    """Switch the loopback device of this network namespace on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request)
        (flags,) = struct.unpack_from("H", answer, 16)
        request = struct.pack("16sH14x", b"lo", flags | _INTERFACE_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)
