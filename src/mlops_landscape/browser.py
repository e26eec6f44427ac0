"""Chromium, as the machine has it: launching it so that it asks no other host, and photographs.

A chapter that runs a server with a web interface shows that interface as it was in the build.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

from IPython.display import Image, Markdown
from playwright.sync_api import Browser, Error, Request, sync_playwright

from mlops_landscape.bootstrap import find_browser
from mlops_landscape.errors import SetupError

LOCAL = ("127.0.0.1", "localhost")
"""The hosts that a page may ask."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Chromium's own background traffic would otherwise be taken for the page's.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Every other name is unknown to this browser: a page that asks for a font gets none.
    "--host-resolver-rules=MAP * ~NOTFOUND, " + ", ".join(f"EXCLUDE {host}" for host in LOCAL),
)
"""What Chromium is started with."""

SHARPNESS = 1.5
"""Pixels of a picture for each CSS pixel of its page."""

NOT_TAKEN = "not photographed in this build: no Chromium on this machine"
"""What stands in the place of a picture where there is no browser."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium or Chrome for the length of a ``with`` block.

    Raises
    ------
    SetupError
        If there is none.
    """
    found = find_browser()
    if found is None:
        raise SetupError("A picture needs Chromium or Chrome. Mend: `make test` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def photograph(
    url: str,
    *,
    wait_for: str = "body",
    alt: str = "",
    cookies: Mapping[str, str] | None = None,
    storage: Mapping[str, str] | None = None,
    settle: float = 1,
    width: int = 1280,
    height: int = 720,
    timeout: float = 40,
) -> Image | Markdown:
    """Return a picture of a page that a server on this machine gives.

    Parameters
    ----------
    url
        Address on 127.0.0.1 or localhost.
    wait_for
        What must be visible before the picture is taken, in Playwright's words: a CSS selector,
        or ``text=success``.
    alt
        What the picture shows, for people who do not see it. MyST-NB takes the text from the
        cell's option ``image: alt``, JupyterLab takes it from here.
    cookies, storage
        Cookies, and entries of the page's localStorage, that are there before it loads.
    settle
        Seconds to wait after that, for drawings that move into their place.
    width, height
        Of the window, in CSS pixels.
    timeout
        Seconds to wait for `wait_for`.

    Returns
    -------
    Image or Markdown
        The picture as PNG; the sentence `NOT_TAKEN` where there is no browser.

    Raises
    ------
    SetupError
        If `url` is on another machine, does not answer, or does not show `wait_for` in time, and
        if the page asked another host for anything.
    """
    if urlsplit(url).hostname not in LOCAL:
        raise SetupError(f"{url} is not on this machine. Mend: photograph a server of the chapter.")
    if find_browser() is None:
        return Markdown(f"*{NOT_TAKEN}*")

    def take() -> bytes:
        with chromium() as browser:
            return _picture(
                browser,
                url,
                wait_for=wait_for,
                cookies=cookies or {},
                storage=storage or {},
                settle=settle,
                size=(width, height),
                timeout=timeout,
            )

    # A kernel runs an event loop in its thread, and there Playwright's plain calls refuse to work.
    with ThreadPoolExecutor(1) as thread:
        png = thread.submit(take).result()
    return Image(data=png, format="png", alt=alt)


def _picture(
    browser: Browser,
    url: str,
    *,
    wait_for: str,
    cookies: Mapping[str, str],
    storage: Mapping[str, str],
    settle: float,
    size: tuple[int, int],
    timeout: float,
) -> bytes:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=SHARPNESS
    )
    # For the whole server: with the page's own address they would hold for its folder only.
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    context.add_cookies([{"name": name, "value": cookies[name], "url": origin} for name in cookies])
    page = context.new_page()
    page.set_default_timeout(timeout * 1000)
    for name, value in storage.items():
        page.add_init_script(f"localStorage.setItem({name!r}, {value!r})")
    foreign: list[str] = []

    def watch(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOCAL:
            foreign.append(request.url)

    page.on("request", watch)
    try:
        page.goto(url)
        page.locator(wait_for).locator("visible=true").first.wait_for()
        page.wait_for_timeout(settle * 1000)
        png = page.screenshot(animations="disabled")
    except Error as error:
        raise SetupError(f"{url} could not be photographed: {error.message}") from None
    if foreign:
        raise SetupError(
            f"{url} asked other hosts for {', '.join(foreign)}. They were not reached; "
            "switch off in the server's settings what asks for them."
        )
    return png
