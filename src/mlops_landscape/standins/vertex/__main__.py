"""Start the stand-in: ``python -m mlops_landscape.standins.vertex --port 8080 …``."""

import argparse
import signal
import sys
from types import FrameType

from mlops_landscape.standins.vertex.containers import Containers, parse_image
from mlops_landscape.standins.vertex.endpoints import Endpoints
from mlops_landscape.standins.vertex.pipelines import Pipelines
from mlops_landscape.standins.vertex.registry import Registry
from mlops_landscape.standins.vertex.resources import Resources
from mlops_landscape.standins.vertex.storage import Storage
from mlops_landscape.standins.vertex.training import Training
from mlops_landscape.standins.vertex.web import Routes, Web


def main() -> int:
    """Serve until SIGTERM or Ctrl+C, then end every container."""
    parser = argparse.ArgumentParser(
        prog="python -m mlops_landscape.standins.vertex", description=__doc__
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="URI=COMMAND",
        help="the command that stands for a container image; may be given several times",
    )
    parser.add_argument(
        "--bucket", action="append", default=[], help="a bucket that is there from the start"
    )
    arguments = parser.parse_args()
    try:
        images = dict(parse_image(text) for text in arguments.image)
    except ValueError as error:
        parser.error(str(error))

    routes, resources = Routes(), Resources()
    web = Web(arguments.port, routes)
    storage = Storage(arguments.bucket)
    containers = Containers(images, web.url)
    registry = Registry(resources, storage)
    routes.add("GET", "/", lambda _: {"standin": "vertex", "ready": True})
    storage.add_routes(routes)
    Training(resources, storage, containers, registry).add_routes(routes)
    registry.add_routes(routes)
    Endpoints(resources, containers, registry).add_routes(routes)
    Pipelines(resources, storage, containers).add_routes(routes)

    def end(sign: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        containers.stop_all()
        web.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
