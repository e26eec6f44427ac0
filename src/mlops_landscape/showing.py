"""What chapters use to show things: a table, a number in the text, a figure, old code.

Only for the page: nothing here does a tool's work.
"""

import logging
import re
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from IPython.display import HTML

BLUE, GREEN, RED = "#0072b2", "#009e73", "#d55e00"
"""Three colours that stay apart for the colour-blind and on light and dark pages (Okabe, Ito)."""


def table(frame: pd.DataFrame, digits: int = 3) -> HTML:
    """Return `frame` as a table of the page, without its index, numbers with `digits` decimals."""
    return HTML(
        frame.to_html(
            index=False,
            border=0,
            justify="left",
            classes="table",
            float_format=f"%.{digits}f",
            na_rep="–",
        )
    )


def put(key: str, value: object, form: str = "") -> None:
    """Give a value to the text, where ``{glue:text}`` names it by `key`.

    Parameters
    ----------
    value
        A number of numpy's becomes Python's own, which the text can format. None stands for what a
        missing tool should have said, and the text says that it was not run.
    form
        How to write the number, for one that may be None: the text cannot format words.
    """
    from myst_nb import glue

    if value is None:
        value = "(not run in this build)"
    elif form:
        value = format(value, form)
    elif isinstance(value, np.generic):
        value = value.item()
    glue(key, value, display=False)


def plain_figures(salt: str) -> None:
    """Draw matplotlib's figures as SVG on white, without a frame.

    Parameters
    ----------
    salt
        Any word of the chapter's own; with it the same figure is the same file in every build.
    """
    import matplotlib.pyplot as plt
    import matplotlib_inline.backend_inline

    matplotlib_inline.backend_inline.set_matplotlib_formats("svg")
    plt.rcParams |= {
        "figure.figsize": (7.2, 3.4),
        "figure.facecolor": "white",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": salt,
    }


def say(text: object, start: str = "", most: int = 230) -> None:
    """Print a message on short lines, at most `most` characters, without this machine's folders."""
    shown = re.sub(re.escape(tempfile.gettempdir()) + r"/\S*", "…/", str(text))
    shown = textwrap.shorten(shown, most, placeholder=" …")
    rest = " " * len(start)
    print(textwrap.fill(shown, 74, initial_indent=start, subsequent_indent=rest))


class _Heard(logging.Handler):
    """Keeps what is logged, instead of printing it with a time stamp."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname}: {record.getMessage()}")


@contextmanager
def then(logger: str = "", most: int = 230) -> Iterator[None]:
    """Run old code and print the warnings and the error that it meets today.

    Parameters
    ----------
    logger
        Name of the tool's logger; what it logs from WARNING on is printed too.
    most
        Characters of each message to print.
    """
    heard = _Heard()
    listened = logging.getLogger(logger) if logger else None
    if listened:
        handlers, level = listened.handlers, listened.level
        listened.handlers = [heard]
        listened.setLevel(logging.WARNING)
    lines: list[str] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        lines = [f"{each.category.__name__}: {each.message}" for each in caught]
        lines = lines + heard.lines or ["no error and no warning"]
    except Exception as error:
        lines = [f"{type(error).__name__}: {error}"]
    finally:
        if listened:
            listened.handlers = handlers
            listened.setLevel(level)
        for line in lines:
            say(line, start="→ ", most=most)
