"""What a reader takes away as CSV and JSON is what the catalogue says."""

import csv
import io
import json

from mlops_landscape.catalogue import load_catalogue
from mlops_landscape.directory import as_csv, as_json, records

CATALOGUE = load_catalogue()


def test_json_and_records_agree_and_name_the_licence() -> None:
    document = json.loads(as_json(CATALOGUE))
    assert document["tools"] == records(CATALOGUE)
    assert document["licence"].startswith("CC BY 4.0")
    assert [record["id"] for record in document["tools"]] == [tool.id for tool in CATALOGUE.tools]


def test_csv_has_a_row_a_tool_and_a_column_a_value() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(CATALOGUE))))
    assert len(rows) == len(CATALOGUE.tools)
    lakefs = next(row for row in rows if row["id"] == "lakefs")
    assert lakefs["licence"] == "BUSL-1.1"
    assert lakefs["osi_approved"] == "no"
    assert lakefs["licence_source"].startswith("https://")
    neptune = next(row for row in rows if row["id"] == "neptune")
    assert neptune["status"] == "discontinued"
    assert neptune["status_checked_on"] >= "2026-11-25"
    # What is unknown is empty, and not "no".
    unknown = [tool.id for tool in CATALOGUE.tools if tool.account and tool.account.unconfirmed]
    assert {row["account_needed"] for row in rows if row["id"] in unknown} == {""}


def test_a_pair_is_in_the_records_of_both_tools() -> None:
    by_id = {record["id"]: record for record in records(CATALOGUE)}
    for tool in CATALOGUE.tools:
        for pairing in tool.works_with:
            other = by_id[pairing.tool]["works_with"]
            assert {"tool": tool.id, "how": pairing.how, "source": pairing.source} in other
