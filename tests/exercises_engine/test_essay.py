"""The essay's page says in words what its front matter and its recorded wrong answer say."""

import re

from mlops_landscape.exercises.prove import read
from mlops_landscape.exercises.source import Places

SOLUTION, WRONG_ANSWERS = read("mlflow-or-sagemaker", Places())


def test_the_table_on_the_page_is_the_rubric() -> None:
    """A learner reads the table; the person who marks is given the front matter."""
    rows = [
        f"| **{criterion.name}** | {' | '.join(reversed(criterion.levels.values()))} |\n"
        for criterion in SOLUTION.about.rubric
    ]
    head = "| Criterion | 4 points | 2 points | 0 points |\n|---|---|---|---|\n"
    assert head + "".join(rows) in SOLUTION.text


def test_the_poor_essay_on_the_page_is_the_recorded_one() -> None:
    poor = next(answer for answer in WRONG_ANSWERS if answer.name == "for-any-team")
    quoted = " ".join(re.findall(r"^> ?(.*)$", SOLUTION.text, re.MULTILINE))
    assert quoted.split() == poor.replaced[1].split('"""')[1].split()
