"""The checks of a drawn map take other good maps than the solution's."""

from pathlib import Path

import numpy as np
import pandas as pd
import plotly.express as px
import pytest
from plotly.graph_objects import Figure

from mlops_landscape.catalogue import KINDS, load_catalogue
from mlops_landscape.exercises import checks
from mlops_landscape.exercises.source import Places
from mlops_landscape.exercises.work import Work

VISIBLE = [
    check for check in checks.collect(Places().check_file("a-map-of-your-own")) if check.visible
]
PICKS = {
    "versioning": ["dvc", "lakefs"],
    "training": ["neptune", "sagemaker"],
    "orchestration": ["airflow", "metaflow"],
    "deployment": ["kserve", "bentoml"],
    "monitoring": ["evidently", "sagemaker-model-monitor"],
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Return the picked tools, as somebody would who thinks in tables."""
    catalogue = load_catalogue()
    rows = []
    for stage in catalogue.stages:
        for tool in map(catalogue.tool, PICKS[stage.id]):
            warning = tool.status is not None and tool.status.is_warning
            state = f"<br><i>{tool.status.state}</i>" if warning and tool.status else ""
            rows.append((stage.name, tool.id, tool.name + state, KINDS[tool.kind].name))
    frame = pd.DataFrame(rows, columns=["stage", "id", "label", "kind"])
    frame["row"] = frame.groupby("stage").cumcount().to_numpy(dtype=np.int8)
    return frame


def drawn(table: pd.DataFrame) -> Figure:
    figure = px.scatter(
        table, x="stage", y="row", text="label", color="kind", symbol="kind",
        custom_data=["id"], category_orders={"stage": list(table["stage"].unique())},
        title="Who does what",
    )  # fmt: skip
    words = "; ".join(f"{row.stage}: {row.label}" for row in table.itertuples())
    figure.update_layout(meta={"description": words}, height=500)
    figure.update_traces(textposition="top center")
    figure.update_xaxes(range=[-0.5, 4.5])
    figure.update_yaxes(range=[-1, 2])
    return figure


def failing(folder: Path, figure: Figure) -> list[str]:
    figure.write_json(folder / "map.json")
    with Work(folder, {}) as work:
        return [result.name for result in checks.run(VISIBLE, work) if not result.passed]


def test_a_map_of_plotly_express_with_numpy_columns_passes(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    assert failing(tmp_path, drawn(table)) == []


def test_rows_in_words_and_a_reversed_axis_pass(tmp_path: Path, table: pd.DataFrame) -> None:
    words = table.assign(row=table["row"].map({0: "first", 1: "second"}))
    figure = drawn(words)
    figure.update_yaxes(range=None, autorange="reversed")
    figure.update_traces(textposition="middle right")
    figure.update_xaxes(range=[-0.2, 5])
    assert failing(tmp_path, figure) == []


def test_long_labels_side_by_side_collide(tmp_path: Path, table: pd.DataFrame) -> None:
    longer = table.assign(label=table["label"] + " of the second team in the other house")
    assert failing(tmp_path, drawn(longer)) == ["the_labels_do_not_collide"]
