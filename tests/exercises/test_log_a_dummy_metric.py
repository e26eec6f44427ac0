"""Checks of the exercise `log-a-dummy-metric`, in the order in which to mend."""

from mlflow.entities import Run

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

EXPERIMENT = "flight-delays"
RUN = "dummy"
METRIC = "auc"
VALUES = [0.50, 0.62, 0.70, 0.75, 0.78]


def listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def runs(work: Work) -> list[Run]:
    """Return all runs of the experiment, newest first."""
    experiment = work.mlflow.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None, f"there is no experiment `{EXPERIMENT}` yet"
    return list(
        work.mlflow.search_runs([experiment.experiment_id], order_by=["attributes.start_time DESC"])
    )


def the_run(work: Work) -> Run:
    """Return the newest run with the name that was asked for."""
    found = runs(work)
    named = [run for run in found if run.info.run_name == RUN]
    names = listed([run.info.run_name for run in found])
    assert named, f"the runs in `{EXPERIMENT}` are: {names}; asked for is one called `{RUN}`"
    return named[0]


@worth(
    points=1,
    hint="Pass `sqlite:///mlflow.db` to `mlflow.set_tracking_uri` before anything is logged: "
    "three slashes, then a path that starts in the folder of this notebook.",
)
def test_the_store_is_here(work: Work) -> None:
    """The store `mlflow.db` is in this folder."""
    _ = work.mlflow


@worth(
    points=1,
    hint="Call `mlflow.set_experiment` before the run starts. A run that is started without it "
    "goes into the experiment `Default`.",
)
def test_the_experiment_exists(work: Work) -> None:
    """The store has an experiment `flight-delays`."""
    names = [experiment.name for experiment in work.mlflow.search_experiments()]
    assert EXPERIMENT in names, f"the experiments are: {listed(names)}; not `{EXPERIMENT}`"


@worth(
    points=1,
    hint="Start the run with `mlflow.start_run(run_name=...)`. Without a name MLflow invents one.",
)
def test_the_run_has_its_name(work: Work) -> None:
    """The experiment has a run `dummy`."""
    the_run(work)


@worth(
    points=1,
    hint="A parameter is logged inside the run with `mlflow.log_param(name, value)`.",
)
def test_the_parameter_is_logged(work: Work) -> None:
    """The run has the parameter `learning_rate`, 0.1."""
    parameters = the_run(work).data.params
    value = parameters.get("learning_rate")
    assert value is not None, f"the run's parameters are: {listed(list(parameters))}"
    assert value == "0.1", f"`learning_rate` is {value}, asked for is 0.1"


@worth(
    points=1,
    hint="Use `mlflow.log_metric`. What `log_param` and `set_tag` are given becomes text, and text "
    "cannot be drawn as a curve or compared.",
)
def test_a_metric_is_logged(work: Work) -> None:
    """A metric is logged: a number, not text."""
    run = the_run(work)
    as_text = [
        kind
        for kind, held in (("parameter", run.data.params), ("tag", run.data.tags))
        if METRIC in held
    ]
    somewhere = any(other.data.metrics for other in runs(work))
    assert somewhere or not as_text, f"`{METRIC}` was logged as a {as_text[0]}, which is text"
    assert somewhere, "no run of the experiment has a metric"


@worth(
    points=1,
    hint="The first argument of `log_metric` is the name. MLflow tells capitals from small letters "
    "and corrects nothing: two spellings are two metrics.",
)
def test_the_metric_has_its_name(work: Work) -> None:
    """The metric is called `auc`."""
    names = sorted({name for run in runs(work) for name in run.data.metrics})
    assert METRIC in names, f"the metrics are: {listed(names)}; asked for is `{METRIC}`"


@worth(
    points=1,
    hint="Indent the call of `log_metric` so that it is inside the `with` block. Logged after the "
    "block, a metric starts a run of its own; end that one with `mlflow.end_run()`.",
)
def test_the_metric_is_in_the_run(work: Work) -> None:
    """The metric is in the run `dummy`, not in another one."""
    run = the_run(work)
    elsewhere = [
        other.info.run_name
        for other in runs(work)
        if METRIC in other.data.metrics and other.info.run_id != run.info.run_id
    ]
    inside = METRIC in run.data.metrics
    assert inside or not elsewhere, f"`{METRIC}` is in the run `{elsewhere[0]}`, not in `{RUN}`"
    assert inside, f"the run's metrics are: {listed(list(run.data.metrics))}"


@worth(
    points=1,
    hint="Call `log_metric` once for each value and say `step=`: 0 for the first, 4 for the last. "
    "`enumerate` gives you both.",
)
def test_all_five_values_are_there(work: Work) -> None:
    """All five values are there, at the steps 0 to 4."""
    history = work.mlflow.get_metric_history(the_run(work).info.run_id, METRIC)
    seen = sorted((metric.step, metric.value) for metric in history)
    steps = [step for step, _ in seen]
    expected = list(range(len(VALUES)))
    assert len(seen) == len(VALUES), f"the number of values is {len(seen)}, not {len(VALUES)}"
    assert steps == expected, f"the values are at the steps {steps}, not {expected}"
    assert [value for _, value in seen] == VALUES, f"the values are {seen}, as (step, value)"


@worth(
    points=1,
    hint="Let a `with mlflow.start_run(...)` block end the run, and mend any error inside it: a "
    "block that is left by an error marks its run as FAILED.",
)
def test_the_run_is_finished(work: Work) -> None:
    """The run is over and ended well."""
    status = the_run(work).info.status
    assert status == "FINISHED", f"the status of the newest run `{RUN}` is {status}, not FINISHED"


@worth(
    points=1,
    hint="Take it from the column `run_id` of what `mlflow.search_runs` returns, in the row of the "
    "newest run called `dummy`.",
)
def test_run_id_names_the_run(work: Work) -> None:
    """The variable `run_id` holds the id of that run."""
    given = work.answer("run_id")
    expected = the_run(work).info.run_id
    assert given == expected, f"`run_id` is {given!r}; the newest run `{RUN}` is {expected!r}"
