"""Names as LMSs write them: the formats of Canvas's and Moodle's own source code."""

import pytest

from mlops_landscape.grading.names import (
    Named,
    canvas,
    folder_for,
    learner_and_exercise,
    letters,
    moodle,
    without_copy,
)

SLUGS = ["log-a-dummy-metric", "metric", "a-dvc-pipeline"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "lovelaceada_4711_99001_log-a-dummy-metric.ipynb",
            Named("canvas", "4711", "lovelaceada", False, "log-a-dummy-metric.ipynb", 99001),
        ),
        (
            "lovelaceada_LATE_4711_99001_my_notebook_2-1.ipynb",
            Named("canvas", "4711", "lovelaceada", True, "my_notebook_2-1.ipynb", 99001),
        ),
        (
            "müllerjörg_4711_99001_a 1_2_3.zip",
            Named("canvas", "4711", "müllerjörg", False, "a 1_2_3.zip", 99001),
        ),
        ("o_neil_12_34_x.md", Named("canvas", "12", "o_neil", False, "x.md", 34)),
        ("latelyjo_12_34_x.md", Named("canvas", "12", "latelyjo", False, "x.md", 34)),
        (
            "anon_x1Y2z_99001_x.ipynb",
            Named("canvas", "anon_x1Y2z", "anon_x1Y2z", False, "x.ipynb", 99001),
        ),
        (
            "LATE_anon_x1Y2z_99001_x.ipynb",
            Named("canvas", "anon_x1Y2z", "anon_x1Y2z", True, "x.ipynb", 99001),
        ),
        ("lovelaceada_4711_text.html", Named("canvas", "4711", "lovelaceada", False, "text.html")),
        (
            "lovelaceada_LATE_4711_link.html",
            Named("canvas", "4711", "lovelaceada", True, "link.html"),
        ),
        ("ada_log-a-dummy-metric.ipynb", None),
        ("ada_12_notebook.ipynb", None),
        ("ada.ipynb", None),
    ],
)
def test_canvas_names(name: str, expected: Named | None) -> None:
    assert canvas(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace_31_assignsubmission_file_", Named("moodle", "31", "Ada Lovelace")),
        ("Ada Lovelace_31_assignsubmission_file", Named("moodle", "31", "Ada Lovelace")),
        ("Ada Lovelace_31_assignsubmission_onlinetext_", Named("moodle", "31", "Ada Lovelace")),
        (
            "Ada Lovelace_31_assignsubmission_file_log-a-dummy_metric.ipynb",
            Named("moodle", "31", "Ada Lovelace", file="log-a-dummy_metric.ipynb"),
        ),
        ("Participant_31_assignsubmission_file_", Named("moodle", "31", "Participant")),
        ("Jörg d'Arc-Übel_7_assignsubmission_file", Named("moodle", "7", "Jörg d'Arc-Übel")),
        ("Ada Lovelace_31", None),
        ("ada_assignsubmission_file_", None),
    ],
)
def test_moodle_names(name: str, expected: Named | None) -> None:
    assert moodle(name) == expected


@pytest.mark.parametrize(
    ("stem", "learner", "slug"),
    [
        ("ada_log-a-dummy-metric", "ada", "log-a-dummy-metric"),
        ("log-a-dummy-metric_ada", "ada", "log-a-dummy-metric"),
        ("Ada Lovelace - Log_a_dummy_metric", "Ada Lovelace", "log-a-dummy-metric"),
        ("log-a-dummy-metric", "", "log-a-dummy-metric"),
        ("log-a-dummy-metric-1", "", "log-a-dummy-metric"),
        ("log-a-dummy-metric (2)", "", "log-a-dummy-metric"),
        ("ada_log-a-dummy-metric(2)", "ada", "log-a-dummy-metric"),
        ("log-a-dummy-metric.submission-1", "", "log-a-dummy-metric"),
        ("ada_log-a-dummy-metric.submission (1)", "ada", "log-a-dummy-metric"),
        ("student-12", "student-12", ""),
        ("student-12_metric", "student-12", "metric"),
        ("metric_12", "12", "metric"),
        ("ada", "ada", ""),
        ("ada (3)", "ada", ""),
        ("geometrics", "geometrics", ""),
    ],
)
def test_plain_names(stem: str, learner: str, slug: str) -> None:
    assert learner_and_exercise(stem, SLUGS) == (learner, slug)


def test_what_is_added_to_a_name_that_is_taken() -> None:
    assert without_copy("mlflow-1") == ("mlflow", 1)
    assert without_copy("work (12)") == ("work", 12)
    assert without_copy("work") == ("work", 0)
    assert without_copy("-1") == ("-1", 0)


def test_names_are_compared_by_their_letters() -> None:
    assert letters("Lovelace, Ada") == letters("lovelaceada")
    assert letters("Jörg") == letters("jo\u0308rg")


def test_folders_of_learners_are_safe_and_distinct() -> None:
    taken: list[str] = []
    learners = [
        "ada",
        "Ada",
        "../../etc",
        "a/b",
        "a\\b",
        "",
        ".",
        "李雷",
        "x" * 300,
        "CON: \u202e!",
    ]
    for learner in learners:
        taken.append(folder_for(learner, taken))
    assert taken[0] == "ada"
    assert len({name.casefold() for name in taken}) == len(learners)
    for name in taken:
        assert name not in ("", ".", "..")
        assert not set(name) & set('/\\:*?"<>|\0')
        assert len(name.encode()) < 200
