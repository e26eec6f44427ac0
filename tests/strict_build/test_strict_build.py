"""The build stops at any mistake, says all of them at once, and does nothing twice."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from mlops_landscape.book.serve import book_server, serving

from .conftest import Checkout, cell


def test_all_failing_cells_are_listed_with_chapter_code_and_traceback(checkout: Checkout) -> None:
    checkout.write("first", cell("flights = []\nflights[3]"))
    checkout.write("second", cell("print('fine')") + cell("1 / 0"))
    result = checkout.build()
    assert result.returncode == 1
    assert "book/first: a cell failed" in result.stdout
    assert "flights[3]" in result.stdout
    assert "IndexError: list index out of range" in result.stdout
    assert "book/second: a cell failed" in result.stdout
    assert "ZeroDivisionError: division by zero" in result.stdout
    assert not (checkout.root / "_build" / "html" / "index.html").exists()


def test_only_what_depends_on_a_change_runs_again(checkout: Checkout) -> None:
    checkout.write("first", cell("from mlops_landscape.catalogue import load_catalogue"))
    first = checkout.build()
    assert first.returncode == 0, first.stdout
    assert ran(first.stdout) == {"book/first", "book/second"}
    stamp = re.search(r'<p class="stamp".*', checkout.html("second"))
    assert stamp

    unchanged = checkout.build()
    assert "up to date" in unchanged.stdout
    assert not ran(unchanged.stdout)

    page = checkout.root / "book" / "second.md"
    page.write_text(page.read_text() + "\nOne more sentence.\n")
    prose = checkout.build()
    assert prose.returncode == 0, prose.stdout
    assert not ran(prose.stdout)
    assert "One more sentence." in checkout.html("second")
    assert stamp[0] in checkout.html("second"), "the page still says when its cells ran"

    tools = checkout.root / "catalogue" / "tools.yml"
    tools.write_text(tools.read_text() + "# a comment\n")
    catalogue = checkout.build()
    assert catalogue.returncode == 0, catalogue.stdout
    assert ran(catalogue.stdout) == {"book/first"}

    checkout.write("second", cell("print('another number is', 7)"))
    code = checkout.build()
    assert ran(code.stdout) == {"book/second"}
    assert "another number is 7" in checkout.html("second")


def ran(output: str) -> set[str]:
    """Return the chapters that were run, from what the build printed."""
    return set(re.findall(r"^  ran\s+(\S+)", output, re.MULTILINE))


def test_a_dead_internal_link_is_named_with_file_and_line(checkout: Checkout) -> None:
    page = checkout.write("second", "See [the other page](thrid.md).")
    line = page.read_text().splitlines().index("See [the other page](thrid.md).") + 1
    result = checkout.build()
    assert result.returncode == 1
    assert f"book/second.md:{line}" in result.stdout
    assert "thrid.md" in result.stdout


def test_a_cell_that_asks_another_host_fails(checkout: Checkout) -> None:
    code = "import urllib.request\nurllib.request.urlopen('http://example.org/')"
    checkout.write("first", cell(code))
    result = checkout.build()
    assert result.returncode == 1
    assert "book/first: a cell failed" in result.stdout
    assert "this course runs without a network, and something asked for 'example.org'" in (
        result.stdout
    )


def test_a_page_that_loads_from_another_host_fails(checkout: Checkout) -> None:
    html = "<script src='https://cdn.example.org/x.js'></script>"
    code = f'from IPython.display import HTML\nHTML("{html}")'
    checkout.write("first", cell(code))
    result = checkout.build()
    assert result.returncode == 1
    assert "book/first.html" in result.stdout
    assert "loads https://cdn.example.org/x.js from another host" in result.stdout


def test_cells_run_in_a_scratch_folder_and_leave_the_checkout_clean(checkout: Checkout) -> None:
    code = "import pathlib\npathlib.Path('left-behind.txt').write_text('x')\n"
    code += "[path.name for path in pathlib.Path().iterdir()]"
    checkout.write("first", cell(code))
    before = files(checkout)
    result = checkout.build()
    assert result.returncode == 0, result.stdout
    text = re.sub(r"<[^>]+>", "", checkout.html("first"))
    assert "['left-behind.txt']" in text.replace("&#39;", "'"), "the folder was empty before"
    assert files(checkout) == before


def test_launch_buttons_lead_to_the_repository_that_publishes(checkout: Checkout) -> None:
    result = checkout.build(MLOPS_LANDSCAPE_REPOSITORY="https://github.com/somebody/their-fork")
    assert result.returncode == 0, result.stdout
    assert "mybinder.org/v2/gh/somebody/their-fork/main?urlpath=lab/tree/book/first.md" in (
        checkout.html("first")
    )


def files(checkout: Checkout) -> set[str]:
    """Return every file of a checkout but what is built, and Python's own byte code."""
    return {
        str(path.relative_to(checkout.root))
        for path in checkout.root.rglob("*")
        if not {"_build", "__pycache__", "node_modules"} & set(path.parts)
    }


def test_stock_widgets_are_drawn_by_the_vendored_manager(
    checkout: Checkout, new_page: Callable[..., Page]
) -> None:
    code = "import ipywidgets\nipywidgets.IntSlider(value=7, description='Trees')"
    checkout.write("first", cell(code), tools="ipywidgets")
    result = checkout.build()
    assert result.returncode == 0, result.stdout
    page = new_page()
    with serving(book_server(checkout.root / "_build" / "html")) as site:
        page.goto(f"{site}/book/first.html")
        expect(page.locator(".widget-slider .widget-readout")).to_have_text("7")
        page.close()
