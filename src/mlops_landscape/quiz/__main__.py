"""Check quiz files: ``python -m mlops_landscape.quiz [FILE ...]``, all of the book by default."""

import sys
from pathlib import Path

from mlops_landscape.errors import InputError
from mlops_landscape.paths import relative
from mlops_landscape.quiz.questions import load_quiz, quiz_names, quiz_path


def main(arguments: list[str]) -> int:
    """Check each file, print what is wrong, and return the exit code."""
    paths = [Path(argument) for argument in arguments] or [quiz_path(n) for n in quiz_names()]
    code = 0
    for path in paths:
        try:
            data = load_quiz(path)
        except InputError as error:
            print(error)
            code = 1
        else:
            kinds = [question.kind for question in data.questions]
            counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
            print(f"{relative(path)}: {len(kinds)} questions ({counts})")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
