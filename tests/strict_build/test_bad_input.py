"""Mistakes in what people write by hand: each is named with its file, its place and its mend."""

import socket

import pytest

from .conftest import TOC, Checkout, cell


def test_every_mistake_is_listed_in_one_run(checkout: Checkout) -> None:
    toc = checkout.root / "_toc.yml"
    toc.write_text(TOC + "  - file: book/frist\n  - file: book/second\n")
    tools = checkout.root / "catalogue" / "tools.yml"
    tools.write_text(tools.read_text().replace("kind: managed", "kind: hosted", 1))
    quiz = checkout.root / "book" / "tools" / "mlflow.quiz.yml"
    quiz.write_text("title: No questions\n")
    result = checkout.build()
    assert result.returncode == 1
    assert "_toc.yml, line 6: there is no page book/frist.md" in result.stdout
    assert "_toc.yml, lines 5 and 7: 'book/second' is listed twice" in result.stdout
    assert "catalogue/tools.yml" in result.stdout
    assert "hosted" in result.stdout
    assert "book/tools/mlflow.quiz.yml" in result.stdout
    assert result.stdout.count("Mend:") >= 4
    assert "Traceback" not in result.stdout
    assert not (checkout.root / "_build" / "html").exists()


@pytest.mark.parametrize(
    ("toc", "said"),
    [
        (TOC.replace("root: book/index\n", ""), "root"),
        ("format: jb-book\nroot: book/index\nchapters:\n\t- file: book/first\n", "line 4"),
        (TOC.replace("  - file: book/second\n", ""), "book/second.md: the page is not in _toc.yml"),
    ],
    ids=["no root", "a tab", "a page left out"],
)
def test_mistake_in_the_table_of_contents(checkout: Checkout, toc: str, said: str) -> None:
    (checkout.root / "_toc.yml").write_text(toc)
    result = checkout.command("validate")
    assert result.returncode == 1
    assert said in result.stdout
    assert "Mend:" in result.stdout
    assert "Traceback" not in result.stdout


def test_a_tool_whose_chapter_does_not_exist(checkout: Checkout) -> None:
    tools = checkout.root / "catalogue" / "tools.yml"
    text = tools.read_text()
    assert "- id: dvc\n" in text
    tools.write_text(text.replace("- id: dvc\n", "- id: dvc\n    chapter: tools/dcv\n", 1))
    if "  - id: dvc\n" not in text:
        tools.write_text(text.replace("- id: dvc\n", "- id: dvc\n  chapter: tools/dcv\n", 1))
    result = checkout.command("validate")
    assert result.returncode == 1
    assert "tools/dcv" in result.stdout
    assert "'dvc'" in result.stdout


def test_front_matter_that_is_not_yaml(checkout: Checkout) -> None:
    page = checkout.write("first", cell("1"))
    page.write_text(page.read_text().replace("tools: [pandas]", "tools: [pandas"))
    result = checkout.command("validate")
    assert result.returncode == 1
    assert "book/first.md, line " in result.stdout


def test_code_cells_on_a_page_that_is_no_notebook(checkout: Checkout) -> None:
    (checkout.root / "book" / "first.md").write_text("# Title\n\n" + cell("1 + 1"))
    result = checkout.command("validate")
    assert result.returncode == 1
    assert "book/first.md, front matter: the page has code cells but is not marked" in result.stdout


def test_a_page_that_does_not_say_its_tools(checkout: Checkout) -> None:
    page = checkout.write("first", cell("1"))
    page.write_text(page.read_text().replace("tools: [pandas]\n", ""))
    result = checkout.command("validate")
    assert result.returncode == 1
    assert "book/first.md, front matter, 'tools'" in result.stdout


def test_port_in_use_is_a_sentence(checkout: Checkout) -> None:
    (checkout.root / "_build" / "html").mkdir(parents=True)
    (checkout.root / "_build" / "html" / "index.html").write_text("<p>book</p>")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = checkout.command("serve", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} is in use" in result.stdout
    assert "Traceback" not in result.stdout


def test_serving_before_building_is_a_sentence(checkout: Checkout) -> None:
    result = checkout.command("serve")
    assert result.returncode == 1
    assert "has not been built yet" in result.stdout
