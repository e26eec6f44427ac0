"""One exercise, four questions with five tests each, in the form of each of the three graders.

The learner's text, the solution and the asserts are the same in all of them. nbgrader and Otter run
the asserts in the notebook's process, ours in another one, where the variables are answers.
"""

from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode, v4

SLUG = "four-questions"
SETUP = """\
import os

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression

n = 400
flights = pd.DataFrame({
    "carrier": [("UA", "B6", "EV", "DL")[i % 4] for i in range(n)],
    "hour": [5 + (i * 7) % 18 for i in range(n)],
    "delay": [(i * 37) % 90 - 20 + 2 * (5 + (i * 7) % 18) for i in range(n)],
})
flights["late"] = flights["delay"] >= 40"""


@dataclass(frozen=True)
class Question:
    """A question: what is asked, what is given, the solution, and five asserts with messages.

    The first three asserts are visible, the others hidden. `needs` names the variables they use;
    ``client`` is a client of the MLflow store that the notebook left.
    """

    asked: str
    given: str
    solved: str
    needs: tuple[str, ...]
    tests: tuple[str, ...]


QUESTIONS = (
    Question(
        "Put the share of late flights of each carrier into the dict `share`.",
        "share = None",
        'share = flights.groupby("carrier")["late"].mean().to_dict()',
        ("share",),
        (
            'assert isinstance(share, dict), "`share` is no dict"',
            'assert share and len(share) == 4, "`share` must have four carriers"',
            'assert share and all(0 <= s <= 1 for s in share.values()), "shares are from 0 to 1"',
            'assert share and abs(share["UA"] - 0.6) < 0.001, "the share of UA is wrong"',
            'assert share and abs(sum(share.values()) / 4 - RATE) < 0.01, "the shares are wrong"',
        ),
    ),
    Question(
        "Put the three hours with the highest mean delay into the list `worst`, worst first.",
        "worst = None",
        'worst = flights.groupby("hour")["delay"].mean().nlargest(3).index.tolist()',
        ("worst",),
        (
            'assert isinstance(worst, list), "`worst` is no list"',
            'assert worst and len(worst) == 3, "`worst` must have three hours"',
            'assert worst and all(5 <= h <= 22 for h in worst), "hours are from 5 to 22"',
            'assert worst and worst[0] == WORST[0], "the worst hour is wrong"',
            'assert worst == WORST, "the hours are wrong"',
        ),
    ),
    Question(
        "Fit a LogisticRegression on `hour`, and put each flight's chance to be late into the list "
        "`chances`.",
        "chances = None",
        'model = LogisticRegression().fit(flights[["hour"]], flights["late"])\n'
        'chances = model.predict_proba(flights[["hour"]])[:, 1].tolist()',
        ("chances",),
        (
            'assert isinstance(chances, list), "`chances` is no list"',
            'assert chances and len(chances) == 400, "one chance a flight"',
            'assert chances and all(0 <= c <= 1 for c in chances), "chances are from 0 to 1"',
            'assert chances and chances[0] < chances[2] - 0.1, "later flights are later"',
            'assert chances and abs(sum(chances) / 400 - RATE) < 0.01, "the mean is wrong"',
        ),
    ),
    Question(
        "Log the metric `mean_chance` in a run called `model` of the experiment `flights`, to "
        "`sqlite:///mlflow.db`.",
        'mlflow.set_tracking_uri("sqlite:///mlflow.db")',
        'mlflow.set_experiment("flights")\n'
        'with mlflow.start_run(run_name="model"):\n'
        '    mlflow.log_metric("mean_chance", sum(chances) / len(chances))',
        ("client",),
        (
            'assert client.get_experiment_by_name("flights"), "no experiment `flights`"',
            'e = client.get_experiment_by_name("flights")\n'
            'assert e and client.search_runs([e.experiment_id]), "no run"',
            'e = client.get_experiment_by_name("flights")\n'
            "runs = client.search_runs([e.experiment_id]) if e else []\n"
            'assert "model" in [r.info.run_name for r in runs], "no run `model`"',
            'e = client.get_experiment_by_name("flights")\n'
            "runs = client.search_runs([e.experiment_id]) if e else []\n"
            'assert any("mean_chance" in r.data.metrics for r in runs), "no `mean_chance`"',
            'e = client.get_experiment_by_name("flights")\n'
            "runs = client.search_runs([e.experiment_id]) if e else []\n"
            'values = [r.data.metrics.get("mean_chance", 0) for r in runs]\n'
            'assert any(abs(v - RATE) < 0.01 for v in values), "the metric is wrong"',
        ),
    ),
)
POINTS = sum(len(question.tests) for question in QUESTIONS)
VISIBLE = 3
# What the asserts compare with: of the data above, worked out without the solution.
EXPECTED = """\
DELAYS = [((5 + (i * 7) % 18), (i * 37) % 90 - 20 + 2 * (5 + (i * 7) % 18)) for i in range(400)]
MEANS = {h: [d for other, d in DELAYS if other == h] for h in sorted({h for h, _ in DELAYS})}
WORST = sorted(MEANS, key=lambda h: -sum(MEANS[h]) / len(MEANS[h]))[:3]
RATE = sum(d >= 40 for _, d in DELAYS) / 400"""
_CLIENT = 'client = mlflow.MlflowClient("sqlite:///mlflow.db")'
_PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def _noted(body: str, note: str) -> str:
    """Return the body of a hidden test with a note that an attack may look for."""
    return f"# {note}\n{body}" if note else body


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def write_ours(root: Path, note: str = "") -> None:
    """Write the exercise as a course of ours: solution, checks and a chapter, below `root`."""
    for folder in ("solutions", "exercises", "tests/exercises", "book"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "book/index.md").write_text("# Flights\n")
    about = {
        "title": "Four questions",
        "points": POINTS,
        "minutes": 20,
        "chapter": "index",
        "answers": ["share", "worst", "chances"],
    }
    front = {
        "jupytext": {
            "notebook_metadata_filter": "exercise,tools",
            "text_representation": {"extension": ".md", "format_name": "myst"},
        },
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "tools": [],
        "exercise": about,
    }
    fence = "```{{code-cell}} ipython3\n{}\n```\n"
    parts = [
        f"---\n{yaml.safe_dump(front, sort_keys=False)}---\n",
        "# Solution: Four questions\n",
        fence.format(SETUP),
    ]
    for question in QUESTIONS:
        code = f"{question.given}\n### BEGIN SOLUTION\n{question.solved}\n### END SOLUTION"
        parts += [f"{question.asked}\n", fence.format(code)]
    (root / f"solutions/{SLUG}.md").write_text("\n".join(parts))
    lines = [
        '"""Checks."""\n',
        "from mlops_landscape.exercises.checks import worth\n",
        f"{EXPECTED}\n",
    ]
    for number, question in enumerate(QUESTIONS, start=1):
        taken = "".join(
            f"    {name} = "
            + ("work.mlflow" if name == "client" else f'work.answer("{name}")')
            + "\n"
            for name in question.needs
        )
        for test, body in enumerate(question.tests, start=1):
            visible = test <= VISIBLE
            body = body if visible else _noted(body, note)
            lines.append(
                f'@worth(points=1, hint="Read question {number} again.", visible={visible})\n'
                f"def test_q{number}_{test}(work):\n"
                f'    """Question {number}, test {test}."""\n{taken}{_indented(body)}'
            )
    (root / "tests/exercises/test_four_questions.py").write_text("\n".join(lines))


def _needed(question: Question) -> str:
    return f"{_CLIENT}\n" if "client" in question.needs else ""


def nbgrader_source(note: str = "") -> NotebookNode:
    """Return the assignment as nbgrader's toolbar would have marked it."""
    cells = [v4.new_code_cell(SETUP)]

    def marked(source: str, name: str, points: int | None) -> NotebookNode:
        cell = v4.new_code_cell(source)
        cell.metadata["nbgrader"] = {
            "grade": points is not None,
            "grade_id": name,
            "locked": points is not None,
            "schema_version": 3,
            "solution": points is None,
            "task": False,
            **({} if points is None else {"points": points}),
        }
        return cell

    for number, question in enumerate(QUESTIONS, start=1):
        code = f"{question.given}\n### BEGIN SOLUTION\n{question.solved}\n### END SOLUTION"
        cells += [v4.new_markdown_cell(question.asked), marked(code, f"q{number}", None)]
        for test, body in enumerate(question.tests, start=1):
            source = f"{EXPECTED}\n{_needed(question)}{body}"
            if test > VISIBLE:
                source = _noted(source, note)
                source = f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"
            cells.append(marked(source, f"q{number}-{test}", 1))
    return v4.new_notebook(cells=cells, metadata=_PYTHON)


def otter_source(note: str = "") -> NotebookNode:
    """Return the master notebook for `otter assign`."""
    config = {
        "name": SLUG,
        "tests": {"ok_format": False},
        "export_cell": False,
        "generate": {"pdf": False, "show_hidden": False},
    }
    cells = [
        v4.new_raw_cell(f"# ASSIGNMENT CONFIG\n{yaml.safe_dump(config)}"),
        v4.new_code_cell(SETUP),
    ]
    for number, question in enumerate(QUESTIONS, start=1):
        code = f"{question.given}\n# BEGIN SOLUTION\n{question.solved}\n# END SOLUTION"
        cells += [
            v4.new_raw_cell(f"# BEGIN QUESTION\nname: q{number}"),
            v4.new_markdown_cell(question.asked),
            v4.new_raw_cell("# BEGIN SOLUTION"),
            v4.new_code_cell(code),
            v4.new_raw_cell("# END SOLUTION"),
            v4.new_raw_cell("# BEGIN TESTS"),
        ]
        for test, body in enumerate(question.tests, start=1):
            hidden = "hidden: true\n" if test > VISIBLE else ""
            body = _noted(body, note) if hidden else body
            names = "env" if "client" in question.needs else ", ".join(question.needs)
            before = f"import mlflow\n{_CLIENT}\n" if "client" in question.needs else ""
            cells.append(
                v4.new_code_cell(
                    f'""" # BEGIN TEST CONFIG\npoints: 1\n{hidden}""" # END TEST CONFIG\n'
                    f"def test_q{number}_{test}({names}):\n"
                    + _indented(f"{EXPECTED}\n{before}{body}").rstrip()
                )
            )
        cells += [v4.new_raw_cell("# END TESTS"), v4.new_raw_cell("# END QUESTION")]
    return v4.new_notebook(cells=cells, metadata=_PYTHON)


def answer(notebook: NotebookNode, answers: dict[int, str]) -> str:
    """Return a learner's notebook, made from what the learner was given.

    Parameters
    ----------
    answers
        What is written by question, from 1; a question that is not in it stays as it was given.
    """
    filled = nbformat.from_dict(notebook)
    for cell in filled.cells:
        for number, question in enumerate(QUESTIONS, start=1):
            is_it = cell.cell_type == "code" and cell.source.startswith(f"{question.given}\n")
            if is_it and number in answers:
                cell.source = f"{question.given}\n{answers[number]}"
                cell.outputs = []
    return nbformat.writes(filled)
