"""The terminal: words for people or JSON for programs on stdout, errors in four parts on stderr.

What comes from QuickBooks or from files is printed without its control characters, so that no name can move
the cursor or colour the screen.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from tieout.kit.errors import TieoutError

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of words.")]
CompanyOption = Annotated[
    str,
    typer.Option(
        "--company",
        "-c",
        help="A company's id, realm id or name; without it the default one.",
        metavar="NAME",
    ),
]


def say(text: str = "") -> None:
    """Print a line for people."""
    sys.stdout.write(plain(text) + "\n")
    sys.stdout.flush()


def whisper(text: str) -> None:
    """Print a line for people beside the answer, on stderr."""
    sys.stderr.write(plain(text) + "\n")
    sys.stderr.flush()


def put_json(value: Any) -> None:
    """Print one JSON document, indented; `value` is a shape of the REST API, a list of them, or plain data."""
    sys.stdout.write(json.dumps(data_of(value), indent=2, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def put_json_line(value: Any) -> None:
    """Print one JSON document as one line, for what comes bit by bit."""
    sys.stdout.write(json.dumps(data_of(value), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def data_of(value: Any) -> Any:
    """Turn shapes into plain data, as deep as lists and maps go."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: data_of(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [data_of(one) for one in value]
    return value


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print a table as wide as the terminal; `right` names the columns that are aligned right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A pipe has no width of its own: there nothing may be cut off.
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 240)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        shown.add_column(name, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain("" if cell is None else str(cell))) for cell in row))
    console.print(shown)


def plain(text: str) -> str:
    """Leave out what is not meant to be read: control characters, and marks that turn the direction of text."""
    return "".join(
        letter if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs") else " "
        for letter in text
    )


def tell_error(error: TieoutError, *, as_json: bool) -> None:
    """Say an error in its four parts on stderr; for programs also as JSON on stdout."""
    labels = (("What", error.message), ("Record", error.record), ("Why", error.reason), ("Do", error.remedy))
    for label, text in labels:
        if text:
            whisper(f"{label + ':':8}{text}")
    if as_json:
        put_json_line({"error": {"code": error.code, **error.parts()}})


def when(moment: Any) -> str:
    """Write an instant for people, with its zone."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
