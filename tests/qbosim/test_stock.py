"""Items in stock: what sales cost, what purchases and adjustments do, and that the past may change at any time."""

from __future__ import annotations

import json
from collections import deque
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.books import inventory
from qbosim.books.ledger import QUANTITY_UNIT
from qbosim.companies.empty import open_company
from qbosim.entities.bundle import make_bundle
from tests.qbosim.desk import REALM, Desk, exact, named, shared
from tests.qbosim.standing import standings

OPENED = "2026-01-01"
COSTS = "Cost of Goods Sold"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def account(desk: Desk, name: str) -> dict[str, str]:
    """A reference to an account by its name."""
    return {"value": desk.rows("Account", f"where Name = '{name}'")[0]["Id"]}


def standing(desk: Desk, name: str, day: str = "2099-12-31") -> Any:
    """What an account stands at in the trial balance, debit positive."""
    number = int(account(desk, name)["value"])
    rows = standings(desk.store, REALM, day)
    return rows.get(number, Decimal(0))


def goods(desk: Desk, name: str = "Widget", quantity: float = 0, cost: float = 0, **more: Any) -> Any:
    """A new inventory item that costs `cost` and of which there are `quantity` at the start."""
    return desk.post(
        "Item",
        {
            "Name": name,
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": quantity,
            "InvStartDate": OPENED,
            "PurchaseCost": cost,
            "UnitPrice": 25,
            "IncomeAccountRef": account(desk, "Sales of Product Income"),
            "ExpenseAccountRef": account(desk, COSTS),
            "AssetAccountRef": account(desk, "Inventory Asset"),
            **more,
        },
    )


def sale_line(item: Any, quantity: float, price: float = 25) -> dict[str, Any]:
    """A line of a sales form."""
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": quantity, "UnitPrice": price}
    return {"Amount": quantity * price, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def purchase_line(item: Any, quantity: float, amount: float) -> dict[str, Any]:
    """A line of a bill."""
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": quantity}
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }


class Trade:
    """Somebody to sell to and somebody to buy from: new ones, else those of `like`."""

    def __init__(self, desk: Desk, like: Trade | None = None) -> None:
        self.desk = desk
        self.customer: dict[str, str] = like.customer if like else {"value": desk.customer()}
        self.vendor: dict[str, str] = (
            like.vendor
            if like
            else {"value": desk.post("Vendor", {"DisplayName": "Example Wholesale"})["Id"]}
        )

    def sell(self, item: Any, quantity: float, day: str = "2026-03-01", entity: str = "Invoice") -> Any:
        line = sale_line(item, quantity)
        return self.desk.post(entity, {"CustomerRef": self.customer, "TxnDate": day, "Line": [line]})

    def buy(
        self, item: Any, quantity: float, amount: float, day: str = "2026-02-01", entity: str = "Bill"
    ) -> Any:
        line = purchase_line(item, quantity, amount)
        return self.desk.post(entity, {"VendorRef": self.vendor, "TxnDate": day, "Line": [line]})


@pytest.fixture
def trade(desk: Desk) -> Trade:
    return Trade(desk)


def on_hand(desk: Desk, item: Any) -> Any:
    return desk.one("Item", item["Id"])["QtyOnHand"]


def cost_of(desk: Desk, txn: Any) -> Any:
    """What a transaction books on the cost account."""
    number = int(account(desk, COSTS)["value"])
    with desk.store.transaction() as db:
        row = db.execute(
            "SELECT coalesce(sum(amount), 0) FROM posting WHERE realm = ? AND txn = ? AND account = ?",
            (REALM, int(txn["Id"]), number),
        ).fetchone()
    return Decimal(row[0]) / 100


# -- items -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("item.opening_stock", "inventory_adjustment.opening", "item.stock_required")
def test_the_opening_stock_is_worth_its_purchase_cost_against_opening_balance_equity(desk: Desk) -> None:
    item = goods(desk, quantity=10, cost=12.5)
    assert (item["QtyOnHand"], item["InvStartDate"], item["TrackQtyOnHand"]) == (10, OPENED, True)
    assert standing(desk, "Inventory Asset", OPENED) == 125
    assert standing(desk, "Opening Balance Equity") == -125
    [opening] = desk.rows("InventoryAdjustment")
    assert (opening["DocNumber"], opening["TxnDate"]) == ("START", OPENED)
    for key in ("QtyOnHand", "InvStartDate", "TrackQtyOnHand", "AssetAccountRef", "ExpenseAccountRef"):
        body = {key_: value for key_, value in item.items() if key_ not in (key, "Id", "SyncToken")}
        assert desk.refused("Item", {**body, "Name": "Another"})["element"] == key
    assert desk.in_order()


@pytest.mark.rule("item.inventory_accounts", "item.no_party_accounts", "item.income_account")
def test_an_items_accounts_are_of_the_right_types(desk: Desk) -> None:
    checking, receivable = account(desk, "Checking"), account(desk, "Accounts Receivable (A/R)")
    item = goods(desk)
    for key in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
        assert desk.refused("Item", named(item, **{key: checking}))["code"] == "6430"
    service = {"Name": "Advice", "Type": "Service"}
    assert desk.refused("Item", {**service, "IncomeAccountRef": receivable})["code"] == "6430"
    assert desk.refused("Item", service)["element"] == "IncomeAccountRef"


@pytest.mark.rule("item.bought_only")
def test_a_product_that_is_only_bought_needs_an_expense_account_alone(desk: Desk) -> None:
    body = {"Name": "Paper", "Type": "NonInventory"}
    assert desk.refused("Item", body)["element"] == "IncomeAccountRef"
    made = desk.post("Item", {**body, "ExpenseAccountRef": account(desk, "Supplies")})
    assert "IncomeAccountRef" not in made


@pytest.mark.rule("item.type_change")
def test_a_product_can_be_stocked_later_but_stock_stays_stock(desk: Desk) -> None:
    income = account(desk, "Sales of Product Income")
    plain = desk.post("Item", {"Name": "Lamp", "Type": "NonInventory", "IncomeAccountRef": income})
    stocked = desk.post(
        "Item",
        named(
            plain,
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=3,
            InvStartDate=OPENED,
            PurchaseCost=4,
            AssetAccountRef=account(desk, "Inventory Asset"),
            ExpenseAccountRef=account(desk, COSTS),
        ),
    )
    assert (stocked["Type"], stocked["QtyOnHand"]) == ("Inventory", 3)
    assert standing(desk, "Inventory Asset") == 12
    assert desk.refused("Item", named(stocked, Type="Service"))["code"] == "6000"


@pytest.mark.rule("item.quantity_change", "inventory_adjustment.shrinkage")
def test_a_changed_quantity_is_an_adjustment_of_today(desk: Desk) -> None:
    item = goods(desk, quantity=10, cost=3)
    changed = desk.post("Item", named(item, QtyOnHand=8))
    assert changed["QtyOnHand"] == 8
    assert standing(desk, "Inventory Asset") == 24
    assert standing(desk, "Inventory Shrinkage") == 6
    found = desk.rows("InventoryAdjustment", "orderby TxnDate")[-1]
    assert found["TxnDate"] == "2026-05-05"
    assert found["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"] == -2
    full = {key: value for key, value in changed.items() if key not in ("QtyOnHand", "sparse", "MetaData")}
    assert desk.post("Item", {**full, "Description": "Small"})["QtyOnHand"] == 8
    assert desk.in_order()


@pytest.mark.rule("item.deactivated_stock")
def test_a_deactivated_item_has_no_stock_left(desk: Desk) -> None:
    item = goods(desk, quantity=4, cost=5)
    gone = desk.post("Item", named(item, Active=False))
    assert (gone["Active"], gone["QtyOnHand"]) == (False, 0)
    assert standing(desk, "Inventory Asset") == 0
    back = desk.post("Item", named(gone, Active=True))
    assert (back["Name"], back["QtyOnHand"]) == ("Widget", 0)


@pytest.mark.rule("item.start_change", "stock.start")
def test_sales_before_the_start_cost_nothing_until_the_start_is_moved(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=10, cost=3, InvStartDate="2026-03-01")
    early, late = trade.sell(item, 2, "2026-02-28"), trade.sell(item, 2, "2026-03-01")
    assert (cost_of(desk, early), cost_of(desk, late), on_hand(desk, item)) == (0, 6, 8)
    moved = desk.post("Item", named(desk.one("Item", item["Id"]), InvStartDate="2026-02-01"))
    assert (cost_of(desk, early), moved["QtyOnHand"]) == (6, 6)
    assert standing(desk, "Inventory Asset", "2026-02-01") == 30
    desk.post("Item", named(moved, InvStartDate="2026-03-01"))
    assert (cost_of(desk, early), on_hand(desk, item)) == (0, 8)
    assert desk.in_order()


# -- sales and purchases -----------------------------------------------------------------------------------------


@pytest.mark.rule("stock.fifo")
def test_what_is_sold_costs_what_the_oldest_units_cost(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=2, cost=5)
    trade.buy(item, 3, 10)
    sale = trade.sell(item, 3)
    assert cost_of(desk, sale) == exact("13.33")
    assert on_hand(desk, item) == 2
    assert cost_of(desk, trade.sell(item, 2)) == exact("6.67")
    assert standing(desk, "Inventory Asset") == 0
    assert desk.one("Invoice", sale["Id"])["SyncToken"] == "0"
    assert desk.in_order()


def test_the_cost_of_a_sale_tells_customer_item_and_quantity(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=5, cost=2)
    sale = trade.sell(item, 3)
    number = int(account(desk, COSTS)["value"])
    with desk.store.transaction() as db:
        row = db.execute(
            "SELECT customer, item, quantity, amount FROM posting WHERE realm = ? AND txn = ? AND account = ?",
            (REALM, int(sale["Id"]), number),
        ).fetchone()
    assert tuple(row) == (int(trade.customer["value"]), int(item["Id"]), 3 * QUANTITY_UNIT, 600)


@pytest.mark.rule("stock.recosting")
def test_a_purchase_that_comes_to_light_late_corrects_the_sales_after_it(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=1, cost=5)
    trade.buy(item, 5, 50, "2026-02-10")
    sale = trade.sell(item, 3, "2026-03-01")
    assert cost_of(desk, sale) == 25
    bill = trade.buy(item, 5, 35, "2026-02-01")
    assert cost_of(desk, sale) == 19
    after = desk.one("Invoice", sale["Id"])
    assert (after["SyncToken"], after["MetaData"]) == (sale["SyncToken"], sale["MetaData"])
    desk.post("Bill", named(bill), operation="delete")
    assert cost_of(desk, sale) == 25
    assert desk.in_order()


@pytest.mark.rule("stock.below_zero")
def test_selling_what_is_not_there_costs_what_the_last_ones_did_until_more_comes(
    desk: Desk, trade: Trade
) -> None:
    item = goods(desk, cost=4)
    sale = trade.sell(item, 2)
    assert (cost_of(desk, sale), on_hand(desk, item)) == (8, -2)
    assert standing(desk, "Inventory Asset") == -8
    trade.buy(item, 1, 5, "2026-03-05")
    assert cost_of(desk, sale) == 10
    trade.buy(item, 3, 18, "2026-03-06")
    assert (cost_of(desk, sale), on_hand(desk, item)) == (11, 2)
    assert standing(desk, "Inventory Asset") == 12
    assert desk.in_order()


@pytest.mark.rule("stock.returns", "stock.return_cost")
def test_goods_that_come_back_are_in_stock_again(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=4, cost=3)
    trade.sell(item, 3)
    memo = trade.sell(item, 2, "2026-03-02", "CreditMemo")
    assert (on_hand(desk, item), cost_of(desk, memo)) == (3, -6)
    assert standing(desk, "Inventory Asset") == 9
    desk.post("CreditMemo", named(memo), operation="delete")
    assert (on_hand(desk, item), standing(desk, "Inventory Asset")) == (1, 3)
    assert desk.in_order()


@pytest.mark.rule("stock.purchase_return")
def test_a_vendor_credit_takes_units_out_and_the_difference_is_cost(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=4, cost=3)
    credit = trade.buy(item, 2, 10, "2026-03-01", "VendorCredit")
    assert on_hand(desk, item) == 2
    assert standing(desk, "Inventory Asset") == 6
    assert cost_of(desk, credit) == -4
    assert desk.in_order()


@pytest.mark.parametrize("entity", ["Invoice", "SalesReceipt"])
def test_a_voided_sale_gives_its_goods_back(desk: Desk, trade: Trade, entity: str) -> None:
    item = goods(desk, quantity=4, cost=3)
    sale = trade.sell(item, 3, entity=entity)
    assert on_hand(desk, item) == 1
    query = {"operation": "void"} if entity == "Invoice" else {"operation": "update", "include": "void"}
    desk.post(entity, named(sale), **query)
    assert (on_hand(desk, item), cost_of(desk, sale), standing(desk, "Inventory Asset")) == (4, 0, 12)
    assert desk.in_order()


def test_goods_given_away_for_nothing_leave_stock_too(desk: Desk, trade: Trade) -> None:
    item = goods(desk, quantity=4, cost=3)
    line = sale_line(item, 1, 0)
    sale = desk.post("Invoice", {"CustomerRef": trade.customer, "TxnDate": "2026-03-01", "Line": [line]})
    assert (on_hand(desk, item), cost_of(desk, sale)) == (3, 3)


def test_goods_bought_abroad_cost_what_they_did_in_home_currency() -> None:
    desk = Desk(multi_currency=True)
    euro = {"CurrencyRef": {"value": "EUR"}}
    vendor = {"value": desk.post("Vendor", {"DisplayName": "Example Import", **euro})["Id"]}
    item = goods(desk)
    line = purchase_line(item, 3, 10)
    bill = desk.post(
        "Bill",
        {"VendorRef": vendor, **euro, "ExchangeRate": 1.25, "TxnDate": "2026-02-01", "Line": [line]},
    )
    sale = Trade(desk).sell(item, 2)
    assert (cost_of(desk, sale), standing(desk, "Inventory Asset")) == (exact("8.33"), exact("4.17"))
    desk.post("Bill", named(bill, VendorRef=vendor, ExchangeRate=1.5))
    assert (cost_of(desk, sale), standing(desk, "Inventory Asset")) == (10, 5)
    assert desk.in_order()


def test_a_bundle_takes_its_parts_out_of_stock_and_gives_them_back_when_it_is_void(
    desk: Desk, trade: Trade
) -> None:
    item = goods(desk, quantity=10, cost=3)
    with desk.store.transaction() as db:
        company = open_company(db, desk.clock, REALM)
        kit = make_bundle(company, "Kit", [(item["Id"], Decimal(2))])
    line = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": str(kit.id)}, "Quantity": 2},
    }
    sale = desk.post("Invoice", {"CustomerRef": trade.customer, "TxnDate": "2026-03-01", "Line": [line]})
    assert (on_hand(desk, item), cost_of(desk, sale)) == (6, 12)
    desk.post("Invoice", named(sale), operation="void")
    assert (on_hand(desk, item), cost_of(desk, sale)) == (10, 0)
    assert desk.in_order()


# -- adjustments -------------------------------------------------------------------------------------------------


def adjustment(desk: Desk, item: Any, *, account_name: str = "Supplies", **detail: Any) -> dict[str, Any]:
    """The body of an adjustment with one line."""
    return {
        "AdjustAccountRef": account(desk, account_name),
        "TxnDate": "2026-03-01",
        "Line": [
            {
                "DetailType": "ItemAdjustmentLineDetail",
                "ItemAdjustmentLineDetail": {"ItemRef": {"value": item["Id"]}, **detail},
            }
        ],
    }


@pytest.mark.rule("inventory_adjustment.stock", "inventory_adjustment.new_quantity")
def test_an_adjustment_moves_stock_and_its_worth(desk: Desk) -> None:
    item = goods(desk, quantity=10, cost=3)
    made = desk.post("InventoryAdjustment", adjustment(desk, item, QtyDiff=-4))
    assert (on_hand(desk, item), standing(desk, "Supplies")) == (6, 12)
    changed = desk.post("InventoryAdjustment", named(made, Line=adjustment(desk, item, NewQty=9)["Line"]))
    assert changed["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"] == -1
    assert (on_hand(desk, item), standing(desk, "Supplies")) == (9, 3)
    assert desk.rows("InventoryAdjustment", "where TxnDate = '2026-03-01'") == [changed]
    desk.post("InventoryAdjustment", named(changed), operation="delete")
    assert (on_hand(desk, item), standing(desk, "Supplies"), standing(desk, "Inventory Asset")) == (10, 0, 30)
    assert desk.in_order()


@pytest.mark.rule(
    "inventory_adjustment.required", "inventory_adjustment.item", "inventory_adjustment.account"
)
def test_an_adjustment_that_makes_no_sense_is_refused(desk: Desk) -> None:
    item = goods(desk, quantity=10, cost=3)
    whole = adjustment(desk, item, QtyDiff=1)
    assert desk.refused("InventoryAdjustment", {"Line": whole["Line"]})["element"] == "AdjustAccountRef"
    assert desk.refused("InventoryAdjustment", {**whole, "Line": []})["element"] == "Line"
    assert desk.refused("InventoryAdjustment", {**whole, "Line": [{}]})["element"] == "Line.DetailType"
    assert desk.refused("InventoryAdjustment", adjustment(desk, item))["element"] == "QtyDiff"
    wrong = adjustment(desk, item, account_name="Accounts Receivable (A/R)", QtyDiff=1)
    assert desk.refused("InventoryAdjustment", wrong)["code"] == "6430"
    assert desk.refused("InventoryAdjustment", adjustment(desk, {"Id": "1"}, QtyDiff=1))["code"] == "6000"
    early = desk.refused("InventoryAdjustment", {**whole, "TxnDate": "2025-12-31"})
    assert early["Detail"].endswith("Transaction date is prior to start date for inventory item.")
    assert on_hand(desk, item) == 10


# -- loaded companies --------------------------------------------------------------------------------------------


@pytest.mark.rule("stock.loaded")
def test_a_loaded_companys_stock_goes_on_from_where_it_was(tmp_path: Path) -> None:
    desk = Desk()
    trade = Trade(desk)
    item = goods(desk, quantity=10, cost=3)
    trade.buy(item, 5, 25)
    sale = trade.sell(item, 4)
    lost = desk.post("InventoryAdjustment", adjustment(desk, item, QtyDiff=-1))
    entities = ("Account", "Item", "Customer", "Vendor", "Invoice", "Bill", "TaxCode", "Term")
    for entity in entities:
        (tmp_path / f"{entity}.json").write_text(json.dumps(desk.rows(entity)))
    broken = {**item, "Id": "800", "Name": "Broken", "QtyOnHand": "some"}
    (tmp_path / "Item.json").write_text(json.dumps([*desk.rows("Item"), broken]))
    odd = [lost, {"Id": "900"}, {**lost, "Id": "901", "Line": [{"DetailType": "ItemAdjustmentLineDetail"}]}]
    (tmp_path / "InventoryAdjustment.json").write_text(json.dumps(odd))
    loaded = Desk(folder=tmp_path)
    assert loaded.report is not None
    assert [number for kind, number, _ in loaded.report.refused if kind == "Item"] == ["800"]
    assert [number for kind, number, _ in loaded.report.refused if kind == "InventoryAdjustment"] == [
        "900",
        "901",
    ]
    assert loaded.one("Item", item["Id"]) == desk.one("Item", item["Id"])
    assert loaded.one("Account", item["AssetAccountRef"]["value"])["CurrentBalance"] == 40
    assert cost_of(loaded, sale) == 12
    later = Trade(loaded, like=trade)
    assert cost_of(loaded, later.sell(item, 6, "2026-04-01")) == 20
    assert on_hand(loaded, item) == 4
    assert loaded.one("Account", item["AssetAccountRef"]["value"])["CurrentBalance"] == 20
    assert loaded.in_order()


@pytest.mark.rule("stock.start")
def test_the_stock_of_a_real_sandbox_company_is_worth_what_its_asset_account_says() -> None:
    desk = Desk(folder=shared("fixtures/sandbox-company"))
    accounts = [each for each in desk.rows("Account", "maxresults 1000") if each["Name"] == "Inventory Asset"]
    with desk.store.transaction() as db:
        [(worth,)] = db.execute("SELECT sum(CASE incoming WHEN 1 THEN cost ELSE -cost END) FROM stock")
    openings = [
        each["Line"][0]["ItemAdjustmentLineDetail"]["QtyDiff"]
        for each in desk.rows("InventoryAdjustment", "where DocNumber = 'START' orderby Id")
    ]
    assert Decimal(worth) / 100 == exact(accounts[0]["CurrentBalance"]) == exact("596.25")
    assert openings == [3, 16, 10, 10]


# -- any history -------------------------------------------------------------------------------------------------

DAYS = ("2026-01-05", "2026-01-20", "2026-02-11", "2026-03-03", "2026-04-30")
STEP = st.tuples(
    st.sampled_from(["buy", "sell", "return", "find", "lose", "redate", "resize", "delete"]),
    st.sampled_from(DAYS),
    st.integers(1, 6),
    st.integers(1, 9),
)


class Told:
    """What a test did, as simple as can be: the arrivals and departures of one item that are still in the books."""

    def __init__(self) -> None:
        self.moves: dict[str, dict[str, Any]] = {}

    def ordered(self, *, arrivals: bool) -> list[dict[str, Any]]:
        return sorted(
            (each for each in self.moves.values() if (each["units"] > 0) == arrivals),
            key=lambda each: (each["day"], int(each["Id"])),
        )

    def costs(self, price: int) -> tuple[dict[str, Fraction], Fraction]:
        """Cents that each departure cost, and what is left in stock: unit by unit, first in, first out."""
        units: deque[Fraction] = deque()
        last = Fraction(price)
        for each in self.ordered(arrivals=True):
            if each["price"] is not None:
                last = Fraction(each["price"])
            units.extend([last] * each["units"])
        costs: dict[str, Fraction] = {}
        short = Fraction(0)
        for each in self.ordered(arrivals=False):
            cost = Fraction(0)
            for _ in range(-each["units"]):
                if units:
                    cost += units.popleft()
                else:
                    cost += last
                    short += last
            costs[each["Id"]] = cost
        return costs, sum(units, Fraction(0)) - short


def play(trade: Trade, item: Any, told: Told, step: tuple[str, str, int, int]) -> None:
    what, day, units, price = step
    desk = trade.desk
    if what == "buy":
        made, entity, moved, paid = trade.buy(item, units, units * price, day), "Bill", units, price * 100
        told.moves[made["Id"]] = {
            "Id": made["Id"],
            "entity": entity,
            "day": day,
            "units": moved,
            "price": paid,
        }
        return
    if what in ("sell", "return"):
        entity = "Invoice" if what == "sell" else "CreditMemo"
        made = trade.sell(item, units, day, entity)
        moved = -units if what == "sell" else units
        told.moves[made["Id"]] = {
            "Id": made["Id"],
            "entity": entity,
            "day": day,
            "units": moved,
            "price": None,
        }
        return
    if what in ("find", "lose"):
        moved = units if what == "find" else -units
        body = {**adjustment(desk, item, account_name=COSTS, QtyDiff=moved), "TxnDate": day}
        made = desk.post("InventoryAdjustment", body)
        told.moves[made["Id"]] = {
            "Id": made["Id"],
            "entity": "InventoryAdjustment",
            "day": day,
            "units": moved,
            "price": None,
        }
        return
    if not told.moves:
        return
    which = sorted(told.moves, key=int)[price % len(told.moves)]
    known = told.moves[which]
    record = desk.one(known["entity"], which)
    if what == "delete":
        desk.post(known["entity"], named(record), operation="delete")
        del told.moves[which]
    elif what == "redate":
        more = {"VendorRef": trade.vendor} if known["entity"] == "Bill" else {}
        desk.post(known["entity"], named(record, TxnDate=day, **more))
        known["day"] = day
    elif known["entity"] in ("Invoice", "CreditMemo"):
        desk.post(known["entity"], named(record, Line=[sale_line(item, units)]))
        known["units"] = units if known["units"] > 0 else -units


@settings(max_examples=40, deadline=None)
@given(st.lists(STEP, min_size=3, max_size=14), st.integers(0, 3))
def test_any_history_costs_what_counting_unit_by_unit_says(
    steps: list[tuple[str, str, int, int]], opening: int
) -> None:
    desk = Desk()
    trade = Trade(desk)
    item = goods(desk, quantity=opening, cost=7)
    told = Told()
    if opening:
        start = desk.rows("InventoryAdjustment")[0]["Id"]
        told.moves[start] = {
            "Id": start,
            "entity": "InventoryAdjustment",
            "day": OPENED,
            "units": opening,
            "price": None,
        }
    for step in steps:
        play(trade, item, told, step)
    costs, left = told.costs(700)
    assert on_hand(desk, item) == sum(each["units"] for each in told.moves.values())
    assert standing(desk, "Inventory Asset") * 100 == left
    for number, cost in costs.items():
        if told.moves[number]["entity"] == "Invoice":
            assert cost_of(desk, {"Id": number}) * 100 == cost
    assert desk.in_order()
    before = postings(desk)
    with desk.store.transaction() as db:
        company = open_company(db, desk.clock, REALM)
        record = company.find("Item", int(item["Id"]))
        assert record is not None
        db.execute("UPDATE stock SET cost = NULL")
        inventory.value_again(company, record)
    assert postings(desk) == before


def postings(desk: Desk) -> list[Any]:
    with desk.store.transaction() as db:
        return [tuple(row) for row in db.execute("SELECT * FROM posting ORDER BY txn, line")]
