"""The same quiz with a live kernel: in a real JupyterLab the score arrives in Python."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from mlops_landscape.paths import NODE_MODULES, REPOSITORY
from mlops_landscape.quiz import Choice, load_quiz, quiz_path
from mlops_landscape.quiz.markup import to_plain

NAME = "tools/mlflow"
WHOLE = "stages/versioning"
"""A chapter of the book that is run whole, with its own quiz; one of the shorter ones."""

CHAPTER = f"""---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---

# A small chapter

```{{code-cell}} ipython3
from mlops_landscape.quiz import quiz

q = quiz("{NAME}")
q
```

```{{code-cell}} ipython3
print("score", q.score, "of", q.total)
print("responses", q.responses)
```
"""


PATIENCE = 90_000
"""Milliseconds for what waits for a kernel on a busy machine."""

WHOLE_CHAPTER = 300_000
"""Milliseconds for all cells of that chapter; they take about half a minute."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that JupyterLab shows: a small chapter, and one of the book's own."""
    work = tmp_path_factory.mktemp("work")
    (work / "chapter.md").write_text(CHAPTER)
    # The real chapter, with its quiz in a variable and a cell that prints what arrived in it.
    text = (REPOSITORY / "book" / f"{WHOLE}.md").read_text()
    cells = CHAPTER[CHAPTER.index("q = quiz(") :].replace(NAME, WHOLE)
    assert text.count(f'quiz("{WHOLE}")\n') == 1
    before, after = text.split(f'quiz("{WHOLE}")\n```\n')
    (work / "whole.md").write_text(before + cells + after)
    return work


@pytest.fixture
def open_chapter(run_notebook: Callable[[str], Page]) -> Callable[..., Page]:
    """Give a function that opens a chapter as a notebook and runs all its cells."""

    def open_(name: str = "chapter", quiz: str = NAME) -> Page:
        page = run_notebook(name)
        expect(card(page, quiz)).to_be_visible(timeout=WHOLE_CHAPTER)
        expect(printed(page)).to_contain_text("score 0 of", timeout=PATIENCE)
        expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE)
        return page

    return open_


@pytest.fixture
def chapter(open_chapter: Callable[..., Page]) -> Page:
    """Open the chapter and run it."""
    return open_chapter()


def card(page: Page, quiz: str = NAME) -> Locator:
    return page.locator(f".mlq[data-quiz='{quiz}']")


def printed(page: Page) -> Locator:
    return page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")


@pytest.mark.parametrize(("name", "quiz"), [("chapter", NAME), ("whole", WHOLE)])
def test_a_right_answer_arrives_in_python(
    open_chapter: Callable[..., Page], name: str, quiz: str
) -> None:
    chapter = open_chapter(name, quiz)
    data = load_quiz(quiz_path(quiz))
    question = next(q for q in data.questions if isinstance(q, Choice) and q.kind == "single")
    right = next(i for i, option in enumerate(question.options) if option.right)
    form = card(chapter, quiz).locator(f"form[data-question='{question.id}']")

    form.locator("label").nth(right).click()
    form.get_by_role("button", name="Check").click()
    expect(form).to_have_attribute("data-state", "right")
    chapter.locator(".jp-CodeCell .jp-InputArea-editor").last.click()
    chapter.keyboard.press("Control+Enter")

    expect(printed(chapter)).to_contain_text(f"score 1 of {len(data.questions)}", timeout=PATIENCE)
    expect(printed(chapter)).to_contain_text(
        repr({question.id: to_plain(question.options[right].text)})
    )


def test_keys_in_the_quiz_are_not_taken_for_shortcuts(chapter: Page) -> None:
    cells = chapter.locator(".jp-Cell")
    before = cells.count()

    card(chapter).locator("input[type=radio]").first.focus()
    # add above, add below, delete, cut, go to the next cell
    for key in ("a", "b", "d", "d", "x", "ArrowDown", "Alt+ArrowUp"):
        chapter.keyboard.press(key)

    expect(card(chapter).locator("input:checked")).to_have_count(1)
    expect(cells).to_have_count(before)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_the_quiz(
    open_chapter: Callable[..., Page], private: Path, theme: str
) -> None:
    settings = private / "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"theme": theme}))
    chapter = open_chapter()
    light = "false" if theme.endswith("Dark") else "true"
    expect(chapter.locator("body")).to_have_attribute("data-jp-theme-light", light)
    for form in card(chapter).locator("form[data-kind=single]").all():
        form.locator("label").first.click()
        form.get_by_role("button", name="Check").click()

    chapter.add_script_tag(path=NODE_MODULES / "axe-core" / "axe.min.js")
    # JupyterLab's layers hide the background from axe, so the quiz is looked at by itself.
    chapter.evaluate("document.body.replaceChildren(document.querySelector('.mlq'))")
    result = chapter.evaluate("axe.run(document.querySelector('.mlq'))")

    assert [(found["id"], found["nodes"][0]["html"]) for found in result["violations"]] == []
