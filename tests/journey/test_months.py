"""The steps of a month may be repeated: one version, one decision, no alias out of place."""

from collections.abc import Callable
from typing import Any

import pytest

Script = Callable[[str], Any]

TWICE = """
import json
import mlflow, months
from track import NAME
client = mlflow.MlflowClient()

def state():
    alias = client.get_registered_model(NAME).aliases
    return {
        "versions": sorted(int(v.version) for v in months.versions()),
        "aliases": {name: int(version) for name, version in alias.items()},
    }

told = {}
first = months.train("2013-02")
client.set_registered_model_alias(NAME, "champion", first)
told["trained twice"] = [first, months.train("2013-02"), state()]

# The champion has its month; now comes the next.
second = months.train("2013-03")
decision = months.decide("2013-03", second)
told["decided"] = [dict(decision), state()]
told["decided twice"] = [dict(months.decide("2013-03", second)), state()]

# A crash after the decision was written and before the alias was moved.
client.delete_registered_model_alias(NAME, decision["decision"])
if decision["decision"] == "champion":
    client.set_registered_model_alias(NAME, "champion", first)
months.decide("2013-03", months.train("2013-03"))
told["after a crash"] = state()

# An older month, once more: its decision is not carried out.
client.set_model_version_tag(NAME, first, "decision", "champion")
months.decide("2013-02", months.train("2013-02"))
told["an older month"] = state()

# A corrected month is another input: another version, and the old one stays.
file = months.DATA / "2013-01.parquet"
import pandas as pd
kept = file.read_bytes()
pd.read_parquet(file).iloc[:-1].to_parquet(file, index=False)
told["corrected"] = [months.train("2013-03"), state()]
file.write_bytes(kept)
told["as it was"] = [months.train("2013-03"), state()]

try:
    file.write_bytes(kept[: len(kept) // 2])
    months.train("2013-02")
except Exception as error:
    told["cut short"] = [type(error).__name__, state()]
file.write_bytes(kept)
part = pd.read_parquet(file)
part[part["day"] < 20].to_parquet(file, index=False)
try:
    months.check("2013-01")
except ValueError as error:
    told["days missing"] = str(error)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(script: Script) -> dict[str, Any]:
    return script(TWICE)


def test_training_twice_registers_once(told: dict[str, Any]) -> None:
    first, again, state = told["trained twice"]
    assert first == again
    assert state["versions"] == [1]


def test_a_decision_is_made_once(told: dict[str, Any]) -> None:
    tags, state = told["decided"]
    better = float(tags["own_cost"]) < float(tags["champion_cost"])
    assert tags["decision"] == ("champion" if better else "challenger")
    assert tags["compared_with"] == "1"
    assert state["aliases"][tags["decision"]] == 2
    assert told["decided twice"] == told["decided"]


def test_a_crash_before_the_alias_moved_is_repaired(told: dict[str, Any]) -> None:
    assert told["after a crash"] == told["decided"][1]


def test_an_older_month_does_not_take_the_title_back(told: dict[str, Any]) -> None:
    assert told["an older month"] == told["decided"][1]


def test_other_inputs_make_another_version_and_the_old_ones_are_found(told: dict[str, Any]) -> None:
    corrected, state = told["corrected"]
    assert corrected == "3"
    assert state["versions"] == [1, 2, 3]
    assert told["as it was"] == ["2", state]


def test_a_broken_month_leaves_nothing_behind(told: dict[str, Any]) -> None:
    kind, state = told["cut short"]
    assert kind == "ArrowInvalid"
    assert state == told["as it was"][1]
    assert told["days missing"] == "2013-01: 19 of 31 days"
