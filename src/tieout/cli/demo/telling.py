"""Telling: what the demo says while the day is played, to people on a terminal or to programs as JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tieout.cli.demo.checks import Check, Played
from tieout.cli.terminal import plain, put_json_line

TICK, CROSS = "[green]✓[/green]", "[bold red]✗[/bold red]"
TICK_PLAIN, CROSS_PLAIN = "ok  ", "FAIL"


class Telling(Protocol):
    """Somebody to tell the day to."""

    def starts(self) -> None:
        """Both sides are being started."""

    def ready(self, *, page: str, quickbooks: str, folder: Path) -> None:
        """Both sides run: where the page, QuickBooks and the data are."""

    def begins(self, number: int, title: str) -> None:
        """A step begins."""

    def notes(self, text: str) -> None:
        """Something worth watching happens."""

    def checked(self, check: Check) -> None:
        """Something was compared."""

    def ends(self, played: Played) -> None:
        """A step ended."""

    def ended(self, steps: Sequence[Played], *, ok: bool, seconds: float) -> None:
        """The day is over."""

    def next_things(self, *, page: str, quickbooks: str, realm_id: str, kept: Path | None) -> None:
        """What to try now, while both sides keep running."""


class ForPrograms:
    """JSON lines: `ready`, one for each step, and the sum of all at the end."""

    def starts(self) -> None:
        """Say nothing: the first line comes when there is something to ask."""

    def ready(self, *, page: str, quickbooks: str, folder: Path) -> None:
        """Say where things are."""
        put_json_line({"event": "ready", "page": page, "quickbooks": quickbooks, "folder": str(folder)})

    def begins(self, number: int, title: str) -> None:
        """Say nothing: the line of a step comes at its end."""

    def notes(self, text: str) -> None:
        """Say nothing."""

    def checked(self, check: Check) -> None:
        """Say nothing."""

    def ends(self, played: Played) -> None:
        """Say how a step came out."""
        put_json_line({"event": "step", **played.data()})

    def ended(self, steps: Sequence[Played], *, ok: bool, seconds: float) -> None:
        """Say how the day came out."""
        put_json_line(
            {
                "event": "end",
                "ok": ok,
                "seconds": round(seconds, 2),
                "steps": [played.data() for played in steps],
            }
        )

    def next_things(self, *, page: str, quickbooks: str, realm_id: str, kept: Path | None) -> None:
        """Say that both sides keep running."""
        put_json_line(
            {
                "event": "running",
                "page": page,
                "quickbooks": quickbooks,
                "realm_id": realm_id,
                "kept": str(kept or ""),
            }
        )


class ForPeople:
    """Words, colours where the terminal has them, and a table at the end."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            # A pipe has no width of its own: there nothing may be cut off.
            self._console.width = 160

    def starts(self) -> None:
        """Say what this is, at once."""
        self._say()
        self._say("  [bold]Tieout[/bold] ties a business system and QuickBooks Online out, to the cent.")
        self._say("  [dim]Both are being started on this computer …[/dim]")

    def ready(self, *, page: str, quickbooks: str, folder: Path) -> None:
        """Say where things are."""
        self._say()
        self._say(f"  Watch it here   [bold cyan]{page}[/bold cyan]")
        self._say(f"  QuickBooks      {quickbooks}   (qbosim, a QuickBooks Online on this computer)")
        self._say(f"  Data            {escape(str(folder))}")

    def begins(self, number: int, title: str) -> None:
        """Head a step."""
        self._say()
        self._say(f"[bold]{number:>2}  {escape(title)}[/bold]")

    def notes(self, text: str) -> None:
        """Say what happens."""
        self._say(f"    [dim]{escape(plain(text))}[/dim]")

    def checked(self, check: Check) -> None:
        """Say how one comparison came out."""
        what, expected, found = (escape(plain(text)) for text in (check.what, check.expected, check.found))
        if check.ok:
            figures = f"  [dim]{found}[/dim]" if found else ""
            self._say(f"    {self._mark(True)} {what}{figures}")
        else:
            self._say(f"    {self._mark(False)} [bold]{what}[/bold]")
            self._say(f"         expected  {expected}")
            self._say(f"         found     [red]{found}[/red]")

    def ends(self, played: Played) -> None:
        """Say what stopped a step, if anything did."""
        if played.trouble is not None:
            labels = (("What", "what"), ("Record", "record"), ("Why", "why"), ("Do", "remedy"))
            for label, key in labels:
                if played.trouble.get(key):
                    mark = self._mark(False) if key == "what" else " "
                    self._say(f"    {mark} {label + ':':8}{escape(plain(played.trouble[key]))}")

    def ended(self, steps: Sequence[Played], *, ok: bool, seconds: float) -> None:
        """Sum the day up in a table."""
        shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        shown.add_column("")
        shown.add_column("Step")
        shown.add_column("Checks", justify="right")
        shown.add_column("Seconds", justify="right")
        for played in steps:
            held = sum(1 for check in played.checks if check.ok)
            shown.add_row(
                self._mark(played.ok),
                escape(played.title),
                f"{held} of {len(played.checks)}",
                f"{played.seconds:.1f}",
            )
        self._say()
        self._console.print(shown)
        self._say()
        count = sum(len(played.checks) for played in steps)
        if ok:
            self._say(f"[bold green]Tied out.[/bold green] {count} checks held, in {seconds:.0f} seconds.")
            return
        self._say("[bold red]Not tied out.[/bold red] What did not hold:")
        for played in steps:
            for check in played.checks:
                if not check.ok:
                    parts = (played.title, check.what, f"expected {check.expected}", f"found {check.found}")
                    self._say("  " + escape(plain("; ".join(parts))))
            if played.trouble is not None:
                parts = (
                    played.title,
                    played.trouble["record"],
                    played.trouble["what"],
                    played.trouble["why"],
                )
                self._say("  " + escape(plain("; ".join(part for part in parts if part))))

    def next_things(self, *, page: str, quickbooks: str, realm_id: str, kept: Path | None) -> None:
        """Say what to try now."""
        self._say()
        self._say("Both sides keep running. Things to try:")
        for what, how in (
            ("Settle what waits on the page", f"{page}/issues"),
            ("Ask over REST", f"{page}/api/v1/docs"),
            ("Be the bookkeeper: a token", f"curl -X POST {quickbooks}/qbosim/grant -d '{{}}'"),
            ("… and any client of QuickBooks", f"{quickbooks}/v3/company/{realm_id}/…"),
            (
                "Lose the next answer",
                f"""curl -X POST {quickbooks}/qbosim/faults -d '{{"fault": "reply_lost"}}'""",
            ),
            ("Everything the simulator can do", f"curl {quickbooks}/qbosim"),
        ):
            self._say(f"  {what:33} [cyan]{escape(how)}[/cyan]")
        self._say()
        if kept is None:
            self._say("Ctrl-C ends both and removes what was made.")
            return
        port = quickbooks.rpartition(":")[2]
        self._say("Ctrl-C ends both; what was made stays. To go on with it:")
        self._say(f"  qbosim serve --port {port} --data {escape(str(kept / 'qbosim.db'))}")
        self._say(f"  TIEOUT_INTUIT_URL={quickbooks} tieout --home {escape(str(kept / 'tieout'))} serve")

    def _mark(self, ok: bool) -> str:
        if self._console.is_terminal:
            return TICK if ok else CROSS
        return TICK_PLAIN if ok else CROSS_PLAIN

    def _say(self, text: str = "") -> None:
        self._console.print(text, soft_wrap=True)


def money(amount: Any) -> str:
    """Write an amount in US dollars."""
    return f"{amount:,.2f}"
