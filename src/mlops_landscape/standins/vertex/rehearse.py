"""Start a prediction container as an endpoint would, ask it, and write down what it answered."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlops_landscape.standins.vertex.containers import Containers
from mlops_landscape.standins.vertex.web import ApiError


def rehearse(
    command: Sequence[str],
    *,
    storage: Path | str,
    health: str,
    predict: str,
    requests: Mapping[str, Any],
    patience: float = 4,
) -> dict[str, Any]:
    """Ask a server under the prediction contract of Vertex AI.

    Parameters
    ----------
    command
        What starts the server; it runs in an empty folder.
    storage
        Where its model lies. In the cloud this is an address in a bucket, here it is a folder.
    health, predict
        The two routes.
    requests
        Bodies to send to `predict`, by name, in this order.
    patience
        Seconds to wait until it is healthy.

    Returns
    -------
    dict
        ``healthy`` (whether it ever was), ``problem`` (why not), and ``answers``: for each name
        ``{"status": 200, "body": ...}``, or ``{"problem": sentence}`` if there was no answer.
    """
    containers = Containers({}, url="")
    env = {
        "AIP_MODE": "PREDICTION",
        "AIP_STORAGE_URI": str(Path(storage).resolve()),
        "AIP_HEALTH_ROUTE": health,
        "AIP_PREDICT_ROUTE": predict,
    }
    try:
        container = containers.serve(command, env, health, patience)
    except ApiError as error:
        return {"healthy": False, "problem": error.message, "answers": {}}
    try:
        url = f"http://127.0.0.1:{container.port}{predict}"
        answers = {name: _ask(url, body) for name, body in requests.items()}
    finally:
        containers.stop_all()
    return {"healthy": True, "problem": "", "answers": answers}


def _ask(url: str, body: Any) -> dict[str, Any]:  # noqa: ANN401
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            status, said = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read()
    except (OSError, http.client.HTTPException) as error:
        return {"problem": f"there was no answer: {error}"}
    text = said.decode(errors="replace")
    try:
        return {"status": status, "body": json.loads(text)}
    except ValueError:
        return {"status": status, "body": text}
