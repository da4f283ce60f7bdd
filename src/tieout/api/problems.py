"""Problems: every error of this door as `application/problem+json` (RFC 9457) with the four parts that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tieout.hosts.contract import RecordFault
from tieout.kit.errors import Invalid, TieoutError

MEDIA_TYPE: Final = "application/problem+json"
PLAIN_WORDS: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "json_invalid": "the body is no JSON",
    "string_type": "it must be text",
    "int_parsing": "it must be a whole number",
    "bool_parsing": "it must be true or false",
    "list_type": "it must be a list",
    "decimal_parsing": 'it must be a decimal string such as "12.50"',
    "decimal_type": 'it must be a decimal string such as "12.50"',
    "finite_number": 'it must be a decimal string such as "12.50"',
    "date_from_datetime_parsing": "dates are written YYYY-MM-DD",
    "date_parsing": "dates are written YYYY-MM-DD",
    "date_type": "dates are written YYYY-MM-DD",
}
"""What the validator's own words would not tell a bookkeeper."""
log = structlog.get_logger()


class ProblemResponse(JSONResponse):
    """An answer that is a problem."""

    media_type = MEDIA_TYPE


def install(app: FastAPI) -> None:
    """Make an application answer every error as a problem."""
    app.add_exception_handler(TieoutError, _of_error)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_defect)


def problem(error: TieoutError) -> dict[str, Any]:
    """Put an error into the members of a problem: RFC 9457's own, our four parts, and what programs want."""
    said: dict[str, Any] = {
        "type": f"urn:tieout:problem:{error.code}",
        "title": error.message,
        "status": error.status,
        "detail": error.sentence(),
        "code": error.code,
        **error.parts(),
    }
    facts = {name: value for name, value in error.facts.items() if isinstance(value, str | int) and value}
    if facts:
        said["facts"] = facts
    faults = error.facts.get("faults")
    if isinstance(faults, Sequence):
        said["errors"] = [fault_shown(fault) for fault in faults if isinstance(fault, RecordFault)]
    return said


def fault_shown(fault: RecordFault) -> dict[str, str]:
    """Show one fault of one record."""
    return {
        "field": fault.field,
        "what": fault.what,
        "record": fault.record,
        "why": fault.why,
        "remedy": fault.remedy,
    }


def answer(error: TieoutError, *, more: Mapping[str, Any] | None = None) -> ProblemResponse:
    """Answer with an error; `more` are further members of the problem."""
    headers = {}
    wait = error.facts.get("retry_after")
    if isinstance(wait, int | float):
        headers["retry-after"] = str(int(wait))
    return ProblemResponse(
        {**problem(error), **(more or {})},
        status_code=error.status,
        headers=headers,
    )


async def _of_error(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, TieoutError)
    return answer(error)


async def _of_request(_request: Request, error: Exception) -> ProblemResponse:
    """Name every field that cannot be used. The value is left out: it may be a secret."""
    assert isinstance(error, RequestValidationError)
    errors = [{"field": field_name(one["loc"]), "what": _said(one)} for one in error.errors()]
    first = errors[0]
    return answer(
        Invalid(
            "The request cannot be used"
            if len(errors) == 1
            else f"{len(errors)} things are wrong with the request",
            record=first["field"],
            reason="; ".join(f"{one['field']}: {one['what']}" for one in errors[:10]),
            remedy="Correct the named fields; the reference at /api/v1/docs shows each with an example",
        ),
        more={"errors": errors},
    )


async def _of_http(request: Request, error: Exception) -> ProblemResponse:
    """Say what is not there, or not with this method, as every other problem is said."""
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    what, why = {
        404: ("There is nothing at this address", "no resource of this API has it"),
        405: ("This address does not take this method", f"{request.method} is not offered here"),
    }.get(error.status_code, (phrase, str(error.detail)))
    code = phrase.lower().replace(" ", "_")
    said = {
        "type": f"urn:tieout:problem:{code}",
        "title": what,
        "status": error.status_code,
        "detail": f"{request.url.path}: {what}. {why}.",
        "code": code,
        "what": what,
        "record": request.url.path,
        "why": why,
        "remedy": "Look it up in the reference at /api/v1/docs",
    }
    return ProblemResponse(said, status_code=error.status_code, headers=error.headers)


async def _of_defect(request: Request, error: Exception) -> ProblemResponse:
    """Say that Tieout itself is at fault; what happened is in its log, not in the answer."""
    log.error("defect", path=request.url.path, error=type(error).__name__)
    return answer(
        TieoutError(
            "Tieout made a mistake",
            record=f"{request.method} {request.url.path}",
            reason="something happened that its makers did not foresee",
            remedy="Its log says more; report it, and run `tieout doctor`",
        )
    )


def field_name(place: Sequence[int | str]) -> str:
    """Name a field as people do: `lines[2].quantity`; the part of the request only when it stands alone."""
    parts = [part for part in place[1:] if part != ""] or list(place)
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _said(one: Mapping[str, Any]) -> str:
    """Say in plain words what is wrong with a field."""
    known = PLAIN_WORDS.get(str(one.get("type")))
    return known or str(one.get("msg", "it cannot be used")).removeprefix("Value error, ").rstrip(".")
