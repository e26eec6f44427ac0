"""Open source or managed: ten aspects with a judgement each, which the reader weighs."""

from mlops_landscape.weighing.aspects import ASPECTS, SIDES, Aspect, load_aspects
from mlops_landscape.weighing.table import show_claims
from mlops_landscape.weighing.widget import Weighing, weighing

__all__ = [
    "ASPECTS",
    "SIDES",
    "Aspect",
    "Weighing",
    "load_aspects",
    "show_claims",
    "weighing",
]
