"""A folder of CSV files: what is read, what is refused and where, and that it is all or nothing."""

from __future__ import annotations

import io
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.hosts.conftest import ledger_of
from tieout.domain.documents import Allocation, Client, Kind, Payment, SalesDocument, Status
from tieout.hosts.csv_folder.folder import CsvPlan, apply, plan
from tieout.hosts.csv_folder.problems import LISTED_MAX, safe_cell, write_problems
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.kit.errors import Invalid
from tieout.storage.database import Database

SERVICES = "ref,name,unit_price\ns1,Gardening,50.00\n"
CLIENTS = "ref,name,email\nc1,Café Zoë,zoe@example.com\nc2,Jonson Plumbing,\n"
INVOICES = "number,client,date,service,quantity,unit_price\n1001,c1,2026-05-01,s1,2,50.00\n"


@pytest.fixture
def ledger(sqlite_template: Path, tmp_path: Path) -> LedgerHost:
    """Give an empty ledger in a SQLite file; what the folder does does not depend on the database."""
    file = tmp_path / "books.db"
    file.write_bytes(sqlite_template.read_bytes())
    return ledger_of(Database(f"sqlite:///{file}"), "tenant-1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a service, two clients and an invoice of one line."""
    path = tmp_path / "in"
    path.mkdir()
    (path / "services.csv").write_text(SERVICES, encoding="utf-8")
    (path / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    return path


def planned(folder: Path, ledger: LedgerHost, encoding: str = "") -> CsvPlan:
    return plan(folder, ledger, encoding=encoding, currency="USD")


def places(found: CsvPlan) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.row, problem.column) for problem in found.problems]


def assert_refused(folder: Path, ledger: LedgerHost, *expected: tuple[str, int, str]) -> CsvPlan:
    """Plan a folder that cannot be taken: every problem has its place and its words, and nothing is written."""
    found = planned(folder, ledger)
    assert places(found) == list(expected)
    assert all(problem.what and problem.why and problem.remedy for problem in found.problems)
    with pytest.raises(Invalid) as refused:
        apply(found, ledger)
    assert all(refused.value.parts().values())
    assert ledger.changes("", 10).records == ()
    return found


def test_a_folder_is_planned_then_taken_then_the_same(folder: Path, ledger: LedgerHost) -> None:
    first = planned(folder, ledger)
    assert (first.create, first.change, first.same, first.refused) == (4, 0, 0, 0)
    assert first.can_be_applied
    assert ledger.changes("", 10).records == ()
    outcome = apply(first, ledger)
    assert outcome.create == 4
    assert outcome.by_kind[Kind.CLIENT] == {"create": 2}
    again = planned(folder, ledger)
    assert (again.create, again.change, again.same) == (0, 0, 4)
    (folder / "clients.csv").write_text(CLIENTS.replace("Jonson", "Johnson"), encoding="utf-8")
    third = planned(folder, ledger)
    assert (third.create, third.change, third.same) == (0, 1, 3)


def test_every_file_and_column_is_read(tmp_path: Path, ledger: LedgerHost) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    files = {
        "Terms.CSV": "Ref,Name,Due Days\nt1,Net 30,30\n",
        "tax_regions.csv": "ref,name,rate\nr1,California,7.25%\n",
        "services.csv": "ref,name,description,price,SKU,active\ns1,Gardening,Hedges,50,G-1,no\n",
        "clients.csv": (
            "ID,Display Name,E-Mail,Phone,Street,City,State,ZIP,Country,VAT Number,Parent,Currency,Active\n"
            "c2,Workshop,,,,,,,,,c1,,yes\n"
            'c1,"Zoë, ""The Baker""",z@example.com,555,1 Main,Menlo,CA,94025,US,GB1,,usd,yes\n'
        ),
        "invoices.csv": "ref,number,client,date,due date,term,currency,tax,memo,status\n"
        "i1,1001,c1,2026-05-01,2026-05-31,t1,usd,3.63,Thanks,final\n"
        "i2,1002,c2,2026-05-02,,,,,,draft\n",
        "invoice_lines.csv": "invoice,service,description,qty,price,amount,tax region\n"
        'i2,s1,,1,20,,\ni1,s1,"Hedges\nand lawn",1,50,50.00,r1\ni1,,For the summer,,,,\ni1,s1,,2,,9.00,\n',
        "credit_notes.csv": "number,client,date,service,unit price\n"
        "CN-1,c1,2026-05-03,s1,12.50\nCN-1,,,s1,1\n",
        "payments.csv": "ref,client,date,amount,reference,method,note,invoice,allocated\n"
        "p1,c1,2026-05-04,60.00,CHK 7,check,,i1,50.00\np2,c1,2026-05-05,1.00,,,,,\n",
        "payment_allocations.csv": "payment,invoice,amount\np2,i1,1.00\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = planned(folder, ledger)
    assert found.problems == ()
    assert found.create == 10
    apply(found, ledger)
    zoe = ledger.get(Kind.CLIENT, "c1")
    assert isinstance(zoe, Client)
    assert (zoe.name, zoe.currency, zoe.tax_id, zoe.address.postcode) == (
        'Zoë, "The Baker"',
        "USD",
        "GB1",
        "94025",
    )
    first = ledger.get(Kind.INVOICE, "i1")
    assert isinstance(first, SalesDocument)
    assert (first.number, first.term, first.due_date, first.tax) == (
        "1001",
        "t1",
        date(2026, 5, 31),
        Decimal("3.63"),
    )
    assert [line.description for line in first.lines] == ["Hedges\nand lawn", "For the summer", ""]
    assert [line.amount for line in first.lines] == [Decimal(50), Decimal(0), Decimal(9)]
    assert [line.unit_price for line in first.lines] == [Decimal(50), Decimal(0), Decimal("4.5")]
    second = ledger.get(Kind.INVOICE, "i2")
    assert isinstance(second, SalesDocument)
    assert (second.status, second.currency) == (Status.DRAFT, "USD")
    note = ledger.get(Kind.CREDIT_NOTE, "CN-1")
    assert isinstance(note, SalesDocument)
    assert note.total == Decimal("13.50")
    paid = ledger.get(Kind.PAYMENT, "p1")
    assert isinstance(paid, Payment)
    assert paid.allocations == (Allocation("i1", Decimal(50)),)
    other = ledger.get(Kind.PAYMENT, "p2")
    assert isinstance(other, Payment)
    assert other.allocations == (Allocation("i1", Decimal(1)),)


def test_a_payment_may_settle_two_invoices_in_rows_that_follow_each_other(
    folder: Path, ledger: LedgerHost
) -> None:
    (folder / "invoices.csv").write_text(INVOICES + "1002,c1,2026-05-01,s1,1,50\n", encoding="utf-8")
    (folder / "payments.csv").write_text(
        "ref,client,date,amount,invoice,allocated\n"
        "p1,c1,2026-05-09,120.00,1001,100.00\np1,c1,2026-05-09,120.00,1002,20.00\np2,c1,2026-05-09,30,1002,\n",
        encoding="utf-8",
    )
    found = planned(folder, ledger)
    assert found.problems == ()
    apply(found, ledger)
    assert ledger.balance("1001").amount == 0
    assert ledger.balance("1002").amount == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised(encoding: str, folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_text(CLIENTS, encoding=encoding)
    found = planned(folder, ledger)
    assert found.problems == ()
    apply(found, ledger)
    client = ledger.get(Kind.CLIENT, "c1")
    assert isinstance(client, Client)
    assert client.name == "Café Zoë"


def test_another_encoding_is_refused_with_its_row_and_read_when_it_is_named(
    folder: Path, ledger: LedgerHost
) -> None:
    (folder / "clients.csv").write_text("ref,name\nc2,Plain\nc1,Café\n", encoding="windows-1252")
    found = assert_refused(folder, ledger, ("clients.csv", 3, ""))
    [problem] = found.problems
    assert "0xE9" in problem.why
    assert "c1,Café" in problem.remedy
    assert "windows-1252" in problem.remedy
    named = planned(folder, ledger, encoding="windows-1252")
    apply(named, ledger)
    client = ledger.get(Kind.CLIENT, "c1")
    assert isinstance(client, Client)
    assert client.name == "Café"
    with pytest.raises(Invalid, match="encoding is unknown"):
        planned(folder, ledger, encoding="ebcdic")


def test_bytes_that_are_not_windows_either_offer_no_encoding(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_bytes(b"ref,name\nc1,\x81\xff\n")
    [problem] = assert_refused(folder, ledger, ("clients.csv", 2, "")).problems
    assert "windows" not in problem.remedy


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_separator_is_seen_in_the_header(separator: str, folder: Path, ledger: LedgerHost) -> None:
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(",", separator), encoding="utf-8")
    assert planned(folder, ledger).create == 4


def test_a_decimal_comma_is_a_number_only_between_semicolons(folder: Path, ledger: LedgerHost) -> None:
    (folder / "services.csv").write_text("ref;name;unit_price\ns1;Gardening;50,25\n", encoding="utf-8")
    assert planned(folder, ledger).problems == ()
    (folder / "services.csv").write_text('ref,name,unit_price\ns1,Gardening,"50,25"\n', encoding="utf-8")
    assert places(planned(folder, ledger))[0] == ("services.csv", 2, "unit_price")
    (folder / "services.csv").write_text("ref;name;unit_price\ns1;Gardening;1.234\n", encoding="utf-8")
    [problem, *_] = planned(folder, ledger).problems
    assert "1234 or 1,234" in problem.why


@pytest.mark.parametrize("number", ["$12", "1,234.50", "12.50 USD", "=5*3", "1e3", "٣", "--1", "1 000"])
def test_what_is_not_a_plain_number_is_refused(number: str, folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoices.csv").write_text(
        f'number,client,date,service,quantity,unit_price\n1001,c1,2026-05-01,s1,2,"{number}"\n',
        encoding="utf-8",
    )
    found = assert_refused(folder, ledger, ("invoices.csv", 2, "unit_price"))
    assert found.refused == 1
    assert found.problems[0].record == "Invoice 1001"


@pytest.mark.parametrize(
    "written, example",
    [
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("31.12.2026", "2026-12-31"),
        ("05/06/2026", "2026-11-30"),
        ("20260501", "2026-11-30"),
        ("1 May 2026", "2026-11-30"),
    ],
)
def test_a_date_that_is_not_iso_is_refused_with_an_example(
    written: str, example: str, folder: Path, ledger: LedgerHost
) -> None:
    (folder / "invoices.csv").write_text(INVOICES.replace("2026-05-01", written), encoding="utf-8")
    [problem] = assert_refused(folder, ledger, ("invoices.csv", 2, "date")).problems
    assert example in problem.remedy


def test_a_day_the_calendar_does_not_have_is_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoices.csv").write_text(INVOICES.replace("2026-05-01", "2026-02-30"), encoding="utf-8")
    assert_refused(folder, ledger, ("invoices.csv", 2, "date"))


def test_a_negative_quantity_is_refused_with_its_file_row_and_record(
    folder: Path, ledger: LedgerHost
) -> None:
    (folder / "invoices.csv").write_text(INVOICES + "1002,c2,2026-05-01,s1,-3,50\n", encoding="utf-8")
    [problem] = assert_refused(folder, ledger, ("invoices.csv", 3, "quantity")).problems
    assert problem.record == "Invoice 1002"
    assert "credit note" in problem.remedy
    assert problem.sentence().startswith("invoices.csv row 3, column quantity: Invoice 1002: ")


def test_a_fault_of_a_line_is_shown_in_the_file_of_lines(folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoices.csv").write_text("number,client,date\n1001,c1,2026-05-01\n", encoding="utf-8")
    (folder / "invoice_lines.csv").write_text(
        "invoice,service,quantity,unit_price\n1001,s1,1,5\n1001,s9,1,5\n", encoding="utf-8"
    )
    assert_refused(folder, ledger, ("invoice_lines.csv", 3, "service"))


def test_lines_of_no_invoice_are_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoices.csv").write_text("number,client,date\n1001,c1,2026-05-01\n", encoding="utf-8")
    (folder / "invoice_lines.csv").write_text(
        "invoice,service,quantity,unit_price\n1001,s1,1,5\n1002,s1,1,5\n", encoding="utf-8"
    )
    assert_refused(folder, ledger, ("invoice_lines.csv", 3, "invoice"))


def test_lines_in_two_places_or_in_none_are_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoice_lines.csv").write_text("invoice,service\n1001,s1\n", encoding="utf-8")
    assert_refused(folder, ledger, ("invoices.csv", 1, ""))
    (folder / "invoice_lines.csv").unlink()
    (folder / "invoices.csv").write_text("number,client,date\n1001,c1,2026-05-01\n", encoding="utf-8")
    assert_refused(folder, ledger, ("invoices.csv", 1, ""))


@pytest.mark.parametrize(
    "header, column, words",
    [
        ("ref,email", "name", "needs name"),
        ("email", "ref, name", "needs ref, name"),
        ("ref,name,Name", "Name", "both mean name"),
        ("ref,name,E-Mial", "E-Mial", "looks like email"),
        ("", "ref, name", "says nothing"),
    ],
    ids=["missing", "two missing", "twice", "misspelt", "empty"],
)
def test_a_header_that_cannot_be_used_is_refused(
    header: str, column: str, words: str, folder: Path, ledger: LedgerHost
) -> None:
    (folder / "clients.csv").write_text(f"{header}\n" if header else "", encoding="utf-8")
    [problem] = assert_refused(folder, ledger, ("clients.csv", 1, column)).problems
    assert words in problem.why


def test_columns_and_files_that_nobody_knows_are_left_out_and_said(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_text("ref,name,favourite colour\nc1,A,blue\nc2,B,red\n", encoding="utf-8")
    (folder / "animals.csv").write_text("x\n", encoding="utf-8")
    found = planned(folder, ledger)
    assert found.can_be_applied
    assert found.left_out == ("the file animals.csv", "the column favourite colour of clients.csv")


def test_two_rows_of_one_record_are_refused_naming_both(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_text("ref,name\nc1,A\nc2,B\nc1,C\n", encoding="utf-8")
    (folder / "invoices.csv").write_text(
        INVOICES + "1002,c1,2026-05-01,s1,1,1\n1001,c1,2026-05-01,s1,1,1\n", encoding="utf-8"
    )
    found = assert_refused(folder, ledger, ("clients.csv", 4, "ref"), ("invoices.csv", 4, "number"))
    assert "row 2 and row 4" in found.problems[0].why
    assert "row 2 and row 4" in found.problems[1].why


def test_rows_of_one_invoice_that_disagree_are_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "invoices.csv").write_text(INVOICES + "1001,c2,2026-05-01,s1,1,1\n", encoding="utf-8")
    [problem] = assert_refused(folder, ledger, ("invoices.csv", 3, "client")).problems
    assert "row 2 says 'c1', row 3 says 'c2'" in problem.why


def test_rows_with_cells_missing_or_left_over_are_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_text("ref,name\nc1,A\nc2\nc3,B,C\n\n  ,\nc2,D\n", encoding="utf-8")
    found = planned(folder, ledger)
    assert places(found)[:2] == [("clients.csv", 3, ""), ("clients.csv", 4, "")]
    assert "it has 1, and the header has 2" in found.problems[0].why


def test_a_quotation_mark_that_is_not_closed_is_refused(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").write_text('ref,name\nc1,A\nc2,"B\nc3,C\n', encoding="utf-8")
    [problem] = assert_refused(folder, ledger, ("clients.csv", 3, "")).problems
    assert "quotation mark" in problem.remedy


def test_a_cell_that_looks_like_a_formula_stays_text_and_is_never_exported_raw(
    folder: Path, ledger: LedgerHost
) -> None:
    name = '=HYPERLINK("http://x")'
    (folder / "clients.csv").write_text(
        'ref,name\nc1,"=HYPERLINK(""http://x"")"\nc2,@SUM(1)\n', encoding="utf-8"
    )
    apply(planned(folder, ledger), ledger)
    client = ledger.get(Kind.CLIENT, "c1")
    assert isinstance(client, Client)
    assert client.name == name
    for text in (name, "+1", "-1", "@x", "\tx"):
        assert safe_cell(text) == f"'{text}"
    assert safe_cell("plain = text") == "plain = text"
    (folder / "services.csv").write_text("ref,name,unit_price\n=1+1,Gardening,x\ns1,B,1\n", encoding="utf-8")
    sheet = io.StringIO()
    write_problems(planned(folder, ledger).problems, sheet)
    assert not any(cell.startswith("=") for row in sheet.getvalue().splitlines() for cell in row.split(","))
    assert "services.csv,2,unit_price" in sheet.getvalue()


def test_many_problems_are_counted_and_the_first_are_listed(folder: Path, ledger: LedgerHost) -> None:
    rows = "".join(f"{at},c1,2026-05-01,s1,-1,5\n" for at in range(LISTED_MAX + 50))
    (folder / "invoices.csv").write_text(
        "number,client,date,service,quantity,unit_price\n" + rows, encoding="utf-8"
    )
    found = planned(folder, ledger)
    assert len(found.problems) == LISTED_MAX
    assert found.problems_total == found.refused == LISTED_MAX + 50


def test_a_parent_may_come_after_its_branches_and_a_circle_is_refused(
    folder: Path, ledger: LedgerHost
) -> None:
    (folder / "clients.csv").write_text(
        "ref,name,parent\nc1,Leaf,c3\nc2,Top,\nc3,Branch,c2\n", encoding="utf-8"
    )
    assert planned(folder, ledger).problems == ()
    (folder / "clients.csv").write_text("ref,name,parent\nc1,A,c2\nc2,B,c1\n", encoding="utf-8")
    assert [problem.column for problem in planned(folder, ledger).problems][:2] == ["parent", "parent"]


def test_a_branch_may_name_a_parent_that_the_ledger_has(folder: Path, ledger: LedgerHost) -> None:
    apply(planned(folder, ledger), ledger)
    (folder / "clients.csv").write_text("ref,name,parent\nc7,Branch,c1\n", encoding="utf-8")
    found = planned(folder, ledger)
    assert (found.create, found.problems) == (1, ())


def test_an_amount_without_currency_needs_one_from_somewhere(folder: Path, ledger: LedgerHost) -> None:
    found = plan(folder, ledger)
    assert places(found) == [("invoices.csv", 2, "currency")]


def test_a_folder_that_changed_since_it_was_planned_is_not_taken(folder: Path, ledger: LedgerHost) -> None:
    found = planned(folder, ledger)
    (folder / "clients.csv").write_text(CLIENTS.replace("Zoë", "Zoe"), encoding="utf-8")
    with pytest.raises(Invalid, match="changed since") as refused:
        apply(found, ledger)
    assert "clients.csv" in refused.value.reason
    (folder / "clients.csv").unlink()
    with pytest.raises(Invalid, match="changed since"):
        apply(found, ledger)
    assert ledger.changes("", 10).records == ()


def test_a_ledger_that_changed_since_the_plan_takes_nothing(folder: Path, ledger: LedgerHost) -> None:
    found = planned(folder, ledger)
    ledger.put(Client("c9", "Other"))
    ledger.put(Client("c1", "Café Zoë", currency="EUR"))
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    taken_before = len(ledger.changes("", 10).records)
    apply(found, ledger)
    assert len(ledger.changes("", 10).records) > taken_before
    (folder / "invoices.csv").write_text(INVOICES.replace("1001", "1002"), encoding="utf-8")
    second = planned(folder, ledger)
    invoice = ledger.get(Kind.INVOICE, "1001")
    assert isinstance(invoice, SalesDocument)
    ledger.put(SalesDocument(Kind.INVOICE, "other", "1002", "c1", invoice.dated, "USD", invoice.lines))
    with pytest.raises(Invalid, match="not taken") as refused:
        apply(second, ledger)
    assert "invoices.csv row 2" in refused.value.reason
    assert ledger.get(Kind.INVOICE, "1002") is None


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path: Path, ledger: LedgerHost) -> None:
    for folder in (tmp_path / "nowhere", tmp_path / "books.db"):
        with pytest.raises(Invalid, match="cannot be read") as refused:
            plan(folder, ledger)
        assert all(refused.value.parts().values())
    (tmp_path / "empty").mkdir()
    with pytest.raises(Invalid, match="nothing to take") as refused:
        plan(tmp_path / "empty", ledger)
    assert "clients.csv" in refused.value.remedy


def test_a_file_that_cannot_be_opened_is_named(folder: Path, ledger: LedgerHost) -> None:
    (folder / "clients.csv").unlink()
    (folder / "clients.csv").symlink_to(folder / "gone.txt")
    [problem] = assert_refused(folder, ledger, ("clients.csv", 0, "")).problems
    assert "no such file" in problem.why


def test_thirty_thousand_rows_are_planned_in_little_memory(folder: Path, ledger: LedgerHost) -> None:
    header = "number,client,date,service,quantity,unit_price\n"
    rows = "".join(f"{at // 2},c1,2026-05-01,s1,2,10.50\n" for at in range(30_000))
    (folder / "invoices.csv").write_text(header + rows, encoding="utf-8")
    tracemalloc.start()
    found = planned(folder, ledger)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.create == 15_003
    assert peak < 40_000_000, f"{peak / 1e6:.0f} MB"
