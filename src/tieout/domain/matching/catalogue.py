"""Matching services to items, terms to terms, and tax regions to tax codes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rapidfuzz import fuzz

from tieout.domain.documents import Service, TaxRegion, Term
from tieout.domain.matching.blocking import Index, groups
from tieout.domain.matching.verdicts import EQUAL_MAX, Candidate, Pair, Suggestion, suggestions
from tieout.domain.names import plain
from tieout.domain.seen import SeenItem, SeenTaxCode, SeenTerm

ALIKE = 78
NOT_SOLD = frozenset({"Category", "Group"})
"""Items that cannot stand on a line: a category only files others, a bundle stands for several."""
PSEUDO_CODES = frozenset({"TAX", "NON"})
"""In the US these say only whether a line is taxable; they carry no rate."""


def match_services(services: Sequence[Service], items: Sequence[SeenItem]) -> list[Suggestion]:
    """Find for each service the items it may be: by SKU, by name, or by a similar name for review.

    Categories and bundles are left out. A service whose SKU is one item's and whose name is another's is
    ambiguous.
    """
    sold = {item.qbo_id: item for item in items if item.type not in NOT_SOLD}
    names = {key: plain(item.name) for key, item in sold.items()}
    by_sku = groups((plain(item.sku), key) for key, item in sold.items())
    by_name = groups((name, key) for key, name in names.items())
    index = Index(names)
    pairs: list[Pair] = []
    for service in services:
        name, sku = plain(service.name), plain(service.sku)
        near = {*by_sku.get(sku, ())[:EQUAL_MAX], *by_name.get(name, ())[:EQUAL_MAX], *index.near(name)}
        for key in near:
            pair = _service_pair(service, name, sku, sold[key], names[key])
            if pair is not None:
                pairs.append(pair)
    return suggestions((service.ref for service in services), pairs)


def match_terms(terms: Sequence[Term], seen: Sequence[SeenTerm]) -> list[Suggestion]:
    """Find for each term those of the books: exact with the same name and days, else for review."""
    pairs: list[Pair] = []
    for term in terms:
        for other in seen:
            same_name = bool(plain(term.name)) and plain(term.name) == plain(other.name)
            same_days = term.due_days == other.due_days
            reasons: list[str] = []
            against: list[str] = []
            if same_name:
                reasons.append("the same name")
            if same_days:
                reasons.append(f"the same {term.due_days} days")
            elif same_name:
                against.append(
                    "it falls due on a day of the month there"
                    if other.due_days is None
                    else f"{other.due_days} days there"
                )
            if not reasons:
                continue
            against += _inactive(term.active, other.active)
            pairs.append(
                _pair(
                    term.ref,
                    other.qbo_id,
                    same_name,
                    other.active,
                    100 if same_name else 75,
                    reasons,
                    against,
                )
            )
    return suggestions((term.ref for term in terms), pairs)


def match_tax_regions(regions: Sequence[TaxRegion], codes: Sequence[SeenTaxCode]) -> list[Suggestion]:
    """Find for each tax region the tax codes of the books: exact with the same name and rate.

    The US pseudo codes TAX and NON are never offered: they carry no rate.
    """
    real = [code for code in codes if not {code.qbo_id.upper(), code.name.strip().upper()} & PSEUDO_CODES]
    pairs: list[Pair] = []
    for region in regions:
        name = plain(region.name)
        for code in real:
            same_name = bool(name) and name == plain(code.name)
            likeness = 100 if same_name else int(fuzz.ratio(name, plain(code.name)))
            same_rate = code.rate is not None and code.rate == region.rate
            reasons: list[str] = []
            against: list[str] = []
            if same_name:
                reasons.append("the same name")
            elif likeness >= ALIKE:
                reasons.append("a similar name")
            if same_rate:
                reasons.append(f"the same rate, {_percent(region.rate)}")
            elif reasons:
                against.append(
                    "its rate is not known"
                    if code.rate is None
                    else f"the rate there is {_percent(code.rate)}"
                )
            if not reasons:
                continue
            against += _inactive(region.active, code.active)
            score = 100 if same_name else max(70, min(95, likeness)) if same_rate else min(90, likeness)
            pairs.append(_pair(region.ref, code.qbo_id, same_name, code.active, score, reasons, against))
    return suggestions((region.ref for region in regions), pairs)


def _service_pair(service: Service, name: str, sku: str, item: SeenItem, item_name: str) -> Pair | None:
    item_sku = plain(item.sku)
    same_sku = bool(sku) and sku == item_sku
    same_name = bool(name) and name == item_name
    reasons: list[str] = []
    against: list[str] = []
    if same_sku:
        reasons.append("the same SKU")
    elif sku and item_sku:
        against.append(f"its SKU is {item.sku}")
    score = 100
    if same_name:
        reasons.append("the same name")
    else:
        likeness = int(max(fuzz.ratio(name, item_name), fuzz.token_sort_ratio(name, item_name) - 1))
        if likeness >= ALIKE:
            reasons.append("a similar name")
            score = 98 if same_sku else min(97, likeness)
        elif same_sku:
            score = 95
        else:
            return None
    against += _inactive(service.active, item.active)
    return _pair(service.ref, item.qbo_id, same_sku or same_name, item.active, score, reasons, against)


def _pair(
    ref: str, qbo_id: str, equal: bool, live: bool, score: int, reasons: list[str], against: list[str]
) -> Pair:
    candidate = Candidate(qbo_id, max(1, score - 10 * len(against)), (*reasons, *against))
    return Pair(ref, candidate, equal=equal, live=live, contradicted=bool(against))


def _inactive(ours: bool, theirs: bool) -> list[str]:
    found = [] if theirs else ["it is inactive in QuickBooks"]
    return found if ours else [*found, "it is inactive at the host"]


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %"
