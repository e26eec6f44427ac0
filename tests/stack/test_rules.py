"""What speaks against a tool: each rule in its words, and never against the catalogue."""

import dataclasses

import pytest

from mlops_landscape.catalogue import KINDS, Catalogue, load_catalogue
from mlops_landscape.catalogue.model import UPKEEP as CATALOGUE_UPKEEP
from mlops_landscape.stack import CONSTRAINTS, TEAMS, UPKEEP, judge, offers
from mlops_landscape.stack.rules import ALWAYS, CLOUDS, TOKENS


@pytest.mark.parametrize(
    ("name", "token", "words"),
    [
        ("gone", ALWAYS, "discontinued; look at Keeper or Rented"),
        ("buried", ALWAYS, "archived; look at Fast"),
        ("rented", "open-source", "managed or proprietary, not open source"),
        ("pod", "open-source", "source available, not open source"),
        ("goodcloud", "open-source", "only some of its parts are open source"),
        ("rented", "no-account", "needs an account with its vendor"),
        ("pod", "kubernetes:no", "needs Kubernetes"),
        ("flock", "team:alone", "a cluster to keep alive is too much for one person"),
        ("amazing", "cloud:google", "exists only in AWS"),
        ("amazing", "cloud:none", "exists only in AWS"),
        ("goodcloud", "cloud:azure", "exists only in Google Cloud"),
    ],
)
def test_what_does_not_fit_says_why(
    catalogue: Catalogue, name: str, token: str, words: str
) -> None:
    assert judge(catalogue.tool(name), catalogue).against[token] == words


@pytest.mark.parametrize(
    ("name", "token", "words"),
    [
        ("vague", ALWAYS, "that it is still maintained is unconfirmed"),
        ("vague", "open-source", "its licence is unconfirmed"),
        ("vague", "no-account", "that it works without an account is unconfirmed"),
        ("old", ALWAYS, "in maintenance only; look at Plain"),
        ("first", ALWAYS, "for new work look at Slow"),
        ("flock", "team:small", "a cluster takes a good part of a small team's time"),
    ],
)
def test_what_is_in_doubt_is_no_reason_against(
    catalogue: Catalogue, name: str, token: str, words: str
) -> None:
    judgement = judge(catalogue.tool(name), catalogue)
    assert judgement.doubts[token] == words
    assert token not in judgement.against


@pytest.mark.parametrize("name", ["slow", "fast", "keeper", "plain"])
def test_an_open_tool_without_needs_fits_everywhere(catalogue: Catalogue, name: str) -> None:
    judgement = judge(catalogue.tool(name), catalogue)
    assert judgement.against == {}
    assert judgement.doubts == {}


def test_a_tool_fits_in_its_own_cloud(catalogue: Catalogue) -> None:
    against = judge(catalogue.tool("amazing"), catalogue).against
    assert "cloud:aws" not in against
    assert {f"cloud:{cloud}" for cloud in ("none", "google", "azure")} <= set(against)


def test_what_nobody_has_recorded_is_in_doubt(catalogue: Catalogue) -> None:
    bare = dataclasses.replace(
        catalogue.tool("fast"), licence=None, account=None, status=None, upkeep=""
    )
    judgement = judge(bare, catalogue)
    assert judgement.against == {}
    teams = {f"team:{team}" for team in TEAMS}
    assert set(judgement.doubts) == {ALWAYS, "open-source", "no-account", *teams}


def test_successors_can_be_picked_where_a_tool_has_ended(catalogue: Catalogue) -> None:
    offered = offers(catalogue)
    assert offered["work/track"] == ("gone", "keeper", "rented")
    assert offered["work/spread"] == ("buried", "flock", "fast"), (
        "the successor of a tool that ended"
    )
    assert offered["run/serve"] == ("pod", "plain", "old", "amazing")


def test_every_reason_hangs_on_a_constraint_that_there_is(catalogue: Catalogue) -> None:
    for whole in (catalogue, load_catalogue()):
        for tool in whole.tools:
            judgement = judge(tool, whole)
            assert {*judgement.against, *judgement.doubts} <= {ALWAYS, *TOKENS}


def test_the_words_agree_with_the_catalogue() -> None:
    """Every tool of the course is judged by what its facts say, in both directions."""
    catalogue = load_catalogue()
    for tool in catalogue.tools:
        against = judge(tool, catalogue).against
        doubts = judge(tool, catalogue).doubts
        assert (ALWAYS in against) == bool(tool.status and tool.status.is_ended), tool.id
        if tool.status:
            for successor in tool.status.successors:
                said = against.get(ALWAYS, "") + doubts.get(ALWAYS, "")
                assert catalogue.tool(successor).name in said, tool.id
        assert ("open-source" in against) == (tool.kind != "open-source"), tool.id
        if tool.kind not in ("open-source", "mixed"):
            assert KINDS[tool.kind].name.lower() in against["open-source"]
        account = tool.account.value if tool.account else None
        assert ("no-account" in against) == (account is True), tool.id
        assert ("no-account" in doubts) == (account is None), tool.id
        assert ("kubernetes:no" in against) == tool.kubernetes, tool.id
        assert ("team:alone" in against) == (tool.upkeep == "cluster"), tool.id
        for cloud in CLOUDS:
            fits = tool.cloud in ("", cloud)
            assert (f"cloud:{cloud}" not in against) == fits, tool.id


def test_every_kind_of_upkeep_is_known() -> None:
    assert set(UPKEEP) == set(CATALOGUE_UPKEEP)
    assert {tool.cloud for tool in load_catalogue().tools} <= {*CLOUDS, ""}


def test_every_constraint_explains_itself() -> None:
    for constraint in CONSTRAINTS.values():
        assert constraint.meaning.endswith(".")
        assert all(words.startswith(constraint.label) for words in constraint.tokens.values())
