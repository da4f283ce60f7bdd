"""How the sample company's history talks to the API: as a bookkeeper's program would, each answer a good one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbosim.api import Api
from qbosim.chance import Chance
from qbosim.wire import Request

_USER = "Book Keeper"
_JSON = {"content-type": "application/json", "accept": "application/json"}


class Talk:
    """Calls to the API in one company, and choices that follow from the seed."""

    def __init__(self, api: Api, realm: str, chance: Chance, purpose: str) -> None:
        """`purpose` tells the choices of one part of the history from those of the others."""
        self._api = api
        self._realm = realm
        self._chance = chance
        self._purpose = purpose
        self._draws = 0

    def pick(self, choices: int) -> int:
        """A number from 0 up to, but not including, `choices`."""
        self._draws += 1
        return int(self._chance.fraction(self._purpose, self._draws) * choices)

    def named(self, entity: str) -> dict[str, str]:
        """The ids of a list's records by their names."""
        return {each["Name"]: each["Id"] for each in self.query(f"select * from {entity} maxresults 1000")}

    def query(self, text: str) -> list[dict[str, Any]]:
        """The records that a query finds."""
        answer = self._ask(Request("GET", self._path("query"), {"query": text}, _JSON))["QueryResponse"]
        return next((rows for rows in answer.values() if isinstance(rows, list)), [])

    def get(self, place: str) -> dict[str, Any]:
        """A read."""
        return self._ask(Request("GET", self._path(place), {}, _JSON))

    def post(
        self, place: str, body: Mapping[str, Any], query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A write; answers the whole envelope."""
        return self._ask(Request("POST", self._path(place), query or {}, _JSON, json.dumps(body).encode()))

    def make(self, entity: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A new record; answers it."""
        made: dict[str, Any] = self.post(entity.lower(), body)[entity]
        return made

    def _path(self, place: str) -> str:
        return f"/v3/company/{self._realm}/{place}"

    def _ask(self, request: Request) -> dict[str, Any]:
        response = self._api.answer(self._realm, request, user=_USER)
        assert response.status == 200, f"{request.method} {request.path} {request.body!r}: {response.body!r}"
        answer: dict[str, Any] = response.json()
        return answer


def cents(amount: Decimal) -> Decimal:
    """An amount rounded to the cent, half up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
