"""Browser files: the package's own and the vendored ones, loaded only where a page needs them.

A cell's HTML says what its page needs in an attribute, ``data-page-assets="a.js b.css"``, with
paths below ``_static``. Nothing else is loaded, so a page of text stays light.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from mlops_landscape.paths import NODE_MODULES, REPOSITORY

VENDORED = {
    "plotly-basic.min.js": NODE_MODULES / "plotly.js-basic-dist-min/plotly-basic.min.js",
    "require.js": NODE_MODULES / "requirejs/require.js",
    "embed-amd.js": NODE_MODULES / "@jupyter-widgets/html-manager/dist/embed-amd.js",
    # The wheel of anywidget brings the build for require.js; its place below the environment's
    # share/ is where Jupyter itself looks for it.
    "anywidget.js": Path(sys.prefix) / "share/jupyter/nbextensions/anywidget/index.js",
}
"""Third-party files by their name in ``_static/vendor``; never committed."""


def _fonts() -> list[Path]:
    """Return the fonts of html-manager's icons; only a page with a stock widget asks for them."""
    return sorted((NODE_MODULES / "@jupyter-widgets/html-manager/dist").glob("*.woff2"))


def _own_files() -> list[Path]:
    package = REPOSITORY / "src" / "mlops_landscape"
    return sorted(path for path in package.glob("*/static/*") if path.is_file())


def _copy(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    (static / "vendor").mkdir(parents=True, exist_ok=True)
    for path in _own_files():
        shutil.copyfile(path, static / path.name)
    for path in _fonts():
        shutil.copyfile(path, static / "vendor" / path.name)
    for name, path in VENDORED.items():
        if not path.is_file():
            raise ExtensionError(
                f"{name} is missing. Mend: `make book` installs it from npm, pinned in package.json"
            )
        shutil.copyfile(path, static / "vendor" / name)


def _load(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    wanted: dict[str, None] = {}  # a dict keeps the order and drops repetitions
    for names in re.findall(r'data-page-assets="([^"]+)"', context.get("body", "")):
        wanted.update(dict.fromkeys(names.split()))
    for name in wanted:
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Connect to the events at which a page gets its scripts, and at which the build ends."""
    # Before Sphinx itself collects the page's files (priority 500 and later read the context).
    app.connect("html-page-context", _load, priority=400)
    app.connect("build-finished", _copy, priority=400)
