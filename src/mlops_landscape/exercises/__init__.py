"""Exercises: made from their solutions, checked by what a learner left behind, and proven.

In a notebook only :func:`check` is needed::

    from mlops_landscape.exercises import check

    check("log-a-dummy-metric")
"""

from mlops_landscape.exercises.notebook import check

__all__ = ["check"]
