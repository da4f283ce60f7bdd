"""Tieout as a program sees it: its REST API, asked over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx2

from tieout.kit.errors import Rejected

WAIT_SECONDS = 60.0


class Rest:
    """A client of `/api/v1`."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx2.Client(base_url=f"{base_url}/api/v1", timeout=WAIT_SECONDS)

    def __enter__(self) -> Self:
        """Use it for the length of a `with` block."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Ask for something."""
        return self._answer(self._http.get(path, params=query))

    def post(self, path: str, body: Any = None, **query: str | int) -> Any:
        """Have something done."""
        return self._answer(self._http.post(path, json=body if body is not None else {}, params=query))

    def put(self, path: str, body: Any) -> Any:
        """Put something in its place."""
        return self._answer(self._http.put(path, json=body))

    def every(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """Ask for all pages of a listing."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.get(path, **query, **({"after": after} if after else {}))
            found += page["items"]
            after = page["next"] or ""
            if not after:
                return found

    def events(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Have something done and watch it: the name and data of each server-sent event."""
        with self._http.stream("POST", path, headers={"accept": "text/event-stream"}) as answer:
            if answer.status_code >= 400:
                answer.read()
                self._answer(answer)
            name = ""
            for line in answer.iter_lines():
                if line.startswith("event:"):
                    name = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield name, json.loads(line.removeprefix("data:"))

    def _answer(self, answer: httpx2.Response) -> Any:
        """Read an answer; a problem is raised as it was said."""
        if answer.status_code < 400:
            return answer.json()
        asked = f"{answer.request.method} {answer.request.url.path}"
        try:
            said = answer.json()
        except ValueError:
            said = {}
        raise Rejected(
            str(said.get("what") or f"Tieout answered {answer.status_code}"),
            record=str(said.get("record") or asked),
            reason=str(said.get("why") or answer.text[:200]),
            remedy=str(said.get("remedy") or f"Look at {asked}"),
        )
