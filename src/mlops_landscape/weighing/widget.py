"""The sliders: one anywidget whose rule lives in the browser, so that a page needs no kernel."""

from pathlib import Path

import anywidget
import traitlets

from mlops_landscape.weighing.aspects import Aspect, load_aspects

_STATIC = Path(__file__).parent / "static"


class Weighing(anywidget.AnyWidget):
    """Ten sliders, and where their owner lands between open source and managed.

    Parameters
    ----------
    aspects
        What is weighed.

    Attributes
    ----------
    weights
        Weight (0 to 5) by the aspect's id, as the sliders stand.
    leans
        Points for each unit of weight by the aspect's id, -2 to 2, as the reader corrected them.
    balance
        Where that lands: -1 (open source) to 1 (managed).
    verdict
        The same in words.
    """

    _esm = _STATIC / "weighing.js"
    _css = _STATIC / "weighing.css"

    aspects = traitlets.List().tag(sync=True)
    weights = traitlets.Dict().tag(sync=True)
    leans = traitlets.Dict().tag(sync=True)
    balance = traitlets.Float(0.0).tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)

    def __init__(self, aspects: tuple[Aspect, ...]) -> None:
        super().__init__(
            aspects=[
                {
                    "id": aspect.id,
                    "name": aspect.name,
                    "lean": aspect.lean,
                    "why": aspect.why,
                    "section": aspect.section,
                }
                for aspect in aspects
            ]
        )


def weighing() -> Weighing:
    """Return the sliders for the ten aspects of the course, to stand last in a cell.

    Raises
    ------
    InputError
        If ``aspects.yml`` holds mistakes.
    """
    return Weighing(load_aspects())
