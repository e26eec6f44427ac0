"""Checks of the exercise `an-export-you-can-trust`, in the order in which to mend."""

import json
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work
from mlops_landscape.flights import CATEGORICAL, FEATURES, WEATHER, load_flights, sample

NEAR = 1e-6
TYPES = {"tensor(string)": object, "tensor(float)": np.float32, "tensor(double)": np.float64}

Numbers = npt.NDArray[np.float64]


@cache
def month(number: int, rows: int) -> pd.DataFrame:
    return sample(load_flights([number]), rows)


@cache
def pipeline(as_categories: bool) -> Pipeline:
    """Return the pipeline that the notebook's own function makes."""
    known = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    boosting = HistGradientBoostingClassifier(
        max_iter=30,
        early_stopping=False,
        random_state=0,
        categorical_features=[0, 1, 2] if as_categories else None,
    )
    steps = make_column_transformer((known, CATEGORICAL), remainder="passthrough")
    flights = month(1, 4_000)
    return make_pipeline(steps, boosting).fit(flights[FEATURES], flights["late"])


def from_pipeline(flights: pd.DataFrame, as_categories: bool = False) -> Numbers:
    return np.asarray(pipeline(as_categories).predict_proba(flights[FEATURES])[:, 1])


def variants() -> dict[str, pd.DataFrame]:
    flights = month(2, 1_000)[FEATURES]
    blank = dict.fromkeys(WEATHER, np.nan)
    return {
        "as they are": flights,
        "unknown carrier": flights.assign(carrier="ZZ"),
        "unknown airport": flights.assign(dest="XXX"),
        "no weather": flights.assign(**blank),
    }


def from_file(work: Work, flights: pd.DataFrame) -> Numbers:
    """Return what the learner's ONNX file answers."""
    path = work.folder / "model.onnx"
    assert path.is_file(), "there is no `model.onnx`"
    session = onnxruntime.InferenceSession(path.read_bytes())
    names = {each.name: each.type for each in session.get_inputs()}
    strangers = sorted(set(names) ^ set(FEATURES))
    assert not strangers, f"the inputs of `model.onnx` are not the columns: {strangers}"
    fed = {name: flights[[name]].to_numpy(TYPES[type_]) for name, type_ in names.items()}
    return np.asarray(session.run(None, fed)[1][:, 1], float)


def content(work: Work, name: str) -> dict[str, Any]:
    path = work.folder / name
    assert path.is_file(), f"there is no `{name}`: the cell that writes it was not run"

    def refuse(word: str) -> None:
        raise AssertionError(f"`{name}` holds {word}, which JSON does not know")

    try:
        return dict(json.loads(path.read_text(), parse_constant=refuse))
    except ValueError as error:
        raise AssertionError(f"`{name}` is not JSON: {error}") from None


@worth(
    points=2,
    hint="Both sides get the same flights: `chances` asks the pipeline, `exported_chances` the "
    "file. A difference may be negative, and an alarm is a comparison with 0.2 on each side.",
)
def test_the_first_export_is_judged(work: Work) -> None:
    """`first.json` says how wrong the colleague's export is."""
    told = content(work, "first.json")
    wanted = {"largest", "differ", "alarms"}
    assert set(told) == wanted, f"`first.json` has {sorted(told)}, not {sorted(wanted)}"
    assert all(isinstance(value, int | float) for value in told.values()), "they must be numbers"
    # The file itself is not handed over, so the numbers must fit what such an export does.
    assert told["differ"] > 900, f"`differ` is {told['differ']}; it is nearly every flight"
    assert told["differ"] <= 1_000, f"`differ` is {told['differ']}, and there are 1,000 flights"
    assert told["largest"] > 0.1, (
        f"`largest` is {told['largest']:.3g}, too small for this export: a difference below "
        "zero is one too"
    )
    assert 50 < told["alarms"] < 600, f"`alarms` is {told['alarms']}: count where they disagree"


@worth(
    points=3,
    hint="Two things are to be decided. `categorical_features` lets the trees ask a question "
    "that ONNX cannot; leave it out. Then compare both number types on all flights of February.",
)
def test_the_export_agrees_on_real_flights(work: Work) -> None:
    """`model.onnx` answers as its pipeline does, within a millionth."""
    flights = variants()["as they are"]
    said, right = from_file(work, flights), from_pipeline(flights)
    off = abs(right - said)
    many = int((off > NEAR).sum())
    assert not many, f"{many} of 1,000 flights differ, by up to {off.max():.2g}"


@worth(
    points=1,
    hint="The encoder in `fit` gives an unknown name a missing code, and the trees know where "
    "what is missing goes. If you changed the encoder, take the one of `fit`.",
)
def test_the_export_agrees_on_strange_flights(work: Work) -> None:
    """It also agrees on what it has never seen and on missing weather."""
    for case, flights in variants().items():
        apart = float(np.abs(from_file(work, flights) - from_pipeline(flights)).max())
        assert apart <= NEAR, f"{case}: a flight differs by {apart:.2g}"


@worth(
    points=2,
    hint="One row a case, in a file with the heads `case,flights,largest`. Change a copy of "
    "February, with `assign`, and ask both sides for the changed flights.",
)
def test_the_report_has_every_case(work: Work) -> None:
    """`report.csv` has the largest difference of each case."""
    path = work.folder / "report.csv"
    assert path.is_file(), "there is no `report.csv`"
    report = pd.read_csv(path)
    heads = ["case", "flights", "largest"]
    assert list(report.columns) == heads, f"its columns are {list(report.columns)}, not {heads}"
    told = report.set_index("case")
    missing = sorted(set(variants()) - set(told.index))
    assert not missing, f"these cases are missing: {missing}"
    for case, flights in variants().items():
        row = told.loc[case]
        assert int(row["flights"]) == len(flights), f"{case}: {row['flights']} flights, not 1,000"
        real = float(np.abs(from_file(work, flights) - from_pipeline(flights)).max())
        assert row["largest"] > 0, f"{case}: `largest` is 0; two formats never agree to the end"
        assert abs(row["largest"] - real) <= max(real, 1e-7), (
            f"{case}: `largest` is {row['largest']:.2g}, and comparing gives {real:.2g}"
        )


@worth(
    points=2,
    hint="`get_inputs()` of the session has name and type. For the flights: NaN has to become "
    "`None` before `json.dumps`; it does in a frame of type `object`.",
)
def test_the_contract_is_whole(work: Work) -> None:
    """`contract.json` has inputs, tolerance, and flights of each kind."""
    contract = content(work, "contract.json")
    assert contract.get("tolerance") == NEAR, f"`tolerance` is {contract.get('tolerance')}"
    session = onnxruntime.InferenceSession((work.folder / "model.onnx").read_bytes())
    real = {each.name: each.type for each in session.get_inputs()}
    assert contract.get("inputs") == real, "`inputs` is not what onnxruntime says of `model.onnx`"
    flights = contract.get("flights") or []
    assert len(flights) >= 80, f"it has {len(flights)} flights, not 80"
    assert all(set(each) == set(FEATURES) for each in flights), "a flight lacks a column"
    unknown = sum(each["carrier"] == "ZZ" for each in flights)
    assert unknown >= 20, f"{unknown} flights have the carrier ZZ, not 20"
    bare = sum(all(each[name] is None for name in WEATHER) for each in flights)
    assert bare >= 20, f"{bare} flights have no weather at all, not 20"


@worth(
    points=2,
    hint="The contract says what is right. Who knows that: the file that is to be judged, or "
    "the pipeline from which it was made?",
)
def test_the_contract_has_the_right_answers(work: Work) -> None:
    """The chances of the contract are those of the pipeline."""
    contract = content(work, "contract.json")
    flights = pd.DataFrame(contract["flights"])
    numbers = [name for name in FEATURES if name not in CATEGORICAL]
    flights = flights.astype(dict.fromkeys(numbers, float))
    told = np.asarray(contract.get("chances"), float)
    assert told.shape == (len(flights),), f"{told.size} chances for {len(flights)} flights"
    right = from_pipeline(flights)
    apart = float(np.abs(told - right).max())
    assert apart < 1e-12, (
        f"they are up to {apart:.2g} away from the pipeline, which knows them to the last digit"
    )


@worth(
    points=1,
    hint="CI reads nothing but the exit code: `sys.exit(1)`. And a script that dies of an "
    "exception has judged nothing, although Python then ends with 1 as well.",
)
def test_the_script_judges(work: Work) -> None:
    """`keep.py` lets the good export pass and stops the two others, by judgement."""
    exits = content(work, "exits.json")
    for name, wanted in {"model.onnx": 0, "first.onnx": 1, "stale.onnx": 1}.items():
        code, died = exits[name]
        assert not died, f"the script died of an exception on `{name}`"
        assert code == wanted, f"it ended with {code} for `{name}`, not with {wanted}"
