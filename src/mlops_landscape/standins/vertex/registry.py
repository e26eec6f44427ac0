"""Models and their versions."""

from typing import Any

from mlops_landscape.standins.vertex.resources import Resources, now
from mlops_landscape.standins.vertex.storage import Storage
from mlops_landscape.standins.vertex.web import ApiError, Json, Request, Routes


class Registry:
    """A model is a list of versions; its name without a version means the one called default."""

    def __init__(self, resources: Resources, storage: Storage) -> None:
        self._resources = resources
        self._storage = storage
        self._versions: dict[str, list[Json]] = {}

    def add_routes(self, routes: Routes) -> None:
        """Answer the requests about models."""
        model = "/v1/{location}/models/{id}"
        routes.add("POST", "/v1/{location}/models:upload", self._upload)
        routes.add("GET", model, lambda r: self.get(_name(r)))
        routes.add("GET", "/v1/{location}/models", self._list)
        routes.add("GET", model + ":listVersions", self._list_versions)
        routes.add("POST", model + ":mergeVersionAliases", self._merge_aliases)
        routes.add("DELETE", model, self._delete)

    def add(self, parent: str, model: Json, parent_model: str = "", model_id: str = "") -> Json:
        """Add a model, or a version of `parent_model`, and return it.

        Raises
        ------
        ApiError
            If it names no serving container, or if its artifacts do not exist.
        """
        if not model.get("containerSpec", {}).get("imageUri"):
            raise ApiError(400, "containerSpec.imageUri is missing: what shall serve the model?")
        artifacts = model.get("artifactUri", "")
        if artifacts and not self._storage.below(artifacts):
            raise ApiError(404, f'There are no files under "{artifacts}" to copy.')
        with self._resources.lock:
            name = parent_model.partition("@")[0]
            if name:
                self._resources.get(name)
            else:
                name = self._resources.create(parent, "models", {}, model_id)["name"]
            versions = self._versions.setdefault(name, [])
            when = now()
            aliases = list(model.get("versionAliases", []))
            number = str(len(versions) + 1)
            added = {
                **model,
                "name": name,
                "versionId": number,
                "versionAliases": [],
                "createTime": when,
                "updateTime": when,
                "versionCreateTime": when,
                "versionUpdateTime": when,
                "supportedDeploymentResourcesTypes": ["DEDICATED_RESOURCES"],
            }
            versions.append(added)
            self._alias(name, added, aliases if versions[1:] else [*aliases, "default"])
            return added

    def get(self, name: str) -> Json:
        """Return a model by ``models/3``, ``models/3@2`` or ``models/3@alias``."""
        model, _, wanted = name.partition("@")
        self._resources.get(model)
        for version in self._versions[model]:
            if wanted == version["versionId"] or (wanted or "default") in version["versionAliases"]:
                return version
        raise ApiError(404, f"{model} has no version {wanted!r}")

    def _alias(self, name: str, version: Json, aliases: list[str]) -> None:
        for alias in aliases:
            if alias.startswith("-"):
                version["versionAliases"] = [a for a in version["versionAliases"] if a != alias[1:]]
                continue
            for other in self._versions[name]:
                other["versionAliases"] = [a for a in other["versionAliases"] if a != alias]
            version["versionAliases"].append(alias)

    def _upload(self, request: Request) -> Json:
        body, parent = request.json, request.found["location"]
        model = self.add(
            parent, body["model"], body.get("parentModel", ""), body.get("modelId", "")
        )
        result = {"model": model["name"], "modelVersionId": model["versionId"]}
        return self._resources.operation(parent, "UploadModelResponse", result)

    def _list(self, request: Request) -> Json:
        parent = request.found["location"]
        # Name and labels are those of the default version, as in the service.
        for model in self._resources.listed(parent, "models", {}):
            model.update(self.get(model["name"]))
        return {"models": self._resources.listed(parent, "models", request.query)}

    def _list_versions(self, request: Request) -> Json:
        self._resources.get(_name(request))
        return {"models": self._versions[_name(request)]}

    def _merge_aliases(self, request: Request) -> Json:
        version = self.get(_name(request))
        with self._resources.lock:
            self._alias(version["name"], version, request.json["versionAliases"])
        return version

    def _delete(self, request: Request) -> Json:
        name = _name(request)
        for endpoint in self._resources.listed(request.found["location"], "endpoints", {}):
            for deployed in endpoint["deployedModels"]:
                if deployed["model"].partition("@")[0] == name:
                    raise ApiError(400, f"{name} is deployed to {endpoint['name']}; undeploy first")
        self._resources.delete(name)
        del self._versions[name]
        return self._resources.operation(request.found["location"], "", {})


def _name(request: Request) -> Any:  # noqa: ANN401
    return f"{request.found['location']}/models/{request.found['id']}"
