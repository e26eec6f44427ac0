"""The catalogue as files that a reader takes away: ``_static/tools.csv`` and ``tools.json``."""

from pathlib import Path

from sphinx.application import Sphinx

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.directory import as_csv, as_json


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    catalogue = load_catalogue()
    # With the mark by which spreadsheet programs know that a file is UTF-8.
    (static / "tools.csv").write_text(as_csv(catalogue), encoding="utf-8-sig")
    (static / "tools.json").write_text(as_json(catalogue), encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect to the end of the build."""
    app.connect("build-finished", _write, priority=400)
