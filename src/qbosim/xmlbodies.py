"""XML in: a request's body as Intuit's SDKs for PHP, Ruby, Java and .NET send it, read into the JSON shape of the API.

The schema (`qbosim.records.fields`) says what repeats, what is a number, and whose text is an id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat  # entities and document types are refused below

from qbosim import faults, jsontext
from qbosim.records.fields import FIELDS
from qbosim.rules import Topic, assumed, documented
from qbosim.wire import Request
from qbosim.xmlanswers import NAMESPACE

RULES = Topic(
    "XML",
    documented(
        "xml.bodies",
        "A body of type application/xml or text/xml is read by Intuit's schema: the root names the entity, prefixes do "
        "not matter, batches come as IntuitBatchRequest.",
        "Finance.xsd and IntuitRestServiceDef.xsd; quickbooks-ruby's and the PHP SDK's source",
    ),
    assumed(
        "xml.hostile_bodies",
        "A body that is no XML, names another entity than its address, declares a document type or nests deeper than 64 "
        "elements is refused with 2010.",
        "JSON that cannot be read is refused so; a parser that expands entities would be a risk",
    ),
)

_DEEPEST = 64
_SEPARATOR = " "
_NUMBERS = frozenset({"number", "whole"})
_PLAIN = frozenset({"text", "id", "day", "moment", "flag", "anything"}) | _NUMBERS


@dataclass
class _Node:
    name: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def is_xml(request: Request) -> bool:
    """Whether a request says that its body is XML."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("application/xml", "text/xml") and bool(request.body.strip())


def as_json(body: bytes) -> tuple[str, bytes]:
    """Read an XML body; answers the name of its root and the JSON that says the same.

    A batch answers `BatchItemRequest`. Raises fault 2010 when it cannot be read.
    """
    root = _tree(body)
    if root.name == "IntuitBatchRequest":
        items = [_item(child) for child in root.children if child.name == "BatchItemRequest"]
        return "BatchItemRequest", jsontext.dumps({"BatchItemRequest": items})
    return root.name, jsontext.dumps(_object(root, root.name))


def json_body(request: Request) -> bytes:
    """A request's body as JSON, for those who only want to know what it is about; an unreadable one as it is."""
    if not is_xml(request):
        return request.body
    try:
        return as_json(request.body)[1]
    except faults.Fault:
        return request.body


def _tree(body: bytes) -> _Node:
    top = _Node("", {})
    open_nodes = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_nodes) > _DEEPEST:
            raise faults.unreadable()
        node = _Node(_local(name), {_local(key): value for key, value in attributes.items()})
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_name: str) -> None:
        open_nodes.pop()

    def text(data: str) -> None:
        open_nodes[-1].texts.append(data)

    def refuse(*_arguments: Any) -> None:
        raise faults.unreadable()

    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise faults.unreadable() from error
    return top.children[0]


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]


def _item(node: _Node) -> dict[str, Any]:
    """One item of a batch: its attributes beside its one object, query or list of changes."""
    item: dict[str, Any] = dict(node.attributes)
    for child in node.children:
        item[child.name] = _object(child, child.name) if child.name in FIELDS else _untyped(child)
    return item


def _object(node: _Node, kind: str) -> dict[str, Any]:
    kinds = _kinds(kind)
    if kinds.get("value") == "text":
        return {"value": node.text.strip(), **node.attributes}
    found: dict[str, Any] = {
        key: _plain(value, kinds.get(key, "text")) for key, value in node.attributes.items()
    }
    for child in node.children:
        what = kinds.get(child.name, "")
        if what.endswith("*"):
            found.setdefault(child.name, []).append(_value(child, what[:-1]))
        else:
            found[child.name] = _value(child, what)
    return found


def _value(node: _Node, what: str) -> Any:
    if what == "anything" and node.children:
        return {"any": [_any_entry(child) for child in node.children]}
    if what in FIELDS:
        return _object(node, what)
    return _plain(node.text, what) if what in _PLAIN else _untyped(node)


def _any_entry(node: _Node) -> dict[str, Any]:
    """An element of an extension, as Intuit's JSON carries it (recorded in Payment.Line.LineEx)."""
    return {
        "name": f"{{{NAMESPACE}}}{node.name}",
        "nil": False,
        "value": _value(node, node.name if node.name in FIELDS else ""),
        "declaredType": f"com.intuit.schema.finance.v3.{node.name}",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "globalScope": True,
        "typeSubstituted": False,
    }


def _untyped(node: _Node) -> Any:
    """What the schema does not know: a text, or an object of what is inside."""
    if not node.children:
        return node.text
    return {child.name: _untyped(child) for child in node.children}


def _plain(text: str, what: str) -> Any:
    """A value of the schema's kind; what is none of it stays a text, for the API to refuse by its name."""
    word = text.strip()
    if what == "flag":
        return {"true": True, "1": True, "false": False, "0": False}.get(word.lower(), word)
    if what in _NUMBERS:
        try:
            number = Decimal(word)
        except InvalidOperation:
            return word
        return number if number.is_finite() else word
    return text if what in ("text", "") else word


def _kinds(kind: str) -> dict[str, str]:
    found = _KINDS.get(kind)
    if found is None:
        entries = (entry.partition(":") for entry in FIELDS.get(kind, "").split())
        found = _KINDS[kind] = {name: what for name, _, what in entries}
    return found


_KINDS: dict[str, dict[str, str]] = {}
