"""Exercises in other graders' formats: nbgrader (both ways) and Otter (out).

No format carries everything. What could not be carried is said in a `Report`, in sentences, and
nothing is made up in its place.
"""
