"""Checks of the exercise `train-under-a-contract`, in the order in which to mend."""

import csv
import json
import math
import re
import tarfile
from typing import Any

from mlops_landscape.exercises.checks import worth
from mlops_landscape.exercises.work import Work

JOBS = ("light", "heavy")


def kept(work: Work, name: str) -> dict[str, Any]:
    """Return what was kept of a job or a call."""
    path = work.folder / name
    assert path.is_file(), f"there is no `{name}`: the cell that makes it was not run"
    return dict(json.loads(path.read_text()))


def last_line(log: str) -> str:
    return log.strip().splitlines()[-1] if log.strip() else "nothing"


def flights(work: Work, job: str) -> list[tuple[str, int]]:
    """Return the rows of the channel that a job was given."""
    path = work.folder / "jobs" / job / "input/data/train/flights.csv"
    with path.open(encoding="utf-8") as file:
        return [(row["carrier"], int(row["late"])) for row in csv.DictReader(file)]


def expected(work: Work, job: str) -> dict[str, Any]:
    """Return the model that a job should have made of its data and its hyperparameters."""
    smoothing = kept(work, f"jobs/{job}/job.json")["hyperparameters"]["smoothing"]
    rows = flights(work, job)
    rate = sum(late for _, late in rows) / len(rows)
    carriers = {}
    for name in {carrier for carrier, _ in rows}:
        lates = [late for carrier, late in rows if carrier == name]
        carriers[name] = (sum(lates) + smoothing * rate) / (len(lates) + smoothing)
    return {"rate": rate, "carriers": carriers}


def artefact(work: Work, job: str) -> dict[str, Any]:
    """Return the model from the archive of a job."""
    kept(work, f"jobs/{job}/job.json")
    with tarfile.open(work.folder / "jobs" / job / "model.tar.gz") as archive:
        names = [member.name.removeprefix("./") for member in archive if member.isfile()]
        assert names, f"the archive of the job `{job}` is empty"
        assert "model.json" in names, f"the archive of `{job}` holds {names}, not `model.json`"
        member = next(m for m in archive if m.name.removeprefix("./") == "model.json")
        file = archive.extractfile(member)
        assert file is not None, "`model.json` in the archive is not a file"
        try:
            model = json.load(file)
        except ValueError as error:
            raise AssertionError(f"`model.json` is not JSON: {error}") from None
    good = isinstance(model, dict) and isinstance(model.get("carriers"), dict)
    assert good, "`model.json` must be an object with `rate` and `carriers`"
    return dict(model)


def close(one: object, other: float) -> bool:
    return isinstance(one, int | float) and math.isclose(one, other, abs_tol=1e-4)


@worth(
    points=1,
    hint="Read the last line of what the job printed. In the container's folder lies only your "
    "code: the data are in the folder that `SM_CHANNEL_TRAIN` names. Options are text until "
    "`argparse` is told a `type`.",
)
def test_the_jobs_end_well(work: Work) -> None:
    """Both jobs run to their end."""
    for job in JOBS:
        done = kept(work, f"jobs/{job}/job.json")
        said = last_line(done["log"])
        assert done["exit code"] == 0, f"the job `{job}` failed: {said}"
        assert done["log"].strip(), f"the job `{job}` ended and printed nothing"


@worth(
    points=1,
    hint='Print it as `print(f"late_rate={p:.4f};")`. A regular expression finds it in the '
    "log; what it does not find is no metric, and nobody complains.",
)
def test_the_metric_is_printed(work: Work) -> None:
    """The log has the metric, in the form that was asked for."""
    for job in JOBS:
        log = kept(work, f"jobs/{job}/job.json")["log"]
        found = re.findall(r"late_rate=([0-9.]+);", log)
        assert found, f"no `late_rate=…;` in the log of `{job}`; its last line: {last_line(log)}"
        rate = expected(work, job)["rate"]
        assert close(float(found[-1]), rate), f"late_rate is {found[-1]}, expected is {rate:.4f}"


@worth(
    points=2,
    hint="Only what lies in the folder named by `SM_MODEL_DIR` is packed into `model.tar.gz`. All "
    "else is gone with the machine.",
)
def test_the_model_is_in_its_archive(work: Work) -> None:
    """`model.json` is in the archive of both jobs."""
    for job in JOBS:
        artefact(work, job)


@worth(
    points=2,
    hint="`smoothing` comes as the option `--smoothing`. Each job gets another value, so the two "
    "models must differ; with s = 500 all airlines are close to the common rate.",
)
def test_the_hyperparameter_is_obeyed(work: Work) -> None:
    """Each job's rates are those of its own smoothing."""
    light, heavy = (artefact(work, job)["carriers"] for job in JOBS)
    assert light != heavy, "both jobs made the same rates: `smoothing` changes nothing"
    for job in JOBS:
        made, wanted = artefact(work, job)["carriers"], expected(work, job)["carriers"]
        for name, rate in sorted(wanted.items()):
            assert close(made.get(name), rate), (
                f"job `{job}`: the rate of `{name}` is {made.get(name)}, expected is {rate:.4f}"
            )


@worth(
    points=3,
    hint="Follow the request: `model_fn` gets the folder of the unpacked archive, `input_fn` "
    "bytes, `output_fn` must return text. `dict.get` helps with an unknown airline.",
)
def test_the_request_is_answered(work: Work) -> None:
    """A request gets the rates of the model in the archive."""
    call = kept(work, "calls/right/call.json")
    assert call["exit code"] == 0, f"the request failed: {last_line(call['log'])}"
    answer = json.loads((work.folder / "calls/right/answer.json").read_text())
    assert isinstance(answer, str), (
        f"`output_fn` returned a {type(answer).__name__}; what goes over HTTP is text"
    )
    try:
        rates = json.loads(answer)["late"]
    except (ValueError, TypeError, KeyError):
        raise AssertionError(
            f"the answer is {answer[:80]}; asked for is JSON with `late`"
        ) from None
    model = expected(work, call["job"])
    asked = json.loads(call["body"])["carriers"]
    wanted = [model["carriers"].get(name, model["rate"]) for name in asked]
    assert isinstance(rates, list), f"`late` is {rates}, not a list"
    assert len(rates) == len(wanted), f"`late` has {len(rates)} numbers, not {len(wanted)}"
    for name, rate, right in zip(asked, rates, wanted, strict=True):
        assert close(rate, right), f"the answer for `{name}` is {rate}, expected is {right:.4f}"


@worth(
    points=1,
    hint="Look at `content_type` at the beginning of `input_fn`, and `raise ValueError(...)`.",
)
def test_another_content_type_is_refused(work: Work) -> None:
    """A request that is not JSON ends in a ValueError with a sentence."""
    call = kept(work, "calls/wrong/call.json")
    assert call["exit code"] != 0, "the request with `text/csv` was answered"
    said = last_line(call["log"])
    assert said.startswith("ValueError"), f"it ended in: {said}"
