"""The first process in the cage: builds the root, runs the grader in it, says what it left.

Runs as ``python -I inside.py request.json`` in new namespaces. The root is a file system in memory
of limited size with the system's folders in it, read-only; nothing else of the machine is there.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc")
DEVICES = ("null", "zero", "full", "random", "urandom")
LONGEST = 20_000_000  # bytes of one file that are read for the report


def mount(*arguments: str) -> None:
    """Call mount."""
    subprocess.run(["mount", *arguments], check=True)


def show(path: Path, root: Path) -> None:
    """Show a folder, read-only and at the same place."""
    target = root / path.relative_to("/")
    if path.is_symlink():
        target.symlink_to(path.readlink())
    elif path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        mount("--bind", str(path), str(target))
        mount("-o", "remount,bind,ro", str(target))


def listen(connections: list[str]) -> int:
    """Note in `connections` what is sent to a port of 127.0.0.1; return the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = server.accept()
            with connection:
                connections.append(connection.recv(100).decode(errors="replace"))

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def alive() -> list[str]:
    """Return what the processes besides this one are called."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                found.append((folder / "cmdline").read_text().replace("\0", " ")[:200])
        except OSError:
            continue
    return found


def main() -> None:
    """Do as the request says."""
    request = json.loads(Path(sys.argv[1]).read_text())
    job = Path(request["job"])
    root = job / "root"
    root.mkdir()
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "-o", f"size={request['size']}", "cage", str(root))
    for path in (*map(Path, SYSTEM), *map(Path, request["shown"])):
        show(path, root)
    for name in ("proc", "dev/shm", "tmp", "var/tmp", "home/teacher"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in DEVICES:
        (root / "dev" / name).touch()
        mount("--bind", f"/dev/{name}", str(root / "dev" / name))
    mount("-t", "proc", "proc", str(root / "proc"))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
    subprocess.run(["cp", "-r", request["work"], str(root / "tmp/course")], check=True)
    connections: list[str] = []
    port = listen(connections)
    for path in (root / "tmp/course").rglob("*.ipynb"):
        text = path.read_text()
        if "65535" in text:  # stands for the port until it is known
            path.write_text(text.replace("65535", str(port)))

    def enter() -> None:
        os.chroot(root)
        os.chdir("/tmp/course")

    variables = {**os.environ, "HOME": "/home/teacher", "TMPDIR": "/tmp"}
    done = subprocess.run(request["command"], preexec_fn=enter, env=variables, check=False)
    left = alive()
    files = {}
    places = ("tmp", "var/tmp", "home", "dev/shm")
    for path in (path for place in places for path in (root / place).rglob("*")):
        inside = path.relative_to(root)
        if any(str(path).startswith(f"{root}{shown}/") for shown in request["shown"]):
            continue
        if path.is_file() and not path.is_symlink():
            files[str(inside)] = path.stat().st_size
    results = {
        name: (root / name).read_text(errors="replace")
        for name, size in files.items()
        if size < LONGEST and name.endswith(("grades.csv", "results.json", "-found.txt"))
    }
    report = {
        "code": done.returncode,
        "alive": left,
        "files": files,
        "results": results,
        "connections": connections,
    }
    (job / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main()
