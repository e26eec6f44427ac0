"""Endpoints: prediction containers started under the contract, and requests forwarded to them."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

from mlops_landscape.standins.vertex.containers import Container, Containers, expanded
from mlops_landscape.standins.vertex.registry import Registry
from mlops_landscape.standins.vertex.resources import Resources
from mlops_landscape.standins.vertex.web import Answer, ApiError, Json, Request, Routes

MOST_BYTES = 1_500_000
"""The service refuses larger requests to a shared public endpoint."""


@dataclass
class _Deployment:
    container: Container
    predict: str
    answered: int = 0


class Endpoints:
    """Endpoints, each with its deployments."""

    def __init__(self, resources: Resources, containers: Containers, registry: Registry) -> None:
        self._resources = resources
        self._containers = containers
        self._registry = registry
        self._deployments: dict[str, _Deployment] = {}

    def add_routes(self, routes: Routes) -> None:
        """Answer the requests about endpoints."""
        endpoint = "/v1/{location}/endpoints/{id}"
        routes.add("POST", "/v1/{location}/endpoints", self._create)
        routes.add("POST", endpoint + ":deployModel", self._deploy)
        routes.add("POST", endpoint + ":undeployModel", self._undeploy)
        routes.add("POST", endpoint + ":predict", self._predict)
        routes.add("PATCH", endpoint, self._update)
        routes.add("DELETE", endpoint, self._delete)
        self._resources.add_routes(routes, ["endpoints"])

    def _create(self, request: Request) -> Json:
        parent = request.found["location"]
        body = {"deployedModels": [], "trafficSplit": {}, **request.json}
        endpoint = self._resources.create(
            parent, "endpoints", body, request.query.get("endpointId", "")
        )
        return self._resources.operation(parent, "Endpoint", endpoint)

    def _deploy(self, request: Request) -> Json:
        endpoint, body = self._resources.get(_name(request)), request.json
        deployed = body["deployedModel"]
        resources = deployed.get("dedicatedResources", {})
        if not resources.get("machineSpec", {}).get("machineType"):
            raise ApiError(400, "dedicatedResources.machineSpec.machineType is missing")
        model = self._registry.get(deployed["model"])
        key = deployed.get("id") or self._resources.new_id()
        spec = model["containerSpec"]
        # The defaults hold the ids, so that one container can serve several models.
        prefix = f"/v1/endpoints/{request.found['id']}/deployedModels/{key}"
        health = spec.get("healthRoute") or prefix
        predict = spec.get("predictRoute") or prefix + ":predict"
        env = {
            **{pair["name"]: pair["value"] for pair in spec.get("env", [])},
            "AIP_MODE": "PREDICTION",
            "AIP_FRAMEWORK": "CUSTOM_CONTAINER",
            "AIP_HEALTH_ROUTE": health,
            "AIP_PREDICT_ROUTE": predict,
            "AIP_STORAGE_URI": model.get("artifactUri", ""),
            "AIP_ENDPOINT_ID": request.found["id"],
            "AIP_DEPLOYED_MODEL_ID": key,
        }
        command = spec.get("command") or self._containers.entrypoint(spec["imageUri"])
        words = expanded([*command, *spec.get("args", [])], env)
        container = self._containers.serve(words, env, health)
        added = {
            **deployed,
            "id": key,
            "model": model["name"],
            "modelVersionId": model["versionId"],
        }
        with self._resources.lock:
            self._deployments[key] = _Deployment(container, predict)
            # "0" in the request stands for the model that is being deployed.
            split = body.get("trafficSplit", {})
            if split:
                endpoint["trafficSplit"] = {key if k == "0" else k: v for k, v in split.items()}
            endpoint["deployedModels"].append(added)
        return self._resources.operation(
            request.found["location"], "DeployModelResponse", {"deployedModel": added}
        )

    def _undeploy(self, request: Request) -> Json:
        endpoint, body = self._resources.get(_name(request)), request.json
        key = body["deployedModelId"]
        if key not in self._deployments:
            raise ApiError(404, f"{endpoint['name']} has no deployed model {key!r}")
        if endpoint["trafficSplit"].get(key) and len(endpoint["deployedModels"]) > 1:
            split = body.get("trafficSplit", {})
            if sum(split.values()) != 100:
                raise ApiError(400, f"deployed model {key} still has traffic; say who takes it")
        with self._resources.lock:
            endpoint["trafficSplit"] = body.get("trafficSplit", {})
            endpoint["deployedModels"] = [
                model for model in endpoint["deployedModels"] if model["id"] != key
            ]
            self._deployments.pop(key).container.stop()
        return self._resources.operation(request.found["location"], "UndeployModelResponse", {})

    def _update(self, request: Request) -> Json:
        endpoint = self._resources.get(_name(request))
        masks = set(request.query.get("updateMask", "").split(","))
        known = {"trafficSplit", "displayName", "labels"}
        if not masks <= known:
            raise ApiError(
                501, f"the stand-in updates {sorted(known)}, not {sorted(masks - known)}"
            )
        values = {mask: request.json.get(mask, {}) for mask in masks}
        split = values.get("trafficSplit", {})
        if split and (sum(split.values()) != 100 or not set(split) <= set(self._deployments)):
            raise ApiError(400, f"traffic must name deployed models and add up to 100, not {split}")
        with self._resources.lock:
            endpoint.update(values)
        return endpoint

    def _delete(self, request: Request) -> Json:
        endpoint = self._resources.get(_name(request))
        if endpoint["deployedModels"]:
            raise ApiError(400, f"{endpoint['name']} has deployed models; undeploy them first")
        self._resources.delete(endpoint["name"])
        return self._resources.operation(request.found["location"], "", {})

    def _predict(self, request: Request) -> Json | Answer:
        endpoint = self._resources.get(_name(request))
        if len(request.body) > MOST_BYTES:
            raise ApiError(400, f"The request is larger than {MOST_BYTES:,} bytes")
        deployed = self._choose(endpoint)
        deployment = self._deployments[deployed["id"]]
        address = f"http://127.0.0.1:{deployment.container.port}{deployment.predict}"
        asked = urllib.request.Request(
            address, request.body, {"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as response:
                said = response.read()
        except urllib.error.HTTPError as error:
            said = error.read()
            raise ApiError(error.code, said.decode(errors="replace")) from None
        except OSError as error:
            raise ApiError(503, f"the prediction container does not answer: {error}") from None
        try:
            predictions = json.loads(said)["predictions"]
        except (ValueError, KeyError, TypeError):
            raise ApiError(
                500,
                'Invalid response from the prediction container: a JSON object with "predictions" '
                f"is expected, not {said[:200].decode(errors='replace')}",
            ) from None
        model = self._registry.get(f"{deployed['model']}@{deployed['modelVersionId']}")
        return {
            "predictions": predictions,
            "deployedModelId": deployed["id"],
            "model": deployed["model"],
            "modelDisplayName": model["displayName"],
            "modelVersionId": deployed["modelVersionId"],
        }

    def _choose(self, endpoint: Json) -> Json:
        """Return the deployed model that is furthest behind its share of the traffic.

        The service draws lots; taking turns gives the same shares and the same page every time.
        """
        split = {key: share for key, share in endpoint["trafficSplit"].items() if share}
        if not split:
            raise ApiError(400, f"{endpoint['name']} has no model that takes traffic")
        with self._resources.lock:
            key = min(split, key=lambda key: (self._deployments[key].answered + 1) / split[key])
            self._deployments[key].answered += 1
        found: Json = next(d for d in endpoint["deployedModels"] if d["id"] == key)
        return found


def _name(request: Request) -> str:
    return f"{request.found['location']}/endpoints/{request.found['id']}"
