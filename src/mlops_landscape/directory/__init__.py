"""The tool directory: every tool of the catalogue as an entry to read, a row to sort, a record."""

from mlops_landscape.directory.entries import show_entries
from mlops_landscape.directory.records import as_csv, as_json, records
from mlops_landscape.directory.table import show_table

__all__ = ["as_csv", "as_json", "records", "show_entries", "show_table"]
