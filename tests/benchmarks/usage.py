"""Who uses the processors, out of Linux's /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.process.up import Up, descendants

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
BUSY = (1, 2, 3, 6, 7, 8)
"""user, nice, system, irq, softirq, steal in the first line of /proc/stat."""


@dataclass(frozen=True)
class Meter:
    """Of the service's processes, and of everybody else's. Without /proc it says nothing."""

    up: Up

    def read(self) -> dict[str, float]:
        if not Path("/proc/stat").exists():
            return {}
        own = {name: cpu_s(pid) for name, pid in self.up.children().items()}
        return own | {"machine": machine_s()}

    def since(self, before: dict[str, float], *, clients_s: float) -> dict[str, float]:
        """Seconds of processor by name. ``others`` have nothing to do with us, and disturb."""
        spent = {name: now - before.get(name, 0.0) for name, now in self.read().items()}
        if not spent:
            return {}
        machine = spent.pop("machine")
        spent["clients"] = clients_s
        return spent | {"others": max(0.0, machine - sum(spent.values()))}


def cpu_s(pid: int) -> float:
    """Of a process and all that it started, those that have ended included."""
    return sum(_own_s(child) for child in (pid, *descendants(pid)))


def _own_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) * TICK_S  # utime, stime, and those of reaped children


def machine_s() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return sum(int(fields[n]) for n in BUSY) * TICK_S


def forget_peak(pid: int) -> None:
    """``peak_bytes`` begins anew."""
    for one in (pid, *descendants(pid)):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def peak_bytes(pid: int) -> int:
    """The most memory that a process has had at once, and each that it started."""
    return sum(_peak_bytes(one) for one in (pid, *descendants(pid)))


def _peak_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
