"""The catalogue: every tool of the course, what it is for, and what is known of its health."""

from mlops_landscape.catalogue.load import load_catalogue
from mlops_landscape.catalogue.model import (
    EVENTS,
    KINDS,
    STATES,
    Catalogue,
    Category,
    Event,
    Fact,
    Job,
    Kind,
    Pairing,
    Stage,
    Status,
    Tool,
)

__all__ = [
    "EVENTS",
    "KINDS",
    "STATES",
    "Catalogue",
    "Category",
    "Event",
    "Fact",
    "Job",
    "Kind",
    "Pairing",
    "Stage",
    "Status",
    "Tool",
    "load_catalogue",
]
