"""Logs: what Tieout tells about its work, on stderr, so that stdout holds nothing but answers."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _absent(package: str) -> Iterator[None]:
    """Let a package that others use if it is there not be there for a moment; loaded already, it stays."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # what Python documents for it
    try:
        yield
    finally:
        del sys.modules[package]


# For tracebacks in colour, of which it draws none here, structlog would load rich, pygments and attrs: eighty modules
# and a tenth of the time that a command takes to start.
with _absent("rich"):
    import structlog


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Send every log line of that level or above to stderr."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ],
        cache_logger_on_first_use=False,
    )
