"""The catalogue: every tool of the course, what it is for, and what is known of its health."""

from mlops_landscape.catalogue.load import load_catalogue
from mlops_landscape.catalogue.model import (
    EVENTS,
    KINDS,
    STALE_DAYS,
    STATES,
    UPKEEP,
    Catalogue,
    Category,
    Event,
    Fact,
    Job,
    Kind,
    Package,
    Pairing,
    Runs,
    Stage,
    Status,
    Tool,
)

__all__ = [
    "EVENTS",
    "KINDS",
    "STALE_DAYS",
    "STATES",
    "UPKEEP",
    "Catalogue",
    "Category",
    "Event",
    "Fact",
    "Job",
    "Kind",
    "Package",
    "Pairing",
    "Runs",
    "Stage",
    "Status",
    "Tool",
    "load_catalogue",
]
