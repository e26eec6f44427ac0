"""What changed: the events of all tools on a line of time, and old code beside new."""

from mlops_landscape.history.tables import show_changes, show_events
from mlops_landscape.history.timeline import show_timeline

__all__ = ["show_changes", "show_events", "show_timeline"]
