"""Checks of the exercise `an-honest-search`, in the order in which to mend."""

import math
from functools import cache
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

TREES = 60
RANGES = {"learning_rate": (0.005, 0.5), "max_depth": (1, 6), "min_child_weight": (0.1, 100)}


@cache
def data() -> dict[str, Any]:
    """Return each month's flights as the notebook makes them."""
    import xgboost

    from mlops_landscape.flights import CATEGORICAL, FEATURES, load_flights, sample

    flights = load_flights([3, 4, 5])
    flights[CATEGORICAL] = flights[CATEGORICAL].astype("category")
    months = {}
    for name, number in {"march": 3, "april": 4, "may": 5}.items():
        part = sample(flights[flights["month"] == number], 3000)
        months[name] = xgboost.DMatrix(part[FEATURES], part["late"], enable_categorical=True)
    return months


@cache
def losses(settings: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """Return what a model with these settings loses in each month."""
    import xgboost

    fixed = {"objective": "binary:logistic", "max_bin": 32, "nthread": 1}
    watched: dict[str, Any] = {}
    xgboost.train(
        {**fixed, **dict(settings)},
        data()["march"],
        TREES,
        evals=[(matrix, name) for name, matrix in data().items()],
        evals_result=watched,
        verbose_eval=False,
    )
    return {name: watched[name]["logloss"][-1] for name in data()}


def of(trial: dict[str, Any]) -> dict[str, float]:
    """Return what a trial's settings lose, once it is sure that they are some."""
    given = trial.get("params")
    assert isinstance(given, dict), "a trial has no `params`: hand over `hand_over(study)`"
    assert set(given) == set(RANGES), f"a trial has the settings {sorted(given)}"
    return losses(tuple(sorted(given.items())))


def kept(work: Work, name: str) -> list[dict[str, Any]]:
    """Return the trials of one of the two studies."""
    trials = work.answer(name)
    good = isinstance(trials, list) and trials and all(isinstance(t, dict) for t in trials)
    assert good, f"`{name}` is not what `hand_over` returns"
    return list(trials)


def best(work: Work, name: str) -> dict[str, Any]:
    """Return the trial of a study that ended with the smallest loss."""
    ended = [t for t in kept(work, name) if t.get("state") == "COMPLETE"]
    assert ended, f"no trial of `{name}` ran to its end"
    return min(ended, key=lambda trial: float(trial["value"]))


@worth(
    points=2,
    hint="Look at the arguments of `suggest_float`: one of them spreads the values over the "
    "orders of magnitude. The names and the ranges are in the text.",
)
def test_the_space_is_on_a_scale_of_factors(work: Work) -> None:
    """Learning rate and weight are searched by factors, in the ranges asked for."""
    trials = kept(work, "trials")
    for trial in trials:
        of_trial = trial.get("params", {})
        assert set(of_trial) == set(RANGES), f"a trial has the settings {sorted(of_trial)}"
        for name, (low, high) in RANGES.items():
            value = of_trial[name]
            assert low <= value <= high, f"`{name}` was {value}, outside {low} to {high}"
    scales = trials[0].get("log", {})
    for name in ("learning_rate", "min_child_weight"):
        assert scales.get(name), f"`{name}` is drawn evenly: half its values are in the upper half"


@worth(
    points=2,
    hint="Where do the numbers come from that `grow` yields? The search may look at one month, "
    "and it is neither the one that the model was fitted on nor the last.",
)
def test_the_search_is_judged_in_april(work: Work) -> None:
    """A trial's value is the loss in April with all trees."""
    trial = best(work, "trials")
    value, real = float(trial["value"]), of(trial)
    for month in ("march", "may"):
        same = math.isclose(value, real[month], abs_tol=1e-4)
        assert not same, f"the value of the best trial, {value:.4f}, is its loss in {month}"
    assert math.isclose(value, real["april"], abs_tol=1e-4), (
        f"the best trial says {value:.4f}, its settings lose {real['april']:.4f} in April"
    )


@worth(
    points=2,
    hint="A trial can only be ended by what it was told: report after each step, ask, and raise "
    "what Optuna has for this. The pruner belongs to the study.",
)
def test_bad_trials_end_early(work: Work) -> None:
    """Of 20 trials some were pruned, and the others grew all trees."""
    trials = kept(work, "trials")
    assert len(trials) == 20, f"the study has {len(trials)} trials, not 20"
    pruned = [t for t in trials if t["state"] == "PRUNED"]
    ended = [t for t in trials if t["state"] == "COMPLETE"]
    told = [t for t in ended if t["trees"]]
    assert told, "no trial reported anything"
    short = [t["trees"] for t in ended if t["trees"] != TREES]
    assert not short, f"a trial that was not pruned reported {short[0]} trees last, not {TREES}"
    assert pruned, "no trial was pruned"
    assert any(t["trees"] < TREES for t in pruned), "pruned trials grew all their trees"


@worth(
    points=2,
    hint="`spent` says what a study has paid. Before each further trial, ask whether 60 more "
    "trees still fit; `NopPruner` ends nothing.",
)
def test_chance_had_the_same_budget(work: Work) -> None:
    """Random search ran whole trials, for as many trees as the search."""
    search, blind = kept(work, "trials"), kept(work, "blind_trials")
    stopped = [t for t in blind if t["state"] != "COMPLETE" or t["trees"] != TREES]
    assert not stopped, f"{len(stopped)} of the random trials did not run to their end"
    paid, had = (sum(t["trees"] for t in each) for each in (blind, search))
    assert paid <= had, f"random search grew {paid} trees, the search only {had}"
    assert paid > had - TREES, f"random search grew {paid} trees; {had} were to be had"
    rates = [t["params"]["learning_rate"] for t in blind]
    assert len(set(rates)) == len(rates), "random search tried the same settings twice"
    again = [t["params"] for t in blind if t["params"] in [s["params"] for s in search]]
    assert len(again) < len(blind), "both studies tried the same settings: that is one search"


@worth(
    points=2,
    hint="Choose by April, and only then ask for May: once for each of the two. Then run the "
    "notebook from the top, because `looks` remembers every time.",
)
def test_may_was_looked_at_twice(work: Work) -> None:
    """Nobody looked at May before the two candidates were chosen."""
    looks = work.answer("looks")
    good = isinstance(looks, dict) and "may" in looks
    assert good, "`looks` is not the one of the first cell"
    assert looks["may"] > 0, "nobody looked at May"
    assert looks["may"] == 2, f"May was looked at {looks['may']} times"


@worth(
    points=2,
    hint="`best_params` and `best_value` are of the same trial, but `best_value` is the loss in "
    "April. Is each study asked for its smallest loss?",
)
def test_the_verdict_is_of_may(work: Work) -> None:
    """The verdict has the losses in May of the settings that were best in April."""
    verdict = work.answer("verdict")
    good = isinstance(verdict, dict) and set(verdict) == {"search", "random"}
    assert good, f"`verdict` is {verdict}; it must have `search` and `random`"
    for key, name in {"search": "trials", "random": "blind_trials"}.items():
        told, real = verdict[key], of(best(work, name))
        assert isinstance(told, int | float), f"`{key}` is {told!r}, not a number"
        right = math.isclose(told, real["may"], abs_tol=1e-4)
        assert right or not math.isclose(told, real["april"], abs_tol=1e-4), (
            f"`{key}` is {told:.4f}, which is the loss in April"
        )
        assert right, f"`{key}` is {told:.4f}; the best in April loses {real['may']:.4f} in May"
