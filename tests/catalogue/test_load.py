"""Reading the catalogue: the course's own is right, and every mistake is named with its place."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from mlops_landscape import catalogue as catalogue_package
from mlops_landscape.catalogue import (
    EVENTS,
    KINDS,
    STALE_DAYS,
    STATES,
    Catalogue,
    load_catalogue,
)
from mlops_landscape.catalogue.freshness import stale_tools
from mlops_landscape.catalogue.licences import is_osi_approved
from mlops_landscape.cli import main
from mlops_landscape.errors import InputError, Problem
from mlops_landscape.paths import BOOK, CATALOGUE

TOOL = """\
  - id: {id}
    name: A Tool
    homepage: https://example.org/
    summary: Does one thing and says what it is bad at.
    categories: [training/frameworks]
    stages: [training]
    kind: open-source
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a catalogue of two tools, which a test spoils."""
    for name in ("categories.yml", "stages.yml", "catalogue.schema.json"):
        shutil.copy(CATALOGUE / name, tmp_path)
    text = "tools:\n" + TOOL.format(id="one") + TOOL.format(id="two")
    (tmp_path / "tools.yml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def problems(folder: Path) -> Callable[..., list[Problem]]:
    """Give a function that replaces a text in one file and returns what is then wrong."""

    def find(old: str, new: str, file: str = "tools.yml", count: int = 1) -> list[Problem]:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_catalogue(folder)
        return caught.value.problems

    return find


def test_the_courses_own_catalogue_is_right() -> None:
    catalogue = load_catalogue()
    assert [category.id for category in catalogue.categories] == [
        "data-engineering",
        "experimentation",
        "training",
        "deployment",
        "monitoring",
        "governance",
        "orchestration",
    ]
    assert [stage.id for stage in catalogue.stages] == [
        "versioning",
        "training",
        "orchestration",
        "deployment",
        "monitoring",
    ]
    for category in catalogue.categories:
        for job in category.jobs:
            assert catalogue.tools_for(category, job), f"no tool does {category.id}/{job.id}"


# As the course's outline spells them, by the card in which it names them.
NAMED = {
    "data-engineering/collection": "nifi kafka scrapy beautiful-soup requests",
    "data-engineering/cleaning": "openrefine pandas data-wrangler",
    "data-engineering/transformation": "spark dbt airbyte",
    "data-engineering/storage": "postgresql s3 delta-lake bigquery",
    "experimentation/notebooks": "jupyter colab vscode",
    "experimentation/tracking": "mlflow weights-and-biases neptune",
    "experimentation/code-versioning": "git",
    "experimentation/data-versioning": "dvc lakefs",
    "experimentation/feature-stores": "feast tecton",
    "training/frameworks": "tensorflow pytorch scikit-learn xgboost",
    "training/tuning": "optuna ray-tune hyperopt keras-tuner",
    "training/distributed": "horovod sagemaker vertex-ai",
    "deployment/packaging": "onnx torchscript bentoml",
    "deployment/serving": "kserve seldon-core tensorflow-serving mlflow-models sagemaker vertex-ai",
    "deployment/containers": "docker podman",
    "deployment/ci-cd": "jenkins github-actions gitlab-ci",
    "monitoring/metrics": "prometheus grafana evidently sagemaker-model-monitor",
    "monitoring/drift": "whylabs fiddler arize",
    "monitoring/logging": "elk jaeger opentelemetry",
    "governance/explainability": "shap lime",
    "governance/fairness": "aif360 fairlearn",
    "governance/security": "vault opa iam",
    "orchestration/engines": (
        "airflow kubeflow-pipelines prefect dagster argo-workflows metaflow mlflow-projects"
    ),
    "orchestration/managed-platforms": "sagemaker vertex-ai azure-ml",
}


@pytest.mark.parametrize("place", NAMED)
def test_it_holds_every_tool_that_the_course_names(place: str) -> None:
    catalogue = load_catalogue()
    there = {tool.id for tool in catalogue.tools_for(*catalogue.place(place))}
    assert set(NAMED[place].split()) <= there


def test_a_status_has_a_source_and_a_day() -> None:
    for tool in load_catalogue().tools:
        if tool.status is not None:
            assert tool.status.state in STATES
            assert isinstance(tool.status.checked_on, date)
            assert tool.status.source.startswith("https://") or tool.status.state == "unconfirmed"
            assert not tool.status.note.endswith(".")
        assert tool.kind in KINDS
        assert tool.summary.endswith("."), tool.id


def test_every_tool_has_its_facts_confirmed_or_said_to_be_unconfirmed() -> None:
    for tool in load_catalogue().tools:
        for fact in (tool.licence, tool.owner, tool.account):
            assert fact is not None, tool.id
            assert (fact.value is None) == bool(fact.unconfirmed) == (not fact.source), tool.id
        assert tool.status is not None, tool.id
        for event in tool.events:
            assert event.what in EVENTS


def test_open_source_and_managed_do_not_contradict_the_licence() -> None:
    for tool in load_catalogue().tools:
        licence = tool.licence.value if tool.licence else None
        if tool.kind == "open-source":
            assert licence != "LicenseRef-proprietary", tool.id
        for closed in ("BUSL", "Elastic", "SSPL"):
            if licence and str(licence).startswith(closed) and " OR " not in str(licence):
                assert tool.kind != "open-source", tool.id


def test_looking_things_up(folder: Path) -> None:
    catalogue = load_catalogue(folder)
    assert isinstance(catalogue, Catalogue)
    assert catalogue.tool("two").name == "A Tool"
    category, job = catalogue.place("training/frameworks")
    assert (category.name, job.name) == ("Model Training & Optimization", "Frameworks")
    assert [tool.id for tool in catalogue.tools_for(category)] == ["one", "two"]
    assert [tool.id for tool in catalogue.tools_for(category, job)] == ["one", "two"]
    assert catalogue.tools_for(catalogue.categories[0]) == []
    with pytest.raises(KeyError):
        catalogue.tool("three")


def test_a_syntax_error_has_its_line(problems: Callable[..., list[Problem]]) -> None:
    (problem,) = problems("kind: open-source", "kind: [open-source")
    assert problem.place.startswith("line ")
    assert "not valid YAML" in problem.what


MISTAKES = {
    "unknown category": (
        "categories: [training/frameworks]",
        "categories: [training/framework]",
        "line 6, tool 'one', field 'categories[1]'",
        "no category and job 'training/framework'",
    ),
    "unknown stage": (
        "stages: [training]",
        "stages: [trainng]",
        "line 7, tool 'one', field 'stages[1]'",
        "no stage 'trainng'",
    ),
    "duplicate id": (
        "id: two",
        "id: one",
        "line 9, tool 'one', field 'id'",
        "already used on line 2",
    ),
    "missing field": (
        "    homepage: https://example.org/\n",
        "",
        "line 2, tool 'one'",
        "'homepage' is missing",
    ),
    "unknown field": (
        "kind: open-source",
        "kind: open-source\n    license: MIT",
        "line 9, tool 'one', field 'license'",
        "no field 'license'",
    ),
    "wrong kind": (
        "kind: open-source",
        "kind: free",
        "line 8, tool 'one', field 'kind'",
        "'free' is not one of the values",
    ),
    "field twice": (
        "kind: open-source",
        "kind: open-source\n    kind: mixed",
        "line 9",
        "'kind' is already written on line 8",
    ),
    "no list": (
        "stages: [training]",
        "stages: training",
        "line 7, tool 'one', field 'stages'",
        "should be a list",
    ),
    "too long": (
        "Does one thing",
        "Does one thing " * 9,
        "line 5, tool 'one', field 'summary'",
        "at most 110 fit",
    ),
    "no address": (
        "https://example.org/",
        "example.org",
        "line 4, tool 'one', field 'homepage'",
        "wrong form",
    ),
    "no such chapter": (
        "kind: open-source",
        "kind: open-source\n    chapter: tools/nowhere",
        "line 9, tool 'one', field 'chapter'",
        "no chapter book/tools/nowhere.md",
    ),
    "status without source": (
        "kind: open-source",
        "kind: open-source\n    status: {state: active, checked_on: 2026-01-31}",
        "line 9, tool 'one', field 'status'",
        "the state 'active' has no source",
    ),
    "unconfirmed status without a reason": (
        "kind: open-source",
        "kind: open-source\n    status: {state: unconfirmed, checked_on: 2026-01-31}",
        "line 9, tool 'one', field 'status'",
        "nothing says why it is unconfirmed",
    ),
    "archived, and nothing else": (
        "kind: open-source",
        "kind: open-source\n"
        "    status: {state: archived, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'status'",
        "the tool is archived, and then?",
    ),
    "renamed without the names": (
        "kind: open-source",
        "kind: open-source\n"
        "    status: {state: renamed, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'status'",
        "not from what to what",
    ),
    "fact without source": (
        "kind: open-source",
        "kind: open-source\n    licence: {spdx: MIT, checked_on: 2026-01-31}",
        "line 9, tool 'one', field 'licence'",
        "'source' is missing",
    ),
    "fact without value": (
        "kind: open-source",
        "kind: open-source\n    owner: {checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'owner'",
        "'name' is missing",
    ),
    "unconfirmed fact with a source": (
        "kind: open-source",
        "kind: open-source\n    account: "
        "{unconfirmed: not found, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'account'",
        "it is unconfirmed and has a 'source'",
    ),
    "event without a kind": (
        "kind: open-source",
        "kind: open-source\n    events:\n"
        "      - {date: '2026-03', what: sold, text: Sold, source: https://a.org/}",
        "line 10, tool 'one', field 'events[1].what'",
        "'sold' is not one of the values",
    ),
    "no date": (
        "kind: open-source",
        "kind: open-source\n    status: {state: active, checked_on: soon, source: https://a.org/}",
        "line 9, tool 'one', field 'status.checked_on'",
        "'soon' has the wrong form",
    ),
    "no day": (
        "kind: open-source",
        "kind: open-source\n"
        "    status: {state: active, checked_on: 2026-02-30, source: https://a.org/}",
        "line 9, tool 'one', field 'status.checked_on'",
        "no day of the calendar",
    ),
    "unknown successor": (
        "kind: open-source",
        "kind: open-source\n    status:\n      {state: archived, checked_on: 2026-01-31, "
        "source: https://a.org/, successors: [three]}",
        "line 10, tool 'one', field 'status.successors[1]'",
        "'three' is not in the catalogue",
    ),
    "kind against licence": (
        "kind: open-source",
        "kind: open-source\n"
        "    licence: {spdx: BUSL-1.1, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'licence.spdx'",
        "the Open Source Initiative does not approve BUSL-1.1",
    ),
    "open, but called source available": (
        "kind: open-source",
        "kind: source-available\n"
        "    licence: {spdx: MIT, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'licence.spdx'",
        "the Open Source Initiative approves MIT",
    ),
    "no licence of SPDX": (
        "kind: open-source",
        "kind: open-source\n"
        "    licence: {spdx: Apache 2, checked_on: 2026-01-31, source: https://a.org/}",
        "line 9, tool 'one', field 'licence.spdx'",
        "SPDX knows no licence 'Apache 2'",
    ),
    "a stage that does not do the tool's job": (
        "stages: [training]",
        "stages: [versioning]",
        "line 7, tool 'one', field 'stages[1]'",
        "does none of the jobs of the stage 'versioning'",
    ),
    "works with nobody": (
        "kind: open-source",
        "kind: open-source\n    works_with: [{tool: three, how: by hand, source: https://a.org/}]",
        "line 9, tool 'one', field 'works_with[1].tool'",
        "'three' is not in the catalogue",
    ),
    "works with itself": (
        "kind: open-source",
        "kind: open-source\n    works_with: [{tool: one, how: by hand, source: https://a.org/}]",
        "line 9, tool 'one', field 'works_with[1].tool'",
        "a tool works with itself",
    ),
    "a sentence without end": (
        "kind: open-source",
        "kind: open-source\n    choose: When you need it",
        "line 9, tool 'one', field 'choose'",
        "has the wrong form",
    ),
    "a package without its release": (
        "kind: open-source",
        "kind: open-source\n"
        "    package: {registry: pypi, name: a, released: '2026-01', checked_on: 2026-01-31}",
        "line 9, tool 'one', field 'package'",
        "'release' is missing",
    ),
    "its own successor": (
        "kind: open-source",
        "kind: open-source\n    status:\n      {state: archived, checked_on: 2026-01-31, "
        "source: https://a.org/, successors: [one]}",
        "line 10, tool 'one', field 'status.successors[1]'",
        "cannot succeed itself",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place(
    problems: Callable[..., list[Problem]], folder: Path, mistake: str
) -> None:
    old, new, place, what = MISTAKES[mistake]
    (problem,) = problems(old, new)
    assert problem.file == folder / "tools.yml"
    assert problem.place == place
    assert what in problem.what
    assert problem.mend


def test_all_mistakes_are_found_at_once(folder: Path) -> None:
    text = (folder / "tools.yml").read_text(encoding="utf-8")
    text = text.replace("kind: open-source", "kind: free").replace("id: two", "id: one")
    (folder / "tools.yml").write_text(text, encoding="utf-8")
    stages = (folder / "stages.yml").read_text(encoding="utf-8")
    (folder / "stages.yml").write_text(stages.replace("name: Training", "nam: Training"))
    with pytest.raises(InputError) as caught:
        load_catalogue(folder)
    message = str(caught.value)
    assert len(caught.value.problems) == 5, message
    for part in ("stages.yml, line", "'nam'", "'name' is missing", "line 8", "line 15", "line 9"):
        assert part in message


def test_a_pair_is_given_once_in_either_direction(folder: Path) -> None:
    text = (folder / "tools.yml").read_text(encoding="utf-8")
    pair = "    works_with: [{{tool: {}, how: by hand, source: https://a.org/}}]\n"
    first, second = text.split("  - id: two")
    text = first + pair.format("two") + "  - id: two" + second + pair.format("one")
    (folder / "tools.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_catalogue(folder)
    (problem,) = caught.value.problems
    assert "already given on line 9" in problem.what


def test_a_pair_holds_in_both_directions(folder: Path) -> None:
    text = (folder / "tools.yml").read_text(encoding="utf-8")
    text += "    works_with: [{tool: one, how: by hand, source: https://a.org/}]\n"
    (folder / "tools.yml").write_text(text, encoding="utf-8")
    catalogue = load_catalogue(folder)
    one, two = catalogue.tools
    assert [pairing.tool for pairing in catalogue.pairings(one)] == ["two"]
    assert [pairing.tool for pairing in catalogue.pairings(two)] == ["one"]
    assert catalogue.alternatives(one) == [two]


@pytest.mark.parametrize(
    ("expression", "approved"),
    [
        ("MIT", True),
        ("BUSL-1.1", False),
        ("LicenseRef-proprietary", False),
        ("MIT AND LicenseRef-proprietary", False),
        ("Elastic-2.0 OR SSPL-1.0 OR AGPL-3.0-only", True),
        ("MIT AND Elastic-2.0 OR Apache-2.0 AND MIT", True),
    ],
)
def test_approved_or_not_follows_from_the_expression(expression: str, approved: bool) -> None:
    assert is_osi_approved(expression) is approved


def test_mistakes_in_categories(problems: Callable[..., list[Problem]]) -> None:
    found = problems("{id: cleaning, name", "{id: collection, name", "categories.yml")
    assert any("the id 'collection' is already used on line" in problem.what for problem in found)


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "no such file"), ("", "empty"), ("- a\n- b\n", "should be a mapping of fields")],
)
def test_a_file_that_is_missing_empty_or_something_else(
    folder: Path, content: str | None, what: str
) -> None:
    path = folder / "tools.yml"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=what):
        load_catalogue(folder)


def test_without_a_book_no_chapter_is_missing(tmp_path: Path) -> None:
    """A learner's package has the catalogue and no book."""
    assert load_catalogue(book=tmp_path / "none").tools


def test_chapters_are_looked_for_in_the_book(tmp_path: Path) -> None:
    """The course's own catalogue names chapters; in an empty book each of them is missing."""
    catalogue = load_catalogue()
    named = [tool for tool in catalogue.tools if tool.chapter]
    with pytest.raises(InputError) as caught:
        load_catalogue(book=tmp_path)
    assert len(caught.value.problems) == len(named)
    for tool in named:
        assert (BOOK / f"{tool.chapter}.md").is_file()


def test_facts_grow_old() -> None:
    catalogue = load_catalogue()
    newest = max(day for tool in catalogue.tools for day in tool.checked_days)
    oldest = min(day for tool in catalogue.tools for day in tool.checked_days)
    assert stale_tools(catalogue, oldest + timedelta(days=STALE_DAYS)) == []
    stale = stale_tools(catalogue, newest + timedelta(days=STALE_DAYS + 1))
    assert {tool.id for tool in stale} == {tool.id for tool in catalogue.tools}
    days = [min(tool.checked_days) for tool in stale]
    assert days == sorted(days)
    script = (Path(catalogue_package.__file__).parent / "static/freshness.js").read_text()
    assert f"const STALE_DAYS = {STALE_DAYS};" in script


def test_validate_names_what_grows_old(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--on", "2026-12-01"]) == 0
    assert "older than" not in capsys.readouterr().out
    assert main(["validate", "--on", "2028-01-01"]) == 0
    said = capsys.readouterr().out
    assert f"{len(load_catalogue().tools)} tools have facts older than 180 days" in said
