"""Exercises: made from their solutions, checked by what a learner left behind, and proven.

A notebook needs two functions::

    from mlops_landscape.exercises import check, submit

    check("log-a-dummy-metric")
    submit("log-a-dummy-metric")
"""

from mlops_landscape.exercises.notebook import check
from mlops_landscape.exercises.submit import submit

__all__ = ["check", "submit"]
