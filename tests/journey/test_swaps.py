"""What changes with another tool: the file is right, and every mistake in one is named."""

from pathlib import Path

import pytest

from mlops_landscape.catalogue import STATES, Catalogue, load_catalogue
from mlops_landscape.errors import InputError
from mlops_landscape.journey.swaps import COURSE, load_swaps, show_swaps, swaps

GOOD = """versioning:
  - tool: git
    used: true
    change: Holds the code.
  - tool: dvc
    change: Holds the data.
  - tool: mlflow
    change: Holds the runs.
  - tool: weights-and-biases
    change: Holds both.
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("stage", COURSE)
def test_each_tool_of_the_course_has_one_row(catalogue: Catalogue, stage: str) -> None:
    shown = swaps(stage, catalogue)
    assert shown["Tool"].is_unique
    assert {catalogue.tool(tool).name for tool in COURSE[stage]} <= set(shown["Tool"])


def test_the_stages_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    assert list(COURSE) == [stage.id for stage in catalogue.stages]


def test_licence_and_state_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    rows = swaps("versioning", catalogue).set_index("Tool")
    git = catalogue.tool("git")
    assert git.licence
    assert git.status
    assert rows.loc["Git", "Licence"] == git.licence.value
    assert rows.loc["Git", "State"].startswith(STATES[git.status.state])
    assert rows.loc["Git", "What would change here"].startswith("Used here. ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tool: dvc", "tool: dcv", "line 5: 'dcv' is no tool of the stage 'versioning'"),
        ("tool: dvc", "tool: airflow", "line 5: 'airflow' is no tool of the stage 'versioning'"),
        ("tool: dvc", "tool: git", "line 5: 'git' already has an entry on line 2"),
        ("tool: dvc", "tool: git", "line 1: the stage 'versioning' says nothing of 'dvc'"),
        ("used: true", "used: 3", "line 3: `used` is neither true nor false"),
        ("used: true", "status: active", "line 3: `status` is not known here"),
        ("    change: Holds both.\n", "", "line 9: `change` is missing"),
        ("Holds both.", "Holds both", "line 10: `change` does not end with a full stop"),
        ("versioning:", "version:", "line 1: there is no stage 'version'"),
        (GOOD, "versioning: []\n", "line 1: the stage 'versioning' has no entries"),
        ("versioning:", "versioning: [", "it is not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_mend(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    file = tmp_path / "swaps.yml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_swaps(catalogue, file)
    told = str(caught.value)
    assert said in told
    assert "swaps.yml" in told
    assert "Mend: " in told


def test_a_stage_of_which_nothing_is_said_is_named(tmp_path: Path, catalogue: Catalogue) -> None:
    file = tmp_path / "swaps.yml"
    file.write_text(GOOD)
    with pytest.raises(InputError, match="nothing is said of the stage 'training'"):
        swaps("training", catalogue, file)


def test_on_a_page_each_tool_leads_to_its_entry(catalogue: Catalogue) -> None:
    shown = show_swaps("training", catalogue).data
    for tool in COURSE["training"]:
        assert f'href="../reference/tools.html#{tool}"' in shown
    assert "Weights &amp; Biases" in shown
    assert shown.count("<tr>") == 1 + len(swaps("training", catalogue))
