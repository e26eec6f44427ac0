"""Exercises are cut from their solutions; mistakes in the files are named."""

from pathlib import Path

import pytest
import yaml

from mlops_landscape.errors import InputError
from mlops_landscape.exercises.prove import read
from mlops_landscape.exercises.source import (
    Places,
    answer_wrongly,
    code_cells,
    make_exercise,
    read_solution,
    read_wrong_answers,
)

SLUG = "count-late-flights"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_solution_is_cut_out_and_nothing_else(places: Places) -> None:
    exercise = make_exercise(read_solution(SLUG, places))
    cells = [source for _, source in code_cells(exercise)]
    assert cells == [
        "delays = [3, 20, 15, -4]\nlate = None\n# YOUR CODE HERE",
        "from pathlib import Path\n\nif delays:\n    # YOUR CODE HERE\n    pass",
    ]
    assert "SOLUTION" not in exercise
    assert "Only here" not in exercise
    assert "# Exercise: Count late flights\n\nCount the delays" in exercise


def test_the_exercise_says_where_it_comes_from_and_where_the_solution_is(places: Places) -> None:
    exercise = make_exercise(read_solution(SLUG, places))
    source = f"solutions/{SLUG}.md"
    assert exercise.splitlines()[1].startswith(f"# Generated from {source} by `mlops-landscape")
    stuck, hand_in = exercise.rstrip().split("\n---\n")[-1].strip().split("\n\n")
    assert stuck.startswith("Stuck for more than 5 minutes?")
    assert f'submit("{SLUG}")' in hand_in
    assert f"(../{source})" in exercise
    front = yaml.safe_load(exercise.split("---")[1])
    assert front["exercise"]["answers"] == ["late"]


def test_a_wrong_answer_replaces_its_block_only(places: Places) -> None:
    solution = read_solution(SLUG, places)
    wrong = {
        one.name: one
        for one in read_wrong_answers(solution, places, ["late_is_right", "the_file_is_there"])
    }
    cells = [source for _, source in code_cells(answer_wrongly(solution, wrong["no-file"]))]
    assert "late = sum(delay >= 15" in cells[0]
    assert cells[1] == "from pathlib import Path\n\nif delays:\n    print(late)"


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("    ### END SOLUTION\n", "", "line 43, code cell 2", "the code cell ends before"),
        ("    ### BEGIN SOLUTION\n", "", "line 42, code cell 2", "ends that never began"),
        ("<!-- END SOLUTION -->\n", "", "line 29, code cell 1", "inside the one begun in line 21"),
        ("late = sum", "### BEGIN SOLUTION\nlate = sum", "line 31, code cell 1", "begins inside"),
        ("    ### BEGIN", "    ## BEGIN", "line 41, code cell 2", "is not a marker here"),
        ("<!-- BEGIN SOLUTION -->", "### BEGIN SOLUTION", "line 21", "is not a marker here"),
        ("delay in delays)", "delay in delays", "code cell 1 (from line 27)", "not valid Python"),
    ],
)
def test_a_mistake_in_the_cells_is_named_with_its_place(
    places: Places, old: str, new: str, place: str, what: str
) -> None:
    change(places.solution(SLUG), old, new)
    with pytest.raises(InputError) as caught:
        read_solution(SLUG, places)
    found = [problem for problem in caught.value.problems if what in problem.what]
    assert found, str(caught.value)
    assert found[0].place == place
    assert found[0].file == places.solution(SLUG)
    assert found[0].mend


def test_an_exercise_that_is_no_python_without_its_solution_is_refused(places: Places) -> None:
    change(
        places.solution(SLUG),
        "late = None\n### BEGIN SOLUTION\nlate = sum(",
        "late = sum(\n### BEGIN SOLUTION\n",
    )
    change(places.solution(SLUG), "for delay in delays)\n", "for delay in delays\n")
    change(places.solution(SLUG), "in delays\n### END SOLUTION\n", "in delays)\n### END SOLUTION\n")
    with pytest.raises(InputError, match="the exercise cut from it is not valid Python"):
        read_solution(SLUG, places)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("  points: 4\n", "", "`exercise.points` is missing"),
        ("  points: 4\n", "  points: four\n", "`exercise.points` is 'four'"),
        ("  minutes: 5\n", "", "`exercise.minutes` is missing"),
        ("  answers: [late]\n", "", "`exercise.answers` is missing"),
        ("  answers: [late]\n", "  answers: [7]\n", "holds 7, which is not a name"),
        ("tools: [pandas]\n", "", "`tools` is missing"),
        ("  name: python3\n", "", "`kernelspec.name` is missing"),
        ("    format_name: myst\n", "", "`jupytext.text_representation.format_name` is missing"),
        ("filter: exercise,tools", "filter: tools", "Jupytext would drop"),
        ("tools/counting", "tools/typo", "the chapter 'tools/typo' does not exist"),
        ("# Solution: Count", "# Count", "the heading '# Solution: Count late flights' is missing"),
        ("  title: Count", "  title: 'Count", "it is not valid YAML"),
        ("### BEGIN", "### NO", "ends that never began"),
    ],
)
def test_a_mistake_in_the_front_matter_is_named(
    places: Places, old: str, new: str, what: str
) -> None:
    change(places.solution(SLUG), old, new)
    with pytest.raises(InputError) as caught:
        read_solution(SLUG, places)
    assert any(what in problem.what for problem in caught.value.problems), str(caught.value)


def test_all_mistakes_are_listed_at_once(places: Places) -> None:
    change(places.solution(SLUG), "  points: 4\n", "")
    change(places.solution(SLUG), "  minutes: 5\n", "")
    change(places.solution(SLUG), "    ### END SOLUTION\n", "")
    with pytest.raises(InputError) as caught:
        read_solution(SLUG, places)
    assert len(caught.value.problems) >= 3


def test_an_unknown_slug_lists_the_known_ones(places: Places) -> None:
    with pytest.raises(InputError, match=f"use one of these: {SLUG}"):
        read_solution("count-flights", places)


def test_a_missing_check_file_is_named(places: Places) -> None:
    places.check_file(SLUG).unlink()
    with pytest.raises(InputError, match="the file of checks is missing"):
        read(SLUG, places)


def test_points_that_do_not_add_up_are_named(places: Places) -> None:
    change(places.solution(SLUG), "points: 4", "points: 5")
    with pytest.raises(InputError, match="`points` is 5, but the checks are worth 4 together"):
        read(SLUG, places)


def test_too_few_wrong_answers(places: Places) -> None:
    files = sorted(places.wrong_answers(SLUG).glob("*.md"))
    files[0].unlink()
    with pytest.raises(InputError, match=r"there are 3 recorded wrong answers"):
        read(SLUG, places)
    for file in files[1:]:
        file.unlink()
    with pytest.raises(InputError, match="there are no recorded wrong answers"):
        read(SLUG, places)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("fails: the_file_is_there", "fails: typo", "there is no check 'typo'"),
        ("fails: the_file_is_there\n", "", "`fails` is missing"),
        ("because: ", "why: ", "`because` is missing"),
        (":block: 2\n", "", "does not say which of the 2 blocks"),
        (":block: 2\n", ":block: 3\n", "does not say which of the 2 blocks"),
        ("```{code-cell} ipython3", "```python", "nothing is answered wrongly"),
    ],
)
def test_a_mistake_in_a_wrong_answer_is_named(
    places: Places, old: str, new: str, what: str
) -> None:
    file = places.wrong_answers(SLUG) / "no-file.md"
    change(file, old, new)
    with pytest.raises(InputError) as caught:
        read(SLUG, places)
    assert [problem.file for problem in caught.value.problems] == [file]
    assert what in caught.value.problems[0].what
