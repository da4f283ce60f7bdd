"""The query language: from text to a `Select`, or to the words Intuit's parser answers with.

Keywords, entities and properties are read whatever their case. The refusals are those of a JavaCC parser, whose words and
places were recorded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qbosim import faults
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Query",
    documented(
        "query.grammar",
        "SELECT of all properties, some of them or COUNT(*), FROM one entity, WHERE with AND, ORDERBY, STARTPOSITION, "
        "MAXRESULTS; no OR, NOT, JOIN or GROUP BY.",
        "Intuit's documentation of data queries",
    ),
    documented(
        "query.case",
        "Keywords, entities and properties are read whatever their case; the answer spells them properly.",
        "node-quickbooks' source, which sends everything in lower case",
    ),
    documented(
        "query.order_by",
        "ORDERBY may be written as ORDER BY, and several properties may follow, each with ASC or DESC.",
        "Intuit's documentation of data queries; python-quickbooks' source writes ORDER BY",
    ),
    recorded(
        "query.page_order",
        "STARTPOSITION and MAXRESULTS come in either order.",
        "sandbox traffic (minimul/qbo_api, all/alt_select)",
    ),
    recorded(
        "query.quotes",
        "Texts, days, ids and amounts stand in single quotes, numbers and booleans may stand bare; a backslash escapes.",
        "sandbox traffic (minimul/qbo_api, get/display_name, batch/basic)",
    ),
    recorded(
        "query.parser_words",
        "What is no query is refused with 4000: what was met, where, and what could have stood there; the lists after a "
        "condition and for a value were recorded, others follow the grammar.",
        "sandbox traffic (minimul/qbo_api, error/400_json and misc/irregular_char)",
    ),
    recorded(
        "query.lexical_words",
        "A character that no word can start with, or a text that does not end, is refused with 4000 as a lexical error.",
        "sandbox traffic (minimul/qbo_api, misc/irregular_char)",
    ),
    recorded(
        "query.empty",
        "A query without a text is refused with 4000 at line 0, column 0.",
        "an answer quoted by a user of consolibyte/quickbooks-php (issue 129)",
    ),
    assumed(
        "query.not_equal",
        "!= finds what has another value; what has none is not found by it.",
        "python-quickbooks' tests against Intuit's sandbox ask so for transfers and card payments, though Intuit's list "
        "of operators leaves it out",
    ),
    assumed(
        "query.or",
        "OR is read and refused with 4001.",
        "Intuit's parser lists OR among what may follow a condition, and its documentation says it is not supported",
    ),
    assumed(
        "query.too_much",
        "More than 500 conditions or properties to sort by, or 10,000 values, are refused with 4001.",
        "Intuit says that requests must not overload it, and names no number",
    ),
    assumed(
        "query.semicolon",
        "One semicolon may end a query.",
        "nobody has recorded its refusal, and refusing would only hurt",
    ),
    assumed(
        "query.letters",
        "A text may hold any letter.",
        "one report (PHP SDK issue 397) has a dash beyond Latin-1 refused, while names in all scripts are synchronised "
        "by many",
    ),
)

_KEYWORDS = frozenset(
    {
        "select",
        "from",
        "where",
        "and",
        "or",
        "in",
        "like",
        "orderby",
        "order",
        "by",
        "asc",
        "desc",
        "startposition",
        "maxresults",
        "count",
        "true",
        "false",
        "null",
        "iterator",
    }
)
_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<string>'(?:\\.|[^'\\])*')
  | (?P<unclosed>'.*)
  | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
  | (?P<word>[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)
  | (?P<mark><=|>=|!=|[=<>(),*;])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = ("=", "<", ">", "<=", ">=", "!=")
_IDENTIFIER = "<IDENTIFIER>"
_MOST_PARTS = 500
_MOST_VALUES = 10_000
_VALUES = ('"false"', '"true"')
"""What Intuit's parser names when a value is missing (recorded); texts and numbers are not among it."""
_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "'": "\\'",
    "\\": "\\\\",
}


@dataclass(frozen=True)
class Condition:
    """One comparison of a WHERE clause."""

    property: str
    operator: str
    """One of = < > <= >= != IN LIKE."""
    values: tuple[str | bool, ...]
    """Texts as written (numbers too), or booleans; one value for every operator but IN."""


@dataclass(frozen=True)
class Order:
    """One property of an ORDERBY clause."""

    property: str
    descending: bool


@dataclass(frozen=True)
class Select:
    """A query, as written."""

    entity: str
    fields: tuple[str, ...]
    """The properties asked for; empty for all of them."""
    count: bool
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    start: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class _Token:
    kind: str
    image: str
    line: int
    column: int

    @property
    def keyword(self) -> str:
        """The keyword this token is, in lower case, or nothing."""
        return self.image.lower() if self.kind == "word" and self.image.lower() in _KEYWORDS else ""


def parse(text: str) -> Select:
    """Read a query. Raises fault 4000 in the words of Intuit's parser, and 4001 for an OR."""
    return _Parser(_tokens(text)).select()


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line, line_start = (1 if text else 0), 0
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        image = match.group()
        if kind != "blank":
            tokens.append(_Token(kind, image, line, match.start() - line_start + 1))
        if "\n" in image:
            line += image.count("\n")
            line_start = match.start() + image.rindex("\n") + 1
    tokens.append(_Token("end", "", line, max(len(text) - line_start, 0)))
    return tokens


class _Parser:
    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def select(self) -> Select:
        self._keyword("select")
        fields, count = self._projection()
        self._keyword("from")
        entity = self._identifier()
        conditions: list[Condition] = []
        if self._take_keyword("where"):
            conditions.append(self._condition())
            while self._take_keyword("and"):
                conditions.append(self._condition())
            if self._take_keyword("or"):
                self._condition()
                raise faults.query_invalid("OR is not supported")
        order = self._order()
        start, most = self._page()
        self._take_mark(";")
        if self._here.kind != "end":
            raise self._unexpected(*_rest(bool(conditions), bool(order), start is not None, most is not None))
        values = sum(len(condition.values) for condition in conditions)
        if max(len(conditions), len(order), len(fields)) > _MOST_PARTS or values > _MOST_VALUES:
            raise faults.query_invalid("the query is too long")
        return Select(entity, fields, count, tuple(conditions), order, start, most)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _projection(self) -> tuple[tuple[str, ...], bool]:
        if self._take_keyword("count"):
            self._mark("(")
            self._mark("*")
            self._mark(")")
            return (), True
        fields: list[str] = []
        everything = False
        while True:
            if self._take_mark("*"):
                everything = True
            else:
                fields.append(self._identifier('"count"', '"*"') if not fields else self._identifier())
                if self._take_mark("."):
                    self._mark("*")
            if not self._take_mark(","):
                return () if everything else tuple(fields), False

    def _condition(self) -> Condition:
        name = self._identifier()
        token = self._here
        if token.keyword == "in":
            self._at += 1
            self._mark("(")
            values = [self._value()]
            while self._take_mark(","):
                values.append(self._value())
            self._mark(")")
            return Condition(name, "IN", tuple(values))
        if token.keyword == "like":
            self._at += 1
            return Condition(name, "LIKE", (self._value(),))
        if token.image in _OPERATORS:
            self._at += 1
            return Condition(name, token.image, (self._value(),))
        raise self._unexpected('"="', '"<"', '">"', '"<="', '">="', '"in"', '"like"')

    def _value(self) -> str | bool:
        token = self._here
        if token.kind == "string":
            self._at += 1
            return re.sub(r"\\(.)", r"\1", token.image[1:-1])
        if token.kind == "number":
            self._at += 1
            return token.image
        if token.keyword in ("true", "false"):
            self._at += 1
            return token.keyword == "true"
        raise self._unexpected(*_VALUES)

    def _order(self) -> tuple[Order, ...]:
        if self._take_keyword("order"):
            self._keyword("by")
        elif not self._take_keyword("orderby"):
            return ()
        found = []
        while True:
            name = self._identifier()
            descending = self._take_keyword("desc")
            if not descending:
                self._take_keyword("asc")
            found.append(Order(name, descending))
            if not self._take_mark(","):
                return tuple(found)

    def _page(self) -> tuple[int | None, int | None]:
        start: int | None = None
        most: int | None = None
        while True:
            if start is None and self._take_keyword("startposition"):
                start = self._integer()
            elif most is None and self._take_keyword("maxresults"):
                most = self._integer()
            else:
                return start, most

    def _integer(self) -> int:
        token = self._here
        image = token.image[1:-1] if token.kind == "string" else token.image
        if not re.fullmatch(r"-?\d{1,18}", image):
            raise self._unexpected("<INTEGER>")
        self._at += 1
        return int(image)

    def _identifier(self, *others: str) -> str:
        token = self._here
        if token.kind != "word" or token.keyword:
            raise self._unexpected(*others, _IDENTIFIER)
        self._at += 1
        return token.image

    def _keyword(self, word: str) -> None:
        if not self._take_keyword(word):
            raise self._unexpected(f'"{word}"')

    def _take_keyword(self, word: str) -> bool:
        if self._here.keyword == word:
            self._at += 1
            return True
        return False

    def _mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise self._unexpected(f'"{mark}"')

    def _take_mark(self, mark: str) -> bool:
        if self._here.kind == "mark" and self._here.image == mark:
            self._at += 1
            return True
        return False

    def _unexpected(self, *expected: str) -> faults.Fault:
        """Intuit's parser's words: what it met, where, and what it could have been (recorded)."""
        token = self._here
        if token.kind in ("other", "unclosed"):
            return _lexical(token)
        met = "<EOF>" if token.kind == "end" else f' {_kind_of(token)} "{_escaped(token.image)} "'
        head = "Was expecting:" if len(expected) == 1 else "Was expecting one of:"
        listed = "".join(f"{entry} {'' if entry == '<EOF>' else '...'}\n    " for entry in expected)
        return faults.query_unparsable(
            f'Encountered "{met}" at line {token.line}, column {token.column}.\n{head}\n    {listed}'
        )


def _rest(conditions: bool, order: bool, start: bool, most: bool) -> list[str]:
    """What may follow where a query went on with something else, in the order of Intuit's parser (recorded)."""
    paged = start or most
    choices = {
        "<EOF>": True,
        "<AND>": conditions and not order and not paged,
        '"iterator"': not paged,
        '"maxresults"': not most,
        "<OR>": conditions and not order and not paged,
        '"order"': not order and not paged,
        '"orderby"': not order and not paged,
        '"startposition"': not start,
        '"where"': not conditions and not order and not paged,
    }
    return [word for word, possible in choices.items() if possible]


def _lexical(token: _Token) -> faults.Fault:
    """The words of Intuit's parser for what is no word of its language (recorded)."""
    if token.kind == "unclosed":
        lines = token.image.split("\n")
        line = token.line + len(lines) - 1
        column = len(lines[-1]) + (token.column if len(lines) == 1 else 1)
        met = f'Encountered: <EOF> after : "{_escaped(token.image)}"'
    else:
        line, column = token.line, token.column
        met = f'Encountered: "{_escaped(token.image)}" ({ord(token.image)}), after : ""'
    return faults.query_unparsable(f"Invalid content. Lexical error at line {line}, column {column}.  {met}")


def _escaped(image: str) -> str:
    """A text as a Java parser shows it."""
    return "".join(
        _ESCAPES.get(letter) or (letter if " " <= letter <= "~" else f"\\u{ord(letter):04x}")
        for letter in image
    )


def _kind_of(token: _Token) -> str:
    if token.keyword in ("and", "or"):
        return f"<{token.keyword.upper()}>"
    if token.keyword:
        return f'"{token.keyword}"'
    if token.kind == "word":
        return _IDENTIFIER
    if token.kind == "string":
        return "<STRING>"
    if token.kind == "number":
        return "<INTEGER>" if "." not in token.image else "<DECIMAL>"
    return f'"{token.image}"'
