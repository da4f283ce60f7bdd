"""The double-entry books: whatever happens to documents, they balance, and open amounts follow from the links."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.qbosim.desk import REALM, Desk, bill, exact, item_line, named
from tests.qbosim.standing import standings

TAXED: dict[str, Any] = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}}}


def balance(desk: Desk, account: str) -> Decimal:
    """An account's balance in the ledger; debits positive."""
    number = int(desk.rows("Account", f"where FullyQualifiedName = '{account}'")[0]["Id"])
    rows = standings(desk.store, REALM)
    return rows.get(number, Decimal(0))


def test_an_invoice_posts_receivables_against_income_and_sales_tax() -> None:
    desk = Desk()
    lines = [item_line(100.0, TaxCodeRef={"value": "TAX"}), item_line(50.0)]
    desk.invoice(desk.customer(), Line=lines, **TAXED)
    assert balance(desk, "Accounts Receivable (A/R)") == Decimal("159.10")
    assert balance(desk, "Services") == Decimal("-150.00")
    assert balance(desk, "City Revenue Office Payable") == Decimal("-9.10")
    assert desk.in_order()


def test_a_discount_is_booked_on_its_own_account() -> None:
    desk = Desk()
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    invoice = desk.invoice(desk.customer(), Line=[item_line(200.0), discount])
    assert invoice["TotalAmt"] == 180.0
    assert balance(desk, "Discounts given") == Decimal("20.00")
    assert balance(desk, "Services") == Decimal("-200.00")
    assert desk.in_order()


def test_a_payment_moves_receivables_to_undeposited_funds() -> None:
    desk = Desk()
    customer = desk.customer()
    invoice = desk.invoice(customer, 100.0)
    desk.pay(customer, 120.0, ("Invoice", invoice["Id"], 100.0))
    assert balance(desk, "Undeposited Funds") == Decimal("120.00")
    assert balance(desk, "Accounts Receivable (A/R)") == Decimal("-20.00")
    assert desk.one("Customer", customer)["Balance"] == -20.0


def test_a_zero_payment_that_applies_credit_moves_no_money() -> None:
    desk = Desk()
    customer = desk.customer()
    invoice = desk.invoice(customer, 100.0)
    memo = desk.post("CreditMemo", bill(customer, 30.0))
    desk.pay(customer, 0, ("Invoice", invoice["Id"], 30.0), ("CreditMemo", memo["Id"], 30.0))
    assert balance(desk, "Undeposited Funds") == 0
    assert balance(desk, "Accounts Receivable (A/R)") == Decimal("70.00")
    assert desk.one("Customer", customer)["Balance"] == 70.0


def test_voiding_deleting_and_editing_replace_the_postings() -> None:
    desk = Desk()
    customer = desk.customer()
    kept, voided, gone = (desk.invoice(customer, amount) for amount in (10.0, 20.0, 40.0))
    desk.post("Invoice", {"Id": voided["Id"], "SyncToken": "0"}, operation="void")
    desk.post("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    desk.post("Invoice", named(kept, Line=[item_line(15.0)]))
    assert balance(desk, "Services") == Decimal("-15.00")
    assert balance(desk, "Accounts Receivable (A/R)") == Decimal("15.00")
    assert desk.one("Customer", customer)["Balance"] == 15.0
    assert desk.in_order()


def test_a_balance_sheet_account_shows_its_balance_and_an_income_account_shows_none() -> None:
    desk = Desk()
    desk.invoice(desk.customer(), 100.0)
    shown = {row["Name"]: row["CurrentBalance"] for row in desk.rows("Account", "maxresults 1000")}
    assert shown["Accounts Receivable (A/R)"] == 100.0
    assert shown["Services"] == 0


def test_a_sub_accounts_balance_counts_towards_its_parent() -> None:
    desk = Desk()
    parent = desk.post("Account", {"Name": "Banks", "AccountType": "Bank"})
    child = {"Name": "Till", "AccountType": "Bank", "ParentRef": {"value": parent["Id"]}}
    till = desk.post("Account", child)
    desk.pay(desk.customer(), 30.0, DepositToAccountRef={"value": till["Id"]})
    shown = [
        (account["CurrentBalance"], account["CurrentBalanceWithSubAccounts"], account["SyncToken"])
        for account in (desk.one("Account", parent["Id"]), desk.one("Account", till["Id"]))
    ]
    assert shown == [(0, 30.0, "0"), (30.0, 30.0, "0")]


def test_a_sub_customers_balance_counts_towards_its_parents() -> None:
    desk = Desk()
    parent = desk.customer("Parent")
    child = desk.customer("Site", Job=True, ParentRef={"value": parent})
    desk.invoice(child, 75.0)
    assert (desk.one("Customer", parent)["Balance"], desk.one("Customer", parent)["BalanceWithJobs"]) == (
        0,
        75.0,
    )
    assert desk.one("Customer", child)["Balance"] == 75.0


def test_a_parents_payment_for_a_sub_customers_invoice_settles_the_sub_customer() -> None:
    desk = Desk()
    parent = desk.customer("Parent")
    child = desk.customer("Site", Job=True, ParentRef={"value": parent})
    invoice = desk.invoice(child, 75.0)
    desk.pay(parent, 100.0, ("Invoice", invoice["Id"], 75.0))
    assert desk.one("Customer", child)["Balance"] == 0
    assert desk.one("Customer", parent)["Balance"] == -25.0
    assert desk.in_order()


def test_an_exchange_rate_that_moved_between_invoice_and_payment_becomes_a_gain() -> None:
    desk = Desk(multi_currency=True)
    customer = desk.customer("Karl GmbH", CurrencyRef={"value": "EUR"})
    invoice = desk.invoice(customer, 100.0, CurrencyRef={"value": "EUR"}, ExchangeRate=1.1)
    assert (invoice["HomeTotalAmt"], invoice["HomeBalance"]) == (110.0, 110.0)
    receivable = desk.rows("Account", "where Name = 'Accounts Receivable (A/R) - EUR'")[0]
    assert (receivable["CurrentBalance"], balance(desk, receivable["Name"])) == (100.0, Decimal("110.00"))
    assert desk.one("Customer", customer)["Balance"] == 100.0
    desk.pay(customer, 100.0, ("Invoice", invoice["Id"], 100.0), ExchangeRate=1.2)
    assert balance(desk, "Undeposited Funds") == Decimal("120.00")
    assert balance(desk, "Accounts Receivable (A/R) - EUR") == 0
    assert balance(desk, "Exchange Gain or Loss") == Decimal("-10.00")
    assert desk.one("Customer", customer)["Balance"] == 0
    assert desk.in_order()


AMOUNTS = st.integers(min_value=1, max_value=500_00).map(lambda cents: cents / 100)


class RandomBookkeeping(RuleBasedStateMachine):
    """Anything a bookkeeper does to invoices, credit memos and payments, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[tuple[str, str], int] = {}

    @initialize()
    def open_books(self) -> None:
        self.desk = Desk()
        self.customers = [self.desk.customer("One"), self.desk.customer("Two")]
        self.customers.append(
            self.desk.customer("Below one", Job=True, ParentRef={"value": self.customers[0]})
        )

    def rows(self, entity: str) -> list[Any]:
        """Every record of an entity, oldest first."""
        return self.desk.rows(entity, "orderby Id maxresults 1000")

    @rule(
        entity=st.sampled_from(["Invoice", "CreditMemo"]),
        who=st.integers(0, 2),
        amount=AMOUNTS,
        tax=st.booleans(),
    )
    def create(self, entity: str, who: int, amount: float, tax: bool) -> None:
        line = item_line(amount, TaxCodeRef={"value": "TAX" if tax else "NON"})
        self.desk.post(entity, {**bill(self.customers[who]), "Line": [line], **TAXED})

    @rule(
        who=st.integers(0, 2),
        extra=st.sampled_from([0, 0, 10.5]),
        share=st.sampled_from([0.5, 1]),
        data=st.data(),
    )
    def pay(self, who: int, extra: float, share: float, data: st.DataObject) -> None:
        customer = self.customers[who]
        lines = []
        total = Decimal(str(extra))
        for entity in ("Invoice", "CreditMemo"):
            found = [row for row in self.rows(entity) if row["CustomerRef"]["value"] == customer]
            for row in found:
                amount = (exact(row["Balance"]) * Decimal(str(share))).quantize(Decimal("0.01"))
                if amount > 0 and data.draw(st.booleans()):
                    lines.append((entity, row["Id"], float(amount)))
                    total += amount if entity == "Invoice" else -amount
        if total >= 0 and (lines or total):
            self.desk.pay(customer, float(total), *lines)

    @rule(entity=st.sampled_from(["Invoice", "CreditMemo"]), pick=st.integers(0, 50), amount=AMOUNTS)
    def edit(self, entity: str, pick: int, amount: float) -> None:
        rows = self.rows(entity)
        if rows:
            self.desk.post(entity, named(rows[pick % len(rows)], Line=[item_line(amount)]))

    @rule(pick=st.integers(0, 50), keep=st.booleans())
    def edit_payment(self, pick: int, keep: bool) -> None:
        rows = self.rows("Payment")
        if rows:
            row = rows[pick % len(rows)]
            changes = {"CustomerRef": row["CustomerRef"], "TotalAmt": row["TotalAmt"]}
            lines = row["Line"][: len(row["Line"]) // 2] if keep else []
            invoices = sum(
                exact(line["Amount"]) for line in lines if line["LinkedTxn"][0]["TxnType"] == "Invoice"
            )
            credit = sum(exact(line["Amount"]) for line in lines) - invoices
            if invoices <= exact(row["TotalAmt"]) + credit:
                self.desk.post("Payment", named(row, **changes, Line=lines))

    @rule(entity=st.sampled_from(["Invoice", "CreditMemo", "Payment"]), pick=st.integers(0, 50))
    def delete(self, entity: str, pick: int) -> None:
        rows = self.rows(entity)
        if rows:
            row = rows[pick % len(rows)]
            self.desk.post(entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]}, operation="delete")

    @rule(entity=st.sampled_from(["Invoice", "Payment"]), pick=st.integers(0, 50))
    def void(self, entity: str, pick: int) -> None:
        rows = self.rows(entity)
        if rows:
            row = rows[pick % len(rows)]
            self.desk.post(entity, {"Id": row["Id"], "SyncToken": row["SyncToken"]}, include="void")

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def the_books_balance(self) -> None:
        assert self.desk.in_order()

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def open_amounts_are_totals_less_what_is_applied(self) -> None:
        applied: dict[tuple[str, str], Decimal] = {}
        owed = dict.fromkeys(self.customers, Decimal(0))
        for row in self.rows("Payment"):
            rest = exact(row["TotalAmt"])
            for line in row["Line"]:
                link = line["LinkedTxn"][0]
                key = (link["TxnType"], link["TxnId"])
                applied[key] = applied.get(key, Decimal(0)) + exact(line["Amount"])
                rest += exact(line["Amount"]) * (1 if key[0] == "CreditMemo" else -1)
            assert exact(row["UnappliedAmt"]) == rest >= 0
            owed[row["CustomerRef"]["value"]] -= rest
        for entity, sign in (("Invoice", 1), ("CreditMemo", -1)):
            for row in self.rows(entity):
                left = exact(row["TotalAmt"]) - applied.pop((entity, row["Id"]), Decimal(0))
                assert exact(row["Balance"]) == left >= 0
                assert exact(row.get("RemainingCredit", row["Balance"])) == left
                owed[row["CustomerRef"]["value"]] += sign * left
        assert not applied, "a payment is linked to what does not exist"
        for customer in self.rows("Customer"):
            assert exact(customer["Balance"]) == owed[customer["Id"]]

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def links_are_seen_from_both_sides(self) -> None:
        from_payments = {
            (line["LinkedTxn"][0]["TxnId"], row["Id"])
            for row in self.rows("Payment")
            for line in row["Line"]
            if line["LinkedTxn"][0]["TxnType"] == "Invoice"
        }
        from_invoices = {
            (row["Id"], link["TxnId"]) for row in self.rows("Invoice") for link in row["LinkedTxn"]
        }
        assert from_payments == from_invoices

    @precondition(lambda self: hasattr(self, "desk"))
    @invariant()
    def sync_tokens_never_go_back(self) -> None:
        for entity in ("Invoice", "CreditMemo", "Payment"):
            for row in self.rows(entity):
                token = int(row["SyncToken"])
                assert token >= self.tokens.get((entity, row["Id"]), 0)
                self.tokens[entity, row["Id"]] = token


TestRandomBookkeeping = RandomBookkeeping.TestCase
TestRandomBookkeeping.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
