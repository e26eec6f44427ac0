"""The ten aspects as data: the file is right, and every mistake in one is named with its line."""

import re
from pathlib import Path

import pytest

from mlops_landscape.errors import InputError
from mlops_landscape.weighing import ASPECTS, SIDES, load_aspects, show_claims, weighing

GOOD = """aspects:
  - id: cost
    name: Cost
    open_source: Low upfront
    managed: Pay-as-you-go
    favours: depends
    why: People decide.
    section: cost
"""


def test_the_ten_aspects_of_the_course_are_there_in_its_order() -> None:
    assert [aspect.name for aspect in load_aspects()] == [
        "Ease of Setup",
        "Customization",
        "Scalability",
        "Integration",
        "Cost",
        "Data Security",
        "Maintenance",
        "Learning Curve",
        "Support",
        "Vendor Lock-In",
    ]


def test_both_sides_are_favoured_by_some_and_neither_by_all() -> None:
    leans = [aspect.lean for aspect in load_aspects()]
    assert min(leans) < 0 < max(leans)
    assert set(leans) <= set(SIDES.values())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("favours: depends", "favours: both", "line 6: 'both' is not a side"),
        ("    why: People decide.\n", "", "line 2: `why` is missing"),
        ("why: People decide.", "why: 3", "line 7: `why` is not a text"),
        ("section: cost", "section: The Cost", "line 8: 'The Cost' cannot be an id"),
        ("section: cost", "section: cost\n    weight: 3", "line 9: `weight` is not known here"),
        ("aspects:", "tools:", "there is no list `aspects`"),
        ("aspects:", "aspects: [", "it is not valid YAML"),
        (GOOD[9:], GOOD[9:] * 2, "line 9: 'cost' is used twice"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    file = tmp_path / "aspects.yml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load_aspects(file)
    assert said in str(caught.value)
    assert "Mend: " in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "aspects.yml"
    file.write_text(GOOD.replace("depends", "both").replace("    why: People decide.\n", ""))
    with pytest.raises(InputError) as caught:
        load_aspects(file)
    assert len(caught.value.problems) == 2


def test_the_widget_carries_what_the_file_says() -> None:
    shown = weighing().aspects
    for aspect, one in zip(load_aspects(), shown, strict=True):
        assert one == {
            "id": aspect.id,
            "name": aspect.name,
            "lean": aspect.lean,
            "why": aspect.why,
            "section": aspect.section,
        }


def test_the_table_shows_the_claims_and_links_to_the_sections() -> None:
    html = show_claims().data.replace("<wbr>", "")
    for aspect in load_aspects():
        assert f'<a href="#{aspect.section}">{aspect.name}</a>' in html
        assert f"<td>{aspect.open_source}</td><td>{aspect.managed}</td>" in html


def test_its_code_asks_no_other_host() -> None:
    for path in (ASPECTS.parent / "static").iterdir():
        text = path.read_text()
        assert not re.search(r"https?:", text), path.name
