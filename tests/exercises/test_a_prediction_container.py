"""Checks of the exercise `a-prediction-container`, in the order in which to mend."""

import math
from typing import Any

import pytest

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

# The made-up models and the flights of the notebook.
MODELS = {"dry": (-3.0, 0.1, 2.0), "wet": (-2.0, 0.05, 6.0)}
EVENING, MORNING, SHOWER = (20.0, 0.0), (6.0, 0.0), (20.0, 0.5)


def chance(model: str, flight: tuple[float, float]) -> float:
    """Return what the model says of a flight."""
    intercept, departure, rain = MODELS[model]
    return 1 / (1 + math.exp(-(intercept + departure * flight[0] + rain * flight[1])))


def rehearsal(work: Work, name: str) -> dict[str, Any]:
    """Return what a rehearsal wrote down, if the server was healthy in it."""
    given = work.answer(name)
    shape = isinstance(given, dict) and {"healthy", "problem", "answers"} <= set(given)
    assert shape, f"`{name}` is not what `rehearse` returns"
    # The last words of a server that broke are long; the reason stands before them.
    why = str(given["problem"]).partition(" Its last words:")[0]
    assert given["healthy"], f"in the {name} rehearsal: {why}"
    return dict(given)


def answer(work: Work, name: str, request: str) -> dict[str, Any]:
    """Return the answer to a request, if there was one."""
    found = rehearsal(work, name)["answers"].get(request)
    assert found is not None, f"`{name}` has no answer to the request {request!r}"
    assert "problem" not in found, f"to the request {request!r} {found.get('problem')}"
    return dict(found)


def predictions(work: Work, name: str, request: str) -> list[float]:
    """Return the predictions of an answer that has the form of the contract."""
    found = answer(work, name, request)
    assert found["status"] == 200, f"the request {request!r} is answered {found['status']}, not 200"
    body = found["body"]
    in_form = isinstance(body, dict) and isinstance(body.get("predictions"), list)
    assert in_form, f'the answer is {str(body)[:80]}; asked for is {{"predictions": [...]}}'
    return list(body["predictions"])


@worth(
    points=1,
    hint="Run the cell that writes `server.py`. Do not rename the file.",
)
def test_the_server_reads_the_contract(work: Work) -> None:
    """The file `server.py` is there and reads the variables of the contract."""
    path = work.folder / "server.py"
    assert path.is_file(), "there is no file server.py in the folder of the notebook"
    text = path.read_text(encoding="utf-8", errors="replace")
    read = [name for name in ("STORAGE_URI", "HEALTH_ROUTE", "PREDICT_ROUTE") if name in text]
    assert read, "server.py reads none of AIP_STORAGE_URI, AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE"


@worth(
    points=2,
    hint="Read the last words of the server below the rehearsal. A server that exits has met an "
    "error while it started; one that is not healthy does not answer 200 to `GET`.",
)
def test_it_becomes_healthy(work: Work) -> None:
    """The server starts, listens on the port that it is given and is healthy."""
    rehearsal(work, "first")


@worth(
    points=1,
    hint="The routes are in the environment. Compare `self.path` with the variable, not with a "
    "text.",
)
def test_other_routes_work_too(work: Work) -> None:
    """It is healthy with other routes as well."""
    rehearsal(work, "second")


@worth(
    points=2,
    hint="Answer with status 200 and a JSON object that has the one key `predictions`, a list.",
)
def test_the_answer_has_its_form(work: Work) -> None:
    """A prediction is answered in the form of the contract."""
    predictions(work, "first", "one")


@worth(
    points=1,
    hint="Go through all instances and keep their order.",
)
def test_every_instance_has_its_prediction(work: Work) -> None:
    """Three instances have three predictions."""
    given = predictions(work, "second", "three")
    assert len(given) == 3, f"three instances were sent, and {len(given)} predictions came back"


@worth(
    points=1,
    hint="A chance lies between 0 and 1. The formula is above the models: first the sum, then "
    "1 / (1 + e to the power of minus the sum).",
)
def test_the_numbers_are_the_models(work: Work) -> None:
    """The predictions are the chances that the first model gives."""
    given, right = predictions(work, "first", "one"), chance("dry", EVENING)
    assert given == pytest.approx([right]), (
        f"the evening flight has {given}, the model says {right:.4f}"
    )


@worth(
    points=1,
    hint="Load the model from the folder that `AIP_STORAGE_URI` names; it is another one each "
    "time.",
)
def test_it_serves_the_model_that_it_is_given(work: Work) -> None:
    """With the second model its numbers change."""
    given = predictions(work, "second", "three")
    right = [chance("wet", flight) for flight in (EVENING, MORNING, SHOWER)]
    assert given != pytest.approx([chance("dry", f) for f in (EVENING, MORNING, SHOWER)]), (
        "the second rehearsal was given the model `wet` and answered with the numbers of `dry`"
    )
    assert given == pytest.approx(right), f"the model `wet` says {right}, the server {given}"


@worth(
    points=1,
    hint="Catch what goes wrong with a request and answer 400, with a word on the reason. Nothing "
    "may be made up for a value that is missing.",
)
def test_a_wrong_request_is_refused(work: Work) -> None:
    """A request without `rain` is answered 400, and the next one is served again."""
    status = answer(work, "second", "without rain")["status"]
    assert status == 400, f"a request without `rain` is answered {status}, not 400"
    predictions(work, "second", "and again")
