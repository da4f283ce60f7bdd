"""Links: this host record is that QuickBooks record in that company; one on either side, never two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, func, select, update

from tieout.domain.documents import Kind
from tieout.domain.links import How, Link
from tieout.kit.errors import NotAllowed
from tieout.storage.encoding import baseline_from, encoded
from tieout.storage.inserting import in_chunks, inserting
from tieout.storage.tables import intents, links

UNLINKED = "unlinked"
"""The state of a link that was taken apart: kept as history, it holds nothing any more."""


class Links:
    """The links of one unit of work. All but `history` show live ones only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, link: Link) -> bool:
        """Link two records; False when exactly these two are linked already.

        Raises NotAllowed, naming the other holder, when either of them is linked to something else.
        """
        added = self._connection.execute(
            inserting(self._connection, links)
            .values(_values(link))
            .on_conflict_do_nothing()
            .returning(links.c.id)
        ).one_or_none()
        if added is None:
            by_host = self.by_host(link.company, link.kind, link.host_ref)
            if by_host is None or by_host.qbo_id != link.qbo_id:
                self._refuse(link, by_host or self.by_qbo(link.company, link.kind, link.qbo_id))
        return added is not None

    def replace(self, link: Link) -> None:
        """Write a host record's link as it is given: new facts of the same one, or a link to another record.

        A link to another record than before leaves the former one as history. Raises NotAllowed when the
        QuickBooks record belongs to another host record.
        """
        known = self.by_host(link.company, link.kind, link.host_ref)
        if known is not None and known.qbo_id == link.qbo_id:
            self._change(link.company, link.kind, link.host_ref, **_values(link))
            return
        holder = self.by_qbo(link.company, link.kind, link.qbo_id)
        if holder is not None:
            self._refuse(link, holder)
        self.remove(link.company, link.kind, link.host_ref)
        self.add(link)

    def by_host(self, company: str, kind: Kind, host_ref: str) -> Link | None:
        """Find the link of a host record."""
        return self._one(links.c.company == company, links.c.kind == kind.value, links.c.host_ref == host_ref)

    def by_qbo(self, company: str, kind: Kind, qbo_id: str) -> Link | None:
        """Find the link of a QuickBooks record."""
        return self._one(links.c.company == company, links.c.kind == kind.value, links.c.qbo_id == qbo_id)

    def linked(self, company: str, kind: Kind, ids: Iterable[str]) -> set[str]:
        """Tell which of many QuickBooks records are linked, by their ids."""
        found: set[str] = set()
        for chunk in in_chunks(ids):
            rows = self._connection.execute(
                select(links.c.qbo_id).where(
                    links.c.company == company,
                    links.c.kind == kind.value,
                    links.c.qbo_id.in_(chunk),
                    links.c.state != UNLINKED,
                )
            )
            found.update(row.qbo_id for row in rows)
        return found

    def many_by_host(self, company: str, kind: Kind, refs: Iterable[str]) -> dict[str, Link]:
        """Find the links of host records, by ref; those without one are left out."""
        found: dict[str, Link] = {}
        for chunk in in_chunks(refs):
            rows = self._connection.execute(
                select(links).where(
                    links.c.company == company,
                    links.c.kind == kind.value,
                    links.c.host_ref.in_(chunk),
                    links.c.state != UNLINKED,
                )
            )
            found.update((row.host_ref, _link(row)) for row in rows)
        return found

    def remove(self, company: str, kind: Kind, host_ref: str) -> Link | None:
        """Take a link apart and give it as it was; None when there was none. It stays as history."""
        link = self.by_host(company, kind, host_ref)
        if link is not None:
            self._change(company, kind, host_ref, state=UNLINKED)
        return link

    def all(self, company: str, kind: Kind | None = None) -> list[Link]:
        """List a company's links, of one kind or of all, in the order they were made."""
        statement = select(links).where(links.c.company == company, links.c.state != UNLINKED)
        if kind is not None:
            statement = statement.where(links.c.kind == kind.value)
        return [_link(row) for row in self._connection.execute(statement.order_by(links.c.id))]

    def count(self, company: str, kind: Kind | None = None) -> int:
        """Count a company's links, of one kind or of all."""
        statement = select(func.count()).where(links.c.company == company, links.c.state != UNLINKED)
        if kind is not None:
            statement = statement.where(links.c.kind == kind.value)
        return int(self._connection.execute(statement).scalar_one())

    def history(self, company: str, kind: Kind, host_ref: str) -> list[Link]:
        """List every link a host record ever had, the newest first."""
        rows = self._connection.execute(
            select(links)
            .where(links.c.company == company, links.c.kind == kind.value, links.c.host_ref == host_ref)
            .order_by(links.c.id.desc())
        )
        return [_link(row) for row in rows]

    def _one(self, *where: Any) -> Link | None:
        row = self._connection.execute(select(links).where(*where, links.c.state != UNLINKED)).one_or_none()
        return None if row is None else _link(row)

    def _change(self, company: str, kind: Kind, host_ref: str, /, **values: Any) -> None:
        self._connection.execute(
            update(links)
            .where(
                links.c.company == company,
                links.c.kind == kind.value,
                links.c.host_ref == host_ref,
                links.c.state != UNLINKED,
            )
            .values(values)
        )

    def _refuse(self, link: Link, holder: Link | None) -> NoReturn:
        assert holder is not None, "a link clashed with nothing"
        ours = self._host_label(link.company, link.kind, link.host_ref)
        other = self._host_label(holder.company, holder.kind, holder.host_ref)
        raise NotAllowed(
            "It cannot be linked twice",
            record=ours,
            reason=f"{other} is linked to QuickBooks record {holder.qbo_id} already",
            remedy=f"Unlink {other} first, or choose another QuickBooks record",
            holder_ref=holder.host_ref,
            holder_qbo_id=holder.qbo_id,
        )

    def _host_label(self, company: str, kind: Kind, host_ref: str) -> str:
        label = self._connection.execute(
            select(intents.c.label).where(
                intents.c.company == company, intents.c.kind == kind.value, intents.c.host_ref == host_ref
            )
        ).scalar_one_or_none()
        return label or f"{kind.value.replace('_', ' ')} {host_ref}"


def _live(state: str) -> str:
    assert state in ("linked", "drifted", "voided", "deleted"), state
    return state


def _values(link: Link) -> dict[str, Any]:
    return {
        "company": link.company,
        "kind": link.kind.value,
        "host_ref": link.host_ref,
        "qbo_id": link.qbo_id,
        "sync_token": link.sync_token,
        "how": link.how.value,
        "linked_at": link.linked_at,
        "generation": link.generation,
        "baseline": None if link.baseline is None else encoded(link.baseline),
        "intended": link.intended,
        "state": _live(link.state),
    }


def _link(row: Row[Any]) -> Link:
    kind = Kind(row.kind)
    return Link(
        company=row.company,
        kind=kind,
        host_ref=row.host_ref,
        qbo_id=row.qbo_id,
        sync_token=row.sync_token,
        how=How(row.how),
        linked_at=row.linked_at,
        generation=row.generation,
        baseline=None if row.baseline is None else baseline_from(kind, row.baseline),
        intended=row.intended,
        state=row.state,
    )
