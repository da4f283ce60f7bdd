"""Posting: a signed notice to a program's address, which must not be one inside this network.

Whoever may add a channel must not reach what only this machine can: the name is resolved once, every address
it stands for must be public, and the connection goes to that very address, so that a name that answers
differently the second time changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

import httpx2

from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, Unreachable

TIMEOUT: Final = 10
"""Seconds for the connection, and for the answer."""
SIGNATURE: Final = "Tieout-Signature"
ADDRESS_MAX: Final = 2000
TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones (RFC 6052)."""


@dataclass(frozen=True)
class Target:
    """Where a post goes: the address as it was given, and the machine it was found to be."""

    url: str
    host: str
    """The name with its port, as the Host header wants it."""
    name: str
    """The name alone, which the certificate must bear."""
    pinned: str
    """The same address with the machine's number instead of its name."""


def check_address(url: str, *, private: bool) -> None:
    """Refuse what cannot be the address of a program. Raises Invalid; looks nothing up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unusable(url, "it is no address") from None
    if len(url) > ADDRESS_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise _unusable(url[:100], "it is longer than any address, or holds letters that no address has")
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise _unusable(url, "it names no machine over https")
    if parts.username is not None or parts.password is not None:
        raise _unusable(parts.hostname, "it holds a password, which everybody who lists channels would read")
    if parts.scheme == "http" and not private:
        raise _unusable(url, "notices name customers and amounts, and would travel in the open")


def target_of(url: str, *, private: bool) -> Target:
    """Resolve an address. Raises Invalid for one inside this network, Unreachable for a name that nobody knows."""
    check_address(url, private=private)
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            "The notice could not be delivered",
            record=url,
            reason=f"nobody knows the name {name}: {getattr(error, 'strerror', None) or error}",
            remedy="Correct the channel's address; it is tried again by itself",
        ) from error
    numbers = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    inside = [number for number in numbers if not is_public(number)]
    if inside and not private:
        raise _unusable(url, f"{name} is {inside[0]}, an address inside this network")
    number = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
    pinned = parts._replace(netloc=f"{number}:{port}").geturl()
    host = parts.netloc.rpartition("@")[2]
    return Target(url, host, name, pinned)


def is_public(number: str) -> bool:
    """Tell whether an address is one of the open internet, whichever way it is written."""
    address = ip_address(number)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in TRANSLATED:
            return is_public(str(ip_address(int(address) & 0xFFFFFFFF)))
        if inner is not None:
            return is_public(str(inner))
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def signature(secret: Secret, body: bytes, *, at: datetime) -> str:
    """Sign a body and the second it was sent, so that a copy of it cannot be passed off later as new."""
    moment = int(at.timestamp())
    digest = hmac.new(secret.value.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def post(url: str, body: bytes, *, secret: Secret, mark: str, at: datetime, private: bool) -> None:
    """Post a signed body; any answer from 200 to 299 is success. Raises Invalid or Unreachable."""
    target = target_of(url, private=private)
    headers = {
        "Host": target.host,
        "Content-Type": "application/json",
        "User-Agent": "Tieout",
        SIGNATURE: signature(secret, body, at=at),
        "Tieout-Delivery": mark,
    }
    try:
        with (
            # No proxy of the environment: it would resolve the name a second time.
            httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST", target.pinned, content=body, headers=headers, extensions={"sni_hostname": target.name}
            ) as answer,
        ):
            status = answer.status_code
    except httpx2.HTTPError as error:
        raise Unreachable(
            "The notice could not be delivered",
            record=url,
            reason=str(error) or type(error).__name__,
            remedy="Look whether the address answers; it is tried again by itself",
        ) from error
    if not 200 <= status < 300:
        elsewhere = "; redirects are not followed" if 300 <= status < 400 else ""
        raise Unreachable(
            "The notice could not be delivered",
            record=url,
            reason=f"the address answered {status}{elsewhere}",
            remedy="Look why it does; it is tried again by itself",
        )


def _unusable(url: str, why: str) -> Invalid:
    return Invalid(
        "Notices cannot go to this address",
        record=url,
        reason=why,
        remedy="Give an https:// address on the open internet; an operator who wants one inside this network "
        "sets TIEOUT_PRIVATE_WEBHOOKS=true",
    )
