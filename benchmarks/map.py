"""What the README says about the map: how soon it can be used, and how smoothly it pans.

Draws the course's own catalogue and 1,000 invented tools, each in a page of its own over HTTP, in
the machine's Chromium with its processor slowed down four times (about a phone of some years ago).

- *interactive*: milliseconds from the start of the navigation until the map is drawn and the main
  thread has then been free for a frame;
- *frames*: frames per second while the map, zoomed in, is dragged to and fro for two seconds; the
  screen shows at most 60. *worst* is the longest time between two frames.

Usage: ``make bench`` (needs no built book).
"""

import argparse
import shutil
import statistics
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mlops_landscape import catalogue as catalogue_package
from mlops_landscape import landscape
from mlops_landscape.book.serve import book_server, serving
from mlops_landscape.bootstrap import find_browser
from mlops_landscape.catalogue import Catalogue, load_catalogue
from mlops_landscape.landscape import show_landscape
from mlops_landscape.paths import NODE_MODULES

SLOWDOWN = 4
SECONDS = 2
PAGE = """<!doctype html><html lang="en" data-theme="light" data-content_root="./">
<meta charset="utf-8"><title>map</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="landscape.css">
<script defer src="plotly-basic.min.js"></script><script defer src="landscape.js"></script>
<body style="margin: 16px; width: 1000px">{html}</body></html>"""

# Frames are counted while synthetic pointer events drag the map; each event is sent in a frame of
# its own, as a browser sends a mouse's.
PAN = """seconds => new Promise(done => {
    const map = document.querySelector('.landscape-map');
    const frame = map.getBoundingClientRect();
    const [x, y] = [frame.left + frame.width / 2, frame.top + 200];
    const send = (type, across, down, target = map) => target.dispatchEvent(
        new PointerEvent(type, {bubbles: true, pointerType: 'mouse', button: 0,
                                clientX: x + across, clientY: y + down}));
    const times = [];
    let moved = 0;
    const begin = performance.now();
    const from = map.scrollLeft;
    send('pointerdown', 0, 0);
    const step = now => {
        times.push(now);
        const t = (performance.now() - begin) / 1000;
        if (t > seconds) { send('pointerup', 0, 0, window); return done([moved, times]); }
        moved = Math.max(moved, Math.abs(map.scrollLeft - from));
        send('pointermove', 300 * Math.sin(3 * t), 150 * Math.sin(5 * t), window);
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""


def invented(catalogue: Catalogue, number: int) -> Catalogue:
    """Return `number` tools, copies of the real ones under other names."""
    real = catalogue.tools
    tools = tuple(
        replace(real[n % len(real)], id=f"tool-{n}", name=f"{real[n % len(real)].name} {n}")
        for n in range(number)
    )
    without_links = tuple(
        replace(tool, works_with=(), status=tool.status and replace(tool.status, successors=()))
        for tool in tools
    )
    return replace(catalogue, tools=without_links)


def write_page(folder: Path, catalogue: Catalogue) -> None:
    """Write the map of a catalogue as a page that needs nothing else."""
    statics = [Path(package.__file__ or "").parent / "static" for package in (landscape,)]
    statics.append(Path(catalogue_package.__file__ or "").parent / "static")
    for static in statics:
        for file in static.iterdir():
            shutil.copy(file, folder)
    shutil.copy(NODE_MODULES / "plotly.js-basic-dist-min" / "plotly-basic.min.js", folder)
    html = show_landscape(catalogue).html
    (folder / "map.html").write_text(PAGE.format(html=html), encoding="utf-8")


def measure(browser: Browser, address: str) -> tuple[float, float, float]:
    """Return milliseconds to interactive, frames a second, and the longest frame in ms."""
    page = browser.new_page(viewport={"width": 1040, "height": 900})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".landscape[data-drawn]", timeout=120_000)
    interactive = page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => setTimeout("
        "() => done(performance.now()))))"
    )
    frames, worst = pan(page)
    page.close()
    return interactive, frames, worst


def pan(page: Page) -> tuple[float, float]:
    """Return frames a second and the longest frame (ms) while the zoomed map is dragged."""
    for _ in range(3):
        page.click("[data-zoom=in]")
    moved, times = page.evaluate(PAN, SECONDS)
    if moved < 100:
        raise RuntimeError(f"the map moved {moved} px only: what was timed is not panning")
    gaps = [after - before for before, after in pairwise(times)]
    return 1000 / statistics.mean(gaps), max(gaps)


def main() -> None:
    """Measure both maps and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    own = load_catalogue()
    print(
        f"| tools on the map | interactive, ms | frames a second | worst frame, ms | CPU/{SLOWDOWN}"
    )
    print("|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for catalogue in (own, invented(own, 1000)):
            with tempfile.TemporaryDirectory(prefix="map-") as folder:
                write_page(Path(folder), catalogue)
                with serving(book_server(Path(folder))) as site:
                    found = [measure(browser, f"{site}/map.html") for _ in range(runs)]
            interactive, frames, worst = (
                statistics.median(each) for each in zip(*found, strict=True)
            )
            count = len(catalogue.tools)
            print(f"| {count} | {interactive:.0f} | {frames:.0f} | {worst:.0f} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
