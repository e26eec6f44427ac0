"""What the pages say of which tools ran is what the build ran, and nothing that was typed."""

import json

from .conftest import Checkout, cell


def marked(option: str, code: str) -> str:
    """Return a code cell with an option."""
    return f"```{{code-cell}} ipython3\n{option}\n{code}\n```\n"


SHOWS = cell(
    "from mlops_landscape.runs import read_record\n"
    "print({name: run.how for name, run in read_record().tools.items()})"
)


def test_what_cells_ran_is_recorded_and_shown_on_pages_that_run_after_them(
    checkout: Checkout,
) -> None:
    checkout.write("first", SHOWS)  # in reading order it comes before what it tells of
    checkout.write(
        "second",
        marked(":runs: [pandas]", "import pandas")
        + marked(":emulates: [s3, pandas]", "import moto")
        + marked(":parts: [kserve, pandas]", "1 + 1")
        + cell(
            "from mlops_landscape.programs import leave_out_what_is_missing\n"
            "leave_out_what_is_missing('absent')"
        )
        + marked(":runs: [kafka]", "# needs absent\n1 / 0"),
    )
    lists = checkout.root / "environments"
    lists.mkdir()
    (lists / "absent.in").write_text("absent-package  # there is none\n")
    (lists / "absent.txt").write_text("absent-package==1.0\n")
    offline = {"UV_OFFLINE": "1", "UV_NO_INDEX": "1", "CI": ""}
    result = checkout.build(**offline)
    assert result.returncode == 0, result.stdout
    record = json.loads((checkout.root / "_build/runs.json").read_text())
    assert record["tools"] == {
        "kserve": {"how": "shared", "pages": ["second"], "needs": [], "in_part": True},
        "pandas": {"how": "shared", "pages": ["second"], "needs": [], "in_part": False},
        "s3": {"how": "emulated", "pages": ["second"], "needs": [], "in_part": False},
    }
    assert record["left_out"] == [{"page": "second", "needs": "absent", "tools": ["kafka"]}]
    shown = checkout.html("first").replace("&#39;", "'")
    assert "'kserve': 'shared', 'pandas': 'shared', 's3': 'emulated'" in shown
    assert "Not run in this build." in checkout.html("second")
    # Another cell runs another tool: the page that tells of it is run again.
    checkout.write("second", marked(":runs: [dvc]", "print('now dvc')"))
    result = checkout.build(**offline)
    assert result.returncode == 0, result.stdout
    assert "{'dvc': 'shared'}" in checkout.html("first").replace("&#39;", "'")


def test_ci_leaves_nothing_out(checkout: Checkout) -> None:
    checkout.write(
        "second",
        cell("from mlops_landscape.environments import environment\nenvironment('absent')"),
    )
    lists = checkout.root / "environments"
    lists.mkdir()
    (lists / "absent.in").write_text("absent-package  # there is none\n")
    (lists / "absent.txt").write_text("absent-package==1.0\n")
    result = checkout.build(UV_OFFLINE="1", UV_NO_INDEX="1", CI="true")
    assert result.returncode == 1
    assert (
        "The environment 'absent' could not be made from environments/absent.txt" in result.stdout
    )
    assert "Traceback" not in result.stdout


def test_mistakes_in_what_cells_say_are_named(checkout: Checkout) -> None:
    checkout.write(
        "second",
        marked(":runs: [pandsa]", "print(1)")
        + marked(":emulates: s3", "print(2)")
        + cell("# needs nothing-known\nprint(3)"),
    )
    result = checkout.command("validate")
    assert result.returncode == 1
    assert "book/second.md, code cell 1: 'runs' names 'pandsa'" in result.stdout
    assert "book/second.md, code cell 2: 'emulates' is no list of tools" in result.stdout
    assert "book/second.md, code cell 3: it needs 'nothing-known'" in result.stdout
    assert result.stdout.count("Mend:") == 3
