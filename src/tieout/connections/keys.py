"""The keys that secrets are sealed with: a new one put in front, every box sealed anew, old ones put away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tieout.connections.sealing import access_token, app_row, refresh_token, token_row
from tieout.connections.webhooks import seal_row
from tieout.domain.permissions import OPERATE
from tieout.edges import Edges
from tieout.kit.crypto import Sealed
from tieout.kit.errors import Invalid, Refused
from tieout.security.operation import Errand, errand
from tieout.storage.boxes import Box
from tieout.storage.channels import secret_row
from tieout.storage.grants import StoredGrant
from tieout.storage.unit_of_work import Work

BATCH: Final = 200
"""Boxes that one transaction seals anew."""


@dataclass(frozen=True)
class KeysShown:
    """Which keys there are and what is sealed with each; never a key itself."""

    newest: str
    """The key that seals now."""
    boxes: dict[str, int]
    """How many secrets each key seals; a key that seals none can be retired."""
    missing: tuple[str, ...] = ()
    """Keys that secrets are sealed with and that are not in the key file."""
    resealed: int = 0
    retired: tuple[str, ...] = ()


@errand("keys.show", needs=OPERATE, writes=False)
def show_keys(act: Errand) -> KeysShown:
    """Show which keys there are, and how many secrets are sealed with each."""
    return _shown(act.edges)


@errand("keys.rotate", needs=OPERATE, writes=True)
def rotate_keys(act: Errand) -> KeysShown:
    """Put a new key in front and seal every secret with it; running processes follow by themselves.

    The key file as it was stays beside it. Cut off anywhere, it is simply run again.
    """
    edges = act.edges
    before = edges.keys.now().newest
    edges.key_file.add(edges.ids.new("key"))
    assert edges.keys.now().newest != before, "the ring did not notice that its file changed"
    return _shown(edges, resealed=reseal(edges))


@errand("keys.reseal", needs=OPERATE, writes=True)
def reseal_all(act: Errand) -> KeysShown:
    """Seal every secret with the newest key, such as after a rotation that was cut off."""
    return _shown(act.edges, resealed=reseal(act.edges))


@errand("keys.retire", needs=OPERATE, writes=True)
def retire_keys(act: Errand) -> KeysShown:
    """Take the keys that seal nothing any more out of the key file; the file as it was stays beside it.

    Backups of the database from before the rotation need the old keys: keep that file with them.
    """
    edges = act.edges
    known = set(edges.keys.now().by_id)
    moved = reseal(edges)
    used = _counted(edges)
    newest = edges.keys.now().newest
    held = [name for name in edges.spool.names() if edges.spool.held(name)]
    if held:
        raise Refused(
            "The keys cannot be retired yet",
            record=str(edges.key_file.path),
            reason=f"{len(held)} renewed sign-ins wait to be kept in the database, sealed with one of these keys",
            remedy="Start Tieout once, so that it keeps them, and try again",
        )
    gone = edges.key_file.leave_out(known - {newest, *used})
    return _shown(edges, resealed=moved, retired=tuple(gone))


def reseal(edges: Edges) -> int:
    """Seal what is under older keys with the newest, in batches; says how many secrets. Boxes stay in their rows.

    A secret that is changed meanwhile is left alone: whoever changed it sealed it with the newest key.
    """
    return sum(_grants(edges)) + sum(_boxes(edges))


def _grants(edges: Edges) -> Iterator[int]:
    while True:
        with edges.database.transaction() as work:
            # Asked anew each time: when somebody else rotates meanwhile, another key is the newest.
            old = work.grants.not_under(edges.keys.now().newest, BATCH)
            for grant in old:
                _reseal_grant(edges, work, grant)
        if not old:
            return
        yield 2 * len(old)


def _reseal_grant(edges: Edges, work: Work, grant: StoredGrant) -> None:
    access, refresh = (token_row(grant.company, grant.id, part) for part in ("access", "refresh"))
    work.grants.reseal(
        grant.id,
        version=grant.version,
        access=edges.keys.seal(access_token(edges.keys, grant), row=access),
        refresh=edges.keys.seal(refresh_token(edges.keys, grant), row=refresh),
    )


def _boxes(edges: Edges) -> Iterator[int]:
    while True:
        with edges.database.transaction() as work:
            old = work.boxes.not_under(edges.keys.now().newest, BATCH)
            for box in old:
                work.boxes.reseal(
                    box, edges.keys.seal(edges.keys.open(box.sealed, row=_row(box)), row=_row(box))
                )
        if not old:
            return
        yield len(old)


def cannot_be_opened(edges: Edges, limit: int = 100_000) -> tuple[int, list[str]]:
    """Open every box that there is; gives how many there are, and the rows of those that do not open."""
    with edges.database.reading() as work:
        grants, boxes = work.grants.not_under("", limit), work.boxes.not_under("", limit)
    rows = [
        (token_row(one.company, one.id, part), box)
        for one in grants
        for part, box in (("access", one.access), ("refresh", one.refresh))
    ]
    rows += [(_row(box), box.sealed) for box in boxes]
    return len(rows), [row for row, sealed in rows if not _opens(edges, sealed, row)]


def _opens(edges: Edges, sealed: Sealed, row: str) -> bool:
    try:
        edges.keys.open(sealed, row=row)
    except Invalid:
        return False
    return True


def _row(box: Box) -> str:
    """Name the row that a box is sealed to."""
    match box.what:
        case "app":
            return app_row(*box.key)
        case "verifier":
            return seal_row(*box.key)
        case _:
            assert box.what == "channel", box.what
            return secret_row(*box.key)


def _counted(edges: Edges) -> Counter[str]:
    with edges.database.reading() as work:
        return work.boxes.by_key()


def _shown(edges: Edges, *, resealed: int = 0, retired: tuple[str, ...] = ()) -> KeysShown:
    keys, used = edges.keys.now(), _counted(edges)
    return KeysShown(
        newest=keys.newest,
        boxes={name: used.get(name, 0) for name in keys.by_id},
        missing=tuple(sorted(name for name in used if name not in keys.by_id)),
        resealed=resealed,
        retired=retired,
    )
