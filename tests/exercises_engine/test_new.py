"""A new exercise holds as it is written, and nothing is written over."""

from pathlib import Path
from typing import Any

import pytest

from mlops_landscape.cli import main
from mlops_landscape.errors import InputError
from mlops_landscape.exercises.commands import build_exercises
from mlops_landscape.exercises.new import new_exercise, next_steps
from mlops_landscape.exercises.prove import prove, read
from mlops_landscape.exercises.source import Places

SLUG = "count-late-flights"
ASKED: dict[str, Any] = {
    "slug": "my-first",
    "title": 'Sums: a "first" exercise',
    "chapter": "tools/counting",
    "points": 7,
    "minutes": 15,
    "tools": ["pandas"],
}


def everything(places: Places) -> dict[Path, bytes]:
    root = places.solutions.parent
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_new_exercise_is_built_and_proven_as_it_is(places: Places) -> None:
    written = new_exercise(**ASKED, places=places)
    assert len(written) == 6
    assert all(path.is_file() for path in written)
    build_exercises(places=places)
    proof = prove("my-first", places)
    assert [str(problem) for problem in proof.problems] == []
    assert proof.wrong_answers == 4
    solution, _ = read("my-first", places)
    assert (solution.about.title, solution.about.points) == (ASKED["title"], 7)
    assert (solution.about.minutes, solution.about.tools) == (15, ("pandas",))


def test_the_tool_is_the_chapter_s_first_if_none_is_named(places: Places) -> None:
    (places.book / "tools/mlflow.md").write_text("---\ntools: [mlflow, pandas]\n---\n\n# MLflow\n")
    new_exercise(**ASKED | {"chapter": "tools/mlflow", "tools": []}, places=places)
    solution, _ = read("my-first", places)
    assert solution.about.tools == ("mlflow",)


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        ({"slug": "My First"}, "the name", "it is 'My First'"),
        ({"slug": "../climbs-out"}, "the name", "it is '../climbs-out'"),
        ({"title": " "}, "--title", "it is ' '"),
        ({"title": "Two\nlines"}, "--title", "it is"),
        ({"chapter": "tools/typo"}, "--chapter", "there is no chapter 'tools/typo'"),
        ({"chapter": "../solutions/x"}, "--chapter", "there is no chapter"),
        ({"points": 3}, "--points", "it is 3"),
        ({"minutes": 0}, "--minutes", "it is 0"),
        ({"tools": ["no-such-package"]}, "--tools", "there is no package 'no-such-package'"),
        ({"tools": []}, "--tools", "names none to take over"),
        ({"slug": SLUG}, "", "it exists already"),
    ],
)
def test_a_mistake_in_what_was_asked_for_writes_nothing(
    places: Places, change: dict[str, Any], place: str, what: str
) -> None:
    before = everything(places)
    with pytest.raises(InputError) as caught:
        new_exercise(**ASKED | change, places=places)
    found = [problem for problem in caught.value.problems if what in problem.what]
    assert found, str(caught.value)
    assert found[0].place == place
    assert everything(places) == before


@pytest.mark.parametrize("kind", ["solution", "exercise", "check_file", "wrong_answers"])
def test_nothing_that_exists_is_written_over(places: Places, kind: str) -> None:
    existing = getattr(places, kind)("my-first")
    existing.write_text("mine") if existing.suffix else existing.mkdir()
    before = everything(places)
    with pytest.raises(InputError, match="it exists already") as caught:
        new_exercise(**ASKED, places=places)
    assert [problem.file for problem in caught.value.problems] == [existing]
    assert everything(places) == before


def test_an_interrupted_write_takes_back_what_it_wrote(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(places)
    folders = {path for path in places.checks.rglob("*") if path.is_dir()}
    opened: list[Path] = []
    real = Path.open

    def interrupted(self: Path, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        opened.append(self)
        if len(opened) == 4:
            raise KeyboardInterrupt
        return real(self, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", interrupted)
        with pytest.raises(KeyboardInterrupt):
            new_exercise(**ASKED | {"chapter": "tools/counting"}, places=places)
    assert everything(places) == before
    assert {path for path in places.checks.rglob("*") if path.is_dir()} == folders


def test_the_author_is_told_what_comes_next() -> None:
    said = next_steps("my-first")
    for part in (
        "solutions/my-first.md",
        "tests/exercises/test_my_first.py",
        "mlops-landscape exercises check my-first",
        "- file: exercises/my-first",
    ):
        assert part in said


def test_on_the_command_line_a_mistake_is_one_clear_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = ["exercises", "new", "log-a-dummy-metric", "--title", "X", "--chapter", "tools/mlflow"]
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert "solutions/log-a-dummy-metric.md: it exists already.\n    Mend:" in said
