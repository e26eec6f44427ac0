"""How long a page takes: words, shown code and questions count, nothing else."""

import pytest

from mlops_landscape.path import minutes_of, time_text

HEAD = "---\ntools: [mlflow, pandas]\n---\n\n# Title\n\n"


def words(count: int) -> str:
    return HEAD + " ".join(["word"] * (count - 1)) + "\n"  # the title is the first


def cell(lines: int, tags: str = "") -> str:
    body = "\n".join(f"x{number} = {number}" for number in range(lines))
    return f"\n```{{code-cell}} ipython3\n{tags}{body}\n```\n"


@pytest.mark.parametrize(
    ("text", "questions", "minutes"),
    [
        (words(2000), 0, 10),
        (words(2001), 0, 15),
        (words(10), 0, 5),
        (words(1) + cell(24 * 5), 0, 15),
        (words(2000) + cell(60), 8, 25),
    ],
    ids=["words", "a word more is five minutes more", "never less than five", "code", "all three"],
)
def test_a_page_takes_what_is_to_be_read_on_it(text: str, questions: int, minutes: int) -> None:
    assert minutes_of(text, questions) == minutes


@pytest.mark.parametrize(
    "unread",
    [
        cell(500, ":tags: [remove-cell]\n\n"),
        cell(500, ":tags: [hide-input, other]\n\n"),
        cell(500, ":tags: [remove-input]\n\n"),
        "\n```{raw} html\n" + "<p>word word word</p>\n" * 800 + "```\n",
        "\n<!-- " + "word " * 4000 + "-->\n",
        "\n[word](" + "a-long-address-" * 500 + ")\n",
    ],
    ids=["removed", "folded", "output only", "HTML", "a comment", "an address"],
)
def test_what_nobody_reads_takes_no_time(unread: str) -> None:
    assert minutes_of(words(1990) + unread) == 10


def test_the_words_of_an_admonition_are_read() -> None:
    note = "\n```{note}\n" + "word " * 2000 + "\n```\n"
    assert minutes_of(words(1990) + note) == 20


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (5, "5 min"),
        (60, "1 h"),
        (85, "1 h 25 min"),
        (595, "9 h 55 min"),
        (610, "10 h"),
        (635, "11 h"),
    ],
)
def test_a_time_is_said_as_people_say_it(minutes: int, text: str) -> None:
    assert time_text(minutes) == text
