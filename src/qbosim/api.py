"""The Accounting API behind the door: every call under `/v3/company/{realm}/`, after authentication and throttling."""

from __future__ import annotations

from qbosim.clock import Clock
from qbosim.store import Store
from qbosim.wire import Request, Response


class Api:
    """Answers Accounting API calls from the books in a `Store`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def answer(self, realm: str, request: Request, *, user: str) -> Response:
        """Answer one call of `user` (a display name, which stale object errors show) for the company `realm`.

        A client's mistake is answered with Intuit's fault, never raised.
        """
        raise NotImplementedError
