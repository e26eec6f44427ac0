"""What the chapter on deployment, tool by tool, promises, read from the page of the build."""

import re
from collections.abc import Callable

import pytest
from executed_page import ANSWERS, answer, outputs
from playwright.sync_api import Page

NAME = "lifecycle/deployment"
SERVERS = ("MLflow", "BentoML", "KServe's ModelServer", "MLServer")
CONTAINERS = ("a container, Podman", "a container, Docker")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page(NAME)


def tables(page: Page, *heads: str) -> list[list[dict[str, str]]]:
    """Return the tables of outputs whose head has all of `heads`, a mapping a row."""
    found = []
    every = page.locator(f"{ANSWERS} table")
    for number in range(every.count()):
        head, *body = [
            [part.strip() for part in line.locator("th, td").all_inner_texts()]
            for line in every.nth(number).locator("tr").all()
        ]
        if set(heads) <= set(head):
            found.append([dict(zip(head, line, strict=True)) for line in body])
    assert found, f"no table has {heads}"
    return found


def test_everybody_answers_the_same_flights_with_the_same_numbers(page: Page) -> None:
    last = {row["answered by"]: row for row in tables(page, "answered by", "package")[-1]}
    assert set(last) >= {*SERVERS, *CONTAINERS}
    for name, row in last.items():
        apart = float(row["largest difference"])
        exact = row["package"] != "ONNX"
        assert apart == 0 if exact else 0 < apart < 1e-6, name
    first = {name: float(row["first flight"]) for name, row in last.items()}
    assert max(first.values()) - min(first.values()) < 2e-6


def test_an_export_is_wrong_in_silence_and_its_auc_does_not_tell(page: Page) -> None:
    rows = {row["export"]: row for row in tables(page, "export", "AUC of the original")[-1]}
    wrong = rows["categories, 32 bit"]
    assert int(wrong["flights that differ"]) > 4_900
    assert int(wrong["alarms that differ"]) > 500
    assert abs(float(wrong["AUC"]) - float(wrong["AUC of the original"])) < 0.01
    assert "Warning" not in answer(page, "exported = export(by_category)")
    assert rows["numbers, 32 bit"]["flights that differ"] == "0"
    assert int(rows["numbers, 64 bit"]["flights that differ"]) > 0
    assert rows["numbers, 64 bit, rounded to 32 before"]["flights that differ"] == "0"


def test_strange_flights_and_torchscript_agree_as_well(page: Page) -> None:
    (strange,) = tables(page, "flights with", "flights that differ")
    assert len(strange) == 3
    assert {row["flights that differ"] for row in strange} == {"0"}
    said = re.search(r"largest difference: (\S+)", answer(page, "torch_python ="))
    assert said is not None
    assert float(said[1]) < 1e-6


def test_both_ci_systems_give_the_same_verdicts_and_the_same_archive(page: Page) -> None:
    (rows,) = tables(page, "run by", "gate")
    judged = {(row["run by"], row["candidate"]): row for row in rows}
    assert len(judged) == 4
    archives = set()
    for (_, candidate), row in judged.items():
        assert row["check"] == "passed"
        if candidate == "January to May":
            assert (row["gate"], row["build"], row["exit code"]) == ("passed", "passed", "0")
            archives.add(row["archive"])
        else:
            assert (row["gate"], row["build"], row["exit code"]) == ("failed", "not reached", "1")
            assert row["archive"] == "none"
    assert len(archives) == 1
    assert "none" not in archives


def test_the_gate_said_the_same_costs_in_both(page: Page) -> None:
    costs = re.findall(r"champion ([\d.]+), candidate ([\d.]+)", outputs(page))
    assert len(costs) == 4
    assert costs[:2] == costs[2:]
    good, worse = ((float(champion), float(candidate)) for champion, candidate in costs[:2])
    assert good[1] < good[0]
    assert worse[1] > worse[0]


def test_the_workflow_is_mended_and_the_containers_are_nobody(page: Page) -> None:
    found = re.search(r"before and after: (\d+) (\d+)", outputs(page))
    assert found is not None
    assert int(found[1]) >= 6
    assert found[2] == "0"
    said = outputs(page)
    assert said.count("its user on this machine: 1000") == len(CONTAINERS)
    assert said.count("stopped by SIGTERM: True") == len(CONTAINERS)
    assert "a shell in it: False" in said


def test_what_did_not_run_is_said_and_the_old_line_fails(page: Page) -> None:
    prose = page.locator("article.bd-article").inner_text()
    assert "not run in this build" not in prose.lower()
    assert "glue:" not in prose
    for name in ("TensorFlow Serving", "Jenkins", "SageMaker AI", "Vertex AI", "TorchScript"):
        assert name in prose
    assert "has no attribute 'api'" in outputs(page)
    printed = " ".join(page.locator(f"{ANSWERS} pre").all_inner_texts())
    assert not re.search(r"/(tmp|root|home|work|usr)/|site-packages|\x1b", printed)
