"""A small catalogue in which every rule of the stack builder has a tool that meets it."""

from datetime import date

import pytest

from mlops_landscape.catalogue import (
    Catalogue,
    Category,
    Fact,
    Job,
    Pairing,
    Stage,
    Status,
    Tool,
)
from mlops_landscape.stack.stacks import JobNeed, Pick, Stack, Stacks

DAY = date(2026, 11, 25)
URL = "https://example.org/"


def tool(name: str, jobs: str, **fields: object) -> Tool:
    """Return an active open-source library without an account; `fields` change that."""
    return Tool(
        **{
            "id": name,
            "name": name.capitalize(),
            "homepage": f"{URL}{name}",
            "summary": f"What {name} is best at.",
            "categories": tuple(jobs.split()),
            "stages": ("training",),
            "kind": "open-source",
            "licence": Fact("MIT", DAY, URL),
            "account": Fact(False, DAY, URL),
            "status": Status("active", DAY, URL),
            "upkeep": "library",
            **fields,
        }
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Give two categories with five jobs and fourteen tools."""
    return Catalogue(
        categories=(
            Category(
                "work",
                "Work",
                "Doing it.",
                (Job("track", "Tracking"), Job("fit", "Fitting"), Job("spread", "Spreading")),
            ),
            Category("run", "Run", "Keeping it.", (Job("serve", "Serving"), Job("all", "All"))),
        ),
        stages=(Stage("training", "Training", "Making it.", ("work/track", "work/fit")),),
        tools=(
            tool(
                "gone",
                "work/track",
                status=Status("discontinued", DAY, URL, "Bought and ended", ("keeper", "rented")),
            ),
            tool("keeper", "work/track", upkeep="server", works_with=(Pairing("fast", "x", URL),)),
            tool(
                "rented",
                "work/track",
                kind="managed",
                licence=Fact("LicenseRef-proprietary", DAY, URL),
                account=Fact(True, DAY, URL),
                upkeep="service",
            ),
            tool("slow", "work/fit"),
            tool("fast", "work/fit"),
            tool("first", "work/fit", status=Status("active", DAY, URL, "Revived", ("slow",))),
            tool(
                "vague",
                "work/fit",
                licence=Fact(None, DAY, unconfirmed="no page"),
                account=Fact(None, DAY, unconfirmed="no page"),
                status=Status("unconfirmed", DAY, note="no release seen"),
            ),
            tool(
                "buried", "work/spread", status=Status("archived", DAY, URL, "Archived", ("fast",))
            ),
            tool("flock", "work/spread", upkeep="cluster"),
            tool("pod", "run/serve", upkeep="cluster", kubernetes=True, kind="source-available"),
            tool("plain", "run/serve", upkeep="server"),
            tool("old", "run/serve", status=Status("maintenance", DAY, URL, "", ("plain",))),
            tool(
                "amazing",
                "run/all run/serve",
                kind="managed",
                cloud="aws",
                account=Fact(True, DAY, URL),
                status=Status("renamed", DAY, URL, "Was called Wow"),
                upkeep="service",
            ),
            tool("goodcloud", "run/all", kind="mixed", cloud="google", upkeep="service"),
        ),
    )


@pytest.fixture(scope="session")
def stacks() -> Stacks:
    """Give the needs of its jobs, and one stack."""
    return Stacks(
        jobs=(
            JobNeed("work/track", "essential", "Without it nobody knows."),
            JobNeed("work/fit", "essential", "Something has to."),
            JobNeed("work/spread", "optional", "When it grows."),
            JobNeed("run/serve", "essential", "Else it is a file.", "run/all"),
            JobNeed("run/all", "optional", "One contract."),
        ),
        stacks=(
            Stack(
                "small",
                "Small",
                "one",
                "All of it.",
                ("open-source", "team:alone"),
                (
                    Pick("work/track", "keeper", "Keeps."),
                    Pick("work/fit", "fast", "Is fast."),
                    Pick("run/serve", "plain", "Is plain."),
                ),
            ),
        ),
    )
