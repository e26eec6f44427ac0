"""Hidden checks are cut out with what only they used, and the rest is left as it was."""

from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.hidden import without_hidden

CHECKS = '''"""Checks of an exercise."""

import csv
import json
from math import inf, isclose

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

SEEN = 2  # both may know it
# The secret number.
SECRET = 41 + 1
LEFT, RIGHT = 1, 17
FOR_NOBODY = SEEN


def shared(work: Work) -> float:
    # A comment inside.
    return float(work.answer("late"))


def only_hidden(work: Work) -> list[str]:
    return list(csv.reader([json.dumps(SECRET + RIGHT)]))


# Hidden, and said above.

@worth(
    points=1,
    hint="A hint that only graders see.",
    visible=False,
)
def test_secret(work: Work) -> None:
    """The secret title."""
    assert isclose(shared(work), len(only_hidden(work))), f"the secret message for {SECRET}"
    # A last word of the hidden one.


@worth(points=1, hint="Count.")
def test_open(work: Work) -> None:
    """It is   oddly laid out."""
    assert shared(work) in   (SEEN, LEFT, inf), "it is not"  # as it was


# A last line.
'''

LEFT = '''"""Checks of an exercise."""

from math import inf

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

SEEN = 2  # both may know it
LEFT = 1
FOR_NOBODY = SEEN


def shared(work: Work) -> float:
    # A comment inside.
    return float(work.answer("late"))


@worth(points=1, hint="Count.")
def test_open(work: Work) -> None:
    """It is   oddly laid out."""
    assert shared(work) in   (SEEN, LEFT, inf), "it is not"  # as it was


# A last line.
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the file of checks."""
    path = tmp_path / "test_some.py"
    path.write_text(CHECKS)
    return path


def test_what_only_hidden_checks_use_goes_and_the_rest_stays(file: Path) -> None:
    cut = without_hidden(file)
    assert cut.text == LEFT
    assert cut.names == ("test_secret",)
    file.write_text(cut.text)
    assert [check.name for check in checks.collect(file)] == ["open"]


def test_it_knows_what_the_hidden_parts_said(file: Path) -> None:
    sayings = without_hidden(file).sayings
    for said in ("The secret title.", "A hint that only graders see.", "the secret message for "):
        assert said in sayings
    assert "Count." not in sayings


def test_a_file_without_hidden_checks_stays_byte_for_byte(file: Path) -> None:
    text = CHECKS.replace("    visible=False,\n", "")
    file.write_text(text)
    assert without_hidden(file).text == text


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (', hint="Count.")', ', hint="Count.", visible=False)', "all its checks are hidden"),
        ("# A last line.", "USED = test_secret.__name__", "uses a hidden check"),
        ("# A last line.", "print(test_secret)", "this statement uses a hidden check"),
        ("SEEN = 2  #", "SEEN = 2; OTHER = 3  #", "two statements share this line"),
    ],
)
def test_what_cannot_be_cut_is_named(file: Path, old: str, new: str, what: str) -> None:
    file.write_text(CHECKS.replace(old, new))
    with pytest.raises(InputError) as caught:
        without_hidden(file)
    assert what in caught.value.problems[0].what
    assert caught.value.problems[0].mend


def test_a_hidden_check_that_stands_in_a_block_is_refused(file: Path) -> None:
    start = CHECKS.index("@worth(\n")
    end = CHECKS.index("\n\n@worth(points=1, hint")
    block = "".join(f"    {line}\n" if line else "\n" for line in CHECKS[start:end].splitlines())
    file.write_text(f"{CHECKS[:start]}if True:\n{block}{CHECKS[end:]}")
    with pytest.raises(InputError, match="is not a function at the left margin"):
        without_hidden(file)


def test_a_long_import_that_shrinks_is_still_short(file: Path) -> None:
    names = [f"a_function_with_a_long_name_{number}" for number in range(5)]
    module = file.with_name("long_names.py")
    module.write_text("".join(f"def {name}(): ...\n" for name in names))
    text = CHECKS.replace(
        "import csv\n",
        "import sys\nsys.path.insert(0, str(__import__('pathlib').Path(__file__).parent))\n"
        f"from long_names import {', '.join(names)}\nimport csv\n",
    ).replace("return float(", f"return bool({', '.join(names[:4])}) or float(")
    text = text.replace("json.dumps(", f"{names[4]} or json.dumps(")
    text = text.replace(f"bool({', '.join(names[:4])})", f"bool([{', '.join(names[:4])}])")
    file.write_text(text)
    left = without_hidden(file).text
    assert names[3] in left
    assert names[4] not in left
    assert max(len(line) for line in left.splitlines() if "import" in line) <= 100
