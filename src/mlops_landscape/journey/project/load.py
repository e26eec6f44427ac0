"""Send the flights of some days to the server, and keep what came back.

python load.py http://127.0.0.1:8000 --days 1 10 --pace 10 > answers.jsonl

One request asks for all departures of an hour (or, with --single, for one
flight). It ends after the last flight, or after --seconds.
"""

import argparse
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from mlops_landscape.flights import FEATURES


def identified(flights: pd.DataFrame) -> pd.DataFrame:
    """Return the flights with the `id` by which each can be asked for."""
    hour = flights["time_hour"].dt.strftime("%Y-%m-%dT%HZ")
    number = flights["carrier"] + flights["flight"].astype(str)
    return flights.assign(id=hour + " " + number + " " + flights["origin"])


def asked(flights: pd.DataFrame) -> dict[str, Any]:
    """Return the request for some identified flights."""
    columns = flights[["id", *FEATURES]].astype(object)
    known = columns.where(columns.notna(), None)  # JSON knows no NaN
    return {"flights": known.to_dict("records")}


class Sender:
    """Takes request after request from a list until it is empty."""

    def __init__(self, url: str, bodies: list[bytes], pace: float) -> None:
        self.host = urlsplit(url).netloc
        self.waiting = iter(enumerate(bodies))
        self.pace = pace
        self.lock = threading.Lock()
        self.began = time.time()

    def work(self, until: float) -> None:
        """Send and print, in one of several threads."""
        connection = HTTPConnection(self.host, timeout=10)
        for number, body in self.rest():
            due = self.began + number / self.pace if self.pace else 0.0
            if max(due, time.time()) > until:
                return
            time.sleep(max(0.0, due - time.time()))
            # A request that waits for its turn is late, not fast.
            began = due or time.time()
            told = {"at": time.time()}
            try:
                told |= self.send(connection, body)
            except (OSError, HTTPException) as error:
                connection.close()
                told |= {"status": 0, "error": repr(error)}
            told["seconds"] = time.time() - began
            with self.lock:
                print(json.dumps(told), flush=True)

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """Give what is still to be sent, each to one thread."""
        while True:
            with self.lock:
                following = next(self.waiting, None)
            if following is None:
                return
            yield following

    @staticmethod
    def send(connection: HTTPConnection, body: bytes) -> dict[str, Any]:
        """Ask once."""
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/predict", body, headers)
        reply = connection.getresponse()
        return {"status": reply.status, **json.loads(reply.read())}


def main() -> None:
    """Read what to send from the command line, and send it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--month", default="2013-07")
    parser.add_argument("--days", nargs=2, type=int, default=(1, 31))
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pace", type=float, default=0, help="a second")
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    flights = identified(pd.read_parquet(f"data/{given.month}.parquet"))
    flights = flights[flights["day"].between(*given.days)]
    if given.single:
        flights = flights.head(1000)
    parts = flights.groupby("id" if given.single else "time_hour")
    bodies = [json.dumps(asked(part)).encode() for _, part in parts]
    sender = Sender(given.url, bodies, given.pace)
    until = sender.began + given.seconds
    with ThreadPoolExecutor(min(given.threads, 8)) as pool:
        for _ in range(min(given.threads, 8)):
            pool.submit(sender.work, until)


if __name__ == "__main__":
    main()
