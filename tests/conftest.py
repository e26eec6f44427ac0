"""Fixtures for every test: a real Chromium, and pages that may not ask other hosts."""

import os
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from mlops_landscape.bootstrap import find_browser
from mlops_landscape.browser import FLAGS, LOCAL
from mlops_landscape.paths import NODE_MODULES

AXE = NODE_MODULES / "axe-core" / "axe.min.js"
ONE_WORD_OF_A_KIND = """() => {
    const seen = new Set();
    for (const code of document.querySelectorAll(".highlight pre")) {
        const ground = getComputedStyle(code).backgroundColor;
        for (const word of code.querySelectorAll("span:not(:has(span))")) {
            const kind = `${word.className} on ${ground}`;
            if (seen.has(kind)) word.replaceWith(...word.childNodes);
            seen.add(kind);
        }
    }
}"""


def pytest_configure(config: pytest.Config) -> None:
    # Kernels and servers that tests start would be three times slower without byte code.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium or Chrome, as the machine has it; one for all tests of a worker."""
    found = find_browser()
    assert found, "No Chromium or Chrome. Mend: run the tests with `make test`, which installs it."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield chromium
        chromium.close()


class PageWatch:
    """What pages did that a page of the book never does.

    Attributes
    ----------
    foreign
        Addresses on other hosts that were asked for.
    errors
        What was written to the console as an error, and exceptions nobody caught.
    """

    def __init__(self) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []

    def attach(self, page: Page) -> None:
        """Begin to watch `page`."""
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOCAL:
            self.foreign.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def verify(self) -> None:
        """Fail if anything was seen."""
        assert not self.foreign, f"requests to other hosts: {self.foreign}"
        assert not self.errors, f"errors in the console: {self.errors}"


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens an empty page in a fresh context of the browser.

    Its arguments are `width` and `height` (px), `dark` (colour scheme) and `mobile` (a touch
    screen). At the end of the test no page may have asked another host or logged an error.
    """
    watch = PageWatch()
    contexts = []

    def make(
        width: int = 1280, height: int = 900, dark: bool = False, mobile: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=mobile,
            is_mobile=mobile,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        watch.attach(page)
        return page

    yield make
    for context in contexts:
        context.close()
    watch.verify()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Give a function that returns what axe-core finds wrong with a page, or a part of it.

    ``axe(page, selector=None, rules=None)``: by some rules, or by all that it has.
    Afterwards the words of code on the page have lost their colours, but for one of each kind.
    """

    def run(page: Page, selector: str | None = None, rules: list[str] | None = None) -> list[str]:
        # Nine of ten elements are words of code, and all of a kind look the same: one is enough.
        page.evaluate(ONE_WORD_OF_A_KIND)
        # Not as a script element: a page whose policy allows no script would not run it.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        # Preloading would read the style sheets once more, by requests that files may not make.
        result = page.evaluate(
            "([selector, rules]) => axe.run(selector ? document.querySelector(selector) : document,"
            " {preload: false, ...(rules && {runOnly: rules})})",
            [selector, rules],
        )
        return [
            f"{violation['id']}: {violation['help']} at "
            + "; ".join(str(node["target"]) for node in violation["nodes"][:4])
            for violation in result["violations"]
        ]

    return run
