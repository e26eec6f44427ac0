"""Foreign code, run where it can do no harm: with limits, and in namespaces if there are any.

`limits` says how much it may use, `view` what it sees of the machine, `contain` asks `host` for a
process and watches it, `protection` says what this machine can do of all that, `kernel` holds the
calls to Linux.
"""

from mlops_landscape.sandbox.contain import Contained, Sandbox
from mlops_landscape.sandbox.limits import Limits
from mlops_landscape.sandbox.protection import missing
from mlops_landscape.sandbox.view import Stage, View

__all__ = ["Contained", "Limits", "Sandbox", "Stage", "View", "missing"]
