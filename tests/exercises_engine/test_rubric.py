"""What a person marks, and what files are the answer, stand in the front matter."""

import json

import jupytext
import nbformat
import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.exercises.prove import read
from mlops_landscape.exercises.rubric import Criterion
from mlops_landscape.exercises.source import Places, about, make_exercise, read_solution

SLUG = "count-late-flights"
RUBRIC = """  files: [late.txt, left/kept]
  rubric:
    - criterion: The reason
      points: 2
      levels:
        2: "names the limit: 15 minutes"
        0: none
    - {criterion: Its style, points: 1, levels: {1: plain words}}
"""
CRITERIA = (
    Criterion("The reason", 2, {0: "none", 2: "names the limit: 15 minutes"}),
    Criterion("Its style", 1, {1: "plain words"}),
)


def write(places: Places, rubric: str, points: int = 7) -> None:
    path = places.solution(SLUG)
    text = path.read_text()
    text = text.replace("  answers: [late]\n", f"  answers: [late]\n{rubric}")
    path.write_text(text.replace("  points: 4\n", f"  points: {points}\n"))


def test_checks_and_rubric_make_the_points_together(places: Places) -> None:
    write(places, RUBRIC)
    solution, _ = read(SLUG, places)
    assert solution.about.rubric == CRITERIA
    assert solution.about.files == ("late.txt", "left/kept")


def test_points_that_leave_the_rubric_out_are_a_mistake(places: Places) -> None:
    write(places, RUBRIC, points=4)
    said = "`points` is 4, but the checks are worth 4 and the rubric 3, 7 together"
    with pytest.raises(InputError, match=said):
        read(SLUG, places)


def test_both_survive_a_learner_who_saves_in_jupyterlab(places: Places) -> None:
    write(places, RUBRIC)
    given = make_exercise(read_solution(SLUG, places))
    opened = jupytext.reads(given, fmt="md:myst")
    # JupyterLab holds an open notebook as JSON, where every key is text.
    back = nbformat.from_dict(json.loads(json.dumps(opened)))
    saved = jupytext.writes(back, fmt="md:myst")
    path = places.exercise(SLUG)
    assert about(path, saved) == about(path, given)
    assert about(path, saved).rubric == CRITERIA


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("  rubric:\n", "  rubric: essay\n", "", "it is not valid YAML"),
        (RUBRIC, "  rubric: essay\n", "front matter", "`exercise.rubric` is 'essay'"),
        (RUBRIC, "  rubric: []\n", "front matter", "`exercise.rubric` is []"),
        ("criterion: The", "name: The", "criterion 1", "it has name, points, levels, not"),
        ("The reason", "''", "criterion 1", "`criterion` is ''"),
        ("The reason", "Its style", "criterion 2", "there are two criteria 'Its style'"),
        ("points: 2", "points: two", "criterion 1", "`points` is 'two'"),
        ("points: 1,", "points: 0,", "criterion 2", "`points` is 0"),
        ("{1: plain words}", "[plain]", "criterion 2", "`levels` is ['plain']"),
        ("0: none", "3: none", "criterion 1", "the level 3 is no number of points it can earn"),
        ("0: none", "half: none", "criterion 1", "the level 'half' is no number of points"),
        ("0: none", "0:", "criterion 1", "the level 0 says None"),
        ("        2: ", "        1: ", "criterion 1", "no level earns all its points"),
        ("[late.txt, left/kept]", "late.txt", "front matter", "`exercise.files` is 'late.txt'"),
        ("left/kept", "../kept", "front matter", "holds '../kept', which is no file"),
        ("left/kept", "/etc/passwd", "front matter", "holds '/etc/passwd', which is no file"),
        ("left/kept", "'*.txt'", "front matter", "holds '*.txt', which is no file"),
        ("left/kept", "7", "front matter", "holds 7, which is no file"),
        ("left/kept", "late.txt", "front matter", "`late.txt` comes twice"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    places: Places, old: str, new: str, place: str, what: str
) -> None:
    assert old in RUBRIC
    write(places, RUBRIC.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_solution(SLUG, places)
    found = [problem for problem in caught.value.problems if what in problem.what]
    assert found, str(caught.value)
    assert found[0].file == places.solution(SLUG)
    assert place in found[0].place
    assert found[0].mend


def test_every_exercise_of_the_course_says_what_to_hand_in() -> None:
    places = Places()
    for slug in places.slugs():
        facts = read_solution(slug, places).about
        assert facts.files or facts.answers, slug


def test_a_wrong_kind_of_exercise_is_one_mistake_and_no_traceback(places: Places) -> None:
    path = places.solution(SLUG)
    text = path.read_text()
    start, end = text.index("exercise:\n"), text.index("---\n\n# Solution")
    path.write_text(text[:start] + "exercise: [late]\n" + text[end:])
    with pytest.raises(InputError, match=r"`exercise.title` is missing"):
        read_solution(SLUG, places)
