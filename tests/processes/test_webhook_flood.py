"""A served installation under what anybody may post to it: ten thousand events at once, replays, and nonsense."""

from __future__ import annotations

import hmac
import json
import random
import subprocess
from base64 import b64encode
from collections import Counter
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2

from tests.processes.programs import TIEOUT, Programs, until
from tieout.connections.webhooks import PLACE

EVENTS = 10_000
REPLAYS = 100
SMALL = 200
"""Events of the message that is replayed: replays of the large one take most of a minute, and show the same."""
NONSENSE = 300
VERIFIER = "a1b2c3d4-5678-90ab-cdef-1234567890ab"


def old_format(realm: str, first: int, number: int) -> bytes:
    entities = [
        {"name": "Customer", "id": str(one), "operation": "Update", "lastUpdated": "2026-03-02T08:00:00-0800"}
        for one in range(first, first + number)
    ]
    return json.dumps(
        {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": entities}}]}
    ).encode()


def cloud_events(realm: str, first: int, number: int) -> bytes:
    return json.dumps(
        [
            {
                "specversion": "1.0",
                "id": f"event {one}",
                "source": "intuit.abc=",
                "type": "qbo.invoice.updated.v1",
                "time": "2026-03-02T16:00:00.123456789Z",
                "intuitentityid": str(one),
                "intuitaccountid": realm,
                "data": {},
            }
            for one in range(first, first + number)
        ]
    ).encode()


def nonsense(chance: random.Random, realm: str) -> bytes:
    """Make something that is nearly a message, or none at all."""
    good = chance.choice([old_format, cloud_events])(realm, chance.randrange(1000), 2)
    match chance.randrange(9):
        case 0:
            return good[: chance.randrange(len(good))]
        case 1:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(300)))
        case 2:
            return b'[{"id":' * chance.choice([5, 500, 50_000])
        case 3:
            return b"[" * chance.choice([10, 100_000]) + good + b"]" * 10
        case 4:
            hurt = bytearray(good)
            for _ in range(chance.randrange(1, 20)):
                hurt[chance.randrange(len(hurt))] = chance.randrange(256)
            return bytes(hurt)
        case 5:
            odd: list[Any] = [None, True, -1, 1e308, 10**400, [], {}, "\ud800", "\x00", "é" * 5000, ["x"] * 9]
            return good.replace(
                chance.choice([b'"1.0"', b"{}", b'"Customer"', b'"Update"', f'"{realm}"'.encode()]),
                json.dumps(chance.choice(odd)).encode(),
            )
        case 6:
            return good.replace(b"2026", chance.choice([b"0001", b"9999", b"-1", b"99999", b"20 6"]))
        case 7:
            return chance.choice([b"", b"null", b"0", b'""', b"{}", b"[[]]", b"1e999999", b"9" * 5000])
        case _:
            return good.replace(b"qbo.", b"qbo.\xff").replace(b"Customer", b"\xed\xa0\x80")


def signed(body: bytes, verifier: str = VERIFIER) -> dict[str, str]:
    return {"intuit-signature": b64encode(hmac.new(verifier.encode(), body, sha256).digest()).decode()}


def memory_of(process: int) -> int:
    """Tell the most memory a process ever had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024


def test_a_flood_of_webhooks_is_taken_in_time_and_nonsense_changes_nothing(tmp_path: Path) -> None:
    with Programs(tmp_path) as programs:
        programs.connect()
        kept = programs.tieout("webhooks", "--set-up", "--verifier-file", "-", stdin=VERIFIER)
        programs.tieout("pause", "this test looks at what is kept")
        log = (tmp_path / "serve.log").open("w")
        served = programs.started(
            [*TIEOUT, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=log
        )
        assert served.stdout is not None
        url = json.loads(served.stdout.readline())["url"]
        address = f"{url}{PLACE}{kept['url'].partition(PLACE)[2]}"
        realm = programs.ready["realm_id"]
        with programs.installation() as (edges, caller), httpx2.Client(timeout=30) as http:

            def count() -> int:
                with edges.database.reading() as work:
                    (company,) = work.companies.all(caller.tenant)
                    return len(work.events.open(company.id, 1_000_000))

            def post(body: bytes, headers: dict[str, str] | None = None) -> int:
                return http.post(address, content=body, headers=headers or signed(body)).status_code

            def taken(body: bytes) -> bool:
                return post(body) == 200

            started = memory_of(served.pid)
            for number, format_ in enumerate((old_format, cloud_events), 1):
                body = format_(realm, 1, EVENTS)
                # An answer that comes too late has Intuit send it again: on a busy machine so do we.
                until("it is taken", partial(taken, body), step=1)
                assert count() == number * EVENTS
                size, again = _size(tmp_path), format_(realm, 1, SMALL)
                assert Counter(post(body) for _ in range(3)).keys() <= {200, 503}
                assert Counter(post(again) for _ in range(REPLAYS)).keys() <= {200, 503}
                assert count() == number * EVENTS
                assert _size(tmp_path) - size < 300_000

            chance, size = random.Random(20260302), _size(tmp_path)
            bodies = [nonsense(chance, realm) for _ in range(NONSENSE)]
            liars = [
                {},
                signed(b"of another body"),
                {"intuit-signature": "=" * 9000},
                {"intuit-signature": "é"},
            ]
            for body in bodies:
                headers = chance.choice([*liars, signed(body, "another verifier")])
                raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
                assert http.post(address, content=body, headers=raw).status_code in (400, 401), body
            assert count() == 2 * EVENTS, "something without a signature was kept"
            answers = Counter(post(body) for body in bodies)
            assert answers.keys() <= {200, 503}, answers
            assert count() <= 2 * EVENTS + 2 * NONSENSE
            assert _size(tmp_path) - size < 2_000_000
            assert memory_of(served.pid) < started + 400, "megabytes"
        assert served.poll() is None
        log.close()
        assert "Traceback" not in (tmp_path / "serve.log").read_text()


def _size(folder: Path) -> int:
    """Give the bytes of the database with its log."""
    return sum(one.stat().st_size for one in (folder / "home").glob("tieout.db*"))
