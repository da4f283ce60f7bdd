"""The morning of the demo's day: connect, import, fill the business system, match, go live, export."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from tieout.cli import sample_shop as shop
from tieout.cli.demo.browser import Browser
from tieout.cli.demo.stage import Stage, Step
from tieout.cli.demo.telling import money

TWIN: Final = "Moss and Marlow Accountants, LLC"
"""A customer that the bookkeeper entered a second time under another spelling."""
ACCENTED: Final = "Cafe Amapola"
REFUSED: Final = 403


def connect(stage: Stage) -> None:
    """Sign in at QuickBooks as a browser does, with the app's credentials put in first."""
    simulated = stage.simulated
    stage.notes("The bookkeeper enters two customers; one of them is there already, spelt differently")
    for name in (ACCENTED, TWIN):
        stage.books.add_customer(name)
    stage.tieout.put(
        "/apps/production",
        {"client_id": simulated.client_id, "client_secret": simulated.client_secret},
    )
    stage.breathe()
    stage.notes("Connect is pressed on the page; QuickBooks asks for consent")
    with Browser() as browser, Browser() as stranger:
        home = browser.open(stage.page)
        consent = browser.press(home, home.form("/connect"))
        stage.equal(
            "Connect leads to QuickBooks' consent page",
            urlsplit(simulated.url).netloc,
            urlsplit(consent.url).netloc,
        )
        form = consent.form("/connect/oauth2")
        answer = browser.press_only(consent, form, decision="connect", realmId=simulated.realm_id)
        stage.equal(
            "another browser cannot finish what this one began", REFUSED, stranger.open(answer).status
        )
        arrived = browser.open(answer)
    stage.equal("the browser is back on Tieout's page", 200, arrived.status)
    company = stage.tieout.get(f"/companies/{simulated.realm_id}")
    stage.equal("the company is connected", "connected", company["status"])
    stage.equal("under the name QuickBooks gives it", stage.books.company_name(), company["name"])
    tested = stage.tieout.post(f"/companies/{simulated.realm_id}/connection/test")
    stage.equal("Test connection names it too", company["name"], tested["name"])


def import_books(stage: Stage) -> None:
    """Read the whole company, watched as it goes, and compare with QuickBooks' own counts."""
    told: Counter[str] = Counter()
    counts: dict[str, int] = {}
    for name, data in stage.tieout.events(f"/companies/{stage.simulated.realm_id}/import"):
        if name == "progress":
            told[data["entity"]] += 1
            if data["finished"]:
                stage.notes(f"{data['entity']}: {data['done']}")
                stage.breathe(0.2)
        elif name == "done":
            counts = data["counts"]
        else:
            stage.equal("the import comes to its end", "done", f"{data['what']}: {data['why']}")
    stage.holds(
        "progress was told while it ran",
        bool(counts) and set(told) >= set(counts),
        expected=f"progress for {len(counts)} lists",
        found=f"{sum(told.values())} steps for {len(told)} lists",
    )
    for entity in ("Customer", "Item", "Account", "Invoice", "CreditMemo", "Payment"):
        stage.equal(f"{entity}: as many as QuickBooks counts", stage.books.count(entity), counts.get(entity))
    others = {
        entity: (found, stage.books.count(entity))
        for entity, found in counts.items()
        if entity not in ("CompanyInfo", "Preferences")
    }
    stage.equal(
        "every list agrees with QuickBooks' count",
        {entity: theirs for entity, (_, theirs) in others.items()},
        {entity: ours for entity, (ours, _) in others.items()},
        shown=f"{len(others)} lists, {sum(ours for ours, _ in others.values())} records",
    )
    stage.equal("the mirror says that it is complete", True, bool(stage.health()["complete_until"]))


def fill_host(stage: Stage) -> None:
    """Put the business system's records in over REST, twice: the second time changes nothing."""
    bundle = shop.sample_shop(stage.today)
    number = sum(len(records) for records in bundle.values())
    taken = stage.tieout.post("/host/records", bundle)
    stage.equal("every record is taken", {"create": number}, taken["counts"])
    again = stage.tieout.post("/host/records", bundle)
    stage.equal("sent again, nothing changes", {"same": number}, again["counts"])
    listed = {
        "clients": len(stage.tieout.every("/host/clients")),
        "services": len(stage.tieout.every("/host/services")),
        "invoices": len(stage.tieout.every("/host/invoices")),
    }
    stage.equal(
        "the business system lists them",
        {kind: len(bundle[kind]) for kind in listed},
        listed,
    )
    stage.settle()
    numbers = {one["number"] for one in bundle["invoices"]}
    sent = [sale.number for sale in stage.books.sales() if sale.number in numbers]
    stage.equal("nothing goes to QuickBooks before somebody goes live", [], sent)


def match(stage: Stage) -> None:
    """Link what is certain in bulk, one look-alike by hand, and never what is ambiguous."""
    clients = _proposals(stage, "client")
    customers = stage.books.names("Customer")
    verdicts = {ref: one["verdict"] for ref, one in clients.items()}
    stage.equal(
        "equal names are exact, whatever their accents, “and” and legal forms",
        sorted(shop.EXACT_CLIENTS),
        sorted(ref for ref, verdict in verdicts.items() if verdict == "exact"),
        shown=f"{len(shop.EXACT_CLIENTS)} clients",
    )
    stage.equal("two customers share a name: ambiguous", "ambiguous", verdicts[shop.AMBIGUOUS_CLIENT])
    stage.equal("a misspelt name is for review", "review", verdicts[shop.REVIEWED_CLIENT])
    stage.equal("a firm that nobody knows has no match", "none", verdicts[shop.NEW_CLIENT])
    taken = stage.tieout.post("/matching/client/take-exact")
    stage.equal("the exact ones are taken in bulk", len(shop.EXACT_CLIENTS), taken["linked"])
    stage.breathe()
    best = clients[shop.REVIEWED_CLIENT]["candidates"][0]
    stage.notes(f"{clients[shop.REVIEWED_CLIENT]['label']} is linked to {best['name']} by hand")
    stage.tieout.put(f"/links/client/{shop.REVIEWED_CLIENT}", {"qbo_id": best["qbo_id"]})
    for kind, exact in (("service", shop.EXACT_SERVICES), ("term", shop.EXACT_TERMS)):
        taken = stage.tieout.post(f"/matching/{kind}/take-exact")
        stage.equal(f"{kind}s of equal names are taken", len(exact), taken["linked"])
    for kind, ref in (
        ("service", shop.REVIEWED_SERVICE),
        ("term", shop.REVIEWED_TERM),
        ("tax-region", "R-STATE"),
    ):
        proposal = _proposals(stage, kind)[ref]
        best = proposal["candidates"][0]
        stage.notes(f"{proposal['label']} is linked to {best['name']} by hand")
        stage.tieout.put(f"/links/{kind}/{ref}", {"qbo_id": best["qbo_id"]})
    links = stage.tieout.every("/links/client")
    stage.equal(
        "links are to the customers that QuickBooks has under these names",
        [one["theirs"] for one in links],
        [customers.get(one["qbo_id"], "nobody") for one in links],
        shown=f"{len(links)} links",
    )
    stage.equal(
        "what is ambiguous or new stays unlinked",
        sorted((shop.AMBIGUOUS_CLIENT, shop.RESEMBLING_CLIENT, shop.NEW_CLIENT)),
        sorted(_proposals(stage, "client")),
        shown="3 clients",
    )


def go_live(stage: Stage) -> None:
    """Choose the accounts and the first day, and let documents go."""
    first = min(one["dated"] for one in shop.sample_shop(stage.today)["invoices"])
    chosen = {
        "income_account": "Project Services",
        "deposit_account": "Undeposited Funds",
        "start_date": first,
    }
    where = f"/companies/{stage.simulated.realm_id}/settings"
    for name, value in chosen.items():
        stage.tieout.put(f"{where}/{name}", {"value": value})
    accounts = stage.books.names("Account")
    values = {one["name"]: one["value"] for one in stage.tieout.get(where)["items"]}
    stage.equal(
        "the accounts are those of QuickBooks' chart",
        [chosen["income_account"], chosen["deposit_account"]],
        [accounts.get(values["income_account"]), accounts.get(values["deposit_account"])],
    )
    stage.equal("the first day is kept", first, values["start_date"])
    stage.breathe()


def export(stage: Stage) -> None:
    """Send everything, one answer lost on the way; two clients need a person's word."""
    before = {entity: stage.books.count(entity) for entity in ("Customer", "Item", "Invoice", "CreditMemo")}
    plan = stage.books.plan_lost_reply(stage.simulated.client_id)
    stage.notes("Export is switched on; the answer to one invoice will get lost on its way back")
    where = f"/companies/{stage.simulated.realm_id}/settings/export"
    stage.tieout.put(where, {"value": "on"})
    stage.settle()
    stage.equal("one answer was lost after QuickBooks had done the work", 1, stage.books.times_fired(plan))
    stage.breathe()
    for ref, number in ((shop.AMBIGUOUS_CLIENT, "SD-3109"), (shop.RESEMBLING_CLIENT, "SD-3110")):
        issue = stage.issue("customer.ambiguous", number)
        stage.equal(f"{number} waits for somebody to say who {_name(ref)} is", [], _numbered(stage, number))
        stage.breathe()
        if ref == shop.AMBIGUOUS_CLIENT:
            choice = issue["facts"]["candidates"][0]["qbo_id"]
            stage.notes(f"It is customer {stage.books.names('Customer')[choice]}")
            stage.decide(issue, "link", choice)
        else:
            stage.notes("It is another firm: a new customer is made")
            stage.decide(issue, "create")
        stage.settle()
    wanted = shop.sample_shop(stage.today)
    final = [one["number"] for one in wanted["invoices"] if one.get("status", "final") == "final"]
    there = stage.books.sales()
    copies = {number: sum(1 for sale in there if sale.number == number) for number in final}
    stage.equal(
        "each final invoice is in QuickBooks exactly once",
        dict.fromkeys(final, 1),
        copies,
        shown=f"{len(final)} invoices",
    )
    stage.equal("the draft is not", [], _numbered(stage, shop.DRAFT))
    after = {entity: stage.books.count(entity) for entity in before}
    made = {entity: after[entity] - before[entity] for entity in before}
    stage.equal(
        "nothing else was made",
        {"Customer": 2, "Item": 1, "Invoice": len(final), "CreditMemo": 1},
        made,
    )
    for ref in (shop.NEW_CLIENT, shop.RESEMBLING_CLIENT):
        stage.equal(
            f"{_name(ref)} is one new customer", 1, len(stage.books.ids_named("Customer", _name(ref)))
        )
    totals = {number: stage.host_total(number) for number in final if number != shop.VARIANCE}
    stage.equal(
        "their totals are those of the host",
        totals,
        {sale.number: sale.total for sale in there if sale.number in totals},
        shown=f"{money(sum(totals.values()))} in {len(totals)} invoices",
    )
    credit = Decimal(stage.tieout.get(f"/host/credit-notes/{shop.CREDIT_NOTE}")["total"])
    stage.equal("the credit note", credit, stage.sale(shop.CREDIT_NOTE, "CreditMemo").total)


def variance(stage: Stage) -> None:
    """Where QuickBooks computes another tax it is said at once; the business corrects its invoice."""
    number = shop.VARIANCE
    ours, theirs = stage.host_total(number), stage.sale(number).total
    stage.holds(
        "QuickBooks computed another tax",
        ours != theirs,
        expected="another total than the host's",
        found=f"host {money(ours)}, QuickBooks {money(theirs)}",
    )
    issue = stage.issue("export.variance", number)
    stage.equal(
        "an issue says so with both figures",
        {"ours": ours, "theirs": theirs},
        {side: Decimal(str(issue["facts"][side])) for side in ("ours", "theirs")},
    )
    stage.breathe(1.5)
    stage.notes("The tax rate was out of date: the business corrects the invoice")
    stage.tieout.put(f"/host/invoices/{number}", shop.corrected_invoice(stage.today))
    stage.settle()
    _total_equal(stage, number)
    stage.equal("the issue closed by itself", [], [one["label"] for one in stage.issues()])


def _proposals(stage: Stage, kind: str) -> dict[str, dict[str, Any]]:
    return {one["ref"]: one for one in stage.tieout.every(f"/matching/{kind}")}


def _numbered(stage: Stage, number: str) -> list[str]:
    return [one.qbo_id for one in stage.books.sales_numbered(number)]


def _name(ref: str) -> str:
    return next(client[1] for client in shop.CLIENTS if client[0] == ref)


def _total_equal(stage: Stage, number: str) -> None:
    ours, theirs = stage.host_total(number), stage.sale(number).total
    shown = f"host {money(ours)}, QuickBooks {money(theirs)}"
    stage.equal(f"{number} has the same total on both sides", ours, theirs, shown=shown)


MORNING: Final = (
    Step("connect", "Connect QuickBooks", connect),
    Step("import", "Import the company", import_books),
    Step("host", "Fill the business system", fill_host),
    Step("match", "Match who is who", match),
    Step("go_live", "Choose accounts and go live", go_live),
    Step("export", "Send invoices", export),
    Step("variance", "Settle a tax difference", variance),
)
