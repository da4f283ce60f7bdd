"""Mail: one message over the installation's mail server, or the reason why it could not be sent."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from tieout.edges import Outgoing
from tieout.kit.errors import Invalid, Unreachable

TIMEOUT: Final = 15
"""Seconds for each step of the talk with the mail server."""
PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Letter:
    """One message."""

    to: str
    subject: str
    text: str
    mark: str
    """Unique for the delivery and the same when it is tried again, so that a mail program shows it once."""
    at: datetime


def check_mail_server(outgoing: Outgoing) -> None:
    """Refuse settings that no mail can be sent with. Raises Invalid."""
    parts = urlsplit(outgoing.smtp_url)
    try:
        usable = parts.scheme in PORTS and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if usable and "@" in outgoing.mail_from:
        return
    missing = "TIEOUT_MAIL_FROM" if usable else "TIEOUT_SMTP_URL"
    raise Invalid(
        "This installation cannot send mail yet",
        record=missing,
        reason="it is not set, or cannot be used as it is",
        remedy="Set TIEOUT_SMTP_URL like smtp://user:password@host:587 and TIEOUT_MAIL_FROM to an address, "
        "and start Tieout again",
    )


def send_letter(outgoing: Outgoing, letter: Letter) -> None:
    """Hand a message to the mail server. Raises Invalid when there is none, Unreachable when it did not take it."""
    check_mail_server(outgoing)
    parts = urlsplit(outgoing.smtp_url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        with _opened(parts.scheme, host, port) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message_of(letter, sender=outgoing.mail_from))
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(
            "The mail could not be sent",
            record=letter.to,
            reason=f"the mail server {host}:{port} says: {_said(error)}",
            remedy="Look at TIEOUT_SMTP_URL and at the mail server; it is tried again by itself",
        ) from error


def message_of(letter: Letter, *, sender: str) -> EmailMessage:
    """Put a message into the form of mail; line breaks in its subject cannot become headers."""
    message = EmailMessage()
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = sender
    message["To"] = letter.to
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.mark}@{sender.rpartition('@')[2].strip('> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _opened(scheme: str, host: str, port: int) -> smtplib.SMTP:
    """Open a connection, encrypted whenever the server can; a password is never sent in the open (smtplib)."""
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
    except BaseException:
        server.close()
        raise
    return server


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_words(text) for _, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return str(error) or type(error).__name__


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
