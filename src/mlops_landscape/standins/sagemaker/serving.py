"""The server in a scikit-learn inference container: /ping and /invocations around four functions.

Stands for the program that AWS's image runs for ``serve``. The script's name is in the variable
SAGEMAKER_PROGRAM (``inference.py`` by default) and lies in ``code/`` of the model's archive. AWS's
own server has defaults for all functions but ``model_fn``; here all four have to be there.
Run as a file, not imported: in a container there is no course.
"""

import importlib.util
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

HANDLERS = ("model_fn", "input_fn", "predict_fn", "output_fn")


def load_script(folder: Path) -> ModuleType:
    """Import the inference script of a model."""
    path = folder / "code" / os.environ.get("SAGEMAKER_PROGRAM", "inference.py")
    if not path.is_file():
        sys.exit(f"the model's archive has no {path.relative_to(folder)}")
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location("inference", path)
    assert specification is not None
    assert specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    missing = [name for name in HANDLERS if not hasattr(script, name)]
    if missing:
        sys.exit(f"{path.name} has no function {', '.join(missing)}")
    return script


def handler(script: ModuleType, model: Any) -> type[BaseHTTPRequestHandler]:  # noqa: ANN401
    """Return the class that answers requests with this model."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer(200 if self.path == "/ping" else 404, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path != "/invocations":
                self.answer(404, b"")
                return
            try:
                data = script.input_fn(body, self.headers.get("Content-Type", ""))
                prediction = script.predict_fn(data, model)
                result = script.output_fn(prediction, self.headers.get("Accept", "*/*"))
            except Exception as error:
                traceback.print_exc()
                self.answer(500, f"{type(error).__name__}: {error}".encode())
                return
            # As with AWS's server: a body, or a body and its content type.
            text, kind = result if isinstance(result, tuple) else (result, "application/json")
            self.answer(200, text.encode() if isinstance(text, str) else text, kind)

    return Handler


def main() -> None:
    """Load the model, then serve until killed."""
    folder = Path(os.environ["SM_MODEL_DIR"])
    script = load_script(folder)
    model = script.model_fn(str(folder))
    port = int(os.environ["SAGEMAKER_BIND_TO_PORT"])
    ThreadingHTTPServer(("127.0.0.1", port), handler(script, model)).serve_forever()


if __name__ == "__main__":
    main()
