"""What webhooks told of, settled against the mirror: by the one look they cause, by id, or left to the checks."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.hearing import Hearing, hearing
from tests.world import World
from tieout.connections.webhooks import receive

MINUTE = timedelta(minutes=1)


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Hearing]:
    world = World(tmp_path)
    world.ready()
    with hearing(world) as made:
        made.until(world.clock.now() + 20 * MINUTE)
        made.reports.clear()
        yield made
    world.close()


def customer(fed: Hearing, name: str) -> str:
    return str(fed.world.books("POST", "customer", {"DisplayName": name})["Customer"]["Id"])


def mirrored(fed: Hearing, entity: str, qbo_id: str) -> Any:
    company = fed.company.id
    with fed.world.edges.database.reading() as work:
        return work.records.get(company, entity, qbo_id)


def reads(fed: Hearing) -> int:
    return sum(fed.metered().values())


def test_a_burst_of_changes_is_one_look_of_one_read(fed: Hearing) -> None:
    before = reads(fed)
    names = [customer(fed, f"Customer {number}") for number in range(7)]
    fed.until(fed.world.clock.now() + MINUTE)
    assert all(mirrored(fed, "Customer", one) for one in names)
    assert fed.open_events() == []
    assert len(fed.reports) == 1
    assert reads(fed) - before == 1


def test_a_merged_customer_is_gone_here_and_says_into_which(fed: Hearing) -> None:
    kept, gone = customer(fed, "Ada's Bakery"), customer(fed, "Adas Bakery")
    fed.until(fed.world.clock.now() + MINUTE)
    fed.world.control("POST", "merge", {"entity": "Customer", "gone": gone, "kept": kept})
    fed.until(fed.world.clock.now() + MINUTE)
    row = mirrored(fed, "Customer", gone)
    assert (row.deleted, row.merged_into) == (True, kept)
    assert not mirrored(fed, "Customer", kept).deleted
    assert fed.open_events() == []


def test_a_merge_that_leaves_an_inactive_record_leaves_it_here_too(fed: Hearing) -> None:
    kept, gone = customer(fed, "Ada's Bakery"), customer(fed, "Adas Bakery")
    fed.until(fed.world.clock.now() + MINUTE)
    fed.world.control(
        "POST", "merge", {"entity": "Customer", "gone": gone, "kept": kept, "leaves": "inactive"}
    )
    fed.until(fed.world.clock.now() + 10 * MINUTE)
    row = mirrored(fed, "Customer", gone)
    assert (row.deleted, row.active) == (False, False)
    assert fed.open_events() == []


def test_what_the_feed_does_not_cover_is_fetched_by_its_id(fed: Hearing) -> None:
    made = fed.world.books("POST", "taxagency", {"DisplayName": "Department of Revenue"})["TaxAgency"]
    fed.until(fed.world.clock.now() + MINUTE)
    assert mirrored(fed, "TaxAgency", str(made["Id"])) is not None
    assert fed.open_events() == []


def test_what_quickbooks_never_shows_is_looked_for_a_few_times_and_then_given_up(fed: Hearing) -> None:
    before = reads(fed)
    tell(fed, "qbo.customer.updated.v1", "987654")
    fed.until(fed.world.clock.now() + 14 * MINUTE)
    assert fed.open_events() == []
    # Three looks, each with one question by id; then the company comes to rest.
    assert reads(fed) - before == 6
    assert {report.state for report in fed.reports} == {"succeeded"}


def test_a_deletion_is_here_within_a_minute(fed: Hearing) -> None:
    world = fed.world
    payer = customer(fed, "Ada's Bakery")
    paid = str(world.pay(payer, {}, total="10")["Id"])
    fed.until(world.clock.now() + MINUTE)
    assert mirrored(fed, "Payment", paid) is not None
    world.delete("Payment", paid)
    fed.until(world.clock.now() + MINUTE)
    assert mirrored(fed, "Payment", paid).deleted
    assert fed.open_events() == []


def test_an_event_about_what_is_known_already_wakes_nobody(fed: Hearing) -> None:
    one = customer(fed, "Ada's Bakery")
    fed.until(fed.world.clock.now() + MINUTE)
    before, due = reads(fed), fed.company.due_at
    row = mirrored(fed, "Customer", one)
    tell(fed, "qbo.customer.updated.v1", one, at=f"{row.updated_at:%Y-%m-%dT%H:%M:%S}.9Z")
    assert fed.open_events() == []
    assert fed.company.due_at == due
    assert reads(fed) == before


def tell(fed: Hearing, kind: str, qbo_id: str, at: str = "") -> None:
    """Post an event that qbosim would not send."""
    event = {
        "specversion": "1.0",
        "id": f"made up {kind} {qbo_id} {at}",
        "source": "intuit.made-up",
        "type": kind,
        "time": at or f"{fed.world.clock.now():%Y-%m-%dT%H:%M:%S}Z",
        "intuitentityid": qbo_id,
        "intuitaccountid": fed.world.simulator.realm_id,
    }
    body = json.dumps([event]).encode()
    signature = b64encode(hmac.new(fed.verifier.encode(), body, sha256).digest()).decode()
    receive(fed.world.edges, fed.door, body, signature)
