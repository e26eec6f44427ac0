"""Run the pipeline of ``order.json`` in this folder; its outputs go below ``root``."""

import json
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Return 0 if every task of the pipeline succeeded."""
    from kfp import components, local

    order = json.loads(Path("order.json").read_text())
    local.init(
        runner=local.SubprocessRunner(use_venv=False),
        pipeline_root=str(Path("root").resolve()),
        raise_on_error=True,
    )
    # JSON is YAML, so what was sent is what a compiled file holds.
    pipeline = components.load_component_from_text(json.dumps(order["spec"]))
    pipeline(**typed(order["spec"], order["parameters"]))
    return 0


def typed(spec: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with whole numbers where the pipeline declares them.

    On its way a number has become a float: that is how Google's protocol carries it.
    """
    declared = spec["root"].get("inputDefinitions", {}).get("parameters", {})
    return {
        name: int(value)
        if declared.get(name, {}).get("parameterType") == "NUMBER_INTEGER"
        else value
        for name, value in values.items()
    }


if __name__ == "__main__":
    sys.exit(main())
