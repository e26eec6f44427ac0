"""The second order of the course: the same tools by the stages on the road of a model."""

from dataclasses import replace

from mlops_landscape.catalogue import Catalogue, Category, Job, Tool


def by_stage(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue whose categories are the stages.

    A tool has one box in each of its stages, in the card of the first of the stage's jobs that it
    does. Tools without a stage are not in it.

    Parameters
    ----------
    catalogue
        The catalogue by categories.
    """
    stages = tuple(
        Category(
            id=stage.id,
            name=stage.name,
            summary=stage.summary,
            jobs=tuple(Job(job_id(place), catalogue.place(place)[1].name) for place in stage.jobs),
        )
        for stage in catalogue.stages
    )
    tools = tuple(
        replace(tool, categories=_places(tool, catalogue))
        for tool in catalogue.tools
        if tool.stages
    )
    return replace(catalogue, categories=stages, tools=tools)


def job_id(place: str) -> str:
    """Return the id that the job ``category/job`` has within a stage."""
    return place.replace("/", "-")


def _places(tool: Tool, catalogue: Catalogue) -> tuple[str, ...]:
    first = {
        stage.id: next(place for place in stage.jobs if place in tool.categories)
        for stage in catalogue.stages
        if stage.id in tool.stages
    }
    return tuple(f"{stage}/{job_id(place)}" for stage, place in first.items())
