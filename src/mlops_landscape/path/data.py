"""What the script ``path.js`` gets: steps, times, and how to know an answered quiz again."""

import json
from typing import Any

from mlops_landscape.path.steps import Course, Step
from mlops_landscape.quiz import Quiz, load_quiz, quiz_path

VARIABLE = "mlopsCourse"


def course_script(course: Course) -> str:
    """Return a script that sets one variable: from ``file://`` no page can fetch a file."""
    doors = [
        {"id": door.id, "name": door.name, "steps": [_step(step) for step in door.steps]}
        for door in course.doors
    ]
    data = json.dumps({"root": course.root, "doors": doors}, ensure_ascii=False, indent=1)
    return f"window.{VARIABLE} = {data};\n"


def _step(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {"page": step.docname, "title": step.title, "minutes": step.minutes}
    if step.questions:
        # A question that was asked in other words has another digest, and an answer to it is none.
        asked = Quiz(load_quiz(quiz_path(step.slug))).questions
        data["quiz"] = {
            "name": step.slug,
            "digests": {question["id"]: question["digest"] for question in asked},
        }
    return data
