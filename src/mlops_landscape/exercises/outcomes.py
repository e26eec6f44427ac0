"""What calls of a learner's functions give, handed over as data.

Checks run where the learner's functions are not. So the notebook makes the calls, in a cell that is
part of the exercise, and hands over what came of them::

    from mlops_landscape.exercises.outcomes import outcome

    seen_squares = {"squares(2)": outcome(lambda: squares(2))}

``seen_squares`` is one of the exercise's answers, and a check looks into it::

    seen = Seen(work, "seen_squares")
    assert seen.value("squares(2)") == [1, 4], "..."
"""

from collections.abc import Callable
from typing import Any

from mlops_landscape.exercises.work import Work, as_data


def outcome(call: Callable[[], Any]) -> dict[str, Any]:
    """Return what `call` gives, as data; it never fails.

    Returns
    -------
    dict
        ``{"value": ...}``, ``{"error": name of the exception, "says": its text}``, or
        ``{"problem": sentence}`` for a value that is not data. NumPy arrays become lists.
    """
    try:
        value = call()
        if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
            value = value.tolist()
    except Exception as error:
        return {"error": type(error).__name__, "says": str(error)}
    try:
        return {"value": as_data(value)}
    except (TypeError, ValueError, RecursionError):
        return {"problem": f"a {type(value).__name__}, which cannot be handed over as data"}


class Seen:
    """The outcomes in one of a notebook's answers.

    Parameters
    ----------
    work
        What the learner left behind.
    name
        The variable that holds them, by the text of each call.
    """

    def __init__(self, work: Work, name: str) -> None:
        self._name = name
        self._outcomes = work.answer(name)

    def _outcome(self, call: str) -> dict[str, Any]:
        found = self._outcomes.get(call) if isinstance(self._outcomes, dict) else None
        assert isinstance(found, dict), f"`{self._name}` has no outcome of `{call}`"
        return found

    def value(self, call: str) -> Any:  # noqa: ANN401
        """Return what the call gave.

        Raises
        ------
        AssertionError
            If it ended in an exception, or gave something that is not data.
        """
        found = self._outcome(call)
        assert "error" not in found, f"`{call}` ended in {found['error']}: {found.get('says')}"
        assert "value" in found, f"`{call}` is {found.get('problem')}"
        return found["value"]

    def error(self, call: str) -> str:
        """Return the name of the exception that the call ended in; empty if it ended well."""
        return str(self._outcome(call).get("error", ""))
