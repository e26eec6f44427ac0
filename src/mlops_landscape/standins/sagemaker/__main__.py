"""Run the stand-in until it is told to stop, then end every job and endpoint with it."""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from mlops_landscape.servers import HOST
from mlops_landscape.standins.sagemaker.front import Front


class _Quiet(WSGIRequestHandler):
    """Writes no line for a request that went well; errors are still written."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def main() -> None:
    """Serve on 127.0.0.1."""
    parser = argparse.ArgumentParser(description="A local stand-in of Amazon SageMaker AI.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="sagemaker-standin-") as scratch:
        front = Front(f"http://{HOST}:{port}", Path(scratch))
        server = make_server(HOST, port, front, threaded=True, request_handler=_Quiet)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("asked to stop")
        finally:
            front.close()


if __name__ == "__main__":
    main()
