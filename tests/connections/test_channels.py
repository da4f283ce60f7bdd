"""Notices reach people: by mail over a real server, by signed posts to a real program, at least once, and never inside."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.connections.mailbox import Mailbox, Program, free_port, mail_server, program
from tests.world import World
from tieout.connections.channels import (
    add_channel,
    list_channels,
    list_deliveries,
    remove_channel,
)
from tieout.connections.channels import (
    test_channel as try_channel,
)
from tieout.connections.delivering import PAUSES, deliver_due
from tieout.connections.posting import is_public, target_of
from tieout.edges import Edges
from tieout.kit.errors import Invalid, NotFound, Unreachable
from tieout.security.callers import owner
from tieout.security.notices import News, list_notices, over, see_notice, tell

NEWS = News(
    "connection.lost", "co_1", "The connection needs attention", "Blue Heron Boats", "revoked", "Reconnect"
)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def listener() -> Iterator[Program]:
    with program() as running:
        yield running


@pytest.fixture
def edges(small_world: World, box: Mailbox) -> Edges:
    outgoing = replace(
        small_world.edges.outgoing,
        smtp_url=f"smtp://127.0.0.1:{box.port}",
        mail_from="tieout@example.com",
        private_webhooks=True,
    )
    return replace(small_world.edges, outgoing=outgoing)


def told(edges: Edges, news: News = NEWS, tenant: str = "main") -> bool:
    with edges.database.transaction() as work:
        return tell(edges, work, tenant, news)


def ended(edges: Edges, news: News = NEWS) -> None:
    with edges.database.transaction() as work:
        over(edges, work, "main", news.kind, news.about)


def test_a_notice_is_mailed_once_while_it_stands_and_again_when_it_returns(
    small_world: World, edges: Edges, box: Mailbox
) -> None:
    add_channel(edges, small_world.caller, kind="email", address="books@example.com")
    assert told(edges)
    assert not told(edges)
    assert deliver_due(edges) == 1
    assert deliver_due(edges) == 0
    (letter,) = box.letters
    assert letter["To"] == "books@example.com"
    assert letter["From"] == "tieout@example.com"
    assert letter["Subject"] == "Tieout: The connection needs attention"
    text = letter.get_content()
    assert all(part in text for part in (NEWS.what, NEWS.record, NEWS.why, NEWS.remedy))
    ended(edges)
    assert told(edges)
    deliver_due(edges)
    assert len(box.letters) == 2
    assert [one.times for one in list_notices(edges, small_world.caller)] == [2, 1]


def test_a_post_is_signed_so_that_its_receiver_can_check_it(
    small_world: World, edges: Edges, listener: Program
) -> None:
    added = add_channel(edges, small_world.caller, kind="webhook", address=f"{listener.url}/notices")
    assert added.secret is not None
    told(edges)
    assert deliver_due(edges) == 1
    ((headers, body),) = listener.posts
    moment, _, given = headers["tieout-signature"].partition(",v1=")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert given == hmac.new(added.secret.value.encode(), signed, hashlib.sha256).hexdigest()
    said = json.loads(body)
    assert (said["kind"], said["what"], said["remedy"]) == (NEWS.kind, NEWS.what, NEWS.remedy)
    assert said["delivery"] == headers["tieout-delivery"]


def test_what_fails_is_tried_again_with_growing_pauses_and_told_of_through_what_works(
    small_world: World, edges: Edges, box: Mailbox, listener: Program
) -> None:
    added = add_channel(edges, small_world.caller, kind="webhook", address=listener.url)
    add_channel(edges, small_world.caller, kind="email", address="books@example.com")
    listener.answers = [500] * 3
    told(edges)
    for pause in PAUSES[:3]:
        deliver_due(edges)
        small_world.pass_time(pause.total_seconds() + 1)
    kinds = [one.kind for one in list_notices(edges, small_world.caller, standing=True)]
    assert "channel.failing" in kinds
    assert deliver_due(edges) == 2
    assert [letter["Subject"] for letter in box.letters] == [
        "Tieout: The connection needs attention",
        "Tieout: Notices do not arrive at a channel",
    ]
    marks = {headers["tieout-delivery"] for headers, _ in listener.posts}
    assert len(listener.posts) == 4
    assert len(marks) == 1, "a receiver tells a repeated post by its mark"
    kinds = [one.kind for one in list_notices(edges, small_world.caller, standing=True)]
    assert kinds == ["connection.lost"]
    (delivery,) = list_deliveries(edges, small_world.caller, channel=added.channel.id)
    assert (delivery.state, delivery.attempts) == ("delivered", 4)


def test_a_delivery_that_never_succeeds_is_given_up_and_says_why(
    small_world: World, edges: Edges, listener: Program
) -> None:
    add_channel(edges, small_world.caller, kind="email", address="full@example.com")
    told(edges)
    for pause in (*PAUSES, PAUSES[-1]):
        deliver_due(edges)
        small_world.pass_time(pause.total_seconds() + 1)
    delivery = list_deliveries(edges, small_world.caller)[-1]
    assert delivery.state == "failed"
    assert delivery.attempts == len(PAUSES) + 1
    assert "mailbox is full" in delivery.error


def test_a_sender_that_dies_over_a_delivery_leaves_it_to_the_next(
    small_world: World, edges: Edges, box: Mailbox
) -> None:
    add_channel(edges, small_world.caller, kind="email", address="books@example.com")
    told(edges)
    now = edges.clock.now()
    with edges.database.transaction() as work:
        assert len(work.notices.claim_due(now=now, again_at=now + PAUSES[1], limit=5)) == 1
    assert deliver_due(edges) == 0, "somebody else has it"
    small_world.pass_time(PAUSES[1].total_seconds() + 1)
    assert deliver_due(edges) == 1
    assert len(box.letters) == 1


def test_a_channel_gets_only_what_is_grave_enough_for_it(
    small_world: World, edges: Edges, box: Mailbox
) -> None:
    add_channel(edges, small_world.caller, kind="email", address="night@example.com", least="error")
    add_channel(edges, small_world.caller, kind="email", address="day@example.com", least="info")
    told(edges)
    told(edges, replace(NEWS, about="co_2", severity="error"))
    told(edges, replace(NEWS, about="co_3", severity="info"))
    deliver_due(edges)
    sent = sorted(letter["To"] for letter in box.letters)
    assert sent == ["day@example.com"] * 3 + ["night@example.com"]


def test_another_tenant_neither_sees_nor_gets_nor_touches_anything(
    small_world: World, edges: Edges, box: Mailbox
) -> None:
    added = add_channel(edges, small_world.caller, kind="email", address="books@example.com")
    told(edges)
    (notice,) = list_notices(edges, small_world.caller)
    other = owner("other", "test")
    told(edges, tenant="other")
    deliver_due(edges)
    assert len(box.letters) == 1
    assert list_channels(edges, other) == []
    assert list_deliveries(edges, other) == []
    assert notice.id not in [one.id for one in list_notices(edges, other)]
    for refused in (
        lambda: see_notice(edges, other, notice=notice.id),
        lambda: remove_channel(edges, other, channel=added.channel.id),
        lambda: try_channel(edges, other, channel=added.channel.id),
    ):
        with pytest.raises(NotFound):
            refused()


def test_a_notice_that_was_seen_says_by_whom_and_stands_on(small_world: World, edges: Edges) -> None:
    told(edges)
    (notice,) = list_notices(edges, small_world.caller, unseen=True)
    seen = see_notice(edges, small_world.caller, notice=notice.id)
    assert (seen.seen_by, seen.over_at) == ("owner", None)
    assert list_notices(edges, small_world.caller, unseen=True) == []
    assert len(list_notices(edges, small_world.caller, standing=True)) == 1


def test_a_trial_says_at_once_whether_it_arrived(
    small_world: World, edges: Edges, listener: Program, box: Mailbox
) -> None:
    added = add_channel(edges, small_world.caller, kind="webhook", address=listener.url)
    try_channel(edges, small_world.caller, channel=added.channel.id)
    assert json.loads(listener.posts[0][1])["kind"] == "channel.test"
    listener.answers = [302]
    with pytest.raises(Unreachable) as refused:
        try_channel(edges, small_world.caller, channel=added.channel.id)
    assert "redirects are not followed" in refused.value.reason
    assert listener.gets == []


def test_nothing_is_posted_into_this_network_or_in_the_open_unless_the_operator_allows_it(
    small_world: World, edges: Edges, listener: Program
) -> None:
    strict = replace(edges, outgoing=replace(edges.outgoing, private_webhooks=False))
    for address in (
        listener.url,
        listener.url.replace("http:", "https:"),
        "https://localhost/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://10.0.0.8/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://user:password@93.184.216.34/x",
        "ftp://93.184.216.34/x",
        "https:///x",
        "not an address",
    ):
        with pytest.raises(Invalid) as refused:
            add_channel(strict, small_world.caller, kind="webhook", address=address)
        assert all(refused.value.parts().values()), address
    assert listener.posts == []
    assert list_channels(strict, small_world.caller) == []


def test_an_address_that_turned_inward_later_is_refused_when_it_is_sent_to(
    small_world: World, edges: Edges, listener: Program
) -> None:
    add_channel(edges, small_world.caller, kind="webhook", address=listener.url)
    strict = replace(edges, outgoing=replace(edges.outgoing, private_webhooks=False))
    told(strict)
    assert deliver_due(strict) == 0
    assert listener.posts == []


def test_a_post_goes_to_the_very_machine_that_was_looked_at() -> None:
    target = target_of("https://93.184.216.34:8443/path?a=b", private=False)
    assert target.pinned == "https://93.184.216.34:8443/path?a=b"
    assert (target.host, target.name) == ("93.184.216.34:8443", "93.184.216.34")
    named = target_of("http://localhost:8080/x", private=True)
    assert named.name == "localhost"
    assert named.pinned in ("http://127.0.0.1:8080/x", "http://[::1]:8080/x")


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("2002:7f00:1::", False),
        ("::", False),
    ],
)
def test_what_is_an_address_of_the_open_internet_is_known(number: str, public: bool) -> None:
    assert is_public(number) is public


def test_mail_needs_a_server_and_an_address(small_world: World, edges: Edges) -> None:
    for address in ("", "books", "a@b@c", "Books <books@example.com>", "a@example.com\nBcc: x@example.com"):
        with pytest.raises(Invalid):
            add_channel(edges, small_world.caller, kind="email", address=address)
    with pytest.raises(Invalid) as refused:
        add_channel(small_world.edges, small_world.caller, kind="email", address="books@example.com")
    assert refused.value.record == "TIEOUT_SMTP_URL"


def test_a_mail_server_that_does_not_answer_is_named_in_the_reason(small_world: World, edges: Edges) -> None:
    gone = replace(edges, outgoing=replace(edges.outgoing, smtp_url=f"smtp://127.0.0.1:{free_port()}"))
    added = add_channel(gone, small_world.caller, kind="email", address="books@example.com")
    with pytest.raises(Unreachable) as refused:
        try_channel(gone, small_world.caller, channel=added.channel.id)
    assert "127.0.0.1" in refused.value.reason


def test_a_subject_with_line_breaks_makes_no_header(small_world: World, edges: Edges, box: Mailbox) -> None:
    add_channel(edges, small_world.caller, kind="email", address="books@example.com")
    told(edges, replace(NEWS, what="Line one\r\nBcc: thief@example.com"))
    assert deliver_due(edges) == 1
    (letter,) = box.letters
    assert letter["Bcc"] is None
    assert letter["To"] == "books@example.com"


def test_the_signing_secret_is_sealed_in_the_database_and_shown_once(
    small_world: World, edges: Edges, listener: Program
) -> None:
    added = add_channel(edges, small_world.caller, kind="webhook", address=listener.url)
    assert added.secret is not None
    assert added.secret.value not in str(list_channels(edges, small_world.caller))
    stored = (small_world.folder / "tieout.db").read_bytes()
    assert added.secret.value.encode() not in stored
