"""The command `match`: who is who and what is what, shown and linked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.reconcile.matching import Proposal

KINDS = "client, service, tax-region or term"
SHOWN_MAX = 50
"""Proposals of one kind that are shown as words; --json and --all show every one."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("match")(match)


def match(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"{KINDS[0].upper()}{KINDS[1:]}; without it all four.")] = "",
    company: CompanyOption = "",
    take: Annotated[
        bool, typer.Option("--take-exact", help="Link everything whose match is exact; doubtful ones stay.")
    ] = False,
    link: Annotated[
        list[str] | None,
        typer.Option(help="Link a host record to a QuickBooks record, by its id there.", metavar="REF=ID"),
    ] = None,
    unlink: Annotated[
        list[str] | None, typer.Option(help="Remove the link of a host record.", metavar="REF")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every proposal, not the first of them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how the host's records compare with QuickBooks, and link them.

    Nothing is linked without --take-exact or --link. The proposals are shown as they are afterwards.
    """
    from tieout.api.shapes.matching import link_shape, proposal_shape
    from tieout.reconcile import matching as operations
    from tieout.sync.intake import read_host

    pairs = [_pair(text) for text in link or ()]
    if (pairs or unlink) and not kind:
        raise Invalid(
            "It is not said what shall be linked",
            record=" ".join([*(link or ()), *(unlink or ())]),
            reason="refs of clients, services, tax regions and terms may be equal",
            remedy=f"Name the kind: tieout match client --link REF=ID (or {KINDS})",
        )
    kinds = [operations.matched_kind(kind).value] if kind else [one.value for one in operations.MATCHED]
    with installation_of(context).opened() as (edges, caller):
        # What was put into the host a moment ago is compared too, not only what the last cycle has seen.
        read_host(edges, caller, company=company)
        unlinked = [
            operations.unlink(edges, caller, kind=kinds[0], ref=ref, company=company) for ref in unlink or ()
        ]
        linked = [
            operations.link(edges, caller, kind=kinds[0], ref=ref, qbo_id=qbo_id, company=company)
            for ref, qbo_id in pairs
        ]
        if take:
            for one in kinds:
                linked += operations.take_exact(edges, caller, kind=one, company=company)
        found = {one: operations.suggest(edges, caller, kind=one, company=company) for one in kinds}
    if as_json:
        put_json(
            {
                "linked": [link_shape(one) for one in linked],
                "unlinked": [link_shape(one) for one in unlinked],
                "proposals": {name: [proposal_shape(one) for one in some] for name, some in found.items()},
            }
        )
        return
    if linked or unlinked:
        say(f"Linked {len(linked)}, unlinked {len(unlinked)}.")
    for name, some in found.items():
        _show(name, some, everything)


def _show(kind: str, proposals: list[Proposal], everything: bool) -> None:
    counts = Counter(one.verdict.value for one in proposals)
    words = ", ".join(f"{number} {verdict}" for verdict, number in counts.items()) or "all linked"
    say(f"\n{kind.replace('_', ' ').capitalize()}: {words}")
    shown = proposals if everything else proposals[:SHOWN_MAX]
    rows = []
    for one in shown:
        best = one.candidates[0] if one.candidates else None
        rows.append(
            (
                one.ref,
                one.label,
                one.verdict.value,
                f"{best.name} (id {best.qbo_id})" if best else "",
                best.score if best else "",
                "; ".join(best.reasons) if best else "",
            )
        )
        rows += [
            ("", "", "", f"{other.name} (id {other.qbo_id})", other.score, "; ".join(other.reasons))
            for other in one.candidates[1:]
        ]
    if rows:
        table(("Ref", "Ours", "Match", "QuickBooks", "Score", "Why"), rows, right=(4,))
    if len(shown) < len(proposals):
        say(f"… and {len(proposals) - len(shown)} more: --all shows them.")


def _pair(text: str) -> tuple[str, str]:
    ref, equals, qbo_id = text.rpartition("=")
    if not equals or not ref or not qbo_id:
        raise Invalid(
            "A link cannot be read",
            record=text,
            reason="it is written REF=ID: the host's ref, then the QuickBooks id",
            remedy="Write it like --link C-17=58",
        )
    return ref, qbo_id
