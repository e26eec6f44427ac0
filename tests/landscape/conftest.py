"""Catalogues to draw: the course's own, and large invented ones."""

from collections.abc import Callable

import pytest

from mlops_landscape.catalogue import KINDS, Catalogue, Status, Tool, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def invented(catalogue: Catalogue) -> Callable[[int], Catalogue]:
    """Give a function that invents a catalogue of so many tools, spread unevenly over all jobs."""
    places = [
        f"{category.id}/{job.id}" for category in catalogue.categories for job in category.jobs
    ]
    names = ("Flow", "Apache Lake", "Model Registry", "TensorBoard Server", "Quasar Feature Store")
    states = [tool.status for tool in catalogue.tools if tool.status is not None]

    def invent(number: int) -> Catalogue:
        tools = []
        for n in range(number):
            # Squares fall on few of the places, so some cards get long and some stay short.
            jobs = {places[(n * n) % len(places)], places[n % len(places)]}
            status: Status | None = states[n % len(states)] if n % 3 == 0 else None
            tools.append(
                Tool(
                    id=f"tool-{n}",
                    name=f"{names[n % len(names)]} {n}",
                    homepage="https://example.org/",
                    summary="An invented tool, to see whether the map still works when it is full.",
                    categories=tuple(sorted(jobs)),
                    stages=tuple(
                        stage.id for stage in catalogue.stages if jobs.intersection(stage.jobs)
                    ),
                    kind=list(KINDS)[n % len(KINDS)],
                    status=status and Status(status.state, status.checked_on, status.source),
                )
            )
        return Catalogue(catalogue.categories, catalogue.stages, tuple(tools))

    return invent
