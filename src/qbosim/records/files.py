"""The bytes of attached files, beside the records that describe them."""

from __future__ import annotations

from qbosim.records.company import Company

SCHEMA = """
CREATE TABLE IF NOT EXISTS attached_file (realm TEXT NOT NULL, id INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (realm, id));
"""


def keep_file(company: Company, number: int, content: bytes) -> None:
    """Keep the bytes of the attachment with that id."""
    company.db.execute("INSERT INTO attached_file VALUES (?, ?, ?)", (company.realm, number, content))


def drop_file(company: Company, number: int) -> None:
    """Forget the bytes of the attachment with that id, if it has any."""
    company.db.execute("DELETE FROM attached_file WHERE realm = ? AND id = ?", (company.realm, number))


def find_file(company: Company, number: int) -> bytes | None:
    """The bytes of the attachment with that id; None for a note and for what is not there."""
    row = company.db.execute(
        "SELECT content FROM attached_file WHERE realm = ? AND id = ?", (company.realm, number)
    ).fetchone()
    return None if row is None else bytes(row[0])
