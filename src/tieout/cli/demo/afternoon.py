"""The afternoon of the demo's day: money in and out, drift in all its ends, a blocked invoice, the tie-out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from typing import Final

from tieout.cli import sample_shop as shop
from tieout.cli.demo.stage import Stage, Step
from tieout.cli.demo.telling import money

COMMAND: Final = "import sys; from tieout.cli.main import run; sys.argv[0] = 'tieout'; run()"
"""Runs Tieout's command line in a process of its own, as a person does."""
DOCTOR_SECONDS: Final = 60


def payments_in(stage: Stage) -> None:
    """The bookkeeper takes money in QuickBooks: in part, split over two invoices, edited, deleted."""
    first = stage.sale("SD-3101")
    part = stage.books.take_payment(first.customer, {first.qbo_id: Decimal("300.00")}, "check 1187")
    stage.notes("300.00 comes in for SD-3101")
    stage.settle()
    stage.equal("SD-3101 is partly paid at the host", first.total - 300, stage.host_open("SD-3101"))
    stage.open_equal("SD-3101")
    stage.breathe()

    one, two = stage.sale("SD-3103"), stage.sale("SD-3104")
    stage.notes("One transfer settles SD-3103 and SD-3104")
    stage.books.take_payment(one.customer, {one.qbo_id: one.open, two.qbo_id: two.open}, "transfer 88-2")
    stage.settle()
    for number in ("SD-3103", "SD-3104"):
        stage.equal(f"{number} is paid at the host", Decimal(0), stage.host_open(number))
        stage.open_equal(number)
    stage.breathe()

    stage.notes("The first payment was 450.00: the bookkeeper corrects it")
    stage.books.edit_payment(part, {first.qbo_id: Decimal("450.00")})
    third = stage.sale("SD-3108")
    wrong = stage.books.take_payment(third.customer, {third.qbo_id: third.open}, "check 77")
    stage.settle()
    stage.equal("the correction arrives", first.total - 450, stage.host_open("SD-3101"))
    stage.open_equal("SD-3101")
    stage.equal("a third payment arrives", Decimal(0), stage.host_open("SD-3108"))
    stage.breathe()

    stage.notes("The third payment bounced: the bookkeeper deletes it")
    stage.books.delete_payment(wrong)
    stage.settle()
    stage.equal("SD-3108 is open again at the host", third.total, stage.host_open("SD-3108"))
    stage.open_equal("SD-3108")
    stage.equal("nobody had to be asked", [], [issue["label"] for issue in stage.issues()])


def card_payment(stage: Stage) -> None:
    """A card payment at the business goes out, and coming back it is known for what it is."""
    number = shop.PAID_BY_CARD
    sale = stage.sale(number)
    stage.tieout.put(f"/host/payments/{shop.CARD_PAYMENT}", shop.card_payment(stage.today, str(sale.open)))
    stage.settle()
    stage.equal("QuickBooks has one payment on it", [sale.open], _paid(stage, sale.qbo_id))
    stage.open_equal(number)
    stage.breathe()
    stage.pass_time(60)
    stage.settle()
    booked = [
        Decimal(part["amount"])
        for payment in stage.tieout.every("/host/payments")
        if payment["status"] == "final"
        for part in payment["allocations"]
        if part["invoice"] == number
    ]
    stage.equal("its echo is not booked a second time", [sale.open], booked)
    stage.equal(
        "paid once on both sides",
        (Decimal(0), Decimal(0)),
        (stage.host_open(number), stage.sale(number).open),
    )


def drift(stage: Stage) -> None:
    """Totals change in QuickBooks: one is pushed back, one is undone there, one is accepted."""
    number = "SD-3107"
    before = stage.sale(number)
    stage.notes(f"The bookkeeper raises a price on {number}")
    changed = stage.books.raise_price(before, Decimal("12.50"))
    stage.settle()
    issue = stage.issue("drift.", number)
    stage.equal(
        "one issue opens, with both totals",
        (money(before.total), money(changed.total)),
        next(
            (one["ours"], one["theirs"]) for one in issue["facts"]["differences"] if one["field"] == "total"
        ),
    )
    stage.equal("and three choices", ["push_ours", "accept_theirs", "ignore"], issue["actions"])
    stage.breathe(1.5)
    stage.notes("Push ours")
    stage.decide(issue, "push_ours")
    stage.settle()
    stage.equal("QuickBooks has our total again", before.total, stage.sale(number).total)
    stage.equal("the issue is closed", [], [one["label"] for one in stage.issues()])
    stage.breathe()

    number = "SD-3112"
    before = stage.sale(number)
    stage.notes(f"The bookkeeper raises a price on {number}, and takes it back")
    stage.books.raise_price(before, Decimal("40.00"))
    stage.settle()
    opened = stage.issue("drift.", number)["id"]
    stage.breathe()
    stage.books.put_back(before)
    stage.settle()
    stage.equal(
        "undone there, it closes by itself", "cleared", stage.tieout.get(f"/issues/{opened}")["state"]
    )
    stage.breathe()

    number = "SD-3111"
    before = stage.sale(number)
    stage.notes(f"The bookkeeper raises a price on {number}, and is right")
    changed = stage.books.raise_price(before, Decimal("25.00"))
    stage.settle()
    issue = stage.issue("drift.", number)
    stage.breathe()
    stage.decide(issue, "accept_theirs")
    stage.settle()
    stage.equal("the host has QuickBooks' total", changed.total, stage.host_total(number))
    stage.equal("QuickBooks keeps it", changed.total, stage.sale(number).total)
    stage.equal("no issue is left", [], [one["label"] for one in stage.issues()])


def blocked(stage: Stage) -> None:
    """An invoice in a tax region that nobody linked waits with a named remedy, and goes once it is applied."""
    invoice = shop.city_invoice(stage.today)
    number, region = invoice["number"], invoice["lines"][0]["tax_region"]
    stage.tieout.put(f"/host/invoices/{number}", invoice)
    stage.settle()
    issue = stage.issue("export.", number)
    stage.equal("it does not go", [], [one.qbo_id for one in stage.books.sales_numbered(number)])
    stage.equal(
        "the issue names what to link",
        {"kind": "tax_region", "ref": region},
        {key: issue["facts"].get(key) for key in ("kind", "ref")},
        shown=issue["remedy"],
    )
    stage.breathe(1.5)
    best = next(one for one in stage.tieout.every("/matching/tax-region") if one["ref"] == region)[
        "candidates"
    ][0]
    stage.notes(f"The tax region is linked to {best['name']}")
    stage.tieout.put(f"/links/tax-region/{region}", {"qbo_id": best["qbo_id"]})
    stage.settle()
    ours, theirs = stage.host_total(number), stage.sale(number).total
    stage.equal(
        "it went, with the same total", ours, theirs, shown=f"host {money(ours)}, QuickBooks {money(theirs)}"
    )
    stage.equal("the issue is closed", "cleared", stage.tieout.get(f"/issues/{issue['id']}")["state"])


def tie_out(stage: Stage) -> None:
    """Compare both sides in whole: every document once, every balance equal, nothing left over."""
    stage.settle()
    ours = {one["number"]: one for one in stage.tieout.every("/host/invoices") if one["status"] == "final"}
    theirs = stage.books.sales()
    copies = Counter(sale.number for sale in theirs)
    stage.equal(
        "every final invoice is in QuickBooks exactly once",
        dict.fromkeys(ours, 1),
        {number: copies[number] for number in ours},
        shown=f"{len(ours)} invoices",
    )
    doubled = [name for name, times in Counter(stage.books.names("Customer").values()).items() if times > 1]
    stage.equal("no customer is there twice", [], doubled)
    of_ours = {sale.number: sale for sale in theirs if sale.number in ours}
    stage.equal(
        "total by total",
        {number: Decimal(one["total"]) for number, one in sorted(ours.items())},
        {number: sale.total for number, sale in sorted(of_ours.items())},
        shown=f"{len(of_ours)} equal",
    )
    open_here = {number: stage.host_open(one["ref"]) for number, one in sorted(ours.items())}
    open_there = {number: sale.open for number, sale in sorted(of_ours.items())}
    stage.equal("open balance by open balance", open_here, open_there, shown=f"{len(open_there)} equal")
    here, there = sum(open_here.values(), Decimal(0)), sum(open_there.values(), Decimal(0))
    stage.equal("open in total", here, there, shown=f"host {money(here)}, QuickBooks {money(there)}")
    numbers = {sale.qbo_id: number for number, sale in of_ours.items()}
    stage.equal(
        "payments by invoice", _paid_here(stage), _paid_there(stage, numbers), shown="equal on both sides"
    )
    stage.equal("no push is unfinished", {}, stage.unfinished())
    stage.equal("nothing waits for a person", [], [issue["label"] for issue in stage.issues()])
    stage.equal("QuickBooks' books balance", "", stage.books.balanced(), shown="debits equal credits")
    broken = _doctor(stage)
    stage.equal("tieout doctor finds nothing broken", [], broken, shown="every invariant holds")


def _paid(stage: Stage, invoice: str) -> list[Decimal]:
    return [one.settles[invoice] for one in stage.books.payments() if invoice in one.settles]


def _paid_here(stage: Stage) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for payment in stage.tieout.every("/host/payments"):
        if payment["status"] == "final":
            for part in payment["allocations"]:
                found.setdefault(part["invoice"], []).append(Decimal(part["amount"]))
    return {invoice: sorted(parts) for invoice, parts in sorted(found.items())}


def _paid_there(stage: Stage, numbers: dict[str, str]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for payment in stage.books.payments():
        for invoice, amount in payment.settles.items():
            if invoice in numbers and amount:
                found.setdefault(numbers[invoice], []).append(amount)
    return {invoice: sorted(parts) for invoice, parts in sorted(found.items())}


def _doctor(stage: Stage) -> list[str]:
    """Run `tieout doctor` on the demo's installation; gives what it calls broken."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("TIEOUT_")}
    ran = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", COMMAND, "--home", stage.home, "doctor", "--json"],
        env={**kept, "TIEOUT_INTUIT_URL": stage.simulated.url},
        capture_output=True,
        text=True,
        timeout=DOCTOR_SECONDS,
        check=False,
    )
    try:
        said = json.loads(ran.stdout)
        checks = said["checks"]
    except (ValueError, KeyError):
        return [f"it said nothing that can be read: {ran.stderr.strip()[-400:]}"]
    broken = [
        f"{one['name']} of {one['subject']}: {one['says']}" for one in checks if one["state"] == "broken"
    ]
    return broken if said["healthy"] or broken else ["it is not healthy and does not say why"]


AFTERNOON: Final = (
    Step("payments", "Take payments in QuickBooks", payments_in),
    Step("card", "Send a card payment", card_payment),
    Step("drift", "Settle changes made in QuickBooks", drift),
    Step("blocked", "Unblock an invoice", blocked),
    Step("tie_out", "Tie out", tie_out),
)
