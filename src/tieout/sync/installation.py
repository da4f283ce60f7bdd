"""The check-up of the installation: version, schema, secrets, workers, channels, the outside watcher, what stands still."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from tieout.connections.keys import cannot_be_opened
from tieout.domain.permissions import READ
from tieout.edges import Edges
from tieout.kit.errors import NotAllowed
from tieout.security.notices import OPERATOR
from tieout.security.operation import Errand, errand
from tieout.storage.notices import FAILED
from tieout.sync.checkup import BROKEN, OK, WARNING, Check
from tieout.sync.health import workers_sign
from tieout.sync.signs import STOPPED

US = "this installation"


@errand("installation.check_up", needs=READ, writes=False)
def check_installation(act: Errand) -> list[Check]:
    """Look at everything that is no company's own. NotAllowed for tenants who do not run the installation."""
    if act.caller.tenant != OPERATOR:
        raise NotAllowed(
            "You may not look into the installation",
            record=act.caller.tenant,
            reason="it holds other tenants, too",
            remedy="Ask whoever runs it; `health` shows how your own companies stand",
        )
    edges = act.edges
    return [
        Check("version", US, OK, f"Tieout {version('tieout')}"),
        _schema(edges),
        _boxes(edges),
        _workers(edges),
        *_channels(edges),
        _watcher(edges),
        *_standing(edges),
    ]


def _schema(edges: Edges) -> Check:
    if edges.database.is_current():
        return Check("database", edges.database.name, OK, "reachable, and its tables are up to date")
    remedy = "Stop every Tieout of another version that uses it, and start this one again"
    return Check("database", edges.database.name, BROKEN, "its tables are of another version", remedy)


def _boxes(edges: Edges) -> Check:
    number, broken = cannot_be_opened(edges)
    if not broken:
        return Check("secrets", US, OK, f"all {number} open with the keys of the key file")
    says = f"{len(broken)} of {number} do not open, such as {broken[0]}"
    remedy = "Restore the key file that belongs to this database; or save these secrets and connect anew"
    return Check("secrets", US, BROKEN, says, remedy)


def _workers(edges: Edges) -> Check:
    now = edges.clock.now()
    with edges.database.reading() as work:
        needed = bool(work.overview.statuses().get("connected"))
        sign = workers_sign(work, now, needed=needed)
    # Whoever looks may have stopped them for this very look: it is said, and breaks nothing.
    return Check("workers", US, WARNING if sign.state == STOPPED else OK, sign.says, sign.remedy)


def _channels(edges: Edges) -> Iterator[Check]:
    with edges.database.reading() as work:
        channels = work.channels.list(OPERATOR)
        failed = {one.channel: one for one in work.notices.deliveries(OPERATOR) if one.state == FAILED}
        failing = {one.about: one for one in work.notices.standing_of(("channel.failing",))}
    if not channels:
        says = "there are none, so nobody is told anything who does not look here"
        yield Check("channels", US, WARNING, says, "Add one: `tieout channels add email ADDRESS`")
    for one in channels:
        if one.id in failing:
            says = failing[one.id].why
            yield Check("channels", one.address, WARNING, says, f"Try it: `tieout channels test {one.id}`")
        elif one.id in failed:
            says = f"a notice could not be delivered: {failed[one.id].error}"
            yield Check("channels", one.address, WARNING, says, f"Try it: `tieout channels test {one.id}`")
        else:
            yield Check("channels", one.address, OK, "nothing that went there failed")


def _watcher(edges: Edges) -> Check:
    if edges.outgoing.deadman_url:
        return Check("watcher", "outside watcher", OK, "called every five minutes while all is well")
    says = "none is set, so nobody notices when this machine is gone"
    return Check("watcher", "outside watcher", OK, says, "Set TIEOUT_DEADMAN_URL to have one")


def _standing(edges: Edges) -> Iterator[Check]:
    """Repeat what the watchdog told and still stands."""
    with edges.database.reading() as work:
        standing = work.notices.list(OPERATOR, standing=True)
    for one in standing:
        if one.kind.startswith("watch.") or one.kind == "cycle.failing":
            yield Check("watchdog", one.record, WARNING, f"{one.what}: {one.why}", one.remedy)
