"""Renewing one grant's tokens: early, by one process at a time, and kept before they are used.

Intuit rotates the refresh token about every 24 hours and refuses the former value after that, so two renewals
at once can cost a company its connection, and so can an answer of Intuit's that we lose. The right to renew is
a row claimed in the database; whoever does not get it waits for what the other one stores. What Intuit answers
goes to the spool (memory, and a file beside the key file) before it goes to the database, so that neither a
process that dies nor a database that cannot be written loses it. Only a process that dies between the answer's
last byte and the spool loses it, and only when the token was due to rotate in that very renewal.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from tieout.connections.apps import app_of
from tieout.connections.hold import is_dead
from tieout.connections.notices import renewed
from tieout.connections.sealing import (
    Spooled,
    access_token,
    fingerprint,
    from_spool,
    refresh_token,
    sealed_tokens,
    spool_entry,
)
from tieout.edges import Edges
from tieout.kit.errors import OutcomeUnknown, ReconnectNeeded, Refused, TieoutError, Unreachable
from tieout.qbo.oauth import Grant
from tieout.storage.companies import Company
from tieout.storage.grants import GOOD, StoredGrant

EARLY: Final = timedelta(minutes=5)
"""An access token lives an hour; it is renewed when this much is left."""
LEASE: Final = timedelta(seconds=60)
"""How long one process may take for a renewal; longer than the call's time-outs together."""
ROTATES: Final = timedelta(hours=24)
"""How old the refresh token is that Intuit replaces when it is used."""
POLL_SECONDS: Final = 0.2
SAVE_WAITS: Final = (0.2, 1.0)
"""Seconds before the second and third try to put renewed tokens into the database."""
log = structlog.get_logger()


class Renewal:
    """Gives the access token of one grant, renewed when it is about to end or was refused."""

    def __init__(self, edges: Edges, company: Company, grant: str) -> None:
        """`grant` is the grant's id."""
        self._edges = edges
        self._company = company
        self._grant = grant
        self._owner = f"{edges.owner}:{edges.ids.new('renewal')}"

    def token(self, stale: str | None = None, *, anew: bool = False) -> str:
        """Give a token; `stale` names one that Intuit just refused, `anew` renews it however young it is.

        Raises:
            ReconnectNeeded: Intuit refuses this grant for good; it is marked as lost.
            Retry: nothing could be renewed now; nothing is lost.
            Invalid: the app's credentials, or the key that seals the tokens, are wrong.
        """
        edges = self._edges
        give_up = edges.clock.now() + 2 * LEASE
        begun_with: int | None = None
        while True:
            stored = self._stored()
            begun_with = stored.version if begun_with is None else begun_with
            usable = self._usable(stored, stale)
            if usable is not None and (not anew or stored.version > begun_with):
                return usable
            if self._take_in(stored):
                continue
            if self._claim():
                # Read again: between our look and our claim somebody may have renewed it, or begun to.
                token = self._renewed(self._stored(), before=stored)
                if token is not None:
                    return token
            elif stored.refreshing_by and is_dead(stored.refreshing_by, edges.owner):
                # Killed on this machine while renewing: nobody waits for it, and what came of it is not known.
                self._release(stored.refreshing_by, known=False)
            elif edges.clock.now() >= give_up:
                raise Unreachable(
                    "The access token could not be renewed yet",
                    record=self._company.name,
                    reason="another process holds the right to renew it and has not finished",
                    remedy="It is tried again by itself",
                )
            else:
                edges.clock.sleep(POLL_SECONDS)

    def _stored(self) -> StoredGrant:
        with self._edges.database.reading() as work:
            stored = work.grants.get(self._grant)
        if stored is None:
            raise ReconnectNeeded(
                "This sign-in was removed",
                record=self._company.name,
                reason="somebody disconnected the company, or removed the sign-in, meanwhile",
                remedy="Connect it again",
            )
        if stored.state != GOOD:
            raise _lost(self._company, stored, stored.why)
        return stored

    def _usable(self, stored: StoredGrant, stale: str | None) -> str | None:
        if stored.access_expires_at - EARLY <= self._edges.clock.now():
            return None
        token = access_token(self._edges.keys, stored)
        return None if token == stale else token

    def _claim(self) -> bool:
        edges = self._edges
        with edges.database.transaction() as work:
            return work.grants.claim(self._grant, owner=self._owner, now=edges.clock.now(), lease_for=LEASE)

    def _release(self, owner: str = "", *, known: bool = True) -> None:
        with self._edges.database.transaction() as work:
            work.grants.release(self._grant, owner=owner or self._owner, known=known)

    def _renewed(self, stored: StoredGrant, *, before: StoredGrant) -> str | None:
        """Ask Intuit and keep what it answers; the claim is ours. None to look once more."""
        edges = self._edges
        if stored.version != before.version or self._take_in(stored):
            # Somebody renewed it meanwhile, or had and could not keep it: a second renewal would be one too many.
            self._release()
            return None
        try:
            with edges.database.reading() as work:
                app = app_of(edges, work, self._company)
            self._check_app(stored, app.client_id)
            sent = refresh_token(edges.keys, stored)
            tokens = app.refresh(sent, now=edges.clock.now())
        except ReconnectNeeded as error:
            self._refused(stored, error, cut_off=bool(before.refreshing_by))
            return None
        except OutcomeUnknown:
            self._release(known=False)
            raise
        except TieoutError:
            # The old refresh token stays good until Intuit rotates it (about a day), so asking again is safe.
            self._release()
            raise
        spooled = Spooled(fingerprint(sent), tokens)
        edges.spool.keep(stored.id, spool_entry(edges.keys, stored, spooled))
        return self._kept(stored, spooled)

    def _kept(self, stored: StoredGrant, spooled: Spooled) -> str:
        """Put renewed tokens into the database, with a few tries; the spool holds them if it cannot be done."""
        edges = self._edges
        for wait in (*SAVE_WAITS, None):
            try:
                token = keep(edges, self._company.tenant, stored.id, spooled)
                break
            except TieoutError as error:
                if wait is None:
                    raise
                log.warning("tokens not kept yet", company=self._company.id, error=error.sentence())
                edges.clock.sleep(wait)
        edges.spool.drop(stored.id)
        if token is None:
            raise _lost(self._company, stored, "it was removed while it was being renewed")
        return token

    def _check_app(self, stored: StoredGrant, client_id: str) -> None:
        """Refuse to show a token to another app than the one it was given to: Intuit would end it."""
        if stored.client_id not in ("", client_id):
            raise Refused(
                "The Intuit app was exchanged",
                record=self._company.name,
                reason=f"its sign-in was given to the app {stored.client_id}, and {client_id} is set up now",
                remedy="Put the former credentials back, or press Reconnect to sign in for the new app",
            )

    def _take_in(self, stored: StoredGrant) -> bool:
        return take_in(self._edges, self._company.tenant, stored)

    def _refused(self, stored: StoredGrant, error: ReconnectNeeded, *, cut_off: bool) -> None:
        """Mark a grant as lost that Intuit refuses, unless somebody else holds what came after it."""
        edges = self._edges
        why = why_lost(stored, error, edges.clock.now(), cut_off=cut_off)
        with edges.database.transaction() as work:
            lost = work.grants.lose(stored.id, why, version=stored.version)
        if not lost:
            self._release()
            return
        raise _lost(self._company, stored, why, error)


def keep(edges: Edges, tenant: str, grant: str, spooled: Spooled) -> str | None:
    """Put tokens in place of those they were got with; gives the access token to use, None for a removed grant.

    Whoever slept meanwhile overwrites nothing newer: when the stored refresh token is neither the one that was
    sent nor the one that came, somebody else went further, and theirs is used.
    """
    with edges.database.transaction() as work:
        stored = work.grants.locked(grant)
        if stored is None:
            return None
        now_is = refresh_token(edges.keys, stored)
        if fingerprint(now_is) != spooled.sent and now_is != spooled.tokens.refresh_token:
            return access_token(edges.keys, stored)
        tokens = sealed_tokens(edges.keys, stored.company, stored.id, spooled.tokens)
        work.grants.renew(stored.id, tokens, now=edges.clock.now())
        renewed(edges, work, tenant, stored)
        return spooled.tokens.access_token


def take_in(edges: Edges, tenant: str, stored: StoredGrant) -> bool:
    """Keep what the spool holds for a grant, when it continues what is stored; tells whether it did."""
    entries = [from_spool(edges.keys, stored, entry) for entry in edges.spool.held(stored.id)]
    taken = False
    for spooled in entries:
        if spooled is None:
            continue
        held = refresh_token(edges.keys, stored)
        if spooled.sent == fingerprint(held) and not _is_what_is_stored(edges, stored, spooled.tokens):
            keep(edges, tenant, stored.id, spooled)
            taken = True
    if entries and None not in entries:
        edges.spool.drop(stored.id)
    return taken


def take_in_spooled(edges: Edges) -> int:
    """Keep what processes of this machine renewed and died before keeping; says how many grants.

    Called at each start. What another process is about to keep itself is kept twice, which changes nothing. What
    cannot be kept now stays in the spool.
    """
    taken = 0
    for name in edges.spool.names():
        try:
            with edges.database.reading() as work:
                stored = work.grants.get(name)
                company = work.companies.get(stored.company) if stored is not None else None
            if stored is not None and company is not None:
                taken += take_in(edges, company.tenant, stored)
        except TieoutError as error:
            log.warning("spool", grant=name, error=error.sentence())
    return taken


def why_lost(stored: StoredGrant, error: ReconnectNeeded, now: datetime, *, cut_off: bool) -> str:
    """Say why Intuit refuses a grant, as precisely as can be known."""
    if stored.hard_expires_at is not None and now >= stored.hard_expires_at:
        return (
            f"Intuit ended it on {stored.hard_expires_at:%Y-%m-%d}: no permission lasts longer than five years, "
            "whatever is done"
        )
    if now >= stored.refresh_expires_at:
        return f"it was not used until {stored.refresh_expires_at:%Y-%m-%d}, and Intuit ends what is idle for 100 days"
    if error.facts.get("cause") == "user_not_in_realm":
        return "whoever signed in is no longer a user of this QuickBooks company"
    if cut_off:
        return (
            "an earlier renewal was cut off before Intuit's answer could be kept, and Intuit has replaced the token "
            "since (or the access was withdrawn in QuickBooks)"
        )
    if now - stored.saved_at > ROTATES:
        return (
            "the access was withdrawn in QuickBooks under My Apps, or its token was renewed by another program: also "
            f"by this one, if its database was put back from a backup (what it holds is of {stored.saved_at:%Y-%m-%d})"
        )
    return "the access was withdrawn in QuickBooks under My Apps, or its token was renewed by another program"


def _is_what_is_stored(edges: Edges, stored: StoredGrant, tokens: Grant) -> bool:
    return (
        tokens.access_expires_at <= stored.access_expires_at
        and tokens.refresh_token == refresh_token(edges.keys, stored)
        and stored.state == GOOD
    )


def _lost(
    company: Company, stored: StoredGrant, why: str, error: ReconnectNeeded | None = None
) -> ReconnectNeeded:
    who = f"the sign-in of {stored.label}" if stored.label else "the sign-in"
    return ReconnectNeeded(
        "Intuit no longer accepts this connection",
        record=company.name,
        reason=f"{who}: {why}" if stored.label else why,
        remedy="Press Reconnect and sign in to this company at Intuit",
        **(error.facts if error is not None else {}),
    )
