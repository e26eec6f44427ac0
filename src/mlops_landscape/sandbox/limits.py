"""How much foreign code may use."""

import resource
from dataclasses import asdict, dataclass
from typing import Any

MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What a submission may use; what it needs beyond that ends it.

    Attributes
    ----------
    wall
        Seconds of wall time in all.
    cell
        Seconds of wall time for one cell; the cell is interrupted, and the next one runs.
    cpu
        Seconds of processor time for one process.
    memory
        MB that its processes may hold together.
    address_space
        MB of addresses for one process; beyond that, it is given a MemoryError.
    processes
        Number of processes at the same time.
    disk
        MB of files.
    output
        MB that it may print.
    answers
        MB that it may hand over as data.
    """

    wall: float = 180
    cell: float = 60
    cpu: float = 120
    memory: int = 3000
    address_space: int = 6000
    processes: int = 64
    disk: int = 500
    output: int = 10
    answers: int = 8

    def as_data(self) -> dict[str, Any]:
        """Return the limits as JSON would carry them."""
        return asdict(self)

    def impose(self) -> None:
        """Set for this process, and all that it starts, what the kernel can watch by itself."""
        size = self.address_space * MB
        cpu = int(self.cpu)
        for kind, amount in (
            (resource.RLIMIT_AS, size),
            (resource.RLIMIT_FSIZE, self.disk * MB),
            (resource.RLIMIT_NOFILE, 1024),
            (resource.RLIMIT_CORE, 0),
        ):
            _, most = resource.getrlimit(kind)
            if most != resource.RLIM_INFINITY:
                amount = min(amount, most)
            resource.setrlimit(kind, (amount, amount))
        # First a signal that names the reason, a second later the end.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
