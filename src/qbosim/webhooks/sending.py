"""One attempt to hand a message to an app: its signature, its headers, and the three seconds it may take."""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

import httpx2

from qbosim.rules import Topic, assumed, documented

SECONDS = 3.0
"""How long an app may take to accept a message."""
_LONGEST_ANSWER = 65_536

RULES = Topic(
    "Webhooks",
    documented(
        "webhook.signature",
        "intuit-signature is the base64 text of the HMAC-SHA256 over the body's bytes with the app's verifier token; "
        "both formats are signed alike.",
        "Intuit's documentation of webhooks",
    ),
    documented(
        "webhook.headers",
        "Beside it come intuit-created-time, intuit-t-id, intuit-notification-schema-version 0.1 and the User-Agent "
        "intuit_notification_server/0.1.",
        "Intuit's documentation of webhooks",
    ),
    documented(
        "webhook.three_seconds",
        "An app accepts a message with a 2xx within 3 seconds; everything else is a failed attempt.",
        "Intuit's documentation of webhooks",
    ),
    assumed(
        "webhook.https",
        "An https address of this machine is spoken to whatever its certificate; Intuit wants one that the world trusts.",
        "nobody can have a certificate for a loopback address that the world trusts",
    ),
    assumed(
        "webhook.no_redirect",
        "A redirect is not followed: it is a failed attempt.",
        "the documentation names 2xx alone as acceptance",
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    status: int | None
    """None: there was no answer in time."""
    error: str | None = None


def signature(body: bytes, verifier: str) -> str:
    """The signature of a message, as the header carries it."""
    return b64encode(hmac.new(verifier.encode(), body, sha256).digest()).decode()


def post(url: str, body: bytes, *, signed: str, created: str, trace: str) -> Outcome:
    """Send a message once. `created`: when it was made, `trace`: its intuit-t-id. Raises nothing."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "intuit_notification_server/0.1",
        "intuit-signature": signed,
        "intuit-created-time": created,
        "intuit-t-id": trace,
        "intuit-notification-schema-version": "0.1",
    }
    ends = time.monotonic() + SECONDS
    try:
        # The address is on this machine, where nobody has a certificate that the world trusts.
        with (
            httpx2.Client(verify=False, trust_env=False, timeout=SECONDS) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            read = 0
            for piece in answer.iter_raw():
                read += len(piece)
                if time.monotonic() > ends:
                    return Outcome(None, "The answer took longer than 3 seconds.")
                if read > _LONGEST_ANSWER:
                    break
            if time.monotonic() > ends:
                return Outcome(None, "The answer took longer than 3 seconds.")
            return Outcome(answer.status_code)
    except httpx2.TimeoutException:
        return Outcome(None, "There was no answer within 3 seconds.")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Outcome(None, str(error) or type(error).__name__)
