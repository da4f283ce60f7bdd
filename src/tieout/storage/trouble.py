"""What goes wrong under a database, said in four parts: a full disk, a locked or damaged file, no server."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from tieout.kit.errors import Invalid, OutcomeUnknown, TieoutError, Unreachable


@dataclass(frozen=True)
class _Case:
    error: type[TieoutError]
    message: str
    reason: str
    remedy: str


_NOT_SAVED = "Nothing of this step was saved; it is tried again by itself"
_FULL = _Case(
    Unreachable,
    "The database cannot grow",
    "its disk is full",
    f"Free space on the disk that holds it. {_NOT_SAVED}",
)
_BUSY = _Case(
    Unreachable,
    "The database is busy",
    "another process has been writing to it for longer than we wait",
    f"Look for a long copy or a second program that holds it. {_NOT_SAVED}",
)
_READ_ONLY = _Case(
    Invalid,
    "The database cannot be written",
    "it, or the folder that holds it, is read-only for this user",
    "Give the user that runs Tieout the right to write there",
)
_CANNOT_OPEN = _Case(
    Invalid,
    "The database cannot be opened",
    "the folder does not exist, or this user may not use it",
    "Make the folder, or name another place for the database",
)
_DAMAGED = _Case(
    Invalid,
    "The database is damaged",
    "the file is no SQLite database, or parts of it were overwritten",
    "Stop Tieout and restore the file, with the files beside it, from your newest backup",
)
_DISK = _Case(
    Unreachable,
    "The database's disk does not answer",
    "reading or writing the file failed",
    f"Look at the disk and its mount. {_NOT_SAVED}",
)
_NOT_SET_UP = _Case(
    Invalid,
    "The database is not set up",
    "tables that Tieout needs are missing",
    "Start Tieout the usual way, which sets the database up, or restore a backup",
)
_CLASH = _Case(
    Unreachable,
    "Two changes met in the database",
    "each waited for what the other one held",
    _NOT_SAVED,
)
_SILENT = _Case(
    Unreachable,
    "The database gave this step up",
    "this process stood still in the middle of it for so long that others could not be kept waiting",
    f"Look why the machine stood still. {_NOT_SAVED}",
)
_CROWDED = _Case(
    Unreachable,
    "The database takes no more connections",
    "all of them are in use",
    f"Allow more connections there, or run fewer workers. {_NOT_SAVED}",
)
_NO_SERVER = _Case(
    Unreachable,
    "The database does not answer",
    "its server cannot be reached, or ended the connection",
    f"Start the server, and check the address, port and network. {_NOT_SAVED}",
)
_WRONG_LOGIN = _Case(
    Invalid,
    "The database refused the login",
    "the user or the password is wrong, or may not use this database",
    "Check user and password in the database address",
)
_NO_SUCH = _Case(
    Invalid,
    "The database does not exist",
    "the server knows none of that name",
    "Create it, such as with `createdb`, or correct the name in the database address",
)
_COMMIT_LOST = _Case(
    OutcomeUnknown,
    "The database's answer to a save was lost",
    "the connection broke while the step was being saved",
    "It is looked at again by itself; start the server if it is down",
)

_SQLITE: tuple[tuple[str, _Case], ...] = (
    ("SQLITE_FULL", _FULL),
    ("SQLITE_BUSY", _BUSY),
    ("SQLITE_LOCKED", _BUSY),
    ("SQLITE_READONLY", _READ_ONLY),
    ("SQLITE_PERM", _READ_ONLY),
    ("SQLITE_CANTOPEN", _CANNOT_OPEN),
    ("SQLITE_CORRUPT", _DAMAGED),
    ("SQLITE_NOTADB", _DAMAGED),
    ("SQLITE_IOERR", _DISK),
)
"""By the beginning of SQLite's name for the error: extended codes add to it."""
_POSTGRES: tuple[tuple[str, _Case], ...] = (
    ("53100", _FULL),
    ("53300", _CROWDED),
    ("40001", _CLASH),
    ("40P01", _CLASH),
    ("55P03", _BUSY),
    ("25006", _READ_ONLY),
    ("25P03", _SILENT),
    ("28", _WRONG_LOGIN),
    ("42501", _WRONG_LOGIN),
    ("3D000", _NO_SUCH),
    ("42P01", _NOT_SET_UP),
    ("42703", _NOT_SET_UP),
    ("08", _NO_SERVER),
    ("57P", _NO_SERVER),
)
"""By the beginning of the SQLSTATE (PostgreSQL's manual, appendix A)."""
_POSTGRES_WORDS: tuple[tuple[str, _Case], ...] = (
    ("password authentication failed", _WRONG_LOGIN),
    ("no password supplied", _WRONG_LOGIN),
    ("no pg_hba.conf entry", _WRONG_LOGIN),
    ("peer authentication failed", _WRONG_LOGIN),
    ("does not exist", _NO_SUCH),
    ("too many clients", _CROWDED),
    ("remaining connection slots", _CROWDED),
)
"""A connection that never came about has no SQLSTATE, only the server's words."""


def explained(
    error: StatementError | PoolEmpty, database: str, *, writing: bool, committing: bool = False
) -> Exception:
    """Say a database's error in four parts; what can only be our own mistake becomes an AssertionError.

    `database` names it for people, without a password. `committing` tells that the answer to a commit is what
    failed: then nobody knows whether it was saved.
    """
    if isinstance(error, PoolEmpty):
        return _said(_CROWDED, database, "")
    original = error.orig
    if not isinstance(error, DBAPIError):
        # Raised while a value was being prepared, before the database saw anything.
        return original if isinstance(original, AssertionError) else AssertionError(str(error))
    if isinstance(error, IntegrityError):
        return AssertionError(f"a promise that the tables keep was about to be broken: {original}")
    case = _case(original)
    if case is _READ_ONLY and not writing:
        return AssertionError(f"something was written in a reading: {original}")
    if case is None:
        return AssertionError(f"the database did not take our statement: {original}")
    if committing and case is _NO_SERVER:
        case = _COMMIT_LOST
    return _said(case, database, _first_line(original))


def _case(original: BaseException | None) -> _Case | None:
    if isinstance(original, sqlite3.Error):
        name = str(getattr(original, "sqlite_errorname", ""))
        if name == "SQLITE_ERROR" and ("no such table" in str(original) or "no such column" in str(original)):
            return _NOT_SET_UP
        return next((case for start, case in _SQLITE if name.startswith(start)), None)
    import psycopg

    if isinstance(original, psycopg.Error):
        state = original.sqlstate or ""
        if state:
            return next((case for start, case in _POSTGRES if state.startswith(start)), None)
        if isinstance(original, psycopg.OperationalError | psycopg.InterfaceError):
            words = str(original)
            return next((case for part, case in _POSTGRES_WORDS if part in words), _NO_SERVER)
    return None


def _said(case: _Case, database: str, words: str) -> TieoutError:
    return case.error(
        case.message, record=database, reason=case.reason, remedy=case.remedy, server_said=words
    )


def _first_line(original: BaseException | None) -> str:
    return str(original).strip().split("\n", 1)[0]
