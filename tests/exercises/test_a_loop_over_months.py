"""Checks of the exercise `a-loop-over-months`, in the order in which to mend."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

FILE = "monthly.yaml"
DEFAULTS = {"months": [1, 2, 3], "limit": 15}


@dataclass(frozen=True)
class Task:
    """A step as it stands in the graph.

    Attributes
    ----------
    step
        Name of its component.
    task
        What the file says about it.
    loops
        The tasks of the loops that it is in, from the outermost.
    """

    step: str
    task: dict[str, Any]
    loops: tuple[dict[str, Any], ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """Where its parameters come from."""
        return dict(self.task.get("inputs", {}).get("parameters", {}))


def listed(names: Any) -> str:  # noqa: ANN401
    return ", ".join(f"`{name}`" for name in names) or "none"


def tasks(
    work: Work, graph: dict[str, Any] | None = None, loops: tuple[dict[str, Any], ...] = ()
) -> Iterator[Task]:
    """Yield every step of the graph, in all loops and branches."""
    spec = work.pipeline(FILE)
    for task in (graph or spec["root"])["dag"]["tasks"].values():
        behind = spec["components"][task["componentRef"]["name"]]
        inside = (*loops, task) if "parameterIterator" in task else loops
        if "dag" in behind:
            yield from tasks(work, behind, inside)
        else:
            # A step that is drawn again gets a number: take-2.
            name = re.fullmatch(r"comp-(.+?)(-\d+)?", task["componentRef"]["name"])
            yield Task(name[1] if name else "", task, inside)


def drawn(work: Work, step: str) -> list[Task]:
    """Return every task of a step; there is at least one."""
    graph = list(tasks(work))
    found = [task for task in graph if task.step == step]
    steps = listed(dict.fromkeys(task.step for task in graph))
    assert found, f"the steps in {FILE} are: {steps}; not `{step}`"
    return found


def the_task(work: Work, step: str) -> Task:
    """Return the only task of a step."""
    found = drawn(work, step)
    assert len(found) == 1, f"`{step}` stands in the graph {len(found)} times, not once"
    return found[0]


def the_loop(work: Work, step: str) -> dict[str, Any]:
    loops = the_task(work, step).loops
    assert loops, f"`{step}` is in no loop"
    return loops[-1]


@worth(
    points=1,
    hint='`compiler.Compiler().compile(monthly, "monthly.yaml")` writes it, into the folder of '
    "this notebook.",
)
def test_the_file_is_here(work: Work) -> None:
    """`monthly.yaml` is a compiled pipeline called `monthly`."""
    name = work.pipeline(FILE)["pipelineInfo"]["name"]
    assert name == "monthly", f"the pipeline in {FILE} is called `{name}`, not `monthly`"


@worth(
    points=1,
    hint="Annotate all of it: `flights: Input[Dataset]`, `limit: float`, `metrics: "
    "Output[Metrics]`, and `-> float` behind the arrow.",
)
def test_share_has_its_inputs_and_outputs(work: Work) -> None:
    """`share` takes flights and a limit, gives metrics and returns a float."""
    drawn(work, "share")
    component = work.pipeline(FILE)["components"]["comp-share"]
    for way, kind, name, right in [
        ("inputDefinitions", "artifacts", "flights", "system.Dataset"),
        ("inputDefinitions", "parameters", "limit", "NUMBER_DOUBLE"),
        ("outputDefinitions", "artifacts", "metrics", "system.Metrics"),
        ("outputDefinitions", "parameters", "Output", "NUMBER_DOUBLE"),
    ]:
        given = component.get(way, {}).get(kind, {})
        verb = "takes" if way.startswith("input") else "gives"
        assert name in given, f"the {kind} that `share` {verb} are: {listed(given)}; not `{name}`"
        about = given[name]
        found = about.get("parameterType") or about.get("artifactType", {}).get("schemaTitle")
        assert found == right, f"`{name}` of `share` is a {found}, asked for is {right}"


@worth(
    points=1,
    hint="Write them as the arguments of `monthly`, with type and default: "
    "`months: list = [1, 2, 3]`.",
)
def test_the_pipeline_has_its_parameters(work: Work) -> None:
    """The pipeline has the parameters `months` ([1, 2, 3]) and `limit` (15.0)."""
    given = work.pipeline(FILE)["root"].get("inputDefinitions", {}).get("parameters", {})
    for name, default in DEFAULTS.items():
        assert name in given, f"the pipeline's parameters are: {listed(given)}; not `{name}`"
        value = given[name].get("defaultValue")
        assert value is not None, f"`{name}` has no default"
        assert value == default, f"the default of `{name}` is {value}, asked for is {default}"


@worth(
    points=1,
    hint="Use `with dsl.ParallelFor(months, ...) as month:` and call `take` and `share` inside it. "
    "Python's `for` draws one box a round, now, and the list can never be another one.",
)
def test_the_loop_is_in_the_graph(work: Work) -> None:
    """`take` and `share` are in a loop of the graph."""
    loop = the_loop(work, "take")
    same = the_loop(work, "share") == loop
    assert same, "`share` is in another loop than `take`"


@worth(
    points=1,
    hint="Loop over the pipeline's own parameter, `months`: a list that is written into the loop "
    "cannot be changed by who starts a run.",
)
def test_the_loop_is_over_the_months(work: Work) -> None:
    """The loop runs over the pipeline's `months`, and each round takes its own."""
    loop = the_loop(work, "take")
    items = loop["parameterIterator"]["items"]
    assert "raw" not in items, f"the loop always runs over {items.get('raw')}"
    name = items.get("inputParameter")
    outer = loop.get("inputs", {}).get("parameters", {}).get(name, {})
    source = outer.get("componentInputParameter")
    assert source == "months", f"the loop runs over `{source}`, not over `months`"
    month = the_task(work, "take").parameters.get("month", {})
    constant = month.get("runtimeValue", {}).get("constant")
    assert constant is None, f"`take` always gets the month {constant:g}"
    item = loop["parameterIterator"]["itemInput"]
    given = month.get("componentInputParameter")
    assert given == item, f"the month of `take` comes from `{given}`, not from the loop"


@worth(
    points=1,
    hint="Hand the pipeline's own parameter on: `share(..., limit=limit)`.",
)
def test_share_gets_the_flights_and_the_limit(work: Work) -> None:
    """`share` gets the flights of `take` and the pipeline's `limit`."""
    task = the_task(work, "share")
    flights = task.task.get("inputs", {}).get("artifacts", {}).get("flights", {})
    producer = flights.get("taskOutputArtifact", {}).get("producerTask")
    assert producer == "take", f"the flights of `share` come from `{producer}`, not from `take`"
    constant = task.parameters.get("limit", {}).get("runtimeValue", {}).get("constant")
    assert constant is None, f"the limit of `share` is always {constant:g}"
    given = task.parameters.get("limit", {}).get("componentInputParameter", "")
    right = ("limit", "pipelinechannel--limit")
    assert given in right, f"the limit of `share` comes from `{given}`, not from `limit`"


@worth(
    points=1,
    hint="`dsl.ParallelFor` has an argument `parallelism`. Without it all rounds start at once, "
    "sixty months on a cluster that others use too.",
)
def test_two_rounds_at_a_time(work: Work) -> None:
    """At most two rounds run at the same time."""
    limit = the_loop(work, "take").get("iteratorPolicy", {}).get("parallelismLimit")
    assert limit is not None, "nothing says how many rounds may run at once"
    assert limit == 2, f"{limit} rounds may run at once, asked for are 2"


@worth(
    points=1,
    hint="Call `worst` once, after the loop: indent it like the `with`. Around the output of "
    "`share` goes `dsl.Collected(...)`, which makes a list of it.",
)
def test_worst_gets_all_shares(work: Work) -> None:
    """`worst` stands after the loop and gets the months and the shares of all rounds."""
    task = the_task(work, "worst")
    assert not task.loops, "`worst` is inside the loop: it sees one month at a time"
    shares = task.parameters.get("shares", {})
    source = shares.get("taskOutputParameter", {})
    loop = the_loop(work, "share").get("taskInfo", {}).get("name")
    collected = source.get("producerTask") == loop
    assert collected, f"the shares of `worst` do not come from the loop but from {shares}"
    key = str(source.get("outputParameterKey"))
    assert key.endswith("share-Output"), f"what `worst` gets of the loop is `{key}`"
    months = task.parameters.get("months", {}).get("componentInputParameter")
    assert months == "months", "the months of `worst` are not the pipeline's `months`"


@worth(
    points=1,
    hint="`task.set_caching_options(False)`, on what `take(...)` gave back.",
)
def test_take_is_not_cached(work: Work) -> None:
    """`take` is never taken from the cache."""
    cached = the_task(work, "take").task.get("cachingOptions", {}).get("enableCache", False)
    assert not cached, "`take` may come from the cache: a run may see last year's table"


@worth(
    points=1,
    hint="Switch the cache off for `take` alone.",
    visible=False,
)
def test_the_rest_is_cached(work: Work) -> None:
    """`share` and `worst` may come from the cache."""
    for step in ("share", "worst"):
        cached = the_task(work, step).task.get("cachingOptions", {}).get("enableCache", False)
        assert cached, f"the cache is off for `{step}` too"
