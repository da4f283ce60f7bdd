"""Matching the host's clients to the customers of the books.

Equal names are exact only when both are alone with the name and nothing else contradicts. Everything that
merely looks alike is offered for review with the reasons: nothing is taken silently because it is close.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from tieout.domain.documents import Client
from tieout.domain.matching.blocking import Index, groups
from tieout.domain.matching.verdicts import EQUAL_MAX, Candidate, Pair, Suggestion, suggestions
from tieout.domain.names import legal_form, normalised, words_of
from tieout.domain.seen import SeenParty

ALIKE = 76
"""Names less alike than this are offered only when something else speaks for them."""
HARDLY_ALIKE = 45
"""Names less alike than this are not offered for an e-mail, phone or address they share."""
CONTAINED = 80
"""How alike a name is to one that holds all its words and more: `Blue Heron`, `Blue Heron Landscaping`."""
SHARED_MAX = 25
"""An address or a number that more customers share than this belongs to none of them."""
PHONE_DIGITS_MIN = 7
PHONE_DIGITS_MAX = 9
"""Phones are compared by their last digits, since country and trunk prefixes come and go."""
SAME_TAX_ID = "the same tax id"
SAME_EMAIL = "the same e-mail address"
PERSONAL = frozenset({SAME_TAX_ID, SAME_EMAIL})
"""What is offered for review whatever the names are."""
CONTRADICTION = 6
"""What each thing that speaks against a match takes off its score."""

_DELETED = re.compile(r"\s*\(deleted(?:-\d+)?\)\s*$", re.IGNORECASE)
_ADDRESSES = re.compile(r"[\s,;<>]+")


@dataclass(frozen=True)
class _Party:
    """A client or a customer, made comparable."""

    key: str
    name: str
    family: str
    """Of its legal form."""
    above: str | None
    """Its parent's normalised name; "" at the top; None when the parent has no usable name."""
    active: bool
    emails: frozenset[str] = frozenset()
    phone: str = ""
    tax_id: str = ""
    postcode: str = ""
    street: str = ""
    currency: str = ""
    second: str = ""
    """A second name: the company that a customer with a personal name works for."""
    sorted_name: str = ""
    words: frozenset[str] = field(default_factory=frozenset)


def match_clients(clients: Sequence[Client], parties: Sequence[SeenParty]) -> list[Suggestion]:
    """Find for each client the customers it may be, in the order of the clients.

    A client that belongs to another is compared with sub-customers first and with customers at the top for
    review only; a client of its own is never compared with a sub-customer. Inactive ones are never exact.
    The order of either list changes nothing in what each client is told.
    """
    ours = _from_clients(clients)
    theirs = {party.key: party for party in _from_parties(parties)}
    by_place = groups((_place(party), party.key) for party in theirs.values() if party.active)
    index = Index({party.key: party.name for party in theirs.values()})
    second = Index({party.key: party.second for party in theirs.values() if party.second})
    shared = groups((mark, party.key) for party in theirs.values() for mark in _marks(party))
    pairs: list[Pair] = []
    for client in ours:
        if not client.name:
            continue
        equal = by_place.get(_place(client), [])[:EQUAL_MAX]
        found = [pair for key in equal if (pair := _compared(client, theirs[key]))]
        pairs.extend(found)
        if len(found) == 1 and not found[0].contradicted:
            # Nothing can come closer: what merely looks alike would only be in the way.
            continue
        near = {*index.near(client.name), *second.near(client.name)}.difference(equal)
        for mark in _marks(client):
            sharing = shared.get(mark, [])
            if len(sharing) <= SHARED_MAX:
                near.update(key for key in sharing if key not in equal)
        for key in near:
            pair = _compared(client, theirs[key])
            if pair is not None:
                pairs.append(pair)
    return suggestions((client.ref for client in clients), pairs)


def _compared(client: _Party, party: _Party) -> Pair | None:
    if not party.name or (client.above == "" and party.above != ""):
        return None
    against: list[str] = []
    if client.name == party.name:
        likeness = 100
        same_place = client.above is not None and client.above == party.above
        reasons = ["the same name"]
        against += _place_contradiction(client, party)
    else:
        same_place = False
        likeness, reasons = _likeness(client, party)
    agreeing, bonus = _agreements(client, party)
    if likeness < ALIKE and not agreeing:
        return None
    if likeness < HARDLY_ALIKE and not PERSONAL & set(agreeing):
        return None
    against += _contradictions(client, party)
    if not party.active:
        against.append("it is inactive in QuickBooks")
    if not client.active:
        against.append("the client is inactive")
    full = 100 if likeness == 100 else min(99, max(likeness, HARDLY_ALIKE) + bonus)
    score = full - CONTRADICTION * len(against)
    return Pair(
        client.key,
        Candidate(party.key, max(1, score), (*reasons, *agreeing, *against)),
        equal=likeness == 100 and same_place,
        live=party.active,
        contradicted=bool(against),
    )


def _likeness(client: _Party, party: _Party) -> tuple[int, list[str]]:
    """Compare two names that differ: 0 to 99, and the words for it."""
    straight = fuzz.ratio(client.name, party.name)
    turned = fuzz.ratio(client.sorted_name, party.sorted_name)
    best, words = straight, "a similar name"
    if turned > best:
        best = turned
        words = "the same words in another order" if turned == 100 else "similar words in another order"
    fewer, more = sorted((client.words, party.words), key=len)
    if fewer and fewer < more and best < CONTAINED and max(map(len, fewer)) >= 4:
        best, words = CONTAINED, "all words of the shorter name"
    if party.second:
        as_company = 99.0 if party.second == client.name else fuzz.ratio(client.name, party.second) - 5
        if as_company > best:
            best = as_company
            words = "the same company name" if party.second == client.name else "a similar company name"
    return min(99, int(best)), [words] if best >= HARDLY_ALIKE else []


def _agreements(client: _Party, party: _Party) -> tuple[list[str], int]:
    """Name what else is the same, and what it adds to the score."""
    found: list[tuple[str, int]] = []
    if client.tax_id and client.tax_id == party.tax_id:
        found.append((SAME_TAX_ID, 30))
    if client.emails & party.emails:
        found.append((SAME_EMAIL, 15))
    elif _business_domains(client) & _business_domains(party):
        found.append(("the same e-mail domain", 8))
    if client.phone and client.phone == party.phone:
        found.append(("the same phone", 10))
    if client.postcode and client.postcode == party.postcode:
        if client.street and client.street == party.street:
            found.append(("the same address", 10))
        else:
            found.append(("the same postcode", 3))
    # A postcode alone is a whole town's.
    if [words for words, _ in found] == ["the same postcode"] and fuzz.ratio(client.name, party.name) < ALIKE:
        return [], 0
    return [words for words, _ in found], sum(worth for _, worth in found)


def _contradictions(client: _Party, party: _Party) -> list[str]:
    """Name what says that the two are not the same, as far as both tell."""
    found: list[str] = []
    if client.tax_id and party.tax_id and client.tax_id != party.tax_id:
        found.append("another tax id")
    strangers = not client.emails & party.emails and not _business_domains(client) & _business_domains(party)
    if client.emails and party.emails and strangers:
        found.append("another e-mail address")
    if client.postcode and party.postcode and client.postcode != party.postcode:
        found.append("another postcode")
    if client.currency and party.currency and client.currency != party.currency:
        found.append("another currency")
    if client.family and party.family and client.family != party.family:
        found.append("another legal form")
    return found


def _place_contradiction(client: _Party, party: _Party) -> list[str]:
    if client.above is not None and client.above == party.above:
        return []
    return ["it stands at the top there"] if party.above == "" else ["it belongs to another customer there"]


def _place(party: _Party) -> str:
    """Say a name together with whom it belongs to; "" when either is not known."""
    return f"{party.above}:{party.name}" if party.name and party.above is not None else ""


def _business_domains(party: _Party) -> set[str]:
    return {domain for email in party.emails if (domain := _domain(email)) not in MAIL_PROVIDERS}


def _domain(email: str) -> str:
    """Keep of a domain what its owner registered: `mail.acme.co.uk` is `acme.co.uk`."""
    labels = email.rpartition("@")[2].split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])


def _marks(party: _Party) -> list[str]:
    """Name what may find a party whatever its name is."""
    marks = [f"mail {email}" for email in sorted(party.emails)]
    marks += [f"phone {party.phone}"] if party.phone else []
    marks += [f"tax {party.tax_id}"] if party.tax_id else []
    return marks


def _from_clients(clients: Iterable[Client]) -> list[_Party]:
    every = {client.ref: client for client in clients}
    names = {ref: client.name for ref, client in every.items()}
    return [
        _party(client.ref, client.name, _above(client.parent, names), client) for client in every.values()
    ]


def _from_parties(parties: Iterable[SeenParty]) -> list[_Party]:
    names = {party.qbo_id: party.name for party in parties}
    return [
        _party(
            party.qbo_id,
            party.name if party.active else _DELETED.sub("", party.name),
            _above(party.parent, names),
            party,
            second=normalised(party.company_name),
        )
        for party in parties
    ]


def _above(parent: str, names: Mapping[str, str]) -> str | None:
    return (normalised(names.get(parent, "")) or None) if parent else ""


def _party(key: str, name: str, above: str | None, record: Client | SeenParty, second: str = "") -> _Party:
    usual = normalised(name)
    words = usual.split()
    digits = "".join(sign for sign in record.phone if sign.isdigit())
    return _Party(
        key=key,
        name=usual,
        family=legal_form(name),
        above=above,
        active=record.active,
        emails=frozenset(
            part for part in _ADDRESSES.split(record.email.casefold()) if "@" in part.strip("@")
        ),
        phone=digits[-PHONE_DIGITS_MAX:] if len(digits) >= PHONE_DIGITS_MIN else "",
        tax_id="".join(sign for sign in record.tax_id.casefold() if sign.isalnum()),
        postcode=_postcode(record.address.postcode),
        street=" ".join(words_of(record.address.street)),
        currency=record.currency,
        second=second if second != usual else "",
        sorted_name=" ".join(sorted(words)),
        words=frozenset(words),
    )


def _postcode(text: str) -> str:
    """Make a postcode comparable; the four digits that the US may add after five say nothing new."""
    us = re.fullmatch(r"\s*(\d{5})[-\s]?\d{4}\s*", text)
    return us[1] if us else "".join(sign for sign in text.casefold() if sign.isalnum())


MAIL_PROVIDERS = frozenset(
    {
        "aol.com",
        "bigpond.com",
        "btinternet.com",
        "comcast.net",
        "free.fr",
        "gmail.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "libero.it",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "orange.fr",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "t-online.de",
        "verizon.net",
        "wanadoo.fr",
        "web.de",
        "yahoo.co.uk",
        "yahoo.com",
        "yandex.ru",
        "zoho.com",
    }
)
"""Domains where anybody has an address: sharing one says nothing."""
