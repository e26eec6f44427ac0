"""The course's Sphinx extension: one module for each thing that it adds to a stock build.

``inputs``
    pages know when what they depend on has changed;
``stamp``
    every executed page says when it ran, and with which versions;
``report``
    the directive ``build-report``: the same for the whole book, as a table;
``path``
    every page knows its place on the way through the course;
``assets``
    browser files, copied into the book and loaded only by the pages that need them;
``downloads``
    the catalogue as CSV and JSON;
``accessible``
    what other tools' HTML gets wrong for a screen reader is put right;
``offline``
    no page asks another host for anything.
"""

import os
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from mlops_landscape.sphinxext import (
    accessible,
    assets,
    downloads,
    inputs,
    offline,
    path,
    report,
    stamp,
)

REPOSITORY_VARIABLE = "MLOPS_LANDSCAPE_REPOSITORY"
"""Environment variable by which the publish workflow names the repository it runs in."""


def _set_repository(app: Sphinx, config: Config) -> None:
    """Let launch and source buttons point to the repository that publishes the book."""
    url = os.environ.get(REPOSITORY_VARIABLE)
    if url:
        config.html_theme_options["repository_url"] = url


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.connect("config-inited", _set_repository)
    for module in (inputs, stamp, report, downloads, path, accessible, assets, offline):
        module.setup(app)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
