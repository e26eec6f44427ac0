"""Checks of the exercise `a-pipeline-with-a-gate`, in the order in which to mend."""

from collections.abc import Iterator
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

FILE = "gate.yaml"
DEFAULTS = {"rate": 0.1, "threshold": 0.7}
SCORE = "inputs.parameter_values['pipelinechannel--evaluate-Output']"
THRESHOLD = "inputs.parameter_values['pipelinechannel--threshold']"


def listed(names: Any) -> str:  # noqa: ANN401
    return ", ".join(f"`{name}`" for name in names) or "none"


def component(work: Work, name: str) -> dict[str, Any]:
    """Return the compiled component `name`."""
    components = work.pipeline(FILE)["components"]
    steps = [key[5:] for key, value in components.items() if "executorLabel" in value]
    assert name in steps, f"the steps in {FILE} are: {listed(steps)}; not `{name}`"
    return dict(components[f"comp-{name}"])


def tasks(
    work: Work, graph: dict[str, Any] | None = None, conditions: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any], tuple[str, ...]]]:
    """Yield every step of the graph, in all branches: name, task, the conditions before it."""
    spec = work.pipeline(FILE)
    for task in (graph or spec["root"])["dag"]["tasks"].values():
        name = task["componentRef"]["name"].removeprefix("comp-")
        behind = spec["components"][task["componentRef"]["name"]]
        condition = task.get("triggerPolicy", {}).get("condition")
        before = (*conditions, condition) if condition else conditions
        if "dag" in behind:
            yield from tasks(work, behind, before)
        else:
            yield name, task, before


def the_task(work: Work, name: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the only task of the step `name`, and the conditions before it."""
    found = [(task, before) for step, task, before in tasks(work) if step == name]
    steps = [step for step, *_ in tasks(work)]
    assert found, f"the pipeline calls: {listed(steps)}; not `{name}`"
    assert len(found) == 1, f"the pipeline calls `{name}` {len(found)} times, not once"
    return found[0]


@worth(
    points=1,
    hint='`compiler.Compiler().compile(gated, "gate.yaml")` writes it, into the folder of this '
    "notebook.",
)
def test_the_file_is_here(work: Work) -> None:
    """`gate.yaml` is a compiled pipeline called `gated`."""
    name = work.pipeline(FILE)["pipelineInfo"]["name"]
    assert name == "gated", f"the pipeline in {FILE} is called `{name}`, not `gated`"


@worth(
    points=1,
    hint="Annotate the argument: `model: Input[Model]`. A plain `str` would be a parameter, and "
    "nobody would know which model it was.",
)
def test_the_judge_takes_a_model(work: Work) -> None:
    """`evaluate` takes an artefact `model` of the type Model."""
    given = component(work, "evaluate").get("inputDefinitions", {}).get("artifacts", {})
    kind = given.get("model", {}).get("artifactType", {}).get("schemaTitle")
    assert kind is not None, f"the artefacts that `evaluate` takes are: {listed(given)}"
    assert kind == "system.Model", f"`model` is a {kind}, asked for is system.Model"


@worth(
    points=1,
    hint="Annotate a second argument, `metrics: Output[Metrics]`, and call its `log_metric`.",
)
def test_the_judge_gives_metrics(work: Work) -> None:
    """`evaluate` gives an artefact `metrics` of the type Metrics."""
    given = component(work, "evaluate").get("outputDefinitions", {}).get("artifacts", {})
    kind = given.get("metrics", {}).get("artifactType", {}).get("schemaTitle")
    assert kind is not None, f"the artefacts that `evaluate` gives are: {listed(given)}"
    assert kind == "system.Metrics", f"`metrics` is a {kind}, asked for is system.Metrics"


@worth(
    points=1,
    hint="Say the type behind the arrow: `-> float`. Text cannot be compared with a threshold.",
)
def test_the_judge_returns_a_number(work: Work) -> None:
    """`evaluate` returns a float."""
    given = component(work, "evaluate").get("outputDefinitions", {}).get("parameters", {})
    kind = given.get("Output", {}).get("parameterType")
    assert kind is not None, "`evaluate` has no return type"
    assert kind == "NUMBER_DOUBLE", f"`evaluate` returns a {kind}, not a NUMBER_DOUBLE (float)"


@worth(
    points=1,
    hint="Write them as the arguments of `gated`, with type and default: `rate: float = 0.1`.",
)
def test_the_pipeline_has_its_parameters(work: Work) -> None:
    """The pipeline has the parameters `rate` (0.1) and `threshold` (0.7)."""
    root = work.pipeline(FILE)["root"]
    given = root.get("inputDefinitions", {}).get("parameters", {})
    for name, default in DEFAULTS.items():
        assert name in given, f"the pipeline's parameters are: {listed(given)}; not `{name}`"
        value = given[name].get("defaultValue")
        assert value is not None, f"`{name}` has no default"
        assert value == default, f"the default of `{name}` is {value}, asked for is {default}"


@worth(
    points=1,
    hint="Hand the pipeline's own parameter on: `train(rate=rate)`. A number written here can "
    "never be changed by who starts a run.",
)
def test_train_gets_the_rate(work: Work) -> None:
    """`train` gets the pipeline's `rate`."""
    task, _ = the_task(work, "train")
    given = task.get("inputs", {}).get("parameters", {}).get("rate", {})
    constant = given.get("runtimeValue", {}).get("constant")
    assert constant is None, f"`train` always gets the number {constant}"
    source = given.get("componentInputParameter")
    assert source == "rate", f"the rate of `train` comes from `{source}`, not from `rate`"


@worth(
    points=1,
    hint='Hand over the output of the task: `evaluate(model=trained.outputs["model"])`. That also '
    "makes `evaluate` wait for it.",
)
def test_the_judge_gets_the_model_of_train(work: Work) -> None:
    """`evaluate` gets the model that `train` made."""
    task, _ = the_task(work, "evaluate")
    given = task.get("inputs", {}).get("artifacts", {}).get("model", {})
    producer = given.get("taskOutputArtifact", {}).get("producerTask")
    assert producer == "train", f"the model of `evaluate` comes from `{producer}`, not from `train`"


@worth(
    points=1,
    hint="Use `with dsl.If(...):` and call `deploy` inside it. Python's `if` decides now, while "
    "the graph is drawn, and a promise counts as true.",
)
def test_deploy_is_behind_a_gate(work: Work) -> None:
    """`deploy` runs only under a condition."""
    _, before = the_task(work, "deploy")
    assert before, "no condition stands before `deploy`: it always runs"


@worth(
    points=1,
    hint='Compare the promise with the parameter: `judged.outputs["Output"] >= threshold`.',
)
def test_the_gate_compares_with_the_threshold(work: Work) -> None:
    """The gate is open if the number of `evaluate` is at least `threshold`."""
    _, before = the_task(work, "deploy")
    condition = " && ".join(before)
    said = condition.replace(SCORE, "score").replace(THRESHOLD, "threshold")
    open_if = {f"{SCORE} >= {THRESHOLD}", f"{THRESHOLD} <= {SCORE}", f"!({SCORE} < {THRESHOLD})"}
    assert condition in open_if, f"the gate is open if {said or 'always'}, not score >= threshold"


@worth(
    points=1,
    hint="Call `refuse` inside `with dsl.Else():`, right after the `dsl.If`.",
)
def test_refuse_is_the_other_branch(work: Work) -> None:
    """`refuse` runs exactly if `deploy` does not."""
    _, deployed = the_task(work, "deploy")
    _, refused = the_task(work, "refuse")
    assert refused, "no condition stands before `refuse`: it always runs"
    gate, other = " && ".join(deployed), " && ".join(refused)
    opposite = {f"!({gate})", gate.removeprefix("!(").removesuffix(")")} - {gate}
    opposite |= {gate.replace(" >= ", " < "), gate.replace(" <= ", " > ")} - {gate}
    assert other in opposite, "the condition before `refuse` is not the opposite of `deploy`'s"
