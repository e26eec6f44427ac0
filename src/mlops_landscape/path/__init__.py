"""The way through the course: its steps, the time they take, and what a reader has done of it.

``measure``
    how long a page takes;
``steps``
    the three ways and their steps, read from the table of contents;
``show``
    the ways on the landing page;
``data``
    what the script gets that keeps a reader's progress in the browser;
``syllabi``
    the instructor's plans for a day, a week and a term, checked against the book;
``plans``
    these as tables.
"""

from mlops_landscape.path.measure import minutes_of, time_text
from mlops_landscape.path.show import door_html, steps_html
from mlops_landscape.path.steps import Course, Door, Part, Step, load_course

__all__ = [
    "Course",
    "Door",
    "Part",
    "Step",
    "door_html",
    "load_course",
    "minutes_of",
    "steps_html",
    "time_text",
]
