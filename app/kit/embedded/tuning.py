"""PostgreSQL's settings for this machine: the defaults lose 40 % of the rate at 5 million leads."""

import os
import shutil
from pathlib import Path

MB, GB = 2**20, 2**30
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")

QUIET = {
    # No address gets into a log: no statements, no "Key (email)=(…) already exists".
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
FIXED = {
    **QUIET,
    "checkpoint_timeout": "15min",
    # The wheel has pglz only. Where each page is touched once between checkpoints, as by addresses
    # in no order, that takes a fifth to a half more of PostgreSQL's time for a third less log.
    "wal_compression": "off",
    "jit": "off",  # compiling takes longer than our statements run
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For tests that start from nothing; they hold up to a crash of the server, not of the machine."""


def server_settings(data_directory: Path, *, durable: bool) -> dict[str, str]:
    return {
        **scaled(memory_bytes(), shutil.disk_usage(data_directory).free),
        **({} if durable else NOT_DURABLE),
    }


def scaled(memory: int, disk_free: int) -> dict[str, str]:
    """A quarter of the memory for its cache, of the free disk for its log between checkpoints."""
    return FIXED | {
        "shared_buffers": _megabytes(memory // 4, least=64 * MB, most=4 * GB),
        "effective_cache_size": _megabytes(memory // 2, least=128 * MB, most=1024 * GB),
        "maintenance_work_mem": _megabytes(memory // 32, least=64 * MB, most=1 * GB),
        "max_wal_size": _megabytes(disk_free // 4, least=256 * MB, most=16 * GB),
    }


def memory_bytes() -> int:
    """Of the machine, or of the container that we are in."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in CGROUP_LIMITS:
        path = Path(name)
        if path.exists() and (text := path.read_text().strip()).isdigit():
            limits.append(int(text))
    return min(limits)


def _megabytes(size: int, *, least: int, most: int) -> str:
    return f"{max(least, min(size, most)) // MB}MB"
