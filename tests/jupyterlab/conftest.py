"""A real JupyterLab with the settings that Binder gets, and notebooks run in it."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from mlops_landscape.paths import REPOSITORY
from mlops_landscape.servers import Server, serve

PATIENCE = 90_000
"""Milliseconds for what waits for a kernel on a busy machine."""


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for JupyterLab's settings, so that it finds none of this machine's user."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module")
def lab(folder: Path, private: Path) -> Iterator[Server]:
    """Run a JupyterLab that shows the module's fixture `folder`."""
    settings = private / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / ".binder" / "overrides.json", settings)
    command = [
        sys.executable,
        *("-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *("--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"),
        "--LabApp.extension_manager=readonly",
    ]
    env = {
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
    }
    with serve(command, ready="/api/status", env=env, cwd=folder, timeout=120) as server:
        yield server


@pytest.fixture
def run_notebook(lab: Server, new_page: Callable[..., Page]) -> Callable[[str], Page]:
    """Give a function that opens ``<name>.md`` of the folder as a notebook and runs its cells."""

    def run(name: str) -> Page:
        page = new_page()
        page.set_default_timeout(PATIENCE)
        # A workspace of its own: JupyterLab would open again what an earlier test had open.
        page.goto(f"{lab.url}/lab/workspaces/{uuid4().hex}/tree/{name}.md")
        # What is run before the kernel answers is dropped without a word.
        expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE)
        run_all(page)
        return page

    return run


def run_all(page: Page) -> None:
    first = page.locator(".jp-CodeCell .jp-InputPrompt").first
    for _ in range(10):  # even then a long notebook may still be loading, and drops it
        for item in ("Run", "Run All Cells"):
            page.get_by_role("menuitem", name=item, exact=True).click()
        try:
            expect(first).to_have_text(re.compile(r"\[(\*|\d+)\]"), timeout=5_000)
        except AssertionError:
            continue
        return
    raise AssertionError("JupyterLab did not run the cells")
