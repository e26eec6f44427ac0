"""Grades as JUnit XML, which every CI and many editors show.

There is no standard. What is written here is what Jenkins, GitLab and pytest's own ``--junitxml``
have in common: ``testsuites``, ``testsuite``, ``properties``, ``testcase``, ``failure``,
``error``, ``system-out``.
"""

from datetime import UTC
from xml.etree import ElementTree

from mlops_landscape.grading.files import encoded
from mlops_landscape.grading.model import CheckMark, Grade, Gradebook
from mlops_landscape.grading.tables import printable
from mlops_landscape.grading.words import number


def junit_xml(book: Gradebook) -> bytes:
    """Return one suite a learner and exercise with one case a check; a refusal is an error."""
    root = ElementTree.Element("testsuites", name="mlops-landscape")
    # Ant's schema, the strictest reader, knows no time zone.
    made = book.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for grade in book.grades:
        root.append(_suite(grade, made))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("time", f"{sum(grade.seconds for grade in book.grades):.3f}")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return encoded(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _suite(grade: Grade, made: str) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=printable(f"{grade.exercise}: {grade.learner}"))
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("exercise", grade.exercise),
        ("learner", grade.learner),
        ("name", grade.name),
        ("points", number(grade.total)),
        ("out_of", number(grade.out_of)),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=printable(value))
    if grade.outcome == "refused":
        case = _case(suite, grade, "the submission can be run")
        why = printable("\n".join(grade.notes)) or "it was refused"
        _outcome(case, "error", "refused", why)
    for check in grade.checks:
        case = _case(suite, grade, check.name)
        if not check.passed:
            kind, name = ("error", "broken") if check.broken else ("failure", "failed")
            _outcome(case, kind, name, printable(_said(check)))
    if grade.output:
        ElementTree.SubElement(suite, "system-out").text = printable(grade.output)
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", "0")
    suite.set("time", f"{grade.seconds:.3f}")
    suite.set("timestamp", made)
    return suite


def _case(suite: ElementTree.Element, grade: Grade, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite,
        "testcase",
        classname=printable(f"{grade.exercise}.{grade.learner}"),
        name=printable(name),
    )


def _outcome(case: ElementTree.Element, kind: str, name: str, text: str) -> None:
    first = text.partition("\n")[0]
    ElementTree.SubElement(case, kind, type=name, message=first).text = text


def _said(check: CheckMark) -> str:
    return f"{check.message or 'it failed'}\n{check.title} ({number(check.points)})\n{check.hint}"
