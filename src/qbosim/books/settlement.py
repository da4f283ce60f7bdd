"""Which money settles which document: the links, and what they do to both sides.

An application is one line of a paying transaction (a payment of a customer or of bills): so much of this document, or
so much out of this credit. Open balances are always the whole less what is applied; nothing else writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from qbosim.books import ledger
from qbosim.books.applications import (
    NO_PAYMENT,
    Application,
    applications_of,
    applied_before,
    applied_to,
    payments_of,
    write,
)
from qbosim.books.chart import add_account
from qbosim.books.currencies import home_amount
from qbosim.books.entry import home_cents
from qbosim.books.ledger import Posting, from_cents, to_cents
from qbosim.books.open_items import (
    RECEIVABLES,
    SIDES,
    WITH_BALANCE,
    OpenItem,
    Side,
    item_for,
    open_items,
    whole_of,
)
from qbosim.books.payment_lines import shown_lines
from qbosim.books.purchases import paid_from, payable_account
from qbosim.books.sales import deposit_account, receivable_account
from qbosim.jsontext import money
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

# -- paying transactions ---------------------------------------------------------------------------------------


def settle(company: Company, payment: Record, lines: Sequence[Application]) -> None:
    """Let a payment that was just saved settle `lines`: links, documents, postings, and what its own lines show."""
    touched = _replace_applications(company, payment, lines)
    ledger.replace(company, payment, payment.body["TxnDate"], postings_of(company, payment, lines))
    _post_others_again(company, payment.id, touched)
    now = company.find(payment.entity.name, payment.id)
    assert now is not None, "it was saved a moment ago"
    shown = shown_lines(company, now, lines)
    if shown != now.body["Line"]:
        company.save(now, {**now.body, "Line": shown}, bump=False, touch=False)


def unsettle(company: Company, payment: Record) -> None:
    """Take a paying transaction that is about to go out of the books; what it settled is open again."""
    touched = _replace_applications(company, payment, [])
    ledger.replace(company, payment, payment.body["TxnDate"], [])
    _post_others_again(company, payment.id, touched)


def enter(company: Company, payment: Record, lines: Sequence[Application]) -> None:
    """Enter a loaded payment: the loaded documents and balances know of it already."""
    write(company, payment, lines)
    day = str(payment.body.get("TxnDate", ""))
    ledger.enter(company, payment, day, postings_of(company, payment, lines))


def unapplied(company: Company, side: Side, payment: Body, lines: Iterable[Application]) -> int:
    """Cents of a payment that settle nothing yet; credits count as money brought along."""
    rest = to_cents(Decimal(payment.get("TotalAmt", 0)))
    party = int(payment[side.party_key]["value"])
    for line in lines:
        rest += line.amount if _is_credit(company, side, line, party) else -line.amount
    return rest


def postings_of(company: Company, record: Record, lines: Sequence[Application]) -> list[Posting]:
    """The double entry of a payment: money moved, and each item off the account it was on, for its own party.

    Items leave at the rate they came in at; the difference to the payment's rate is an exchange gain or loss.
    """
    side = SIDES[record.entity.name]
    body = record.body
    rate = Decimal(body.get("ExchangeRate", 1))
    own = int(body[side.party_key]["value"])
    total = to_cents(Decimal(body.get("TotalAmt", 0)))
    memo = str(body.get("PrivateNote", ""))
    postings: list[Posting] = []
    if total:
        head = deposit_account(company, body) if side is RECEIVABLES else paid_from(company, body)
        postings.append(
            _posting(side, head, side.sign * home_cents(total, rate), side.sign * total, own, memo)
        )
    for line in lines:
        item = _item(company, side, line, own)
        if item is None:  # a loaded payment of a document that was emptied since
            continue
        sign = side.sign if item.is_credit else -side.sign
        home = item.home_share(applied_before(company, record.id, line), line.amount)
        postings.append(_posting(side, item.account, sign * home, sign * line.amount, item.party, memo))
    rest = sum(posting.foreign for posting in postings)
    if rest:
        control = receivable_account if side is RECEIVABLES else payable_account
        home = home_cents(abs(rest), rate) * (1 if rest > 0 else -1)
        postings.append(_posting(side, control(company, body), -home, -rest, own, memo))
    gain = sum(posting.amount for posting in postings)
    if gain:
        postings.append(Posting(_exchange_account(company), -gain, 0, memo=memo))
    return postings


def _exchange_account(company: Company) -> int:
    """Where exchange gains and losses go: an account that appears when it is first needed (assumed)."""
    for account in company.select("Account", "p_AccountSubType = 'ExchangeGainOrLoss'"):
        return account.id
    return add_account(company, "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss").id


def _posting(side: Side, account: int, home: int, foreign: int, party: int, memo: str) -> Posting:
    customer = party if side is RECEIVABLES else None
    vendor = None if side is RECEIVABLES else party
    return Posting(account, home, foreign, customer=customer, vendor=vendor, memo=memo)


def _item(company: Company, side: Side, line: Application, party: int) -> OpenItem | None:
    document = company.find(line.kind, line.txn)
    if document is None:
        return None
    # A loaded payment may settle what is somebody else's: that party's item then.
    return item_for(company, side, document, party) or next(iter(open_items(company, side, document)), None)


def _is_credit(company: Company, side: Side, line: Application, party: int) -> bool:
    if line.kind in WITH_BALANCE:
        return line.kind == side.credit
    item = _item(company, side, line, party)
    return item is not None and item.is_credit


def _post_others_again(company: Company, payment: int, documents: Iterable[tuple[str, int]]) -> None:
    """Post later payments of foreign documents anew: which cent of rounding is whose depends on the earlier ones."""
    for kind, txn in documents:
        document = company.find(kind, txn)
        if document is None or Decimal(document.body.get("ExchangeRate", 1)) == 1:
            continue
        for other in payments_of(company, txn):
            if other.id > payment:
                ledger.replace(
                    company,
                    other,
                    other.body["TxnDate"],
                    postings_of(company, other, applications_of(company, other.id)),
                )


# -- documents -------------------------------------------------------------------------------------------------


def document_saved(company: Company, document: Record) -> None:
    """Follow up on a transaction that was changed and posted anew: take off what is applied beyond what it holds.

    For every kind of transaction that payments can settle, journal entries and purchases included.
    """
    kind = document.entity.name
    if kind in WITH_BALANCE:
        whole = whole_of(document)
        if applied_to(company, document.id) > whole:
            release(company, document, whole)
    else:
        for side in SIDES.values():
            whole = sum(abs(item.amount) for item in open_items(company, side, document))
            _release(company, side, document, whole)
    for payment in payments_of(company, document.id):
        lines = _own_lines(company, payment, document)
        ledger.replace(company, payment, payment.body["TxnDate"], postings_of(company, payment, lines))
    now = company.find(kind, document.id)
    if now is not None and kind in WITH_BALANCE:
        refresh_document(company, now, bump=False)


def _own_lines(company: Company, payment: Record, document: Record) -> list[Application]:
    """A payment's lines, after a document that became somebody else's was taken off it."""
    side = SIDES[payment.entity.name]
    lines = applications_of(company, payment.id)
    if item_for(company, side, document, int(payment.body[side.party_key]["value"])) is None:
        lines = _with_funds(company, side, payment, [line for line in lines if line.txn != document.id])
        _rewrite(company, side, payment, lines)
    return lines


def release(company: Company, document: Record, keep: int) -> None:
    """Take applications off a document, the latest first, until at most `keep` cents are left on it.

    Money that no longer settles anything becomes the payments' unapplied amount; credit that no longer settles anything
    goes back to where it came from.
    """
    for side in SIDES.values():
        _release(company, side, document, keep)


def _release(company: Company, side: Side, document: Record, keep: int) -> None:
    rows = company.db.execute(
        "SELECT payment, sum(amount) FROM application WHERE realm = ? AND txn = ? AND payer = ? "
        "GROUP BY payment ORDER BY payment DESC",
        (company.realm, document.id, side.payer),
    ).fetchall()
    excess = sum(amount for _, amount in rows) - keep
    for payment_id, amount in rows:
        if excess <= 0:
            return
        less = min(excess, amount)
        excess -= less
        payment = company.find(side.payer, payment_id)
        assert payment is not None, "an application belongs to a payment that exists"
        lines = _reduced(applications_of(company, payment_id), document.id, less)
        _rewrite(company, side, payment, _with_funds(company, side, payment, lines))


def _rewrite(company: Company, side: Side, payment: Record, lines: Sequence[Application]) -> None:
    """Give a payment other lines, because a document it is linked to changed or went away."""
    body = {**payment.body, "Line": shown_lines(company, payment, lines)}
    if side is RECEIVABLES:
        body["UnappliedAmt"] = money(from_cents(unapplied(company, side, body, lines)))
    settle(company, company.save(payment, body), lines)


def refresh_document(company: Company, document: Record, *, bump: bool = True) -> Record:
    """Bring balance and links of a document up to date with the payments.

    A payment counts its documents' SyncToken up and moves their LastUpdatedTime (recorded).
    """
    body = {**document.body, **settled(company, document)}
    if not body.get("LinkedTxn") and document.entity.name != "Invoice":
        body.pop("LinkedTxn", None)
    if body == document.body:
        return document
    changed = company.save(document, body, bump=bump)
    _refresh_shown_balances(company, changed)
    return changed


def settled(company: Company, document: Record) -> Body:
    """Balance, remaining credit and links of a document as the payments leave them."""
    body = document.body
    balance = from_cents(whole_of(document) - applied_to(company, document.id))
    found: Body = {"Balance": money(balance)}
    if "ExchangeRate" in body and document.entity.name != "VendorCredit":
        found["HomeBalance"] = money(home_amount(balance, Decimal(body["ExchangeRate"])))
    if document.entity.name == "CreditMemo":
        found["RemainingCredit"] = money(balance)
    else:
        found["LinkedTxn"] = _links(company, document)
    return found


def _links(company: Company, document: Record) -> list[Body]:
    """Links to payments, newest first: on invoices after links of other kinds, on bills before them (recorded)."""
    side = WITH_BALANCE[document.entity.name]
    others = [link for link in document.body.get("LinkedTxn", []) if link.get("TxnType") != side.link]
    rows = company.db.execute(
        "SELECT DISTINCT payment FROM application WHERE realm = ? AND txn = ? AND payment <> ? ORDER BY payment DESC",
        (company.realm, document.id, NO_PAYMENT),
    )
    links = [{"TxnId": str(payment), "TxnType": side.link} for (payment,) in rows]
    return others + links if side is RECEIVABLES else links + others


def _refresh_shown_balances(company: Company, document: Record) -> None:
    """Payments show their documents' open balance as of now (recorded): rewrite it without touching them."""
    for payment in payments_of(company, document.id):
        lines = shown_lines(company, payment, applications_of(company, payment.id))
        if lines != payment.body.get("Line"):
            company.save(payment, {**payment.body, "Line": lines}, bump=False, touch=False)


# -- lines -------------------------------------------------------------------------------------------------------


def _replace_applications(
    company: Company, payment: Record, lines: Sequence[Application]
) -> list[tuple[str, int]]:
    """Let `lines` be all lines of a payment, bring its documents up to date, and answer which were touched."""
    before = applications_of(company, payment.id)
    write(company, payment, lines)
    touched = []
    for kind, txn in dict.fromkeys((line.kind, line.txn) for line in (*before, *lines)):
        if _shares_of(before, txn) != _shares_of(lines, txn):
            touched.append((kind, txn))
            document = company.find(kind, txn)
            if document is not None and kind in WITH_BALANCE:
                refresh_document(company, document)
    return touched


def _shares_of(lines: Iterable[Application], txn: int) -> tuple[int, bool]:
    """What lines settle of a document, and whether any names it at all: a line of 0 is a link too."""
    amounts = [line.amount for line in lines if line.txn == txn]
    return sum(amounts), bool(amounts)


def _reduced(lines: Sequence[Application], txn: int, less: int) -> list[Application]:
    left: list[Application] = []
    for line in lines:
        if line.txn == txn and less:
            cut = min(less, line.amount)
            less -= cut
            if line.amount > cut:
                left.append(Application(line.kind, line.txn, line.amount - cut))
        else:
            left.append(line)
    return left


def _with_funds(
    company: Company, side: Side, payment: Record, lines: Sequence[Application]
) -> list[Application]:
    """Make lines possible again after one was cut: no more paid than there is, no more credit than is needed."""
    party = int(payment.body[side.party_key]["value"])
    total = to_cents(Decimal(payment.body.get("TotalAmt", 0)))
    giving = [line for line in lines if _is_credit(company, side, line, party)]
    credit = sum(line.amount for line in giving)
    charges = sum(line.amount for line in lines) - credit
    fitted = list(lines)
    if charges > total + credit:
        fitted = _cut_back(fitted, [line for line in lines if line not in giving], charges - total - credit)
    spare = credit - max(0, charges - total)
    if spare > 0:
        fitted = _cut_back(fitted, giving, spare)
    return fitted


def _cut_back(lines: Sequence[Application], which: Sequence[Application], less: int) -> list[Application]:
    kept: list[Application] = []
    for line in reversed(lines):
        if line in which and less:
            cut = min(less, line.amount)
            less -= cut
            if line.amount > cut:
                kept.append(Application(line.kind, line.txn, line.amount - cut))
        else:
            kept.append(line)
    return kept[::-1]
