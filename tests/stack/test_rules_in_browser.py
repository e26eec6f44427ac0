"""The rules that live in the browser, without their view: address, findings, suggestion, copies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import mlops_landscape.stack as package
from mlops_landscape.catalogue import Catalogue, load_catalogue
from mlops_landscape.stack import Stacks, load_stacks, offers
from mlops_landscape.stack.data import builder_data

SCRIPT = Path(package.__file__).parent / "static" / "stack-rules.js"

Rules = Callable[..., Any]


def loaded(page: Page, data: dict[str, Any]) -> Rules:
    page.add_script_tag(path=SCRIPT)
    page.evaluate("data => { window.data = StackRules.prepare(data); }", data)

    def ask(expression: str, address: str = "stack=v1", **values: object) -> Any:  # noqa: ANN401
        """Evaluate an expression of `r` (the rules), `c` (the choice), `d` and `v` (values)."""
        return page.evaluate(
            f"""([address, v]) => {{
                const r = StackRules, d = window.data, c = r.read(address, d).choice;
                return {expression};
            }}""",
            [address, values],
        )

    return ask


@pytest.fixture
def ask(new_page: Callable[..., Page], catalogue: Catalogue, stacks: Stacks) -> Rules:
    """Give a function that asks the rules about the small catalogue."""
    return loaded(new_page(), builder_data(catalogue, stacks))


def items(ask: Rules, address: str, group: str = "") -> list[tuple[str, str]]:
    """Return level and text of the findings, of one group or of all."""
    return [
        (item["level"], item["text"])
        for found in ask("r.findings(c, d)", address)
        for item in found["items"]
        if group in ("", found["id"])
    ]


# ---- the address ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "stack=v1",
        "stack=v1;work/track:keeper",
        "stack=v1;work/track:keeper+rented;work/fit:nothing",
        "stack=v1;run/serve:plain;open-source;no-account;kubernetes:yes;team:small;cloud:aws",
        "stack=v1;work/track:gone",
    ],
)
def test_an_address_is_read_and_written_the_same(ask: Rules, address: str) -> None:
    assert ask("r.read(v.text, d).problems", text=address) == []
    assert ask("r.write(c, d)", address) == address
    assert ask("r.write(c, d)", f"#{address}") == address


def test_an_address_that_a_messenger_has_encoded_is_read(ask: Rules) -> None:
    encoded = "#stack%3Dv1%3Bwork%2Ftrack%3Akeeper%2Brented%3Bteam%3Asmall"
    assert ask("r.isAddress(v.text)", text=encoded)
    assert ask("r.write(c, d)", encoded) == "stack=v1;work/track:keeper+rented;team:small"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("work/trak:keeper", "“work/trak” is no job of the catalogue."),
        ("work/track:kepper", "“kepper”, given for Tracking, is no tool of the catalogue."),
        ("work/track:fast", "Fast does not do Tracking."),
        ("work/track", "It names no tool for Tracking."),
        ("team:huge", "“team:huge” is no constraint that this page knows."),
        ("closed-source", "“closed-source” is no constraint that this page knows."),
        ("__proto__/x:y", "“__proto__/x” is no job of the catalogue."),
        ("run/serve:plain", "Serving stands in it twice; the last one counts."),
        ("team:small;team:alone", "The constraint “team” stands in it twice; the last one counts."),
        ("%zz", "It holds a percent sign that stands for nothing."),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_kept(ask: Rules, part: str, words: str) -> None:
    address = f"stack=v1;run/serve:plain;{part};open-source"
    assert words in ask("r.read(v.text, d).problems", text=address)
    kept = ask("r.write(c, d)", address)
    assert "run/serve:plain" in kept
    assert "open-source" in kept
    assert kept in (
        "stack=v1;run/serve:plain;open-source",
        "stack=v1;run/serve:plain;open-source;team:alone",
    )


def test_another_version_is_said_and_read_as_far_as_possible(ask: Rules) -> None:
    address = "stack=v7;work/track:keeper"
    (problem,) = ask("r.read(v.text, d).problems", text=address)
    assert problem.startswith("It begins with “stack=v7”")
    assert ask("r.write(c, d)", address) == "stack=v1;work/track:keeper"


@pytest.mark.parametrize("place", ["", "#", "#the-rules", "#stacks", "#stack-aws"])
def test_a_place_on_the_page_is_no_choice(ask: Rules, place: str) -> None:
    assert not ask("r.isAddress(v.text)", text=place)


# ---- findings -------------------------------------------------------------------------------


def test_without_a_pick_nothing_is_found(ask: Rules) -> None:
    assert ask("r.findings(c, d)", "stack=v1;team:alone") == []
    assert ask("r.summary(c, d)") == "Nothing is picked yet."


def test_an_ended_pick_offers_its_successors(ask: Rules) -> None:
    address = "stack=v1;work/track:gone"
    (found,) = [g for g in ask("r.findings(c, d)", address) if g["id"] == "status"]
    (item,) = found["items"]
    assert item["level"] == "error"
    assert item["text"] == "Gone is discontinued: Bought and ended (checked on 25 November 2026)."
    assert [action["label"] for action in item["actions"]] == [
        "Replace Gone with Keeper",
        "Replace Gone with Rented",
    ]
    assert item["links"][0]["url"] == "https://example.org/"
    assert ask("r.write(r.replaced(c, 'gone', 'keeper', d), d)", address) == (
        "stack=v1;work/track:keeper"
    )
    both = "stack=v1;work/track:gone+keeper"
    assert ask("r.write(r.replaced(c, 'gone', 'keeper', d), d)", both) == (
        "stack=v1;work/track:keeper"
    )
    assert ask("r.write(r.replaced(c, 'gone', undefined, d), d)", address) == "stack=v1"


def test_a_successor_takes_over_a_job_that_it_is_not_listed_for(ask: Rules) -> None:
    address = "stack=v1;work/spread:buried"
    assert ask("r.write(r.replaced(c, 'buried', 'fast', d), d)", address) == (
        "stack=v1;work/spread:fast"
    )


@pytest.mark.parametrize(
    ("pick", "level", "words"),
    [
        ("run/serve:old", "warning", "Old is in maintenance only (checked on 25 November 2026)."),
        ("work/fit:first", "note", "First lives; for new work look at Slow: Revived"),
        ("run/all:amazing", "note", "The name of Amazing has changed: Was called Wow"),
        (
            "work/fit:vague",
            "note",
            "That Vague is still maintained is unconfirmed: no release seen",
        ),
    ],
)
def test_a_state_that_a_user_must_know(ask: Rules, pick: str, level: str, words: str) -> None:
    ((found, text),) = items(ask, f"stack=v1;{pick}", "status")
    assert found == level
    assert words in text


def test_contradictions_and_doubts_under_the_constraints(ask: Rules) -> None:
    address = "stack=v1;work/track:rented;work/fit:vague;run/serve:pod;open-source;no-account"
    assert items(ask, address, "constraints") == [
        (
            "error",
            "Rented does not fit: managed or proprietary, not open source; "
            "needs an account with its vendor.",
        ),
        ("error", "Pod does not fit: source available, not open source."),
        ("note", "To be checked for Vague: its licence is unconfirmed."),
        ("note", "To be checked for Vague: that it works without an account is unconfirmed."),
    ]
    assert items(ask, "stack=v1;work/track:rented;work/fit:vague", "constraints") == []


def test_essential_gaps_come_first_and_say_why(ask: Rules) -> None:
    found = items(ask, "stack=v1;work/fit:nothing", "gaps")
    assert found[:3] == [
        ("warning", "Tracking (stage Training) is not decided yet. Without it nobody knows."),
        ("warning", "Fitting (stage Training) is done by nobody. Something has to."),
        ("warning", "Serving (Run) is not decided yet. Else it is a file."),
    ]
    assert found[3][1].startswith("2 optional jobs without a tool")
    assert ask("r.summary(c, d)", "stack=v1;work/fit:slow") == (
        "1 tool, 0 things to keep alive; 2 essential gaps."
    )


def test_a_job_that_another_tool_brings_is_no_gap(ask: Rules) -> None:
    found = items(ask, "stack=v1;run/all:goodcloud", "gaps")
    assert (
        "note",
        "Serving (Run) has no tool of its own; Goodcloud, picked for All, brings one.",
    ) in found
    gaps = ask("r.findings(c, d).find((g) => g.id === 'gaps').items", "stack=v1;work/track:keeper")
    assert gaps[0]["actions"] == []
    address = "stack=v1;run/serve:amazing"
    assert "no essential gap" not in ask("r.summary(c, d)", address)


def test_a_complete_stack_says_so(ask: Rules) -> None:
    address = "stack=v1;work/track:keeper;work/fit:fast;run/serve:plain"
    assert ("good", "Every essential job has a tool.") in items(ask, address, "gaps")
    assert ask("r.summary(c, d)", address).endswith("no essential gap.")


def test_overlaps_of_two_sorts(ask: Rules) -> None:
    ((level, text),) = items(ask, "stack=v1;work/track:keeper+rented", "overlaps")
    assert level == "warning"
    assert text.startswith("Keeper and Rented are both picked for Tracking: two places to look")
    ((level, text),) = items(ask, "stack=v1;run/serve:plain;run/all:amazing", "overlaps")
    assert (level, text) == (
        "warning",
        "Amazing, picked for All, also does Serving, for which you picked Plain.",
    )
    assert items(ask, "stack=v1;run/serve:amazing;run/all:amazing", "overlaps") == []


@pytest.mark.parametrize(
    ("rest", "level", "words"),
    [
        ("work/fit:slow", "note", "Nothing to keep alive. Say how large"),
        ("work/track:keeper", "note", "1 thing to keep alive: 1 server (Keeper)."),
        ("work/spread:flock", "note", "3 things to keep alive: 1 cluster (Flock)"),
        ("run/serve:pod", "note", "4 things to keep alive: a Kubernetes cluster, counted as 3"),
        ("run/serve:pod;kubernetes:yes", "note", "1 thing to keep alive: Pod on Kubernetes."),
        ("work/track:keeper;team:alone", "good", "one person can look after 3."),
        (
            "work/track:keeper;work/spread:flock;team:alone",
            "warning",
            "That is more than the 3 that one person can look after",
        ),
        ("work/track:keeper;work/spread:flock;team:small", "good", "4 things to keep alive"),
    ],
)
def test_upkeep_is_counted_and_compared_with_the_team(
    ask: Rules, rest: str, level: str, words: str
) -> None:
    found, text = items(ask, f"stack=v1;{rest}", "upkeep")[0]
    assert found == level
    assert words in text


def test_a_tool_with_two_jobs_is_kept_alive_once(ask: Rules) -> None:
    address = "stack=v1;work/track:keeper;run/serve:plain"
    assert ask("r.upkeep(c, d).total", address) == 2
    twice = "stack=v1;run/serve:amazing;run/all:amazing"
    assert ask("r.pickedTools(c, d).length", twice) == 1


def test_accounts_and_licences(ask: Rules) -> None:
    found = items(ask, "stack=v1;work/track:rented;work/fit:vague+fast;run/serve:pod", "terms")
    assert found == [
        ("note", "An account with the vendor is needed for Rented."),
        ("note", "Whether an account is needed is unconfirmed for Vague."),
        ("note", "Managed or proprietary: Rented (proprietary)."),
        ("note", "Open source: 2 of 4"),
        ("note", "Source available: Pod (MIT)."),
    ]
    assert items(ask, "stack=v1;work/fit:fast", "terms") == [
        ("good", "No account with a vendor is needed."),
        ("good", "All 1 are open source."),
    ]


def test_clouds_bind_and_mixing_them_warns(ask: Rules) -> None:
    assert items(ask, "stack=v1;run/all:amazing", "clouds") == [
        ("note", "Amazing exists only in AWS: to leave it is to replace it.")
    ]
    found = items(ask, "stack=v1;run/all:amazing+goodcloud", "clouds")
    assert found[0][0] == "warning"
    assert found[0][1].startswith("The stack lies in AWS and Google Cloud: data crosses")


def test_known_pairs_have_a_source_and_unknown_ones_are_not_judged(ask: Rules) -> None:
    address = "stack=v1;work/track:keeper;work/fit:fast;run/serve:plain"
    (group,) = [g for g in ask("r.findings(c, d)", address) if g["id"] == "together"]
    known, unknown = group["items"]
    assert (known["level"], known["text"]) == ("good", "Keeper and Fast: x.")
    assert known["links"] == [{"label": "source", "url": "https://example.org/"}]
    assert unknown["text"].startswith("For 2 of 3 pairs nothing was found.")
    assert "does not mean that they do not work together" in unknown["text"]
    assert unknown["list"] == ["Keeper with Plain.", "Fast with Plain."]


# ---- suggestions ----------------------------------------------------------------------------


def suggested(ask: Rules, address: str, **options: bool) -> tuple[str, list[str]]:
    found = ask(
        "(({ choice, reasons }) => [r.write(choice, d), reasons.map((each) => each.text)])"
        "(r.suggest(c, d, v))",
        address,
        **options,
    )
    return found[0], found[1]


def test_the_suggestion_fills_essential_jobs_with_reasons(ask: Rules) -> None:
    address, reasons = suggested(ask, "stack=v1")
    # Least to keep alive: a service before a server; the first of the catalogue among equals.
    assert address == "stack=v1;work/track:rented;work/fit:slow;run/serve:amazing"
    assert reasons[1] == (
        "Fitting: Slow, because it is active, is a library or command with nothing to keep "
        "alive and comes first in the catalogue among equals (Fast)."
    )


def test_the_suggestion_keeps_what_is_picked_and_fits_to_it(ask: Rules) -> None:
    address, reasons = suggested(ask, "stack=v1;work/track:keeper")
    assert "work/track:keeper;work/fit:fast" in address
    assert "is known to work with Keeper" in reasons[0]
    untouched = "stack=v1;work/track:gone;work/fit:nothing;run/serve:pod"
    assert suggested(ask, untouched) == (untouched, [])


def test_the_suggestion_obeys_constraints_and_says_what_does_not_fit(ask: Rules) -> None:
    address, _ = suggested(ask, "stack=v1;open-source;no-account;team:alone")
    assert address.startswith("stack=v1;work/track:keeper;work/fit:fast;run/serve:plain;")
    address, reasons = suggested(ask, "stack=v1;work/fit:fast;open-source;team:alone", all=True)
    assert "work/spread:fast" in address, "the successor, as a cluster is too much for one person"
    assert any(
        text == "All: nothing fits. Amazing (managed or proprietary, not open source), "
        "Goodcloud (only some of its parts are open source)."
        for text in reasons
    )


def test_the_suggestion_prefers_what_is_there_and_what_is_not_in_doubt(ask: Rules) -> None:
    address, reasons = suggested(ask, "stack=v1;run/all:amazing;work/track:rented;work/fit:slow")
    assert "run/serve" not in address, "what it brings is no gap"
    assert reasons == []
    address, _ = suggested(ask, "stack=v1;work/fit:vague;work/track:keeper;run/serve:pod", all=True)
    assert "work/spread:" in address
    assert "buried" not in address


def test_the_suggestion_never_changes(ask: Rules) -> None:
    first = suggested(ask, "stack=v1;team:small", all=True)
    assert first == suggested(ask, "stack=v1;team:small", all=True)


# ---- copies ---------------------------------------------------------------------------------


def test_markdown_says_all_of_it(ask: Rules) -> None:
    address = "stack=v1;work/track:gone;work/fit:nothing;run/serve:plain;team:alone"
    text = ask("r.toMarkdown(c, d, v.url)", address, url="https://here/#x")
    assert text.startswith("# Our MLOps stack\n\nConstraints: Team: one person.\n")
    assert "| Tracking | [Gone](https://example.org/gone) | Open source, MIT | not needed |" in text
    assert "| Fitting | nobody does it | | | |" in text
    assert "- **Mistake:** Gone is discontinued" in text
    assert "([source](https://example.org/))" in text
    assert text.rstrip().endswith("https://here/#x")


def test_json_says_all_of_it(ask: Rules) -> None:
    address = "stack=v1;work/track:keeper;work/fit:nothing;team:alone"
    content = json.loads(ask("r.toJson(c, d, v.url)", address, url="#x"))
    assert content["version"] == 1
    assert content["address"] == "#x"
    assert content["constraints"] == ["team:alone"]
    assert [(job["job"], job["tools"]) for job in content["jobs"]] == [
        ("work/track", ["keeper"]),
        ("work/fit", []),
    ]
    assert {each["about"] for each in content["findings"]} >= {"gaps", "upkeep", "terms"}


# ---- the course's own catalogue -------------------------------------------------------------


def test_what_is_said_of_each_tool_agrees_with_the_catalogue(new_page: Callable[..., Page]) -> None:
    """Each tool alone: what the findings say of it is what its facts say."""
    catalogue = load_catalogue()
    ask = loaded(new_page(), builder_data(catalogue, load_stacks(catalogue)))
    offered = offers(catalogue)
    for tool in catalogue.tools:
        address = f"stack=v1;{tool.categories[0]}:{tool.id}"
        found = items(ask, address)
        texts = "\n".join(text for _, text in found)
        errors = [text for level, text in found if level == "error"]
        assert bool(errors) == tool.is_ended, tool.id
        account = tool.account.value if tool.account else None
        assert ("account with the vendor is needed for" in texts) == (account is True), tool.id
        assert ("account is needed is unconfirmed" in texts) == (account is None), tool.id
        assert ("exists only in" in texts) == bool(tool.cloud), tool.id
        licence = str(tool.licence.value or "unconfirmed") if tool.licence else "unconfirmed"
        listed = json.dumps(ask("r.findings(c, d)", address))
        assert licence.replace("LicenseRef-", "") in listed, tool.id
        if tool.is_ended and tool.status and tool.status.successors:
            actions = ask(
                "r.findings(c, d).flatMap(g => g.items).flatMap(i => i.actions ?? [])", address
            )
            assert {a.get("to") for a in actions} >= set(tool.status.successors), tool.id
        assert tool.id in offered[tool.categories[0]]


def test_no_suggestion_contradicts_the_constraints(new_page: Callable[..., Page]) -> None:
    """Whatever one says: what is suggested fits, lives and makes no mistake."""
    catalogue = load_catalogue()
    data = builder_data(catalogue, load_stacks(catalogue))
    ask = loaded(new_page(), data)
    wrong = ask(
        """(() => {
            const values = d.constraints.map(({ id, options }) => {
                const named = options.map(([value]) => `${id}:${value}`);
                return ["", ...(named.length ? named : [id])];
            });
            const join = (lists, more) => lists.flatMap((l) => more.map((m) => [...l, m]));
            const all = values.reduce(join, [[]]);
            const wrong = [];
            for (const tokens of all) {
                const address = ["stack=v1", ...tokens.filter(Boolean)].join(";");
                const { choice } = r.suggest(r.read(address, d).choice, d, { all: true });
                const items = r.findings(choice, d).flatMap((group) => group.items);
                const errors = items.filter((item) => item.level === "error");
                if (errors.length) wrong.push([address, errors.map((e) => e.text)]);
            }
            return { wrong, count: all.length };
        })()"""
    )
    assert wrong["count"] == 2 * 2 * 3 * 4 * 5
    assert wrong["wrong"] == []
