"""A page is read again, and takes other outputs from the cache, when its inputs have changed."""

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from mlops_landscape.book.chapters import Chapter, read_chapter, with_inputs
from mlops_landscape.book.inputs import inputs_key


def _key(docname: str) -> str | None:
    chapter: Chapter = read_chapter(docname)
    return inputs_key(chapter) if chapter.is_executed else None


def _keys(env: BuildEnvironment) -> dict[str, str | None]:
    if not hasattr(env, "mlops_inputs"):
        env.mlops_inputs = {}
    return env.mlops_inputs


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    known = _keys(env)
    return [name for name in env.found_docs if name in known and known[name] != _key(name)]


def _add_key(app: Sphinx, docname: str, source: list[str]) -> None:
    key = _key(docname)
    _keys(app.env)[docname] = key
    if key is not None:
        source[0] = with_inputs(source[0], key)


def setup(app: Sphinx) -> None:
    """Connect to the events at which Sphinx decides what to read, and reads it."""
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _add_key)
