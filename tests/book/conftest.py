"""Fixtures for tests of the built book: one build, served once for each test worker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mlops_landscape.book.build import build
from mlops_landscape.book.serve import book_server, serving


@pytest.fixture(scope="session")
def html() -> Path:
    """Root of the built HTML. Builds what has changed; usually nothing."""
    return build()


@pytest.fixture(scope="session")
def site(html: Path) -> Iterator[str]:
    """Address of the built book over HTTP, without a slash at the end."""
    with serving(book_server(html)) as address:
        yield address


@pytest.fixture
def page_url(html: Path, site: str) -> Callable[..., str]:
    """Give a function from a page's name and a scheme to its address.

    A name is a docname, with or without ``book/``: ``tools/mlflow``, ``exercises/…``.
    """

    def url(name: str, scheme: str = "http") -> str:
        for candidate in (f"book/{name}.html", f"{name}.html"):
            if (html / candidate).is_file():
                root = site if scheme == "http" else html.as_uri()
                return f"{root}/{candidate}"
        raise AssertionError(f"the book has no page {name}")

    return url


@pytest.fixture
def open_page(new_page: Callable[..., Page], page_url: Callable[..., str]) -> Callable[..., Page]:
    """Give a function that opens a page of the book in a fresh browser context.

    ``open_page(name, width=1280, height=900, dark=False, scheme="http", mobile=False)``
    """

    def open_(
        name: str,
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        scheme: str = "http",
        mobile: bool = False,
    ) -> Page:
        page = new_page(width=width, height=height, dark=dark, mobile=mobile)
        page.goto(page_url(name, scheme), wait_until="load")
        return page

    return open_
