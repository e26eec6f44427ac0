"""Photographs of local pages: of real ones, in a real Chromium, and of nothing else."""

import asyncio
import io
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from IPython.display import Image, Markdown
from PIL import Image as Pixels

from mlops_landscape import browser
from mlops_landscape.browser import NOT_TAKEN, SHARPNESS, photograph
from mlops_landscape.errors import SetupError
from mlops_landscape.servers import serve

PAGES = {
    "index.html": """<body style="margin:0"><p id="told">waiting</p><script>
        const cookie = document.cookie === "token=abc", stored = localStorage.getItem("view");
        setTimeout(() => {
            document.body.style.background = cookie && stored === '"x"' ? "lime" : "red";
            document.querySelector("#told").textContent = "drawn";
        }, 200);
        </script></body>""",
    "foreign.html": '<link rel="stylesheet" href="http://fonts.example/a.css"><p>drawn</p>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("site")
    (folder / "deep").mkdir()
    for name, text in PAGES.items():
        (folder / "deep" / name).write_text(text)
    command = [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
    with serve([*command, "--directory", str(folder)]) as server:
        yield f"{server.url}/deep"


def taken(site: str, **options: dict[str, str]) -> Pixels.Image:
    picture = photograph(
        f"{site}/index.html",
        wait_for="text=drawn",
        alt="a page",
        settle=0,
        width=300,
        height=200,
        **options,  # type: ignore[arg-type]
    )
    assert isinstance(picture, Image)
    assert picture.alt == "a page"
    return Pixels.open(io.BytesIO(picture.data)).convert("RGB")


def test_the_picture_is_taken_when_the_page_is_ready(site: str) -> None:
    pixels = taken(site, cookies={"token": "abc"}, storage={"view": '"x"'})
    assert pixels.size == (300 * SHARPNESS, 200 * SHARPNESS)
    assert pixels.getpixel((440, 290)) == (0, 255, 0)


def test_without_its_cookie_the_page_is_another_one(site: str) -> None:
    assert taken(site).getpixel((440, 290)) == (255, 0, 0)


def test_it_works_where_an_event_loop_runs_as_in_a_kernel(site: str) -> None:
    async def cell() -> Pixels.Image:
        return taken(site)

    # In a thread of its own: a browser test that ran before in this process has
    # left Playwright's event loop running in the main one, where no other starts.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, cell()).result().size == (450, 300)


def test_a_page_that_asks_another_host_is_an_error_that_names_it(site: str) -> None:
    with pytest.raises(SetupError, match=r"asked other hosts for http://fonts\.example/a\.css"):
        photograph(f"{site}/foreign.html", wait_for="text=drawn", settle=0)


def test_a_page_that_never_shows_what_was_promised_is_an_error(site: str) -> None:
    with pytest.raises(SetupError, match=r"could not be photographed: .*Timeout 300ms"):
        photograph(f"{site}/index.html", wait_for="text=never", timeout=0.3)


def test_only_this_machine_is_photographed() -> None:
    with pytest.raises(SetupError, match="is not on this machine"):
        photograph("http://example.org/")


def test_without_a_browser_a_sentence_stands_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    told = photograph("http://127.0.0.1:1/")
    assert isinstance(told, Markdown)
    assert NOT_TAKEN in told.data
