"""The picture of the map that the README and the landing page show: taken from the built page.

``make picture`` takes it anew. It carries the key of the catalogue it was taken from, so that a
test can tell when it has grown old.
"""

import hashlib
import io
from pathlib import Path

from PIL import Image, PngImagePlugin
from playwright.sync_api import Browser

from mlops_landscape.book.build import build
from mlops_landscape.book.serve import book_server, serving
from mlops_landscape.browser import chromium
from mlops_landscape.paths import BOOK, CATALOGUE

THEMES = ("light", "dark")
_KEY = "catalogue"


def catalogue_key() -> str:
    """Return a key of the catalogue's files; another catalogue has another one."""
    digest = hashlib.sha256()
    for path in sorted(CATALOGUE.glob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def is_current(theme: str) -> bool:
    """Return whether the committed picture shows the catalogue as it is now."""
    with Image.open(_path(theme)) as picture:
        return picture.info.get(_KEY) == catalogue_key()


def _path(theme: str) -> Path:
    return BOOK / "_static" / f"landscape-{theme}.png"


def take_pictures() -> None:
    """Build the book, photograph the map in both themes, and keep the pictures.

    Raises
    ------
    SetupError
        If there is no Chromium.
    """
    folder = build()
    with serving(book_server(folder)) as site, chromium() as browser:
        for theme in THEMES:
            _save(_photograph(browser, f"{site}/book/landscape.html", theme), theme)


def _photograph(browser: Browser, address: str, theme: str) -> bytes:
    page = browser.new_page(
        viewport={"width": 1280, "height": 900}, color_scheme=theme, device_scale_factor=1.5
    )
    page.goto(address, wait_until="networkidle")
    map_ = page.locator(".landscape-map")
    page.locator(".landscape[data-drawn]").wait_for()
    return map_.screenshot(animations="disabled")


def _save(png: bytes, theme: str) -> None:
    keys = PngImagePlugin.PngInfo()
    keys.add_text(_KEY, catalogue_key())
    # 128 colours are enough for a drawing, and keep the landing page light.
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(_path(theme), pnginfo=keys, optimize=True)
    print(f"book/_static/landscape-{theme}.png: {picture.width} x {picture.height} px")
