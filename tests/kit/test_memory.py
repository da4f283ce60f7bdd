"""Threads share memory pools, so that an import does not keep the largest page once for each of its readers."""

from __future__ import annotations

import subprocess
import sys

import pytest

THREADS_LEAVE_PAGES = """
import sys, threading, resource
from tieout.kit.memory import share_memory_pools
if sys.argv[1] == "shared":
    assert share_memory_pools()
gate = threading.Barrier(16)
def read():
    gate.wait()
    for _ in range(20):
        page = [bytes(40_000 + n % 7) for n in range(40)]
        del page
threads = [threading.Thread(target=read) for _ in range(16)]
for one in threads: one.start()
for one in threads: one.join()
import re
print(len(re.findall("^[0-9a-f]+-[0-9a-f]+ ---p", open("/proc/self/maps").read(), re.M)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's pools are Linux' own")
def test_threads_share_two_pools_of_memory_instead_of_one_each() -> None:
    def reserves(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", THREADS_LEAVE_PAGES, how], capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    assert reserves("shared") < reserves("each its own")
