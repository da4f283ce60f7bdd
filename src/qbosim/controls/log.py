"""The control plane's doors for the request log."""

from __future__ import annotations

from typing import Any

from qbosim import requestlog
from qbosim.asked import Refused, whole_number
from qbosim.controls.world import Controlled
from qbosim.wire import Request

_LONGEST_PAGE = 1_000


class LogDoors:
    """Answers control requests about what was asked."""

    def __init__(self, simulator: Controlled) -> None:
        self._simulator = simulator

    def show(self, request: Request) -> Any:
        """A page of the request log."""
        query = dict(request.query)
        number = {
            name: whole_number(query.pop(name, default), name, "The log was not read")
            for name, default in (("after", "0"), ("limit", "100"), ("bodies", "0"), ("before", "0"))
        }
        order = query.pop("order", "oldest")
        path = query.pop("path", None)
        unknown = [name for name in query if name not in requestlog.FILTERS]
        if unknown or order not in ("oldest", "newest"):
            raise Refused(
                "The log was not read",
                which=", ".join(unknown) or f"order {order}",
                why="There is no such filter." if unknown else "The order is oldest or newest (first).",
                remedy=f"Filters: {', '.join(requestlog.FILTERS)}, path; pages: after, before, limit, order.",
            )
        limit = min(max(number["limit"], 1), _LONGEST_PAGE)
        with self._simulator.store.transaction() as db:
            entries = requestlog.read(
                db,
                after=number["after"],
                before=number["before"] or None,
                limit=limit,
                newest_first=order == "newest",
                path=path,
                filters=query,
                bodies=bool(number["bodies"]),
            )
        more = entries[-1]["number"] if len(entries) == limit else None
        return {"entries": entries, "next": more}

    def clear(self, _request: Request) -> Any:
        """Forget the entries; the count of reads per day stays."""
        with self._simulator.store.transaction() as db:
            return {"removed": requestlog.clear(db)}

    def summary(self, _request: Request) -> Any:
        """Requests and metered reads per company and day (UTC)."""
        with self._simulator.store.transaction() as db:
            days = requestlog.summary(db)
        return {
            "days": days,
            "requests": sum(each["requests"] for each in days),
            "reads": sum(each["reads"] for each in days),
        }
