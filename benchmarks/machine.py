"""What a benchmark ran on: the facts without which its figures say nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path


def facts() -> str:
    """Processor, cores, memory, system, Python and SQLite, and how busy the machine was, in one line."""
    load = os.getloadavg()[0]
    parts = (
        f"{os.cpu_count()} cores ({_processor()})",
        f"{_memory_gb():.0f} GB",
        platform.system(),
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"load {load:.1f} at the start",
    )
    return ", ".join(parts)


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text("utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
