"""The server of the deployment stage: who answers, the way back, and what it refuses."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from mlflow import MlflowClient
from prometheus_client.parser import text_string_to_metric_families

from mlops_landscape.servers import serve

NAME = "late-flights"
ENVIRONMENT = {"MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1"}

Script = Callable[[str], Any]

TWO_VERSIONS = """
import json
from pathlib import Path
import mlflow, months
from load import asked, identified
from model import chances, read
from track import NAME, record
data, params = Path("data"), months.parameters()
record(data, ["2013-01"], "2013-02", params)
record(data, ["2013-01", "2013-02"], None, params)
mlflow.MlflowClient().set_registered_model_alias(NAME, "champion", "1")
flights = identified(read(data, ["2013-03"])).head(300)
told = {"flights": asked(flights)["flights"], "late": flights["late"].tolist()}
for version in "12":
    model = mlflow.sklearn.load_model(f"models:/{NAME}/{version}")
    told[version] = dict(zip(flights["id"], chances(model, flights)))
print(json.dumps(told))
"""


class Service:
    """The running server, its registry, and the numbers that its models must give."""

    def __init__(self, url: str, project: Path, known: dict[str, Any]) -> None:
        self.url = url
        self.registry = MlflowClient(f"sqlite:///{project}/mlflow.db")
        self.known = known
        self.flights: list[dict[str, Any]] = known["flights"]

    def predict(self, flights: list[Any]) -> list[dict[str, Any]]:
        reply = requests.post(f"{self.url}/predict", json={"flights": flights}, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.json()["predictions"]

    def refused(self, body: str) -> dict[str, str]:
        """Return the one mistake for which a request is refused."""
        header = {"Content-Type": "application/json"}
        reply = requests.post(f"{self.url}/predict", data=body, headers=header, timeout=10)
        assert reply.status_code == 422, reply.text
        [wrong] = reply.json()["wrong"]
        return wrong

    def point(self, **wanted: str) -> None:
        """Let the aliases be these, and wait until the server agrees."""
        for alias in ("champion", "challenger"):
            if alias in wanted:
                self.registry.set_registered_model_alias(NAME, alias, wanted[alias])
            else:
                self.registry.delete_registered_model_alias(NAME, alias)
        self.wait(wanted)

    def wait(self, wanted: dict[str, str]) -> None:
        end = time.monotonic() + 20
        while requests.get(f"{self.url}/health", timeout=10).json() != wanted:
            assert time.monotonic() < end, f"not {wanted}"
            time.sleep(0.05)

    def metric(self, name: str, **labels: str) -> float:
        page = requests.get(f"{self.url}/metrics", timeout=10).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@pytest.fixture(scope="module")
def service(project: Path, script: Script) -> Iterator[Service]:
    known = script(TWO_VERSIONS)
    command = [sys.executable, "serve.py", "--port", "{port}", "--canary", "0.2", "--every", "0.2"]
    with serve(command, ready="/health", cwd=project, env=ENVIRONMENT) as server:
        yield Service(server.url, project, known)


def test_every_answer_names_its_version_and_is_what_that_version_says(service: Service) -> None:
    service.point(champion="1", challenger="2")
    told = service.predict(service.flights)
    assert [each["id"] for each in told] == [flight["id"] for flight in service.flights]
    assert {each["version"] for each in told} == {"1", "2"}
    for each in told:
        assert each["chance"] == service.known[each["version"]][each["id"]]
        assert each["alarm"] == (each["chance"] >= 0.2)


def test_a_canary_sends_the_same_flight_to_the_same_model(service: Service) -> None:
    service.point(champion="1", challenger="2")
    first = {each["id"]: each["version"] for each in service.predict(service.flights)}
    again = {each["id"]: each["version"] for each in service.predict(service.flights[::-1])}
    alone = {
        each["id"]: each["version"]
        for flight in service.flights[:30]
        for each in service.predict([flight])
    }
    assert first == again
    assert alone == {id: first[id] for id in alone}
    share = list(first.values()).count("2") / len(first)
    assert 0.1 < share < 0.3  # asked for: 0.2


def test_without_a_challenger_the_champion_answers_everything(service: Service) -> None:
    service.point(champion="2")
    assert {each["version"] for each in service.predict(service.flights)} == {"2"}


def test_a_roll_back_really_serves_the_old_version_and_loses_no_request(service: Service) -> None:
    service.point(champion="1")
    stop = threading.Event()
    seen: list[tuple[int, set[str]]] = []

    def ask() -> None:
        while not stop.is_set():
            body = {"flights": service.flights[:20]}
            reply = requests.post(f"{service.url}/predict", json=body, timeout=10)
            told = reply.json().get("predictions", [])
            seen.append((reply.status_code, {each["version"] for each in told}))

    load = threading.Thread(target=ask)
    load.start()
    try:
        for version in ("2", "1"):
            service.point(champion=version)
            told = service.predict(service.flights)
            assert {each["version"] for each in told} == {version}
            assert [each["chance"] for each in told] == list(service.known[version].values())
    finally:
        stop.set()
        load.join()
    assert service.known["1"] != service.known["2"]
    assert {status for status, _ in seen} == {200}
    assert all(len(versions) == 1 for _, versions in seen)  # no answer is half old, half new
    order = [versions.pop() for _, versions in seen]
    assert order[0] == order[-1] == "1"
    assert "2" in order


def test_a_version_that_cannot_be_loaded_never_serves(service: Service, project: Path) -> None:
    service.point(champion="1")
    empty = project / "empty"
    empty.mkdir()
    broken = service.registry.create_model_version(NAME, empty.as_uri())
    before = service.metric("reloads_total", result="failed")
    service.registry.set_registered_model_alias(NAME, "champion", broken.version)
    end = time.monotonic() + 20
    while service.metric("reloads_total", result="failed") == before:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert {each["version"] for each in service.predict(service.flights)} == {"1"}
    service.point(champion="2")
    assert {each["version"] for each in service.predict(service.flights)} == {"2"}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"temp": "warm"}, "flights.0.temp"),
        ({"humid": 140}, "flights.0.humid"),
        ({"arr_delay": 45}, "flights.0.arr_delay"),
        ({"origin": "BER"}, "flights.0.origin"),
        ({"departure": None}, "flights.0.departure"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(
    service: Service, change: dict[str, Any], where: str
) -> None:
    wrong = service.refused(json.dumps({"flights": [service.flights[0] | change]}))
    assert wrong["where"] == where
    assert "warm" not in wrong["what"]


def test_other_bad_requests_are_refused_too(service: Service) -> None:
    flight = service.flights[0]
    assert service.refused(json.dumps({"flights": []}))["where"] == "flights"
    assert "1000" in service.refused(json.dumps({"flights": [flight] * 1001}))["what"]
    # Python's json writes NaN, which is no JSON: refused, and the refusal can be written.
    text = json.dumps({"flights": [flight | {"temp": float("nan")}]})
    assert service.refused(text)["where"] == "flights.0.temp"
    weather = {"temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib"}
    gaps = {key: value for key, value in flight.items() if key not in weather}
    assert 0 < service.predict([gaps])[0]["chance"] < 1


def test_outcomes_are_counted_once_by_version_and_kind(service: Service) -> None:
    service.point(champion="1", challenger="2")
    told = {each["id"]: each for each in service.predict(service.flights)}
    kinds = ("right", "false", "missed", "none")
    before = {
        (version, kind): service.metric("alarms_total", version=version, kind=kind)
        for version in "12"
        for kind in kinds
    }
    late = dict(zip(told, service.known["late"], strict=True))
    body = {"outcomes": [{"id": id, "late": was} for id, was in late.items()]}
    answers = [
        requests.post(f"{service.url}/outcomes", json=body, timeout=10).json() for _ in range(2)
    ]
    assert answers == [{"counted": 300, "unknown": 0}, {"counted": 0, "unknown": 300}]
    names = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
    expected = dict(before)
    for id, each in told.items():
        expected[each["version"], kinds[names[each["alarm"], late[id]]]] += 1
    after = {key: service.metric("alarms_total", version=key[0], kind=key[1]) for key in before}
    assert after == expected


def test_requests_and_promises_are_counted(service: Service) -> None:
    service.point(champion="1")
    count = service.metric("predictions_total", version="1")
    total = service.metric("predicted_chance_sum", version="1")
    requests.get(f"{service.url}/wp-login.php", timeout=10)
    told = service.predict(service.flights[:50])
    assert service.metric("predictions_total", version="1") == count + 50
    added = service.metric("predicted_chance_sum", version="1") - total
    assert added == pytest.approx(sum(each["chance"] for each in told))
    assert service.metric("prediction_seconds_count") > 0
    assert service.metric("requests_total", path="/predict", status="422") > 0
    assert service.metric("requests_total", path="other", status="404") == 1
    assert service.metric("served_version", alias="champion") == 1
