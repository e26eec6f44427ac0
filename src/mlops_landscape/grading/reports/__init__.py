"""What people see after grading: a page for each learner, and one for the class.

Each page is one file that asks no host for anything and runs no script but the class's own small
one. What learners wrote is text on it, never markup.
"""

from pathlib import Path

from mlops_landscape.grading.files import write_all
from mlops_landscape.grading.model import Gradebook
from mlops_landscape.grading.reports.classroom import class_page
from mlops_landscape.grading.reports.learner import learner_page, report_path
from mlops_landscape.grading.reports.mistakes import RecordedMistake, recorded_mistakes

__all__ = ["RecordedMistake", "recorded_mistakes", "write_reports"]


def write_reports(
    book: Gradebook,
    folder: Path,
    *,
    recorded: dict[str, list[RecordedMistake]] | None = None,
    show_hidden: bool = False,
) -> Path:
    """Write ``class.html`` and ``report/<learner>.html`` below `folder`.

    Parameters
    ----------
    recorded
        By exercise, the wrong answers that people are known to give; `recorded_mistakes` reads
        them.
    show_hidden
        Whether learners may read what a hidden check saw, and its hint.

    Returns
    -------
    Path
        The page for the class.
    """
    files = {
        report_path(learner): learner_page(book, learner, show_hidden=show_hidden)
        for learner in sorted({grade.learner for grade in book.grades})
    }
    files["class.html"] = class_page(book, recorded or {})
    write_all(folder, files, only_these_in=["report"])
    return folder / "class.html"
