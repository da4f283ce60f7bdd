"""Looking for drift on a linked document, and opening or closing its one issue."""

from __future__ import annotations

from dataclasses import replace

from tieout.domain.documents import title
from tieout.domain.drift import Difference, differences, gravest, signature
from tieout.domain.issues import Finding
from tieout.domain.links import Link
from tieout.domain.seen import SeenDocument
from tieout.storage.unit_of_work import Work
from tieout.sync.round import Round

REMEDIES = {
    "drift.deleted": "Make it anew in QuickBooks (push ours), void it at the host (accept theirs), or leave it so",
    "drift.voided": "Make it anew in QuickBooks (push ours), void it at the host (accept theirs), or leave it so",
}
REMEDY = "Restore ours in QuickBooks (push ours), take theirs into the host (accept theirs), or leave it so"


def look_for_drift(round_: Round, work: Work, link: Link, now_seen: SeenDocument | None) -> None:
    """Compare a linked document with its baseline, inside the caller's transaction.

    An echo of our own write, and a payment that only moved the balance, differ in nothing and leave no trace.
    """
    assert isinstance(link.baseline, SeenDocument), (
        f"{link.kind} {link.host_ref} was linked without a baseline"
    )
    if link.state in ("voided", "deleted") and (now_seen is None or now_seen.voided):
        _clear(round_, work, link, "both sides have it no longer in force")
        return
    if now_seen is not None and _is_older(now_seen, link):
        return
    if now_seen is not None and not now_seen.voided and _is_being_restored(round_, work, link):
        work.links.replace(replace(link, sync_token=now_seen.sync_token))
        return
    found = differences(link.baseline, now_seen)
    if not found:
        _clear(round_, work, link, "the change was undone in QuickBooks")
        fresh = replace(link, state="linked") if link.state == "drifted" else link
        work.links.replace(replace(fresh, sync_token=now_seen.sync_token if now_seen else link.sync_token))
        if link.state == "drifted":
            work.pushes.release_waiting(round_.company.id, now=round_.edges.clock.now())
        return
    _open(round_, work, link, found)
    work.links.replace(
        replace(link, state="drifted", sync_token=now_seen.sync_token if now_seen else link.sync_token)
    )


def _is_being_restored(round_: Round, work: Work, link: Link) -> bool:
    """Tell whether a person chose ours and the push that restores it has not gone yet."""
    return not link.intended and bool(work.pushes.open_of(round_.company.id, link.kind, link.host_ref))


def _is_older(seen: SeenDocument, link: Link) -> bool:
    """Tell whether the mirror's copy is older than what a write of ours answered."""
    return (
        seen.sync_token.isdigit()
        and link.sync_token.isdigit()
        and int(seen.sync_token) < int(link.sync_token)
    )


def _open(round_: Round, work: Work, link: Link, found: tuple[Difference, ...]) -> None:
    now = round_.edges.clock.now()
    record = work.intents.get(round_.company.id, link.kind, link.host_ref)
    label = title(record) if record is not None else f"{link.kind.value} {link.host_ref}"
    kind = gravest(found)
    finding = Finding(
        kind=kind,
        record_kind=link.kind.value,
        record=link.host_ref,
        label=label,
        what=_what(kind, label, found),
        why="; ".join(f"{one.field}: ours {one.ours}, QuickBooks {one.theirs}" for one in found[:5])
        + (f"; and {len(found) - 5} more" if len(found) > 5 else ""),
        remedy=REMEDIES.get(kind, REMEDY),
        signature=signature(found),
        facts={
            "qbo_id": link.qbo_id,
            "differences": [{"field": one.field, "ours": one.ours, "theirs": one.theirs} for one in found],
        },
    )
    work.issues.clear(
        round_.company.id,
        "drift.",
        link.kind.value,
        link.host_ref,
        now=now,
        how="another change is graver now",
        keep=kind,
    )
    opened = work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
    if opened.is_new or opened.reopened:
        work.timeline.add(
            round_.company.id,
            link.kind,
            link.host_ref,
            at=now,
            what="drift",
            detail=finding.why,
            qbo_id=link.qbo_id,
            actor="QuickBooks",
        )


def _what(kind: str, label: str, found: tuple[Difference, ...]) -> str:
    if kind == "drift.total":
        total = next(one for one in found if one.kind == kind)
        return f"The total of {label} was changed in QuickBooks from {total.ours} to {total.theirs}"
    words = {
        "drift.deleted": "was deleted in QuickBooks",
        "drift.voided": "was voided in QuickBooks",
        "drift.lines": "has other lines in QuickBooks",
        "drift.customer": "is billed to somebody else in QuickBooks",
        "drift.dates": "has another date in QuickBooks",
        "drift.number": "has another number in QuickBooks",
    }
    return f"{label} {words[kind]}"


def _clear(round_: Round, work: Work, link: Link, how: str) -> None:
    now = round_.edges.clock.now()
    work.issues.clear(round_.company.id, "drift.", link.kind.value, link.host_ref, now=now, how=how)
    # A push that stood behind that issue is looked at again: nothing says why it is held any more.
    work.pushes.unblock(round_.company.id, link.kind, link.host_ref, now=now)
