"""quickbooks-mcp, unchanged, asked as an assistant would ask it: every report, and books kept by name.

Its tools are called over standard input and output; what they create is read back through its own query tool.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from report import attempt

DAY = "2026-05-01"
PERIOD = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


class Assistant:
    """A conversation with the server."""

    def __init__(self, server: str) -> None:
        kept = Path("mcp-credentials.json").resolve()
        given = ("client_id", "client_secret", "access_token", "refresh_token")
        told = {name: os.environ[f"QBOSIM_{name.upper()}"] for name in given}
        kept.write_text(json.dumps({**told, "company_id": os.environ["QBOSIM_REALM_ID"]}))
        settings = {"QBO_SANDBOX": "true", "QBO_CREDENTIAL_FILE": str(kept), "QBO_INLINE_OUTPUT": "true"}
        self._process = subprocess.Popen(
            ["node", server],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **settings},
        )
        self._asked = 0
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}}
        self._ask("initialize", {**hello, "clientInfo": {"name": "conformance", "version": "1"}})
        self._write({"method": "notifications/initialized"})
        self.tools = {tool["name"]: tool for tool in self._ask("tools/list", {})["tools"]}

    def call(self, tool: str, **arguments: Any) -> str:
        """What a tool says. Raises RuntimeError when it says that it failed."""
        answer = self._ask("tools/call", {"name": tool, "arguments": arguments})
        text = "\n".join(part.get("text", "") for part in answer["content"])
        if answer.get("isError"):
            raise RuntimeError(text)
        return text

    def newest(self, entity: str) -> str:
        """The id of what was created last."""
        text = self.call("query", query=f"SELECT * FROM {entity} ORDERBY Id DESC MAXRESULTS 1")
        found = re.search(r'"Id":\s*"(\d+)",\s*"SyncToken"', text)
        assert found, text[:300]
        return found[1]

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait()

    def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self._asked += 1
        self._write({"id": self._asked, "method": method, "params": parameters})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if told.get("id") == self._asked:
                if "error" in told:
                    raise RuntimeError(json.dumps(told["error"]))
                return told["result"]
        raise RuntimeError("the server ended")

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._process.stdin.flush()


def main() -> None:
    """Reports first, then writing."""
    assistant = Assistant(sys.argv[1])
    for tool in ("get_company_info", "list_accounts"):
        attempt(tool, lambda tool=tool: assistant.call(tool))
    for tool in ("get_profit_loss", "get_trial_balance"):
        attempt(tool, lambda tool=tool: assistant.call(tool, **PERIOD))
    attempt(
        "get_profit_loss by month", lambda: assistant.call("get_profit_loss", **PERIOD, summarize_by="Month")
    )
    attempt("get_balance_sheet", lambda: assistant.call("get_balance_sheet", as_of_date="2026-12-31"))
    for report in assistant.tools["get_report"]["inputSchema"]["properties"]["report"]["enum"]:
        attempt(
            f"get_report {report}",
            lambda report=report: assistant.call("get_report", report=report, **PERIOD),
        )
    for tool in ("query_account_transactions", "account_period_summary"):
        attempt(tool, lambda tool=tool: assistant.call(tool, account="Checking", **PERIOD))
    attempt("customer, invoice, payment by name", lambda: _selling(assistant))
    attempt("bill, credit, payment, expense by name", lambda: _buying(assistant))
    attempt("journal entry, transfer, deposit by name", lambda: _moving(assistant))
    assistant.close()


def _name(assistant: Assistant, entity: str, rest: str) -> str:
    found = re.search(r'"FullyQualifiedName":\s*"([^"]+)"', assistant.call("query", query=_all(entity, rest)))
    assert found, f"no {entity} {rest}"
    return found[1]


def _all(entity: str, rest: str) -> str:
    return f"SELECT * FROM {entity} {rest} MAXRESULTS 1"


def _selling(assistant: Assistant) -> None:
    assistant.call("create_customer", display_name="Asked & Answered", email="a@asked.example", draft=False)
    line = {"item_name": _name(assistant, "Item", "WHERE Type = 'Service'"), "qty": 2, "unit_price": 30}
    sale = {"txn_date": DAY, "customer_name": "Asked & Answered", "draft": False}
    assistant.call("create_invoice", **sale, lines=[{**line, "amount": 60}])
    invoice = assistant.newest("Invoice")
    assistant.call("edit_invoice", id=invoice, memo="seen", draft=False)
    paid = [{"invoice_id": invoice, "amount": 60}]
    assistant.call("receive_payment", **sale, invoices=paid)
    assert re.search(r"\b0(\.00?)?\b", assistant.call("get_invoice", id=invoice))
    assistant.call("create_sales_receipt", **sale, lines=[{**line, "amount": 60}])
    receipt = assistant.newest("SalesReceipt")
    assistant.call("edit_sales_receipt", id=receipt, memo="seen", draft=False)
    assistant.call("delete_entity", entity_type="sales_receipt", id=receipt, confirm=True)


def _buying(assistant: Assistant) -> None:
    vendor = re.search(r'"DisplayName":\s*"([^"]+)"', assistant.call("query", query=_all("Vendor", "")))
    assert vendor
    expense = _name(assistant, "Account", "WHERE AccountType = 'Expense'")
    bill = {"vendor_name": vendor[1], "txn_date": DAY, "draft": False}
    assistant.call("create_bill", **bill, lines=[{"account_name": expense, "amount": 80}])
    made = assistant.newest("Bill")
    assistant.call("edit_bill", id=made, memo="seen", draft=False)
    assistant.call("create_vendor_credit", **bill, lines=[{"account_name": expense, "amount": 30}])
    credit = [{"vendor_credit_id": assistant.newest("VendorCredit"), "amount": 30}]
    owed = [{"bill_id": made, "amount": 80}]
    assistant.call("create_bill_payment", **bill, payment_account="Checking", bills=owed, credits=credit)
    assistant.call("get_bill_payment", id=assistant.newest("BillPayment"))
    spent = {"payment_type": "Check", "payment_account": "Checking", "txn_date": DAY, "draft": False}
    assistant.call("create_expense", **spent, lines=[{"account_name": expense, "amount": 5}])
    assistant.call("edit_expense", id=assistant.newest("Purchase"), memo="seen", draft=False)


def _moving(assistant: Assistant) -> None:
    expense = _name(assistant, "Account", "WHERE AccountType = 'Expense'")
    sides = [
        {"account_name": name, "amount": 7, "posting_type": side}
        for name, side in ((expense, "Debit"), ("Checking", "Credit"))
    ]
    assistant.call("create_journal_entry", txn_date=DAY, memo="moved", lines=sides, draft=False)
    entry = assistant.newest("JournalEntry")
    assistant.call("edit_journal_entry", id=entry, memo="seen", draft=False)
    assistant.call("delete_entity", entity_type="journal_entry", id=entry, confirm=True)
    card = _name(assistant, "Account", "WHERE AccountType = 'Credit Card'")
    move = {"from_account": "Checking", "to_account": card, "amount": 3}
    assistant.call("create_transfer", **move, txn_date=DAY, draft=False)
    income = _name(assistant, "Account", "WHERE AccountType = 'Income'")
    lines = [{"account_name": income, "amount": 4}]
    assistant.call("create_deposit", deposit_to_account="Checking", txn_date=DAY, lines=lines, draft=False)
    assistant.call("edit_deposit", id=assistant.newest("Deposit"), memo="seen", draft=False)


if __name__ == "__main__":
    main()
