"""What QuickBooks had at each moment, read from the simulator's own tables, and what Tieout says of it held against that.

Nothing here asks Tieout's mirror how it works: records are compared as they lie in both databases, and what
coverage claims is compared with what had changed by then.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from qbosim.entities.catalogue import ENTITIES
from tests.world import World
from tieout.mirror.coverage import CompanyCoverage, show_coverage
from tieout.mirror.history import list_as_of, show_as_of
from tieout.storage.database import Database

Key = tuple[str, str]
_SPELT = {"CreditCardPaymentTxn": "CreditCardPayment"}
"""What Intuit's answers spell otherwise than its queries, and Tieout as its queries."""
NOTHING_READ: Mapping[str, int] = {}
_VOLATILE = re.compile(r'"TempDownloadUri":"[^"]*",?')
"""The address of a file is another one in each answer."""


@dataclass(frozen=True)
class Kept:
    """A record as QuickBooks keeps it."""

    token: int
    updated: int
    """Seconds since 1970."""
    deleted: bool
    body: str


Snapshot = dict[Key, Kept]


@dataclass
class Truth:
    """What QuickBooks had, moment by moment."""

    world: World
    served: dict[tuple[Key, int, int], set[str]] = field(default_factory=dict)
    """Every body that a record had, by its SyncToken and time of change."""
    looks: list[tuple[datetime, Snapshot]] = field(default_factory=list)
    """What there was when a look at the changes had just been complete."""
    now: Snapshot = field(default_factory=dict)

    def note(self) -> Snapshot:
        """Read everything that QuickBooks has now."""
        with self.world.simulator.store.transaction() as db:
            self.now = dict(everything(db, self.world.simulator.realm_id))
        for key, kept in self.now.items():
            if not kept.deleted:
                self.served.setdefault((key, kept.token, kept.updated), set()).add(kept.body)
        return self.now

    def looked(self) -> None:
        """Remember what there is as what the mirror shows of this second; nothing may change within it any more."""
        self.looks.append((self.world.simulator_clock.now(), self.note()))

    # ── what is claimed ──────────────────────────────────────────────────────────────────────────────────

    def broken_claims(self) -> list[str]:
        """Find records that are missing or stale although coverage says that everything until later is here."""
        self.note()
        held = mirror_of(self.world.edges.database)
        wrong = []
        for one in show_coverage(self.world.edges, self.world.caller).entities:
            if one.complete_until is None:
                continue
            until = int(one.complete_until.timestamp())
            for key, kept in self.now.items():
                if key[0] == one.entity and kept.updated < until:
                    why = self._stale(key, kept, held.get(key))
                    if why:
                        wrong.append(
                            f"{key} {why}; changed at {_at(kept.updated)}, claimed until {one.complete_until}"
                        )
            wrong += [
                f"{key} is here and was never there"
                for key in held
                if key[0] == one.entity and key not in self.now
            ]
        return wrong

    def _stale(self, key: Key, kept: Kept, held: Held | None) -> str:
        why = _other(kept, held)
        if why != SILENT:
            return why
        # QuickBooks changed it without counting or dating the change: nobody can be told of that.
        assert held is not None
        bodies = self.served.get((key, kept.token, kept.updated), set())
        return "" if held.body in bodies else "was never so"

    # ── what there is after the calm ─────────────────────────────────────────────────────────────────────

    def differences(self, *, silent: bool, read: Mapping[str, int] = NOTHING_READ) -> list[str]:
        """Find every record that is other here than there; `silent` counts changes that QuickBooks did not date, too.

        `read` says of entities in which second they were last read: what changed from then on is not asked for.
        """
        self.note()
        held = mirror_of(self.world.edges.database)
        wrong = []
        for key, kept in self.now.items():
            if kept.updated >= read.get(key[0], kept.updated + 1):
                continue
            why = self._stale(key, kept, held.get(key))
            if not why and silent:
                why = _other(kept, held.get(key))
            if why:
                wrong.append(f"{key} {why}")
        wrong += [
            f"{key} is here and was never there"
            for key, mine in held.items()
            if key not in self.now and not mine.deleted
        ]
        return wrong

    def wrong_versions(self) -> list[str]:
        """Find records whose versions do not follow each other as QuickBooks made them."""
        wrong = []
        with self.world.edges.database.reading() as work:
            company = work.companies.all(self.world.caller.tenant)[0].id
            for key in mirror_of(self.world.edges.database):
                versions = work.records.versions(company, *key)[::-1]
                ages = [
                    (int(one.sync_token or 0), one.updated_at, one.deleted)
                    for one in versions
                    if one.updated_at is not None
                ]
                if ages != sorted(ages):
                    wrong.append(f"{key} has versions in another order: {ages}")
                for one in versions:
                    if one.deleted or one.updated_at is None:
                        continue
                    made = (key, int(one.sync_token or 0), int(one.updated_at.timestamp()))
                    if _plain(one.raw.decode()) not in self.served.get(made, set()):
                        wrong.append(f"{key} has a version that never was: {made[1:]}")
        return wrong

    def wrong_past(self, dice: random.Random, moments: int = 4) -> list[str]:
        """Find records that are shown otherwise, as of an instant at which a look was complete, than they were then."""
        wrong = []
        for at, then in dice.sample(self.looks, min(moments, len(self.looks))):
            shown = {
                (one.entity, one.qbo_id): one.record
                for entity in sorted({key[0] for key in then})
                for one in self._listed(entity, at)
            }
            for key, kept in then.items():
                found = shown.get(key)
                if kept.deleted:
                    if found is not None:
                        wrong.append(f"as of {at}: {key} was deleted and is shown")
                elif found is None:
                    wrong.append(f"as of {at}: {key} was there and is not shown")
                elif not self._was(key, kept, found):
                    wrong.append(f"as of {at}: {key} is shown as it was not then")
            wrong += [f"as of {at}: {key} is shown and was not there" for key in shown if key not in then]
            for key in dice.sample(sorted(shown), min(10, len(shown))):
                alone = show_as_of(self.world.edges, self.world.caller, entity=key[0], qbo_id=key[1], at=at)
                if alone.record != shown[key]:
                    wrong.append(f"as of {at}: {key} is another one alone than in the list")
        return wrong

    def _was(self, key: Key, kept: Kept, found: Any) -> bool:
        bodies = {kept.body} | self.served.get((key, kept.token, kept.updated), set())
        return any(_decoded(one) == _decoded(json.dumps(found)) for one in bodies)

    def _listed(self, entity: str, at: datetime) -> Iterator[Any]:
        after = ""
        while True:
            part = list_as_of(
                self.world.edges, self.world.caller, entity=entity, at=at, limit=500, after=after
            )
            yield from part.records
            after = part.following
            if not after:
                return


@dataclass(frozen=True)
class Held:
    """A record as the mirror has it."""

    token: int
    updated: int
    deleted: bool
    body: str


def mirror_of(database: Database) -> dict[Key, Held]:
    """Read every record of the mirror."""
    statement = "SELECT entity, qbo_id, sync_token, updated_at, deleted, raw FROM records"
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(statement).all()
    return {
        (row[0], row[1]): Held(
            int(row[2] or 0), _seconds(row[3]), bool(row[4]), _plain(bytes(row[5]).decode())
        )
        for row in rows
    }


def everything(db: sqlite3.Connection, realm: str) -> Iterator[tuple[Key, Kept]]:
    """Read every record of a company from the simulator's tables, deleted ones too."""
    for entity in ENTITIES:
        rows = db.execute(
            f"SELECT id, token, updated, deleted, body FROM {entity.table} WHERE realm = ?", (realm,)
        )
        for number, token, updated, deleted, body in rows:
            key = (_SPELT.get(entity.name, entity.name), entity.id_text(number))
            yield key, Kept(token, updated, bool(deleted), _plain(body))


@dataclass
class Audit:
    """How a mirror stands beside the books, when both were read."""

    records: int = 0
    """Of the books, without those that were deleted."""
    silent: int = 0
    """Records that QuickBooks changed without counting or dating the change: nobody could be told of it."""
    unequal: list[str] = field(default_factory=list)
    """Records that are other here than there."""
    broken: list[str] = field(default_factory=list)
    """Those of them that coverage claims to be here as they are there."""


def audited(
    there: Iterable[tuple[Key, Kept]], held: dict[Key, Held], claims: CompanyCoverage | None = None
) -> Audit:
    """Hold the mirror against the books, record by record, and what was claimed of it against both; empties `held`.

    A mirror has what was claimed when every record whose last change lies before the claim is here as it is there.
    """
    until = {
        one.entity: int(one.complete_until.timestamp())
        for one in (claims.entities if claims is not None else ())
        if one.complete_until is not None
    }
    found = Audit()
    for key, kept in there:
        mine = held.pop(key, None)
        found.records += not kept.deleted
        why = _other(kept, mine)
        if why == SILENT:
            found.silent += 1
        elif why:
            found.unequal.append(f"{key} {why}, changed at {_at(kept.updated)}")
            if kept.updated < until.get(key[0], 0):
                found.broken.append(found.unequal[-1])
    strangers = [f"{key} is here and was never there" for key, mine in held.items() if not mine.deleted]
    found.unequal += strangers
    found.broken += strangers
    return found


SILENT = "is other than there, under the same SyncToken and time"


def _other(kept: Kept, held: Held | None) -> str:
    """Say in what a record is other here than there; nothing when it is the same."""
    if held is None or held.deleted:
        if kept.deleted:
            return ""
        return "is missing" if held is None else "is live there and deleted here"
    if kept.deleted:
        return "is deleted there and live here"
    if held.body == kept.body:
        return ""
    if (held.token, held.updated) == (kept.token, kept.updated):
        return SILENT
    return f"is stale: {held.token} at {_at(held.updated)} instead of {kept.token}"


def _plain(body: str) -> str:
    return _VOLATILE.sub("", body)


def _decoded(body: str) -> Any:
    found = json.loads(body)
    if isinstance(found, dict):
        found.pop("TempDownloadUri", None)
    return found


def _seconds(stored: Any) -> int:
    """Read an instant as a database has it."""
    if stored is None:
        return 0
    if isinstance(stored, datetime):
        return int((stored if stored.tzinfo else stored.replace(tzinfo=UTC)).timestamp())
    if isinstance(stored, str):
        found = datetime.fromisoformat(stored)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    return int(stored) // 1_000_000


def _at(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%m-%d %H:%M:%S}"
