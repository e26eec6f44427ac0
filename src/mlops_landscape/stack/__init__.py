"""The stack builder: a tool for each job, and in words what fits, what is missing and why."""

from mlops_landscape.stack.explain import jobs_html, rules_html, stacks_html
from mlops_landscape.stack.rules import (
    CONSTRAINTS,
    TEAMS,
    UPKEEP,
    Constraint,
    Judgement,
    judge,
    offers,
)
from mlops_landscape.stack.stacks import JobNeed, Pick, Stack, Stacks, load_stacks
from mlops_landscape.stack.widget import StackBuilder, stack_builder

__all__ = [
    "CONSTRAINTS",
    "TEAMS",
    "UPKEEP",
    "Constraint",
    "JobNeed",
    "Judgement",
    "Pick",
    "Stack",
    "StackBuilder",
    "Stacks",
    "jobs_html",
    "judge",
    "load_stacks",
    "offers",
    "rules_html",
    "stack_builder",
    "stacks_html",
]
