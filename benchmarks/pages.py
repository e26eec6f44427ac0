"""What the README says about pages: bytes over the wire, and time to the first content.

Builds the landing page and the landscape page a second time with stock Jupyter Book settings,
serves both books with gzip, as a web server would, and opens each page several times in the
machine's Chromium. Requests to other hosts, which stock pages make, are counted and refused.

Usage: ``make bench`` (the book must be built first).
"""

import argparse
import gzip
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import Browser, sync_playwright

from mlops_landscape.book.build import build
from mlops_landscape.book.serve import serving
from mlops_landscape.bootstrap import find_browser
from mlops_landscape.paths import REPOSITORY

PAGES = ("index", "landscape")
COMPRESSED = {".html", ".js", ".css", ".svg", ".json"}

# The same cell as on our landscape page, but the figure itself is its result, as a notebook's
# author would write it: Jupyter Book then shows it with Plotly's default renderer.
STOCK_CELL = """from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.landscape import landscape_figure

landscape_figure(load_catalogue())
"""


@cache
def compressed(path: Path) -> bytes:
    """Compress a file once: a web server's time for it is not the page's."""
    return gzip.compress(path.read_bytes(), 6)


class GzipHandler(SimpleHTTPRequestHandler):
    """Serves files as a web server does: text compressed, the rest as it is."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def send_head(self) -> io.BytesIO | None:  # type: ignore[override]
        """Send the headers; return the body."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return None
        body = compressed(path) if path.suffix in COMPRESSED else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


def build_stock_book(folder: Path) -> Path:
    """Build the two pages with Jupyter Book's defaults; return the root of the HTML."""
    shutil.copytree(REPOSITORY / "book", folder / "book")
    config = yaml.safe_load((REPOSITORY / "_config.yml").read_text())
    stock = {key: config[key] for key in ("title", "author", "copyright", "logo")}
    stock |= {"only_build_toc_files": True, "execute": {"execute_notebooks": "force"}}
    (folder / "_config.yml").write_text(yaml.safe_dump(stock))
    toc = {"format": "jb-book", "root": "book/index", "chapters": [{"file": "book/landscape"}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    page = folder / "book" / "landscape.md"
    head = page.read_text().split("\n---\n", 1)[0]
    page.write_text(
        f"{head}\n---\n\n# The landscape\n\n```{{code-cell}} ipython3\n{STOCK_CELL}```\n"
    )
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "_build" / "html"


def measure(browser: Browser, address: str, runs: int) -> dict[str, float]:
    """Open `address` `runs` times with an empty cache; return medians and counts."""
    bytes_, paints, foreign = [], [], set()
    for run in range(runs + 1):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.route(
            lambda url: urlsplit(url).hostname != "127.0.0.1", lambda route: route.abort()
        )
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                foreign.add(request.url)
                if urlsplit(request.url).scheme.startswith("http")
                and urlsplit(request.url).hostname != "127.0.0.1"
                else None
            ),
        )
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        received: list[float] = []
        session.on(
            "Network.loadingFinished",
            lambda event, into=received: into.append(event["encodedDataLength"]),
        )
        page.goto(address, wait_until="networkidle")
        if run == 0:  # the first opening only fills the server's cache
            context.close()
            continue
        bytes_.append(sum(received))
        paints.append(
            page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        )
        context.close()
    return {
        "kB": statistics.median(bytes_) / 1000,
        "ms": statistics.median(paints),
        "foreign": len(foreign),
    }


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="openings of each page")
    runs = parser.parse_args().runs
    chromium = find_browser()
    with tempfile.TemporaryDirectory() as folder:
        books = {"ours": build(), "stock": build_stock_book(Path(folder))}
        print("| page | book | kB over the wire (gzip) | first content, ms | other hosts asked |")
        print("|---|---|---|---|---|")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for book, root in books.items():
                server = ThreadingHTTPServer(
                    ("127.0.0.1", 0), partial(GzipHandler, directory=str(root))
                )
                with serving(server) as site:
                    for page in PAGES:
                        row = measure(browser, f"{site}/book/{page}.html", runs)
                        print(
                            f"| {page} | {book} | {row['kB']:.0f} | {row['ms']:.0f} "
                            f"| {row['foreign']:.0f} |"
                        )
            browser.close()


if __name__ == "__main__":
    main()
