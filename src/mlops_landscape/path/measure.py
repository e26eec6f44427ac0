"""How long a page takes: its words, the code that it shows, and its quiz."""

import re

WORDS_A_MINUTE = 200
SECONDS_A_CODE_LINE = 5
MINUTES_A_QUESTION = 1
STEP = 5
"""Minutes are given in fives: nobody reads to the minute."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^(`{3,})([^`\n]*)\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_NOT_SHOWN = re.compile(r"\b(remove-cell|remove-input|hide-cell|hide-input)\b")
_NOT_READ = re.compile(r"<!--.*?-->|<[^>]+>|\]\([^)]*\)", re.DOTALL)


def minutes_of(text: str, questions: int = 0) -> int:
    """Return how long a MyST page takes, in minutes, to the next five.

    Cells whose code is hidden or removed cost nothing, nor do outputs.

    Parameters
    ----------
    text
        The whole file.
    questions
        How many its quiz asks.
    """
    lines = 0

    def take(fence: re.Match[str]) -> str:
        """Count the lines of code; leave the words of a directive in place."""
        nonlocal lines
        info, body = fence[2].strip(), fence[3]
        if info.startswith("{code-cell}") and _NOT_SHOWN.search(body):
            return ""
        if info.startswith("{raw}"):
            return ""
        if info.startswith("{") and not info.startswith("{code"):
            return body
        lines += sum(bool(line.strip()) and line[0] != ":" for line in body.splitlines())
        return ""

    prose = _NOT_READ.sub(" ", _FENCE.sub(take, _FRONT_MATTER.sub("", text)))
    minutes = (
        len(re.findall(r"\w[\w'’-]*", prose)) / WORDS_A_MINUTE
        + lines * SECONDS_A_CODE_LINE / 60
        + questions * MINUTES_A_QUESTION
    )
    return max(STEP, -int(-minutes // STEP) * STEP)


def time_text(minutes: int) -> str:
    """Return a time as a person says it: ``25 min``, ``1 h 10 min``; from ten hours on ``12 h``."""
    hours, rest = divmod(minutes, 60)
    if hours >= 10:
        return f"{hours + (rest >= 30)} h"
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )
