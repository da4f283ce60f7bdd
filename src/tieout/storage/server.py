"""What a PostgreSQL server is to us: it may vanish, and procrastinate's queues are in it, beside our own tables."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = "procrastinate"
"""Where procrastinate's tables are: beside ours, in a schema of their own."""
TICKS: Final = "ticks"
JOBS: Final = "jobs"
SEE_BOTH: Final = "SELECT set_config('search_path', current_setting('search_path') || ', ' || %s, {})"
"""Lets procrastinate's tables be found behind ours; says whether that ends with the transaction."""
NOTICES_A_CUT: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""libpq's settings by which a connection whose other end vanished fails within half a minute, not within hours."""
